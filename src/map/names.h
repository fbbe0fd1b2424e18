/*
 * The names of a layer while it is loaded: where each is written and from
 * which zoom on. Made into arrays that a view searches by zoom and place.
 */
#ifndef MAP_NAMES_H
#define MAP_NAMES_H

#include "base/buf.h"
#include "map/geometry.h"
#include "map/layer.h"

/* Names that follow each other, of one zoom band and near each other. */
#define MAP_NAME_BLOCK 64
struct map_name_block {
	struct mercator_box box;
	float zoom; /* the lowest of them */
};

struct map_names {
	struct map_name *names; /* text is an offset into texts until the end */
	size_t count, cap;
	struct buf texts;
};

/* Beside a point. */
void map_names_add_point(struct map_names *n, const char *text, struct mercator_point at, int rank,
    double zoom);
/* On a line (its longest part) or an area (its largest ring), where it is long
 * enough for the text, but not below zoom. */
void map_names_add_shape(struct map_names *n, const char *text, bool area,
    const struct mercator_point *points, const size_t *parts, size_t part_count, int rank,
    double zoom);
/* Hands all to the layer and empties n. */
void map_names_finish(struct map_names *n, struct map_layer *layer);
void map_names_clear(struct map_names *n);

#endif
