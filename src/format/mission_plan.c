/*
 * Missions of QGroundControl, the .plan format: see mission_file.h.
 *
 * Format: docs.qgroundcontrol.com, "Plan File Format"; commands and frames:
 * mavlink.io, MAV_CMD and MAV_FRAME of common.xml. What becomes of each
 * MAV_CMD is a row of `commands` below.
 */
#include "format/mission_file.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define PARAMS 7

/* MAV_FRAME: the ones with heights above home, plain and "INT". */
enum { FRAME_RELATIVE = 3, FRAME_RELATIVE_INT = 6 };
/* The MAV_CMDs that are written, or that one row treats apart. */
enum { MAV_WAYPOINT = 16, MAV_LOITER_TIME = 19, MAV_CHANGE_SPEED = 178 };

enum treat {
	TREAT_POINT,   /* fly there; param 1 is the hold if `hold` */
	TREAT_TAKEOFF, /* a point where it names a position, else nothing */
	TREAT_LAND,    /* ends the mission, at a point if it names one */
	TREAT_SPEED,   /* from here on */
	TREAT_DELAY,   /* hold at the point before */
	TREAT_PASS,    /* does not change the way flown: left out and said */
	TREAT_REFUSE,
};

static const struct command {
	int number;
	enum treat treat;
	bool hold;
	const char *name;   /* in sentences */
	const char *remedy; /* TREAT_REFUSE, TREAT_LAND: what to do instead */
} commands[] = {
	{ MAV_WAYPOINT, TREAT_POINT, true, "waypoint", NULL },
	{ 17, TREAT_LAND, false, "loitering for ever", "it holds where a mission ends anyway" },
	{ 18, TREAT_REFUSE, false, "loitering for turns", "use a waypoint with a hold time" },
	{ MAV_LOITER_TIME, TREAT_POINT, true, "loitering for a time", NULL },
	{ 20, TREAT_LAND, false, "return to launch", "send rtl when the mission is done" },
	{ 21, TREAT_LAND, false, "landing", "send land when the mission is done" },
	{ 22, TREAT_TAKEOFF, false, "take-off", NULL },
	{ 31, TREAT_POINT, false, "loitering to a height", NULL },
	{ 82, TREAT_POINT, true, "spline waypoint", NULL },
	{ 84, TREAT_TAKEOFF, false, "VTOL take-off", NULL },
	{ 85, TREAT_LAND, false, "VTOL landing", "send land when the mission is done" },
	{ 93, TREAT_DELAY, false, "delay", NULL },
	{ 112, TREAT_DELAY, false, "delay", NULL },
	{ 177, TREAT_REFUSE, false, "a jump", "write the repeated part out" },
	{ MAV_CHANGE_SPEED, TREAT_SPEED, false, "change of speed", NULL },
	{ 16384, TREAT_REFUSE, false, "a user command", "remove it" },
	{ 3000, TREAT_PASS, false, "VTOL transition", NULL },
};

/* Ranges of MAV_CMD that turn cameras, gimbals, regions of interest, relays
 * and servos, and mark a landing sequence; the way flown stays the same. */
static const struct {
	int from, to;
} passed[] = {
	{ 80, 80 }, { 181, 184 }, { 189, 189 }, { 195, 197 }, { 200, 206 }, { 211, 214 },
	{ 530, 534 }, { 1000, 1001 }, { 2000, 2003 }, { 2500, 2505 },
};

struct reader {
	const char *name;
	struct mission_file *out;
	double speed;    /* of the items to come; NAN: its own */
	bool ended;      /* a landing or return was read */
	char end_name[40];
	size_t passed;   /* items left out without a word of their own */
	size_t splines;
	size_t item, sub; /* from 1; sub: within a complex item, 0 for none */
	struct err *err;
};

static int fail(struct reader *r, const char *what, const char *remedy)
{
	if (r->sub)
		return err_set(r->err, "%s: item %zu.%zu: %.360s%s%s", r->name, r->item, r->sub, what,
		    remedy ? "; " : "", remedy ? remedy : "");
	return err_set(r->err, "%s: item %zu: %.360s%s%s", r->name, r->item, what,
	    remedy ? "; " : "", remedy ? remedy : "");
}

static const struct command *find_command(int number)
{
	static const struct command pass = { 0, TREAT_PASS, false, "camera or gimbal", NULL };

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i].number == number)
			return &commands[i];
	}
	for (size_t i = 0; i < ARRAY_LEN(passed); i++) {
		if (number >= passed[i].from && number <= passed[i].to)
			return &pass;
	}
	return NULL;
}

