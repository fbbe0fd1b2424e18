/* The watch: from samples and clock to alarms. */
#include "unit.h"

#include "alarm_fixture.h"
#include "base/mem.h"

static void test_battery_low_from_begin_to_end(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct watch_alarm a;
	struct err err;

	(void)state;
	scene_fly(&s, "D01", m, 30);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	sample_set_value(&m, FIELD_battery, 14.5);
	scene_fly(&s, "D01", m, 2);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_fly(&s, "D01", m, 10);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_RAISED, &a), 1);
	assert_string_equal(a.al.drone, "D01");
	assert_string_equal(a.al.text, "battery 14.5 %: bring it home");
	assert_int_equal(a.al.level, LEVEL_WARNING);
	assert_true(fabs(a.al.value - 14.5) < 1e-9 && a.al.limit == 15);
	assert_int_equal(watch_ack(s.watch, a.al.id, "lina", s.now, &err), 0);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_ACKED, &a), 1);
	assert_string_equal(a.al.by, "lina");
	sample_set_value(&m, FIELD_battery, 17);
	scene_fly(&s, "D01", m, 10);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	sample_set_value(&m, FIELD_battery, 19);
	scene_fly(&s, "D01", m, 1);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_CLEARED, NULL), 1);
	assert_int_equal(watch_ack(s.watch, a.al.id, "lina", s.now, &err), -1);
	scene_close(&s);
}

/* Every rule of the sample ---------------------------------------------------- */

struct set {
	enum field field;
	double value; /* NAN: not known */
};

static void set_all(struct sample *m, const struct set *sets)
{
	for (int i = 0; i < 4 && sets[i].field != FIELD_boot; i++)
		sample_set_value(m, sets[i].field, sets[i].value);
}

#define SOUND (FLAG_ARMED | FLAG_IN_AIR | FLAG_POSITION_VALID | FLAG_HOME_SET)

