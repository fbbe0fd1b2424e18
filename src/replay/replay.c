/* The position in the past: see replay.h. */
#include "replay/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "replay/private.h"

#define TRIES 4 /* a day is merged once; more is a disk that plays tricks */

static int gave_up(struct err *err)
{
	return err_set(err, "the history changes faster than it can be read; try again");
}

/* ---- anywhere ---- */

/* next_ms: it says nothing more before. */
static void set_drone(struct replay *r, size_t i, bool any, struct sample_key key,
    const struct sample *s, bool backfilled, int64_t next_ms)
{
	struct replay_drone *d = &r->drones[i];

	r->streams[i].any = any;
	r->streams[i].now = key;
	r->streams[i].state = next_ms == INT64_MAX ? NEXT_NONE : NEXT_BOUND;
	r->streams[i].next = (struct sample_key){ next_ms, 0, 0 };
	d->sample.known = 0;
	d->at_ms = any ? key.at : INT64_MIN;
	d->backfilled = any && backfilled;
	if (any)
		d->sample = *s;
}

static int seek_once(struct replay *r, int64_t at_ms, struct err *err)
{
	r->position_ms = at_ms;
	r->direction = 0;
	for (size_t n = 0; n < r->order_count && !r->gone; n++) {
		size_t i = r->order[n];
		struct sample_key key = { 0 };
		bool backfilled = false;
		struct sample s;
		int64_t next_ms;
		int any = stream_before(r, i, KEY_AFTER(at_ms), &key, &s, &backfilled, &next_ms, err);

		if (any == -1)
			return -1;
		set_drone(r, i, any == 1, key, &s, backfilled, next_ms);
	}
	window_place_notes(r);
	state_stale(r);
	plans_stale(r);
	return 0;
}

int replay_seek(struct replay *r, int64_t at_ms, struct err *err)
{
	if (window_move(r, day_of(at_ms), err) == -1)
		return -1;
	for (int i = 0; i < TRIES; i++) {
		if (seek_once(r, at_ms, err) == -1)
			return -1;
		if (!r->gone)
			return 0;
		if (window_mend(r, err) == -1)
			return -1;
	}
	return gave_up(err);
}

/* ---- the heap: whose sample is next, or was last ---- */

static bool earlier(const struct replay *r, size_t a, size_t b)
{
	const struct stream *x = &r->streams[a], *y = &r->streams[b];

	if (r->direction > 0) {
		if (x->next.at != y->next.at)
			return x->next.at < y->next.at;
		return a < b;
	}
	if (x->now.at != y->now.at)
		return x->now.at > y->now.at;
	return a > b;
}

static void sift(struct replay *r, size_t i)
{
	size_t drone = r->heap[i], n = r->heap_count;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && earlier(r, r->heap[child + 1], r->heap[child]))
			child++;
		if (!earlier(r, r->heap[child], drone))
			break;
		r->heap[i] = r->heap[child];
		i = child;
	}
	r->heap[i] = drone;
}

static void drop_top(struct replay *r)
{
	r->heap[0] = r->heap[--r->heap_count];
	if (r->heap_count)
		sift(r, 0);
}

static void make_heap(struct replay *r, int direction)
{
	if (r->direction == direction)
		return;
	r->direction = direction;
	r->heap_count = 0;
	if (r->heap_cap < r->drone_count) {
		r->heap_cap = r->drone_cap;
		r->heap = xreallocarray(r->heap, r->heap_cap, sizeof(*r->heap));
	}
	for (size_t i = 0; i < r->drone_count; i++) {
		struct stream *s = &r->streams[i];

		if (direction > 0 && s->state == NEXT_UNKNOWN) {
			s->state = NEXT_BOUND;
			s->next = s->any ? s->now : (struct sample_key){ INT64_MIN, 0, 0 };
		}
		if (direction > 0 ? s->state != NEXT_NONE : s->any)
			r->heap[r->heap_count++] = i;
	}
	for (size_t i = r->heap_count / 2; i-- > 0;)
		sift(r, i);
}

/* ---- notes ---- */

static struct moment_note *next_note(const struct replay *r, size_t *file)
{
	struct moment_note *best = NULL;

	for (size_t k = 0; k < r->file_count; k++) {
		const struct window_file *f = &r->files[k];

		if (f->noted < f->m->note_count &&
		    (!best || f->m->notes[f->noted].at_ms < best->at_ms)) {
			best = &f->m->notes[f->noted];
			*file = k;
		}
	}
	return best;
}

