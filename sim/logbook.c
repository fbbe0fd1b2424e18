/* The commands of the last hours: see logbook.h. */
#include "logbook.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static void entry_free(struct logbook_entry *e)
{
	free(e->text);
	free(e->answer_text);
	free(e);
}

void logbook_clear(struct logbook *l)
{
	for (size_t i = 0; i < l->count; i++)
		entry_free(l->entries[i]);
	free(l->entries);
	strmap_clear(&l->ids);
	*l = (struct logbook){ 0 };
}

struct logbook_entry *logbook_at(const struct logbook *l, size_t number)
{
	return number >= l->first && number - l->first < l->count ? l->entries[number - l->first]
								  : NULL;
}

struct logbook_entry *logbook_find(const struct logbook *l, const char *id, size_t *number)
{
	*number = strmap_get(&l->ids, id);
	return *number == STRMAP_NONE ? NULL : logbook_at(l, *number);
}

static bool is_over(const struct logbook_entry *e, int64_t now_ms)
{
	return now_ms > e->time + LOGBOOK_KEEP_MS && now_ms > e->expires + LOGBOOK_ANSWER_KEEP_MS;
}

static void prune(struct logbook *l, int64_t now_ms)
{
	size_t n = 0;

	while (n < l->count && (l->count - n >= LOGBOOK_MAX || is_over(l->entries[n], now_ms))) {
		strmap_remove(&l->ids, l->entries[n]->id);
		entry_free(l->entries[n]);
		n++;
	}
	if (n == 0)
		return;
	l->first += n;
	l->count -= n;
	memmove(l->entries, l->entries + n, l->count * sizeof(*l->entries));
}

struct logbook_entry *logbook_enter(struct logbook *l, const char *id, int64_t now_ms, size_t *number)
{
	struct logbook_entry *e = logbook_find(l, id, number);

	if (e)
		return e;
	prune(l, now_ms);
	mem_grow(l->entries, l->count, l->cap);
	e = xcalloc(1, sizeof(*e));
	str_copy(e->id, sizeof(e->id), id);
	e->number = *number = l->first + l->count;
	l->entries[l->count++] = e;
	strmap_set(&l->ids, id, *number);
	return e;
}

void logbook_set(struct logbook_entry *e, int stage, enum code code, int64_t time_ms,
    const char *text)
{
	e->stage = stage;
	e->code = code;
	e->time = time_ms;
	free(e->text);
	e->text = xstrdup(text);
}

void logbook_progress(const struct logbook_entry *e, struct progress *cm)
{
	*cm = (struct progress){ .stage = e->stage, .time = (uint64_t)e->time };
	str_copy(cm->id, sizeof(cm->id), e->id);
	str_copy(cm->drone, sizeof(cm->drone), e->drone);
	str_copy(cm->cmd, sizeof(cm->cmd), e->cmd);
	str_copy(cm->by, sizeof(cm->by), e->by);
	str_copy(cm->code, sizeof(cm->code), code_name(e->code));
	str_copy(cm->text, sizeof(cm->text), e->text);
}

static int by_time(const void *a, const void *b)
{
	const struct logbook_entry *const *x = a, *const *y = b;

	if ((*x)->time != (*y)->time)
		return (*x)->time < (*y)->time ? -1 : 1;
	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

void logbook_write(const struct logbook *l, const char *id, const char *drone, uint64_t since,
    struct buf *out)
{
	const struct logbook_entry **fit = xcalloc(l->count + 1, sizeof(*fit));
	size_t n = 0, from, size = 0;
	struct buf one = BUF_INIT;
	struct progress cm;

	for (size_t i = 0; i < l->count; i++) {
		const struct logbook_entry *e = l->entries[i];

		if ((!*id || strcmp(id, e->id) == 0) && (!*drone || strcmp(drone, e->drone) == 0) &&
		    (since == KEY_NONE || e->time >= (int64_t)since))
			fit[n++] = e;
	}
	qsort(fit, n, sizeof(*fit), by_time);
	for (from = n; from > 0 && size < BODY_MAX - 65536; from--) {
		buf_clear(&one);
		logbook_progress(fit[from - 1], &cm);
		message_encode(&one, TOPIC_CM, &cm);
		size += one.len;
	}
	wire_put_array(out, n - from);
	for (size_t i = from; i < n; i++) {
		logbook_progress(fit[i], &cm);
		message_encode(out, TOPIC_CM, &cm);
	}
	buf_free(&one);
	free(fit);
}
