/*
 * A shapefile of any bytes: loaded, drawn and searched, or refused with a
 * sentence. An input is a byte for the kind, then the lengths of .shp, .shx,
 * .dbf and .cpg (2 bytes each, low one first), then these files; what is left
 * is the .prj, written only for kinds from 192 on, since PROJ takes fifty times as
 * long as all the rest. tests/fuzz/seed_shapefile.py packs the first ones.
 */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "map/places.h"
#include "map/raster.h"

#define FILES 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const char *__asan_default_options(void);

/* PROJ allocates so much in small pieces that what the sanitizer holds back of
 * it would be taken for a leak. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=16";
}

static char dir[64];

static void leave(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		fprintf(stderr, "%s remains\n", dir);
}

static void enter(void)
{
	snprintf(dir, sizeof(dir), "%s/odyssey-fuzz.XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (!mkdtemp(dir))
		abort();
	atexit(leave);
}

static const char *path_of(const char *ending)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/f.%s", dir, ending);
	return path;
}

static void put(const char *ending, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path_of(ending), "wb");

	if (!f || fwrite(data, 1, size, f) != size)
		abort();
	fclose(f);
}

static void use(struct map_layer *layer)
{
	const struct map_layer *layers[] = { layer };
	struct map_raster r = { 0 };
	struct map_place places[4];
	struct map_view v;
	size_t n;

	assert(utf8_valid(layer->warning, strlen(layer->warning)));
	for (double zoom = -3; zoom < 20; zoom += 4) {
		map_view_init(&v, (unsigned)(zoom + 3) % MAP_CHARSETS, 60, 20, 2);
		map_view_look(&v, (struct geo_point){ mercator_lat(layer->box.y0), mercator_lon(layer->box.x0) },
		    zoom);
		map_raster_draw(&r, layers, 1, &v);
		for (size_t i = 0; i < r.label_count; i++) {
			const struct map_label *l = &r.labels[i];

			assert(l->col >= 0 && l->row >= 0 && l->row < 20 && l->col + l->width <= 60);
			assert(utf8_valid(l->text, strlen(l->text)));
		}
	}
	n = map_places_find(layers, 1, "a", places, 4);
	for (size_t i = 0; i < n; i++)
		assert(fabs(places[i].at.lat) <= 90 && fabs(places[i].at.lon) <= 180);
	map_raster_clear(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const endings[FILES] = { "shp", "shx", "dbf", "cpg", "prj" };
	struct map_layer_desc desc = { .name = "f", .zoom_min = NAN, .zoom_max = NAN };
	struct err err = { "" };
	struct map_layer *layer;
	const uint8_t *rest = data + 9;
	size_t left;

	if (!dir[0])
		enter();
	if (size < 9)
		return 0;
	left = size - 9;
	for (int i = 0; i < FILES; i++) {
		size_t len = i + 1 < FILES ? data[1 + 2 * i] | (size_t)data[2 + 2 * i] << 8 : left;

		if (len > left)
			len = left;
		unlink(path_of(endings[i]));
		if (len && (i + 1 < FILES || data[0] >= 192))
			put(endings[i], rest, len);
		rest += len;
		left -= len;
	}
	desc.kind = data[0] % MAP_KINDS;
	desc.filled = data[0] / MAP_KINDS % 3 - 1;
	desc.file = path_of("shp");
	layer = map_load(&desc, &err);
	if (layer)
		use(layer);
	else
		assert(err.text[0] && utf8_valid(err.text, strlen(err.text)));
	map_layer_free(&layer);
	return 0;
}
