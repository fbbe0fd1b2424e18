/* Positions as people type them: what is taken, and what is refused. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "format/position.h"

static const struct {
	const char *text;
	double lat, lon;
} right[] = {
	{ "47.14 9.52", 47.14, 9.52 },
	{ "47.14,9.52", 47.14, 9.52 },
	{ "47.14, 9.52", 47.14, 9.52 },
	{ " 47.14;9.52 ", 47.14, 9.52 },
	{ "47 9", 47, 9 },
	{ "-33.8568 151.2153", -33.8568, 151.2153 },
	{ "+1 -2", 1, -2 },
	{ ".5 -.5", 0.5, -0.5 },
	{ "-0.5 -0.25", -0.5, -0.25 },
	{ "90 180", 90, 180 },
	{ "-90 -180", -90, -180 },
	{ "47.14N 9.52E", 47.14, 9.52 },
	{ "47.14n 9.52e", 47.14, 9.52 },
	{ "N47.14 E9.52", 47.14, 9.52 },
	{ "N 47.14, E 9.52", 47.14, 9.52 },
	{ "33.8568S 151.2153E", -33.8568, 151.2153 },
	{ "33.8568S151.2153E", -33.8568, 151.2153 },
	{ "E9.52 N47.14", 47.14, 9.52 },
	{ "9.52W 47.14S", -47.14, -9.52 },
	{ "47°08'30\"N 9°31'12\"E", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47° 08' 30\" N, 9° 31' 12\" E", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47°08′30″N 9°31′12″E", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47º08’30”N 9º31’12”E", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47°08'30''N 9°31'12''E", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47°08'30.5\"N 9°31'12.25\"E", 47 + 8.0 / 60 + 30.5 / 3600, 9 + 31.0 / 60 + 12.25 / 3600 },
	{ "47 08 30 N 9 31 12 E", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "N 47 08 30 E 9 31 12", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47 08 30, 9 31 12", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47°08'30\" 9°31'12\"", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "-47°08'30\" 9°31'12\"", -47 - 8.5 / 60, 9 + 31.2 / 60 },
	{ "-0°30' -0°15'", -0.5, -0.25 },
	{ "47°08.5' 9°31.2'", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47d08m30sN 9d31m12sE", 47 + 8.5 / 60, 9 + 31.2 / 60 },
	{ "47d08m30sS 9d31m12sW", -47 - 8.5 / 60, -9 - 31.2 / 60 },
	{ "47.14s 9.52w", -47.14, -9.52 },
	{ "47°N 9°E", 47, 9 },
};

static const struct {
	const char *text, *says;
} wrong[] = {
	{ "", "is no position" },
	{ "47.14", "is no position" },
	{ "47.14 9.52 60", "is no position" },
	{ "47,14 9,52", "is no position" },
	{ "47 08 30 9 31 12", "is no position" },
	{ "here there", "is no position" },
	{ "nan nan", "is no position" },
	{ "inf 0", "is no position" },
	{ "0x10 0x10", "is no position" },
	{ "1e1 1e1", "is no position" },
	{ "47.14N 9.52N", "is no position" },
	{ "47.14N 9.52", "is no position" },
	{ "-47.14N 9.52E", "is no position" },
	{ "N47.14N 9.52E", "is no position" },
	{ "47°60'N 9°E", "is no position" },
	{ "47°08'60\"N 9°E", "is no position" },
	{ "47.5°30'N 9°E", "is no position" },
	{ "47°-8'N 9°E", "is no position" },
	{ "47'30\"N 9°E", "is no position" },
	{ "47\"N 9°E", "is no position" },
	{ "47°° 9°", "is no position" },
	{ ", ,", "is no position" },
	{ "N E", "is no position" },
	{ "90.0001 0", "no latitude" },
	{ "151.2 -33.8", "wrong order" },
	{ "0 180.5", "no longitude" },
	{ "47 N 181 E", "no longitude" },
	{ "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9", "is no position" },
	{ "00000000000000000000000000000000000000000000047 9", "is no position" },
	{ "\033[2J 1", "\"?[2J 1\" is no position" },
};

static void test_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct geo_point p = { NAN, NAN };
		struct err err = { "" };

		if (position_parse(right[i].text, &p, &err) == -1)
			fail_msg("%s: refused: %s", right[i].text, err.text);
		if (!(fabs(p.lat - right[i].lat) < 1e-9 && fabs(p.lon - right[i].lon) < 1e-9))
			fail_msg("%s: read as %.9f %.9f", right[i].text, p.lat, p.lon);
	}
}

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct geo_point p;
		struct err err = { "" };

		if (position_parse(wrong[i].text, &p, &err) == 0)
			fail_msg("%s: taken as %.9f %.9f", wrong[i].text, p.lat, p.lon);
		if (!strstr(err.text, wrong[i].says))
			fail_msg("%s: says \"%s\"", wrong[i].text, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}
