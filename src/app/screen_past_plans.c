/* What the selected drone was to fly, at the playhead. */
#include "app/screen_past.h"

void past_take_plan(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	struct ui_drone *d = ui_selected(&s->ui);
	size_t drone = d ? replay_find_drone(rp->past, d->id) : REPLAY_NO_DRONE;
	struct replay_plan then;
	uint64_t serial;
	struct err err;

	if (drone == REPLAY_NO_DRONE)
		return;
	serial = replay_plan_serial(rp->past, drone);
	if (rp->plan_drone == drone && rp->plan_serial == serial)
		return;
	rp->plan_drone = drone;
	rp->plan_serial = serial;
	plan_clear(&d->plan);
	d->plan_known = replay_plan(rp->past, drone, &then, &err) == 1 &&
	    plan_read(then.kept, &d->plan, &err) == 0;
	d->plan_missing = !d->plan_known;
	s->ui.dirty = true;
}
