/* What the screen's own past lacks is asked for, a request at a time: see screen_own.h. */
#include <stdlib.h>

#include "app/screen_own_private.h"
#include "base/mem.h"

#define RATE_DEFAULT 10.0 /* samples a second, until two have come */
#define PAUSE_MAX_MS 1000

struct asked {
	struct screen *screen;
	size_t drone;
	struct refill_ask what;
	int64_t mono;
};

/* Where a drone's boot began within the time wished for, the one before it counts. */
static bool began_lately(const struct screen *s, uint32_t boot)
{
	return ((int64_t)boot + OWN_BACK_MS / 1000) * 1000 > s->own->since_ms;
}

static void take_lost(struct screen *s, const struct asked *a, const wire_value *lost, struct ranges *gone)
{
	for (size_t i = 0; i < wire_count(lost) && wire_is_array(lost); i++) {
		uint64_t from, to;
		struct range r;

		if (!wire_get_uint(wire_at(wire_at(lost, i), 0), &from) ||
		    !wire_get_uint(wire_at(wire_at(lost, i), 1), &to) || from > a->what.to ||
		    to < a->what.from)
			continue;
		r.from = from > a->what.from ? (uint32_t)from : a->what.from;
		r.to = to < a->what.to ? (uint32_t)to : a->what.to;
		if (r.from > r.to)
			continue;
		refill_lose(&s->own->refill, a->drone, a->what.boot, r.from, r.to, gone);
		/* It was before the first that came, too: that it is lost is known now. */
		ranges_add(gone, r.from, r.to);
	}
}

static void take_held(struct screen *s, const struct asked *a, const wire_value *held)
{
	uint32_t oldest;
	uint64_t best = 0, best_newest = 0;

	if (!refill_begins(&s->own->refill, a->drone, &oldest) || !began_lately(s, oldest))
		return;
	for (size_t i = 0; i < wire_count(held) && wire_is_array(held); i++) {
		const wire_value *row = wire_at(held, i);
		uint64_t boot, newest;

		if (wire_get_uint(wire_at(row, 0), &boot) && wire_get_uint(wire_at(row, 2), &newest) &&
		    boot < oldest && boot > best && newest <= UINT32_MAX) {
			best = boot;
			best_newest = newest;
		}
	}
	if (best)
		refill_older(&s->own->refill, a->drone, (uint32_t)best, (uint32_t)best_newest);
}

static void own_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct asked a = *(struct asked *)user;
	struct screen *s = a.screen;
	struct ranges gone = { 0 };
	const wire_value *reply, *list;
	int64_t took = s->now_mono - a.mono;

	(void)context;
	if (result == CLIENT_TIMEOUT) {
		/* Its late answer may still come, and frees what is asked. */
		s->backfill_open = false;
		if (s->own)
			s->own->pause_mono = s->now_mono + PAUSE_MAX_MS;
		return;
	}
	free(user);
	if (result != CLIENT_GONE && result != CLIENT_LATE)
		s->backfill_open = false;
	if (!s->own || a.drone >= s->live->count)
		return;
	reply = screen_answer(s, result, body, len);
	if (reply) {
		list = wire_key(reply, "samples");
		screen_own_samples(s, a.drone, list);
		s->own->came = s->own->came || wire_count(list) > 0;
		take_lost(s, &a, wire_key(reply, "lost"), &gone);
		take_held(s, &a, wire_key(reply, "held"));
	}
	refill_answered(&s->own->refill, a.drone, &a.what, s->now_mono, &gone);
	for (size_t i = 0; i < gone.count; i++)
		own_put_gap(s, a.drone, a.what.boot, gone.items[i], GAP_LOST,
		    "it came neither by itself nor when it was asked for");
	ranges_clear(&gone);
	/* Half of a slow line is left to what is live. */
	s->own->pause_mono = s->now_mono + (took < PAUSE_MAX_MS ? took : PAUSE_MAX_MS);
}

static void ask(struct screen *s, size_t drone, const struct refill_ask *what)
{
	struct request req = { .op = OP_BACKFILL };
	struct asked *a = xcalloc(1, sizeof(*a));

	*a = (struct asked){ .screen = s, .drone = drone, .what = *what, .mono = s->now_mono };
	str_copy(req.drone, sizeof(req.drone), s->live->drones[drone].id);
	req.boot = what->boot;
	req.from = what->from;
	req.to = what->to;
	s->backfill_open = screen_ask(s, &req, own_answered, a);
	if (!s->backfill_open)
		free(a);
}

/* A boot that came whole from its beginning: whether there was one before it. */
static bool probe(struct screen *s, size_t drone)
{
	struct own_drone *o = own_drone(s->own, drone);
	uint32_t boot;

	if (o->probed || !refill_done(&s->own->refill, drone) ||
	    !refill_begins(&s->own->refill, drone, &boot) || !began_lately(s, boot))
		return false;
	o->probed = true;
	ask(s, drone, &(struct refill_ask){ .boot = boot });
	return s->backfill_open;
}

static bool ask_of(struct screen *s, size_t drone)
{
	const struct ui_drone *d = &s->live->drones[drone];
	struct refill_ask what;
	double rate = d->period_s > 0.01 ? 1 / d->period_s : RATE_DEFAULT;

	if (!d->sample.known)
		return false;
	if (s->own->looked)
		refill_wish(&s->own->refill, drone, (uint32_t)(OWN_BACK_MS / 1000 * rate) + 1);
	if (refill_next(&s->own->refill, drone, s->now_mono, &what)) {
		ask(s, drone, &what);
		return s->backfill_open;
	}
	return s->own->looked && probe(s, drone);
}

void screen_own_look(struct screen *s)
{
	if (s->own)
		s->own->looked = true;
}

bool screen_own_came(struct screen *s)
{
	bool came = s->own && s->own->came;

	if (came)
		s->own->came = false;
	return came;
}

size_t screen_own_open(const struct screen *s)
{
	size_t n = 0;

	for (size_t i = 0; s->own && s->own->looked && i < s->live->count; i++)
		n += s->live->drones[i].sample.known && !refill_done(&s->own->refill, i);
	return n;
}

static void take_notices(struct screen *s)
{
	struct history_notice notice;

	while (history_next_notice(s->own->history, &notice)) {
		if (notice.kind == HISTORY_OUTAGE)
			ui_say(&s->ui, ROLE_WARN, "what comes is not kept for the past: %s", notice.text);
	}
}

void screen_own_tick(struct screen *s)
{
	const struct fleet_view *f = &s->ui.fleet;
	const struct ui_drone *selected;
	const struct ui_drone *d;

	if (!s->own)
		return;
	take_notices(s);
	own_plans_tick(s);
	if (s->backfill_open || s->live->link != LINK_LIVE || s->now_mono < s->own->pause_mono)
		return;
	/* Who is looked at first, then from the top of the table, then all. */
	selected = ui_selected(&s->ui);
	d = selected ? model_find(s->live, selected->id) : NULL;
	if (d && ask_of(s, (size_t)(d - s->live->drones)))
		return;
	for (size_t i = 0; i < f->count && f->order[i] < s->ui.model.count; i++) {
		d = model_find(s->live, s->ui.model.drones[f->order[i]].id);
		if (d && ask_of(s, (size_t)(d - s->live->drones)))
			return;
	}
	for (size_t i = 0; i < s->live->count; i++) {
		if (ask_of(s, i))
			return;
	}
	s->own->pause_mono = s->now_mono + 250;
}
