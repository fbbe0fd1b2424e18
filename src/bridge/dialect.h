/*
 * How each autopilot wants each command: the one table of differences between
 * ArduPilot's copter, plane and rover and PX4.
 *
 * A command is a list of steps, each acknowledged before the next; then the
 * vehicle's telemetry shows it under way and done. From ArduCopter's and
 * PX4's sources and flights in simulation; what only one of them does is said
 * at its row.
 */
#ifndef BRIDGE_DIALECT_H
#define BRIDGE_DIALECT_H

#include "base/err.h"
#include "bridge/vehicle.h"
#include "proto/commands.h"

/* MAV_CMD */
enum {
	DO_SET_MODE = 176, DO_CHANGE_SPEED = 178, DO_SET_HOME = 179, DO_REPOSITION = 192,
	DO_PAUSE_CONTINUE = 193,
	MISSION_START = 300, COMPONENT_ARM_DISARM = 400, SET_MESSAGE_INTERVAL = 511,
	REQUEST_MESSAGE = 512,
};
#define FORCE_MAGIC 21196 /* param2 of COMPONENT_ARM_DISARM: whatever the state */

enum step_kind {
	STEP_END,
	STEP_MODE,   /* go to the family's mode of that role */
	STEP_LONG,   /* COMMAND_LONG */
	STEP_INT,    /* COMMAND_INT */
	STEP_UPLOAD, /* the mission */
};

enum role { ROLE_GUIDED, ROLE_HOLD, ROLE_MISSION, ROLE_TAKEOFF, ROLE_COUNT };

/* Conditions; all that are set must hold, or the step is passed over. */
enum step_when {
	WHEN_DISARMED = 1 << 0,
	WHEN_START = 1 << 1, /* `mission` with start */
};

/* What goes into COMMAND_LONG or COMMAND_INT. */
struct mav_order {
	float p[4];
	double x, y; /* LONG: param5, 6; INT: degrees */
	double z;
	uint8_t frame;
};

/* What a command is about, fixed when it is taken. */
struct goal {
	enum command cmd;
	bool force;
	bool start;
	double lat, lon;       /* goto, home */
	double height;         /* m above home; NAN: not given */
	double alt;            /* home: m AMSL; NAN: not given */
	double speed;          /* NAN: not given */
};

/* Fills in the order: 0, or -1 with a sentence where something it needs is not
 * known. */
typedef int order_fill(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err);

struct step {
	enum step_kind kind;
	unsigned when;
	uint16_t command;
	enum role role;
	order_fill *fill;
	int64_t after_upload_ms; /* at least so long after an upload */
	double above_m;          /* not before it is so high above home */
};

#define STEPS_MAX 6

struct command_row {
	struct step steps[STEPS_MAX]; /* ended by STEP_END */
	unsigned modes;  /* bits of enum mode: where telemetry shows it under way; 0: any */
};

/* NULL where that autopilot has no such command. */
const struct command_row *dialect_command(enum family family, enum command cmd);
/* The steps back into the mission. */
const struct command_row *dialect_resume_mission(enum family family);
/* False where the family has no such mode. */
bool dialect_mode(enum family family, enum role role, uint32_t *custom);
/* The order of a STEP_MODE. */
struct mav_order dialect_mode_order(enum family family, uint32_t custom);
/* Whether missions carry home as item 0. */
bool dialect_home_item(enum family family);

/* Metres AMSL of home as far as known, or NAN. */
double dialect_home_alt(const struct vehicle *v, int64_t now_ms);

/* MAV_RESULT in words. */
const char *result_text(uint8_t result);

#endif
