/*
 * Where names fit: a grid that knows which cells are taken, and slots around
 * a point that are tried in turn. The map's names and the drones' use the
 * same grid: place first what must be seen.
 */
#ifndef MAP_LABEL_H
#define MAP_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_grid {
	int cols, rows;
	uint8_t *taken; /* a byte per cell */
	size_t cap;
};

/* Empties it; zero-initialised to begin with. */
void map_grid_reset(struct map_grid *g, int cols, int rows);
void map_grid_clear(struct map_grid *g);
/* Whether all of width cells from (col, row) are on the grid and free. */
bool map_grid_free(const struct map_grid *g, int col, int row, int width);
/* Whether no cell of those is taken, wherever they are. */
bool map_grid_clear_of(const struct map_grid *g, int col, int row, int width);
/* Parts beyond the grid are ignored. */
void map_grid_take(struct map_grid *g, int col, int row, int width);

/* Around the cell of a point: right, left, and the same above and below. */
#define MAP_SLOTS 6

/* Places a text of width cells beside (col, row), taking its cells. The slot
 * it had before (-1: none) is kept while it still fits, so that names do not
 * dance. Returns the slot and sets *at_col and *at_row to where the text
 * begins; -1 where none fits. The point's own cell is neither checked nor
 * taken. */
int map_label_place(struct map_grid *g, int col, int row, int width, int slot_before, int *at_col,
    int *at_row);

/* Cells that UTF-8 text takes: wide characters 2, combining ones 0. Does not
 * depend on the locale. */
int map_text_width(const char *text);

#endif
