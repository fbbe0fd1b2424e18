/* Return energy and separation: figures that can be checked by hand. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alarm/energy.h"
#include "alarm/separation.h"
#include "base/geo.h"
#include "base/mem.h"
#include "base/rng.h"

#define ANY (-1e9) /* not looked at */

static bool same(double have, double want, double by)
{
	return want == ANY || (isnan(want) ? isnan(have) : fabs(have - want) <= by);
}

static void test_energy_home(void **state)
{
	static const struct {
		const char *legend;
		struct energy_in in;
		double time_home_s, home, margin, endurance_s, no_return_s;
	} cases[] = {
		{ "calm: 1000 m at 10 m/s, 20 m down at 2 m/s, 0.1 %/s; going away at 10 m/s",
		    { 50, 0.1, NAN, 1000, 180, 20, 10, 20, NAN, NAN, 10, 0 }, 110, 11, 39, 500,
		    34 / 0.2 },
		{ "the same, on the way home: no point of no return",
		    { 50, 0.1, NAN, 1000, 180, 20, 10, 20, NAN, NAN, 10, 180 }, 110, 11, 39, 500,
		    ENERGY_FOREVER_S },
		{ "hovering: 34 % at 0.1 %/s",
		    { 50, 0.1, NAN, 1000, 180, 20, 10, 20, NAN, NAN, 0, 0 }, 110, 11, 39, 500,
		    340 },
		{ "home lies south, wind of 6 from the south: 4 m/s home",
		    { 50, 0.1, NAN, 1000, 180, 0, 10, 20, 6, 180, 0, 0 }, 250, 25, 25, 500, 200 },
		{ "wind of 6 from the north: 16 m/s home",
		    { 50, 0.1, NAN, 1600, 180, 0, 10, 20, 6, 0, 0, 0 }, 100, 10, 40, 500, 350 },
		{ "but never faster than was flown",
		    { 50, 0.1, NAN, 1600, 180, 0, 10, 8, 6, 0, 0, 0 }, 200, 20, 30, 500, 250 },
		{ "across: sqrt(100 - 36) = 8 m/s",
		    { 50, 0.1, NAN, 800, 180, 0, 10, 20, 6, 90, 0, 0 }, 100, 10, 40, 500, 350 },
		{ "the wind is stronger than it",
		    { 50, 0.1, NAN, 1000, 180, 0, 10, 10, 12, 180, 0, 0 }, ENERGY_FOREVER_S, 1000,
		    -950, 500, 0 },
		{ "seen with the wind only, 5 m/s through the air, 11 over ground: 5 m/s home",
		    { 50, 0.1, NAN, 1000, 180, 0, 5, 11, 6, 180, 0, 0 }, 200, 20, 30, 500, 250 },
		{ "travelling takes a quarter of hovering",
		    { 50, 0.4, 0.1, 1000, 180, 20, 10, 20, NAN, NAN, 0, 0 }, 110, 14, 36, 125,
		    31 / 0.4 },
		{ "too late", { 10, 0.1, NAN, 1000, 180, 0, 10, 20, NAN, NAN, 0, 0 }, 100, 10, 0,
		    100, 0 },
		{ "the rate is not known", { 50, NAN, NAN, 1000, 180, 0, 10, 20, NAN, NAN, 0, 0 },
		    100, NAN, NAN, NAN, NAN },
		{ "home is not known", { 50, 0.1, NAN, NAN, NAN, 0, 10, 20, NAN, NAN, 0, 0 }, NAN,
		    NAN, NAN, 500, NAN },
		{ "its speed is not known",
		    { 50, 0.1, NAN, 1000, 180, 0, NAN, NAN, NAN, NAN, 0, 0 }, NAN, NAN, NAN, 500,
		    NAN },
		{ "the charge is not known",
		    { NAN, 0.1, NAN, 1000, 180, 0, 10, 20, NAN, NAN, 0, 0 }, 100, NAN, NAN, NAN,
		    NAN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct energy_out out;

		energy_home(&cases[i].in, &out);
		CHECK(cases[i].legend, same(out.time_home_s, cases[i].time_home_s, 1e-6));
		CHECK(cases[i].legend, same(out.home, cases[i].home, 1e-6));
		CHECK(cases[i].legend, same(out.margin, cases[i].margin, 1e-6));
		CHECK(cases[i].legend, same(out.endurance_s, cases[i].endurance_s, 1e-6));
		CHECK(cases[i].legend, same(out.no_return_s, cases[i].no_return_s, 1e-6));
	}
}

static void test_measured_rate(void **state)
{
	struct energy_meter m = { 0 };
	double battery = 90;
	int64_t t = 1000000;

	(void)state;
	energy_meter_add(&m, t, battery, 0, 0, false);
	assert_true(isnan(energy_meter_rate(&m)));
	/* 0.05 %/s as steps of 0.1 % arrive, travelling at 12 through the air. */
	for (int i = 0; i < 900; i++, t += 100, battery -= 0.005)
		energy_meter_add(&m, t, floor(battery * 10) / 10, 10, 12, true);
	assert_true(same(energy_meter_rate(&m), 0.05, 0.004));
	assert_true(same(energy_meter_travel_rate(&m), 0.05, 0.004));
	assert_true(same(energy_meter_airspeed(&m), 12, 0.1));
	assert_true(same(energy_meter_ground(&m), 10, 0.1));
	/* Hovering takes three times as much, and is no travelling. */
	for (int i = 0; i < 900; i++, t += 100, battery -= 0.015)
		energy_meter_add(&m, t, floor(battery * 10) / 10, 0.5, 3, true);
	assert_true(same(energy_meter_rate(&m), 0.15, 0.01));
	assert_true(same(energy_meter_travel_rate(&m), 0.05, 0.004));
	assert_true(same(energy_meter_airspeed(&m), 12, 0.1));
	/* Another pack begins a new window, the rate stays until it is measured. */
	energy_meter_add(&m, t, 100, 0, 0, true);
	assert_true(same(energy_meter_rate(&m), 0.15, 0.01));
}

static void test_airspeed_from_ground(void **state)
{
	(void)state;
	assert_true(same(energy_airspeed(10, 180, 6, 180), 16, 1e-9)); /* into the wind */
	assert_true(same(energy_airspeed(10, 0, 6, 180), 4, 1e-9));    /* with it */
	assert_true(same(energy_airspeed(8, 90, 6, 0), 10, 1e-9));     /* across */
	assert_true(same(energy_airspeed(8, 90, NAN, NAN), 8, 1e-9));
}

/* Separation ------------------------------------------------------------------ */

static struct separation_one one(
    double east_m, double north_m, double alt, double east, double north, double up)
{
	struct geo_frame f = geo_frame_at((struct geo_point){ 47, 9.5 });
	struct geo_point p = geo_from_xy(&f, east_m, north_m);

	return (struct separation_one){ p.lat, p.lon, alt, east, north, up, 0 };
}

static void test_two_drones(void **state)
{
	const struct {
		const char *legend;
		struct separation_one a, b;
		double closest_m, closest_s;
	} cases[] = {
		{ "head on: 400 m at 20 m/s", one(0, 0, 100, 10, 0, 0), one(400, 0, 100, -10, 0, 0),
		    0, 20 },
		{ "passing at 30 m", one(0, 0, 100, 10, 0, 0), one(400, 30, 100, -10, 0, 0), 30,
		    20 },
		{ "above each other by 25 m", one(0, 0, 100, 10, 0, 0), one(400, 0, 125, -10, 0, 0),
		    25, 20 },
		{ "climbing into its way", one(0, 0, 100, 0, 0, 2), one(0, 0, 140, 0, 0, 0), 0,
		    20 },
		{ "going apart: nearest now", one(0, 0, 100, -10, 0, 0), one(50, 0, 100, 10, 0, 0),
		    50, 0 },
		{ "side by side", one(0, 0, 100, 10, 0, 0), one(0, 40, 100, 10, 0, 0), 40, 0 },
		{ "both hover", one(0, 0, 100, 0, 0, 0), one(30, 40, 100, 0, 0, 0), 50, 0 },
		{ "crossing: both at the corner in 10 s", one(-100, 0, 100, 10, 0, 0),
		    one(0, -100, 100, 0, 10, 0), 0, 10 },
		{ "beyond the time looked ahead: at its end", one(0, 0, 100, 5, 0, 0),
		    one(390, 0, 100, -5, 0, 0), 90, SEPARATION_AHEAD_S },
		{ "one height is not known: over ground alone", one(0, 0, NAN, 10, 0, 0),
		    one(400, 0, 300, -10, 0, 0), 0, 20 },
	};
	struct separation s = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct separation_one ones[2] = { cases[i].a, cases[i].b };
		struct separation_found found[2];

		separation_round(&s, ones, 2, found);
		for (int k = 0; k < 2; k++) {
			CHECK(cases[i].legend, found[k].other == 1u - (unsigned)k);
			CHECK(cases[i].legend, same(found[k].closest_m, cases[i].closest_m, 0.8));
			CHECK(cases[i].legend, same(found[k].closest_s, cases[i].closest_s, 0.05));
		}
	}
	separation_clear(&s);
}

