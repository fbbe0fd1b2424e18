/*
 * The vertices of a layer, arranged so that a view touches only what it
 * shows: parts are sorted along a Z-order curve, cut into chunks of 256
 * vertices with their bounding box, and 64 chunks make a block with its own.
 * Coarser copies for low zooms are made by lod.h. Never changes once made.
 */
#ifndef MAP_GEOMETRY_H
#define MAP_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/kind.h"
#include "map/mercator.h"

/* As read: a run of vertices and what it belongs to. */
struct map_part {
	struct mercator_box box;
	size_t first;
	uint32_t count;
	uint32_t shape; /* parts of one shape are neighbours and share a number */
	uint8_t tone;
	bool dots; /* its vertices are no line but so many dots */
};

struct map_parts {
	struct mercator_point *points;
	size_t point_count, point_cap;
	struct map_part *parts;
	size_t part_count, part_cap;
	bool areas; /* closed rings: a shape's rings make one area, even-odd */
};

#define MAP_CHUNK 256
#define MAP_BLOCK_CHUNKS 64

/* Vertices first to first + count, the next chunk's first one included, so
 * that chunks of a part join; or dots, which do not. */
struct map_chunk {
	struct mercator_box box;
	size_t first;
	uint16_t count;
	uint8_t tone;
	bool dots;
};

struct map_block {
	struct mercator_box box;
	uint8_t tones; /* bit by bit which are in it */
};

struct map_area {
	struct mercator_box box;
	uint32_t first, count; /* chunks */
};

struct map_level {
	double zoom_max; /* for zooms up to this one */
	struct mercator_point *points;
	size_t point_count;
	struct map_chunk *chunks;
	size_t chunk_count;
	struct map_block *blocks;
	struct map_area *areas; /* of a layer of areas */
	size_t area_count;
	struct mercator_box *area_blocks; /* of as many areas as a block has chunks */
};

#define MAP_LEVELS_MAX 12

struct map_geometry {
	bool areas;
	int level_count; /* coarsest first; the last one is everything */
	struct map_level levels[MAP_LEVELS_MAX];
};

#define MERCATOR_BOX_EMPTY { UINT32_MAX, UINT32_MAX, 0, 0 }

static inline void mercator_box_add(struct mercator_box *box, struct mercator_point p)
{
	if (p.x < box->x0)
		box->x0 = p.x;
	if (p.x > box->x1)
		box->x1 = p.x;
	if (p.y < box->y0)
		box->y0 = p.y;
	if (p.y > box->y1)
		box->y1 = p.y;
}

static inline void mercator_box_join(struct mercator_box *box, const struct mercator_box *other)
{
	if (other->x0 > other->x1)
		return;
	mercator_box_add(box, (struct mercator_point){ other->x0, other->y0 });
	mercator_box_add(box, (struct mercator_point){ other->x1, other->y1 });
}

static inline bool mercator_box_meets(const struct mercator_box *a, const struct mercator_box *b)
{
	return a->x0 <= b->x1 && b->x0 <= a->x1 && a->y0 <= b->y1 && b->y0 <= a->y1;
}

/* Where a box's middle lies along the Z-order curve (G. M. Morton, 1966). */
uint64_t mercator_box_order(const struct mercator_box *box);

void map_parts_add_point(struct map_parts *p, struct mercator_point point);
/* Makes a part of all points since the last one, with its box; no points, no part. */
void map_parts_end(struct map_parts *p, uint32_t shape, enum map_tone tone);
/* Parts near each other become neighbours; those of a shape of areas stay
 * together. Renumbers shapes. */
void map_parts_sort(struct map_parts *p);
void map_parts_clear(struct map_parts *p);

/* Cuts sorted parts into chunks, blocks and areas, and takes the points. */
void map_level_make(struct map_level *level, struct map_parts *parts, double zoom_max);
/* The level for a zoom. */
const struct map_level *map_geometry_at(const struct map_geometry *g, double zoom);
void map_geometry_free(struct map_geometry **g);

#endif
