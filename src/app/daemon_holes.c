/*
 * Missing samples: noted as gaps, asked for again, given up when the source
 * says that they will never come. See daemon.h.
 *
 * One request at a time and source, FILL_CHUNK samples each, and none while
 * the history's queue is half full, so that live traffic never waits.
 */
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "base/log.h"
#include "base/mem.h"

#define FILL_CHUNK 500
#define FILL_TIMEOUT_MS 5000
#define FILL_PAUSE_MS 2
#define IDLE_SCAN_MS 50
/* What was only reordered on the way is there by then. */
#define FIRST_ASK_MS 250
#define RETRY_MS 2000
#define RETRY_MAX_MS 60000
/* Longer than any source keeps samples: what did not come by then never will. */
#define GIVE_UP_MS (20 * 60 * 1000)

struct fill {
	struct source *source;
	char drone[ID_SIZE];
	uint32_t boot;
	struct range wanted;
};

static void put_gap(struct daemon *d, const struct drone *drone, uint32_t boot, uint32_t from,
    uint32_t to, enum gap_state state, const char *why)
{
	struct history_gap gap = {
		.drone = drone->id,
		.boot = boot,
		.from = from,
		.to = to,
		.state = state,
		.why = why,
		.at_ms = d->now_ms,
	};

	history_put_gap(d->history, &gap);
}

void holes_opened(struct daemon *d, struct drone *drone, uint32_t boot, struct range hole,
    const char *why)
{
	put_gap(d, drone, boot, hole.from, hole.to, GAP_OPEN, why);
	drone->ask_at_ms = d->now_mono_ms + FIRST_ASK_MS;
	drone->ask_tries = 0;
	drone->missing_since_ms = d->now_mono_ms;
}

void holes_note_all(struct daemon *d, const char *why)
{
	for (size_t i = 0; i < d->fleet.count; i++) {
		const struct drone *drone = &d->fleet.drones[i];

		for (size_t b = 0; b < drone->boot_count; b++) {
			const struct coverage *c = &drone->boots[b];

			for (size_t r = 0; r < c->missing.count; r++)
				put_gap(d, drone, c->boot, c->missing.items[r].from,
				    c->missing.items[r].to, GAP_OPEN, why);
		}
	}
}

void holes_filled(struct daemon *d, struct drone *drone, uint32_t boot, uint32_t from, uint32_t to,
    const char *why)
{
	put_gap(d, drone, boot, from, to, GAP_FILLED, why);
}

void holes_too_long(struct daemon *d, struct drone *drone, uint32_t boot, uint32_t seq)
{
	struct coverage *c = drone_coverage(drone, boot);

	/* Not asked for again: it would never be taken. */
	ranges_add(&c->lost, seq, seq);
	put_gap(d, drone, boot, seq, seq, GAP_LOST, "longer than history.queue_mb can hold");
}

static void lose(struct daemon *d, struct drone *drone, struct coverage *c, uint32_t from,
    uint32_t to, const char *why)
{
	struct ranges rest = { 0 };

	/* Gap rows for what was missing, not for what is here. */
	for (size_t i = 0; i < c->missing.count; i++) {
		uint32_t first = c->missing.items[i].from, last = c->missing.items[i].to;

		first = first > from ? first : from;
		last = last < to ? last : to;
		if (first <= last)
			ranges_add(&rest, first, last);
	}
	for (size_t i = 0; i < rest.count; i++)
		put_gap(d, drone, c->boot, rest.items[i].from, rest.items[i].to, GAP_LOST, why);
	ranges_clear(&rest);
	coverage_lose(c, from, to);
}

