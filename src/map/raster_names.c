/* What a view looks like: the names. See raster.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/names.h"
#include "map/raster_private.h"

/* More names than that in one view are not considered; those of lower zooms,
 * which matter more, come first. */
#define CANDIDATES_MAX 4096

/* Whose names are placed first. */
static const uint8_t classes[MAP_KINDS] = {
	[MAP_PLACE] = 0, [MAP_LAND] = 1, [MAP_WATER] = 2, [MAP_RIVER] = 3, [MAP_ROAD] = 4,
	[MAP_OTHER] = 4, [MAP_COAST] = 5, [MAP_BORDER] = 5, [MAP_RAIL] = 5, [MAP_GREEN] = 6,
	[MAP_BUILDING] = 7,
};

struct looking {
	struct map_scratch *scratch;
	const struct map_view *view;
	double left, top;
	struct mercator_box box;
	uint8_t layer;
	uint8_t class;
};

static void consider(struct looking *l, const struct map_name *name)
{
	const struct map_view *v = l->view;
	struct map_scratch *s = l->scratch;

	if (name->zoom > v->zoom || name->at.x < l->box.x0 || name->at.x > l->box.x1 ||
	    name->at.y < l->box.y0 || name->at.y > l->box.y1 || s->count >= CANDIDATES_MAX)
		return;
	mem_grow(s->candidates, s->count, s->cap);
	s->candidates[s->count] = (struct map_candidate){
		.score = (uint32_t)l->class << 8 | name->rank,
		.order = (uint32_t)s->count,
		.name = name,
		.col = (int)floor((name->at.x - l->left) / v->unit_x / v->dots_x),
		.row = (int)floor((name->at.y - l->top) / v->unit_y / v->dots_y),
		.layer = l->layer,
	};
	s->count++;
}

static void collect(struct looking *l, const struct map_layer *layer)
{
	for (size_t i = 0; i < layer->name_block_count; i++) {
		const struct map_name_block *block = &layer->name_blocks[i];
		size_t end = (i + 1) * MAP_NAME_BLOCK;

		/* Bands of whole zooms follow each other. */
		if (block->zoom > l->view->zoom + 1)
			return;
		if (block->zoom > l->view->zoom || !mercator_box_meets(&block->box, &l->box))
			continue;
		if (end > layer->name_count)
			end = layer->name_count;
		for (size_t k = i * MAP_NAME_BLOCK; k < end; k++)
			consider(l, &layer->names[k]);
	}
}

static int compare(const void *a, const void *b)
{
	const struct map_candidate *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	if (x->name->zoom != y->name->zoom)
		return x->name->zoom < y->name->zoom ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void add_label(struct map_raster *r, const struct map_candidate *c, int col, int row)
{
	mem_grow(r->labels, r->label_count, r->label_cap);
	r->labels[r->label_count++] = (struct map_label){
		.text = c->name->text, .col = col, .row = row, .width = c->name->width,
		.at_col = c->col, .at_row = c->row, .layer = c->layer, .rank = c->name->rank,
		.kind = c->name->kind,
	};
	/* A blank on each side, so that two names do not read as one. */
	map_grid_take(&r->grid, col - 1, row, c->name->width + 2);
}

/* Two maps that overlap know the same town. */
#define SAME_PLACE 8 /* cells */

static bool written(const struct map_raster *r, const struct map_candidate *c)
{
	for (size_t i = 0; i < r->label_count; i++) {
		const struct map_label *l = &r->labels[i];
		bool point = c->name->kind == MAP_NAME_POINT;

		if ((l->kind == MAP_NAME_POINT) == point && !strcmp(l->text, c->name->text) &&
		    (!point || (abs(l->at_col - c->col) <= SAME_PLACE &&
		                   abs(l->at_row - c->row) <= SAME_PLACE / 2)))
			return true;
	}
	return false;
}

static void place_beside(struct map_raster *r, const struct map_candidate *c)
{
	int col, row;

	if (!map_grid_free(&r->grid, c->col, c->row, 1) || written(r, c) ||
	    map_label_place(&r->grid, c->col, c->row, c->name->width, -1, &col, &row) < 0)
		return;
	map_grid_take(&r->grid, c->col, c->row, 1);
	add_label(r, c, col, row);
}

/* Names of lines keep their distance, or a town would be all text. */
static bool has_room(const struct map_raster *r, const struct map_candidate *c, int col, int row)
{
	int width = c->name->width, side = c->name->kind == MAP_NAME_LINE ? 3 : 0;

	if (!map_grid_free(&r->grid, col, row, width))
		return false;
	return !side ||
	    (map_grid_clear_of(&r->grid, col - side, row - 1, width + 2 * side) &&
	        map_grid_clear_of(&r->grid, col - side, row, width + 2 * side) &&
	        map_grid_clear_of(&r->grid, col - side, row + 1, width + 2 * side));
}

static void place_on(struct map_raster *r, const struct map_candidate *c)
{
	static const int down[] = { 0, -1, 1 };
	int col = c->col - c->name->width / 2;

	if (written(r, c))
		return;
	for (size_t i = 0; i < ARRAY_LEN(down); i++) {
		if (has_room(r, c, col, c->row + down[i])) {
			add_label(r, c, col, c->row + down[i]);
			return;
		}
	}
}

void map_raster_names(struct map_raster *r, const struct map_layer *const *layers,
    const uint8_t *order, size_t count, const struct map_view *v)
{
	struct looking l = { .scratch = r->scratch, .view = v };
	struct map_scratch *s = r->scratch;

	s->count = 0;
	/* Highest priority first, should there be too many. */
	for (size_t i = count; i-- > 0;) {
		const struct map_layer *layer = layers[order[i]];

		l.layer = order[i];
		l.class = classes[layer->kind];
		if (v->zoom < layer->zoom_min[MAP_STRONG] && v->zoom < layer->zoom_min[MAP_PLAIN])
			continue;
		for (int copy = -MAP_COPIES; copy <= MAP_COPIES; copy++)
			if (map_raster_copy(v, copy, &l.left, &l.top, &l.box))
				collect(&l, layer);
	}
	if (s->count)
		qsort(s->candidates, s->count, sizeof(*s->candidates), compare);
	for (size_t i = 0; i < s->count && r->label_count < MAP_LABELS_MAX; i++) {
		if (s->candidates[i].name->kind == MAP_NAME_POINT)
			place_beside(r, &s->candidates[i]);
		else
			place_on(r, &s->candidates[i]);
	}
}
