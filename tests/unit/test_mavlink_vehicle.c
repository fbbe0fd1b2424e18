/* What a vehicle says, and what a sample makes of it: units, unknown values,
 * ages, modes; texts in chunks; missions to items and back. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bridge/dialect.h"
#include "bridge/plan_items.h"
#include "bridge/texts.h"
#include "bridge/transfer.h"
#include "bridge/vehicle.h"

static unsigned hear(struct vehicle *v, uint32_t id, const void *message, int64_t now)
{
	struct frame_writer w = { .sys = 1, .comp = 1, .version = 2 };
	uint8_t bytes[FRAME_MAX];
	struct frame f;
	size_t n = frame_write(&w, id, message, false, bytes);

	assert_int_equal(frame_at(bytes, n, &f), n);
	return vehicle_apply(v, &f, now);
}

static void beat(struct vehicle *v, uint8_t autopilot, uint8_t type, uint32_t mode, bool armed,
    uint8_t status, int64_t now)
{
	hear(v, MAV_HEARTBEAT, &(struct mav_heartbeat){ .autopilot = autopilot, .type = type,
	    .custom_mode = mode, .base_mode = armed ? 0x81 : 1, .system_status = status }, now);
}

/* A vehicle that has said the message, and what its sample then has. */
static void test_values(void **state)
{
#define SAYS(NAME, name, ...) MAV_##NAME, &(struct mav_##name){ __VA_ARGS__ }
	const struct {
		const char *legend;
		uint8_t autopilot;
		uint32_t id;
		const void *message;
		enum field field;
		bool known;
		int64_t raw;
	} cases[] = {
		{ "mm to cm", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .lat = 1, .alt = 450127),
		    FIELD_alt, true, 45013 },
		{ "down is not up", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .vz = 150),
		    FIELD_climb, true, -150 },
		{ "0, 0 is no place", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .alt = 1),
		    FIELD_lat, false, 0 },
		{ "course west", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .vy = -500),
		    FIELD_course, true, 27000 },
		{ "no course while standing", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .vy = 5),
		    FIELD_course, false, 0 },
		{ "heading unknown", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .hdg = 65535),
		    FIELD_heading, false, 0 },
		{ "heading 360", 3, SAYS(GLOBAL_POSITION_INT, global_position_int, .hdg = 36000),
		    FIELD_heading, true, 0 },
		{ "yaw in its place", 3, SAYS(ATTITUDE, attitude, .yaw = -1.5707963f), FIELD_heading, true, 27000 },
		{ "attitude NaN", 3, SAYS(ATTITUDE, attitude, .roll = NAN), FIELD_roll, false, 0 },
		{ "airspeed NaN", 12, SAYS(VFR_HUD, vfr_hud, .airspeed = NAN), FIELD_airspeed, false, 0 },
		{ "satellites unknown", 3, SAYS(GPS_RAW_INT, gps_raw_int, .satellites_visible = 255),
		    FIELD_sats, false, 0 },
		{ "hdop unknown", 3, SAYS(GPS_RAW_INT, gps_raw_int, .eph = 65535), FIELD_hdop, false, 0 },
		{ "no GPS is no fix", 3, SAYS(GPS_RAW_INT, gps_raw_int, .fix_type = 1), FIELD_fix, true, FIX_NONE },
		{ "RTK", 3, SAYS(GPS_RAW_INT, gps_raw_int, .fix_type = 6), FIELD_fix, true, FIX_RTK },
		{ "a fix of tomorrow", 3, SAYS(GPS_RAW_INT, gps_raw_int, .fix_type = 99), FIELD_fix, false, 0 },
		{ "voltage unknown", 3, SAYS(SYS_STATUS, sys_status, .voltage_battery = 65535), FIELD_voltage,
		    false, 0 },
		{ "current unknown", 3, SAYS(SYS_STATUS, sys_status, .current_battery = -1), FIELD_current, false, 0 },
		{ "charging at 1 A", 3, SAYS(SYS_STATUS, sys_status, .current_battery = -100), FIELD_current, true,
		    -1000 },
		{ "which PX4 means for unknown", 12, SAYS(SYS_STATUS, sys_status, .current_battery = -100),
		    FIELD_current, false, 0 },
		{ "charge unknown", 3, SAYS(SYS_STATUS, sys_status, .battery_remaining = -1), FIELD_battery, false, 0 },
		{ "cells add up", 3, SAYS(BATTERY_STATUS, battery_status,
		    .voltages = { 4000, 4100, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535 }),
		    FIELD_voltage, true, 8100 },
		{ "no cell is known", 3, SAYS(BATTERY_STATUS, battery_status, .voltages = { 65535 }), FIELD_voltage,
		    false, 0 },
		{ "another battery", 3, SAYS(BATTERY_STATUS, battery_status, .id = 1, .battery_remaining = 50),
		    FIELD_battery, false, 0 },
		{ "used unknown", 3, SAYS(BATTERY_STATUS, battery_status, .current_consumed = -1), FIELD_used,
		    false, 0 },
		{ "radio", 3, SAYS(RADIO_STATUS, radio_status, .remrssi = 127), FIELD_link, true, 50 },
		{ "radio unknown", 3, SAYS(RADIO_STATUS, radio_status, .remrssi = 255), FIELD_link, false, 0 },
		{ "wind from", 3, SAYS(WIND, wind, .direction = -90, .speed = 3), FIELD_wind_from, true, 27000 },
		{ "wind to the north is from the south", 12, SAYS(WIND_COV, wind_cov, .wind_x = 3),
		    FIELD_wind_from, true, 18000 },
		{ "no total was said", 3, SAYS(MISSION_CURRENT, mission_current, .seq = 1), FIELD_waypoints, false, 0 },
		{ "total unknown", 3, SAYS(MISSION_CURRENT, mission_current, .total = 65535), FIELD_waypoints,
		    false, 0 },
		{ "total", 3, SAYS(MISSION_CURRENT, mission_current, .seq = 1, .total = 4), FIELD_waypoints, true, 4 },
		{ "in no mission no item is flown", 3, SAYS(MISSION_CURRENT, mission_current, .seq = 1),
		    FIELD_waypoint, true, 0 },
		{ "no cell has a voltage", 3, SAYS(BATTERY_STATUS, battery_status, .voltages = { 0 }),
		    FIELD_voltage, false, 0 },
		{ "home", 3, SAYS(HOME_POSITION, home_position, .latitude = 5, .q = { NAN }), FIELD_home_lat, true, 5 },
	};
