/* What the selected drone was to fly, at the playhead. */
#include "app/screen_past.h"

void past_take_plan(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	uint64_t serial = replay_plans_serial(rp->past);
	struct ui_drone *d = ui_selected(&s->ui);
	struct replay_plan then;
	size_t drone;
	struct err err;

	if (!d || (rp->plan_drone == s->ui.selected && rp->plan_serial == serial))
		return;
	rp->plan_drone = s->ui.selected;
	rp->plan_serial = serial;
	drone = replay_find_drone(rp->past, d->id);
	plan_clear(&d->plan);
	d->plan_known = drone != REPLAY_NO_DRONE && replay_plan(rp->past, drone, &then, &err) == 1 &&
	    plan_read(then.kept, &d->plan, &err) == 0;
	d->plan_missing = !d->plan_known;
	s->ui.dirty = true;
}