static void test_rules_of_the_sample(void **state)
{
	static const struct {
		const char *rule;
		struct set raises[4];   /* over a sound sample: raised */
		struct set almost[4];   /* not raised */
		struct set dithers[4];  /* once raised: neither cleared ... */
		struct set clears[4];   /* ... but by this it is */
		int samples;            /* of 100 ms that it takes, at most */
	} cases[] = {
		{ "battery-low", { { FIELD_battery, 14.9 } }, { { FIELD_battery, 15 } },
		    { { FIELD_battery, 17.9 } }, { { FIELD_battery, 18 } }, 3 },
		{ "battery-low", { { FIELD_battery, 10 } },
		    { { FIELD_battery, 10 }, { FIELD_flags, FLAG_ARMED | FLAG_POSITION_VALID } },
		    { { FIELD_battery, NAN } },
		    { { FIELD_battery, 10 }, { FIELD_flags, FLAG_ARMED | FLAG_POSITION_VALID } },
		    3 },
		/* A drone that does not say whether it flies, flies. */
		{ "battery-low", { { FIELD_battery, 10 }, { FIELD_flags, NAN } },
		    { { FIELD_battery, NAN } }, { { FIELD_battery, 10 }, { FIELD_flags, NAN } },
		    { { FIELD_battery, 30 } }, 3 },
		{ "battery-critical", { { FIELD_battery, 6.9 } }, { { FIELD_battery, 7 } },
		    { { FIELD_battery, 8.9 } }, { { FIELD_battery, 9 } }, 3 },
		{ "link-weak", { { FIELD_link, 24 } }, { { FIELD_link, 25 } },
		    { { FIELD_link, 34 } }, { { FIELD_link, 35 } }, 55 },
		{ "satellites", { { FIELD_sats, 5 } }, { { FIELD_sats, 6 } }, { { FIELD_sats, 6 } },
		    { { FIELD_sats, 7 } }, 55 },
		{ "satellites", { { FIELD_hdop, 2.6 } }, { { FIELD_hdop, 2.5 } },
		    { { FIELD_hdop, 3 } }, { { FIELD_hdop, 2 } }, 55 },
		{ "satellites", { { FIELD_fix, 2 } }, { { FIELD_fix, 3 } }, { { FIELD_fix, NAN } },
		    { { FIELD_fix, 4 } }, 55 },
		{ "position-lost", { { FIELD_flags, SOUND & ~FLAG_POSITION_VALID } },
		    { { FIELD_flags, FLAG_ARMED } }, { { FIELD_flags, NAN } },
		    { { FIELD_flags, SOUND } }, 22 },
		{ "position-lost", { { FIELD_flags, NAN } }, { { FIELD_flags, SOUND } },
		    { { FIELD_flags, FLAG_IN_AIR } }, { { FIELD_flags, FLAG_POSITION_VALID } },
		    22 },
		{ "failsafe", { { FIELD_flags, SOUND | FLAG_FAILSAFE } },
		    { { FIELD_flags, FLAG_FAILSAFE } }, { { FIELD_flags, NAN } },
		    { { FIELD_flags, SOUND } }, 1 },
		{ "emergency", { { FIELD_mode, MODE_EMERGENCY } }, { { FIELD_mode, MODE_LAND } },
		    { { FIELD_mode, MODE_EMERGENCY } }, { { FIELD_mode, MODE_IDLE } }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s = scene_open(NULL, 0);
		struct sample m = sound_sample(&s), n;
		char legend[64];

		snprintf(legend, sizeof(legend), "row %zu, %s", i, cases[i].rule);
		scene_fly(&s, "D01", m, 20);
		n = m;
		set_all(&n, cases[i].almost);
		scene_fly(&s, "D01", n, 100);
		CHECK(legend, scene_told(&s, cases[i].rule, 0, NULL) == 0);
		scene_fly(&s, "D01", m, 20);
		n = m;
		set_all(&n, cases[i].raises);
		scene_fly(&s, "D01", n, cases[i].samples);
		CHECK(legend, scene_told(&s, cases[i].rule, ALARM_RAISED, NULL) == 1);
		n = m;
		set_all(&n, cases[i].dithers);
		scene_fly(&s, "D01", n, 100);
		CHECK(legend, scene_told(&s, cases[i].rule, 0, NULL) == 0);
		n = m;
		set_all(&n, cases[i].clears);
		scene_fly(&s, "D01", n, 1);
		CHECK(legend, scene_told(&s, cases[i].rule, ALARM_RETURNED, NULL) == 1);
		scene_close(&s);
	}
}

static void test_nothing_known_raises_nothing_but_that(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = { 0 };
	struct watch_alarm a;

	(void)state;
	sample_set(&m, FIELD_boot, 1000);
	sample_set(&m, FIELD_time, s.now.ms);
	scene_fly(&s, "D01", m, 100);
	/* Not known to be on the ground, and its position not known to be one. */
	while (watch_next(s.watch, &a))
		assert_string_equal(a.al.rule, "position-lost");
	scene_close(&s);
}

/* The clock ------------------------------------------------------------------- */

static void test_stale_and_lost(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s), parked = m;
	struct watch_alarm a;

	(void)state;
	sample_set(&parked, FIELD_flags, FLAG_POSITION_VALID);
	scene_fly(&s, "D01", m, 20);
	scene_sample(&s, "P01", parked);
	scene_quiet(&s, 2900);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_quiet(&s, 1500);
	assert_int_equal(scene_told(&s, "stale", ALARM_RAISED, &a), 1);
	assert_string_equal(a.al.drone, "D01");
	scene_quiet(&s, 5000);
	assert_int_equal(scene_told(&s, NULL, 0, &a), 0);
	scene_quiet(&s, 1500);
	{
		int lost = 0, parked_lost = 0;

		while (watch_next(s.watch, &a)) {
			lost += strcmp(a.al.rule, "lost") == 0 && a.al.level == LEVEL_CRITICAL &&
			    strcmp(a.al.drone, "D01") == 0;
			parked_lost +=
			    strcmp(a.al.rule, "lost-ground") == 0 && strcmp(a.al.drone, "P01") == 0;
		}
		assert_true(lost == 1 && parked_lost == 1);
	}
	/* It stays, however long, and ends with the first sample. */
	scene_quiet(&s, 60000);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_fly(&s, "D01", m, 1);
	assert_int_equal(scene_told(&s, NULL, ALARM_RETURNED, NULL), 2);
	scene_close(&s);
}

