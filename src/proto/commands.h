/*
 * The commands a drone takes: one table for the wire, the command line,
 * completion, help, confirmation and the manual.
 */
#ifndef PROTO_COMMANDS_H
#define PROTO_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/plan.h"
#include "proto/wire.h"

enum command {
	CMD_ARM, CMD_DISARM, CMD_TAKEOFF, CMD_GOTO, CMD_MISSION, CMD_START, CMD_HOLD,
	CMD_RESUME, CMD_RTL, CMD_LAND, CMD_SPEED, CMD_HOME, CMD_VIDEO, CMD_KILL,
	CMD_COUNT
};

/* When a person has to confirm it. Where it depends on the drone, unknown
 * counts as dangerous: see command_is_dangerous(). */
enum danger { DANGER_NO, DANGER_YES, DANGER_AIR, DANGER_GROUND, DANGER_COUNT };
extern const char *const danger_names[DANGER_COUNT];

/* Whether one line may give it to several drones. */
enum several {
	SEVERAL_AT_ONCE, /* yes: hold, rtl, land */
	SEVERAL_COUNTED, /* if their number is confirmed */
	SEVERAL_NEVER,   /* one drone at a time: kill; one point: goto, home */
};

enum arg_type { ARG_NUMBER, ARG_BOOL, ARG_ITEMS, ARG_TYPE_COUNT };
extern const char *const arg_type_names[ARG_TYPE_COUNT]; /* "float64", "bool", "items" */

struct arg_desc {
	const char *name;
	enum arg_type type;
	const char *unit; /* "deg", "m", "m/s", "s" or "" */
	bool required;
	double min, max;  /* ARG_NUMBER: inclusive */
	const char *help;
};

#define COMMAND_ARGS_MAX 4

struct command_desc {
	const char *name;
	enum danger danger;
	enum several several;
	bool flies;      /* replaces the flying command in progress */
	bool once;       /* never repeated by a program: arm, takeoff, start */
	struct arg_desc args[COMMAND_ARGS_MAX]; /* ended by a NULL name, if shorter */
	const char *done_when;
	const char *help;
};

extern const struct command_desc command_table[CMD_COUNT];

/* Arguments by their place in the command's row. */
struct command_args {
	bool has[COMMAND_ARGS_MAX];
	double number[COMMAND_ARGS_MAX]; /* ARG_NUMBER; ARG_BOOL as 0 or 1 */
	struct mission items;            /* ARG_ITEMS */
};

/* CMD_COUNT where no command has that name. */
enum command command_find(const char *name);
size_t command_arg_count(enum command cmd);

/* Reads and checks the args map of a request: 0, or -1 with a sentence.
 * command_args_clear() frees it in either case. Unknown keys are passed over. */
int command_args_read(enum command cmd, const wire_value *map, struct command_args *args,
    struct err *err);
/* Appends the args map. */
void command_args_write(struct buf *b, enum command cmd, const struct command_args *args);
void command_args_clear(struct command_args *args);

/* Whether giving it asks for a person's word. maybe_in_air: the drone is not
 * known to be on the ground; surely_in_air: it is known to fly. A mission is
 * dangerous only with start. */
bool command_is_dangerous(enum command cmd, const struct command_args *args, bool maybe_in_air,
    bool surely_in_air);

#endif
