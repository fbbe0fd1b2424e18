/* Drones that go: alarms out of service until they are heard again, and what
 * becomes of alarms where a drone starts anew. */
#include "unit.h"

#include "alarm_fixture.h"
#include "base/mem.h"

/* D01 is low and then silent for a minute: what stands, by rule. */
static struct scene lost_scene(struct sample *m, struct watch_alarm *low, struct watch_alarm *lost)
{
	struct scene s = scene_open(NULL, 0);
	struct watch_alarm *list;
	size_t n;

	*m = sound_sample(&s);
	sample_set_value(m, FIELD_battery, 14.5);
	scene_fly(&s, "D01", *m, 20);
	scene_fly(&s, "D02", sound_sample(&s), 5);
	scene_quiet(&s, 60000);
	list = watch_standing(s.watch, s.now, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].al.drone, "D01") != 0)
			continue;
		if (strcmp(list[i].al.rule, "battery-low") == 0)
			*low = list[i];
		if (strcmp(list[i].al.rule, "lost") == 0)
			*lost = list[i];
	}
	free(list);
	assert_string_equal(low->al.rule, "battery-low");
	assert_string_equal(lost->al.rule, "lost");
	scene_told(&s, NULL, 0, NULL);
	return s;
}

static int out(struct scene *s, const char *id, const char *why, struct err *err)
{
	return watch_out(s->watch, &s->fleet, id, why, "kim", s->now, err);
}

static void test_out_of_service_until_it_is_heard(void **state)
{
	struct watch_alarm low = { 0 }, lost = { 0 }, a;
	struct watch_counts before, c;
	struct sample m;
	struct scene s = lost_scene(&m, &low, &lost);
	struct err err;

	(void)state;
	before = watch_counts(s.watch, s.now);
	assert_int_equal(out(&s, lost.al.id, "crashed,\x1b[1m collected", &err), 0);
	assert_int_equal(out(&s, low.al.id, "crashed", &err), 0);
	assert_int_equal(scene_told(&s, "lost", ALARM_OUT, &a), 1);
	assert_string_equal(a.al.by, "kim");
	assert_string_equal(a.al.why, "crashed,?[1m collected");
	assert_true(a.al.until == KEY_NONE);
	c = watch_counts(s.watch, s.now);
	assert_int_equal(c.out, 2);
	assert_int_equal(c.unacked, before.unacked - 2);
	/* For hours: nothing is said, and nothing of it is raised a second time. */
	scene_quiet(&s, 3600 * 1000);
	assert_int_equal(scene_told(&s, "lost", 0, NULL), 0);
	assert_int_equal(scene_told(&s, "battery-low", 0, NULL), 0);
	assert_int_equal(out(&s, lost.al.id, "x", &err), -1);
	assert_non_null(strstr(err.text, "out of service already"));
	assert_int_equal(watch_ack(s.watch, lost.al.id, "kim", s.now, &err), -1);
	assert_non_null(strstr(err.text, "is out of service; unshelve it first"));
	/* What else the drone left is answered; these two are not among it. */
	assert_in_range(watch_ack_all(s.watch, "D01", "kim", s.now), 1, 5);
	assert_int_equal(watch_counts(s.watch, s.now).out, 2);
	/* It is heard: what holds is raised, what does not has ended. */
	scene_told(&s, NULL, 0, NULL);
	scene_fly(&s, "D01", m, 1);
	assert_int_equal(scene_told(&s, "lost", ALARM_CLEARED, NULL) , 1);
	assert_true(watch_find(s.watch, low.al.id, s.now, &a));
	assert_int_equal(a.al.state, ALARM_RAISED);
	assert_string_equal(a.al.by, "");
	assert_int_equal(watch_counts(s.watch, s.now).out, 0);
	/* And from there on as ever. */
	sample_set_value(&m, FIELD_battery, 60);
	scene_fly(&s, "D01", m, 5);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_RETURNED, NULL), 1);
	scene_close(&s);
}