/* Once every 2 s: three periods are 6 s. */
static void test_slow_drones_are_stale_later(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);

	(void)state;
	for (int i = 0; i < 10; i++) {
		scene_quiet(&s, 2000);
		scene_sample(&s, "D01", m);
	}
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_quiet(&s, 6500);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_quiet(&s, 1000);
	assert_int_equal(scene_told(&s, "stale", ALARM_RAISED, NULL), 1);
	scene_close(&s);
}

/* What arrives late is old, though it has just arrived. */
static void test_age_by_the_sources_clock(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct drone *d;

	(void)state;
	s.source.offset_ms = 60000; /* its clock is a minute ahead; that is known */
	watch_source(s.watch, 0, &s.source, s.now);
	scene_fly(&s, "D01", m, 1);
	d = fleet_find(&s.fleet, "D01");
	sample_set(&d->newest, FIELD_time, s.now.ms + 60000 - 7000);
	assert_true(fabs(watch_operand(s.watch, &s.fleet, 0, OPERAND_age_s, s.now) - 7) < 1e-6);
	sample_set(&d->newest, FIELD_time, s.now.ms + 60000);
	assert_true(fabs(watch_operand(s.watch, &s.fleet, 0, OPERAND_age_s, s.now)) < 1e-6);
	scene_wait(&s, 2000);
	assert_true(fabs(watch_operand(s.watch, &s.fleet, 0, OPERAND_age_s, s.now) - 2) < 1e-6);
	scene_close(&s);
}

static void test_a_lost_source_speaks_for_its_drones(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct watch_alarm a;

	(void)state;
	scene_fly(&s, "D01", m, 5);
	sample_set_value(&m, FIELD_lat, 47.1);
	scene_fly(&s, "D02", m, 5);
	scene_quiet(&s, 2500);
	s.source.up = false;
	watch_source(s.watch, 0, &s.source, s.now);
	scene_quiet(&s, 30000);
	assert_true(watch_next(s.watch, &a));
	assert_string_equal(a.al.rule, "source-lost");
	assert_string_equal(a.al.drone, "");
	assert_string_equal(a.subject, "sim");
	assert_false(watch_next(s.watch, &a)); /* no drone of it is told on its own */
	s.source.up = true;
	watch_source(s.watch, 0, &s.source, s.now);
	scene_fly(&s, "D02", m, 3);
	assert_int_equal(scene_told(&s, "source-lost", ALARM_RETURNED, NULL), 1);
	scene_close(&s);
}

static void test_a_source_never_heard(void **state)
{
	struct scene s = scene_open(NULL, 0);

	(void)state;
	s.source.up = s.source.heard = false;
	watch_source(s.watch, 0, &s.source, s.now);
	scene_quiet(&s, 9000);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_quiet(&s, 2000);
	assert_int_equal(scene_told(&s, "source-lost", ALARM_RAISED, NULL), 1);
	scene_close(&s);
}

static void test_replays_are_not_watched(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);

	(void)state;
	s.source.replay = true;
	watch_source(s.watch, 0, &s.source, s.now);
	sample_set_value(&m, FIELD_battery, 2);
	scene_fly(&s, "D01", m, 30);
	s.source.up = false;
	watch_source(s.watch, 0, &s.source, s.now);
	scene_quiet(&s, 60000);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_close(&s);
}

