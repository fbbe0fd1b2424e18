/* What stood at the position, besides the drones: see replay.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "replay/private.h"

#define LIST_MAX 5000 /* of what stands; the oldest are left out */

void state_stale(struct replay *r)
{
	r->alarms.made = r->commands.made = r->orders.made = r->events.made = false;
}

void state_clear(struct replay *r)
{
	free(r->alarms.items);
	free(r->commands.items);
	free(r->orders.items);
	free(r->events.items);
}

typedef bool stands_fn(const struct replay *r, const struct moment_note *n);

static bool alarm_stands(const struct replay *r, const struct moment_note *n)
{
	if (n->state == ALARM_CLEARED)
		return n->at_ms > r->position_ms - REPLAY_OVER_MS;
	return n->state != ALARM_UNKNOWN;
}

static bool command_stands(const struct replay *r, const struct moment_note *n)
{
	bool over = n->grade == STAGE_REJECTED || n->grade == STAGE_DONE || n->grade == STAGE_FAILED ||
	    n->grade == STAGE_TIMEOUT;

	return !over || n->at_ms > r->position_ms - REPLAY_OVER_MS;
}

/* How each kind of thing that has a life is listed. */
static const struct kind {
	enum topic_kind kind;
	size_t size, id;    /* of the struct; where its id is */
	stands_fn *stands;
} kinds[] = {
	{ TOPIC_AL, sizeof(struct alarm), offsetof(struct alarm, id), alarm_stands },
	{ TOPIC_CM, sizeof(struct progress), offsetof(struct progress, id), command_stands },
};

/* Newest note of each key of the file that has happened: index + 1 by key. */
static uint32_t *newest_by_key(const struct window_file *f, enum topic_kind kind)
{
	uint32_t *newest = xcalloc((size_t)f->m->key_count + 1, sizeof(*newest));

	for (size_t i = 0; i < f->noted; i++) {
		if (f->m->notes[i].kind == kind)
			newest[f->m->notes[i].key] = (uint32_t)i + 1;
	}
	return newest;
}

/* True where a later day's file says something newer of it. */
static bool superseded(const struct replay *r, uint32_t *const *newest, size_t file, const char *id)
{
	for (size_t k = file + 1; k < r->file_count; k++) {
		size_t key = strmap_get(&r->files[k].m->keys, id);

		if (key != STRMAP_NONE && newest[k][key])
			return true;
	}
	return false;
}

static void *add(struct replay_list *list, size_t size, const void *item)
{
	if (list->count == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 64;
		list->items = xreallocarray(list->items, list->cap, size);
	}
	return memcpy((char *)list->items + size * list->count++, item, size);
}

static int list_file(struct replay *r, const struct kind *k, size_t file, uint32_t *const *newest,
    struct replay_list *list, struct err *err)
{
	const struct window_file *f = &r->files[file];
	size_t standing = 0, skip;

	for (size_t i = 0; i < f->noted; i++) {
		const struct moment_note *n = &f->m->notes[i];

		standing += n->kind == k->kind && newest[file][n->key] == i + 1 && k->stands(r, n);
	}
	skip = standing > LIST_MAX ? standing - LIST_MAX : 0;
	for (size_t i = 0; i < f->noted; i++) {
		const struct moment_note *n = &f->m->notes[i];
		union message message;
		int64_t arrived_ms;
		int got;

		if (n->kind != k->kind || newest[file][n->key] != i + 1 || !k->stands(r, n))
			continue;
		if (skip) {
			skip--;
			continue;
		}
		got = moments_message(f->m, n, &message, &arrived_ms, err);
		if (got == -1)
			return -1;
		if (got == 1 && !superseded(r, newest, file, (const char *)&message + k->id))
			add(list, k->size, &message);
	}
	return 0;
}

static int make_list(struct replay *r, const struct kind *k, struct replay_list *list,
    struct err *err)
{
	uint32_t *newest[WINDOW_MAX];
	int result = 0;

	/* What is over drops out with time. */
	if (list->made && r->position_ms >= list->position && r->position_ms - list->position < 1000)
		return 0;
	list->count = 0;
	for (size_t i = 0; i < r->file_count; i++)
		newest[i] = newest_by_key(&r->files[i], k->kind);
	for (size_t i = 0; i < r->file_count && result == 0; i++)
		result = list_file(r, k, i, newest, list, err);
	for (size_t i = 0; i < r->file_count; i++)
		free(newest[i]);
	list->made = result == 0;
	list->position = r->position_ms;
	return result;
}