static void test_only_what_is_away(void **state)
{
	struct watch_alarm low = { 0 }, lost = { 0 }, a;
	struct sample m;
	struct scene s = lost_scene(&m, &low, &lost);
	struct err err;

	(void)state;
	assert_int_equal(out(&s, lost.al.id, "", &err), -1);
	assert_non_null(strstr(err.text, "say why"));
	assert_int_equal(out(&s, "D01.none", "x", &err), -1);
	scene_fly(&s, "D01", m, 20);
	assert_int_equal(out(&s, low.al.id, "x", &err), -1);
	assert_non_null(strstr(err.text, "is of D01, which is there"));
	/* Silent for a while is not lost. */
	scene_quiet(&s, 9000);
	assert_int_equal(out(&s, low.al.id, "x", &err), -1);
	scene_quiet(&s, 2000);
	assert_int_equal(out(&s, low.al.id, "x", &err), 0);
	scene_told(&s, NULL, 0, NULL);
	/* By hand. */
	assert_int_equal(watch_unshelve(s.watch, low.al.id, "bob", s.now, &err), 0);
	assert_int_equal(scene_told(&s, "battery-low", ALARM_RAISED, &a), 1);
	assert_string_equal(a.al.by, "bob");
	/* Of the site: always there. */
	watch_happening(s.watch, &s.fleet, HAPPENING_HISTORY_OUT, WATCH_NO_DRONE, NO_SOURCE, "full", s.now);
	assert_int_equal(scene_told(&s, "history", ALARM_RAISED, &a), 1);
	assert_int_equal(out(&s, a.al.id, "x", &err), -1);
	assert_non_null(strstr(err.text, "which is there"));
	scene_close(&s);
}

static void test_a_source_that_is_gone(void **state)
{
	struct scene s = scene_open(NULL, 0);
	struct watch_alarm a;
	struct err err;

	(void)state;
	scene_fly(&s, "D01", sound_sample(&s), 5);
	s.source.up = false;
	watch_source(s.watch, 0, &s.source, s.now);
	scene_quiet(&s, 5000);
	assert_int_equal(scene_told(&s, "source-lost", ALARM_RAISED, &a), 1);
	assert_int_equal(out(&s, a.al.id, "taken down", &err), 0);
	scene_quiet(&s, 60000);
	assert_int_equal(scene_told(&s, "source-lost", ALARM_OUT, NULL), 1);
	s.source.up = true;
	watch_source(s.watch, 0, &s.source, s.now);
	scene_quiet(&s, 1000);
	assert_int_equal(scene_told(&s, "source-lost", 0, &a), 1);
	assert_int_equal(a.al.state, ALARM_CLEARED);
	scene_close(&s);
}

/* The daemon restarts: of a drone that has not come it is so still, and it can be said
 * of one whose drone is not known any more. */
static void test_over_a_restart(void **state)
{
	struct watch_alarm low = { 0 }, lost = { 0 }, a;
	struct sample m;
	struct scene first = lost_scene(&m, &low, &lost), s;
	struct alarm rows[2];
	struct err err;

	(void)state;
	assert_int_equal(out(&first, lost.al.id, "crashed", &err), 0);
	assert_int_equal(scene_told(&first, "lost", ALARM_OUT, &a), 1);
	rows[0] = a.al;
	rows[1] = low.al;
	scene_close(&first);
	s = scene_open(NULL, 0);
	watch_restore(s.watch, rows, 2);
	scene_fly(&s, "D02", sound_sample(&s), 50);
	assert_int_equal(scene_told(&s, NULL, 0, NULL), 0);
	assert_int_equal(watch_counts(s.watch, s.now).out, 1);
	assert_int_equal(out(&s, low.al.id, "gone with it", &err), 0);
	assert_int_equal(watch_counts(s.watch, s.now).out, 2);
	scene_told(&s, NULL, 0, NULL);
	scene_fly(&s, "D01", m, 1);
	assert_int_equal(scene_told(&s, "lost", ALARM_CLEARED, NULL), 1);
	assert_int_equal(watch_counts(s.watch, s.now).out, 0);
	scene_close(&s);
}

/* A drone that starts anew ------------------------------------------------------ */

enum answer { NOTHING, ACKED, SHELVED };

