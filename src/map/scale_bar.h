/*
 * How far is that: a scale bar, and ticks of latitude and longitude along
 * the edges. Meridians and parallels are straight and upright here, so the
 * graticule is where the ticks' columns and rows cross.
 */
#ifndef MAP_SCALE_BAR_H
#define MAP_SCALE_BAR_H

#include <stdbool.h>

#include "map/view.h"

struct map_scale_bar {
	double metres;
	double cells;  /* its length, at the latitude of the centre */
	char text[16]; /* "200 m", "5 km" */
};

/* The longest of 1, 2, 5, 10, ... metres that takes at most max_cells. */
struct map_scale_bar map_scale_bar(const struct map_view *view, int max_cells);

#define MAP_TICKS_MAX 32

struct map_tick {
	int at;        /* row of a parallel, column of a meridian */
	double degrees; /* positive north and east */
	char text[16]; /* "47.14", "9.52": as many places as the step needs */
};

/* At least min_cells from each other, from north to south or west to east.
 * Returns how many, at most MAP_TICKS_MAX. */
int map_ticks_lat(const struct map_view *view, int min_cells, struct map_tick ticks[MAP_TICKS_MAX]);
int map_ticks_lon(const struct map_view *view, int min_cells, struct map_tick ticks[MAP_TICKS_MAX]);

#endif
