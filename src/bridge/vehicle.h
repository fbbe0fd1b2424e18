/*
 * What one autopilot says of itself: its messages kept as they came, and a
 * telemetry sample made of them.
 *
 * Every message has an age past which it is not believed any more; what then
 * nothing tells is nil. Values that a message marks as unknown (65535, -1,
 * NaN, ...) are nil too. Times (now_ms) are of the clock that the link's data
 * follow; a vehicle only ever sees one clock.
 */
#ifndef BRIDGE_VEHICLE_H
#define BRIDGE_VEHICLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "bridge/frame.h"
#include "bridge/modes.h"
#include "proto/sample.h"

/* The messages that make telemetry. */
enum heard {
	HEARD_HEARTBEAT, HEARD_SYS_STATUS, HEARD_GPS, HEARD_ATTITUDE, HEARD_POSITION, HEARD_HUD,
	HEARD_BATTERY, HEARD_RADIO, HEARD_HOME, HEARD_LANDED, HEARD_MISSION, HEARD_FENCE,
	HEARD_WIND, HEARD_WIND_COV, HEARD_COUNT
};

struct vehicle {
	char id[ID_SIZE];
	uint8_t sys, comp;       /* of its autopilot */
	uint8_t autopilot, type;
	enum family family;
	bool known;              /* a heartbeat came */

	bool has[HEARD_COUNT];
	int64_t at_ms[HEARD_COUNT];
	struct mav_heartbeat heartbeat;
	struct mav_sys_status sys_status;
	struct mav_gps_raw_int gps;
	struct mav_attitude attitude;
	struct mav_global_position_int position;
	struct mav_vfr_hud hud;
	struct mav_battery_status battery;
	struct mav_radio_status radio;
	struct mav_home_position home;
	struct mav_extended_sys_state landed;
	struct mav_mission_current mission;
	bool mission_extended;   /* it said more than seq */
	struct mav_fence_status fence;
	struct mav_wind wind;
	struct mav_wind_cov wind_cov;
	int reached;             /* newest MISSION_ITEM_REACHED, -1 for none */
	int64_t reached_ms;

	/* The mission as ours: item by the vehicle's number, from 1; 0 where
	 * nothing of ours is flown. Owned. */
	uint16_t *item_of;
	size_t item_of_count;
	size_t item_count;       /* ours */
	bool items_known;

	uint32_t boot, seq;      /* of the next sample */
	int64_t last_time;       /* of the last sample, ms */
};

/* What a message changed, for events. */
enum vehicle_change {
	CHANGE_STATE = 1 << 0,     /* something that a sample shows */
	CHANGE_POSITION = 1 << 1,  /* the position itself: a sample is due */
	CHANGE_MODE = 1 << 2,
	CHANGE_ARMED = 1 << 3,
	CHANGE_FAILSAFE = 1 << 4,
	CHANGE_BREACH = 1 << 5,
	CHANGE_FIRST = 1 << 6,     /* its first heartbeat */
	CHANGE_HOME = 1 << 7,
	CHANGE_TYPE = 1 << 8,      /* another kind of vehicle than before */
	CHANGE_LANDED = 1 << 10,   /* up or down */
	CHANGE_REBOOT = 1 << 9,    /* its own clock went back */
};

void vehicle_begin(struct vehicle *v, uint8_t sys, const char *id, uint32_t boot);
void vehicle_clear(struct vehicle *v);

/* A heartbeat as an autopilot sends it. Others of the same system (a gimbal, a
 * camera, a companion, a ground station) send theirs too. */
bool vehicle_beats(const struct frame *f);
/* Whether a frame of its system is the autopilot's own. One is known by its
 * component; where two claim to be it, component 1 is. */
bool vehicle_own(const struct vehicle *v, const struct frame *f);

/* Takes a message of this system in: a set of vehicle_change. RADIO_STATUS may
 * come from the radio's own system. */
unsigned vehicle_apply(struct vehicle *v, const struct frame *f, int64_t now_ms);

/* Heard lately enough to be believed. */
bool vehicle_has(const struct vehicle *v, enum heard what, int64_t now_ms);
bool vehicle_armed(const struct vehicle *v);
/* As far as it says; what does not say is taken for the air when armed. */
bool vehicle_in_air(const struct vehicle *v, int64_t now_ms);
/* True only where it says that it stands on the ground. */
bool vehicle_on_ground(const struct vehicle *v, int64_t now_ms);
bool vehicle_failsafe(const struct vehicle *v);
enum mode vehicle_mode(const struct vehicle *v, int64_t now_ms);
/* The autopilot's own name of it. */
const char *vehicle_mode_name(const struct vehicle *v, char scratch[24]);
bool vehicle_fix(const struct vehicle *v, int64_t now_ms);

/* Degrees, m AMSL, m above home; false where not known. */
bool vehicle_where(const struct vehicle *v, int64_t now_ms, double *lat, double *lon, double *alt,
    double *height);
bool vehicle_home(const struct vehicle *v, double *lat, double *lon, double *alt);

/* The sample of now, all but boot, seq and time. */
void vehicle_measure(const struct vehicle *v, int64_t now_ms, struct sample *s);
/* The same with its boot, number and time (ms since 1970, made to increase);
 * the numbers go on. */
void vehicle_sample(struct vehicle *v, int64_t now_ms, int64_t time_ms, struct sample *s);

#endif
