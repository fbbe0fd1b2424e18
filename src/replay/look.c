/* Looking over the past without going there: see replay.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "replay/private.h"

const char *const replay_target_names[REPLAY_TARGET_COUNT + 1] = {
	"warning", "event", "alarm", "command", "order", "gap", "sample", NULL,
};

/* Nothing recorded of any drone for so long is a gap. */
#define SILENT_MS 10000

static bool is_target(enum replay_target target, const struct moment_note *n)
{
	switch (target) {
	case REPLAY_NEXT_EVENT:
		return n->kind == TOPIC_EV && n->grade <= SEVERITY_WARNING;
	case REPLAY_NEXT_ANY_EVENT:
		return n->kind == TOPIC_EV;
	case REPLAY_NEXT_ALARM:
		return n->kind == TOPIC_AL && n->state == ALARM_RAISED;
	case REPLAY_NEXT_COMMAND:
		return n->kind == TOPIC_CM && (n->grade == STAGE_SENT || n->grade == STAGE_REJECTED);
	case REPLAY_NEXT_ORDER:
		return n->kind == TOPIC_OR;
	case REPLAY_NEXT_GAP:
		return n->kind == MOMENT_GAP;
	default:
		return false;
	}
}

/* The nearest of two, in the direction. */
static void nearest(bool *found, int64_t *best, int64_t at_ms, bool backward)
{
	if (!*found || (backward ? at_ms > *best : at_ms < *best))
		*best = at_ms;
	*found = true;
}

static void find_note(const struct replay *r, const struct moments *m, enum replay_target target,
    bool backward, bool *found, int64_t *best)
{
	for (size_t k = 0; k < m->note_count; k++) {
		const struct moment_note *n = &m->notes[backward ? m->note_count - 1 - k : k];

		if (n->at_ms < r->first_ms || n->at_ms > r->last_ms || !is_target(target, n))
			continue;
		if (backward ? n->at_ms < r->position_ms : n->at_ms > r->position_ms) {
			nearest(found, best, n->at_ms, backward);
			return;
		}
	}
}

/* ---- when nothing at all was recorded ---- */

struct span {
	int64_t from, to;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* Begins and ends of rows, joined where they are near; the caller frees. */
static struct span *recorded(const struct replay *r, size_t *count)
{
	struct span *spans = NULL;
	size_t n = 0, cap = 0, kept = 0;

	for (size_t k = 0; k < r->file_count; k++) {
		const struct moments *m = r->files[k].m;

		for (size_t i = 0; i < m->drone_count; i++) {
			for (size_t j = 0; j < m->drones[i].row_count; j++) {
				const struct moment_row *row = &m->drones[i].rows[j];
				struct span s = { row->begin_ms, row->hi_ms };

				if (n && s.from >= spans[n - 1].from && s.from <= spans[n - 1].to + SILENT_MS) {
					spans[n - 1].to = s.to > spans[n - 1].to ? s.to : spans[n - 1].to;
					continue;
				}
				mem_grow(spans, n, cap);
				spans[n++] = s;
			}
		}
	}
	if (n)
		qsort(spans, n, sizeof(*spans), compare_spans);
	for (size_t i = 0; i < n; i++) {
		if (kept && spans[i].from <= spans[kept - 1].to + SILENT_MS) {
			if (spans[i].to > spans[kept - 1].to)
				spans[kept - 1].to = spans[i].to;
		} else {
			spans[kept++] = spans[i];
		}
	}
	*count = kept;
	return spans;
}

static void find_silence(const struct replay *r, bool backward, bool *found, int64_t *best)
{
	size_t count;
	struct span *spans = recorded(r, &count);

	for (size_t i = 0; i + 1 < count; i++) {
		int64_t at = spans[i].to;

		if (at < r->first_ms || at > r->last_ms)
			continue;
		if (backward ? at < r->position_ms : at > r->position_ms)
			nearest(found, best, at, backward);
	}
	free(spans);
}

static int find_sample(struct replay *r, bool backward, int64_t *at_ms, struct err *err)
{
	struct replay_update u;
	int64_t was = r->position_ms;
	int got;

	do {
		got = backward ? replay_prev(r, r->first_ms - 1, &u, err)
			       : replay_next(r, r->last_ms, &u, err);
	} while (got == 1 && (u.kind != REPLAY_SAMPLE || u.at_ms == was));
	if (got == 1)
		*at_ms = u.at_ms;
	return replay_seek(r, was, err) == -1 ? -1 : got;
}

int replay_find(struct replay *r, enum replay_target target, bool backward, int64_t *at_ms,
    struct err *err)
{
	int64_t home = r->window_day, day = home;
	bool found = false;
	int result = 0;