static void test_across_the_date_line(void **state)
{
	struct separation_one ones[2] = {
		{ .lat = 10, .lon = 179.9995, .alt = 50, .east = 5 },
		{ .lat = 10, .lon = -179.9995, .alt = 50 },
	};
	struct separation_found found[2];
	struct separation s = { 0 };

	(void)state;
	separation_round(&s, ones, 2, found);
	assert_int_equal(found[0].other, 1);
	assert_true(same(found[0].closest_m, 0, 0.5) && same(found[0].closest_s, 109.6 / 5, 0.3));
	separation_round(&s, ones, 1, found);
	assert_int_equal(found[0].other, SEPARATION_NOBODY);
	separation_clear(&s);
}

/* The grid finds what looking at every pair finds, wherever the fleet is. */
static void test_grid_against_every_pair(void **state)
{
	static const struct geo_point places[] = { { 47, 9.5 }, { -33, 151 }, { 69.6, 179.99 },
		{ 0, 0 } };
	enum { N = 300 };
	struct separation s = { 0 };
	struct rng rng;

	(void)state;
	rng_init(&rng, 11, 0);
	for (size_t p = 0; p < ARRAY_LEN(places); p++) {
		struct separation_one ones[N];
		struct separation_found found[N], two[2];
		struct geo_frame f = geo_frame_at(places[p]);

		for (int i = 0; i < N; i++) {
			struct geo_point at = geo_from_xy(&f, rng_between(&rng, -9000, 9000),
			    rng_between(&rng, -9000, 9000));

			ones[i] = (struct separation_one){ at.lat, at.lon,
				rng_between(&rng, 0, 100), rng_between(&rng, -15, 15),
				rng_between(&rng, -15, 15), 0, (uint32_t)i };
		}
		separation_round(&s, ones, N, found);
		for (int i = 0; i < N; i++) {
			struct separation alone = { 0 };
			double best = SEPARATION_NONE_M;

			for (int j = 0; j < N; j++) {
				struct separation_one pair[2] = { ones[i], ones[j] };

				if (j == i)
					continue;
				separation_round(&alone, pair, 2, two);
				best = fmin(best, two[0].closest_m);
			}
			separation_clear(&alone);
			if (best < SEPARATION_SURE_M)
				assert_true(same(found[i].closest_m, best, 1e-6));
		}
	}
	assert_int_equal(s.crowded, 0);
	separation_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_energy_home),
		cmocka_unit_test(test_measured_rate),
		cmocka_unit_test(test_airspeed_from_ground),
		cmocka_unit_test(test_two_drones),
		cmocka_unit_test(test_across_the_date_line),
		cmocka_unit_test(test_grid_against_every_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
