/* What happened in slices of time, over many days: see replay.h. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/days.h"
#include "replay/private.h"

#define MINUTE_MS 60000
/* Slices so long are made of the minutes of days that are not open. */
#define COARSE_MS MINUTE_MS
/* Minutes of a day that is still written are good for so long. */
#define STALE_MS 120000
/* Days that one call reads: a day of 500 drones at 10 Hz takes a second. */
#define READS_MAX 1

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
	int64_t lo = moment_begin(row), hi = moment_hi(row);
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
		b->commands += look_is_target(REPLAY_NEXT_COMMAND, n);
		break;
	case TOPIC_AL:
		b->alarms += look_is_target(REPLAY_NEXT_ALARM, n);
		if (look_is_target(REPLAY_NEXT_ALARM, n) && n->grade > b->level)
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

/* ---- days that are not open ---- */

static void add_minute(const struct slices *s, const struct replay_bucket *from, int64_t at_ms)
{
	struct replay_bucket *b;
	int64_t middle_ms = at_ms + MINUTE_MS / 2;

	if (middle_ms < s->from_ms || middle_ms >= s->to_ms)
		return;
	b = &s->buckets[slice_of(s, middle_ms)];
	b->samples += from->samples;
	b->events += from->events;
	b->alarms += from->alarms;
	b->commands += from->commands;
	b->orders += from->orders;
	b->severity = from->severity < b->severity ? from->severity : b->severity;
	b->level = from->level > b->level ? from->level : b->level;
	b->gap |= from->gap;
	b->recorded |= from->recorded;
}

static void clear_buckets(struct replay_bucket *buckets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buckets[i] = (struct replay_bucket){ .severity = SEVERITY_COUNT };
}

/* Begins no earlier than the day before: what came later yet is put there. */
static void make_minutes(struct replay_minutes *minutes, const struct moments *m)
{
	int64_t first_ms = (minutes->day - 1) * DAY_MS, last_ms = (minutes->day + 1) * DAY_MS - 1;
	struct slices s;

	first_ms = m->first_ms > first_ms && m->first_ms <= last_ms ? m->first_ms : first_ms;
	last_ms = m->last_ms >= first_ms && m->last_ms < last_ms ? m->last_ms : last_ms;
	minutes->first_ms = first_ms / MINUTE_MS * MINUTE_MS;
	minutes->count = (size_t)((last_ms - minutes->first_ms) / MINUTE_MS) + 1;
	minutes->buckets = xreallocarray(minutes->buckets, minutes->count, sizeof(*minutes->buckets));
	clear_buckets(minutes->buckets, minutes->count);
	s = (struct slices){ minutes->first_ms, minutes->first_ms + (int64_t)minutes->count * MINUTE_MS,
		minutes->buckets, minutes->count };
	add_file(&s, m);
	minutes->over = m->over;
	minutes->made_ms = clock_mono_ms();
}

/* The day's minutes, made where they are not at hand and *reads allows it: 1, 0 where there are
 * none or none yet (then *reads is below 0), or -1. */
static int minutes_of(struct replay *r, int64_t day, int *reads, const struct replay_minutes **out,
    struct err *err)
{
	struct replay_minutes *minutes = NULL;
	struct moments *m;

	for (size_t i = 0; i < r->minutes_count; i++) {
		if (r->minutes[i].day == day)
			minutes = &r->minutes[i];
	}
	*out = minutes;
	if (minutes && (minutes->over || clock_mono_ms() - minutes->made_ms < STALE_MS))
		return 1;
	if (--*reads < 0)
		return minutes != NULL; /* what it was is better than nothing */
	/* One that cannot be read is not recorded here. */
	if (window_open_day(r, day, &m, err) == -1 || !m)
		return 0;
	if (!minutes && r->minutes_count == MINUTES_DAYS_MAX) {
		/* The one that was made first. */
		free(r->minutes[0].buckets);
		memmove(r->minutes, r->minutes + 1, --r->minutes_count * sizeof(*r->minutes));
	}
	if (!minutes) {
		mem_grow(r->minutes, r->minutes_count, r->minutes_cap);
		minutes = &r->minutes[r->minutes_count++];
		*minutes = (struct replay_minutes){ .day = day };
	}
	make_minutes(minutes, m);
	moments_close(&m);
	*out = minutes;
	return 1;
}

void timeline_clear(struct replay *r)
{
	for (size_t i = 0; i < r->minutes_count; i++)
		free(r->minutes[i].buckets);
	free(r->minutes);
	moments_close(&r->beside);
}

/* ---- all of it ---- */

/* What is open of the day tells all of that time. */
static bool covers(const struct moments *m, int64_t from_ms, int64_t to_ms)
{
	return m->part == MOMENTS_WHOLE ||
	    (m->part == MOMENTS_END && from_ms >= (m->day + 1) * DAY_MS - MOMENTS_EDGE_MS) ||
	    (m->part == MOMENTS_BEGIN && to_ms <= m->day * DAY_MS + MOMENTS_EDGE_MS);
}

static const struct moments *open_day(const struct replay *r, int64_t day, int64_t from_ms, int64_t to_ms)
{
	for (size_t k = 0; k < r->file_count; k++) {
		if (r->files[k].day == day && covers(r->files[k].m, from_ms, to_ms))
			return r->files[k].m;
	}
	return NULL;
}

/* One more day as a whole, for who looks closely at another than he is in. */
static int open_beside(struct replay *r, int64_t day, struct err *err)
{
	if (r->beside && r->beside->day == day)
		return moments_refresh(r->beside, false, err);
	moments_close(&r->beside);
	return window_open_day(r, day, &r->beside, err);
}

static int add_day(struct replay *r, const struct slices *s, int64_t day, int *reads, struct err *err)
{
	const struct moments *m = open_day(r, day, s->from_ms, s->to_ms);
	const struct replay_minutes *minutes;
	int got;

	if (m) {
		add_file(s, m);
	} else if ((s->to_ms - s->from_ms) / (int64_t)s->count >= COARSE_MS) {
		got = minutes_of(r, day, reads, &minutes, err);
		if (got == -1)
			return -1;
		for (size_t i = 0; got == 1 && i < minutes->count; i++)
			add_minute(s, &minutes->buckets[i], minutes->first_ms + (int64_t)i * MINUTE_MS);
	} else {
		if (open_beside(r, day, err) != -1 && r->beside)
			add_file(s, r->beside);
	}
	return 0;
}

int replay_timeline(struct replay *r, int64_t from_ms, int64_t to_ms, struct replay_bucket *buckets,
    size_t count, struct err *err)
{
	struct slices s = { from_ms, to_ms, buckets, count };
	int reads = READS_MAX;

	clear_buckets(buckets, count);
	if (!count || to_ms <= from_ms)
		return 0;
	if (r->single) {
		add_file(&s, r->files[0].m);
		return 0;
	}
	/* What arrived on the day after may belong to the last. */
	for (size_t i = 0; i < r->day_count; i++) {
		if (r->days[i] >= day_of(from_ms) && r->days[i] <= day_of(to_ms - 1) + 1 &&
		    add_day(r, &s, r->days[i], &reads, err) == -1)
			return -1;
	}
	return reads < 0;
}
