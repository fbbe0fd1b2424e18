/*
 * Days that are over: what is open goes on in the next, the rest is sealed to
 * the end, merged, and put to rest as one file without a log; and the oldest
 * go when there is no more room for them. All of it in slices of some
 * milliseconds, when the writer has nothing else to do.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/private.h"
#include "history/seal.h"
#include "history/trim.h"

#define MERGE_SAMPLES 8000
#define FINISH_RETRY_MS 60000
#define SUDDEN_DAYS 7
/* Alarms that go on in the next day; of more, the newest. */
#define CARRY_ALARMS_MAX 2000

/* ---- which ---- */

void over_note(struct writer *w, int64_t day)
{
	for (size_t i = 0; i < w->over_count; i++) {
		if (w->over[i] == day)
			return;
	}
	w->over = xreallocarray(w->over, w->over_count + 1, sizeof(*w->over));
	w->over[w->over_count++] = day;
}

void over_drop(struct writer *w, int64_t day)
{
	if (w->finishing && w->finishing->day == day)
		store_close(&w->finishing);
	for (size_t i = 0; i < w->over_count; i++) {
		if (w->over[i] == day) {
			w->over[i] = w->over[--w->over_count];
			return;
		}
	}
}

/* ---- what goes on in the next day ---- */

#define OPEN_GAPS                                                                                  \
	"SELECT drone, boot, first_seq, last_seq, why, at FROM gaps WHERE state = 'open'"

static void read_gap(sqlite3_stmt *stmt, struct record_gap *g)
{
	memset(g, 0, sizeof(*g));
	g->head.kind = RECORD_GAP;
	g->head.arrived_ms = sqlite3_column_int64(stmt, 5);
	schema_read_text(stmt, 0, g->drone, sizeof(g->drone));
	g->boot = (uint32_t)sqlite3_column_int64(stmt, 1);
	g->from = (uint32_t)sqlite3_column_int64(stmt, 2);
	g->to = (uint32_t)sqlite3_column_int64(stmt, 3);
	g->state = GAP_OPEN;
	schema_read_text(stmt, 4, g->why, sizeof(g->why));
}

static void carry_gaps(struct writer *w, sqlite3 *db)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(db, OPEN_GAPS, -1, &stmt, NULL) != SQLITE_OK)
		return;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct record_gap g;

		read_gap(stmt, &g);
		batch_add_record(&w->batch, &g.head, sizeof(g));
	}
	sqlite3_finalize(stmt);
}

static void settle_gap(struct writer *w, const struct record_gap *gap, const struct ranges *in,
    enum gap_state state, const char *why)
{
	for (size_t i = 0; i < in->count; i++) {
		struct record_gap g = *gap;

		g.from = in->items[i].from > g.from ? in->items[i].from : g.from;
		g.to = in->items[i].to < g.to ? in->items[i].to : g.to;
		g.state = state;
		str_copy(g.why, sizeof(g.why), why);
		if (g.from <= g.to)
			batch_add_record(&w->batch, &g.head, sizeof(g));
	}
}

void over_return(struct history *h, int64_t day)
{
	struct writer *w = &h->writer;
	sqlite3_stmt *stmt;

	w->batch.day = day;
	if (sqlite3_prepare_v2(w->store->db, OPEN_GAPS, -1, &stmt, NULL) != SQLITE_OK)
		return;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct record_gap g;
		const struct roster_drone *d;

		read_gap(stmt, &g);
		if (w->newest_ms)
			g.head.arrived_ms = w->newest_ms;
		d = &w->roster.drones[roster_drone(&w->roster, g.drone)];
		for (size_t b = 0; b < d->boot_count; b++) {
			if (d->boots[b].boot != g.boot)
				continue;
			settle_gap(w, &g, &d->boots[b].lost, GAP_LOST, "said on another day");
			settle_gap(w, &g, &d->boots[b].stored, GAP_FILLED, "came on another day");
		}
	}
	sqlite3_finalize(stmt);
}

/* So that each day tells by itself what stands, however long ago it was raised: as it was, with
 * the time it came. */
