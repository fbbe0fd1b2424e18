/* A day's file as its writer has it: see store.h. */
#include "history/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/plans.h"

/* Pages of 8 KiB in the log before it is copied: 16 MiB. */
#define CHECKPOINT_PAGES 2048
/* At most so long for the readers of a log that was taken away. */
#define LEAVE_LOG_MS 1000

static const char *const sql[STORE_STATEMENT_COUNT] = {
	[STORE_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_PUT_PLAIN] = "INSERT INTO plain(id, body) VALUES(?, ?)",
	[STORE_GET_PLAIN] = "SELECT body FROM plain WHERE id = ?",
	[STORE_DROP_PLAIN] = "DELETE FROM plain WHERE id < ?",
	[STORE_PUT_SLOT] = "INSERT OR REPLACE INTO slots(slot, sealed) VALUES(?, ?)",
	[STORE_PUT_MARK] = "INSERT OR REPLACE INTO marks(key, value) VALUES(?, ?)",
	[STORE_PUT_SEALED] = "INSERT INTO sealed(drone, boot, first_seq, last_seq, count, first_time,"
			     " last_time, last_arrived, body) VALUES(?,?,?,?,?,?,?,?,?)",
	[STORE_NEXT_SEALED] = "SELECT id, boot, first_seq, last_seq, count, last_time, length(body)"
			      " FROM sealed WHERE drone = ? AND last_time > ? ORDER BY last_time",
	[STORE_GET_SEALED] = "SELECT body FROM sealed WHERE id = ?",
	[STORE_DROP_SEALED] = "DELETE FROM sealed WHERE id = ?",
	[STORE_PUT_DRONE] = "INSERT INTO drones(no, id, source, feed, model, kind, at) VALUES(?,?,?,?,?,?,?)"
			    " ON CONFLICT(no) DO UPDATE SET source = excluded.source,"
			    " feed = excluded.feed, model = excluded.model, kind = excluded.kind,"
			    " at = excluded.at",
	[STORE_PUT_REJECT] = "INSERT INTO rejects(arrived, source, topic, body, reason, detail)"
			     " VALUES(?,?,?,?,?,?)",
	[STORE_PUT_ANSWER] = "INSERT OR REPLACE INTO answers(id, code, text, keep_until, arrived)"
			     " VALUES(?,?,?,?,?)",
	[STORE_PUT_FLIGHT] = "INSERT OR REPLACE INTO flights(id, drone, boot, start, \"end\","
			     " start_lat, start_lon, end_lat, end_lon, distance, highest,"
			     " battery_start, battery_end, battery_used, used, ended, flown,"
			     " last_seq, last_time) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[STORE_DROP_FLIGHT] = "DELETE FROM flights WHERE id = ?",
	[STORE_DROP_FLIGHTS] = "DELETE FROM flights WHERE drone = ?1 AND (boot > ?2 OR (boot = ?2 AND"
			       " last_seq >= ?3))",
	[STORE_PUT_GAP] = "INSERT INTO gaps(drone, boot, first_seq, last_seq, state, why, at)"
			  " VALUES(?,?,?,?,?,?,?)",
	[STORE_FIND_GAPS] = "SELECT row, first_seq, last_seq, state, why, at FROM gaps"
			    " WHERE drone = ? AND boot = ? AND first_seq <= ? AND last_seq >= ?",
	[STORE_DROP_GAP] = "DELETE FROM gaps WHERE row = ?",
	[STORE_KEEP_PLAN] = "INSERT INTO plans(drone, rev, at, items, fences, rallies, content, arrived)"
			   " VALUES(?,?,?,?,?,?,?,?)",
	[STORE_FIND_PLAN] = "SELECT content FROM plans WHERE drone = ? ORDER BY row DESC LIMIT 1",
};

