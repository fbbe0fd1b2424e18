/* The vertices of a layer: see geometry.h. */
#include "map/geometry.h"

#include <stdlib.h>

#include "base/mem.h"

/* Spreads 32 bits to every other one of 64. */
static uint64_t spread(uint64_t v)
{
	v = (v | v << 16) & 0x0000ffff0000ffff;
	v = (v | v << 8) & 0x00ff00ff00ff00ff;
	v = (v | v << 4) & 0x0f0f0f0f0f0f0f0f;
	v = (v | v << 2) & 0x3333333333333333;
	return (v | v << 1) & 0x5555555555555555;
}

uint64_t mercator_box_order(const struct mercator_box *box)
{
	uint64_t x = box->x0 / 2 + box->x1 / 2, y = box->y0 / 2 + box->y1 / 2;

	return spread(x) | spread(y) << 1;
}

void map_parts_add_point(struct map_parts *p, struct mercator_point point)
{
	mem_grow(p->points, p->point_count, p->point_cap);
	p->points[p->point_count++] = point;
}

void map_parts_end(struct map_parts *p, uint32_t shape, enum map_tone tone)
{
	struct map_part part = { .box = MERCATOR_BOX_EMPTY, .shape = shape, .tone = (uint8_t)tone };

	if (p->part_count) {
		const struct map_part *last = &p->parts[p->part_count - 1];

		part.first = last->first + last->count;
	}
	part.count = (uint32_t)(p->point_count - part.first);
	if (!part.count)
		return;
	for (size_t i = 0; i < part.count; i++)
		mercator_box_add(&part.box, p->points[part.first + i]);
	mem_grow(p->parts, p->part_count, p->part_cap);
	p->parts[p->part_count++] = part;
}

struct order {
	uint64_t key;
	size_t first, count; /* parts */
};

static int compare_order(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

void map_parts_sort(struct map_parts *p)
{
	struct order *orders = xcalloc(p->part_count, sizeof(*orders));
	struct map_part *sorted = xcalloc(p->part_count, sizeof(*sorted));
	size_t count = 0, n = 0;

	for (size_t i = 0; i < p->part_count;) {
		struct order *o = &orders[count++];
		struct mercator_box box = p->parts[i].box;

		o->first = i++;
		while (p->areas && i < p->part_count &&
		       p->parts[i].shape == p->parts[o->first].shape)
			mercator_box_join(&box, &p->parts[i++].box);
		o->count = i - o->first;
		/* Tones apart, so that whole blocks of paths are passed over. */
		o->key = mercator_box_order(&box) >> 2 | (uint64_t)p->parts[o->first].tone << 62;
	}
	qsort(orders, count, sizeof(*orders), compare_order);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < orders[i].count; k++) {
			sorted[n] = p->parts[orders[i].first + k];
			sorted[n++].shape = (uint32_t)i;
		}
	}
	free(orders);
	free(p->parts);
	p->parts = sorted;
	p->part_cap = p->part_count;
}

void map_parts_clear(struct map_parts *p)
{
	free(p->points);
	free(p->parts);
	*p = (struct map_parts){ 0 };
}

/* A line's chunks share the vertex where they meet. */
static void add_chunks(struct map_level *level, size_t *cap, const struct map_part *part)
{
	size_t at = 0;

	do {
		struct map_chunk chunk = { .box = MERCATOR_BOX_EMPTY, .tone = part->tone,
			.dots = part->dots || part->count == 1 };
		size_t left = part->count - at;

		chunk.first = part->first + at;
		chunk.count = (uint16_t)(left > MAP_CHUNK + 1 ? MAP_CHUNK + 1 : left);
		for (size_t i = 0; i < chunk.count; i++)
			mercator_box_add(&chunk.box, level->points[chunk.first + i]);
		mem_grow(level->chunks, level->chunk_count, *cap);
		level->chunks[level->chunk_count++] = chunk;
		at += chunk.count - (chunk.dots ? 0 : 1u);
	} while (at + (part->dots ? 0 : 1) < part->count);
}

static void make_blocks(struct map_level *level)
{
	size_t count = (level->chunk_count + MAP_BLOCK_CHUNKS - 1) / MAP_BLOCK_CHUNKS;

	level->blocks = xcalloc(count, sizeof(*level->blocks));
	for (size_t i = 0; i < count; i++)
		level->blocks[i].box = (struct mercator_box)MERCATOR_BOX_EMPTY;
	for (size_t i = 0; i < level->chunk_count; i++) {
		struct map_block *block = &level->blocks[i / MAP_BLOCK_CHUNKS];

		mercator_box_join(&block->box, &level->chunks[i].box);
		block->tones |= (uint8_t)(1 << level->chunks[i].tone);
	}

	count = (level->area_count + MAP_BLOCK_CHUNKS - 1) / MAP_BLOCK_CHUNKS;
	level->area_blocks = xcalloc(count, sizeof(*level->area_blocks));
	for (size_t i = 0; i < count; i++)
		level->area_blocks[i] = (struct mercator_box)MERCATOR_BOX_EMPTY;
	for (size_t i = 0; i < level->area_count; i++)
		mercator_box_join(&level->area_blocks[i / MAP_BLOCK_CHUNKS], &level->areas[i].box);
}

void map_level_make(struct map_level *level, struct map_parts *parts, double zoom_max)
{
	size_t chunk_cap = 0, area_cap = 0;

	*level = (struct map_level){ .zoom_max = zoom_max, .point_count = parts->point_count };
	/* Gives back what doubling took too much of. */
	level->points = xreallocarray(parts->points, parts->point_count, sizeof(*parts->points));
	for (size_t i = 0; i < parts->part_count;) {
		uint32_t shape = parts->parts[i].shape;
		struct map_area area = { .box = MERCATOR_BOX_EMPTY,
			.first = (uint32_t)level->chunk_count };
		bool covers = false;

		do {
			add_chunks(level, &chunk_cap, &parts->parts[i]);
			covers |= parts->parts[i].count >= 4 && !parts->parts[i].dots;
			mercator_box_join(&area.box, &parts->parts[i].box);
			i++;
		} while (i < parts->part_count && parts->parts[i].shape == shape);
		if (!parts->areas || !covers)
			continue;
		area.count = (uint32_t)level->chunk_count - area.first;
		mem_grow(level->areas, level->area_count, area_cap);
		level->areas[level->area_count++] = area;
	}
	make_blocks(level);
	parts->points = NULL;
	map_parts_clear(parts);
}

const struct map_level *map_geometry_at(const struct map_geometry *g, double zoom)
{
	for (int i = 0; i + 1 < g->level_count; i++)
		if (zoom <= g->levels[i].zoom_max)
			return &g->levels[i];
	return &g->levels[g->level_count - 1];
}

void map_geometry_free(struct map_geometry **g)
{
	if (!*g)
		return;
	for (int i = 0; i < (*g)->level_count; i++) {
		struct map_level *level = &(*g)->levels[i];

		free(level->points);
		free(level->chunks);
		free(level->blocks);
		free(level->areas);
		free(level->area_blocks);
	}
	free(*g);
	*g = NULL;
}
