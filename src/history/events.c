/* The newest events: see events.h. */
#include "history/events.h"

#include <stdlib.h>
#include <string.h>

#include "history/days.h"
#include "history/past.h"
#include "history/schema.h"

/* Newest first; how many. */
static size_t read_day(const char *path, struct event *out, size_t max)
{
	const struct history_table *table = schema_message_table(TOPIC_EV);
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;
	struct err err;
	sqlite3 *db;

	if (schema_open_read(&db, path, &err) != TROUBLE_NONE)
		return 0;
	buf_add_str(&sql, "SELECT ");
	schema_message_columns(&sql, TOPIC_EV);
	buf_add_str(&sql, " FROM ");
	schema_table_of(db, &sql, table);
	buf_add_str(&sql, " ORDER BY arrived DESC, rowid DESC LIMIT ?");
	if (sqlite3_prepare_v2(db, sql.data, -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, (sqlite3_int64)max);
		while (n < max && sqlite3_step(stmt) == SQLITE_ROW) {
			memset(&out[n], 0, sizeof(out[n]));
			schema_read_message(stmt, TOPIC_EV, &out[n++]);
		}
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	buf_free(&sql);
	return n;
}

size_t history_newest_events(const char *dir, struct event *out, size_t max)
{
	size_t count, n = 0;
	int64_t *days;
	struct err err;

	if (days_list(dir, &days, &count, &err) == -1)
		return 0;
	for (size_t i = 0; i < count && i < PAST_DAYS && n < max; i++) {
		char path[DAY_PATH_SIZE];

		day_path(path, dir, days[count - 1 - i]);
		n += read_day(path, out + n, max - n);
	}
	free(days);
	for (size_t i = 0; i < n / 2; i++) {
		struct event swap = out[i];

		out[i] = out[n - 1 - i];
		out[n - 1 - i] = swap;
	}
	return n;
}
