/*
 * Areas: which cells of a pane lie inside. A cell does if its middle is
 * inside by the even-odd rule, so that holes need no order of vertices.
 * Rings are given edge by edge, in any order; each area between begin and end.
 */
#ifndef MAP_FILL_H
#define MAP_FILL_H

#include <stddef.h>
#include <stdint.h>

struct map_fill {
	int cols, rows;
	struct map_crossing {
		float x; /* cells from the left edge */
		int row;
	} *crossings;
	size_t count, cap;
	int *starts; /* per row, to sort by row */
	float *sorted;
	size_t start_cap, sorted_cap;
	uint8_t *left; /* per row: crossings beyond the left edge, odd or even */
	size_t left_cap;
};

void map_fill_begin(struct map_fill *f, int cols, int rows);
/* In cells from the upper left corner, anywhere. */
void map_fill_edge(struct map_fill *f, double x0, double y0, double x1, double y1);
/* Calls span for every run of cells inside. */
void map_fill_end(struct map_fill *f, void (*span)(void *arg, int row, int col, int count),
    void *arg);
void map_fill_clear(struct map_fill *f);

#endif
