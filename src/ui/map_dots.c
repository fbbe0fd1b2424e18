/* Dots over the map: see map_dots.h. */
#include "ui/map_dots.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/dot.h"

void map_dots_reset(struct map_dots *d, int cols, int rows)
{
	size_t n = (size_t)cols * (size_t)rows;

	if (n > d->cap) {
		d->cells = xreallocarray(d->cells, n, sizeof(*d->cells));
		d->cap = n;
	}
	d->cols = cols;
	d->rows = rows;
	if (n)
		memset(d->cells, 0, n * sizeof(*d->cells));
}

void map_dots_free(struct map_dots *d)
{
	free(d->cells);
	*d = (struct map_dots){ 0 };
}

void map_dots_set(struct map_dots *d, double x, double y, const struct dot_pen *pen)
{
	struct dot_cell *cell;
	int ix, iy;

	if (!(x >= 0 && y >= 0 && x < d->cols * 2 && y < d->rows * 4))
		return;
	ix = (int)x;
	iy = (int)y;
	cell = &d->cells[iy / 4 * d->cols + ix / 2];
	if (pen->priority < cell->priority)
		return;
	/* In one colour the dots of two lines would be a blot. */
	if (pen->priority > cell->priority)
		cell->dots = 0;
	cell->dots |= map_dot_bit(ix % 2, iy % 4);
	cell->priority = pen->priority;
	cell->role = pen->role;
}

/* Liang and Barsky's cut, to a margin beyond the grid: 0 to 1 along the line. */
static bool cut(double p, double q, double *from, double *to)
{
	double t = q / p;

	if (p == 0)
		return q >= 0;
	if (p < 0)
		*from = fmax(*from, t);
	else
		*to = fmin(*to, t);
	return *from <= *to;
}

void map_dots_line(struct map_dots *d, double x0, double y0, double x1, double y1,
    const struct dot_pen *pen, int *phase)
{
	double dx = x1 - x0, dy = y1 - y0, from = 0, to = 1, length = fmax(fabs(dx), fabs(dy));
	int period = pen->on + pen->off;
	long first, last;

	if (!isfinite(length) || !cut(-dx, x0, &from, &to) ||
	    !cut(dx, d->cols * 2 - x0, &from, &to) || !cut(-dy, y0, &from, &to) ||
	    !cut(dy, d->rows * 4 - y0, &from, &to)) {
		*phase += isfinite(length) ? (int)fmod(length, period ? period : 1) : 0;
		return;
	}
	first = lround(from * length);
	last = lround(to * length);
	for (long i = first; i <= last; i++) {
		double t = length > 0 ? (double)i / length : 0;

		if (!pen->off || (*phase + i) % period < pen->on)
			map_dots_set(d, x0 + dx * t, y0 + dy * t, pen);
	}
	*phase = period ? (int)(fmod((double)*phase + length, period)) : 0;
}