static const struct {
	enum store_statement statement;
	enum topic_kind kind;
} messages[RECORD_KIND_COUNT] = {
	[RECORD_EVENT] = { STORE_PUT_EVENT, TOPIC_EV },
	[RECORD_PROGRESS] = { STORE_PUT_COMMAND, TOPIC_CM },
	[RECORD_ALARM] = { STORE_PUT_ALARM, TOPIC_AL },
	[RECORD_ORDER] = { STORE_PUT_ORDER, TOPIC_OR },
};

int store_step(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	int reset = sqlite3_reset(stmt);

	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : reset != SQLITE_OK ? reset : rc;
}

int store_begin(struct store *store)
{
	return store_step(store->statements[STORE_BEGIN]);
}

int store_end(struct store *store, int rc)
{
	if (rc == SQLITE_OK)
		rc = store_step(store->statements[STORE_COMMIT]);
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(store->db))
		store_step(store->statements[STORE_ROLLBACK]);
	if (rc == SQLITE_OK)
		store->longest_stored = store->longest;
	else
		store->longest = store->longest_stored;
	return rc;
}

/* ---- opening ---- */

static int prepare(struct store *s)
{
	struct buf text = BUF_INIT;
	int rc = SQLITE_OK;

	for (int i = 0; i < STORE_STATEMENT_COUNT && rc == SQLITE_OK; i++) {
		buf_clear(&text);
		if (sql[i])
			buf_add_str(&text, sql[i]);
		for (int k = 0; k < RECORD_KIND_COUNT; k++) {
			if (!sql[i] && (int)messages[k].statement == i)
				schema_insert_message(&text, messages[k].kind);
		}
		rc = sqlite3_prepare_v3(s->db, text.data, -1, SQLITE_PREPARE_PERSISTENT,
		    &s->statements[i], NULL);
	}
	buf_free(&text);
	return rc;
}

static void number_drone(struct store *s, size_t drone, uint32_t number)
{
	if (drone >= s->number_cap) {
		size_t cap = s->number_cap ? s->number_cap : 64;

		while (cap <= drone)
			cap *= 2;
		s->numbers = xreallocarray(s->numbers, cap, sizeof(*s->numbers));
		s->is_fresh = xreallocarray(s->is_fresh, cap, sizeof(*s->is_fresh));
		memset(s->numbers + s->number_cap, 0,
		    (cap - s->number_cap) * sizeof(*s->numbers));
		memset(s->is_fresh + s->number_cap, 0,
		    (cap - s->number_cap) * sizeof(*s->is_fresh));
		s->number_cap = cap;
	}
	s->numbers[drone] = number;
	if (number >= s->next_number)
		s->next_number = number + 1;
}

/* Calls row for each row of the query. */
static int each(sqlite3 *db, const char *query,
    void (*row)(struct store *s, sqlite3_stmt *stmt, void *context), struct store *s, void *context)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, query, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		row(s, stmt, context);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void load_drone(struct store *s, sqlite3_stmt *stmt, void *context)
{
	const char *id = (const char *)sqlite3_column_text(stmt, 1);
	sqlite3_int64 number = sqlite3_column_int64(stmt, 0);

	if (id && number > 0 && number < UINT32_MAX && strlen(id) <= ID_MAX)
		number_drone(s, roster_drone(context, id), (uint32_t)number);
}

static void load_slot(struct store *s, sqlite3_stmt *stmt, void *context)
{
	sqlite3_int64 slot = sqlite3_column_int64(stmt, 0);

	(void)context;
	if (slot >= 0 && slot < PLAIN_SLOTS)
		s->slots[slot].first = (uint64_t)sqlite3_column_int64(stmt, 1) + 1;
}

static void load_plain(struct store *s, sqlite3_stmt *stmt, void *context)
{
	uint64_t id = (uint64_t)sqlite3_column_int64(stmt, 0), commit = id / PLAIN_SLOTS;
	struct store_slot *slot = &s->slots[id % PLAIN_SLOTS];

	if (s->commits <= commit)
		s->commits = commit + 1;
	if (commit < slot->first)
		return;
	if (!slot->bytes) {
		slot->first = commit;
		slot->since_ms = *(const int64_t *)context;
	}
	slot->bytes += (size_t)sqlite3_column_int64(stmt, 1);
}

