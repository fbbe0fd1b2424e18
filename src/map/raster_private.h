/* Shared by the two halves of the raster: cells and names. */
#ifndef MAP_RASTER_PRIVATE_H
#define MAP_RASTER_PRIVATE_H

#include "map/fill.h"
#include "map/geometry.h"
#include "map/raster.h"

/* Copies of the world to either side: a view is at most one wide. */
#define MAP_COPIES 1

/* A name that might be written. */
struct map_candidate {
	uint32_t score; /* lowest first */
	uint32_t order;
	const struct map_name *name;
	int col, row;
	uint8_t layer;
};

struct map_scratch {
	struct map_fill fill;
	struct map_candidate *candidates;
	size_t count, cap;
};

/* The pane on the copy of the world that lies so many worlds to the east: the
 * units of its corner there, and what it shows. False if they do not meet. */
bool map_raster_copy(const struct map_view *v, int copy, double *left, double *top,
    struct mercator_box *box);
/* Places the names of the layers, whose indices are in order. */
void map_raster_names(struct map_raster *r, const struct map_layer *const *layers,
    const uint8_t *order, size_t count, const struct map_view *v);

#endif
