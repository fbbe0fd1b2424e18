/* Zones: what is permitted where, how far it is to the limit and how long,
 * across holes, sections, heights, times and the 180th meridian. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alarm/zones.h"
#include "base/mem.h"
#include "base/rng.h"

/* About 47 N a degree is 111.17 km and 76.06 km; these squares are given in
 * metres east and north of here. */
#define LAT 47.0
#define LON 9.5

static struct geo_point at(double lon, double east, double north)
{
	struct geo_frame frame = geo_frame_at((struct geo_point){ LAT, lon });

	return geo_from_xy(&frame, east, north);
}

struct square {
	enum zone_kind kind;
	double x0, y0, x1, y1, floor, ceiling;
};

static struct zone square(double lon, const struct square *s, struct zone_ring *ring)
{
	struct zone z = {
		.kind = s->kind,
		.floor = { s->floor, ABOVE_HOME },
		.ceiling = { s->ceiling, ABOVE_HOME },
		.rings = ring,
		.ring_count = 1,
	};

	snprintf(z.name, sizeof(z.name), "square");
	*ring = (struct zone_ring){ xcalloc(4, sizeof(*ring->points)), 4 };
	ring->points[0] = at(lon, s->x0, s->y0);
	ring->points[1] = at(lon, s->x1, s->y0);
	ring->points[2] = at(lon, s->x1, s->y1);
	ring->points[3] = at(lon, s->x0, s->y1);
	return z;
}

/* A section each where apart is set, else one of all. */
static struct zone_set *set_of(double lon, const struct square *squares, size_t n, bool apart)
{
	struct zone_section section = {
		.name = "field", .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT,
	};
	struct zone_set *set = zone_set_new();
	struct zone zones[8];
	struct zone_ring rings[8];
	struct err err = { "" };

	for (size_t i = 0; i < n; i++)
		zones[i] = square(lon, &squares[i], &rings[i]);
	for (size_t i = 0; i < n; i += apart ? 1 : n) {
		if (zone_set_add(set, &section, &zones[i], apart ? 1 : n, NULL, &err) == -1)
			fail_msg("%s", err.text);
	}
	for (size_t i = 0; i < n; i++)
		free(rings[i].points);
	return set;
}

static struct zone_fix fix_at(double lon, double east, double north, double height)
{
	struct geo_point p = at(lon, east, north);

	return (struct zone_fix){
		.drone = "d1", .lat = p.lat, .lon = p.lon, .alt = NAN, .height = height, .home_alt = NAN,
		.speed = 0, .course = 0, .climb = 0, .turn = 0,
	};
}

static void check_near(const char *legend, const char *what, double is, double due, double slack)
{
	if (isnan(due) ? !isnan(is) : isinf(due) ? is != due : !(fabs(is - due) <= slack))
		fail_msg("%s: %s is %g, not %g", legend, what, is, due);
}

#define IN ZONE_IN
#define OUT ZONE_OUT

