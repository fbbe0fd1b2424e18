/*
 * Redraws of a map of ten million vertices beside their bar: 5 ms at any zoom.
 * Three made-up maps, each of ten million: coasts (islands of all sizes over
 * the whole world), the same as filled land, and streets (half a million
 * short ones in an area of 4 x 4 degrees); or the layers given.
 *
 *	map_bench [KIND=FILE.shp ...]
 *
 * Prints a line each as bench.py does, with -v one per zoom, and exits 1
 * where one misses.
 */
#include <math.h>
#include <shapefil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "map/raster.h"

#define COLS    200
#define ROWS    60
#define REDRAWS 60 /* a zoom */
#define BAR_MS  5.0

static bool missed, verbose;

static void report(const char *what, double value, const char *unit, double bar)
{
	missed |= value > bar;
	printf("%s  %-62s %12.4g %-12s <= %g\n", value <= bar ? "ok  " : "MISS", what, value, unit, bar);
	fflush(stdout);
}

static void write_line(SHPHandle shp, int type, int count, const double *x, const double *y)
{
	SHPObject *o = SHPCreateSimpleObject(type, count, x, y, NULL);

	SHPWriteObject(shp, -1, o);
	SHPDestroyObject(o);
}

/* Islands: their sizes follow a power law as real ones do, their coasts are
 * waves upon waves. */
static void write_islands(const char *path, int vertices)
{
	SHPHandle shp = SHPCreate(path, SHPT_POLYGON);
	double *x = xcalloc(400001, sizeof(*x)), *y = xcalloc(400001, sizeof(*y));
	struct rng rng;

	rng_init(&rng, 7, 0);
	while (vertices > 0) {
		double size = 0.01 * pow(rng_uniform(&rng) + 1e-6, -0.55); /* degrees */
		double lon = rng_between(&rng, -179 + fmin(size, 20), 179 - fmin(size, 20));
		double lat = rng_between(&rng, -55, 65), phase[9];
		int count = (int)fmin(fmax(size * 3000, 12), 400000);

		size = fmin(size, 15);
		for (int k = 0; k < 9; k++)
			phase[k] = rng_between(&rng, 0, 2 * M_PI);
		for (int i = 0; i <= count; i++) {
			double angle = 2 * M_PI * (i % count) / count, r = 1, wave = 2;

			for (int k = 0; k < 9; k++, wave *= 3)
				r += 0.6 / wave * sin(wave * angle + phase[k]);
			x[i] = lon + size * r * cos(angle);
			y[i] = lat + size * r * sin(angle) * 0.7;
		}
		write_line(shp, SHPT_POLYGON, count + 1, x, y);
		vertices -= count;
	}
	SHPClose(shp);
	free(x);
	free(y);
}

static void write_streets(const char *path, int vertices)
{
	SHPHandle shp = SHPCreate(path, SHPT_ARC);
	double x[20], y[20];
	struct rng rng;

	rng_init(&rng, 7, 1);
	for (; vertices > 0; vertices -= 20) {
		double town_x = floor(rng_between(&rng, 0, 40)) / 10;
		double town_y = floor(rng_between(&rng, 0, 40)) / 10;
		double heading = rng_between(&rng, 0, 2 * M_PI);

		x[0] = 8 + town_x + 0.03 * rng_normal(&rng);
		y[0] = 46 + town_y + 0.03 * rng_normal(&rng);
		for (int i = 1; i < 20; i++) {
			heading += 0.2 * rng_normal(&rng);
			x[i] = x[i - 1] + 0.0004 * cos(heading);
			y[i] = y[i - 1] + 0.0003 * sin(heading);
		}
		write_line(shp, SHPT_ARC, 20, x, y);
	}
	SHPClose(shp);
}

