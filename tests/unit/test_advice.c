/* What is said against a command, by command and by what is known. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alarm/advice.h"
#include "base/mem.h"

#define NOW 1000000000

/* A field of 2 km around home, 120 m high, with a tower to stay out of in its
 * north-east: degrees from home. */
static struct zone square(const char *name, enum zone_kind kind, double x, double y, double half,
    double ceiling, struct zone_ring *ring)
{
	struct zone z = {
		.kind = kind, .floor = ZONE_NO_HEIGHT, .ceiling = { ceiling, ABOVE_HOME },
		.rings = ring, .ring_count = 1,
	};
	static const int corners[4][2] = { { -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, 1 } };

	snprintf(z.name, sizeof(z.name), "%s", name);
	ring->points = xcalloc(4, sizeof(*ring->points));
	ring->count = 4;
	for (int i = 0; i < 4; i++)
		ring->points[i] = (struct geo_point){ 47 + y + half * corners[i][1], 9 + x + half * corners[i][0] };
	return z;
}

static struct zone_set *make_zones(void)
{
	static const struct zone_section section = {
		.name = "field", .floor = { NAN, ABOVE_HOME }, .ceiling = { NAN, ABOVE_HOME }, .drones = "d*",
	};
	struct zone_ring rings[2];
	struct zone zones[2] = {
		square("field", ZONE_IN, 0, 0, 0.02, 120, &rings[0]),
		square("tower", ZONE_OUT, 0.01, 0.01, 0.002, 80, &rings[1]),
	};
	struct zone_set *set = zone_set_new();
	struct err err = { "" };

	if (zone_set_add(set, &section, zones, 2, NULL, &err) == -1)
		fail_msg("%s", err.text);
	free(rings[0].points);
	free(rings[1].points);
	return set;
}

/* Deviations from a drone that hovers 50 m over home with half its charge. */
struct state {
	bool silent, no_fix, grounded, disarmed, failsafe, no_waypoints;
	double age, battery, clock_off;
	double lat, lon;
	double rate, airspeed, ground; /* as measured; %/s, m/s */
	bool full_thirst, hovers_in_wind;
};

static void make_sample(const struct state *st, struct sample *s)
{
	*s = (struct sample){ 0 };
	sample_set_value(s, FIELD_time, 0);
	if (!st->no_fix) {
		sample_set_value(s, FIELD_lat, 47 + st->lat);
		sample_set_value(s, FIELD_lon, 9 + st->lon);
	}
	sample_set_value(s, FIELD_height, 50);
	sample_set_value(s, FIELD_alt, 550);
	sample_set_value(s, FIELD_battery, st->battery ? st->battery : 50);
	sample_set_value(s, FIELD_speed, st->hovers_in_wind ? 0.1 : 10);
	if (st->hovers_in_wind) {
		sample_set_value(s, FIELD_airspeed, 3.4);
		sample_set_value(s, FIELD_wind, 3.5);
		sample_set_value(s, FIELD_wind_from, 0);
	}
	/* It climbs at full power, and was started with a pack that was not full: 1 mAh drawn, 5 % gone. */
	if (st->full_thirst) {
		sample_set_value(s, FIELD_current, 40);
		sample_set_value(s, FIELD_used, 1);
	}
	sample_set_value(s, FIELD_home_lat, 47);
	sample_set_value(s, FIELD_home_lon, 9);
	sample_set_value(s, FIELD_waypoints, st->no_waypoints ? 0 : 3);
	sample_set(s, FIELD_flags,
	    (st->disarmed ? 0 : FLAG_ARMED) | (st->grounded ? 0 : FLAG_IN_AIR) | (st->failsafe ? FLAG_FAILSAFE : 0));
	s->known |= 1;
}

#define GOTO(lat, lon, height) CMD_GOTO, { 47 + (lat), 9 + (lon), height }, 3

static const struct progress bobs = { .drone = "d1", .cmd = "goto", .by = "bob@tower", .stage = STAGE_ACTIVE,
	.time = NOW - 12000 };