static struct moment_note *last_note(const struct replay *r, size_t *file)
{
	struct moment_note *best = NULL;

	for (size_t k = r->file_count; k-- > 0;) {
		const struct window_file *f = &r->files[k];

		if (f->noted && (!best || f->m->notes[f->noted - 1].at_ms > best->at_ms)) {
			best = &f->m->notes[f->noted - 1];
			*file = k;
		}
	}
	return best;
}

/* 1, 0 where there is nothing to tell (a gap that was filled since, an alarm that the day only
 * began with), or -1. */
static int tell_note(struct replay *r, size_t file, const struct moment_note *note,
    struct replay_update *u, struct err *err)
{
	static const enum replay_kind kinds[TOPIC_COUNT] = {
		[TOPIC_EV] = REPLAY_EVENT, [TOPIC_CM] = REPLAY_COMMAND,
		[TOPIC_AL] = REPLAY_ALARM, [TOPIC_OR] = REPLAY_ORDER,
	};
	const struct window_file *f = &r->files[file];
	struct moment_gap gap;
	int got;

	*u = (struct replay_update){ .at_ms = note->at_ms, .arrived_ms = note->at_ms,
		.drone = note->drone == MOMENT_NO_DRONE ? REPLAY_NO_DRONE : f->drones[note->drone] };
	if (note->carried)
		return 0;
	if (note->kind == TOPIC_PL)
		return plans_tell(r, f, note, u, err);
	if (note->kind != MOMENT_GAP) {
		u->kind = kinds[note->kind];
		u->message = &r->message;
		return moments_message(f->m, note, &r->message, &u->arrived_ms, err);
	}
	got = moments_gap(f->m, note, &gap, err);
	r->gap = (struct replay_gap){ .boot = gap.boot, .from = gap.from, .to = gap.to,
		.from_ms = note->at_ms, .to_ms = note->until_ms, .lost = gap.lost };
	str_copy(r->gap.drone, sizeof(r->gap.drone), gap.drone);
	str_copy(r->gap.why, sizeof(r->gap.why), gap.why);
	u->kind = REPLAY_GAP;
	u->gap = &r->gap;
	return got;
}

/* ---- forward ---- */

/* The drone whose sample is next, up to that moment, in *drone: 1, 0 or -1. */
static int next_sample(struct replay *r, int64_t until_ms, size_t *drone, struct err *err)
{
	make_heap(r, 1);
	while (r->heap_count) {
		struct stream *s = &r->streams[r->heap[0]];

		if (s->state != NEXT_UNKNOWN && s->next.at > until_ms)
			return 0;
		if (s->state == NEXT_KNOWN) {
			*drone = r->heap[0];
			return 1;
		}
		if (stream_next(r, r->heap[0], until_ms, err) == -1)
			return -1;
		if (r->gone)
			return 0;
		if (s->state == NEXT_NONE)
			drop_top(r);
		else
			sift(r, 0);
	}
	return 0;
}

/* What follows in the same run, where nothing else can come between. */
static void follow(struct stream *s)
{
	const struct run *run = &s->runs[s->next_run].run;

	s->state = NEXT_BOUND;
	if (s->next_index + 1 < run->count && run_at(run, s->next_index + 1) < s->clear_ms) {
		s->next_index++;
		s->next = (struct sample_key){ run_at(run, s->next_index), run->boot,
			run_seq(run, s->next_index) };
		s->state = NEXT_KNOWN;
	}
}

static void tell_next(struct replay *r, size_t i, struct replay_update *u)
{
	struct stream *s = &r->streams[i];
	struct replay_drone *d = &r->drones[i];
	const struct run *run = &s->runs[s->next_run].run;

	run_sample(run, s->next_index, &d->sample);
	d->at_ms = s->next.at;
	d->backfilled = run_backfilled(run, s->next_index);
	*u = (struct replay_update){ .kind = REPLAY_SAMPLE, .at_ms = d->at_ms, .drone = i,
		.sample = &d->sample, .backfilled = d->backfilled,
		.arrived_ms = run_get(&run->columns[COLUMN_ARRIVED], s->next_index) };
	s->any = true;
	s->now = s->next;
	r->told_drone = i;
	r->told_key = s->now;
	follow(s);
	sift(r, 0);
}

