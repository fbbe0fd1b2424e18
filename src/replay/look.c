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

bool look_is_target(enum replay_target target, const struct moment_note *n)
{
	switch (target) {
	case REPLAY_NEXT_EVENT:
		return n->kind == TOPIC_EV && n->grade <= SEVERITY_WARNING;
	case REPLAY_NEXT_ANY_EVENT:
		return n->kind == TOPIC_EV;
	case REPLAY_NEXT_ALARM:
		return n->kind == TOPIC_AL && n->state == ALARM_RAISED && !n->carried;
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

		if (n->at_ms < r->first_ms || n->at_ms > r->last_ms || !look_is_target(target, n))
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

/* Begins and ends of rows, joined where they are near, with one that is known besides; the
 * caller frees. */
static struct span *recorded(const struct replay *r, const struct span *seed, size_t *count)
{
	struct span *spans = NULL;
	size_t n = 0, cap = 0, kept = 0;

	if (seed) {
		mem_grow(spans, n, cap);
		spans[n++] = *seed;
	}
	for (size_t k = 0; k < r->file_count; k++) {
		const struct moments *m = r->files[k].m;
		/* Of all drones there is only the last hour of a day before, and of one after what
		 * belongs to this. */
		int64_t from_ms = m->part == MOMENTS_END ? (m->day + 1) * DAY_MS - MOMENTS_EDGE_MS : INT64_MIN;
		int64_t to_ms = m->part == MOMENTS_BEGIN ? m->day * DAY_MS : INT64_MAX;

		for (size_t i = 0; i < m->drone_count; i++) {
			for (size_t j = 0; j < m->drones[i].row_count; j++) {
				const struct moment_row *row = &m->drones[i].rows[j];
				struct span s = { moment_begin(row), moment_hi(row) };

				if (s.to < from_ms || s.from > to_ms)
					continue;
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

/* seed: what was recorded last on the way here, for the silence between two days. */
static void find_silence(const struct replay *r, bool backward, struct span *seed, bool *seeded,
    bool *found, int64_t *best)
{
	size_t count;
	struct span *spans = recorded(r, *seeded ? seed : NULL, &count);

	for (size_t i = 0; i + 1 < count; i++) {
		int64_t at = spans[i].to;

		if (at < r->first_ms || at > r->last_ms)
			continue;
		if (backward ? at < r->position_ms : at > r->position_ms)
			nearest(found, best, at, backward);
	}
	*seeded = count > 0;
	if (count)
		*seed = spans[backward ? 0 : count - 1];
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
	bool found = false, seeded = false;
	struct span seed;
	int result = 0;

	if (target == REPLAY_NEXT_SAMPLE)
		return find_sample(r, backward, at_ms, err);
	for (;;) {
		for (size_t k = 0; k < r->file_count; k++)
			find_note(r, r->files[k].m, target, backward, &found, at_ms);
		if (target == REPLAY_NEXT_GAP)
			find_silence(r, backward, &seed, &seeded, &found, at_ms);
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
