/*
 * Dots drawn over the map, a grid of braille cells: trails, routes, fences. A
 * cell shows only the thing with the highest priority in it, whoever drew last:
 * dots of two things in one colour would be neither.
 */
#ifndef UI_MAP_DOTS_H
#define UI_MAP_DOTS_H

#include <stddef.h>
#include <stdint.h>

struct map_dots {
	int cols, rows;
	struct dot_cell {
		uint8_t dots, priority;
		uint16_t role;
	} * cells; /* owned */
	size_t cap;
};

struct dot_pen {
	uint16_t role;
	uint8_t priority;
	int on, off; /* dots of a dash; off 0: solid */
};

void map_dots_reset(struct map_dots *d, int cols, int rows);
void map_dots_free(struct map_dots *d);
void map_dots_set(struct map_dots *d, double x, double y, const struct dot_pen *pen);
/* A straight line in dot coordinates, cut to the grid. *phase counts dots along
 * the dashes from one line to the next. */
void map_dots_line(struct map_dots *d, double x0, double y0, double x1, double y1,
    const struct dot_pen *pen, int *phase);

#endif