static int count_log(void *store, sqlite3 *db, const char *name, int pages);

static int load(struct store *s, struct roster *roster, int64_t mono_ms)
{
	int rc = schema_check_numbers(s->db);

	if (rc == SQLITE_OK)
		rc = each(s->db, "SELECT no, id FROM drones", load_drone, s, roster);
	if (rc == SQLITE_OK)
		rc = each(s->db, "SELECT slot, sealed FROM slots", load_slot, s, NULL);
	/* A commit number is never given twice, or new rows would count as sealed. */
	for (size_t i = 0; i < PLAIN_SLOTS; i++) {
		if (s->slots[i].first > s->commits)
			s->commits = s->slots[i].first;
	}
	if (rc == SQLITE_OK)
		rc = each(s->db, "SELECT id, length(body) FROM plain ORDER BY id", load_plain, s,
		    &mono_ms);
	return rc;
}

/* 0 where there is none. */
static ino_t log_inode(const struct store *s)
{
	char path[DAY_PATH_SIZE + 8];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", s->path);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

enum schema_trouble store_open(struct store **out, const char *dir, int64_t day,
    struct roster *roster, int64_t mono_ms, struct err *err)
{
	struct store *s = xcalloc(1, sizeof(*s));
	char path[DAY_PATH_SIZE];
	enum schema_trouble trouble;
	struct stat st;
	int rc;

	*out = NULL;
	day_path(path, dir, day);
	s->path = xstrdup(path);
	s->day = day;
	s->next_number = 1;
	s->commits = 1;
	trouble = schema_open(&s->db, path, err);
	if (trouble != TROUBLE_NONE) {
		store_close(&s);
		return trouble;
	}
	/* It is written again: it is finished no more. */
	rc = schema_exec(s->db, "DELETE FROM marks WHERE key <> 'longest'");
	if (rc == SQLITE_OK)
		rc = prepare(s);
	if (rc == SQLITE_OK)
		rc = load(s, roster, mono_ms);
	if (rc != SQLITE_OK) {
		err_set(err, "%s: %s", path,
		    rc == SQLITE_CORRUPT ? "its numbers make no sense" : sqlite3_errmsg(s->db));
		store_close(&s);
		/* Its tables are not ours: that is damage too. */
		return rc == SQLITE_ERROR ? TROUBLE_DAMAGED : schema_trouble(rc);
	}
	if (stat(path, &st) == -1) {
		err_set(err, "%s was removed", path);
		store_close(&s);
		return TROUBLE_DISK;
	}
	s->longest = s->longest_stored = schema_mark(s->db, "longest", -1);
	sqlite3_wal_hook(s->db, count_log, s);
	s->device = st.st_dev;
	s->inode = st.st_ino;
	s->log_inode = log_inode(s);
	*out = s;
	return TROUBLE_NONE;
}

void store_close(struct store **store)
{
	struct store *s = *store;

	if (!s)
		return;
	for (size_t i = 0; i < STORE_STATEMENT_COUNT; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s->path);
	free(s->plans_from);
	free(s->numbers);
	free(s->fresh);
	free(s->is_fresh);
	plain_list_clear(&s->read);
	free(s);
	*store = NULL;
}

bool store_in_place(const struct store *s)
{
	struct stat st;

	return stat(s->path, &st) == 0 && st.st_ino == s->inode && st.st_dev == s->device;
}

bool store_log_in_place(const struct store *s)
{
	return log_inode(s) == s->log_inode;
}

void store_leave_log(struct store **store)
{
	struct store *s = *store;
	char path[DAY_PATH_SIZE + 8];

	sqlite3_busy_timeout(s->db, LEAVE_LOG_MS);
	s->log_pages = 1;
	(void)store_checkpoint(s, true);
	/* Whoever has the index open reads the log that is gone by it. */
	snprintf(path, sizeof(path), "%s-shm", s->path);
	unlink(path);
	store_close(store);
}

/* ---- drones ---- */

void store_tell_drone(struct store *s, size_t drone)
{
	if (s->is_fresh[drone])
		return;
	s->is_fresh[drone] = true;
	mem_grow(s->fresh, s->fresh_count, s->fresh_cap);
	s->fresh[s->fresh_count++] = drone;
}

uint32_t store_number(struct store *s, size_t drone)
{
	if (drone >= s->number_cap || !s->numbers[drone]) {
		number_drone(s, drone, s->next_number);
		store_tell_drone(s, drone);
	}
	return s->numbers[drone];
}

static int write_drones(struct store *s, const struct roster *roster)
{
	sqlite3_stmt *stmt = s->statements[STORE_PUT_DRONE];
	int rc = SQLITE_OK;

	for (size_t i = 0; i < s->fresh_count && rc == SQLITE_OK; i++) {
		const struct roster_drone *d = &roster->drones[s->fresh[i]];

		sqlite3_bind_int64(stmt, 1, s->numbers[s->fresh[i]]);
		schema_bind_text(stmt, 2, d->info.id);
		schema_bind_text(stmt, 3, d->info.source);
		schema_bind_text(stmt, 4, d->info.feed);
		schema_bind_text(stmt, 5, d->info.model);
		schema_bind_text(stmt, 6, d->info.kind ? source_kind_names[d->info.kind] : NULL);
		if (d->told_ms)
			sqlite3_bind_int64(stmt, 7, d->told_ms);
		else
			sqlite3_bind_null(stmt, 7);
		rc = store_step(stmt);
	}
	return rc;
}

/* ---- the other records ---- */

static int write_message(struct store *s, const struct record *record)
{
	sqlite3_stmt *stmt = s->statements[messages[record->kind].statement];
	enum topic_kind kind = messages[record->kind].kind;
	size_t n;

	(void)message_keys(kind, &n);
	schema_bind_message(stmt, kind, &((const struct record_message *)record)->message);
	sqlite3_bind_int64(stmt, (int)n + 1, record->arrived_ms);
	return store_step(stmt);
}

static int write_reject(struct store *s, const struct record *record)
{
	const struct record_reject *r = (const struct record_reject *)record;
	sqlite3_stmt *stmt = s->statements[STORE_PUT_REJECT];

	sqlite3_bind_int64(stmt, 1, r->head.arrived_ms);
	schema_bind_text(stmt, 2, r->source);
	sqlite3_bind_blob64(stmt, 3, r->bytes, r->topic_len, SQLITE_STATIC);
	sqlite3_bind_blob64(stmt, 4, r->bytes + r->topic_len, r->body_len, SQLITE_STATIC);
	schema_bind_text(stmt, 5, reject_name((enum reject_reason)r->reason));
	schema_bind_text(stmt, 6, r->detail);
	return store_step(stmt);
}

static int put_gap(struct store *s, const struct record_gap *g, sqlite3_int64 from,
    sqlite3_int64 to, const char *state, const char *why, sqlite3_int64 at)
{
	sqlite3_stmt *stmt = s->statements[STORE_PUT_GAP];

	sqlite3_bind_text(stmt, 1, g->drone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, g->boot);
	sqlite3_bind_int64(stmt, 3, from);
	sqlite3_bind_int64(stmt, 4, to);
	schema_bind_text(stmt, 5, state);
	schema_bind_text(stmt, 6, why);
	sqlite3_bind_int64(stmt, 7, at);
	return store_step(stmt);
}

/* An older row keeps what the new one does not cover. */
static int cut_gap(struct store *s, const struct record_gap *g, sqlite3_stmt *old)
{
	sqlite3_int64 row = sqlite3_column_int64(old, 0), from = sqlite3_column_int64(old, 1),
		      to = sqlite3_column_int64(old, 2), at = sqlite3_column_int64(old, 5);
	char state[16], why[128];
	int rc;

	schema_read_text(old, 3, state, sizeof(state));
	schema_read_text(old, 4, why, sizeof(why));
	sqlite3_reset(old);
	sqlite3_bind_int64(s->statements[STORE_DROP_GAP], 1, row);
	rc = store_step(s->statements[STORE_DROP_GAP]);
	if (rc == SQLITE_OK && from < g->from)
		rc = put_gap(s, g, from, (sqlite3_int64)g->from - 1, state, why, at);
	if (rc == SQLITE_OK && to > g->to)
		rc = put_gap(s, g, (sqlite3_int64)g->to + 1, to, state, why, at);
	return rc;
}

static int write_gap(struct store *s, const struct record *record)
{
	const struct record_gap *g = (const struct record_gap *)record;
	sqlite3_stmt *find = s->statements[STORE_FIND_GAPS];
	int rc;

	for (;;) {
		sqlite3_bind_text(find, 1, g->drone, -1, SQLITE_STATIC);
		sqlite3_bind_int64(find, 2, g->boot);
		sqlite3_bind_int64(find, 3, g->to);
		sqlite3_bind_int64(find, 4, g->from);
		rc = sqlite3_step(find);
		if (rc != SQLITE_ROW)
			break;
		rc = cut_gap(s, g, find);
		if (rc != SQLITE_OK)
			return rc;
	}
	sqlite3_reset(find);
	if (rc != SQLITE_DONE)
		return rc;
	return put_gap(s, g, g->from, g->to, gap_state_names[g->state], g->why,
	    g->head.arrived_ms);
}

static int write_answer(struct store *s, const struct record *record)
{
	const struct history_answer *a = &((const struct record_answer *)record)->answer;
	sqlite3_stmt *stmt = s->statements[STORE_PUT_ANSWER];

	schema_bind_text(stmt, 1, a->id);
	sqlite3_bind_int(stmt, 2, a->code);
	schema_bind_text(stmt, 3, a->text);
	sqlite3_bind_int64(stmt, 4, a->keep_until_ms);
	sqlite3_bind_int64(stmt, 5, record->arrived_ms);
	return store_step(stmt);
}

static int (*const writers[RECORD_KIND_COUNT])(struct store *, const struct record *) = {
	[RECORD_EVENT] = write_message,
	[RECORD_PROGRESS] = write_message,
	[RECORD_ALARM] = write_message,
	[RECORD_ORDER] = write_message,
	[RECORD_REJECT] = write_reject,
	[RECORD_GAP] = write_gap,
	[RECORD_ANSWER] = write_answer,
	[RECORD_PLAN] = plans_write,
};

static void bind_number(sqlite3_stmt *stmt, int i, double v)
{
	if (isnan(v))
		sqlite3_bind_null(stmt, i);
	else
		sqlite3_bind_double(stmt, i, v);
}

int store_put_flight(struct store *s, const struct flight *f)
{
	sqlite3_stmt *stmt = s->statements[STORE_PUT_FLIGHT];

	if (f->ended == FLIGHT_NONE) {
		sqlite3_bind_text(s->statements[STORE_DROP_FLIGHT], 1, f->id, -1, SQLITE_STATIC);
		return store_step(s->statements[STORE_DROP_FLIGHT]);
	}
	sqlite3_bind_text(stmt, 1, f->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, f->drone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, f->boot);
	sqlite3_bind_int64(stmt, 4, f->start_ms);
	if (f->ended == FLIGHT_ON)
		sqlite3_bind_null(stmt, 5);
	else
		sqlite3_bind_int64(stmt, 5, f->end_ms);
	bind_number(stmt, 6, f->from.lat);
	bind_number(stmt, 7, f->from.lon);
	bind_number(stmt, 8, f->to.lat);
	bind_number(stmt, 9, f->to.lon);
	bind_number(stmt, 10, f->distance_m);
	bind_number(stmt, 11, f->highest_m);
	bind_number(stmt, 12, f->battery_start);
	bind_number(stmt, 13, f->battery_end);
	bind_number(stmt, 14, f->battery_start - f->battery_end);
	bind_number(stmt, 15, f->used_end - f->used_start);
	schema_bind_text(stmt, 16, flight_end_names[f->ended]);
	sqlite3_bind_int(stmt, 17, f->flown);
	sqlite3_bind_int64(stmt, 18, f->last_seq);
	sqlite3_bind_int64(stmt, 19, f->last_ms);
	return store_step(stmt);
}

int store_replace_flights(struct store *s, const char *drone, uint32_t boot, uint32_t seq,
    const struct flight *flights, size_t n)
{
	sqlite3_stmt *stmt = s->statements[STORE_DROP_FLIGHTS];
	int rc = store_begin(s);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, drone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, boot);
	sqlite3_bind_int64(stmt, 3, seq);
	rc = store_step(stmt);
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++)
		rc = store_put_flight(s, &flights[i]);
	return store_end(s, rc);
}

