/* Zones: what is permitted where, how far it is to the limit and how long,
 * across holes, sections, heights, times and the 180th meridian. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alarm/zones.h"
#include "base/mem.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("zones", tests, NULL, NULL);
}