static const struct {
	const char *legend;
	struct square squares[3];
	size_t n;
	bool apart;
	double east, north, height;
	double margin, over;
} places[] = {
	{ "inside, nearest side east", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, false, 900, 500, 50, 100, NAN },
	{ "outside, past the east side", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, false, 1050, 500, 50, -50, NAN },
	{ "outside, past a corner", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, false, 1030, 1040, 50, -50, NAN },
	{ "outside an exclusion", { { OUT, 0, 0, 1000, 1000, NAN, NAN } }, 1, false, 1050, 500, 50, 50, NAN },
	{ "inside an exclusion", { { OUT, 0, 0, 1000, 1000, NAN, NAN } }, 1, false, 980, 500, 50, -20, NAN },
	{ "over an exclusion with a ceiling", { { OUT, 0, 0, 1000, 1000, 0, 60 } }, 1, false, 500, 500, 80, 20, NAN },
	{ "under one with a floor", { { OUT, 0, 0, 1000, 1000, 60, NAN } }, 1, false, 500, 500, 50, 10, NAN },
	{ "in its body, nearest is the ceiling", { { OUT, 0, 0, 1000, 1000, 0, 60 } }, 1, false, 500, 500, 55, -5, NAN },
	{ "beside and over: across the edge", { { OUT, 0, 0, 1000, 1000, 0, 60 } }, 1, false, 1030, 500, 100, 50, NAN },
	{ "height unknown: an exclusion reaches all the way", { { OUT, 0, 0, 1000, 1000, 0, 60 } }, 1, false, 980, 500, NAN, -20, NAN },
	{ "two that touch are one", { { IN, 0, 0, 500, 1000, NAN, NAN }, { IN, 500, 0, 1000, 1000, NAN, NAN } }, 2, false, 500, 500, 50, 500, NAN },
	{ "two sections: inside both", { { IN, 0, 0, 1000, 1000, NAN, NAN }, { IN, 400, 0, 1000, 1000, NAN, NAN } }, 2, true, 500, 500, 50, 100, NAN },
	{ "two sections: outside one", { { IN, 0, 0, 1000, 1000, NAN, NAN }, { IN, 400, 0, 1000, 1000, NAN, NAN } }, 2, true, 300, 500, 50, -100, NAN },
	{ "an exclusion within an inclusion", { { IN, 0, 0, 1000, 1000, NAN, NAN }, { OUT, 450, 450, 550, 550, NAN, NAN } }, 2, false, 430, 500, 50, 20, NAN },
	{ "ceiling of an inclusion, below", { { IN, 0, 0, 1000, 1000, NAN, 120 } }, 1, false, 500, 500, 100, 500, -20 },
	{ "ceiling of an inclusion, above", { { IN, 0, 0, 1000, 1000, NAN, 120 } }, 1, false, 500, 500, 130, 500, 10 },
	{ "ceiling zone, beside it", { { ZONE_CEILING, 0, 0, 1000, 1000, NAN, 50 } }, 1, false, 1500, 500, 130, NAN, NAN },
	{ "ceiling zone, over it", { { ZONE_CEILING, 0, 0, 1000, 1000, NAN, 50 } }, 1, false, 500, 500, 130, NAN, 80 },
	{ "overlapping inclusions permit the higher", { { IN, 0, 0, 600, 1000, NAN, 50 }, { IN, 400, 0, 1000, 1000, NAN, 120 } }, 2, false, 500, 500, 100, 100, -20 },
	{ "info counts for nothing", { { ZONE_INFO, 0, 0, 1000, 1000, NAN, 50 } }, 1, false, 500, 500, 130, NAN, NAN },
};

static void test_places(void **state)
{
	static const double meridians[] = { LON, 180, -179.999, -75 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		for (size_t k = 0; k < ARRAY_LEN(meridians); k++) {
			struct zone_set *set =
			    set_of(meridians[k], places[i].squares, places[i].n, places[i].apart);
			struct zone_fix fix =
			    fix_at(meridians[k], places[i].east, places[i].north, places[i].height);
			struct zone_verdict v;

			zone_check(set, NULL, NULL, &fix, 0, &v);
			check_near(places[i].legend, "margin_m", v.margin_m, places[i].margin, 0.5);
			check_near(places[i].legend, "over_m", v.over_m, places[i].over, 1e-9);
			zone_set_free(&set);
		}
	}
}