int replay_next(struct replay *r, int64_t until_ms, struct replay_update *u, struct err *err)
{
	for (int tries = 0; tries < TRIES;) {
		/* Beyond the window's day other files count. */
		int64_t day_end = r->single ? INT64_MAX : (r->window_day + 1) * DAY_MS - 1, other;
		int64_t until = until_ms < day_end ? until_ms : day_end;
		struct moment_note *note;
		size_t drone, file = 0;
		int more = next_sample(r, until, &drone, err);

		if (more == -1)
			return -1;
		if (r->gone) {
			if (window_mend(r, err) == -1)
				return -1;
			tries++;
			continue;
		}
		note = next_note(r, &file);
		if (note && note->at_ms <= until &&
		    (!more || note->at_ms < r->streams[drone].next.at)) {
			int got = tell_note(r, file, note, u, err);

			if (got == -1)
				return -1;
			r->files[file].noted++;
			r->position_ms = note->at_ms;
			state_stale(r);
			if (got == 1)
				return 1;
			continue;
		}
		if (more) {
			tell_next(r, drone, u);
			r->position_ms = u->at_ms;
			return 1;
		}
		if (until == until_ms || !window_other_day(r, false, &other) ||
		    other > day_of(until_ms)) {
			r->position_ms = until_ms > r->position_ms ? until_ms : r->position_ms;
			return 0;
		}
		r->position_ms = until > r->position_ms ? until : r->position_ms;
		if (window_move(r, other, err) == -1)
			return -1;
	}
	return gave_up(err);
}

/* ---- backward ---- */

static int tell_prev(struct replay *r, size_t i, struct replay_update *u, struct err *err)
{
	struct replay_drone *d = &r->drones[i];
	struct stream *s = &r->streams[i];
	struct sample_key told = s->now, key = { 0 };
	struct sample before;
	bool backfilled = false;
	const struct run *run;
	int64_t next_ms;
	size_t index;
	int any = stream_find(r, i, told, &run, &index, err);

	if (any != 1)
		return any;
	*u = (struct replay_update){ .kind = REPLAY_SAMPLE, .at_ms = told.at, .drone = i,
		.sample = &r->undone, .backfilled = d->backfilled,
		.arrived_ms = run_get(&run->columns[COLUMN_ARRIVED], index) };
	any = stream_before(r, i, told, &key, &before, &backfilled, &next_ms, err);
	if (any == -1 || r->gone)
		return any == -1 ? -1 : 0;
	r->undone = d->sample;
	set_drone(r, i, any == 1, key, &before, backfilled, next_ms);
	r->told_drone = i;
	r->told_key = told;
	if (any)
		sift(r, 0);
	else
		drop_top(r);
	return 1;
}

int replay_prev(struct replay *r, int64_t down_to_ms, struct replay_update *u, struct err *err)
{
	for (int tries = 0; tries < TRIES;) {
		int64_t day_start = r->single ? INT64_MIN : r->window_day * DAY_MS, other;
		int64_t down_to = down_to_ms >= day_start ? down_to_ms : day_start - 1;
		struct moment_note *note;
		size_t file = 0;
		bool sample;
		int got;

		make_heap(r, -1);
		sample = r->heap_count && r->streams[r->heap[0]].now.at > down_to;
		note = last_note(r, &file);
		if (note && note->at_ms > down_to &&
		    (!sample || note->at_ms >= r->streams[r->heap[0]].now.at)) {
			got = tell_note(r, file, note, u, err);
			if (got == -1)
				return -1;
			r->files[file].noted--;
			r->position_ms = note->at_ms;
			state_stale(r);
			if (got == 1)
				return 1;
			continue;
		}
		if (sample) {
			got = tell_prev(r, r->heap[0], u, err);
			if (got == 1)
				r->position_ms = u->at_ms;
			if (got)
				return got;
			/* What is here now has come to be elsewhere: from the files again. */
			if (window_mend(r, err) == -1 || seek_once(r, r->position_ms, err) == -1)
				return -1;
			tries++;
			continue;
		}
		if (down_to == down_to_ms || !window_other_day(r, true, &other) ||
		    other < day_of(down_to_ms)) {
			r->position_ms = down_to_ms < r->position_ms ? down_to_ms : r->position_ms;
			return 0;
		}
		/* What was said last may be of a day that was not open. */
		if (replay_seek(r, down_to, err) == -1)
			return -1;
	}
	return gave_up(err);
}

void replay_sample_body(const struct replay *r, struct buf *body)
{
	const struct run *run;
	struct err err;
	size_t index;

	/* What was told was found, so it is at hand. */
	if (stream_find((struct replay *)r, r->told_drone, r->told_key, &run, &index, &err) == 1)
		run_body(run, index, body);
}