	if (target == REPLAY_NEXT_SAMPLE)
		return find_sample(r, backward, at_ms, err);
	for (;;) {
		for (size_t k = 0; k < r->file_count; k++)
			find_note(r, r->files[k].m, target, backward, &found, at_ms);
		if (target == REPLAY_NEXT_GAP)
			find_silence(r, backward, &found, at_ms);
		/* Another day's file may have something nearer only if it was not open. */
		if (found || !window_other_day(r, backward, &day) ||
		    day < day_of(r->first_ms) || day > day_of(r->last_ms))
			break;
		result = window_move(r, day, err);
		if (result == -1)
			break;
	}
	if (r->window_day != home && window_move(r, home, err) == -1)
		return -1;
	return result == -1 ? -1 : found;
}

/* ---- the timeline ---- */

struct slices {
	int64_t from_ms, to_ms;
	struct replay_bucket *buckets;
	size_t count;
};

/* The slice of a moment within. */
static size_t slice_of(const struct slices *s, int64_t ms)
{
	size_t i = (size_t)((double)(ms - s->from_ms) * (double)s->count / (double)(s->to_ms - s->from_ms));

	return i < s->count ? i : s->count - 1;
}

static void add_row(const struct slices *s, const struct moment_row *row)
{
	int64_t lo = row->begin_ms, hi = row->hi_ms;
	double width = (double)(s->to_ms - s->from_ms) / (double)s->count, length;

	if (hi < s->from_ms || lo >= s->to_ms)
		return;
	length = (double)(hi - lo) + 1;
	for (size_t i = slice_of(s, lo < s->from_ms ? s->from_ms : lo); i < s->count; i++) {
		double begin = (double)s->from_ms + width * (double)i, end = begin + width;

		if (begin > (double)hi)
			break;
		begin = begin < (double)lo ? (double)lo : begin;
		end = end > (double)hi + 1 ? (double)hi + 1 : end;
		if (end <= begin)
			continue;
		s->buckets[i].samples += row->count * (end - begin) / length;
		s->buckets[i].recorded = true;
	}
}

static void add_note(const struct slices *s, const struct moment_note *n)
{
	struct replay_bucket *b;

	if (n->kind == MOMENT_GAP) {
		if (n->until_ms < s->from_ms || n->at_ms >= s->to_ms)
			return;
		for (size_t i = slice_of(s, n->at_ms < s->from_ms ? s->from_ms : n->at_ms);
		     i <= slice_of(s, n->until_ms >= s->to_ms ? s->to_ms - 1 : n->until_ms); i++)
			s->buckets[i].gap = true;
		return;
	}
	if (n->at_ms < s->from_ms || n->at_ms >= s->to_ms)
		return;
	b = &s->buckets[slice_of(s, n->at_ms)];
	switch (n->kind) {
	case TOPIC_EV:
		b->events++;
		b->severity = n->grade < b->severity ? n->grade : b->severity;
		break;
	case TOPIC_CM:
		b->commands += is_target(REPLAY_NEXT_COMMAND, n);
		break;
	case TOPIC_AL:
		b->alarms += n->state == ALARM_RAISED;
		if (n->state == ALARM_RAISED && n->grade > b->level)
			b->level = n->grade;
		break;
	case TOPIC_OR:
		b->orders++;
		break;
	}
}

static void add_file(const struct slices *s, const struct moments *m)
{
	for (size_t i = 0; i < m->drone_count; i++) {
		for (size_t k = 0; k < m->drones[i].row_count; k++)
			add_row(s, &m->drones[i].rows[k]);
	}
	for (size_t i = 0; i < m->note_count; i++)
		add_note(s, &m->notes[i]);
}

int replay_timeline(struct replay *r, int64_t from_ms, int64_t to_ms, struct replay_bucket *buckets,
    size_t count, struct err *err)
{
	struct slices s = { from_ms, to_ms, buckets, count };
	int64_t home = r->window_day, day, done = INT64_MIN;

	for (size_t i = 0; i < count; i++)
		buckets[i] = (struct replay_bucket){ .severity = SEVERITY_COUNT };
	if (!count || to_ms <= from_ms)
		return 0;
	if (r->single) {
		add_file(&s, r->files[0].m);
		return 0;
	}
	/* What arrived on the day after may belong to the last. */
	for (size_t i = 0; i < r->day_count; i++) {
		day = r->days[i];
		if (day < day_of(from_ms) || day > day_of(to_ms - 1) + 1)
			continue;
		for (size_t k = 0; k < r->file_count; k++) {
			if (r->files[k].day != day)
				continue;
			add_file(&s, r->files[k].m);
			done = day;
		}
		if (done == day)
			continue;
		if (window_move(r, day, err) == -1)
			return -1;
		for (size_t k = 0; k < r->file_count; k++) {
			if (r->files[k].day == day)
				add_file(&s, r->files[k].m);
		}
	}
	return r->window_day == home ? 0 : window_move(r, home, err);
}
