/*
 * A map layer: a shapefile, read and made ready to be drawn at any zoom.
 *
 * Reading takes as long as the file is big (a second for ten million
 * vertices), so give it to a thread. What comes back never changes and
 * may be read by any number of threads until it is freed.
 *
 *	struct map_layer_desc desc = { .name = "streets", .file = "roads.shp",
 *		.kind = MAP_ROAD, .zoom_min = NAN, .zoom_max = NAN };
 *	struct map_layer *layer = map_load(&desc, &err);
 *
 * Coordinates are degrees on WGS 84, or whatever the .prj beside the file
 * says, which PROJ then brings there. Names are read as the .cpg or the .dbf
 * says, UTF-8 and ISO 8859-1 otherwise.
 */
#ifndef MAP_LAYER_H
#define MAP_LAYER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "map/kind.h"
#include "map/mercator.h"

struct map_layer_desc {
	const char *name;
	const char *file; /* .shp, with .shx and .dbf beside it */
	enum map_kind kind;
	const char *colour;       /* NULL or "": the kind's */
	double zoom_min, zoom_max; /* NAN: the kind's; drawn in [min, max) */
	int filled;               /* 0: as the kind has it, 1: yes, -1: no */
	const atomic_bool *stop;  /* may be NULL; once true, map_load() gives up */
};

/* A named feature, and where its name is written. */
struct map_name {
	struct mercator_point at;
	float zoom;     /* from where on it is written */
	uint8_t rank;   /* 0 is the most important */
	uint8_t width;  /* cells the text takes */
	uint8_t kind;   /* of name: MAP_NAME_* */
	const char *text; /* UTF-8 without control characters */
};

enum {
	MAP_NAME_POINT, /* beside its point */
	MAP_NAME_AREA,  /* centred on it */
	MAP_NAME_LINE,  /* centred on it; a name is written once, not per stretch */
};

struct map_geometry;

struct map_layer {
	char *name, *file;
	char *colour;
	enum map_kind kind;
	double zoom_min[MAP_TONES], zoom_max;
	bool filled;

	/* What a user should know although it could be read: one sentence, or "". */
	char warning[512];
	size_t features, vertices; /* drawn */
	size_t skipped;            /* records that could not be */
	struct mercator_box box;   /* of everything; x0 > x1 when empty */
	/* Whom to name while the layer is drawn: the line in a file CREDIT in the
	 * shapefile's folder, or "". */
	char credit[64];

	struct map_geometry *geometry;
	struct map_name *names; /* by zoom band, near ones together: names.h */
	size_t name_count;
	struct map_name_block *name_blocks;
	size_t name_block_count;
	const struct map_name **sorted; /* by folded text: places.h */
	char *text;                     /* what the names point into */
};

/* NULL and a sentence for a file that cannot be read or drawn. */
struct map_layer *map_load(const struct map_layer_desc *desc, struct err *err);
void map_layer_free(struct map_layer **layer);

#endif
