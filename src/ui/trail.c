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
	p->boot = sample_boot(s);
	p->seq = sample_seq(s);
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

bool trail_breaks(const struct trail *t, size_t i)
{
	const struct trail_point *p = &t->points[i];
	int64_t passed, period, before, after;
	uint32_t samples;

	if (!i)
		return false;
	passed = p->time_ms - p[-1].time_ms;
	if (p->boot != p[-1].boot || p->seq < p[-1].seq)
		return true;
	samples = p->seq - p[-1].seq;
	if (samples > 1) {
		/* With all samples here there would be a point between two that are farther
		 * apart than two steps and the time from one sample to the next. */
		period = passed / samples;
		return passed > 2 * TRAIL_STEP_MS + (period < TRAIL_STEP_MS ? period : TRAIL_STEP_MS / 4);
	}
	/* Nothing was lost on the way to us, and yet nobody spoke. */
	before = i > 1 ? p[-1].time_ms - p[-2].time_ms : INT64_MAX;
	after = i + 1 < t->count ? p[1].time_ms - p->time_ms : INT64_MAX;
	before = before < after ? before : after;
	return passed > TRAIL_SILENT_MS && before < passed / 4;
}

void trail_clear(struct trail *t)
{
	free(t->points);
	*t = (struct trail){ 0 };
}
