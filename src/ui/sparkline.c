/* Sparklines: see sparkline.h. */
#include "ui/sparkline.h"

#include <math.h>

#include "ui/theme.h"

#define COLUMNS_MAX 512
#define GAP         0x00b7

struct columns {
	int count;
	int64_t width_ms, last; /* of one; number of the newest, counted from 1970 */
	double value[COLUMNS_MAX]; /* mean; NAN: not known */
	bool gap[COLUMNS_MAX];
};

/* Counted from a time that does not move, bars keep their height while they
 * travel left. */
static void place(struct columns *k, int w, const struct trail *t, int64_t silent_ms)
{
	int64_t end = t->points[t->count - 1].time_ms + silent_ms;
	int64_t span = (end - t->points[0].time_ms) / TRAIL_STEP_MS + 1;

	span = span < TRAIL_MAX ? span : TRAIL_MAX;
	k->count = w < COLUMNS_MAX ? w : COLUMNS_MAX;
	k->width_ms = (span + k->count - 1) / k->count * TRAIL_STEP_MS;
	k->last = end / k->width_ms;
}

static void gather(struct columns *k, const struct trail *t, enum trail_value value)
{
	int n[COLUMNS_MAX] = { 0 }, at = -1;
	bool broken = false;

	for (int i = 0; i < k->count; i++) {
		k->value[i] = NAN;
		k->gap[i] = false;
	}
	for (size_t i = 0; i < t->count; i++) {
		const struct trail_point *p = &t->points[i];
		int64_t column = k->count - 1 - (k->last - p->time_ms / k->width_ms);
		double v = (double)p->value[value];

		broken = broken || trail_breaks(t, i);
		if (column < 0)
			continue;
		/* Between two samples that follow one another the first holds. */
		for (int between = at + 1; (at >= 0 || broken) && between < column; between++) {
			k->gap[between] = broken;
			k->value[between] = broken ? NAN : k->value[at];
		}
		if (isfinite(v)) {
			k->value[column] = n[column] ? (k->value[column] * n[column] + v) / (n[column] + 1) : v;
			n[column]++;
		}
		at = (int)column;
		broken = false;
	}
	/* Since the newest nothing came. */
	for (int i = at + 1; i < k->count; i++)
		k->gap[i] = true;
}

void sparkline_draw(struct canvas *c, int x, int y, int w, uint16_t role, const struct trail *t,
    enum trail_value value, double low, double high, double span, int64_t silent_ms)
{
	double lowest = INFINITY, highest = -INFINITY;
	struct columns k;

	if (w < 1 || !t->count)
		return;
	place(&k, w, t, silent_ms);
	gather(&k, t, value);
	for (int i = 0; i < k.count; i++) {
		if (isfinite(k.value[i])) {
			lowest = fmin(lowest, k.value[i]);
			highest = fmax(highest, k.value[i]);
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
	for (int i = 0; i < k.count; i++) {
		int level;

		if (k.gap[i])
			canvas_put(c, x + i, y, GAP, ROLE_BORDER);
		if (!isfinite(k.value[i]) || !(high > low))
			continue;
		level = (int)((k.value[i] - low) / (high - low) * 7 + 0.5);
		level = level < 0 ? 0 : level > 7 ? 7 : level;
		canvas_put(c, x + i, y, 0x2581 + (uint32_t)level, role);
	}
}
