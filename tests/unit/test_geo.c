/* Distances and bearings on the ellipsoid, and the flat frame against them. */
#include "unit.h"

#include <math.h>

#include "base/geo.h"
#include "base/mem.h"

#define CLOSE(legend, got, want, tolerance)                                    \
	do {                                                                   \
		double g_ = (got), w_ = (want);                                \
		if (!(fabs(g_ - w_) <= (tolerance)))                           \
			fail_msg("%s: %.9f, not %.9f", (legend), g_, w_);      \
	} while (0)

static void test_known_lines(void **state)
{
	static const struct {
		const char *legend;
		struct geo_point a, b;
		double distance, bearing;
	} cases[] = {
		/* Vincenty's and Karney's classic: Flinders Peak to Buninyong, GDA94. */
		{ "Flinders Peak to Buninyong", { -37.951033416667, 144.424867888889 },
		    { -37.652821138889, 143.926495527778 }, 54972.271, 306.868158 },
		/* Karney 2013: JFK to LHR. */
		{ "JFK to LHR", { 40.6, -73.8 }, { 51.6, -0.5 }, 5551759.400, 51.1988828 },
		{ "a degree of the equator", { 0, 0 }, { 0, 1 }, 111319.491, 90 },
		{ "pole to pole", { 90, 0 }, { -90, 0 }, 20003931.459, 180 },
		{ "across the date line", { 0, 179.5 }, { 0, -179.5 }, 111319.491, 90 },
		{ "westwards across it", { 0, -179.5 }, { 0, 179.5 }, 111319.491, 270 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		double bearing, d = geo_inverse(cases[i].a, cases[i].b, &bearing);
		struct geo_point p;

		CLOSE(cases[i].legend, d, cases[i].distance, 0.0015);
		CLOSE(cases[i].legend, bearing, cases[i].bearing, 1e-5);
		CLOSE(cases[i].legend, geo_distance_m(cases[i].b, cases[i].a), d, 1e-6);
		p = geo_direct(cases[i].a, bearing, d);
		CLOSE(cases[i].legend, geo_distance_m(p, cases[i].b), 0, 1e-5);
	}
	assert_true(geo_distance_m((struct geo_point){ 48, 11 }, (struct geo_point){ 48, 11 }) == 0);
}

static void test_direct_wraps(void **state)
{
	struct geo_point p = geo_direct((struct geo_point){ 0, 179.9 }, 90, 111319.491);

	(void)state;
	CLOSE("past the date line", p.lon, -179.1, 1e-6);
}

static void test_wraps(void **state)
{
	static const struct {
		double deg, in360, in180;
	} cases[] = {
		{ 0, 0, 0 }, { 359.5, 359.5, -0.5 }, { 360, 0, 0 }, { -1, 359, -1 },
		{ 180, 180, -180 }, { -180, 180, -180 }, { 179.5, 179.5, 179.5 },
		{ 725, 5, 5 }, { -725, 355, -5 }, { 540, 180, -180 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char legend[32];

		snprintf(legend, sizeof(legend), "%g", cases[i].deg);
		CLOSE(legend, geo_wrap_360(cases[i].deg), cases[i].in360, 1e-9);
		CLOSE(legend, geo_wrap_180(cases[i].deg), cases[i].in180, 1e-9);
	}
	/* The half-open ends hold for the smallest step too. */
	assert_true(geo_wrap_360(-1e-20) >= 0 && geo_wrap_360(-1e-20) < 360);
	assert_true(geo_wrap_180(-180 - 1e-20) >= -180 && geo_wrap_180(-180 - 1e-20) < 180);
	assert_true(geo_wrap_180(nextafter(180, 0)) < 180);
}

/* The header's promise: a millimetre a kilometre within some 10 km. */
static void test_frame(void **state)
{
	static const struct geo_point origins[] = {
		{ 0, 0 }, { 48.1372, 11.5756 }, { -33.9, 151.2 }, { 60, 24.9 }, { 10, 179.999 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(origins); i++) {
		struct geo_frame f = geo_frame_at(origins[i]);

		for (double bearing = 0; bearing < 360; bearing += 15) {
			struct geo_point p = geo_direct(origins[i], bearing, 1000), back;
			double x, y;
			char legend[64];

			snprintf(legend, sizeof(legend), "origin %zu, bearing %g", i, bearing);
			geo_to_xy(&f, p, &x, &y);
			CLOSE(legend, hypot(x, y), 1000, 0.2);
			CLOSE(legend, x, 1000 * sin(bearing * M_PI / 180), 0.2);
			CLOSE(legend, y, 1000 * cos(bearing * M_PI / 180), 0.2);
			back = geo_from_xy(&f, x, y);
			CLOSE(legend, geo_distance_m(back, p), 0, 1e-5);
			assert_true(back.lon >= -180 && back.lon < 180);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_lines),
		cmocka_unit_test(test_direct_wraps),
		cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_frame),
	};

	return cmocka_run_group_tests_name("geo", tests, NULL, NULL);
}
