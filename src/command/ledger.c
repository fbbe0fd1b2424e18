/* The ledger of commands: see ledger.h. */
#include "command/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How far along a stage is; a later one never yields to an earlier. */
static const int rank[STAGE_COUNT] = {
	[STAGE_UNKNOWN] = 0,  [STAGE_SENT] = 1,   [STAGE_TIMEOUT] = 2, [STAGE_ACCEPTED] = 3,
	[STAGE_REJECTED] = 5, [STAGE_ACTIVE] = 4, [STAGE_DONE] = 5,    [STAGE_FAILED] = 5,
};

bool stage_is_final(int stage)
{
	return rank[stage] == 5;
}

void ledger_clear(struct ledger *ledger)
{
	free(ledger->rows);
	strmap_clear(&ledger->by_id);
	memset(ledger, 0, sizeof(*ledger));
}

struct ledger_row *ledger_find(struct ledger *ledger, const char *id)
{
	size_t i = strmap_get(&ledger->by_id, id);

	return i == STRMAP_NONE ? NULL : &ledger->rows[i];
}

const struct ledger_row *ledger_at(const struct ledger *ledger, size_t i)
{
	return &ledger->rows[(ledger->first + i) % ledger->cap];
}

/* The ring never grows: its rows keep their places, which by_id holds. */
static struct ledger_row *add(struct ledger *ledger, const char *id)
{
	struct ledger_row *row;
	size_t at;

	if (!ledger->cap) {
		ledger->cap = LEDGER_MAX;
		ledger->rows = xcalloc(ledger->cap, sizeof(*ledger->rows));
	}
	at = (ledger->first + ledger->count) % ledger->cap;
	if (ledger->count == ledger->cap) {
		strmap_remove(&ledger->by_id, ledger->rows[at].last.id);
		ledger->first = (ledger->first + 1) % ledger->cap;
	} else {
		ledger->count++;
	}
	row = &ledger->rows[at];
	memset(row, 0, sizeof(*row));
	row->used = true;
	strmap_set(&ledger->by_id, id, at);
	return row;
}

/* Refused without the drone's word: nothing flew, and it may be tried again. */
static bool may_start_anew(const struct ledger_row *row)
{
	return row->last.stage == STAGE_REJECTED && !row->answered;
}

static void drop_old(struct ledger *ledger, int64_t now_ms)
{
	while (ledger->count && ledger->rows[ledger->first].touched_ms + LEDGER_KEEP_MS < now_ms &&
	       ledger->rows[ledger->first].keep_until_ms < now_ms) {
		strmap_remove(&ledger->by_id, ledger->rows[ledger->first].last.id);
		ledger->first = (ledger->first + 1) % ledger->cap;
		ledger->count--;
	}
}

bool ledger_apply(struct ledger *ledger, const struct progress *cm, int64_t now_ms)
{
	struct ledger_row *row = ledger_find(ledger, cm->id);

	if (row) {
		/* An id names one command for ever. */
		if (strcmp(row->last.drone, cm->drone) != 0 && !may_start_anew(row))
			return false;
		if (rank[cm->stage] <= rank[row->last.stage] && !may_start_anew(row))
			return false;
		if (cm->stage == STAGE_UNKNOWN)
			return false;
	} else {
		drop_old(ledger, now_ms);
		row = add(ledger, cm->id);
	}
	row->last = *cm;
	row->touched_ms = now_ms;
	return true;
}

bool ledger_abandon(struct ledger *ledger, const struct progress *cm, int64_t now_ms)
{
	struct ledger_row *row = ledger_find(ledger, cm->id);

	if (!row || stage_is_final(row->last.stage) || row->last.stage == STAGE_TIMEOUT)
		return false;
	row->last = *cm;
	row->touched_ms = now_ms;
	return true;
}

void ledger_answer(struct ledger *ledger, const char *id, enum code code, const char *text,
    int64_t keep_until_ms)
{
	struct ledger_row *row = ledger_find(ledger, id);

	if (!row) {
		row = add(ledger, id);
		str_copy(row->last.id, sizeof(row->last.id), id);
	}
	row->answered = true;
	row->code = code;
	row->keep_until_ms = keep_until_ms;
	str_copy(row->text, sizeof(row->text), text);
}

const struct ledger_row *ledger_answered(struct ledger *ledger, const char *id, int64_t now_ms)
{
	const struct ledger_row *row = ledger_find(ledger, id);

	return row && row->answered && row->keep_until_ms >= now_ms ? row : NULL;
}

static bool matches(const struct ledger_row *row, const char *id, const char *drone, uint64_t since)
{
	return row->last.stage != STAGE_UNKNOWN && (!*id || strcmp(row->last.id, id) == 0) &&
	       (!*drone || strcmp(row->last.drone, drone) == 0) &&
	       (since == KEY_NONE || row->last.time >= since);
}

static int by_time(const void *a, const void *b)
{
	const struct ledger_row *x = *(const struct ledger_row *const *)a;
	const struct ledger_row *y = *(const struct ledger_row *const *)b;

	return (x->touched_ms > y->touched_ms) - (x->touched_ms < y->touched_ms);
}

void ledger_write(const struct ledger *ledger, struct buf *b, const char *id, const char *drone,
    uint64_t since)
{
	const struct ledger_row **found = xcalloc(ledger->count, sizeof(*found));
	size_t n = 0;

	for (size_t i = 0; i < ledger->count; i++) {
		if (matches(ledger_at(ledger, i), id, drone, since))
			found[n++] = ledger_at(ledger, i);
	}
	qsort(found, n, sizeof(*found), by_time);
	wire_put_array(b, n);
	for (size_t i = 0; i < n; i++)
		message_encode(b, TOPIC_CM, &found[i]->last);
	free(found);
}