#undef SAYS

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct vehicle v;
		struct sample s;

		vehicle_begin(&v, 1, "M1", 100);
		beat(&v, cases[i].autopilot, 2, 0, false, 3, 1000);
		hear(&v, cases[i].id, cases[i].message, 1000);
		vehicle_sample(&v, 1000, 5000, &s);
		CHECK(cases[i].legend, sample_has(&s, cases[i].field) == cases[i].known);
		CHECK(cases[i].legend, !cases[i].known || s.raw[cases[i].field] == cases[i].raw);
		CHECK(cases[i].legend, sample_boot(&s) == 100 && sample_seq(&s) == 0 && sample_time(&s) == 5000);
		/* What is old is not known any more, but for home. */
		vehicle_measure(&v, 1000 + 3600000, &s);
		CHECK(cases[i].legend, cases[i].field == FIELD_home_lat || !sample_has(&s, cases[i].field));
		vehicle_clear(&v);
	}
}

static void test_flags(void **state)
{
	static const struct {
		const char *legend;
		uint8_t autopilot, type;
		bool armed;
		uint8_t status, landed;
		unsigned flags;
	} cases[] = {
		{ "on the ground", 3, 2, false, 3, 0, 0 },
		{ "armed on the ground, by its status", 3, 2, true, 3, 0, FLAG_ARMED },
		{ "flying, by its status", 3, 2, true, 4, 0, FLAG_ARMED | FLAG_IN_AIR },
		{ "armed, says nothing of landed: the air", 12, 2, true, 3, 0, FLAG_ARMED | FLAG_IN_AIR },
		{ "says that it has landed", 12, 2, true, 4, 1, FLAG_ARMED },
		{ "taking off", 12, 2, true, 4, 3, FLAG_ARMED | FLAG_IN_AIR },
		{ "failsafe", 3, 2, true, 5, 0, FLAG_ARMED | FLAG_IN_AIR | FLAG_FAILSAFE },
		{ "a rover never flies", 3, 10, true, 4, 0, FLAG_ARMED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct vehicle v;
		struct sample s;

		vehicle_begin(&v, 1, "M1", 100);
		beat(&v, cases[i].autopilot, cases[i].type, 0, cases[i].armed, cases[i].status, 1000);
		if (cases[i].landed)
			hear(&v, MAV_EXTENDED_SYS_STATE,
			    &(struct mav_extended_sys_state){ .landed_state = cases[i].landed }, 1000);
		vehicle_measure(&v, 1000, &s);
		CHECK(cases[i].legend, s.raw[FIELD_flags] == cases[i].flags);
	}
}

static void test_only_the_autopilot_is_the_vehicle(void **state)
{
	struct vehicle v;
	struct sample s;

	(void)state;
	vehicle_begin(&v, 1, "M1", 100);
	beat(&v, AUTOPILOT_INVALID, 26, 4, true, 4, 1000); /* a gimbal */
	beat(&v, 3, TYPE_GCS, 4, true, 4, 1000);
	assert_false(v.known);
	vehicle_measure(&v, 1000, &s);
	assert_false(sample_has(&s, FIELD_mode));
	assert_false(sample_has(&s, FIELD_flags));
	vehicle_sample(&v, 1000, 5000, &s);
	vehicle_sample(&v, 1000, 4000, &s); /* a clock that steps back */
	assert_int_equal(sample_time(&s), 5001);
	assert_int_equal(sample_seq(&s), 1);
}

static void test_modes(void **state)
{
	static const struct {
		const char *name;
		uint8_t autopilot, type;
		uint32_t custom;
		enum mode ours;
	} cases[] = {
		{ "GUIDED", 3, 2, 4, MODE_GOTO }, { "BRAKE", 3, 13, 17, MODE_HOLD },
		{ "RTL", 3, 2, 6, MODE_RTL }, { "AUTO", 3, 1, 10, MODE_MISSION },
		{ "QLAND", 3, 20, 20, MODE_LAND }, { "HOLD", 3, 10, 4, MODE_HOLD },
		{ "AUTO.MISSION", 12, 2, PX4_MODE(4, 4), MODE_MISSION },
		{ "POSCTL_SLOW", 12, 2, PX4_MODE(3, 2), MODE_STABILIZED },
		{ "POSCTL", 12, 2, PX4_MODE(3, 0), MODE_STABILIZED },
		{ "OFFBOARD", 12, 2, PX4_MODE(6, 9), MODE_GOTO },
		{ "mode 99", 3, 2, 99, MODE_UNKNOWN }, { "mode 4", 0, 2, 4, MODE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char scratch[24];
		enum family family = family_of(cases[i].autopilot, cases[i].type);

		CHECK(cases[i].name, custom_mode_ours(family, cases[i].custom) == cases[i].ours);
		assert_string_equal(custom_mode_name(family, cases[i].custom, scratch), cases[i].name);
	}
}

static void test_texts(void **state)
{
	static const struct {
		const char *legend;
		struct mav_statustext m[4];
		size_t n;
		const char *says[3];
	} cases[] = {
		{ "one", { { .text = "ready" } }, 1, { "ready" } },
		{ "two in a row", { { .text = "a" }, { .text = "b" } }, 2, { "a", "b" } },
		{ "chunks", { { .id = 7, .text = "12345678901234567890123456789012345678901234567890" },
		    { .id = 7, .chunk_seq = 1, .text = "end" } }, 2,
		    { "12345678901234567890123456789012345678901234567890end" } },
		{ "exactly full", { { .id = 7, .text = "12345678901234567890123456789012345678901234567890" },
		    { .id = 7, .chunk_seq = 1 } }, 2, { "12345678901234567890123456789012345678901234567890" } },
		{ "a chunk is lost", { { .id = 7, .text = "12345678901234567890123456789012345678901234567890" },
		    { .id = 7, .chunk_seq = 2, .text = "end" } }, 2,
		    { "12345678901234567890123456789012345678901234567890[...]end" } },
		{ "another comes between", { { .id = 7, .text = "12345678901234567890123456789012345678901234567890" },
		    { .text = "b" } }, 2,
		    { "12345678901234567890123456789012345678901234567890", "b" } },
		{ "the last is lost", { { .id = 7, .text = "12345678901234567890123456789012345678901234567890" } }, 1,
		    { "12345678901234567890123456789012345678901234567890[...]" } },
		{ "no UTF-8, and it drives no terminal", { { .text = "a\xff\x1b[2J" } }, 1, { "a??[2J" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct texts t = { 0 };
		struct status_text out;
		size_t got = 0;

		for (size_t k = 0; k < cases[i].n; k++) {
			texts_add(&t, 1, &cases[i].m[k], 1000);
			while (texts_take(&t, 1000, &out)) {
				CHECK(cases[i].legend, got < 3 && cases[i].says[got]);
				assert_string_equal(out.text, cases[i].says[got++]);
			}
		}
		while (texts_take(&t, 1000 + TEXTS_WAIT_MS, &out))
			assert_string_equal(out.text, cases[i].says[got++]);
		CHECK(cases[i].legend, got == 3 || !cases[i].says[got]);
	}
}

static void test_mission_there_and_back(void **state)
{
	struct mission_item given[] = {
		{ 47.1, 9.5, 20, NAN, 0 }, { 47.2, 9.6, 30, 7, 5 }, { -47.3, -179.9999999, 40.5, 7, 0 },
		{ 0.0000001, 9.5, -3, 9, 0 },
	};
	struct mission m = { given, ARRAY_LEN(given) };

	(void)state;
	for (int way = 0; way < 4; way++) {
		bool home = way & 1, takeoff = way & 2;
		struct item_list l;
		struct mission back;
		uint16_t *item_of;

		items_from_mission(&m, home, takeoff, 47, 9, &l);
		assert_int_equal(l.count, 4 + 2 + home + takeoff);
		mission_from_items(l.items, l.count, home, 450, &back, &item_of);
		assert_int_equal(back.count, m.count);
		for (size_t i = 0; i < m.count; i++) {
			assert_true(fabs(back.items[i].lat - given[i].lat) < 1e-9);
			assert_true(fabs(back.items[i].lon - given[i].lon) < 1e-9);
			assert_true(fabs(back.items[i].height - given[i].height) < 1e-4);
			assert_true(back.items[i].hold == given[i].hold);
			assert_true(isnan(given[i].speed) ? isnan(back.items[i].speed)
							  : back.items[i].speed == given[i].speed);
		}
		for (size_t i = home + takeoff; i < l.count; i++)
			assert_int_equal(item_of[i], l.item_of[i]);
		free(item_of);
		free(l.items);
		free(l.item_of);
		mission_clear(&back);
	}
}

static void test_fences(void **state)
{
	struct mav_mission_item_int items[] = {
		{ .command = CMD_FENCE_POLYGON_IN, .param1 = 3, .x = 1 },
		{ .command = CMD_FENCE_POLYGON_IN, .param1 = 3, .x = 2 },
		{ .command = CMD_FENCE_POLYGON_IN, .param1 = 3, .x = 3 },
		{ .command = CMD_FENCE_CIRCLE_OUT, .param1 = 50, .x = 4 },
		{ .command = CMD_FENCE_POLYGON_OUT, .param1 = 4, .x = 5 }, /* of four, three are there */
		{ .command = CMD_FENCE_POLYGON_OUT, .param1 = 4, .x = 6 },
		{ .command = CMD_FENCE_POLYGON_OUT, .param1 = 4, .x = 7 },
	};
	struct plan p = { 0 };

	(void)state;
	fences_from_items(items, ARRAY_LEN(items), &p);
	assert_int_equal(p.fence_count, 2);
	assert_int_equal(p.fences[0].count, 3);
	assert_int_equal(p.fences[0].kind, FENCE_IN);
	assert_true(p.fences[1].radius == 50);
	plan_clear(&p);
}

/* Every command of every family has steps, or is known not to be there. */
static void test_dialects_are_whole(void **state)
{
	(void)state;
	for (enum family f = FAMILY_COPTER; f < FAMILY_COUNT; f++) {
		for (enum command c = 0; c < CMD_COUNT; c++) {
			bool there = dialect_command(f, c) != NULL;
			bool may_lack = c == CMD_VIDEO || c == CMD_RESUME ||
					(f == FAMILY_ROVER && (c == CMD_TAKEOFF || c == CMD_LAND));

			CHECK(command_table[c].name, there == !may_lack);
		}
		assert_non_null(dialect_resume_mission(f));
	}
	/* Whatever it is, it can be stopped, called back and brought down. */
	assert_non_null(dialect_command(FAMILY_UNKNOWN, CMD_HOLD));
	assert_non_null(dialect_command(FAMILY_UNKNOWN, CMD_RTL));
	assert_non_null(dialect_command(FAMILY_UNKNOWN, CMD_LAND));
	assert_null(dialect_command(FAMILY_UNKNOWN, CMD_MISSION));
	assert_null(dialect_resume_mission(FAMILY_UNKNOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_only_the_autopilot_is_the_vehicle),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_mission_there_and_back),
		cmocka_unit_test(test_fences),
		cmocka_unit_test(test_dialects_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