static void test_a_new_boot(void **state)
{
	static const struct {
		const char *legend, *rule;
		struct { enum field field; double value; } before, after; /* in a sound sample */
		int flags; /* before; 0: sound */
		enum answer answer;
		int64_t away_ms; /* between the boots */
		int becomes; /* of the alarm of before */
	} cases[] = {
		{ "another pack", "battery-low", { FIELD_battery, 14 }, { FIELD_battery, 100 }, 0, NOTHING, 0,
		    ALARM_RETURNED },
		{ "another pack, seen", "battery-low", { FIELD_battery, 14 }, { FIELD_battery, 100 }, 0, ACKED, 0,
		    ALARM_CLEARED },
		{ "another pack, shelved", "battery-low", { FIELD_battery, 14 }, { FIELD_battery, 100 }, 0, SHELVED, 0,
		    ALARM_SHELVED },
		{ "the same pack: the same alarm", "battery-low", { FIELD_battery, 14 }, { FIELD_battery, 13 }, 0,
		    NOTHING, 0, ALARM_RAISED },
		{ "the same pack, seen: not said anew", "battery-low", { FIELD_battery, 14 }, { FIELD_battery, 13 }, 0,
		    ACKED, 0, ALARM_ACKED },
		{ "out for a minute", "battery-low", { FIELD_battery, 14 }, { FIELD_battery, 100 }, 0, NOTHING, 60000,
		    ALARM_RETURNED },
		{ "its failsafe is over", "failsafe", { FIELD_battery, 80 }, { FIELD_battery, 80 },
		    FLAG_ARMED | FLAG_IN_AIR | FLAG_POSITION_VALID | FLAG_HOME_SET | FLAG_FAILSAFE, ACKED, 0,
		    ALARM_CLEARED },
		{ "it knows where it is again", "position-lost", { FIELD_fix, 0 }, { FIELD_fix, 3 },
		    FLAG_ARMED | FLAG_IN_AIR | FLAG_HOME_SET, NOTHING, 0, ALARM_RETURNED },
		{ "it says nothing of its charge yet: nobody knows", "battery-low", { FIELD_battery, 14 },
		    { FIELD_battery, NAN }, 0, NOTHING, 0, ALARM_RAISED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s = scene_open(NULL, 0);
		struct sample m = sound_sample(&s);
		struct watch_alarm a = { 0 };
		int others;
		struct err err;

		sample_set_value(&m, cases[i].before.field, cases[i].before.value);
		if (cases[i].flags)
			sample_set(&m, FIELD_flags, cases[i].flags);
		scene_fly(&s, "D01", m, 60);
		if (scene_told(&s, cases[i].rule, ALARM_RAISED, &a) != 1)
			fail_msg("%s: not raised", cases[i].legend);
		if (cases[i].answer == ACKED)
			assert_int_equal(watch_ack(s.watch, a.al.id, "kim", s.now, &err), 0);
		if (cases[i].answer == SHELVED)
			assert_int_equal(watch_shelve(s.watch, a.al.id, s.now.ms + 600000, "x", "kim", s.now, &err), 0);
		scene_quiet(&s, cases[i].away_ms);
		scene_told(&s, NULL, 0, NULL);

		m = sound_sample(&s);
		sample_set(&m, FIELD_boot, 2000);
		sample_set_value(&m, cases[i].after.field, cases[i].after.value);
		scene_fly(&s, "D01", m, 60);
		if (watch_find(s.watch, a.al.id, s.now, &a)) {
			if (a.al.state != cases[i].becomes)
				fail_msg("%s: %s", cases[i].legend, alarm_state_names[a.al.state]);
		} else {
			CHECK(cases[i].legend, cases[i].becomes == ALARM_CLEARED);
		}
		/* That it began anew raises none by itself. */
		others = scene_told(&s, NULL, ALARM_RAISED, &a);
		if (others)
			fail_msg("%s: %d raised: %s, %s", cases[i].legend, others, a.al.rule, a.al.text);
		scene_close(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_out_of_service_until_it_is_heard), cmocka_unit_test(test_only_what_is_away),
		cmocka_unit_test(test_a_source_that_is_gone), cmocka_unit_test(test_over_a_restart),
		cmocka_unit_test(test_a_new_boot),
	};

	return cmocka_run_group_tests_name("alarm_away", tests, NULL, NULL);
}