static void carry_alarms(struct writer *w, sqlite3 *db)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt;
	size_t arrived;
	int rc;

	(void)message_keys(TOPIC_AL, &arrived);
	/* max(row) makes the other columns those of the newest row. */
	buf_add_str(&sql, "SELECT * FROM (SELECT * FROM (SELECT ");
	schema_message_columns(&sql, TOPIC_AL);
	buf_add_str(&sql, ", arrived, max(row) AS newest FROM ");
	schema_table_of(db, &sql, schema_message_table(TOPIC_AL));
	buf_printf(&sql, " GROUP BY id) WHERE state <> '%s' ORDER BY newest DESC LIMIT %d) ORDER BY newest",
	    alarm_state_names[ALARM_CLEARED], CARRY_ALARMS_MAX);
	rc = sqlite3_prepare_v2(db, sql.data, -1, &stmt, NULL);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct record_message m;

		memset(&m, 0, sizeof(m));
		m.head.kind = RECORD_ALARM;
		m.head.arrived_ms = sqlite3_column_int64(stmt, (int)arrived);
		schema_read_message(stmt, TOPIC_AL, &m.message.al);
		batch_add_record(&w->batch, &m.head, sizeof(m));
	}
	sqlite3_finalize(stmt);
}

void over_carry(struct history *h, int64_t day)
{
	struct writer *w = &h->writer;
	int64_t *days, before = INT64_MIN;
	char path[DAY_PATH_SIZE];
	struct err err;
	size_t count;
	sqlite3 *db;

	w->batch.day = day;
	for (size_t i = 0; i < w->roster.count; i++) {
		if (w->roster.drones[i].told_ms) {
			(void)store_number(w->store, i);
			w->batch.record_count += !w->batch.record_count;
		}
		if (w->roster.drones[i].tracker.on)
			batch_add_flight(&w->batch, &w->roster.drones[i].tracker.flight);
	}
	if (days_list(h->dir, &days, &count, &err) == -1)
		return;
	for (size_t i = 0; i < count; i++) {
		if (days[i] < day)
			before = days[i];
	}
	free(days);
	if (before == INT64_MIN)
		return;
	day_path(path, h->dir, before);
	if (schema_open_read(&db, path, &err) != TROUBLE_NONE)
		return;
	carry_gaps(w, db);
	carry_alarms(w, db);
	sqlite3_close(db);
	free(w->store->plans_from);
	w->store->plans_from = xstrdup(path);
}

/* ---- finishing a day ---- */

static void give_up(struct writer *w, int64_t mono_ms)
{
	store_close(&w->finishing);
	w->finish_retry_ms = mono_ms + FINISH_RETRY_MS;
}

static void damaged(struct history *h, int64_t day, const char *why)
{
	char name[64], old[DAY_NAME_SIZE];
	struct err err;

	over_drop(&h->writer, day);
	if (day_set_aside(h->dir, day, name, &err) == 0)
		history_notice(h, HISTORY_DAMAGED,
		    "the history's file %s is damaged (%s); it was set aside as %s",
		    day_name(day, old), why, name);
}

/* Most are at rest already, at every start; those are not touched. */
static bool at_rest(const char *path)
{
	struct err err;
	sqlite3 *db;
	bool rest;

	if (schema_open_read(&db, path, &err) != TROUBLE_NONE)
		return false;
	rest = schema_mark(db, "finished", 0) != 0;
	sqlite3_close(db);
	return rest;
}

/* What was open went on in the next day, which has it from its first commit on: here it would
 * be told twice. */
#define DROP_CARRIED                                                                               \
	"DELETE FROM flights WHERE \"end\" IS NULL;"                                                \
	"DELETE FROM gaps WHERE state = 'open';"

/* The newest day there was is not over until another is written. */
static bool begin_day(struct history *h, int64_t mono_ms)
{
	struct writer *w = &h->writer;
	char path[DAY_PATH_SIZE];
	int64_t day = INT64_MIN;
	struct err err;

	for (size_t i = 0; i < w->over_count; i++) {
		if (w->store && w->over[i] < w->store->day && w->over[i] > day)
			day = w->over[i];
	}
	if (day == INT64_MIN)
		return false;
	day_path(path, h->dir, day);
	if (at_rest(path)) {
		over_drop(w, day);
		return true;
	}
	w->merge = (struct seal_merge){ 1, INT64_MIN };
	switch (store_open(&w->finishing, h->dir, day, &w->roster, mono_ms, &err)) {
	case TROUBLE_NONE:
		/* At once, for the rest of it can take minutes; where it fails, at the end. */
		if (schema_exec(w->finishing->db, "BEGIN IMMEDIATE;" DROP_CARRIED "COMMIT") != SQLITE_OK)
			schema_exec(w->finishing->db, "ROLLBACK");
		break;
	case TROUBLE_DAMAGED:
		damaged(h, day, err.text);
		break;
	case TROUBLE_NEWER:
		over_drop(w, day);
		break;
	default:
		give_up(w, mono_ms);
		break;
	}
	return true;
}

