/* Reading the history beside its writer: see reader.h. */
#include "history/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/past.h"
#include "history/scan.h"

/* A day's file that is open. */
struct reader_day {
	sqlite3 *db;
	int64_t day;
	dev_t device;
	ino_t inode, log_inode; /* 0: none */
};

struct history_reader {
	char *dir;
	struct reader_day days[PAST_DAYS]; /* db NULL: free */
};

int history_reader_open(struct history_reader **reader, const char *dir, struct err *err)
{
	int64_t *days;
	size_t count;

	*reader = NULL;
	if (days_list(dir, &days, &count, err) == -1)
		return -1;
	free(days);
	*reader = xcalloc(1, sizeof(**reader));
	(*reader)->dir = xstrdup(dir);
	return 0;
}

static void close_day(struct reader_day *d)
{
	sqlite3_close(d->db);
	d->db = NULL;
}

void history_reader_close(struct history_reader **reader)
{
	if (!*reader)
		return;
	for (size_t i = 0; i < PAST_DAYS; i++)
		close_day(&(*reader)->days[i]);
	free((*reader)->dir);
	free(*reader);
	*reader = NULL;
}

static ino_t log_inode(const char *path)
{
	char log[DAY_PATH_SIZE + 8];
	struct stat st;

	snprintf(log, sizeof(log), "%s-wal", path);
	return stat(log, &st) == 0 ? st.st_ino : 0;
}

/* The connection to that day's file as it is now: 0 with *db NULL where it has
 * nothing, or -1. */
static int open_day(struct history_reader *r, int64_t day, sqlite3 **db, struct err *err)
{
	struct reader_day *slot = &r->days[(uint64_t)day % PAST_DAYS];
	char path[DAY_PATH_SIZE];
	enum schema_trouble trouble;
	struct stat st;
	ino_t log;

	*db = NULL;
	day_path(path, r->dir, day);
	if (stat(path, &st) == -1) {
		close_day(slot);
		return 0;
	}
	log = log_inode(path);
	if (slot->db && (slot->day != day || slot->inode != st.st_ino ||
			    slot->device != st.st_dev || slot->log_inode != log))
		close_day(slot);
	if (!slot->db) {
		trouble = schema_open_read(&slot->db, path, err);
		if (trouble == TROUBLE_EMPTY)
			return 0;
		if (trouble != TROUBLE_NONE)
			return -1;
		slot->day = day;
		slot->inode = st.st_ino;
		slot->device = st.st_dev;
		slot->log_inode = log_inode(path);
	}
	*db = slot->db;
	return 0;
}

/* ---- backfill ---- */

struct found {
	uint32_t seq;
	size_t at, len; /* of the body */
};

struct search {
	const char *drone;
	uint32_t boot, from, to;
	int64_t complete; /* all up to this seq has been found */
	struct found *found;
	size_t count, cap;
	struct buf bodies;
	struct backfill *out;
	struct { uint32_t boot, oldest, newest; } *held;
	size_t held_count, held_cap;
};

static void hold(struct search *q, uint32_t boot, uint32_t oldest, uint32_t newest)
{
	for (size_t i = 0; i < q->held_count; i++) {
		if (q->held[i].boot != boot)
			continue;
		if (oldest < q->held[i].oldest)
			q->held[i].oldest = oldest;
		if (newest > q->held[i].newest)
			q->held[i].newest = newest;
		return;
	}
	mem_grow(q->held, q->held_count, q->held_cap);
	q->held[q->held_count].boot = boot;
	q->held[q->held_count].oldest = oldest;
	q->held[q->held_count++].newest = newest;
}

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Where the answer ends: the seq by which there are enough, from rows in order
 * of their first. What begins beyond is not read. */
static int find_end(sqlite3 *db, const struct search *q, int64_t *last)
{
	static const char sql[] =
	    "SELECT first_seq, last_seq, count FROM sealed INDEXED BY sealed_by_drone WHERE drone ="
	    " (SELECT no FROM drones WHERE id = ?1) AND boot = ?2 AND last_seq >= ?3 AND"
	    " first_seq <= ?4 ORDER BY last_seq";
	sqlite3_stmt *stmt;
	int64_t enough = 0;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, q->drone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, q->boot);
	sqlite3_bind_int64(stmt, 3, q->from);
	sqlite3_bind_int64(stmt, 4, q->to);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		/* Whole rows that end by here: a row that holds `from` counts too little. */
		if (sqlite3_column_int64(stmt, 0) >= q->from)
			enough += sqlite3_column_int64(stmt, 2);
		if (enough > BACKFILL_MAX) {
			if (sqlite3_column_int64(stmt, 1) < *last)
				*last = sqlite3_column_int64(stmt, 1);
			break;
		}
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int find_samples(sqlite3 *db, struct search *q, int64_t last)
{
	struct scan_filter filter = SCAN_ALL;
	struct scan *scan;
	int rc;

	filter.drone = q->drone;
	filter.one_boot = true;
	filter.boot = q->boot;
	filter.first_seq = q->from;
	filter.last_seq = last;
	rc = scan_open(&scan, db, &filter, COLUMNS_ALL);
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = scan_next(scan)) == 1) {
		const struct chunk *c = scan_chunk(scan);
		size_t at = q->bodies.len;

		chunk_body(c, scan_index(scan), &q->bodies);
		mem_grow(q->found, q->count, q->cap);
		q->found[q->count++] = (struct found){
			(uint32_t)c->columns[FIELD_seq][scan_index(scan)], at, q->bodies.len - at,
		};
	}
	rc = rc == 0 ? SQLITE_OK : scan_error(scan);
	scan_close(&scan);
	return rc;
}

