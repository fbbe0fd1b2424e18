/* The commands a drone takes: see commands.h. */
#include "proto/commands.h"

#include <string.h>

#include "base/mem.h"

const char *const danger_names[DANGER_COUNT] = {
	[DANGER_NO] = "no", [DANGER_YES] = "yes", [DANGER_AIR] = "air", [DANGER_GROUND] = "ground",
};

const char *const arg_type_names[ARG_TYPE_COUNT] = {
	[ARG_NUMBER] = "float64", [ARG_BOOL] = "bool", [ARG_ITEMS] = "items",
};

#define LAT { "lat", ARG_NUMBER, "deg", true, -90, 90, "latitude, WGS 84" }
#define LON { "lon", ARG_NUMBER, "deg", true, -180, 180, "longitude, WGS 84" }

const struct command_desc command_table[CMD_COUNT] = {
	[CMD_ARM] = {
		.name = "arm", .danger = DANGER_YES, .several = SEVERAL_COUNTED, .once = true,
		.done_when = "armed", .help = "let the motors turn",
	},
	[CMD_DISARM] = {
		.name = "disarm", .danger = DANGER_AIR, .several = SEVERAL_COUNTED,
		.args = {
			{ "force", ARG_BOOL, "", false, 0, 1, "in the air too" },
		},
		.done_when = "disarmed", .help = "stop the motors of a drone on the ground",
	},
	[CMD_TAKEOFF] = {
		.name = "takeoff", .danger = DANGER_YES, .several = SEVERAL_COUNTED,
		.flies = true, .once = true,
		.args = {
			{ "height", ARG_NUMBER, "m", true, 0.5, 10000, "to climb to, above home" },
		},
		.done_when = "within 1 m of the height", .help = "climb straight up",
	},
	[CMD_GOTO] = {
		.name = "goto", .danger = DANGER_NO, .several = SEVERAL_NEVER, .flies = true,
		.args = {
			LAT,
			LON,
			{ "height", ARG_NUMBER, "m", false, -1000, 10000, "above home; as it is if left out" },
			{ "speed", ARG_NUMBER, "m/s", false, 0.1, 300, "over ground" },
		},
		.done_when = "within 3 m, and 2 m of the height if given; a wing: on its loiter circle around it",
		.help = "fly to a point and stay there",
	},
	[CMD_MISSION] = {
		.name = "mission", .danger = DANGER_GROUND, .several = SEVERAL_COUNTED, .flies = true,
		.args = {
			{ "items", ARG_ITEMS, "", true, 0, 0, "maps of lat, lon, height, speed?, hold?" },
			{ "start", ARG_BOOL, "", false, 0, 1, "fly it at once" },
		},
		.done_when = "loaded; with start: last item reached",
		.help = "load a mission",
	},
	[CMD_START] = {
		.name = "start", .danger = DANGER_GROUND, .several = SEVERAL_COUNTED,
		.flies = true, .once = true,
		.done_when = "mission running", .help = "fly the loaded mission",
	},
	[CMD_HOLD] = {
		.name = "hold", .danger = DANGER_NO, .several = SEVERAL_AT_ONCE, .flies = true,
		.done_when = "hovering or loitering", .help = "stop where it is and stay in the air",
	},
	[CMD_RESUME] = {
		.name = "resume", .danger = DANGER_NO, .several = SEVERAL_COUNTED, .flies = true,
		.done_when = "back in the mission or work that a command interrupted",
		.help = "go on with what was interrupted",
	},
	[CMD_RTL] = {
		.name = "rtl", .danger = DANGER_NO, .several = SEVERAL_AT_ONCE, .flies = true,
		.done_when = "landed at home", .help = "return home and land",
	},
	[CMD_LAND] = {
		.name = "land", .danger = DANGER_NO, .several = SEVERAL_AT_ONCE, .flies = true,
		.done_when = "landed", .help = "land where it is",
	},
	[CMD_SPEED] = {
		.name = "speed", .danger = DANGER_NO, .several = SEVERAL_COUNTED,
		.args = {
			{ "speed", ARG_NUMBER, "m/s", true, 0.1, 300, "to cruise at, over ground" },
		},
		.done_when = "taken", .help = "change the cruise speed",
	},
	[CMD_HOME] = {
		.name = "home", .danger = DANGER_YES, .several = SEVERAL_NEVER,
		.args = {
			LAT,
			LON,
			{ "alt", ARG_NUMBER, "m", false, -1000, 10000, "of the ground there, above mean sea level" },
		},
		.done_when = "taken", .help = "set where it returns to",
	},
	[CMD_VIDEO] = {
		.name = "video", .danger = DANGER_NO, .several = SEVERAL_COUNTED,
		.args = {
			{ "on", ARG_BOOL, "", true, 0, 1, "send pictures or stop" },
			{ "fps", ARG_NUMBER, "", false, 0.1, 60, "pictures a second" },
		},
		.done_when = "taken", .help = "switch video on or off",
	},
	[CMD_KILL] = {
		.name = "kill", .danger = DANGER_YES, .several = SEVERAL_NEVER, .flies = true,
		.done_when = "motors off", .help = "stop the motors at once, wherever it is",
	},
};