static const struct {
	const char *legend;
	struct square squares[2];
	size_t n;
	double east, north, height;
	double speed, course, climb, turn;
	double breach;
} ways[] = {
	{ "straight at the side", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 900, 500, 50, 10, 90, 0, 0, 10 },
	{ "along it", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 900, 500, 50, 10, 0, 0, 0, INFINITY },
	{ "slanting", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 900, 500, 50, 10, 30, 0, 0, 20 },
	{ "not within 30 s", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 500, 500, 50, 10, 90, 0, 0, INFINITY },
	{ "stands", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 999, 500, 50, 0, 90, 0, 0, INFINITY },
	{ "is outside", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 1001, 500, 50, 10, 270, 0, 0, 0 },
	{ "into an exclusion", { { OUT, 0, 0, 1000, 1000, NAN, NAN } }, 1, -50, 500, 50, 10, 90, 0, 0, 5 },
	{ "past it", { { OUT, 0, 0, 1000, 1000, NAN, NAN } }, 1, -50, -50, 50, 10, 90, 0, 0, INFINITY },
	{ "over it", { { OUT, 0, 0, 1000, 1000, NAN, 60 } }, 1, -50, 500, 80, 10, 90, 0, 0, INFINITY },
	{ "down into it", { { OUT, 0, 0, 1000, 1000, NAN, 60 } }, 1, 200, 500, 80, 0, 90, -2, 0, 10 },
	{ "down beside it, in behind the side", { { OUT, 0, 0, 1000, 1000, NAN, 60 } }, 1, -50, 500, 80, 10, 90, -2, 0, 10 },
	{ "climbing away over it in time", { { OUT, 0, 0, 1000, 1000, NAN, 60 } }, 1, -100, 500, 50, 10, 90, 2, 0, INFINITY },
	{ "up into one above", { { OUT, 0, 0, 1000, 1000, 100, NAN } }, 1, 500, 500, 90, 5, 0, 1, 0, 10 },
	{ "turning away in time: 10 m/s at 18 deg/s is a circle of 32 m", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 960, 500, 50, 10, 90, 0, 18, INFINITY },
	{ "turning, and not in time", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 980, 500, 50, 10, 90, 0, 18, 2.16 },
	{ "turning into it from along it", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 980, 500, 50, 10, 0, 0, 9, 5.19 },
	{ "from one inclusion into the next", { { IN, 0, 0, 600, 1000, NAN, 50 }, { IN, 500, 0, 1000, 1000, NAN, 120 } }, 2, 550, 500, 40, 10, 90, 0, 0, INFINITY },
	{ "through the next and out", { { IN, 0, 0, 600, 1000, NAN, 50 }, { IN, 500, 0, 700, 1000, NAN, 120 } }, 2, 550, 500, 40, 10, 90, 0, 0, 15 },
	{ "speed unknown", { { IN, 0, 0, 1000, 1000, NAN, NAN } }, 1, 900, 500, 50, NAN, 90, 0, 0, NAN },
};

static void test_time_to_breach(void **state)
{
	static const double meridians[] = { LON, 180 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		for (size_t k = 0; k < ARRAY_LEN(meridians); k++) {
			struct zone_set *set = set_of(meridians[k], ways[i].squares, ways[i].n, false);
			struct zone_fix fix = fix_at(meridians[k], ways[i].east, ways[i].north, ways[i].height);
			struct zone_verdict v;

			fix.speed = ways[i].speed;
			fix.course = ways[i].course;
			fix.climb = ways[i].climb;
			fix.turn = ways[i].turn;
			zone_check(set, NULL, NULL, &fix, 0, &v);
			check_near(ways[i].legend, "breach_s", v.breach_s, ways[i].breach, 0.05 + 0.01 * v.breach_s);
			zone_set_free(&set);
		}
	}
}

static void test_turn_from_the_courses_before(void **state)
{
	static const struct square field = { IN, 0, 0, 1000, 1000, NAN, NAN };
	struct zone_set *set = set_of(LON, &field, 1, false);
	struct zone_fix fix = fix_at(LON, 960, 500, 50);
	struct zone_memo memo = { 0 };
	struct zone_verdict v;

	(void)state;
	fix.speed = 10;
	fix.turn = NAN;
	fix.course = 30;
	/* 18 deg/s for 3 s, ten samples a second. */
	for (int i = 0; i <= 30; i++, fix.course += 1.8)
		zone_check(set, NULL, &memo, &fix, 1000 + i * 100, &v);
	assert_true(fabs(memo.turn - 18) < 1.5);
	fix.course = 90;
	zone_check(set, NULL, NULL, &fix, 0, &v);
	assert_true(fabs(v.breach_s - 4) < 0.1); /* straight, without the memo */
	zone_set_free(&set);
}