/* Nothing is left to do but to put the file to rest. */
static int put_to_rest(struct store *s)
{
	int rc = schema_exec(s->db, "BEGIN IMMEDIATE; DELETE FROM plain;" DROP_CARRIED
				    "INSERT OR REPLACE INTO marks SELECT 'first_time',"
				    " min(first_time) FROM sealed HAVING count(*);"
				    "INSERT OR REPLACE INTO marks SELECT 'last_time',"
				    " max(last_time) FROM sealed HAVING count(*);"
				    "INSERT OR REPLACE INTO marks SELECT 'samples',"
				    " coalesce(sum(count), 0) FROM sealed;"
				    "INSERT OR REPLACE INTO marks VALUES('finished', 1);"
				    "COMMIT");

	if (rc != SQLITE_OK) {
		schema_exec(s->db, "ROLLBACK");
		return rc;
	}
	/* Both fail where a reader has it open; then an empty log stays beside it. */
	(void)store_checkpoint(s, true);
	schema_exec(s->db, "PRAGMA journal_mode=DELETE");
	return SQLITE_OK;
}

static bool finish_slice(struct history *h, int64_t mono_ms)
{
	struct writer *w = &h->writer;
	struct store *s = w->finishing;
	int slot = seal_due(s, mono_ms, 0), rc;
	int64_t day = s->day;
	char why[256];

	if (slot >= 0) {
		rc = seal_slot(s, (unsigned)slot, &w->chunk, NULL);
	} else if (w->merge.drone < s->next_number) {
		rc = seal_merge(s, &w->merge, MERGE_SAMPLES, &w->other, &w->chunk);
	} else {
		rc = put_to_rest(s);
		if (rc == SQLITE_OK) {
			over_drop(w, day);
			return true;
		}
	}
	if (rc == SQLITE_OK) {
		store_checkpoint(s, false);
		return true;
	}
	str_copy(why, sizeof(why), sqlite3_errmsg(s->db));
	if (schema_trouble(rc) == TROUBLE_DAMAGED) {
		store_close(&w->finishing);
		damaged(h, day, why);
	} else {
		give_up(w, mono_ms);
	}
	return true;
}

/* ---- retention ---- */

/* All that was logged before would be too old at once: after a long rest, or by a clock that is
 * wrong. The first look after a start leaves it. */
static bool is_sudden(const struct history *h, const int64_t *days, size_t count, bool first)
{
	int64_t newest = INT64_MAX, today = h->writer.store->day;

	for (size_t i = 0; i < count && days[i] < today; i++)
		newest = days[i];
	return first && newest != INT64_MAX && today - newest > SUDDEN_DAYS;
}

void over_retention(struct history *h, bool first)
{
	struct writer *w = &h->writer;
	int64_t *days, bytes = 0;
	struct err err;
	bool sudden;
	size_t count;

	if (!w->store || days_list(h->dir, &days, &count, &err) == -1)
		return;
	sudden = is_sudden(h, days, count, first);
	for (size_t i = 0; i < count; i++)
		bytes += day_bytes(h->dir, days[i]);
	for (size_t i = 0; i < count && days[i] < w->store->day; i++) {
		bool old = !sudden && h->keep_days > 0 && w->store->day - days[i] >= h->keep_days;
		bool past = h->keep_ms > 0 && (days[i] + 1) * DAY_MS < w->newest_ms - h->keep_ms;
		bool big = h->keep_gb > 0 && (double)bytes > h->keep_gb * 1e9;

		if (!old && !past && !big)
			break;
		over_drop(w, days[i]);
		bytes -= day_bytes(h->dir, days[i]);
		if (day_remove(h->dir, days[i], &err) == -1)
			break;
	}
	free(days);
	if (h->keep_ms > 0)
		trim(w->store->db, w->newest_ms - h->keep_ms, h->keep_bytes);
}

bool over_step(struct history *h, int64_t mono_ms)
{
	struct writer *w = &h->writer;
	bool first;

	if (!w->store)
		return false;
	if (mono_ms >= w->retention_ms) {
		first = w->retention_ms == 0;
		w->retention_ms = mono_ms + RETENTION_MS;
		over_retention(h, first);
		return true;
	}
	if (w->finishing)
		return finish_slice(h, mono_ms);
	if (mono_ms < w->finish_retry_ms)
		return false;
	return begin_day(h, mono_ms);
}