#undef LAT
#undef LON

enum command command_find(const char *name)
{
	for (int c = 0; c < CMD_COUNT; c++) {
		if (strcmp(command_table[c].name, name) == 0)
			return (enum command)c;
	}
	return CMD_COUNT;
}

size_t command_arg_count(enum command cmd)
{
	size_t n = 0;

	while (n < COMMAND_ARGS_MAX && command_table[cmd].args[n].name)
		n++;
	return n;
}

static int read_arg(const struct arg_desc *a, const wire_value *v, struct command_args *args,
    size_t i, struct err *err)
{
	bool b;

	switch (a->type) {
	case ARG_NUMBER:
		if (!wire_get_number(v, &args->number[i]))
			return err_set(err, "%s must be a finite number", a->name);
		if (args->number[i] < a->min || args->number[i] > a->max)
			return err_set(err, "%s must be within %g to %g%s%s, and %.10g is not", a->name,
			    a->min, a->max, *a->unit ? " " : "", a->unit, args->number[i]);
		break;
	case ARG_BOOL:
		if (!wire_get_bool(v, &b))
			return err_set(err, "%s must be true or false", a->name);
		args->number[i] = b;
		break;
	case ARG_ITEMS:
		if (mission_read(v, &args->items, err) == -1)
			return -1;
		break;
	case ARG_TYPE_COUNT:
		break;
	}
	args->has[i] = true;
	return 0;
}

int command_args_read(enum command cmd, const wire_value *map, struct command_args *args,
    struct err *err)
{
	const struct command_desc *d = &command_table[cmd];

	memset(args, 0, sizeof(*args));
	if (!wire_is_map(map))
		return err_set(err, "args must be a map");
	for (size_t i = 0; i < command_arg_count(cmd); i++) {
		const wire_value *v = wire_key(map, d->args[i].name);

		if (!v || wire_is_nil(v)) {
			if (d->args[i].required)
				return err_set(err, "%s needs %s: %s", d->name, d->args[i].name,
				    d->args[i].help);
			continue;
		}
		if (read_arg(&d->args[i], v, args, i, err) == -1)
			return -1;
	}
	if (cmd == CMD_MISSION && args->items.count == 0 && args->number[1] != 0)
		return err_set(err, "a mission without items cannot be started");
	return 0;
}

void command_args_write(struct buf *b, enum command cmd, const struct command_args *args)
{
	const struct command_desc *d = &command_table[cmd];
	size_t n = command_arg_count(cmd), pairs = 0;

	for (size_t i = 0; i < n; i++)
		pairs += args->has[i];
	wire_put_map(b, pairs);
	for (size_t i = 0; i < n; i++) {
		if (!args->has[i])
			continue;
		wire_put_text(b, d->args[i].name);
		if (d->args[i].type == ARG_BOOL)
			wire_put_bool(b, args->number[i] != 0);
		else if (d->args[i].type == ARG_ITEMS)
			mission_write(b, &args->items);
		else
			wire_put_number(b, args->number[i]);
	}
}

void command_args_clear(struct command_args *args)
{
	mission_clear(&args->items);
}

bool command_is_dangerous(enum command cmd, const struct command_args *args, bool maybe_in_air,
    bool surely_in_air)
{
	switch (command_table[cmd].danger) {
	case DANGER_YES:
		return true;
	case DANGER_AIR:
		return maybe_in_air;
	case DANGER_GROUND:
		return !surely_in_air && (cmd != CMD_MISSION || args->number[1] != 0);
	default:
		return false;
	}
}