/* The samples of an answer, in runs without holes. */
static size_t take_samples(struct daemon *d, struct drone *drone, const struct fill *f,
    const wire_value *samples)
{
	struct buf body = BUF_INIT;
	uint32_t boot = 0, run_from = 0, run_to = 0;
	size_t taken = 0;

	for (size_t i = 0; i < wire_count(samples) && wire_is_array(samples); i++) {
		struct sample s;
		struct reject why;

		if (sample_read(wire_at(samples, i), &s, &why) == -1) {
			log_warning("a sample of %s by backfill is refused: %s", drone->id, why.detail);
			d->rejected[why.reason]++;
			continue;
		}
		/* What was not asked for is not believed. */
		if (sample_boot(&s) != f->boot || sample_seq(&s) < f->wanted.from ||
		    sample_seq(&s) > f->wanted.to) {
			log_warning("a sample of %s by backfill was not asked for: boot %u, seq %u",
			    drone->id, sample_boot(&s), sample_seq(&s));
			d->rejected[REJECT_RANGE]++;
			continue;
		}
		buf_clear(&body);
		wire_put_value(&body, wire_at(samples, i));
		if (!ingest_backfilled(d, drone, &s, body.data, body.len))
			continue;
		if (taken && (sample_boot(&s) != boot || sample_seq(&s) != run_to + 1))
			holes_filled(d, drone, boot, run_from, run_to, "backfilled");
		if (!taken || sample_boot(&s) != boot || sample_seq(&s) != run_to + 1) {
			boot = sample_boot(&s);
			run_from = sample_seq(&s);
		}
		run_to = sample_seq(&s);
		taken++;
	}
	if (taken)
		holes_filled(d, drone, boot, run_from, run_to, "backfilled");
	buf_free(&body);
	return taken;
}

/* A ring only ever loses its oldest; a daemon's history also grows at that end
 * while it fills its own holes. */
static bool holds_a_ring(const struct source *s)
{
	return s->kind == KIND_SIM || s->kind == KIND_BRIDGE;
}

/* What the source says it holds: older boots and tails we never saw are
 * missing; what its ring has dropped is lost. */
static void take_held(struct daemon *d, struct source *s, struct drone *drone, uint32_t asked_boot,
    const wire_value *held)
{
	/* A source that holds later boots alone has done with this one; one that
	 * names no boot at all says nothing. */
	bool past_it = wire_is_array(held) && wire_count(held) > 0;

	for (size_t i = 0; i < wire_count(held) && wire_is_array(held); i++) {
		const wire_value *row = wire_at(held, i);
		uint64_t boot, oldest, newest;
		struct coverage *c;
		struct range hole;

		if (!wire_get_uint(wire_at(row, 0), &boot) || !wire_get_uint(wire_at(row, 1), &oldest) ||
		    !wire_get_uint(wire_at(row, 2), &newest) || boot > UINT32_MAX ||
		    newest > UINT32_MAX || oldest > newest) {
			past_it = false;
			continue;
		}
		past_it = past_it && boot > asked_boot;
		/* The present boot's tail is on its way by the feed. */
		if (drone->newest.known && boot < sample_boot(&drone->newest)) {
			c = drone_coverage(drone, (uint32_t)boot);
			if (coverage_extend(c, (uint32_t)newest, &hole))
				holes_opened(d, drone, (uint32_t)boot, hole, "of an earlier boot");
		}
		if (holds_a_ring(s) && oldest > 0)
			lose(d, drone, drone_coverage(drone, (uint32_t)boot), 0, (uint32_t)oldest - 1,
			    "the source no longer holds it");
	}
	if (past_it && holds_a_ring(s))
		lose(d, drone, drone_coverage(drone, asked_boot), 0, UINT32_MAX,
		    "the source holds nothing of that boot");
}

static void fill_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct fill *f = user;
	struct daemon *d = context;
	struct drone *drone;
	struct reply reply;
	struct coverage *c;
	struct err err;
	const wire_value *lost;
	size_t taken;

	if (result == CLIENT_LATE || result == CLIENT_GONE) {
		free(f);
		return;
	}
	f->source->filling = false;
	drone = fleet_find(&d->fleet, f->drone);
	if (result == CLIENT_TIMEOUT || !drone) {
		if (drone)
			drone->ask_at_ms = d->now_mono_ms + RETRY_MS;
		if (result != CLIENT_TIMEOUT)
			free(f);
		return;
	}
	drone->ask_tries++;
	drone->ask_at_ms = d->now_mono_ms +
			   (drone->ask_tries < 5 ? RETRY_MS << drone->ask_tries : RETRY_MAX_MS);
	if (reply_parse(&d->answer_doc, body, len, &reply, &err) == -1 || reply.code != CODE_OK) {
		free(f);
		return;
	}
	taken = take_samples(d, drone, f, wire_key(reply.body, "samples"));
	lost = wire_key(reply.body, "lost");
	for (size_t i = 0; i < wire_count(lost) && wire_is_array(lost); i++) {
		uint64_t from, to;

		if (wire_get_uint(wire_at(wire_at(lost, i), 0), &from) &&
		    wire_get_uint(wire_at(wire_at(lost, i), 1), &to) && from <= to &&
		    to <= UINT32_MAX)
			lose(d, drone, drone_coverage(drone, f->boot), (uint32_t)from, (uint32_t)to,
			    "the source says that it will never come");
	}
	take_held(d, f->source, drone, f->boot, wire_key(reply.body, "held"));
	c = drone_coverage(drone, f->boot);
	if (taken) {
		drone->ask_tries = 0;
		drone->missing_since_ms = d->now_mono_ms;
		if (!d->history_full)
			drone->ask_at_ms = d->now_mono_ms;
	} else if (d->now_mono_ms - drone->missing_since_ms > GIVE_UP_MS) {
		lose(d, drone, c, f->wanted.from, f->wanted.to, "asked for in vain for 20 minutes");
	}
	free(f);
}

