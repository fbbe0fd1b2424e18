/* Sparklines: see sparkline.h. */
#include "ui/sparkline.h"

#include <math.h>

/* The mean of the points that a column stands for; NAN where there are none. */
static double column_mean(const struct trail *t, enum trail_value value, size_t from, size_t to)
{
	double sum = 0;
	int n = 0;

	for (size_t i = from; i < to; i++) {
		if (isfinite(t->points[i].value[value])) {
			sum += (double)t->points[i].value[value];
			n++;
		}
	}
	return n ? sum / n : NAN;
}

void sparkline_draw(struct canvas *c, int x, int y, int w, uint16_t role, const struct trail *t,
    enum trail_value value, double low, double high, double span)
{
	double columns[512], lowest = INFINITY, highest = -INFINITY;
	size_t per, first;

	w = w < 512 ? w : 512;
	if (w < 1 || !t->count)
		return;
	/* Whole points a column, counted from a time that does not move, so that
	 * bars keep their height while they travel left. */
	per = (t->count + (size_t)w - 1) / (size_t)w;
	per = per < 1 ? 1 : per;
	first = t->count > per * (size_t)w ? t->count - per * (size_t)w : 0;
	for (int i = 0; i < w; i++) {
		long to = (long)t->count - (long)per * (w - 1 - i);
		long from = to - (long)per;

		columns[i] = to > (long)first
				 ? column_mean(t, value, (size_t)(from > 0 ? from : 0), (size_t)to)
				 : NAN;
		if (isfinite(columns[i])) {
			lowest = fmin(lowest, columns[i]);
			highest = fmax(highest, columns[i]);
		}
	}
	if (isnan(low)) {
		double middle = (lowest + highest) / 2;

		if (highest - lowest < span) {
			lowest = middle - span / 2;
			highest = middle + span / 2;
		}
		low = lowest;
		high = highest;
	}
	for (int i = 0; i < w; i++) {
		int level;

		if (!isfinite(columns[i]) || !(high > low))
			continue;
		level = (int)((columns[i] - low) / (high - low) * 7 + 0.5);
		level = level < 0 ? 0 : level > 7 ? 7 : level;
		canvas_put(c, x + i, y, 0x2581 + (uint32_t)level, role);
	}
}
