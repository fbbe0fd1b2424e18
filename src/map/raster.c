/* What a view looks like: the cells. See raster.h; names are in raster_names.c. */
#include "map/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/dot.h"
#include "map/line.h"
#include "map/raster_private.h"

/* One layer being drawn on one copy of the world. */
struct brush {
	struct map_cell *cells;
	int cols, wide, high;
	int shift_x, shift_y; /* dots of a cell are powers of two */
	double left, top;     /* units of the pane's corner, on this copy */
	double per_x, per_y;  /* dots per unit */
	struct mercator_box box; /* what the pane shows of this copy */
	uint8_t layer, tone;
	bool areas;
};

static inline void set_dot(void *arg, int x, int y)
{
	const struct brush *b = arg;
	struct map_cell *cell =
	    &b->cells[(size_t)(y >> b->shift_y) * (size_t)b->cols + (size_t)(x >> b->shift_x)];

	cell->dots |= map_dot_bit(x & ((1 << b->shift_x) - 1), y & ((1 << b->shift_y) - 1));
	/* Layers come in the order of their priority. */
	if (cell->line != b->layer) {
		cell->line = b->layer;
		cell->tone = b->tone;
	} else if (cell->tone < b->tone) {
		cell->tone = b->tone;
	}
}

/* Areas that reach around the world are cut along its edge: no line there. */
static inline bool along_edge(struct mercator_point p, struct mercator_point q)
{
	return (p.x == q.x && (p.x == 0 || p.x == UINT32_MAX)) ||
	    (p.y == q.y && (p.y == 0 || p.y == UINT32_MAX));
}

/* The pane holds all of it: no clipping. */
static void draw_inside(struct brush *b, const struct mercator_point *p, size_t count)
{
	int x0 = (int)((p[0].x - b->left) * b->per_x), y0 = (int)((p[0].y - b->top) * b->per_y);

	for (size_t i = 1; i < count; i++) {
		int x1 = (int)((p[i].x - b->left) * b->per_x), y1 = (int)((p[i].y - b->top) * b->per_y);

		/* A feature within one dot still is one. */
		if (x1 == x0 && y1 == y0 && i + 1 < count)
			continue;
		if (!b->areas || !along_edge(p[i - 1], p[i]))
			map_line_dots(x0, y0, x1, y1, NULL, 0, set_dot, b);
		x0 = x1;
		y0 = y1;
	}
}

static inline unsigned outside(const struct brush *b, double x, double y)
{
	return (x < 0) | (unsigned)(x >= b->wide) << 1 | (unsigned)(y < 0) << 2 |
	    (unsigned)(y >= b->high) << 3;
}

static void draw_clipped(struct brush *b, const struct mercator_point *p, size_t count,
    struct map_dash *dash)
{
	double x0 = (p[0].x - b->left) * b->per_x, y0 = (p[0].y - b->top) * b->per_y;
	unsigned out0 = outside(b, x0, y0);

	for (size_t i = 1; i < count; i++) {
		double x1 = (p[i].x - b->left) * b->per_x, y1 = (p[i].y - b->top) * b->per_y;
		unsigned out1 = outside(b, x1, y1);

		if ((dash || !(out0 & out1)) && !(b->areas && along_edge(p[i - 1], p[i])))
			map_line(x0, y0, x1, y1, b->wide, b->high, dash, set_dot, b);
		x0 = x1;
		y0 = y1;
		out0 = out1;
	}
}

static void draw_dots(struct brush *b, const struct mercator_point *p, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double x = (p[i].x - b->left) * b->per_x, y = (p[i].y - b->top) * b->per_y;

		if (!outside(b, x, y))
			set_dot(b, (int)x, (int)y);
	}
}

static void draw_chunk(struct brush *b, const struct map_level *level, const struct map_chunk *c,
    struct map_dash *dash)
{
	const struct mercator_point *p = level->points + c->first;
	bool inside = c->box.x0 > b->box.x0 && c->box.x1 < b->box.x1 && c->box.y0 > b->box.y0 &&
	    c->box.y1 < b->box.y1;