/* What is held of every boot: sealed rows by the index, plain ones by reading. */
static int find_held(sqlite3 *db, struct search *q)
{
	static const char sql[] =
	    "SELECT boot, min(first_seq), max(last_seq), max(last_time) FROM sealed INDEXED BY"
	    " sealed_by_drone WHERE drone = (SELECT no FROM drones WHERE id = ?) GROUP BY boot";
	struct scan_filter filter = SCAN_ALL;
	struct scan *scan;
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, q->drone, -1, SQLITE_STATIC);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		hold(q, (uint32_t)sqlite3_column_int64(stmt, 0),
		    (uint32_t)sqlite3_column_int64(stmt, 1),
		    (uint32_t)sqlite3_column_int64(stmt, 2));
	sqlite3_finalize(stmt);
	if (rc != SQLITE_DONE)
		return rc;
	filter.drone = q->drone;
	filter.plain_only = true;
	rc = scan_open(&scan, db, &filter, COLUMN_BIT(FIELD_seq));
	if (rc != SQLITE_OK)
		return rc;
	while ((rc = scan_next(scan)) == 1) {
		uint32_t seq = (uint32_t)scan_chunk(scan)->columns[FIELD_seq][scan_index(scan)];

		hold(q, scan_chunk(scan)->boot, seq, seq);
	}
	rc = rc == 0 ? SQLITE_OK : scan_error(scan);
	scan_close(&scan);
	return rc;
}

static int find_lost(sqlite3 *db, struct search *q)
{
	static const char sql[] =
	    "SELECT first_seq, last_seq FROM gaps WHERE drone = ? AND boot = ? AND first_seq <= ?"
	    " AND last_seq >= ? AND state = 'lost'";
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, q->drone, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, q->boot);
	sqlite3_bind_int64(stmt, 3, q->to);
	sqlite3_bind_int64(stmt, 4, q->from);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		int64_t from = sqlite3_column_int64(stmt, 0), to = sqlite3_column_int64(stmt, 1);

		ranges_add(&q->out->lost, from > q->from ? (uint32_t)from : q->from,
		    to < q->to ? (uint32_t)to : q->to);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int search_day(sqlite3 *db, struct search *q)
{
	int64_t last = q->to;
	int rc = schema_exec(db, "BEGIN");

	if (rc == SQLITE_OK)
		rc = find_end(db, q, &last);
	if (rc == SQLITE_OK)
		rc = find_samples(db, q, last);
	if (rc == SQLITE_OK)
		rc = find_held(db, q);
	if (rc == SQLITE_OK)
		rc = find_lost(db, q);
	schema_exec(db, "COMMIT");
	if (last < q->complete) {
		q->complete = last;
		q->out->more = true;
	}
	return rc;
}

/* The first BACKFILL_MAX of what was found, up to where all was read. */
static void give(struct search *q)
{
	struct backfill *out = q->out;

	if (q->count)
		qsort(q->found, q->count, sizeof(*q->found), compare_found);
	for (size_t i = 0; i < q->count && q->found[i].seq <= q->complete; i++) {
		if (i && q->found[i].seq == q->found[i - 1].seq)
			continue;
		if (out->count == BACKFILL_MAX) {
			out->more = true;
			break;
		}
		backfill_add_sample(out, q->bodies.data + q->found[i].at, q->found[i].len);
	}
	for (size_t i = 0; i < q->held_count; i++)
		backfill_add_held(out, q->held[i].boot, q->held[i].oldest, q->held[i].newest);
}

int history_reader_backfill(struct history_reader *r, const char *drone, uint32_t boot,
    uint32_t from, uint32_t to, struct backfill *out, struct err *err)
{
	struct search q = {
		.drone = drone, .boot = boot, .from = from, .to = to, .out = out, .complete = to,
	};
	int64_t *days;
	size_t count;
	int result = 0;

	if (days_list(r->dir, &days, &count, err) == -1)
		return -1;
	for (size_t i = count < PAST_DAYS ? 0 : count - PAST_DAYS; i < count && !result; i++) {
		sqlite3 *db;

		result = open_day(r, days[i], &db, err);
		if (result == 0 && db && search_day(db, &q) != SQLITE_OK) {
			char name[DAY_NAME_SIZE];

			result = err_set(err, "the history's %s cannot be read: %s",
			    day_name(days[i], name), sqlite3_errmsg(db));
		}
	}
	if (result == 0)
		give(&q);
	free(days);
	free(q.found);
	free(q.held);
	buf_free(&q.bodies);
	return result;
}
