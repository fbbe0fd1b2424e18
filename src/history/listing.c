/* What each day holds: see verify.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "history/days.h"
#include "history/scan.h"
#include "history/verify.h"

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t value = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return 0;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static uint64_t count_plain(sqlite3 *db, char *trouble, size_t size)
{
	struct scan_filter filter = SCAN_ALL;
	struct scan *scan;
	uint64_t n = 0;
	int rc;

	filter.plain_only = true;
	if (scan_open(&scan, db, &filter, 0) != SQLITE_OK)
		return 0;
	while ((rc = scan_next(scan)) == 1)
		n++;
	if (rc == -1)
		str_copy(trouble, size, "rows that are not sealed yet are damaged");
	scan_close(&scan);
	return n;
}

static void look(sqlite3 *db, struct history_day *d)
{
	static const struct {
		size_t offset;
		const char *sql;
	} counts[] = {
		{ offsetof(struct history_day, drones), "SELECT count(*) FROM drones" },
		{ offsetof(struct history_day, flights), "SELECT count(*) FROM flights" },
		{ offsetof(struct history_day, events), "SELECT count(*) FROM events" },
		{ offsetof(struct history_day, commands),
		  "SELECT count(DISTINCT id) FROM commands" },
		{ offsetof(struct history_day, rejects), "SELECT count(*) FROM rejects" },
		{ offsetof(struct history_day, gaps_open),
		  "SELECT sum(last_seq - first_seq + 1) FROM gaps WHERE state = 'open'" },
		{ offsetof(struct history_day, gaps_lost),
		  "SELECT sum(last_seq - first_seq + 1) FROM gaps WHERE state = 'lost'" },
	};

	d->finished = schema_mark(db, "finished", 0) != 0;
	if (d->finished) {
		d->samples = (uint64_t)schema_mark(db, "samples", 0);
		d->first_ms = schema_mark(db, "first_time", 0);
		d->last_ms = schema_mark(db, "last_time", 0);
	} else {
		d->plain = count_plain(db, d->trouble, sizeof(d->trouble));
		d->samples = d->plain + (uint64_t)number(db, "SELECT sum(count) FROM sealed");
		d->first_ms = number(db, "SELECT min(first_time) FROM sealed");
		d->last_ms = number(db, "SELECT max(last_time) FROM sealed");
	}
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		*(uint64_t *)(void *)((char *)d + counts[i].offset) =
		    (uint64_t)number(db, counts[i].sql);
}

int history_list_days(const char *dir, struct history_day **out, size_t *count, struct err *err)
{
	int64_t *days;

	*out = NULL;
	if (days_list(dir, &days, count, err) == -1)
		return -1;
	*out = xcalloc(*count, sizeof(**out));
	for (size_t i = 0; i < *count; i++) {
		struct history_day *d = &(*out)[i];
		char path[DAY_PATH_SIZE];
		enum schema_trouble trouble;
		struct err why;
		sqlite3 *db;

		day_name(days[i], d->name);
		str_copy_n(d->date, sizeof(d->date), d->name, 10);
		d->bytes = day_bytes(dir, days[i]);
		day_path(path, dir, days[i]);
		trouble = schema_open_read(&db, path, &why);
		if (trouble == TROUBLE_NONE) {
			schema_exec(db, "BEGIN");
			look(db, d);
			sqlite3_close(db);
		} else if (trouble != TROUBLE_EMPTY) {
			str_copy(d->trouble, sizeof(d->trouble), why.text);
		}
	}
	free(days);
	return 0;
}