static int add_point(struct reader *r, const double *params, int frame, double hold)
{
	struct waypoint p = {
		.lat = params[4],
		.lon = params[5],
		.height = params[6],
		.speed = r->speed,
		.hold = hold,
	};
	struct err why;

	if (frame != FRAME_RELATIVE && frame != FRAME_RELATIVE_INT) {
		char what[120];
		const char *above = frame == 0 || frame == 5 ? "mean sea level" :
		    frame == 10 || frame == 11		     ? "terrain" :
							       "something else than home";

		snprintf(what, sizeof(what), "its altitude is above %s (frame %d)", above, frame);
		return fail(r, what,
		    "heights here are above home: choose \"Relative To Launch\" in QGroundControl");
	}
	if (isnan(p.lat) || isnan(p.lon))
		return fail(r, "has no position", "give it one in QGroundControl");
	if (isnan(p.height))
		return fail(r, "has no altitude", "give it one in QGroundControl");
	if (mission_file_add(r->out, &p, &why) == -1)
		return fail(r, why.text, NULL);
	return 0;
}

static bool has_position(const double *params)
{
	return !isnan(params[4]) && !isnan(params[5]) && (params[4] != 0 || params[5] != 0);
}

static int change_speed(struct reader *r, const double *params)
{
	/* param 2: m/s, -1 no change, -2 the vehicle's default. */
	if (isnan(params[1]) || params[1] == -1)
		return 0;
	if (params[1] == -2) {
		r->speed = NAN;
		return 0;
	}
	if (!(params[1] >= 0.1 && params[1] <= 300))
		return fail(r, "speed must be within 0.1 to 300 m/s", "mend it in QGroundControl");
	r->speed = params[1];
	return 0;
}

static int delay(struct reader *r, const double *params)
{
	struct waypoint *last = r->out->count ? &r->out->items[r->out->count - 1] : NULL;

	if (!(params[0] >= 0))
		return fail(r, "a delay until a time of day is nothing a drone here does",
		    "give it seconds");
	if (!last)
		return 0; /* on the ground, before the first point */
	if (last->hold + params[0] > 86400)
		return fail(r, "a hold is at most 86400 s", NULL);
	last->hold += params[0];
	return 0;
}

static int land(struct reader *r, const struct command *c, const double *params, int frame)
{
	double height = r->out->count ? r->out->items[r->out->count - 1].height : NAN;
	double point[PARAMS];

	r->ended = true;
	str_copy(r->end_name, sizeof(r->end_name), c->name);
	buf_printf(&r->out->notes, "%s: item %zu: %s is left out; %s\n", r->name, r->item, c->name,
	    c->remedy);
	/* Over the place, as high as it comes in. */
	if (has_position(params) && !isnan(height)) {
		memcpy(point, params, sizeof(point));
		point[6] = height;
		return add_point(r, point, frame, 0);
	}
	return 0;
}

static int run_item(struct reader *r, int number, int frame, const double *params)
{
	const struct command *c = find_command(number);
	char what[120];

	if (!c || c->treat == TREAT_REFUSE) {
		snprintf(what, sizeof(what), "%s (command %d) is nothing that a mission here can hold",
		    c ? c->name : "this", number);
		return fail(r, what, c ? c->remedy : "remove it in QGroundControl");
	}
	if (c->treat == TREAT_PASS) {
		r->passed++;
		return 0;
	}
	if (r->ended && c->treat != TREAT_SPEED) {
		snprintf(what, sizeof(what), "comes after %s, where the mission ends", r->end_name);
		return fail(r, what, "split the plan there");
	}
	switch (c->treat) {
	case TREAT_POINT:
		r->splines += number == 82;
		return add_point(r, params, frame, c->hold && params[0] > 0 ? params[0] : 0);
	case TREAT_TAKEOFF:
		if (r->out->count > 0)
			return fail(r, "a take-off in mid-mission is nothing that a mission here can hold",
			    "split the plan there");
		return has_position(params) ? add_point(r, params, frame, 0) : 0;
	case TREAT_LAND:
		return land(r, c, params, frame);
	case TREAT_SPEED:
		return change_speed(r, params);
	case TREAT_DELAY:
		return delay(r, params);
	default:
		return 0;
	}
}

static int read_simple(struct reader *r, const json_t *item)
{
	const json_t *command = json_object_get(item, "command");
	const json_t *frame = json_object_get(item, "frame");
	const json_t *list = json_object_get(item, "params");
	double params[PARAMS];

	if (!json_is_integer(command))
		return fail(r, "has no command number", "save the plan anew in QGroundControl");
	if (!json_is_array(list) || json_array_size(list) != PARAMS)
		return fail(r, "params must be an array of 7", "save the plan anew in QGroundControl");
	for (size_t i = 0; i < PARAMS; i++) {
		const json_t *v = json_array_get(list, i);

		if (!json_is_null(v) && !json_is_number(v))
			return fail(r, "params must be numbers or null",
			    "save the plan anew in QGroundControl");
		params[i] = json_is_number(v) ? json_number_value(v) : NAN;
	}
	return run_item(r, (int)json_integer_value(command),
	    json_is_integer(frame) ? (int)json_integer_value(frame) : -1, params);
}