/* CPU of this thread: what a redraw costs, however busy the machine is. */
static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Random places within the layers' bounds. */
static void measure(const char *name, const struct map_layer *const *layers, size_t count)
{
	double ms[REDRAWS], worst50 = 0, worst99 = 0, at = 0;
	struct map_raster r = { 0 };
	struct map_view v;
	struct rng rng;
	char text[96];

	map_view_init(&v, MAP_BRAILLE, COLS, ROWS, 2.0);
	for (double zoom = 0; zoom <= 18; zoom += 0.5) {
		rng_init(&rng, 3, 0);
		for (int i = 0; i < REDRAWS; i++) {
			const struct mercator_box *b = &layers[0]->box;
			struct geo_point p = { mercator_lat(rng_between(&rng, b->y0, b->y1)),
				mercator_lon(rng_between(&rng, b->x0, b->x1)) };
			double began;

			map_view_look(&v, p, zoom);
			began = cpu_ms();
			map_raster_draw(&r, layers, count, &v);
			ms[i] = cpu_ms() - began;
		}
		qsort(ms, REDRAWS, sizeof(*ms), compare);
		if (verbose)
			printf("      %-40s zoom %5.1f  p50 %7.3f ms  p99 %7.3f ms\n", name, zoom,
			    ms[REDRAWS / 2], ms[REDRAWS - 1]);
		worst50 = fmax(worst50, ms[REDRAWS / 2]);
		if (ms[REDRAWS - 1] > worst99) {
			worst99 = ms[REDRAWS - 1];
			at = zoom;
		}
	}
	snprintf(text, sizeof(text), "map, %s: redraw CPU, p50 at the worst zoom", name);
	report(text, worst50, "ms", BAR_MS);
	snprintf(text, sizeof(text), "map, %s: redraw CPU, p99 at the worst (zoom %.1f)", name, at);
	report(text, worst99, "ms", BAR_MS);
	map_raster_clear(&r);
}

static struct map_layer *load(const char *file, enum map_kind kind, double zoom_min)
{
	struct map_layer_desc desc = { .name = "bench", .file = file, .kind = kind,
		.zoom_min = zoom_min, .zoom_max = NAN };
	int64_t began = clock_mono_ms();
	struct map_layer *layer;
	struct err err;

	layer = map_load(&desc, &err);
	if (!layer) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	printf("      %s: %.1f million vertices loaded in %.2f s\n", map_kinds[kind].name,
	    (double)layer->vertices / 1e6, (double)(clock_mono_ms() - began) / 1000);
	return layer;
}

static void one(const char *name, const char *file, enum map_kind kind, double zoom_min)
{
	struct map_layer *layer = load(file, kind, zoom_min);

	measure(name, (const struct map_layer *const *)&layer, 1);
	map_layer_free(&layer);
}

static void made_up(void)
{
	char dir[] = "/tmp/odyssey-map.XXXXXX", islands[64], streets[64], command[64];

	if (!mkdtemp(dir))
		exit(2);
	snprintf(islands, sizeof(islands), "%s/islands.shp", dir);
	snprintf(streets, sizeof(streets), "%s/streets.shp", dir);
	write_islands(islands, 10000000);
	write_streets(streets, 10000000);
	one("10 M vertices of coast", islands, MAP_COAST, NAN);
	one("10 M vertices of filled land", islands, MAP_LAND, NAN);
	/* From the lowest zoom, which is more than roads are asked for. */
	one("10 M vertices of streets, shown at any zoom", streets, MAP_ROAD, MAP_ZOOM_MIN);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		fprintf(stderr, "%s remains\n", dir);
}

int main(int argc, char **argv)
{
	const struct map_layer *layers[MAP_LAYERS_MAX];
	size_t count = 0;

	if (argc > 1 && !strcmp(argv[1], "-v")) {
		verbose = true;
		argc--;
		argv++;
	}
	if (argc == 1)
		made_up();
	for (int i = 1; i < argc && count < MAP_LAYERS_MAX; i++) {
		char *file = strchr(argv[i], '=');
		enum map_kind kind;

		if (file)
			*file++ = '\0';
		kind = map_kind_find(argv[i]);
		if (!file || kind == MAP_KINDS) {
			fprintf(stderr, "usage: map_bench [-v] [KIND=FILE.shp ...]\n");
			return 2;
		}
		layers[count++] = load(file, kind, NAN);
	}
	if (count)
		measure("the layers given", layers, count);
	while (count)
		map_layer_free((struct map_layer **)&layers[--count]);
	return missed;
}
