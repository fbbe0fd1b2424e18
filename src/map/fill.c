/* Areas: see fill.h. */
#include "map/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void map_fill_begin(struct map_fill *f, int cols, int rows)
{
	f->cols = cols;
	f->rows = rows;
	f->count = 0;
	if ((size_t)rows + 1 > f->left_cap) {
		f->left_cap = (size_t)rows + 1;
		f->left = xreallocarray(f->left, f->left_cap, sizeof(*f->left));
		f->starts = xreallocarray(f->starts, f->left_cap, sizeof(*f->starts));
	}
	memset(f->left, 0, (size_t)rows);
}

void map_fill_edge(struct map_fill *f, double x0, double y0, double x1, double y1)
{
	double slope;
	int first, last;

	if (y0 > y1) {
		double t = y0;

		y0 = y1;
		y1 = t;
		t = x0;
		x0 = x1;
		x1 = t;
	}
	/* Rows whose middle, row + 0.5, lies in [y0, y1): upper end included, so
	 * that a vertex between two edges counts once. */
	if (!(y1 > 0.5) || !(y0 <= f->rows - 0.5) || (x0 >= f->cols && x1 >= f->cols))
		return;
	first = y0 <= 0.5 ? 0 : (int)ceil(y0 - 0.5);
	last = y1 > f->rows - 0.5 ? f->rows - 1 : (int)ceil(y1 - 0.5) - 1;
	if (first > last)
		return;
	if (x0 < 0 && x1 < 0) {
		for (int row = first; row <= last; row++)
			f->left[row] ^= 1;
		return;
	}
	slope = (x1 - x0) / (y1 - y0);
	for (int row = first; row <= last; row++) {
		double x = x0 + (row + 0.5 - y0) * slope;

		if (x < 0) {
			f->left[row] ^= 1;
		} else if (x < f->cols) {
			mem_grow(f->crossings, f->count, f->cap);
			f->crossings[f->count++] = (struct map_crossing){ (float)x, row };
		}
	}
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Cells whose middle is in [x0, x1). */
static void emit(const struct map_fill *f, int row, double x0, double x1,
    void (*span)(void *arg, int row, int col, int count), void *arg)
{
	int first = (int)ceil(x0 - 0.5), end = (int)ceil(x1 - 0.5);

	if (first < 0)
		first = 0;
	if (end > f->cols)
		end = f->cols;
	if (end > first)
		span(arg, row, first, end - first);
}

void map_fill_end(struct map_fill *f, void (*span)(void *arg, int row, int col, int count),
    void *arg)
{
	if (f->count >= f->sorted_cap) {
		f->sorted_cap = f->cap + 1;
		f->sorted = xreallocarray(f->sorted, f->sorted_cap, sizeof(*f->sorted));
	}
	/* By row: counted, then put in place from the back. */
	memset(f->starts, 0, ((size_t)f->rows + 1) * sizeof(*f->starts));
	for (size_t i = 0; i < f->count; i++)
		f->starts[f->crossings[i].row]++;
	for (int row = 1; row <= f->rows; row++)
		f->starts[row] += f->starts[row - 1];
	for (size_t i = f->count; i-- > 0;)
		f->sorted[--f->starts[f->crossings[i].row]] = f->crossings[i].x;

	for (int row = 0; row < f->rows; row++) {
		float *xs = f->sorted + f->starts[row];
		int n = f->starts[row + 1] - f->starts[row];
		double from = 0;
		uint8_t inside = f->left[row];

		if (n > 1)
			qsort(xs, (size_t)n, sizeof(*xs), compare);
		for (int i = 0; i < n; i++) {
			if (inside)
				emit(f, row, from, xs[i], span, arg);
			from = xs[i];
			inside ^= 1;
		}
		if (inside)
			emit(f, row, from, f->cols, span, arg);
	}
}

void map_fill_clear(struct map_fill *f)
{
	free(f->crossings);
	free(f->starts);
	free(f->sorted);
	free(f->left);
	*f = (struct map_fill){ 0 };
}