/* What is remembered changes no answer: walks through a crowd of zones. */
static void test_memo_changes_nothing(void **state)
{
	static const struct zone_section section = {
		.name = "crowd", .floor = { NAN, ABOVE_HOME }, .ceiling = { NAN, ABOVE_HOME },
	};
	struct zone zones[40];
	struct zone_ring rings[40];
	struct zone_set *set = zone_set_new();
	struct err err = { "" };
	struct rng rng;
	size_t inside = 0, soon = 0;

	(void)state;
	rng_init(&rng, 3, 0);
	for (int i = 0; i < 40; i++) {
		double x = rng_between(&rng, -4000, 4000), y = rng_between(&rng, -4000, 4000);
		double half = rng_between(&rng, 50, 600);
		const struct square s = { i % 8 ? OUT : i % 16 ? ZONE_CEILING : IN, x - half, y - half, x + half, y + half,
			i % 3 ? NAN : 20, i % 5 && i % 8 ? NAN : 100 };

		zones[i] = square(180, &s, &rings[i]);
	}
	assert_int_equal(zone_set_add(set, &section, zones, 40, NULL, &err), 0);
	for (int walk = 0; walk < 20; walk++) {
		struct zone_memo memo = { 0 };
		double x = rng_between(&rng, -4000, 4000), y = rng_between(&rng, -4000, 4000);
		double course = rng_between(&rng, 0, 360);

		for (int step = 0; step < 200; step++) {
			struct zone_fix fix = fix_at(180, x, y, 90 + 40 * sin(step * 0.05));
			struct zone_verdict with, without;

			fix.speed = walk % 4 ? 15 : 300;
			fix.course = geo_wrap_360(course);
			fix.turn = walk % 3 ? 0 : 4;
			zone_check(set, NULL, &memo, &fix, step, &with);
			zone_check(set, NULL, NULL, &fix, step, &without);
			check_near("with and without", "margin_m", with.margin_m, without.margin_m, 1e-6);
			check_near("with and without", "breach_s", with.breach_s, without.breach_s, 1e-6);
			check_near("with and without", "over_m", with.over_m, without.over_m, 1e-6);
			check_near("with and without", "under_m", with.under_m, without.under_m, 1e-6);
			assert_int_equal(with.margin_zone.index, without.margin_zone.index);
			inside += without.margin_m < 0;
			soon += without.breach_s > 0 && without.breach_s < ZONE_AHEAD_S;
			x += fix.speed * 0.2 * sin(course * M_PI / 180);
			y += fix.speed * 0.2 * cos(course * M_PI / 180);
			course += fix.turn * 0.2;
			if (step == 150)
				x = rng_between(&rng, -4000, 4000); /* a jump */
		}
	}
	/* The walks saw what they are for. */
	assert_true(inside > 100 && soon > 10);
	for (int i = 0; i < 40; i++)
		free(rings[i].points);
	zone_set_free(&set);
}

static void test_hole(void **state)
{
	static const struct square outer = { IN, 0, 0, 1000, 1000, NAN, NAN }, inner = { IN, 400, 400, 600, 600, NAN, NAN };
	static const struct zone_section section = {
		.name = "ring", .floor = { NAN, ABOVE_HOME }, .ceiling = { NAN, ABOVE_HOME },
	};
	struct zone_ring rings[2], hole;
	struct zone z;
	struct zone_set *set = zone_set_new();
	struct zone_verdict v;
	struct zone_fix fix;
	struct zone_view view;
	struct err err = { "" };

	(void)state;
	square(LON, &inner, &hole);
	z = square(LON, &outer, rings);
	rings[1] = hole;
	z.ring_count = 2;
	assert_int_equal(zone_set_add(set, &section, &z, 1, NULL, &err), 0);
	fix = fix_at(LON, 450, 500, 50);
	zone_check(set, NULL, NULL, &fix, 0, &v);
	check_near("in the hole", "margin_m", v.margin_m, -50, 0.1);
	fix = fix_at(LON, 350, 500, 50);
	zone_check(set, NULL, NULL, &fix, 0, &v);
	check_near("beside the hole", "margin_m", v.margin_m, 50, 0.1);
	zone_at(set, 0, 0, &view);
	assert_int_equal(view.ring_count, 2);
	check_near("area", "m2", view.area_m2, 960000, 500);
	free(rings[0].points);
	free(hole.points);
	zone_set_free(&set);
}