static void test_clock_skew(void **state)
{
	static const struct { int64_t offset_ms; bool raised; } cases[] = {
		{ 1900, false }, { -1900, false }, { 2100, true }, { -2100, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s = scene_open(NULL, 0);

		s.source.offset_ms = cases[i].offset_ms;
		watch_source(s.watch, 0, &s.source, s.now);
		scene_quiet(&s, 9000);
		assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
		scene_quiet(&s, 2000);
		assert_int_equal(scene_told(&s, "clock-skew", ALARM_RAISED, NULL), cases[i].raised);
		s.source.offset_ms = 1200;
		watch_source(s.watch, 0, &s.source, s.now);
		scene_quiet(&s, 1000);
		assert_int_equal(scene_told(&s, "clock-skew", 0, NULL), 0);
		s.source.offset_ms = 900;
		watch_source(s.watch, 0, &s.source, s.now);
		scene_quiet(&s, 1000);
		assert_int_equal(
		    scene_told(&s, "clock-skew", ALARM_RETURNED, NULL), cases[i].raised);
		scene_close(&s);
	}
}

/* Happenings ------------------------------------------------------------------ */

static void test_commands(void **state)
{
	static const struct {
		const char *legend;
		int stage;
		const char *text, *rule, *says;
	} cases[] = {
		{ "failed", STAGE_FAILED, "the battery is empty", "command-failed",
		    "goto failed, the battery is empty:" },
		{ "replaced by an operator", STAGE_FAILED, "replaced by land", NULL, NULL },
		{ "nobody answered", STAGE_TIMEOUT, "no answer in 5 s", "command-unknown",
		    "goto was not answered, no answer in 5 s:" },
		{ "refused: told at once to who gave it", STAGE_REJECTED, "not armed", NULL, NULL },
		{ "done", STAGE_DONE, "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s = scene_open(NULL, 0);
		struct progress cm = {
			.id = "c1", .drone = "D01", .cmd = "goto", .stage = cases[i].stage
		};
		struct watch_alarm a = { 0 };

		str_copy(cm.text, sizeof(cm.text), cases[i].text);
		scene_fly(&s, "D01", sound_sample(&s), 5);
		watch_progress(s.watch, &s.fleet, 0, &cm, s.now);
		CHECK(cases[i].legend,
		    scene_told(&s, NULL, ALARM_RAISED, &a) == (cases[i].rule != NULL));
		if (cases[i].rule) {
			assert_string_equal(a.al.rule, cases[i].rule);
			assert_true(str_starts(a.al.text, cases[i].says));
			cm.stage = STAGE_DONE;
			watch_progress(s.watch, &s.fleet, 0, &cm, s.now);
			CHECK(cases[i].legend,
			    scene_told(&s, cases[i].rule, ALARM_RETURNED, NULL) == 1);
		}
		scene_close(&s);
	}
}

static void test_rejects_and_history(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct watch_alarm a;

	(void)state;
	watch_happening(
	    s.watch, &s.fleet, HAPPENING_REJECT, WATCH_NO_DRONE, 0, "lat: out of range", s.now);
	assert_int_equal(scene_told(&s, "rejects", ALARM_RAISED, &a), 1);
	assert_non_null(strstr(a.al.text, "lat: out of range"));
	scene_quiet(&s, 59000);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_quiet(&s, 2000);
	assert_int_equal(scene_told(&s, "rejects", ALARM_RETURNED, NULL), 1);
	watch_happening(s.watch, &s.fleet, HAPPENING_HISTORY_OUT, WATCH_NO_DRONE, NO_SOURCE,
	    "disk full", s.now);
	assert_int_equal(scene_told(&s, "history", ALARM_RAISED, &a), 1);
	assert_int_equal(a.al.level, LEVEL_CRITICAL);
	assert_non_null(strstr(a.al.text, "disk full"));
	watch_happening(
	    s.watch, &s.fleet, HAPPENING_HISTORY_BACK, WATCH_NO_DRONE, NO_SOURCE, "", s.now);
	assert_int_equal(scene_told(&s, "history", ALARM_RETURNED, NULL), 1);
	scene_close(&s);
}

static void test_gaps(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct coverage *c;

	(void)state;
	scene_fly(&s, "D01", m, 5);
	s.skip = 40; /* lost on the way */
	scene_fly(&s, "D01", m, 5);
	for (int i = 0; i < 59; i++)
		scene_fly(&s, "D01", m, 10);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_fly(&s, "D01", m, 20);
	assert_int_equal(scene_told(&s, "gaps", ALARM_RAISED, NULL), 1);
	c = drone_coverage(fleet_find(&s.fleet, "D01"), 1000);
	coverage_lose(c, 0, 100);
	scene_fly(&s, "D01", m, 5);
	assert_int_equal(scene_told(&s, "gaps", ALARM_RETURNED, NULL), 1);
	scene_close(&s);
}

/* Mission --------------------------------------------------------------------- */

static void test_deviation_and_progress(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct mission_item items[2] = {
		{ .lat = 47, .lon = 9.51, .height = 50 }, { .lat = 47, .lon = 9.55, .height = 50 },
	};
	struct plan plan = { .mission = { items, 2 } };

	(void)state;
	sample_set_value(&m, FIELD_mode, MODE_MISSION);
	sample_set_value(&m, FIELD_waypoint, 1);
	sample_set_value(&m, FIELD_lat, 47);
	scene_fly(&s, "D01", m, 1);
	assert_true(isnan(watch_operand(s.watch, &s.fleet, 0, OPERAND_cross_track_m, s.now)));
	watch_plan(s.watch, &s.fleet, 0, &plan, s.now);
	scene_fly(&s, "D01", m, 1);
	assert_true(fabs(watch_operand(s.watch, &s.fleet, 0, OPERAND_cross_track_m, s.now)) < 0.1);
	/* Between the two, 250 m north of the line: 111.2 m to a thousandth of a degree. */
	sample_set_value(&m, FIELD_waypoint, 2);
	sample_set_value(&m, FIELD_lat, 47 + 250 / 111180.0);
	sample_set_value(&m, FIELD_lon, 9.53);
	scene_fly(&s, "D01", m, 1);
	assert_true(
	    fabs(watch_operand(s.watch, &s.fleet, 0, OPERAND_cross_track_m, s.now) - 250) < 1);
	/* Before its begin: to the begin. */
	sample_set_value(&m, FIELD_lat, 47);
	sample_set_value(&m, FIELD_lon, 9.51 - 100 / 76060.0);
	scene_fly(&s, "D01", m, 1);
	assert_true(
	    fabs(watch_operand(s.watch, &s.fleet, 0, OPERAND_cross_track_m, s.now) - 100) < 1);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	sample_set_value(&m, FIELD_lat, 47 + 250 / 111180.0);
	sample_set_value(&m, FIELD_lon, 9.53);
	scene_fly(&s, "D01", m, 60);
	assert_int_equal(scene_told(&s, "deviation", ALARM_RAISED, NULL), 1);
	sample_set_value(&m, FIELD_lat, 47 + 150 / 111180.0);
	scene_fly(&s, "D01", m, 10);
	assert_int_equal(scene_told(&s, "deviation", 0, NULL), 0);
	sample_set_value(&m, FIELD_lat, 47 + 100 / 111180.0);
	scene_fly(&s, "D01", m, 500);
	assert_int_equal(scene_told(&s, "deviation", ALARM_RETURNED, NULL), 1);
	/* It stood there for 50 s; a minute of it is too much, and moving ends it. */
	scene_fly(&s, "D01", m, 120);
	assert_int_equal(scene_told(&s, "no-progress", ALARM_RAISED, NULL), 1);
	sample_set_value(&m, FIELD_lat, 47 + 115 / 111180.0);
	scene_fly(&s, "D01", m, 1);
	assert_int_equal(scene_told(&s, "no-progress", ALARM_RETURNED, NULL), 1);
	/* Holding is meant to stand. */
	sample_set_value(&m, FIELD_mode, MODE_HOLD);
	scene_fly(&s, "D01", m, 1000);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	scene_close(&s);
}

/* Two drones ------------------------------------------------------------------ */

static void test_separation_is_raised_once_for_two(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample a = sound_sample(&s), b = a;
	struct watch_alarm al;

	(void)state;
	/* 200 m apart at 10 m/s each, head on. */
	sample_set_value(&b, FIELD_lon, 9.5 + 200 / 76060.0);
	sample_set_value(&b, FIELD_course, 270);
	for (int i = 0; i < 25; i++) {
		scene_wait(&s, 100);
		scene_sample(&s, "D01", a);
		scene_sample(&s, "D02", b);
		watch_tick(s.watch, &s.fleet, s.now);
	}
	assert_int_equal(scene_told(&s, NULL, ALARM_RAISED, &al), 1);
	assert_string_equal(al.al.rule, "separation");
	assert_string_equal(al.al.drone, "D01");
	assert_non_null(strstr(al.al.text, "from D02 in 10 s"));
	/* One of them on the ground is nobody's danger. */
	sample_set(&b, FIELD_flags, FLAG_POSITION_VALID);
	for (int i = 0; i < 25; i++) {
		scene_wait(&s, 100);
		scene_sample(&s, "D01", a);
		scene_sample(&s, "D02", b);
		watch_tick(s.watch, &s.fleet, s.now);
	}
	assert_int_equal(scene_told(&s, "separation", ALARM_RETURNED, NULL), 1);
	scene_close(&s);
}

/* Operators, restart, lists ---------------------------------------------------- */

static void test_operators_are_told_why_not(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct watch_alarm a;
	struct err err;

	(void)state;
	sample_set_value(&m, FIELD_battery, 10);
	scene_fly(&s, "D01", m, 5);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_RAISED, &a), 1);
	assert_int_equal(watch_ack(s.watch, "nobody.1", "kim", s.now, &err), -1);
	assert_non_null(strstr(err.text, "no alarm nobody.1 stands"));
	assert_int_equal(
	    watch_shelve(s.watch, a.al.id, s.now.ms + 60000, "", "kim", s.now, &err), -1);
	assert_non_null(strstr(err.text, "say why"));
	assert_int_equal(watch_shelve(s.watch, a.al.id, s.now.ms, "x", "kim", s.now, &err), -1);
	assert_non_null(strstr(err.text, "which is past"));
	assert_int_equal(
	    watch_shelve(s.watch, a.al.id, s.now.ms + SHELVE_MAX_MS + 1, "x", "kim", s.now, &err),
	    -1);
	assert_non_null(strstr(err.text, "24 hours at most"));
	assert_int_equal(watch_unshelve(s.watch, a.al.id, "kim", s.now, &err), -1);
	assert_int_equal(watch_shelve(s.watch, a.al.id, s.now.ms + 5000, "test flight\x1b[1m",
			     "kim", s.now, &err),
	    0);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_SHELVED, &a), 1);
	assert_string_equal(a.al.why, "test flight?[1m");
	assert_string_equal(a.al.by, "kim");
	assert_int_equal((int64_t)a.al.until, s.now.ms + 5000);
	assert_int_equal(watch_ack(s.watch, a.al.id, "kim", s.now, &err), -1);
	assert_non_null(strstr(err.text, "is shelved"));
	scene_fly(&s, "D01", m, 49);
	assert_int_equal(scene_told(&s, "battery-low", 0, NULL), 0);
	scene_fly(&s, "D01", m, 5);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_RAISED, &a), 1);
	assert_int_equal(watch_ack_all(s.watch, "D02", "kim", s.now), 0);
	assert_int_equal(watch_ack_all(s.watch, "D01", "kim", s.now), 1);
	assert_int_equal(watch_ack_all(s.watch, NULL, "kim", s.now), 0);
	assert_int_equal(watch_ack(s.watch, a.al.id, "lina", s.now, &err), -1);
	assert_non_null(strstr(err.text, "acknowledged already, by kim"));
	scene_close(&s);
}