/* The first hole of the drone, oldest boot first; or, for a probe, a sample
 * that is here, asked for because of what else the answer says. */
static bool wanted(struct drone *drone, uint32_t *boot, struct range *range)
{
	for (size_t b = 0; b < drone->boot_count; b++) {
		const struct coverage *c = &drone->boots[b];

		if (!c->missing.count)
			continue;
		*boot = c->boot;
		*range = c->missing.items[0];
		if (range->to - range->from >= FILL_CHUNK)
			range->to = range->from + FILL_CHUNK - 1;
		return true;
	}
	if (!drone->probe || !drone->newest.known)
		return false;
	*boot = sample_boot(&drone->newest);
	*range = (struct range){ sample_seq(&drone->newest), sample_seq(&drone->newest) };
	return true;
}

static bool ask_for(struct daemon *d, struct source *s, const struct drone *drone, uint32_t boot,
    struct range range)
{
	struct request req = { .op = OP_BACKFILL, .boot = boot, .from = range.from, .to = range.to };
	struct fill *f = xcalloc(1, sizeof(*f));
	struct buf body = BUF_INIT;

	f->source = s;
	f->boot = boot;
	f->wanted = range;
	str_copy(f->drone, sizeof(f->drone), drone->id);
	str_copy(req.drone, sizeof(req.drone), drone->id);
	request_encode(&body, &req);
	if (client_request(s->client, &body, d->now_mono_ms + FILL_TIMEOUT_MS, fill_answered, f) == -1)
		free(f);
	else
		s->filling = true;
	buf_free(&body);
	return s->filling;
}

/* Asked of every drone in turn: nothing is made ready before there is something to ask. */
static bool ask(struct daemon *d, struct source *s, struct drone *drone)
{
	struct range range;
	uint32_t boot;

	if (!wanted(drone, &boot, &range))
		return false;
	drone->probe = false;
	return ask_for(d, s, drone, boot, range);
}

/* Looks at the source's drones in turn, from where it last stopped. */
static void fill_next(struct daemon *d, struct source *s)
{
	for (size_t n = 0; n < d->fleet.count; n++) {
		struct drone *drone;

		s->fill_cursor = (s->fill_cursor + 1) % d->fleet.count;
		drone = &d->fleet.drones[s->fill_cursor];
		if (drone->source != s->index || d->now_mono_ms < drone->ask_at_ms)
			continue;
		if (ask(d, s, drone)) {
			s->fill_at_ms = d->now_mono_ms + FILL_PAUSE_MS;
			return;
		}
	}
	s->fill_at_ms = d->now_mono_ms + IDLE_SCAN_MS;
}

int64_t holes_tick(struct daemon *d)
{
	int64_t next = d->now_mono_ms + 1000;
	struct history_stats stats;

	history_get_stats(d->history, &stats);
	if (stats.queued_bytes > (size_t)(d->config->queue_mb * 1e6 / 2) || d->history_full)
		return next;
	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];

		if (s->filling || s->state != SOURCE_UP || s->refused || s->kind == KIND_REPLAY)
			continue;
		if (d->now_mono_ms >= s->fill_at_ms)
			fill_next(d, s);
		if (!s->filling && s->fill_at_ms < next)
			next = s->fill_at_ms;
	}
	return next;
}
