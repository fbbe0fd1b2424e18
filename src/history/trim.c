/* Dropping rows that are too old: see trim.h. */
#include "history/trim.h"

#include <inttypes.h>

#include "base/buf.h"
#include "history/schema.h"

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t value = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static int drop(sqlite3 *db, int64_t before_ms)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_printf(&sql,
	    "BEGIN IMMEDIATE;"
	    "DELETE FROM sealed WHERE last_arrived < %1$" PRId64 ";"
	    "DELETE FROM events WHERE arrived < %1$" PRId64 ";"
	    "DELETE FROM commands WHERE arrived < %1$" PRId64 ";"
	    "DELETE FROM orders WHERE arrived < %1$" PRId64 ";"
	    "DELETE FROM rejects WHERE arrived < %1$" PRId64 ";"
	    "DELETE FROM gaps WHERE at < %1$" PRId64 ";"
	    "DELETE FROM flights WHERE last_time < %1$" PRId64 ";"
	    /* Of each alarm its newest state then, where it stood. */
	    "DELETE FROM alarms WHERE arrived < %1$" PRId64 " AND (state = 'cleared' OR rowid <>"
	    " (SELECT max(b.rowid) FROM alarms b WHERE b.id = alarms.id AND b.arrived < %1$" PRId64 "));"
	    /* Of each drone the plan that was in force then. */
	    "DELETE FROM plans WHERE at < %1$" PRId64 " AND row <>"
	    " (SELECT max(b.row) FROM plans b WHERE b.drone = plans.drone AND b.at < %1$" PRId64 ");"
	    "UPDATE plans SET at = %1$" PRId64 " WHERE at < %1$" PRId64 ";"
	    "UPDATE alarms SET arrived = %1$" PRId64 " WHERE arrived < %1$" PRId64 ";"
	    "COMMIT", before_ms);
	rc = schema_exec(db, sql.data);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		schema_exec(db, "ROLLBACK");
	return rc;
}

int trim(sqlite3 *db, int64_t before_ms, double max_bytes)
{
	int rc = drop(db, before_ms);
	int64_t pages = number(db, "PRAGMA page_count") - number(db, "PRAGMA freelist_count");
	int64_t oldest, newest;

	if (rc != SQLITE_OK || max_bytes <= 0 ||
	    (double)(pages * number(db, "PRAGMA page_size")) <= max_bytes)
		return rc;
	oldest = number(db, "SELECT min(last_arrived) FROM sealed");
	newest = number(db, "SELECT max(last_arrived) FROM sealed");
	return drop(db, oldest + (newest - oldest) / 2);
}