int replay_alarms(struct replay *r, const struct alarm **alarms, size_t *count, struct err *err)
{
	int result = make_list(r, &kinds[0], &r->alarms, err);

	*alarms = r->alarms.items;
	*count = r->alarms.count;
	return result;
}

int replay_commands(struct replay *r, const struct progress **commands, size_t *count,
    struct err *err)
{
	int result = make_list(r, &kinds[1], &r->commands, err);

	*commands = r->commands.items;
	*count = r->commands.count;
	return result;
}

/* The newest rows of a kind, whatever they are of. */
static int make_newest(struct replay *r, enum topic_kind kind, size_t size, size_t max,
    struct replay_list *list, struct err *err)
{
	struct { size_t file, note; } newest[REPLAY_EVENTS_MAX];
	size_t n = 0;

	max = max < REPLAY_EVENTS_MAX ? max : REPLAY_EVENTS_MAX;
	list->count = 0;
	for (size_t k = r->file_count; k-- > 0;) {
		const struct window_file *f = &r->files[k];

		for (size_t i = f->noted; i-- > 0 && n < max;) {
			if (f->m->notes[i].kind != kind)
				continue;
			newest[n].file = k;
			newest[n++].note = i;
		}
	}
	while (n-- > 0) {
		const struct window_file *f = &r->files[newest[n].file];
		union message message;
		int64_t arrived_ms;
		int got = moments_message(f->m, &f->m->notes[newest[n].note], &message, &arrived_ms, err);

		if (got == -1)
			return -1;
		if (got == 1)
			add(list, size, &message);
	}
	return 0;
}

int replay_orders(struct replay *r, size_t max, const struct order **orders, size_t *count,
    struct err *err)
{
	int result = make_newest(r, TOPIC_OR, sizeof(struct order), max, &r->orders, err);

	*orders = r->orders.items;
	*count = r->orders.count;
	return result;
}

int replay_events(struct replay *r, size_t max, const struct event **events, size_t *count,
    struct err *err)
{
	int result = make_newest(r, TOPIC_EV, sizeof(struct event), max, &r->events, err);

	*events = r->events.items;
	*count = r->events.count;
	return result;
}

/* ---- trails ---- */

struct point {
	struct sample_key key;
	struct sample sample;
	bool backfilled;
};

static int compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return compare_sample_keys(x->key, y->key);
}

int replay_trail(struct replay *r, size_t drone, int64_t from_ms, int64_t step_ms,
    replay_take_point *take, void *context, struct err *err)
{
	const struct stream *s = &r->streams[drone];
	struct point *points = NULL;
	size_t count = 0, cap = 0;
	int64_t last_ms = INT64_MIN;
	int got = 1;

	/* Of the day before there is an hour at hand. */
	if (!r->single && from_ms < r->window_day * DAY_MS - MOMENTS_EDGE_MS && window_whole(r, err) == -1)
		return -1;
	for (size_t k = 0; k < r->file_count && got == 1 && s->any; k++) {
		const struct window_file *f = &r->files[k];
		struct moments_drone *d = window_drone(f, drone);

		for (size_t i = 0; d && i < d->row_count && got == 1; i++) {
			const struct moment_row *row = &d->rows[i];

			if (moment_hi(row) < from_ms || moment_first(row) > s->now.at)
				continue;
			got = moments_read(f->m, d, row, &r->chunk, err);
			for (size_t n = 0; got == 1 && n < r->chunk.count; n++) {
				struct sample_key key = { moments_at(row, &r->chunk, n), r->chunk.boot,
					(uint32_t)r->chunk.columns[FIELD_seq][n] };

				if (key.at < from_ms || compare_sample_keys(key, s->now) > 0)
					continue;
				if (step_ms && count && key.at >= points[count - 1].key.at &&
				    key.at / step_ms == points[count - 1].key.at / step_ms)
					continue;
				mem_grow(points, count, cap);
				points[count].key = key;
				points[count].backfilled = r->chunk.backfilled[n];
				chunk_sample(&r->chunk, n, &points[count++].sample);
			}
		}
	}
	if (got == 0)
		r->gone = true; /* the next step reads anew */
	if (count)
		qsort(points, count, sizeof(*points), compare_points);
	for (size_t i = 0; i < count && got != -1; i++) {
		if (i && compare_points(&points[i - 1], &points[i]) == 0)
			continue;
		if (step_ms && last_ms != INT64_MIN && points[i].key.at / step_ms == last_ms / step_ms)
			continue;
		last_ms = points[i].key.at;
		if (!take(context, &points[i].sample, points[i].key.at, points[i].backfilled))
			break;
	}
	free(points);
	return got == -1 ? -1 : 0;
}
