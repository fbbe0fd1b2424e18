/* SQL over the whole history: see query.h. */
#include "history/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/sqlite.h"
#include "history/vtab.h"

struct history_query {
	sqlite3 *db;
};

/* Those that tell and change nothing; also as tables, pragma_table_info('flights'). */
static const char *const pragmas[] = {
	"table_info", "table_xinfo", "table_list", "function_list", "module_list", "collation_list",
	"compile_options", "pragma_list",
};

/* Functions that give rows: json_each(content, '$.mission'). */
static const char *const functions[] = { "json_each", "json_tree" };

/* Reading, and what reading needs; nothing that changes a file or opens one. */
static int allow(void *context, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	(void)context;
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && strcmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		for (size_t i = 0; a && i < ARRAY_LEN(pragmas); i++) {
			if (strcmp(a, pragmas[i]) == 0)
				return SQLITE_OK;
		}
		return SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

/* Connects a table. Later the authorizer would not let it declare its columns. */
static int connect_table(sqlite3 *db, const char *name)
{
	char *sql = sqlite3_mprintf("SELECT 1 FROM %s", name);
	sqlite3_stmt *stmt = NULL;
	int rc = sql ? sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) : SQLITE_NOMEM;

	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return rc;
}

int history_query_open(struct history_query **query, const char *dir, struct err *err)
{
	struct history_query *q;
	int64_t *days;
	size_t count;
	int rc;

	*query = NULL;
	if (days_list(dir, &days, &count, err) == -1)
		return -1;
	free(days);
	q = xcalloc(1, sizeof(*q));
	rc = sqlite3_open_v2(":memory:", &q->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = vtab_register(q->db, dir);
	if (rc == SQLITE_OK)
		rc = connect_table(q->db, "telemetry");
	for (const struct history_table *t = history_tables; t->name && rc == SQLITE_OK; t++)
		rc = connect_table(q->db, t->name);
	/* What this SQLite was built without is not there, and that is all. */
	for (size_t i = 0; i < ARRAY_LEN(pragmas) && rc == SQLITE_OK; i++) {
		char name[64];

		snprintf(name, sizeof(name), "pragma_%s", pragmas[i]);
		(void)connect_table(q->db, name);
	}
	for (size_t i = 0; i < ARRAY_LEN(functions) && rc == SQLITE_OK; i++)
		(void)connect_table(q->db, functions[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_set_authorizer(q->db, allow, NULL);
	if (rc != SQLITE_OK) {
		err_set(err, "the history in %s cannot be queried: %s", dir, sqlite3_errmsg(q->db));
		history_query_close(&q);
		return -1;
	}
	*query = q;
	return 0;
}

void history_query_close(struct history_query **query)
{
	if (!*query)
		return;
	sqlite3_close((*query)->db);
	free(*query);
	*query = NULL;
}

void history_query_interrupt(struct history_query *q)
{
	sqlite3_interrupt(q->db);
}

static bool give_head(sqlite3_stmt *stmt, const struct query_sink *sink, size_t n)
{
	const char **names;
	bool on;

	if (!sink->head)
		return true;
	names = xcalloc(n, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = sqlite3_column_name(stmt, (int)i);
	on = sink->head(sink->context, names, n);
	free(names);
	return on;
}

static void take_value(sqlite3_stmt *stmt, int i, struct query_value *v)
{
	*v = (struct query_value){ .type = QUERY_NULL };
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		v->type = QUERY_INTEGER;
		v->integer = sqlite3_column_int64(stmt, i);
		break;
	case SQLITE_FLOAT:
		v->type = QUERY_REAL;
		v->real = sqlite3_column_double(stmt, i);
		break;
	case SQLITE_TEXT:
		v->type = QUERY_TEXT;
		v->data = sqlite3_column_text(stmt, i);
		v->len = (size_t)sqlite3_column_bytes(stmt, i);
		break;
	case SQLITE_BLOB:
		v->type = QUERY_BLOB;
		v->data = sqlite3_column_blob(stmt, i);
		v->len = (size_t)sqlite3_column_bytes(stmt, i);
		break;
	}
}

/* SQLITE_DONE, SQLITE_ABORT where the sink had enough, or an error. */
static int run_one(sqlite3_stmt *stmt, const struct query_sink *sink)
{
	size_t n = (size_t)sqlite3_column_count(stmt);
	struct query_value *values;
	int rc;

	if (!give_head(stmt, sink, n))
		return SQLITE_ABORT;
	values = xcalloc(n, sizeof(*values));
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (size_t i = 0; i < n; i++)
			take_value(stmt, (int)i, &values[i]);
		if (!sink->row(sink->context, values, n)) {
			rc = SQLITE_ABORT;
			break;
		}
	}
	free(values);
	return rc;
}

int history_query_run(struct history_query *q, const char *sql, const struct query_sink *sink,
    struct err *err)
{
	while (*sql) {
		sqlite3_stmt *stmt;
		const char *rest;
		int rc = sqlite3_prepare_v2(q->db, sql, -1, &stmt, &rest);

		if (rc == SQLITE_AUTH)
			return err_set(err, "the history is only read: use SELECT (%s)",
			    sqlite3_errmsg(q->db));
		if (rc != SQLITE_OK)
			return err_set(err, "%s", sqlite3_errmsg(q->db));
		sql = rest;
		if (!stmt)
			continue;
		rc = run_one(stmt, sink);
		if (rc != SQLITE_DONE && rc != SQLITE_ABORT)
			err_set(err, "%s", sqlite3_errmsg(q->db));
		sqlite3_finalize(stmt);
		if (rc != SQLITE_DONE)
			return rc == SQLITE_ABORT ? 0 : -1;
	}
	return 0;
}