static int read_items(struct reader *r, const json_t *items, bool inside);

/* A survey or corridor keeps the plain items it was expanded to. */
static int read_complex(struct reader *r, const json_t *item)
{
	const char *type = json_string_value(json_object_get(item, "complexItemType"));
	const json_t *items =
	    json_object_get(json_object_get(item, "TransectStyleComplexItem"), "Items");
	char what[120];

	if (json_is_array(items))
		return read_items(r, items, true);
	snprintf(what, sizeof(what), "\"%.40s\" holds no plain items", type ? type : "complex item");
	str_clean(what);
	return fail(r, what, "replace it by waypoints in QGroundControl");
}

static int read_items(struct reader *r, const json_t *items, bool inside)
{
	size_t n = json_array_size(items);

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(items, i);
		const char *type = json_string_value(json_object_get(item, "type"));

		if (inside)
			r->sub = i + 1;
		else
			r->item = i + 1;
		if (!inside && type && strcmp(type, "ComplexItem") == 0) {
			if (read_complex(r, item) == -1)
				return -1;
			r->sub = 0;
			continue;
		}
		if (!json_is_object(item))
			return fail(r, "is no item", "save the plan anew in QGroundControl");
		if (read_simple(r, item) == -1)
			return -1;
	}
	return 0;
}

int mission_plan_parse(const char *name, const char *text, size_t len, struct mission_file *out,
    struct err *err)
{
	struct reader r = { .name = name, .out = out, .speed = NAN, .err = err };
	json_error_t why;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	const json_t *items;
	int result;

	if (!root)
		return err_set(err, "%s:%d: is no JSON: %.120s", name, why.line, why.text);
	items = json_object_get(json_object_get(root, "mission"), "items");
	if (!json_is_array(items))
		result = err_set(err,
		    "%s: has no mission.items; a plan is what QGroundControl saves as .plan", name);
	else
		result = read_items(&r, items, false);
	json_decref(root);
	if (result == -1)
		return -1;
	if (out->count == 0)
		return err_set(err, "%s: holds no waypoint; add some in QGroundControl", name);
	if (r.splines)
		buf_printf(&out->notes, "%s: %zu spline waypoints are flown in straight lines\n", name,
		    r.splines);
	if (r.passed)
		buf_printf(&out->notes, "%s: %zu items for camera, gimbal and the like are left out\n",
		    name, r.passed);
	return 0;
}

static void add_simple(json_t *items, int command, int frame, const double params[PARAMS])
{
	json_t *list = json_array();

	for (int i = 0; i < PARAMS; i++)
		json_array_append_new(list, isnan(params[i]) ? json_null() : json_real(params[i]));
	json_array_append_new(items,
	    json_pack("{s:s, s:i, s:i, s:b, s:i, s:o}", "type", "SimpleItem", "command", command,
		"frame", frame, "autoContinue", 1, "doJumpId", (int)json_array_size(items) + 1,
		"params", list));
}

void mission_file_write_plan(struct buf *b, const struct waypoint *items, size_t count,
    const struct mission_home *home)
{
	json_t *list = json_array(), *root;
	double speed = NAN;
	char *text;

	for (size_t i = 0; i < count; i++) {
		const struct waypoint *p = &items[i];
		bool same = isnan(p->speed) ? isnan(speed) : p->speed == speed;

		if (!same) {
			double v = isnan(p->speed) ? -2 : p->speed;

			add_simple(list, MAV_CHANGE_SPEED, 2, (double[]){ 1, v, -1, 0, 0, 0, 0 });
			speed = p->speed;
		}
		add_simple(list, MAV_WAYPOINT, FRAME_RELATIVE,
		    (double[]){ p->hold, 0, 0, NAN, p->lat, p->lon, p->height });
	}
	root = json_pack(
	    "{s:s, s:i, s:s, s:{s:i, s:f, s:f, s:i, s:i, s:[f,f,f], s:o}, s:{s:i, s:[], s:[]}, s:{s:i, s:[]}}",
	    "fileType", "Plan", "version", 1, "groundStation", "QGroundControl", "mission",
	    "version", 2, "cruiseSpeed", 15.0, "hoverSpeed", 5.0, "firmwareType", 12, "vehicleType", 2,
	    "plannedHomePosition", home->lat, home->lon, home->alt, "items", list, "geoFence",
	    "version", 2, "circles", "polygons", "rallyPoints", "version", 2, "points");
	text = json_dumps(root, JSON_INDENT(4) | JSON_REAL_PRECISION(12));
	buf_add_str(b, text);
	buf_add_str(b, "\n");
	free(text);
	json_decref(root);
}