	b->tone = c->tone;
	if (c->dots)
		draw_dots(b, p, c->count);
	else if (inside && !dash)
		draw_inside(b, p, c->count);
	else
		draw_clipped(b, p, c->count, dash);
}

static void draw_lines(struct brush *b, const struct map_layer *layer,
    const struct map_level *level, double zoom)
{
	struct map_dash dash = MAP_DASHED;
	uint8_t tones = 0;
	size_t joined = SIZE_MAX; /* where the chunk before ends */

	for (int i = 0; i < MAP_TONES; i++)
		if (zoom >= layer->zoom_min[i])
			tones |= (uint8_t)(1 << i);
	for (size_t i = 0; i < level->chunk_count;) {
		const struct map_block *block = &level->blocks[i / MAP_BLOCK_CHUNKS];
		size_t end = i + MAP_BLOCK_CHUNKS;

		if (end > level->chunk_count)
			end = level->chunk_count;
		if (!(block->tones & tones) || !mercator_box_meets(&block->box, &b->box)) {
			i = end;
			continue;
		}
		for (; i < end; i++) {
			const struct map_chunk *c = &level->chunks[i];

			if (!(tones & 1 << c->tone) || !mercator_box_meets(&c->box, &b->box))
				continue;
			if (c->first != joined)
				dash.at = 0;
			draw_chunk(b, level, c, map_kinds[layer->kind].dashed ? &dash : NULL);
			joined = c->first + c->count - 1;
		}
	}
}

static void set_fill(void *arg, int row, int col, int count)
{
	const struct brush *b = arg;
	struct map_cell *cell = &b->cells[(size_t)row * (size_t)b->cols + (size_t)col];

	for (int i = 0; i < count; i++)
		cell[i].fill = b->layer;
}

static void fill_area(struct brush *b, struct map_fill *fill, const struct map_level *level,
    const struct map_area *area)
{
	double per_col = b->per_x / (1 << b->shift_x), per_row = b->per_y / (1 << b->shift_y);
	int rows = b->high >> b->shift_y;

	map_fill_begin(fill, b->cols, rows);
	for (uint32_t i = 0; i < area->count; i++) {
		const struct map_chunk *c = &level->chunks[area->first + i];
		const struct mercator_point *p = level->points + c->first;
		size_t last = c->count - 1u;
		double x0, y0;

		/* What is above, below or right of the pane crosses no row of it. What is
		 * left of it crosses each as often, odd or even, as the line between its
		 * ends does. */
		if (c->dots || c->box.y1 < b->box.y0 || c->box.y0 > b->box.y1 ||
		    c->box.x0 > b->box.x1)
			continue;
		x0 = (p[0].x - b->left) * per_col;
		y0 = (p[0].y - b->top) * per_row;
		for (size_t k = c->box.x1 < b->box.x0 ? last : 1; k <= last; k++) {
			double x1 = (p[k].x - b->left) * per_col, y1 = (p[k].y - b->top) * per_row;

			map_fill_edge(fill, x0, y0, x1, y1);
			x0 = x1;
			y0 = y1;
		}
	}
	map_fill_end(fill, set_fill, b);
}

static void fill_areas(struct brush *b, struct map_fill *fill, const struct map_level *level)
{
	for (size_t i = 0; i < level->area_count;) {
		size_t end = i + MAP_BLOCK_CHUNKS;

		if (end > level->area_count)
			end = level->area_count;
		if (!mercator_box_meets(&level->area_blocks[i / MAP_BLOCK_CHUNKS], &b->box)) {
			i = end;
			continue;
		}
		for (; i < end; i++)
			if (mercator_box_meets(&level->areas[i].box, &b->box))
				fill_area(b, fill, level, &level->areas[i]);
	}
}

bool map_raster_copy(const struct map_view *v, int copy, double *left, double *top,
    struct mercator_box *box)
{
	double right, bottom;