static const struct {
	const char *legend;
	enum command cmd;
	double args[3];
	int arg_count;
	struct state st;
	const struct progress *open;
	const char *codes;  /* "" for none */
	const char *says;   /* in one of the texts */
	bool reason;
} cases[] = {
	{ "goto within the field", GOTO(0.005, 0, 60), { 0 }, NULL, "", NULL, false },
	{ "goto beside the field", GOTO(0.03, 0, 60), { 0 }, NULL, "outside", "the place is outside zone field", true },
	{ "goto into the tower", GOTO(0.01, 0.01, 60), { 0 }, NULL, "outside", "the place is in zone tower of field", true },
	{ "goto over the tower", GOTO(0.01, 0.01, 90), { 0 }, NULL, "enters",
	    "goes through zone tower of field (ground to 80 m above home)", true },
	{ "goto behind the tower", GOTO(0.015, 0.015, 60), { 0 }, NULL, "enters", "goes through zone tower", true },
	{ "goto behind it, from above it to above it", GOTO(0.015, 0.015, 100), { .lat = 0.01, .lon = 0.01 }, NULL,
	    "enters", NULL, true },
	{ "goto too high", GOTO(-0.005, 0, 150), { 0 }, NULL, "ceiling", "it is 30 m above the ceiling of zone field, 120 m above home", true },
	{ "goto back in from outside", GOTO(0.005, 0, 60), { .lat = 0.03 }, NULL, "", NULL, false },
	{ "goto of a stale drone", GOTO(0.005, 0, 60), { .age = 5 }, NULL, "stale", "its position is 5 s old", false },
	{ "goto of a lost drone", GOTO(0.005, 0, 60), { .age = 300 }, NULL, "lost", "it is lost: last heard of 5 min ago", true },
	{ "goto of a drone never heard", GOTO(0.005, 0, 60), { .silent = true }, NULL, "lost", "never heard of", true },
	{ "goto of one never heard, to the outside", GOTO(0.03, 0, 60), { .silent = true }, NULL, "lost, outside", NULL, true },
	{ "goto without a fix", GOTO(0.005, 0, 60), { .no_fix = true }, NULL, "no-fix", "does not know where it is", true },
	{ "goto with a clock off", GOTO(0.005, 0, 60), { .clock_off = -7 }, NULL, "clock", "its clock is 7.0 s off", false },
	{ "goto of a drone on the ground", GOTO(0.005, 0, 60), { .grounded = true }, NULL, "on-ground", "take off first", false },
	{ "goto of one not armed", GOTO(0.005, 0, 60), { .grounded = true, .disarmed = true }, NULL, "not-armed", "arm it", false },
	{ "goto under its failsafe", GOTO(0.005, 0, 60), { .failsafe = true }, NULL, "failsafe", NULL, true },
	{ "goto over another's goto", GOTO(0.005, 0, 60), { 0 }, &bobs, "other", "goto of bob@tower is in progress (active, 12 s ago)", true },
	{ "goto far on little charge", GOTO(0.015, 0, 60), { .battery = 12, .rate = 0.05, .airspeed = 10, .ground = 10 }, NULL, "energy",
	    "there and home takes 18 % of charge in the wind of now, and 12 % is left", true },
	{ "goto far on enough", GOTO(0.015, 0, 60), { .battery = 40, .rate = 0.05, .airspeed = 10, .ground = 10 }, NULL, "", NULL, false },
	{ "goto by one that hovers in wind as fast as its air", GOTO(0.005, 0, 60),
	    { .battery = 60, .rate = 0.05, .airspeed = 12, .ground = 9, .hovers_in_wind = true }, NULL, "", NULL, false },
	{ "goto far by one that only its speed over ground is known of", GOTO(0.015, 0, 60),
	    { .battery = 12, .rate = 0.05, .ground = 10, .hovers_in_wind = true }, NULL, "energy", "takes at least 18 %", true },
	{ "goto of one that has only just taken off", GOTO(0.005, 0, 60),
	    { .battery = 95, .full_thirst = true, .hovers_in_wind = true }, NULL, "", NULL, false },
	{ "goto near by one that went nowhere yet", GOTO(0.005, 0, 60), { .battery = 12, .rate = 0.05 }, NULL, "", NULL, false },
	{ "goto farther than the fastest gets", GOTO(0.019, 0, 60), { .battery = 10, .rate = 0.05 }, NULL, "energy",
	    "takes at least 10 %", true },
	{ "takeoff within the ceiling", CMD_TAKEOFF, { 100 }, 1, { .grounded = true }, NULL, "", NULL, false },
	{ "takeoff through it", CMD_TAKEOFF, { 130 }, 1, { .grounded = true }, NULL, "ceiling", "it is 10 m above", true },
	{ "takeoff of one not armed", CMD_TAKEOFF, { 20 }, 1, { .grounded = true, .disarmed = true }, NULL, "not-armed", NULL, false },
	{ "takeoff of one that flies", CMD_TAKEOFF, { 20 }, 1, { 0 }, NULL, "in-air", NULL, false },
	{ "start without a mission", CMD_START, { 0 }, 0, { .no_waypoints = true }, NULL, "no-mission", "load one first", false },
	{ "start over another's goto", CMD_START, { 0 }, 0, { 0 }, &bobs, "other", NULL, true },
	{ "resume of one that flies", CMD_RESUME, { 0 }, 0, { 0 }, NULL, "", NULL, false },
	{ "resume on the ground: what was interrupted may begin with a takeoff", CMD_RESUME, { 0 }, 0,
	    { .grounded = true, .disarmed = true }, NULL, "on-ground", "may take off by itself", false },
	{ "resume of a lost drone", CMD_RESUME, { 0 }, 0, { .age = 300 }, NULL, "lost", NULL, true },
	{ "home outside", CMD_HOME, { 47.03, 9 }, 2, { 0 }, NULL, "outside", NULL, true },
	{ "home inside", CMD_HOME, { 47.01, 9 }, 2, { 0 }, NULL, "", NULL, false },
	{ "arm of a stale drone", CMD_ARM, { 0 }, 0, { .age = 5 }, NULL, "stale", NULL, false },
	{ "speed, whatever", CMD_SPEED, { 10 }, 1, { .age = 300 }, &bobs, "", NULL, false },
	{ "video, whatever", CMD_VIDEO, { 1 }, 1, { .silent = true }, &bobs, "", NULL, false },
	/* What nothing may delay: with everything wrong at once. */
	{ "hold", CMD_HOLD, { 0 }, 0, { .age = 300, .battery = 1, .failsafe = true, .lat = 0.05, .clock_off = 99 }, &bobs, "", NULL, false },
	{ "rtl", CMD_RTL, { 0 }, 0, { .age = 300, .battery = 1, .failsafe = true, .lat = 0.05, .clock_off = 99 }, &bobs, "", NULL, false },
	{ "land", CMD_LAND, { 0 }, 0, { .age = 300, .battery = 1, .failsafe = true, .lat = 0.05, .clock_off = 99 }, &bobs, "", NULL, false },
	{ "kill", CMD_KILL, { 0 }, 0, { .age = 300, .battery = 1, .failsafe = true, .lat = 0.05, .clock_off = 99 }, &bobs, "", NULL, false },
};

