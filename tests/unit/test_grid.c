/* UTM and MGRS: points known from PROJ (+proj=utm +ellps=WGS84, which uses
 * another series), squares from published references, refusals. */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "format/grid.h"
#include "format/position.h"

static const struct {
	int zone;
	bool south;
	double easting, northing, lat, lon;
} points[] = {
	{ 32, false, 539429.8760, 5220853.1520, 47.1400, 9.5200 },
	{ 56, true, 334900.5697, 6252288.7529, -33.8568, 151.2153 },
	{ 31, false, 221723.6832, 11.0636, 0.0001, 0.5000 },
	{ 1, true, 221723.6832, 9999988.9364, -0.0001, -179.5000 },
	{ 33, false, 514278.7151, 8683355.4695, 78.2232, 15.6267 },
	{ 32, false, 297230.2202, 6700510.1753, 60.3900, 5.3200 },
	{ 19, true, 544805.0975, 3927029.8847, -54.8019, -68.3030 },
	{ 54, false, 386437.6028, 3946808.1552, 35.6586, 139.7454 },
	{ 24, false, 464424.3198, 9317856.4661, 83.9000, -42.0000 },
	{ 47, true, 520343.2284, 1174046.4069, -79.5000, 100.0000 },
	{ 17, false, 586311.8326, 4477769.2282, 40.4461, -79.9822 },
};

static const struct {
	const char *text;
	double lat, lon, within_m;
} right[] = {
	{ "32T 539429.876 5220853.152", 47.14, 9.52, 0.01 },
	{ "32 T 539430 5220853", 47.14, 9.52, 1 },
	{ "32t 539430mE 5220853mN", 47.14, 9.52, 1 },
	{ "32T 539430E,5220853N", 47.14, 9.52, 1 },
	{ "32N 539430 5220853", 47.14, 9.52, 1 },
	{ "56H 334900 6252288", -33.8568, 151.2153, 2 },
	{ "32TNT3942920853", 47.14, 9.52, 1 },
	{ "32T NT 39429 20853", 47.14, 9.52, 1 },
	{ "32tnt 3942 2085", 47.14, 9.52, 10 },
	{ "56H LH 34900 52288", -33.8568, 151.2153, 1.5 }, /* Sydney Opera House */
	{ "54SUE8643746808", 35.6586, 139.7454, 1 },       /* Tokyo Tower */
	{ "17TNE8631177769", 40.4461, -79.9822, 1.5 },     /* Pittsburgh */
	{ "33XWG1427883355", 78.2232, 15.6267, 1 },        /* Longyearbyen */
	{ "19FEV4480527029", -54.8019, -68.3030, 1.5 },    /* Ushuaia */
};

static const struct {
	const char *text, *says;
} wrong[] = {
	{ "61T 539430 5220853", "a zone is 1 to 60" },
	{ "0TNT3942920853", "a zone is 1 to 60" },
	{ "32I 539430 5220853", "a band is one of" },
	{ "32S 539430 4000000", "S may mean" },
	{ "32T 939430 5220853", "is no UTM position" },
	{ "32U 539430 5220853", "not in band U" },
	{ "32TAA3942920853", "has no square AA" },
	{ "32TNI3942920853", "has no square NI" },
	{ "32TNA3942920853", "there is no square NA in zone 32T" },
	{ "32TNT394208", "names a square 100 m wide" },
	{ "32TNT394292085", "is no position" },
	{ "32TNT", "is no position" },
	{ "32T 539430 E, 5220853 N", "is no position" },
	{ "32T 539430", "is no position" },
	{ "32T 539430 5220853 60", "is no position" },
	{ "32TNT 39429 20853 60", "is no position" },
};

static void test_points(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		struct geo_point p = grid_from_utm(points[i].zone, points[i].south, points[i].easting,
		    points[i].northing);
		double off = geo_distance_m(p, (struct geo_point){ points[i].lat, points[i].lon });

		if (!(off < 0.001))
			fail_msg("%.4f %.4f: %.4f m off", points[i].lat, points[i].lon, off);
	}
}

static void test_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct geo_point p;
		struct err err = { "" };
		double off;

		if (position_parse(right[i].text, &p, &err) == -1)
			fail_msg("%s: refused: %s", right[i].text, err.text);
		off = geo_distance_m(p, (struct geo_point){ right[i].lat, right[i].lon });
		if (!(off <= right[i].within_m))
			fail_msg("%s: %.6f %.6f, %.3f m off", right[i].text, p.lat, p.lon, off);
	}
}

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct geo_point p;
		struct err err = { "" };

		if (position_parse(wrong[i].text, &p, &err) == 0)
			fail_msg("%s: taken as %.6f %.6f", wrong[i].text, p.lat, p.lon);
		if (!strstr(err.text, wrong[i].says))
			fail_msg("%s: says \"%s\"", wrong[i].text, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests_name("grid", tests, NULL, NULL);
}
