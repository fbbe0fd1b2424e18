/* Times and durations as text. */
#include "unit.h"

#include "base/clock.h"
#include "base/mem.h"

static void test_format(void **state)
{
	static const struct {
		const char *legend;
		int64_t ms;
		const char *text, *day;
	} cases[] = {
		{ "the epoch", 0, "1970-01-01T00:00:00.000Z", "1970-01-01" },
		{ "usual", 1795252504250, "2026-11-21T09:15:04.250Z", "2026-11-21" },
		{ "last ms of a day", 1795305599999, "2026-11-21T23:59:59.999Z", "2026-11-21" },
		{ "first ms of the next", 1795305600000, "2026-11-22T00:00:00.000Z", "2026-11-22" },
		{ "leap day", 1709164800000, "2024-02-29T00:00:00.000Z", "2024-02-29" },
		{ "before the epoch", -1, "1969-12-31T23:59:59.999Z", "1969-12-31" },
		{ "last of year 9999", 253402300799999, "9999-12-31T23:59:59.999Z", "9999-12-31" },
	};
	char text[TIME_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_string_equal(time_format(cases[i].ms, text), cases[i].text);
		assert_string_equal(time_format_day(cases[i].ms, text), cases[i].day);
	}
	/* Anything from outside may come here: text, and no overflow. */
	assert_string_equal(time_format(INT64_MAX, text), "9223372036854775807 ms");
	assert_string_equal(time_format(INT64_MIN, text), "-9223372036854775808 ms");
	assert_string_equal(time_format(253402300800000, text), "253402300800000 ms");
	time_format_day(INT64_MAX, text);
	time_format_day(INT64_MIN, text);
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t ms;
	} cases[] = {
		{ "1970-01-01", true, 0 },
		{ "2026-11-21", true, 1795219200000 },
		{ "2026-11-21T09:15:04.250Z", true, 1795252504250 },
		{ "2026-11-21 09:15:04.25", true, 1795252504250 },
		{ "2026-11-21t09:15:04z", true, 1795252504000 },
		{ "2026-11-21T09:15", true, 1795252500000 },
		{ "2026-11-21T09:15Z", true, 1795252500000 },
		{ "2026-11-21T09:15:04.2509999Z", true, 1795252504250 },
		{ "2024-02-29", true, 1709164800000 },
		{ "2016-12-31T23:59:60Z", true, 1483228800000 }, /* a leap second there was */
		{ "1795252504250", true, 1795252504250 },
		{ "2026", false, 0 },
		{ "2025-02-29", false, 0 },
		{ "1900-02-29", false, 0 },
		{ "2000-02-29", true, 951782400000 },
		{ "2026-02-30", false, 0 },
		{ "2026-13-01", false, 0 },
		{ "2026-00-01", false, 0 },
		{ "2026-01-00", false, 0 },
		{ "2026-11-21T24:00", false, 0 },
		{ "2026-11-21T23:60", false, 0 },
		{ "2026-11-21T23:59:61", false, 0 },
		{ "2026-11-21T09", false, 0 },
		{ "2026-11-21T09:15.5Z", false, 0 },
		{ "2026-11-21T09:15:04.", false, 0 },
		{ "2026-11-21T09:15:04.Z", false, 0 },
		{ "2026-11-21T09:15:04+02:00", false, 0 },
		{ "2026-11-21Z", false, 0 },
		{ "2026-11-21T09:15:04ZZ", false, 0 },
		{ "2026-11-2", false, 0 },
		{ "26-11-21", false, 0 },
		{ " 2026-11-21", false, 0 },
		{ "-12345678", false, 0 },
		{ "yesterday", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms = -77;

		CHECK(cases[i].text, time_parse(cases[i].text, &ms) == cases[i].valid);
		if (cases[i].valid)
			CHECK(cases[i].text, ms == cases[i].ms);
	}
}

static void test_round_trip(void **state)
{
	char text[TIME_TEXT_SIZE];

	(void)state;
	for (int64_t ms = 1; ms < 253402300800000; ms = ms * 3 + 7) {
		int64_t back;

		CHECK(text, time_parse(time_format(ms, text), &back) && back == ms);
	}
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t ms;
	} cases[] = {
		{ "15", true, 15000 }, { "90s", true, 90000 }, { "10m", true, 600000 },
		{ "2h", true, 7200000 }, { "3d", true, 259200000 }, { "250ms", true, 250 },
		{ "1.5h", true, 5400000 }, { "0", true, 0 }, { ".5s", true, 500 },
		{ "", false, 0 }, { "s", false, 0 }, { "-5s", false, 0 }, { "5 s", false, 0 },
		{ "5w", false, 0 }, { "1.2.3s", false, 0 }, { "1e3", false, 0 },
		{ "99999999999999999999999999999999999999d", false, 0 }, { "9999999999999d", false, 0 },
		{ "5sx", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms = -77;

		CHECK(cases[i].text, duration_parse(cases[i].text, &ms) == cases[i].valid);
		CHECK(cases[i].text, ms == (cases[i].valid ? cases[i].ms : -77));
	}
}

static void test_clocks(void **state)
{
	int64_t us = clock_mono_us(), ms = clock_mono_ms();

	(void)state;
	assert_true(ms >= us / 1000);
	assert_true(clock_mono_us() >= us);
	assert_true(clock_wall_ms() > 1700000000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_clocks),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