	*left = v->x - map_view_dots_wide(v) / 2.0 * v->unit_x - copy * MERCATOR_WORLD;
	*top = v->y - map_view_dots_high(v) / 2.0 * v->unit_y;
	right = *left + map_view_dots_wide(v) * v->unit_x;
	bottom = *top + map_view_dots_high(v) * v->unit_y;
	if (right <= 0 || *left >= MERCATOR_WORLD)
		return false;
	box->x0 = *left > 0 ? (uint32_t)*left : 0;
	box->y0 = *top > 0 ? (uint32_t)*top : 0;
	box->x1 = right < UINT32_MAX ? (uint32_t)right : UINT32_MAX;
	box->y1 = bottom < UINT32_MAX ? (uint32_t)bottom : UINT32_MAX;
	return true;
}

static void draw_layer(struct map_raster *r, const struct map_layer *layer, uint8_t index,
    const struct map_view *v)
{
	const struct map_kind_desc *kind = &map_kinds[layer->kind];
	const struct map_level *level = map_geometry_at(layer->geometry, v->zoom);
	struct brush b = { .cells = r->cells, .cols = v->cols, .wide = map_view_dots_wide(v),
		.high = map_view_dots_high(v), .shift_x = v->dots_x / 2, .shift_y = v->dots_y / 2,
		.per_x = 1 / v->unit_x, .per_y = 1 / v->unit_y, .layer = index,
		.areas = layer->geometry->areas };

	for (int copy = -MAP_COPIES; copy <= MAP_COPIES; copy++) {
		if (!map_raster_copy(v, copy, &b.left, &b.top, &b.box) ||
		    !mercator_box_meets(&layer->box, &b.box))
			continue;
		if (layer->filled && v->zoom >= layer->zoom_min[MAP_PLAIN])
			fill_areas(&b, &r->scratch->fill, level);
		if (kind->outlined || !layer->filled)
			draw_lines(&b, layer, level, v->zoom);
		r->drawn |= (uint64_t)1 << index;
	}
}

static void reset(struct map_raster *r, const struct map_view *v)
{
	size_t size = (size_t)v->cols * (size_t)v->rows;

	if (!r->scratch)
		r->scratch = xcalloc(1, sizeof(*r->scratch));
	if (size > r->cell_cap) {
		r->cells = xreallocarray(r->cells, size, sizeof(*r->cells));
		r->cell_cap = size;
	}
	r->cols = v->cols;
	r->rows = v->rows;
	r->label_count = 0;
	r->drawn = 0;
	for (size_t i = 0; i < size; i++)
		r->cells[i] = (struct map_cell){ .line = MAP_NONE, .fill = MAP_NONE };
	map_grid_reset(&r->grid, v->cols, v->rows);
}

void map_raster_draw(struct map_raster *r, const struct map_layer *const *layers, size_t count,
    const struct map_view *view)
{
	uint8_t order[MAP_LAYERS_MAX];
	size_t n = 0;

	reset(r, view);
	if (count > MAP_LAYERS_MAX)
		count = MAP_LAYERS_MAX;
	for (size_t i = 0; i < count; i++) {
		size_t at = n;

		if (!layers[i] || view->zoom >= layers[i]->zoom_max)
			continue;
		while (at && map_kinds[layers[order[at - 1]]->kind].priority >
		        map_kinds[layers[i]->kind].priority)
			at--;
		memmove(&order[at + 1], &order[at], n++ - at);
		order[at] = (uint8_t)i;
	}
	for (size_t i = 0; i < n; i++)
		draw_layer(r, layers[order[i]], order[i], view);
	map_raster_names(r, layers, order, n, view);
}

void map_raster_clear(struct map_raster *r)
{
	if (r->scratch) {
		map_fill_clear(&r->scratch->fill);
		free(r->scratch->candidates);
	}
	free(r->scratch);
	free(r->cells);
	free(r->labels);
	map_grid_clear(&r->grid);
	*r = (struct map_raster){ 0 };
}
