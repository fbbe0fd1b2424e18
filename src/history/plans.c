/* Plans in a day's file: see plans.h. */
#include "history/plans.h"

#include <string.h>

#include "history/days.h"

/* The drone's newest row in this file says the same. */
static int same(struct store *s, const char *drone, const void *content, size_t len, bool *is)
{
	sqlite3_stmt *find = s->statements[STORE_FIND_PLAN];
	int rc;

	sqlite3_bind_text(find, 1, drone, -1, SQLITE_STATIC);
	rc = sqlite3_step(find);
	*is = rc == SQLITE_ROW && (size_t)sqlite3_column_bytes(find, 0) == len &&
	    (len == 0 || memcmp(sqlite3_column_blob(find, 0), content, len) == 0);
	sqlite3_reset(find);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int plans_write(struct store *s, const struct record *record)
{
	const struct record_plan *r = (const struct record_plan *)record;
	sqlite3_stmt *keep = s->statements[STORE_KEEP_PLAN];
	bool is;
	int rc = same(s, r->drone, r->content, r->len, &is);

	if (rc != SQLITE_OK || is)
		return rc;
	sqlite3_bind_text(keep, 1, r->drone, -1, SQLITE_STATIC);
	if (r->rev <= INT64_MAX)
		sqlite3_bind_int64(keep, 2, (sqlite3_int64)r->rev);
	else
		sqlite3_bind_null(keep, 2);
	sqlite3_bind_int64(keep, 3, r->head.arrived_ms);
	sqlite3_bind_int64(keep, 4, (sqlite3_int64)r->items);
	sqlite3_bind_int64(keep, 5, (sqlite3_int64)r->fences);
	sqlite3_bind_int64(keep, 6, (sqlite3_int64)r->rallies);
	sqlite3_bind_blob64(keep, 7, r->content, r->len, SQLITE_STATIC);
	sqlite3_bind_int64(keep, 8, r->head.arrived_ms);
	return store_step(keep);
}

/* What does not fit, of a file that somebody changed, is left: it must not hold up the day. */
static bool fits(sqlite3_stmt *from)
{
	return sqlite3_column_type(from, 5) == SQLITE_BLOB && sqlite3_column_type(from, 2) == SQLITE_INTEGER &&
	    sqlite3_column_type(from, 3) == SQLITE_INTEGER && sqlite3_column_type(from, 4) == SQLITE_INTEGER &&
	    sqlite3_column_type(from, 6) == SQLITE_INTEGER;
}

static bool heard_lately(const struct roster *roster, const char *drone)
{
	size_t i = drone ? strmap_get(&roster->ids, drone) : STRMAP_NONE;

	return i != STRMAP_NONE && roster->drones[i].boot_count;
}

/* Columns of from: drone, rev, items, fences, rallies, content, arrived. */
static int carry_row(struct store *s, sqlite3_stmt *from)
{
	static const int to[] = { 1, 2, 4, 5, 6, 7, 8 };
	sqlite3_stmt *keep = s->statements[STORE_KEEP_PLAN];

	for (int i = 0; i < (int)(sizeof(to) / sizeof(to[0])); i++)
		sqlite3_bind_value(keep, to[i], sqlite3_column_value(from, i));
	sqlite3_bind_int64(keep, 3, s->day * DAY_MS);
	return store_step(keep);
}

int plans_carry(struct store *s, const struct roster *roster)
{
	static const char newest[] =
	    "SELECT drone, rev, items, fences, rallies, content, arrived FROM plans"
	    " WHERE row IN (SELECT max(row) FROM plans GROUP BY drone)";
	sqlite3_stmt *from = NULL;
	size_t bytes = 0;
	int rc = SQLITE_OK;
	struct err err;
	sqlite3 *db;

	if (schema_open_read(&db, s->plans_from, &err) != TROUBLE_NONE)
		return SQLITE_OK;
	/* One of an older version has no such table. */
	if (sqlite3_prepare_v2(db, newest, -1, &from, NULL) == SQLITE_OK) {
		while (rc == SQLITE_OK && sqlite3_step(from) == SQLITE_ROW) {
			const char *drone = (const char *)sqlite3_column_text(from, 0);

			if (!heard_lately(roster, drone) || !fits(from))
				continue;
			bytes += (size_t)sqlite3_column_bytes(from, 5);
			if (bytes > PLANS_CARRY_BYTES)
				break;
			rc = carry_row(s, from);
		}
	}
	sqlite3_finalize(from);
	sqlite3_close(db);
	return rc;
}