/* ---- the batch ---- */

static int put_plain(struct store *s, unsigned slot, const void *body, size_t len)
{
	sqlite3_stmt *stmt = s->statements[STORE_PUT_PLAIN];

	sqlite3_bind_int64(stmt, 1, plain_id(s->commits, slot));
	sqlite3_bind_blob64(stmt, 2, body, len, SQLITE_STATIC);
	return store_step(stmt);
}

int store_write(struct store *s, const struct batch *batch, const struct roster *roster,
    int64_t mono_ms)
{
	const struct record *record;
	size_t at = 0, size;
	int rc = store_begin(s);

	if (rc != SQLITE_OK)
		return rc;
	rc = write_drones(s, roster);
	if (rc == SQLITE_OK && s->plans_from)
		rc = plans_carry(s, roster);
	for (unsigned i = 0; i < PLAIN_SLOTS && rc == SQLITE_OK; i++) {
		/* Slot 0 always has a row: it says that the commit came to pass. */
		if (batch->slots[i].len || i == 0)
			rc = put_plain(s, i, batch->slots[i].data ? batch->slots[i].data : "",
			    batch->slots[i].len);
	}
	while (rc == SQLITE_OK && (record = batch_next_record(batch, &at, &size))) {
		if (writers[record->kind])
			rc = writers[record->kind](s, record);
	}
	for (size_t i = 0; i < batch->flight_count && rc == SQLITE_OK; i++)
		rc = store_put_flight(s, &batch->flights[i]);
	rc = store_end(s, rc);
	if (rc != SQLITE_OK)
		return rc;
	for (unsigned i = 0; i < PLAIN_SLOTS; i++) {
		struct store_slot *slot = &s->slots[i];

		if (!batch->slots[i].len)
			continue;
		if (!slot->bytes) {
			slot->first = s->commits;
			slot->since_ms = mono_ms;
		}
		slot->bytes += batch->slots[i].len;
	}
	s->commits++;
	while (s->fresh_count)
		s->is_fresh[s->fresh[--s->fresh_count]] = false;
	free(s->plans_from);
	s->plans_from = NULL;
	return SQLITE_OK;
}

bool store_has_next(struct store *s)
{
	sqlite3_stmt *stmt = s->statements[STORE_GET_PLAIN];
	bool has;

	sqlite3_bind_int64(stmt, 1, plain_id(s->commits, 0));
	has = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_reset(stmt);
	return has;
}

static int count_log(void *store, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct store *)store)->log_pages = pages;
	return SQLITE_OK;
}

bool store_checkpoint(struct store *s, bool whole)
{
	int rc;

	if (s->log_pages < (whole ? 1 : CHECKPOINT_PAGES))
		return true;
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL,
	    whole ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	/* Tried again when the log has grown as much once more. */
	s->log_pages = 0;
	return rc == SQLITE_OK || rc == SQLITE_BUSY;
}
