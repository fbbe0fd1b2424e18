/* Trails in the past: read from the history, a few a turn. */
#include "app/screen_past.h"

#include "base/clock.h"

#define TRAIL_BACK_MS (300 * 1000)
#define TRAIL_WORK_MS 12 /* of a turn */

void past_forget_trails(struct screen *s)
{
	for (size_t i = 0; i < s->ui.model.count; i++)
		s->ui.model.drones[i].trail.count = 0;
	s->replay->trail_next = 0;
	s->replay->trails_ms = replay_position(s->replay->past);
}

static bool take_point(void *context, const struct sample *sample, int64_t at_ms, bool backfilled)
{
	struct trail *trail = context;

	(void)at_ms;
	(void)backfilled;
	trail_add(trail, sample);
	return true;
}

static void fill_trail(struct screen *s, size_t drone)
{
	struct ui_drone *d = &s->ui.model.drones[drone];
	size_t i = replay_find_drone(s->replay->past, d->id);
	int64_t at = replay_position(s->replay->past);
	struct err err;

	if (i != SIZE_MAX && d->sample.known)
		replay_trail(s->replay->past, i, at - TRAIL_BACK_MS, TRAIL_STEP_MS, take_point,
		    &d->trail, &err);
}

/* A few each turn, the selected one first. */
void past_fill_trails(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	const struct fleet_view *f = &s->ui.fleet;
	int64_t begin = clock_mono_ms();

	if (rp->trail_next == 0 && s->ui.selected < s->ui.model.count)
		fill_trail(s, s->ui.selected);
	while (rp->trail_next < f->count && rp->trail_next < TRAILS_MAX) {
		fill_trail(s, f->order[rp->trail_next++]);
		if (clock_mono_ms() - begin > TRAIL_WORK_MS)
			return;
	}
	/* The table is made with the next frame. */
	if (f->count)
		rp->trail_next = TRAILS_MAX;
}

void past_cut_trails(struct screen *s)
{
	for (size_t i = 0; i < s->ui.model.count; i++) {
		struct ui_drone *d = &s->ui.model.drones[i];

		while (d->sample.known && d->trail.count &&
		       d->trail.points[d->trail.count - 1].time_ms > sample_time(&d->sample))
			d->trail.count--;
	}
}