static void test_restart(void **state)
{
	static const struct {
		const char *legend;
		int stored;
		double battery;  /* after the restart */
		int told, becomes;
	} cases[] = {
		{ "raised, still so: not a word", ALARM_RAISED, 10, 0, 0 },
		{ "raised, over meanwhile", ALARM_RAISED, 80, 1, ALARM_RETURNED },
		{ "acked, still so", ALARM_ACKED, 10, 0, 0 },
		{ "acked, over meanwhile", ALARM_ACKED, 80, 1, ALARM_CLEARED },
		{ "returned, still over", ALARM_RETURNED, 80, 0, 0 },
		{ "returned, there again", ALARM_RETURNED, 10, 1, ALARM_RAISED },
		{ "shelved, still so", ALARM_SHELVED, 10, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s = scene_open(NULL, 0);
		struct sample m = sound_sample(&s);
		struct alarm row = { .id = "D01.lx1",
			.rule = "battery-low",
			.drone = "D01",
			.level = LEVEL_WARNING,
			.state = cases[i].stored,
			.time = (uint64_t)s.now.ms - 60000,
			.since = (uint64_t)s.now.ms - 90000,
			.value = 14.8,
			.limit = 15,
			.text = "battery 14.8 %",
			.by = "kim",
			.count = 2,
			.until = cases[i].stored == ALARM_SHELVED ? (uint64_t)s.now.ms + 600000
								  : KEY_NONE };
		struct watch_alarm a;

		watch_restore(s.watch, &row, 1);
		assert_true(watch_find(s.watch, "D01.lx1", s.now, &a));
		assert_int_equal(a.al.state, cases[i].stored);
		assert_string_equal(a.al.by, "kim");
		/* Before its drone is heard nothing is known. */
		scene_quiet(&s, 20000);
		assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
		sample_set_value(&m, FIELD_battery, cases[i].battery);
		scene_fly(&s, "D01", m, 30);
		CHECK(cases[i].legend, scene_told(&s, NULL, 0, &a) == cases[i].told);
		if (cases[i].told) {
			CHECK(cases[i].legend, a.al.state == cases[i].becomes);
			assert_string_equal(a.al.id, "D01.lx1");
		}
		scene_close(&s);
	}
}

static void test_restart_of_other_subjects(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct alarm rows[] = {
		{ .id = "here.a1",
		    .rule = "history",
		    .level = LEVEL_CRITICAL,
		    .state = ALARM_RAISED,
		    .until = KEY_NONE,
		    .count = KEY_NONE },
		{ .id = "other.a2",
		    .rule = "source-lost",
		    .level = LEVEL_CRITICAL,
		    .state = ALARM_ACKED,
		    .until = KEY_NONE },
		{ .id = "D09.a3",
		    .rule = "no-such-rule",
		    .drone = "D09",
		    .level = LEVEL_WATCH,
		    .state = ALARM_RAISED,
		    .until = KEY_NONE },
		{ .id = "D01.a4",
		    .rule = "lost",
		    .drone = "D01",
		    .level = LEVEL_CRITICAL,
		    .state = ALARM_CLEARED,
		    .until = KEY_NONE },
	};
	struct watch_source other = { .name = "other", .up = true, .heard = true };
	struct watch_alarm a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		rows[i].since = rows[i].time = (uint64_t)s.now.ms - 1000;
	watch_restore(s.watch, rows, ARRAY_LEN(rows));
	assert_false(watch_find(s.watch, "D01.a4", s.now, NULL));
	/* The history is there again, which nobody says who has not been told. */
	scene_quiet(&s, 500);
	assert_int_equal(scene_told(&s, "history", ALARM_RETURNED, &a), 1);
	assert_string_equal(a.al.id, "here.a1");
	watch_source(s.watch, 1, &other, s.now);
	scene_quiet(&s, 500);
	assert_int_equal(scene_told(&s, "source-lost", ALARM_CLEARED, &a), 1);
	assert_string_equal(a.al.id, "other.a2");
	/* A rule that is no more ends with the drone's next sample. */
	scene_fly(&s, "D09", sound_sample(&s), 1);
	assert_int_equal(scene_told(&s, "no-such-rule", ALARM_CLEARED, NULL), 1);
	assert_int_equal(watch_counts(s.watch, s.now).unacked, 1); /* the history's, not yet seen */
	scene_close(&s);
}

static void test_flood(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	struct watch_group groups[RULES_MAX];
	struct watch_alarm a, *list;
	char id[ID_SIZE];
	size_t n;

	(void)state;
	sample_set_value(&m, FIELD_battery, 10);
	for (int i = 1; i <= 11; i++) {
		snprintf(id, sizeof(id), "D%02d", i);
		/* Apart from each other. */
		sample_set_value(&m, FIELD_lon, 9.5 + 0.1 * i);
		sample_set_value(&m, FIELD_home_lon, 9.5 + 0.1 * i);
		scene_fly(&s, id, m, 3);
		if (i <= 10)
			assert_int_equal(scene_told(&s, "flood", 0, NULL), 0);
	}
	scene_quiet(&s, 500);
	assert_int_equal(scene_told(&s, "flood", ALARM_RAISED, &a), 1);
	assert_string_equal(a.al.text, "11 alarms in 10 minutes: 11 battery-low");
	assert_true(watch_counts(s.watch, s.now).flood);
	assert_int_equal(watch_groups(s.watch, groups), 2);
	assert_string_equal(groups[0].rule, "battery-low");
	assert_int_equal(groups[0].count, 11);
	/* It goes on: whoever looks reads the numbers of now, and is not told each time. */
	for (int i = 12; i <= 30; i++) {
		snprintf(id, sizeof(id), "D%02d", i);
		sample_set_value(&m, FIELD_lon, 9.5 + 0.1 * i);
		sample_set_value(&m, FIELD_home_lon, 9.5 + 0.1 * i);
		scene_fly(&s, id, m, 3);
	}
	scene_quiet(&s, 2500);
	list = watch_standing(s.watch, s.now, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].al.rule, "flood") == 0)
			a = list[i];
	}
	free(list);
	if (!strstr(a.al.text, "30 battery-low") || a.al.value < 30)
		fail_msg("%s", a.al.text);
	assert_int_equal(scene_told(&s, "flood", 0, NULL), 0);
	scene_close(&s);
}

