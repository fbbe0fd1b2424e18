/*
 * One round of 5,000 drones against 100 zones of 500 points beside its bar,
 * 10 ms: margin, time to breach and ceiling of each drone, as the rules ask
 * for them. One zone is the country to stay in, the others lie in it to be
 * stayed out of. Three countries: of 300 km; of 30 km, where a drone is
 * always near some; and every drone along a zone, some 20 m from it.
 *
 * Prints a line each as bench.py does, and exits 1 where one misses.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alarm/zones.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

#define DRONES 5000
#define ZONES  100
#define POINTS 500
#define ROUNDS 40
#define BAR_MS 10.0

struct country {
	const char *name;
	double half_deg; /* drones and zones lie within so much of the middle */
	double size_deg; /* radius of a zone */
	bool along;      /* drones fly along the zones */
};

static const struct country countries[] = {
	{ "scattered over 300 km", 1.5, 0.05, false },
	{ "crowded into 30 km", 0.15, 0.01, false },
	{ "along the fences", 0.3, 0.03, true },
};

/* A wavy ring of POINTS. */
static void make_ring(struct zone_ring *ring, struct geo_point middle, double size, struct rng *rng)
{
	double phase = rng_between(rng, 0, 6.28);

	ring->count = POINTS;
	ring->points = xcalloc(POINTS, sizeof(*ring->points));
	for (int i = 0; i < POINTS; i++) {
		double a = 2 * M_PI * i / POINTS;
		double r = size * (1 + 0.2 * sin(5 * a + phase) + 0.03 * sin(31 * a));

		ring->points[i] = (struct geo_point){ middle.lat + r * sin(a), middle.lon + r * 1.4 * cos(a) };
	}
}

/* The first zone is the country, the others are in it. */
static struct zone_set *make_set(const struct country *c, struct zone_ring *rings, struct rng *rng)
{
	static const struct zone_section section = {
		.name = "country", .floor = { NAN, ABOVE_HOME }, .ceiling = { NAN, ABOVE_HOME },
	};
	struct zone_set *set = zone_set_new();
	struct zone zones[ZONES];
	struct err err;

	for (int i = 0; i < ZONES; i++) {
		struct geo_point middle = { 47 + rng_between(rng, -c->half_deg, c->half_deg),
			9 + rng_between(rng, -c->half_deg, c->half_deg) };

		zones[i] = (struct zone){
			.kind = i ? ZONE_OUT : ZONE_IN,
			.floor = { NAN, ABOVE_SEA },
			.ceiling = { i ? 3000 : 120, i ? ABOVE_SEA : ABOVE_HOME },
			.rings = &rings[i],
			.ring_count = 1,
		};
		if (i)
			make_ring(&rings[i], middle, c->size_deg, rng);
		else
			make_ring(&rings[i], (struct geo_point){ 47, 9 }, c->half_deg * 1.5, rng);
	}
	if (zone_set_add(set, &section, zones, ZONES, NULL, &err) == -1) {
		fprintf(stderr, "zone_bench: %s\n", err.text);
		exit(1);
	}
	return set;
}

struct flyer {
	char id[ID_SIZE];
	struct zone_fix fix;
	struct zone_memo memo;
};

static void place(struct flyer *f, const struct country *c, const struct zone_ring *rings, int i, struct rng *rng)
{
	snprintf(f->id, sizeof(f->id), "%c%d", 'a' + i % 26, i);
	f->fix = (struct zone_fix){
		.drone = f->id, .alt = 550, .height = 80, .home_alt = NAN, .speed = 15, .climb = 0, .turn = NAN,
		.lat = 47 + rng_between(rng, -c->half_deg, c->half_deg),
		.lon = 9 + rng_between(rng, -c->half_deg, c->half_deg),
		.course = rng_between(rng, 0, 360),
	};
	if (c->along) {
		const struct zone_ring *ring = &rings[1 + i % (ZONES - 1)];
		struct geo_point a = ring->points[i % POINTS], b = ring->points[(i + 1) % POINTS];

		f->fix.lat = a.lat + 2e-4;
		f->fix.lon = a.lon;
		geo_inverse(a, b, &f->fix.course);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool run(const struct country *c)
{
	struct zone_ring rings[ZONES];
	struct flyer *flyers = xcalloc(DRONES, sizeof(*flyers));
	double ms[ROUNDS];
	size_t near = 0, breaching = 0;
	struct zone_set *set;
	struct rng rng;
	char what[80];
	bool ok;

	rng_init(&rng, 7, 0);
	set = make_set(c, rings, &rng);
	for (int i = 0; i < DRONES; i++)
		place(&flyers[i], c, rings, i, &rng);
	for (int r = 0; r < ROUNDS; r++) {
		clock_t start = clock();

		near = breaching = 0;
		for (int i = 0; i < DRONES; i++) {
			struct flyer *f = &flyers[i];
			struct zone_verdict v;

			f->fix.lat += 1.5 * cos(f->fix.course * M_PI / 180) / 111000;
			f->fix.course = geo_wrap_360(f->fix.course + (i % 3 ? 0 : 0.3));
			zone_check(set, NULL, &f->memo, &f->fix, 1763716504000 + r * 100, &v);
			near += fabs(v.margin_m) < 500;
			breaching += v.breach_s > 0 && v.breach_s < ZONE_AHEAD_S;
		}
		ms[r] = (double)(clock() - start) * 1000 / CLOCKS_PER_SEC;
	}
	qsort(ms, ROUNDS, sizeof(ms[0]), by_value);
	snprintf(what, sizeof(what), "5,000 drones x 100 zones, %s: a round", c->name);
	ok = ms[ROUNDS / 2] <= BAR_MS;
	printf("%s  %-62s %12.4g %-12s <= %g\n", ok ? "ok  " : "MISS", what, ms[ROUNDS / 2], "ms", BAR_MS);
	printf("      %zu within 500 m of a limit, %zu breach within 30 s; slowest round %.1f ms\n", near, breaching,
	    ms[ROUNDS - 1]);
	for (int i = 0; i < ZONES; i++)
		free(rings[i].points);
	free(flyers);
	zone_set_free(&set);
	return ok;
}

int main(void)
{
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(countries); i++)
		ok = run(&countries[i]) && ok;
	return !ok;
}
