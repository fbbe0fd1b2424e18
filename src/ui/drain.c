/* How fast a drone uses its charge: see drain.h. */
#include "ui/drain.h"

#include <math.h>

#define DRAIN_SPAN_MS 20000

double drone_drain(const struct ui_drone *d)
{
	const struct trail *t = &d->trail;
	const struct trail_point *last, *first = NULL;

	if (t->count < 2 || !sample_flag(&d->sample, FLAG_IN_AIR))
		return NAN;
	last = &t->points[t->count - 1];
	for (size_t i = t->count - 1; i-- > 0;) {
		const struct trail_point *p = &t->points[i];

		if (isnan(p->value[TRAIL_BATTERY]) || !(p->value[TRAIL_HEIGHT] > 1))
			break;
		first = p;
	}
	if (!first || last->time_ms - first->time_ms < DRAIN_SPAN_MS ||
	    !(first->value[TRAIL_BATTERY] > last->value[TRAIL_BATTERY]))
		return NAN;
	return (double)(first->value[TRAIL_BATTERY] - last->value[TRAIL_BATTERY]) * 1000 /
	       (double)(last->time_ms - first->time_ms);
}
