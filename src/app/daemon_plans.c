/*
 * What drones are to fly and where they may, for the history and for the rules
 * that ask: fetched from the source at a drone's first sample and whenever it
 * says that the plan has changed. See daemon.h.
 *
 * One request at a time and source, so that a fleet that appears at once gets
 * its answers in turn and nobody's commands wait behind them.
 */
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "base/mem.h"

#define PLAN_TIMEOUT_MS 5000
#define PLAN_PAUSE_MS 2
/* After no answer, and where the source has none to give now. */
#define PLAN_RETRY_MS 10000
/* After a refusal: nobody else has to wait long for it. */
#define PLAN_REFUSED_MS 200

struct fetch {
	struct source *source;
	char drone[ID_SIZE];
};

static bool is_live(const struct source *s)
{
	return s->kind_known && !s->refused && s->kind != KIND_REPLAY;
}

void plan_fetch_want(struct daemon *d, const struct drone *drone)
{
	size_t i = (size_t)(drone - d->fleet.drones);
	struct source *s;

	if (i >= d->plan_cap) {
		size_t cap = d->plan_cap ? d->plan_cap : 64;

		while (cap <= i)
			cap *= 2;
		d->plans = xreallocarray(d->plans, cap, sizeof(*d->plans));
		memset(d->plans + d->plan_cap, 0, (cap - d->plan_cap) * sizeof(*d->plans));
		d->plan_cap = cap;
	}
	if (drone->source == NO_SOURCE || d->plans[i] == PLAN_WANTED)
		return;
	s = &d->sources[drone->source];
	d->plans[i] = PLAN_WANTED;
	s->plans_wanted++;
}

void plan_fetch_all(struct daemon *d, const struct source *s)
{
	for (size_t i = 0; i < d->fleet.count && i < d->plan_cap; i++) {
		if (d->fleet.drones[i].source == s->index && d->plans[i] == PLAN_HERE)
			plan_fetch_want(d, &d->fleet.drones[i]);
	}
}

static void take(struct daemon *d, struct fetch *f, const void *body, size_t len)
{
	struct drone *drone = fleet_find(&d->fleet, f->drone);
	struct plan plan;
	struct reply reply;
	struct err err;
	bool given;

	if (!drone || reply_parse(&d->answer_doc, body, len, &reply, &err) == -1)
		return;
	given = reply.code == CODE_OK && plan_read(reply.body, &plan, &err) == 0;
	/* Where the history has no room now, it is asked for again. */
	if (given && !history_put_plan(d->history, drone->id, &plan, reply.body, d->now_ms)) {
		plan_fetch_want(d, drone);
		f->source->plan_at_ms = d->now_mono_ms + PLAN_RETRY_MS;
	}
	/* A daemon whose source is away: with the drone's next sample it is there again. */
	if ((reply.code == CODE_UNAVAILABLE || reply.code == CODE_TIMEOUT) &&
	    d->plans[drone - d->fleet.drones] == PLAN_HERE) {
		d->plans[drone - d->fleet.drones] = PLAN_NEVER;
		f->source->plan_at_ms = d->now_mono_ms + PLAN_REFUSED_MS;
	}
	/* The drones of another daemon are watched there. */
	if (f->source->kind != KIND_DAEMON)
		watch_plan(d->watch, &d->fleet, (size_t)(drone - d->fleet.drones),
		    given ? &plan : NULL,
		    (struct watch_now){ .ms = d->now_ms, .mono_ms = d->now_mono_ms });
	if (reply.code == CODE_OK)
		plan_clear(&plan);
}

static void answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct fetch *f = user;
	struct daemon *d = context;
	struct drone *drone;

	switch (result) {
	case CLIENT_ANSWERED:
		f->source->planning = false;
		take(d, f, body, len);
		break;
	case CLIENT_TIMEOUT:
		f->source->planning = false;
		f->source->plan_at_ms = d->now_mono_ms + PLAN_RETRY_MS;
		drone = fleet_find(&d->fleet, f->drone);
		if (drone)
			plan_fetch_want(d, drone);
		return; /* the last call frees */
	case CLIENT_LATE: /* asked for again by now, and that answer is newer */
	case CLIENT_GONE:
		break;
	}
	free(f);
}

static int ask(struct daemon *d, struct source *s, const struct drone *drone)
{
	struct request req = { .op = OP_PLAN };
	struct fetch *f = xcalloc(1, sizeof(*f));
	struct buf body = BUF_INIT;
	int ret;

	f->source = s;
	str_copy(f->drone, sizeof(f->drone), drone->id);
	str_copy(req.drone, sizeof(req.drone), drone->id);
	request_encode(&body, &req);
	ret = client_request(s->client, &body, d->now_mono_ms + PLAN_TIMEOUT_MS, answered, f);
	if (ret == -1)
		free(f);
	buf_free(&body);
	return ret;
}

/* The next of the source's drones whose plan is wanted, from where it last
 * stopped. */
static void ask_next(struct daemon *d, struct source *s)
{
	size_t n = d->fleet.count < d->plan_cap ? d->fleet.count : d->plan_cap;

	s->plan_at_ms = d->now_mono_ms + PLAN_PAUSE_MS;
	for (size_t k = 0; k < n; k++) {
		size_t i = s->plan_cursor = (s->plan_cursor + 1) % n;

		if (d->plans[i] != PLAN_WANTED || d->fleet.drones[i].source != s->index)
			continue;
		if (ask(d, s, &d->fleet.drones[i]) == -1) {
			s->plan_at_ms = d->now_mono_ms + PLAN_RETRY_MS;
			return;
		}
		d->plans[i] = PLAN_HERE;
		s->plans_wanted--;
		s->planning = true;
		return;
	}
	/* It was another source's by then. */
	s->plans_wanted = 0;
}

void plan_fetch_again(struct daemon *d)
{
	for (size_t i = 0; i < d->source_count; i++)
		plan_fetch_all(d, &d->sources[i]);
}

int64_t plan_fetch_tick(struct daemon *d)
{
	int64_t next = d->now_mono_ms + 1000;

	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];

		if (!s->plans_wanted || s->planning || s->state != SOURCE_UP || !is_live(s))
			continue;
		if (d->now_mono_ms >= s->plan_at_ms)
			ask_next(d, s);
		if (!s->planning && s->plans_wanted && s->plan_at_ms < next)
			next = s->plan_at_ms;
	}
	return next;
}