static const struct energy_meter *measured(const struct state *st)
{
	static struct energy_meter meter;

	meter = (struct energy_meter){
		.rate = (float)st->rate, .airspeed = (float)st->airspeed, .ground = (float)st->ground,
		.proven_s = st->airspeed || st->ground ? 60 : 0,
	};
	return &meter;
}

static struct advice_in input(const struct zone_set *zones, const struct sample *s, const struct state *st)
{
	return (struct advice_in){
		.drone = "d1",
		.sample = st->silent ? NULL : s,
		.age_s = st->age,
		.stale_s = 3,
		.lost_s = 30,
		.clock_off_s = st->clock_off,
		.home_lat = NAN,
		.home_lon = NAN,
		.meter = measured(st),
		.zones = zones,
		.by = "ann@desk",
		.now_ms = NOW,
	};
}

static bool says(const struct advice_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strstr(list->items[i].text, text))
			return true;
	}
	return false;
}

static void test_cases(void **state)
{
	struct zone_set *zones = make_zones();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command_args args = { 0 };
		char codes[ADVICE_CODES_SIZE];
		struct advice_list list;
		struct advice_in in;
		struct sample s;

		make_sample(&cases[i].st, &s);
		in = input(zones, &s, &cases[i].st);
		in.cmd = cases[i].cmd;
		in.open = cases[i].open;
		for (int k = 0; k < cases[i].arg_count; k++) {
			args.has[k] = true;
			args.number[k] = cases[i].args[k];
		}
		in.args = &args;
		advise(&in, &list);
		if (strcmp(advice_codes(&list, codes), cases[i].codes) != 0)
			fail_msg("%s: %s: %s", cases[i].legend, codes, list.count ? list.items[0].text : "");
		if (cases[i].says && !says(&list, cases[i].says))
			fail_msg("%s: says \"%s\"", cases[i].legend, list.items[0].text);
		CHECK(cases[i].legend, list.needs_reason == cases[i].reason);
		CHECK(cases[i].legend, (list.count > 0) == (list.level != LEVEL_UNKNOWN));
	}
	zone_set_free(&zones);
}

