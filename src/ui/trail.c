/* Trails: see trail.h. */
#include "ui/trail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const enum field trail_fields[TRAIL_VALUES] = {
	[TRAIL_HEIGHT] = FIELD_height,
	[TRAIL_SPEED] = FIELD_speed,
	[TRAIL_BATTERY] = FIELD_battery,
	[TRAIL_VOLTAGE] = FIELD_voltage,
	[TRAIL_LINK] = FIELD_link,
	[TRAIL_SATS] = FIELD_sats,
};

static void fill(struct trail_point *p, const struct sample *s)
{
	bool valid = sample_flag(s, FLAG_POSITION_VALID);

	p->time_ms = sample_time(s);
	p->lat = valid ? sample_value(s, FIELD_lat) : NAN;
	p->lon = valid ? sample_value(s, FIELD_lon) : NAN;
	for (int v = 0; v < TRAIL_VALUES; v++)
		p->value[v] = (float)sample_value(s, trail_fields[v]);
}

void trail_add(struct trail *t, const struct sample *s)
{
	int64_t time = sample_time(s);
	size_t at = t->count;

	while (at > 0 && t->points[at - 1].time_ms > time)
		at--;
	if ((at > 0 && time - t->points[at - 1].time_ms < TRAIL_STEP_MS) ||
	    (at < t->count && t->points[at].time_ms - time < TRAIL_STEP_MS))
		return;
	if (t->count == TRAIL_MAX) {
		if (at == 0)
			return;
		memmove(t->points, t->points + 1, (t->count - 1) * sizeof(*t->points));
		t->count--;
		at--;
	}
	mem_grow(t->points, t->count, t->cap);
	memmove(t->points + at + 1, t->points + at, (t->count - at) * sizeof(*t->points));
	fill(&t->points[at], s);
	t->count++;
}

void trail_clear(struct trail *t)
{
	free(t->points);
	*t = (struct trail){ 0 };
}
