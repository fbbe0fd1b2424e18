/*
 * Lines in dots, for layers, routes, fences and trails alike.
 *
 *	struct map_dash dash = MAP_DASHED;
 *	map_line(x0, y0, x1, y1, wide, high, &dash, set_dot, canvas);
 */
#ifndef MAP_LINE_H
#define MAP_LINE_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "map/clip.h"

/* on dots, then off dots, and so on; at carries on from line to line, so that
 * a bent line is dashed evenly. It also counts what lies beyond the pane: dashes
 * stay where they are on the ground as the map is moved. */
struct map_dash {
	unsigned on, off;
	double at;
};

#define MAP_DASHED { 4, 3, 0 }
#define MAP_DOTTED { 1, 2, 0 }

typedef void map_dot_fn(void *arg, int x, int y);

/* Every dot from (x0, y0) to (x1, y1), ends included (J. E. Bresenham, 1965).
 * In the header so that the call of each dot is inlined. */
static inline __attribute__((always_inline)) void map_line_dots(int x0, int y0, int x1, int y1,
    const struct map_dash *dash, double at, map_dot_fn *dot, void *arg)
{
	int dx = abs(x1 - x0), dy = -abs(y1 - y0);
	int sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1, error = dx + dy;
	unsigned period = dash ? dash->on + dash->off : 0;
	unsigned phase = period ? (unsigned)fmod(at, period) : 0;

	for (;;) {
		int twice = 2 * error;

		if (!period || phase < dash->on)
			dot(arg, x0, y0);
		if (period && ++phase == period)
			phase = 0;
		if (x0 == x1 && y0 == y1)
			return;
		if (twice >= dy) {
			error += dy;
			x0 += sx;
		}
		if (twice <= dx) {
			error += dx;
			y0 += sy;
		}
	}
}

/* The part of the line that lies on a pane of wide by high dots. Ends are dot
 * coordinates (view.h), anywhere; a line to nowhere (not finite) has no dots.
 * dash may be NULL. */
static inline __attribute__((always_inline)) void map_line(double x0, double y0, double x1,
    double y1, int wide, int high, struct map_dash *dash, map_dot_fn *dot, void *arg)
{
	double a[2] = { x0, y0 }, b[2] = { x1, y1 }, at = 0;
	int ax, ay, bx, by;

	if (!isfinite(x0 + y0 + x1 + y1))
		return;
	if (dash) {
		at = dash->at;
		dash->at = fmod(at + fmax(fabs(x1 - x0), fabs(y1 - y0)), dash->on + dash->off);
	}
	if (!map_clip(a, b, wide, high))
		return;
	if (dash)
		at += fmax(fabs(a[0] - x0), fabs(a[1] - y0));
	/* A point on the right or lower edge itself lies past the last dot. */
	ax = (int)a[0] < wide ? (int)a[0] : wide - 1;
	ay = (int)a[1] < high ? (int)a[1] : high - 1;
	bx = (int)b[0] < wide ? (int)b[0] : wide - 1;
	by = (int)b[1] < high ? (int)b[1] : high - 1;
	map_line_dots(ax, ay, bx, by, dash, at, dot, arg);
}

#endif