static void test_mission(void **state)
{
	static struct mission_item items[] = {
		{ 47.005, 9, 60, NAN, 0 }, { 47.005, 9.005, 60, NAN, 0 }, { 47.015, 9.015, 60, NAN, 0 },
		{ 47.03, 9.015, 130, NAN, 0 },
	};
	static const struct {
		const char *legend;
		size_t count;
		bool start;
		double age;
		const char *codes, *says;
	} missions[] = {
		{ "within", 2, true, 0, "", NULL },
		{ "through the tower", 3, true, 0, "enters", "point 3: the straight way there goes through zone tower" },
		{ "and out, too high", 4, true, 0, "outside, enters, ceiling", "point 4: it is outside zone field" },
		{ "loaded only: its own way counts", 4, false, 0, "outside, enters, ceiling", "point 4: it is 10 m above the ceiling" },
		{ "loaded only: where the drone is does not", 2, false, 300, "", NULL },
		{ "started: it does", 2, true, 300, "lost", NULL },
	};
	struct zone_set *zones = make_zones();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(missions); i++) {
		struct command_args args = { .items = { items, missions[i].count }, .has = { true, true },
			.number = { 0, missions[i].start } };
		struct state st = { .age = missions[i].age };
		char codes[ADVICE_CODES_SIZE];
		struct advice_list list;
		struct advice_in in;
		struct sample s;

		make_sample(&st, &s);
		in = input(zones, &s, &st);
		in.cmd = CMD_MISSION;
		in.args = &args;
		advise(&in, &list);
		if (strcmp(advice_codes(&list, codes), missions[i].codes) != 0)
			fail_msg("%s: %s: %s", missions[i].legend, codes, list.count ? list.items[0].text : "");
		if (missions[i].says && !says(&list, missions[i].says))
			fail_msg("%s: says \"%s\"", missions[i].legend, list.items[0].text);
	}
	zone_set_free(&zones);
}

static void test_own_plan_and_zones_of_others(void **state)
{
	static struct plan_point corners[] = { { 46.999, 8.999 }, { 46.999, 9.001 }, { 47.001, 9.001 }, { 47.001, 8.999 } };
	static struct fence fence = { .kind = FENCE_IN, .points = corners, .count = 4, .radius = NAN, .floor = NAN, .ceiling = 80 };
	static const struct plan plan = { .fences = &fence, .fence_count = 1 };
	struct zone_set *zones = make_zones(), *own = zone_set_new();
	struct command_args args = { .has = { true, true, true }, .number = { 47.005, 9, 60 } };
	struct advice_list list;
	struct state st = { 0 };
	struct err err = { "" };
	struct advice_in in;
	struct sample s;

	(void)state;
	assert_int_equal(zone_set_add_plan(own, &plan, NULL, &err), 0);
	make_sample(&st, &s);
	in = input(zones, &s, &st);
	in.cmd = CMD_GOTO;
	in.args = &args;
	in.own = own;
	advise(&in, &list);
	assert_true(says(&list, "the place is outside zone fence 1 of plan"));
	/* A drone that the section does not name may go anywhere. */
	in.drone = "x1";
	in.own = NULL;
	args.number[0] = 48;
	advise(&in, &list);
	assert_int_equal(list.count, 0);
	zone_set_free(&zones);
	zone_set_free(&own);
}

static void test_table(void **state)
{
	(void)state;
	for (int i = 0; i < ADVICE_COUNT; i++) {
		assert_non_null(advice_table[i].name);
		assert_non_null(advice_table[i].help);
		assert_true(advice_table[i].level > LEVEL_UNKNOWN && advice_table[i].level < LEVEL_COUNT);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(advice_table[i].name, advice_table[k].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_mission),
		cmocka_unit_test(test_own_plan_and_zones_of_others),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