static void test_chattering_and_standing(void **state)
{
	static const struct rule_words own[] = {
		{ .name = "nervous", .when = "sats < 10", .latch = 0 }, /* no deadband */
	};
	struct scene s = scene_open(own, 1);
	struct sample m = sound_sample(&s);
	struct watch_alarm a = { 0 };
	size_t n;
	struct watch_alarm *list;

	(void)state;
	for (int i = 0; i < 8; i++) {
		sample_set_value(&m, FIELD_sats, i % 2 ? 12 : 9);
		scene_fly(&s, "D01", m, 1);
		assert_int_equal(scene_told(&s, "nervous", 0, &a), 1);
		/* One alarm all the while; the fourth time in a minute it chatters. */
		assert_int_equal(a.al.count, i / 2 + 1);
		assert_int_equal(a.chattering, i >= 6);
	}
	scene_wait(&s, STANDING_MS + 1000);
	list = watch_standing(s.watch, s.now, &n);
	assert_int_equal(n, 1);
	assert_true(list[0].standing && !list[0].chattering);
	assert_int_equal(watch_counts(s.watch, s.now).standing, 1);
	free(list);
	scene_close(&s);
}

static void test_what_ended_is_remembered(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct sample m = sound_sample(&s);
	size_t n;
	struct watch_alarm *list;

	(void)state;
	sample_set_value(&m, FIELD_mode, MODE_EMERGENCY);
	scene_fly(&s, "D01", m, 1);
	watch_ack_all(s.watch, NULL, "kim", s.now);
	sample_set_value(&m, FIELD_mode, MODE_HOLD);
	scene_fly(&s, "D01", m, 1);
	list = watch_ended(s.watch, 3600000, s.now, &n);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].al.rule, "emergency");
	assert_int_equal(list[0].al.state, ALARM_CLEARED);
	free(list);
	scene_wait(&s, 3601000);
	list = watch_ended(s.watch, 3600000, s.now, &n);
	assert_int_equal(n, 0);
	free(list);
	list = watch_standing(s.watch, s.now, &n);
	assert_int_equal(n, 0);
	free(list);
	scene_close(&s);
}

