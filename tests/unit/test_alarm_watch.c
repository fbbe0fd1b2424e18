/* The watch: from samples and clock to alarms. */
#include "unit.h"

#include "alarm_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_battery_low_from_begin_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
