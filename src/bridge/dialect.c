/* Commands by autopilot: see dialect.h. */
#include "bridge/dialect.h"

#include <math.h>

#include "base/mem.h"
#include "bridge/plan_items.h"

static const struct {
	uint32_t custom[ROLE_COUNT];
	bool has[ROLE_COUNT];
} role_modes[FAMILY_COUNT] = {
	/* BRAKE rather than LOITER, which follows the throttle stick. */
	[FAMILY_COPTER] = { { 4, 17, 3, 0 }, { true, true, true, false } },
	[FAMILY_PLANE] = { { 15, 12, 10, 13 }, { true, true, true, true } },
	[FAMILY_ROVER] = { { 15, 4, 10, 0 }, { true, true, true, false } },
	[FAMILY_PX4] = { { 0, PX4_MODE(4, 3), PX4_MODE(4, 4), PX4_MODE(4, 2) },
	    { false, true, true, true } },
};

bool dialect_mode(enum family family, enum role role, uint32_t *custom)
{
	*custom = role_modes[family].custom[role];
	return role_modes[family].has[role];
}

struct mav_order dialect_mode_order(enum family family, uint32_t custom)
{
	if (family == FAMILY_PX4)
		return (struct mav_order){ .p = { 1, (float)(custom >> 16 & 0xFF), (float)(custom >> 24) } };
	return (struct mav_order){ .p = { 1, (float)custom } };
}

bool dialect_home_item(enum family family)
{
	return family != FAMILY_PX4;
}

double dialect_home_alt(const struct vehicle *v, int64_t now_ms)
{
	double lat, lon, alt, height;

	if (vehicle_home(v, &lat, &lon, &alt))
		return alt;
	if (vehicle_where(v, now_ms, &lat, &lon, &alt, &height))
		return alt - height;
	return NAN;
}

static int fill_arm(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	(void)v, (void)g, (void)now_ms, (void)err;
	o->p[0] = 1;
	return 0;
}

static int fill_disarm(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	(void)v, (void)now_ms, (void)err;
	if (g->force || g->cmd == CMD_KILL)
		o->p[1] = FORCE_MAGIC;
	return 0;
}

static int fill_nothing(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	(void)v, (void)g, (void)now_ms, (void)o, (void)err;
	return 0;
}

static int fill_takeoff(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	(void)v, (void)now_ms, (void)err;
	o->z = g->height; /* ArduPilot: above home */
	return 0;
}

static int fill_takeoff_px4(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	double home = dialect_home_alt(v, now_ms);

	if (!isfinite(home))
		return err_set(err, "%s has not said where home is: the height to take off to cannot be told",
		    v->id);
	o->p[3] = NAN;
	o->x = o->y = NAN;
	o->z = home + g->height;
	return 0;
}

static int fill_goto(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	double lat, lon, alt, height, home = dialect_home_alt(v, now_ms);
	bool here = vehicle_where(v, now_ms, &lat, &lon, &alt, &height);
	bool px4 = v->family == FAMILY_PX4;

	if (isnan(g->height) && !here)
		return err_set(err, "%s does not say how high it is: give the height to fly at", v->id);
	if (px4 && !isnan(g->height) && !isfinite(home))
		return err_set(err, "%s has not said where home is: the height cannot be told", v->id);
	o->p[0] = isnan(g->speed) ? -1 : (float)g->speed;
	o->p[1] = 1; /* MAV_DO_REPOSITION_FLAGS_CHANGE_MODE */
	o->p[3] = NAN;
	o->x = g->lat;
	o->y = g->lon;
	/* PX4 takes any height for AMSL, whatever the frame says. */
	o->frame = px4 ? FRAME_GLOBAL : FRAME_RELATIVE;
	if (isnan(g->height))
		o->z = px4 ? alt : height;
	else
		o->z = px4 ? home + g->height : g->height;
	return 0;
}

static int fill_climb(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	struct goal here = *g;
	double alt, height;

	if (!vehicle_where(v, now_ms, &here.lat, &here.lon, &alt, &height))
		return err_set(err, "%s does not say where it is: it stays at its own takeoff height",
		    v->id);
	here.speed = NAN;
	return fill_goto(v, &here, now_ms, o, err);
}

