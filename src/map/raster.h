/*
 * What a view of the loaded layers looks like: a cell buffer and the names
 * written over it. Pure: the same layers and view give the same raster, no
 * clock, no terminal, no thread. Draw it once per view and keep it.
 *
 *	struct map_raster r = { 0 };
 *	map_raster_draw(&r, layers, count, &view);
 *	const struct map_cell *c = map_raster_cell(&r, col, row);
 *	map_glyph(view.charset, c->dots, text);		(glyph.h)
 *	map_raster_clear(&r);
 */
#ifndef MAP_RASTER_H
#define MAP_RASTER_H

#include <stddef.h>
#include <stdint.h>

#include "map/label.h"
#include "map/layer.h"
#include "map/view.h"

#define MAP_NONE 0xff       /* no layer */
#define MAP_LAYERS_MAX 64   /* layers beyond are not drawn */
#define MAP_LABELS_MAX 512  /* names written in one view */

struct map_cell {
	uint8_t dots; /* which are set, as bits of braille: dot.h */
	uint8_t line; /* index of the layer whose colour the dots have, or MAP_NONE */
	uint8_t tone; /* of the dots: enum map_tone */
	uint8_t fill; /* index of the layer whose area covers the cell, or MAP_NONE */
};

struct map_label {
	const char *text;   /* the layer's: do not outlive it */
	int col, row;       /* where the text begins */
	int width;          /* cells it takes */
	int at_col, at_row; /* the cell of what it names */
	uint8_t layer;      /* index */
	uint8_t rank;       /* 0 is the most important */
	uint8_t kind;       /* MAP_NAME_*; put a symbol at at_col, at_row for a point */
};

struct map_raster {
	int cols, rows;
	struct map_cell *cells; /* rows after each other */
	struct map_label *labels; /* most important first; none overlaps another */
	size_t label_count;
	/* Layers by index that reach into the view, as bits: whose credit to show. */
	uint64_t drawn;

	/* Its own, kept from one drawing to the next. */
	size_t cell_cap, label_cap;
	struct map_grid grid;
	struct map_scratch *scratch;
};

/* Layers are given in any order: kinds have priorities, among one kind the
 * later layer has. NULL among them is passed over. */
void map_raster_draw(struct map_raster *r, const struct map_layer *const *layers, size_t count,
    const struct map_view *view);
void map_raster_clear(struct map_raster *r);

static inline const struct map_cell *map_raster_cell(const struct map_raster *r, int col, int row)
{
	return &r->cells[(size_t)row * (size_t)r->cols + (size_t)col];
}

#endif