static void test_times(void **state)
{
	static const struct square field = { OUT, 0, 0, 1000, 1000, NAN, NAN };
	static const struct zone_section section = {
		.name = "s", .floor = { NAN, ABOVE_HOME }, .ceiling = { NAN, ABOVE_HOME },
	};
	struct zone_time time = { .from_ms = 1000, .to_ms = 2000 };
	struct zone_set *set = zone_set_new();
	struct zone_fix fix = fix_at(LON, 500, 500, 50);
	struct zone_memo memo = { 0 };
	struct zone_verdict v;
	struct zone_ring ring;
	struct zone z = square(LON, &field, &ring);
	struct err err = { "" };

	(void)state;
	z.times = &time;
	z.time_count = 1;
	assert_int_equal(zone_set_add(set, &section, &z, 1, NULL, &err), 0);
	for (int64_t now = 500; now < 3000; now += 500) {
		bool applies = now >= 1000 && now < 2000;

		zone_check(set, NULL, &memo, &fix, now, &v);
		assert_int_equal(isnan(v.margin_m), !applies);
	}
	free(ring.points);
	zone_set_free(&set);
}

static void test_refused(void **state)
{
	static struct geo_point around[] = { { 80, 0 }, { 80, 90 }, { 80, 180 }, { 80, -90 } };
	static struct geo_point line[] = { { 47, 9 }, { 47.1, 9.1 }, { 47.2, 9.2 } };
	static struct geo_point same[] = { { 47, 9 }, { 47, 9 }, { 47, 9 } };
	static const struct {
		const char *legend;
		struct zone_ring ring;
		enum zone_kind kind;
		double floor, ceiling;
		const char *says;
	} cases[] = {
		{ "around the pole", { around, 4 }, ZONE_OUT, NAN, NAN, "zone \"z\" of s: it goes around a pole" },
		{ "a line", { line, 3 }, ZONE_OUT, NAN, NAN, "no area is left of it; draw it anew" },
		{ "one point", { same, 3 }, ZONE_OUT, NAN, NAN, "fewer than three different points" },
		{ "no kind", { around, 4 }, ZONE_UNSAID, NAN, NAN, "does not say whether drones stay in or out" },
		{ "no ceiling", { around, 4 }, ZONE_CEILING, NAN, NAN, "a ceiling without a height" },
		{ "upside down", { around, 4 }, ZONE_OUT, 100, 50, "its ceiling, 50 m above home, is below its floor" },
	};
	static const struct zone_section section = {
		.name = "s", .floor = { NAN, ABOVE_HOME }, .ceiling = { NAN, ABOVE_HOME },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zone_set *set = zone_set_new();
		struct zone z = {
			.name = "z", .kind = cases[i].kind, .floor = { cases[i].floor, ABOVE_HOME },
			.ceiling = { cases[i].ceiling, ABOVE_HOME },
			.rings = (struct zone_ring *)&cases[i].ring, .ring_count = 1,
		};
		struct err err = { "" };

		CHECK(cases[i].legend, zone_set_add(set, &section, &z, 1, NULL, &err) == -1);
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: says \"%s\"", cases[i].legend, err.text);
		CHECK(cases[i].legend, zone_set_count(set) == 0);
		zone_set_free(&set);
	}
}

static void test_sections_are_for_drones(void **state)
{
	static const struct {
		const char *drones, *drone;
		bool named;
	} cases[] = {
		{ "", "d1", true }, { "d1", "d1", true }, { "d1", "d12", false }, { "d*", "d12", true },
		{ "a*, d1", "d1", true }, { "a* b*", "d1", false }, { " ", "d1", true }, { "d[0-4]", "d5", false },
	};
	static const struct square field = { IN, 0, 0, 1000, 1000, NAN, NAN };
	struct zone_ring ring;
	struct zone z = square(LON, &field, &ring);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zone_section section = { .name = "s", .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT };
		struct zone_set *set = zone_set_new();
		struct zone_fix fix = fix_at(LON, 500, 500, 50);
		struct zone_verdict v;
		struct err err;

		snprintf(section.drones, sizeof(section.drones), "%s", cases[i].drones);
		zone_set_add(set, &section, &z, 1, NULL, &err);
		fix.drone = cases[i].drone;
		zone_check(set, NULL, NULL, &fix, 0, &v);
		CHECK(cases[i].drones, isnan(v.margin_m) != cases[i].named);
		zone_set_free(&set);
	}
	free(ring.points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_time_to_breach),
		cmocka_unit_test(test_turn_from_the_courses_before),
		cmocka_unit_test(test_memo_changes_nothing),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_sections_are_for_drones),
	};

	return cmocka_run_group_tests_name("zones", tests, NULL, NULL);
}