static int fill_speed(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	(void)now_ms, (void)err;
	o->p[0] = v->family == FAMILY_PLANE ? 0 : 1; /* a plane flies by airspeed */
	o->p[1] = (float)g->speed;
	o->p[2] = -1; /* throttle as it is */
	return 0;
}

static int fill_home(const struct vehicle *v, const struct goal *g, int64_t now_ms,
    struct mav_order *o, struct err *err)
{
	double alt = isnan(g->alt) ? dialect_home_alt(v, now_ms) : g->alt;

	if (!isfinite(alt))
		return err_set(err, "%s has no home yet to take the altitude from: give alt", v->id);
	o->x = g->lat;
	o->y = g->lon;
	o->z = alt;
	o->frame = FRAME_GLOBAL;
	return 0;
}

#define M(mode) (1u << (mode))
#define ARM { .kind = STEP_LONG, .command = COMPONENT_ARM_DISARM, .fill = fill_arm }
#define ARM_FIRST { .kind = STEP_LONG, .command = COMPONENT_ARM_DISARM, .fill = fill_arm,       \
		    .when = WHEN_DISARMED }
#define DISARM { .kind = STEP_LONG, .command = COMPONENT_ARM_DISARM, .fill = fill_disarm }
#define MODE(r) { .kind = STEP_MODE, .command = DO_SET_MODE, .role = ROLE_##r }
#define PLAIN(mav) { .kind = STEP_LONG, .command = mav, .fill = fill_nothing }

/* What both say alike. */
#define COMMON_ROWS                                                            \
	[CMD_DISARM] = { .steps = { DISARM } },                                         \
	[CMD_KILL] = { .steps = { DISARM } },                                           \
	[CMD_SPEED] = { .steps = { { .kind = STEP_LONG, .command = DO_CHANGE_SPEED, .fill = fill_speed } } }, \
	[CMD_HOME] = { .steps = { { .kind = STEP_INT, .command = DO_SET_HOME, .fill = fill_home } } },        \
	[CMD_HOLD] = { { MODE(HOLD) }, M(MODE_HOLD) },                         \
	[CMD_RTL] = { { PLAIN(CMD_NAV_RTL) }, M(MODE_RTL) | M(MODE_LAND) },    \
	[CMD_LAND] = { { PLAIN(CMD_NAV_LAND) }, M(MODE_LAND) }

/* ArduPilot arms in GUIDED, and starts a mission only armed; both of
 * MISSION_START's parameters must be 0. */
#define ARDUPILOT_ROWS                                                         \
	COMMON_ROWS,                                                           \
	[CMD_ARM] = { .steps = { MODE(GUIDED), ARM } },                                 \
	[CMD_GOTO] = { { { .kind = STEP_INT, .command = DO_REPOSITION, .fill = fill_goto } },        \
	    M(MODE_GOTO) | M(MODE_TAKEOFF) },                                  \
	[CMD_START] = { {                                                      \
		{ .kind = STEP_MODE, .command = DO_SET_MODE, .role = ROLE_GUIDED,                    \
		  .when = WHEN_DISARMED },                                     \
		ARM_FIRST,                                                     \
		PLAIN(MISSION_START),                                          \
	    }, M(MODE_MISSION) },                                              \
	[CMD_MISSION] = { {                                                    \
		{ .kind = STEP_UPLOAD },                                       \
		{ .kind = STEP_MODE, .command = DO_SET_MODE, .role = ROLE_GUIDED,                    \
		  .when = WHEN_START | WHEN_DISARMED },                        \
		{ .kind = STEP_LONG, .command = COMPONENT_ARM_DISARM, .fill = fill_arm,              \
		  .when = WHEN_START | WHEN_DISARMED },                        \
		{ .kind = STEP_LONG, .command = MISSION_START, .fill = fill_nothing,                 \
		  .when = WHEN_START },                                        \
	    }, M(MODE_MISSION) }