static void test_only(void **state)
{
	static const struct rule_words own[] = {
		{ .name = "mine", .when = "sats < 10", .only = "D0* rtl in_air", .latch = 0 },
	};
	struct scene s = scene_open(own, 1);
	struct sample m = sound_sample(&s);

	(void)state;
	sample_set_value(&m, FIELD_sats, 8);
	scene_fly(&s, "D01", m, 2);
	assert_int_equal(scene_told(&s, "mine", 0, NULL), 0); /* another mode */
	sample_set_value(&m, FIELD_mode, MODE_RTL);
	scene_fly(&s, "E01", m, 2);
	assert_int_equal(scene_told(&s, "mine", 0, NULL), 0); /* another drone */
	scene_fly(&s, "D01", m, 2);
	assert_int_equal(scene_told(&s, "mine", ALARM_RAISED, NULL), 1);
	sample_set_value(&m, FIELD_mode, MODE_LAND);
	scene_fly(&s, "D01", m, 2);
	assert_int_equal(scene_told(&s, "mine", ALARM_RETURNED, NULL), 1);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_battery_low_from_begin_to_end),
		cmocka_unit_test(test_rules_of_the_sample),
		cmocka_unit_test(test_nothing_known_raises_nothing_but_that),
		cmocka_unit_test(test_stale_and_lost),
		cmocka_unit_test(test_slow_drones_are_stale_later),
		cmocka_unit_test(test_age_by_the_sources_clock),
		cmocka_unit_test(test_a_lost_source_speaks_for_its_drones),
		cmocka_unit_test(test_a_source_never_heard),
		cmocka_unit_test(test_replays_are_not_watched),
		cmocka_unit_test(test_clock_skew),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_rejects_and_history),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_deviation_and_progress),
		cmocka_unit_test(test_separation_is_raised_once_for_two),
		cmocka_unit_test(test_operators_are_told_why_not),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_restart_of_other_subjects),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_chattering_and_standing),
		cmocka_unit_test(test_what_ended_is_remembered),
		cmocka_unit_test(test_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
