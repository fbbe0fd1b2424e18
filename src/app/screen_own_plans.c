/* What drones are to fly, for the past that the screen keeps itself: see screen_own.h. */
#include "app/screen_own_private.h"

/* A big fleet's are here after some minutes, and a slow line does not feel it. */
#define EACH_MS 500

static bool ask(struct screen *s, size_t i)
{
	struct own_drone *o = own_drone(s->own, i);

	if (o->plan_asked || !s->live->drones[i].sample.known)
		return false;
	o->plan_asked = s->live->drones[i].plan_wanted = true;
	screen_link_plan(s, i);
	return true;
}

void screen_own_plan(
    struct screen *s, size_t drone, const struct plan *plan, const wire_value *reply)
{
	if (!s->own)
		return;
	own_drone(s->own, drone)->plan_asked =
	    history_put_plan(s->own->history, s->live->drones[drone].id, plan, reply, s->now_ms);
}

/* At once, for it is that of another moment already; where nobody asked before, in its turn. */
void screen_own_plan_changed(struct screen *s, size_t drone)
{
	struct own_drone *o = s->own ? own_drone(s->own, drone) : NULL;

	if (!o || !o->plan_asked)
		return;
	o->plan_asked = false;
	ask(s, drone);
}

void own_plans_tick(struct screen *s)
{
	const struct fleet_view *f = &s->ui.fleet;

	if (s->live->link != LINK_LIVE || s->now_mono < s->own->plan_mono)
		return;
	s->own->plan_mono = s->now_mono + EACH_MS;
	/* From the top of the table, then all. */
	for (size_t i = 0; i < f->count && f->order[i] < s->ui.model.count; i++) {
		const struct ui_drone *d = model_find(s->live, s->ui.model.drones[f->order[i]].id);

		if (d && ask(s, (size_t)(d - s->live->drones)))
			return;
	}
	for (size_t i = 0; i < s->live->count; i++) {
		if (ask(s, i))
			return;
	}
}