static const struct command_row ardupilot[CMD_COUNT] = {
	ARDUPILOT_ROWS,
	[CMD_TAKEOFF] = { {
		MODE(GUIDED),
		{ .kind = STEP_LONG, .command = CMD_NAV_TAKEOFF, .fill = fill_takeoff },
	    }, M(MODE_TAKEOFF) | M(MODE_GOTO) },
};

/* A plane has a mode for it, which levels out at TKOFF_LVL_ALT (10 m) and climbs to
 * a height that is a parameter too. Once it flies it is told the one that was
 * asked for, where it is. */
static const struct command_row plane[CMD_COUNT] = {
	ARDUPILOT_ROWS,
	[CMD_TAKEOFF] = { {
		MODE(TAKEOFF),
		{ .kind = STEP_INT, .command = DO_REPOSITION, .fill = fill_climb, .above_m = 20 },
	    }, M(MODE_TAKEOFF) | M(MODE_GOTO) },
};

/* PX4 arms where it is, takes off to AMSL, and is not ready for a mission for
 * some 3 s after it got one. MISSION_START also arms. */
static const struct command_row px4[CMD_COUNT] = {
	COMMON_ROWS,
	[CMD_ARM] = { .steps = { ARM } },
	[CMD_TAKEOFF] = { {
		{ .kind = STEP_LONG, .command = CMD_NAV_TAKEOFF, .fill = fill_takeoff_px4 },
	    }, M(MODE_TAKEOFF) | M(MODE_HOLD) },
	[CMD_GOTO] = { { { .kind = STEP_INT, .command = DO_REPOSITION, .fill = fill_goto } },
	    M(MODE_HOLD) | M(MODE_GOTO) },
	[CMD_START] = { {
		{ .kind = STEP_LONG, .command = MISSION_START, .fill = fill_nothing,
		  .after_upload_ms = 3000 },
	    }, M(MODE_MISSION) },
	[CMD_MISSION] = { {
		{ .kind = STEP_UPLOAD },
		{ .kind = STEP_LONG, .command = MISSION_START, .fill = fill_nothing,
		  .when = WHEN_START, .after_upload_ms = 3000 },
	    }, M(MODE_MISSION) },
};

/* An autopilot of which no more is known: what common.xml has for all, above
 * all that it can be stopped, called back and brought down. */
static const struct command_row others[CMD_COUNT] = {
	[CMD_ARM] = { .steps = { ARM } },
	[CMD_DISARM] = { .steps = { DISARM } },
	[CMD_KILL] = { .steps = { DISARM } },
	[CMD_HOLD] = { .steps = { PLAIN(DO_PAUSE_CONTINUE) } },
	[CMD_RTL] = { .steps = { PLAIN(CMD_NAV_RTL) } },
	[CMD_LAND] = { .steps = { PLAIN(CMD_NAV_LAND) } },
};

static const struct command_row *const families[FAMILY_COUNT] = {
	[FAMILY_UNKNOWN] = others,
	[FAMILY_COPTER] = ardupilot, [FAMILY_PLANE] = plane, [FAMILY_ROVER] = ardupilot,
	[FAMILY_PX4] = px4,
};

const struct command_row *dialect_command(enum family family, enum command cmd)
{
	const struct command_row *row = families[family] ? &families[family][cmd] : NULL;

	if (family == FAMILY_ROVER && (cmd == CMD_TAKEOFF || cmd == CMD_LAND))
		return NULL;
	return row && row->steps[0].kind != STEP_END ? row : NULL;
}

const struct command_row *dialect_resume_mission(enum family family)
{
	static const struct command_row row = { { MODE(MISSION) }, M(MODE_MISSION) };

	return family != FAMILY_UNKNOWN ? &row : NULL;
}

const char *result_text(uint8_t result)
{
	static const char *const texts[] = {
		"accepted", "temporarily rejected", "denied", "unsupported", "failed", "in progress",
		"cancelled", "must be COMMAND_LONG", "must be COMMAND_INT", "unsupported frame",
	};

	return result < ARRAY_LEN(texts) ? texts[result] : "refused";
}
