/*
 * The tables beside the samples, each over all days: every file is asked in
 * turn for the rows that match, by SQLite's own indices.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/schema.h"
#include "history/tables.h"
#include "history/vtab.h"
#include "proto/wire.h"

/* Constraints given to a file at most; SQLite checks all of them again. */
#define ARGUMENTS_MAX 8
/* A row is known by its day and its number in the day's file, however it was found: SQLite
 * tells rows apart by that where it asks twice, as for OR. */
#define ROW_BITS 44

struct rows_table {
	sqlite3_vtab base;
	char *dir;
	const struct history_table *table;
	struct buf columns; /* "a","b",… */
};

struct rows_cursor {
	sqlite3_vtab_cursor base;
	char *where;
	sqlite3_value *arguments[ARGUMENTS_MAX];
	int argument_count;
	int64_t *days;
	size_t day_count, day;
	sqlite3 *db;
	sqlite3_stmt *stmt;
	bool eof;
};

static int fail(sqlite3_vtab *vtab, int rc, const char *text)
{
	sqlite3_free(vtab->zErrMsg);
	vtab->zErrMsg = sqlite3_mprintf("%s", text);
	return rc == SQLITE_OK ? SQLITE_ERROR : rc;
}

static int rows_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **vtab, char **error)
{
	const struct vtab_origin *origin = aux;
	struct buf sql = BUF_INIT;
	struct rows_table *t;
	int rc;

	(void)argc;
	(void)argv;
	(void)error;
	buf_add_str(&sql, "CREATE TABLE x(");
	history_table_columns(&sql, origin->table, true);
	buf_add_str(&sql, ")");
	rc = sqlite3_declare_vtab(db, sql.data);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return rc;
	t = xcalloc(1, sizeof(*t));
	t->dir = xstrdup(origin->dir);
	t->table = origin->table;
	history_table_columns(&t->columns, t->table, false);
	*vtab = &t->base;
	return SQLITE_OK;
}

static int rows_disconnect(sqlite3_vtab *vtab)
{
	struct rows_table *t = (struct rows_table *)vtab;

	free(t->dir);
	buf_free(&t->columns);
	free(t);
	return SQLITE_OK;
}

static const char *operator_text(int op)
{
	switch (op) {
	case SQLITE_INDEX_CONSTRAINT_EQ:
		return "=";
	case SQLITE_INDEX_CONSTRAINT_GT:
		return ">";
	case SQLITE_INDEX_CONSTRAINT_GE:
		return ">=";
	case SQLITE_INDEX_CONSTRAINT_LT:
		return "<";
	case SQLITE_INDEX_CONSTRAINT_LE:
		return "<=";
	default:
		return NULL;
	}
}

/* The plan is the WHERE clause for the files. */
static int rows_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	const struct history_table *table = ((struct rows_table *)vtab)->table;
	struct buf where = BUF_INIT;
	double cost = 1e6;
	int n = 0;

	buf_add_str(&where, "");
	for (int i = 0; i < info->nConstraint && n < ARGUMENTS_MAX; i++) {
		const char *op = operator_text(info->aConstraint[i].op);
		int column = info->aConstraint[i].iColumn;

		if (!op || !info->aConstraint[i].usable || column < 0 ||
		    history_table_column_wire(table, (size_t)column) ||
		    strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0)
			continue;
		buf_add_str(&where, n ? " AND " : " WHERE ");
		history_table_column(&where, table, (size_t)column);
		buf_printf(&where, " %s ?", op);
		info->aConstraintUsage[i].argvIndex = ++n;
		cost /= op[0] == '=' ? 100 : 4;
	}
	info->idxStr = sqlite3_mprintf("%s", where.data);
	info->needToFreeIdxStr = 1;
	info->estimatedCost = cost;
	info->estimatedRows = (sqlite3_int64)(cost / 10) + 1;
	buf_free(&where);
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int rows_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **cursor)
{
	struct rows_cursor *c = xcalloc(1, sizeof(*c));

	(void)vtab;
	*cursor = &c->base;
	return SQLITE_OK;
}

static void leave_day(struct rows_cursor *c)
{
	sqlite3_finalize(c->stmt);
	sqlite3_close(c->db);
	c->stmt = NULL;
	c->db = NULL;
}

static void forget(struct rows_cursor *c)
{
	leave_day(c);
	for (int i = 0; i < c->argument_count; i++)
		sqlite3_value_free(c->arguments[i]);
	c->argument_count = 0;
	free(c->days);
	free(c->where);
	c->days = NULL;
	c->where = NULL;
}

static int rows_close(sqlite3_vtab_cursor *cursor)
{
	forget((struct rows_cursor *)cursor);
	free(cursor);
	return SQLITE_OK;
}

/* Asks the next file: 1, 0 after the last, or -1. */
static int next_day(struct rows_cursor *c, int *error)
{
	struct rows_table *t = (struct rows_table *)c->base.pVtab;
	char path[DAY_PATH_SIZE];
	struct err err;

	leave_day(c);
	while (c->day < c->day_count) {
		struct buf sql = BUF_INIT;
		enum schema_trouble trouble;
		int rc;

		day_path(path, t->dir, c->days[c->day++]);
		trouble = schema_open_read(&c->db, path, &err);
		if (trouble == TROUBLE_EMPTY)
			continue;
		if (trouble != TROUBLE_NONE) {
			*error = fail(c->base.pVtab, SQLITE_CANTOPEN, err.text);
			return -1;
		}
		buf_printf(&sql, "SELECT %s, rowid FROM ", t->columns.data);
		schema_table_of(c->db, &sql, t->table);
		buf_add_str(&sql, c->where);
		/* A day begins with the alarms that stood then; they are told where they came, if
		 * that day is still there. */
		if (t->table->kind == TOPIC_AL && c->day > 1)
			buf_printf(&sql, " %s arrived >= %lld", *c->where ? "AND" : "WHERE",
			    (long long)(c->days[c->day - 1] * DAY_MS));
		rc = sqlite3_prepare_v2(c->db, sql.data, -1, &c->stmt, NULL);
		buf_free(&sql);
		if (rc != SQLITE_OK) {
			*error = fail(c->base.pVtab, rc, sqlite3_errmsg(c->db));
			return -1;
		}
		for (int i = 0; i < c->argument_count; i++)
			sqlite3_bind_value(c->stmt, i + 1, c->arguments[i]);
		return 1;
	}
	return 0;
}

static int rows_next(sqlite3_vtab_cursor *cursor)
{
	struct rows_cursor *c = (struct rows_cursor *)cursor;
	int rc, error = SQLITE_OK;

	for (;;) {
		rc = c->stmt ? sqlite3_step(c->stmt) : SQLITE_DONE;
		if (rc == SQLITE_ROW)
			return SQLITE_OK;
		if (rc != SQLITE_DONE)
			return fail(cursor->pVtab, rc, sqlite3_errmsg(c->db));
		rc = next_day(c, &error);
		if (rc == -1)
			return error;
		if (rc == 0) {
			c->eof = true;
			return SQLITE_OK;
		}
	}
}

static int rows_filter(sqlite3_vtab_cursor *cursor, int plan, const char *where, int argc,
    sqlite3_value **argv)
{
	struct rows_cursor *c = (struct rows_cursor *)cursor;
	struct rows_table *t = (struct rows_table *)cursor->pVtab;
	struct err err;

	(void)plan;
	forget(c);
	c->where = xstrdup(where);
	for (int i = 0; i < argc && i < ARGUMENTS_MAX; i++)
		c->arguments[c->argument_count++] = sqlite3_value_dup(argv[i]);
	c->day = 0;
	c->eof = false;
	if (days_list(t->dir, &c->days, &c->day_count, &err) == -1)
		return fail(cursor->pVtab, SQLITE_CANTOPEN, err.text);
	return rows_next(cursor);
}

static int rows_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct rows_cursor *)cursor)->eof;
}

/* Bytes that are no message stay what they are. */
static bool result_json(sqlite3_context *out, sqlite3_stmt *stmt, int column)
{
	const void *bytes = sqlite3_column_blob(stmt, column);
	struct buf json = BUF_INIT;
	struct wire_doc doc;
	const wire_value *value;
	struct reject why;

	wire_doc_init(&doc);
	value = bytes ? wire_parse(&doc, bytes, (size_t)sqlite3_column_bytes(stmt, column), &why) : NULL;
	if (value) {
		wire_to_json(value, &json);
		sqlite3_result_text64(out, json.data, json.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	}
	buf_free(&json);
	wire_doc_clear(&doc);
	return value != NULL;
}

static int rows_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
	const struct rows_table *t = (const struct rows_table *)cursor->pVtab;
	sqlite3_stmt *stmt = ((struct rows_cursor *)cursor)->stmt;

	if (!history_table_column_wire(t->table, (size_t)column) || !result_json(out, stmt, column))
		sqlite3_result_value(out, sqlite3_column_value(stmt, column));
	return SQLITE_OK;
}

static int rows_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *row)
{
	const struct rows_cursor *c = (const struct rows_cursor *)cursor;
	const struct rows_table *t = (const struct rows_table *)cursor->pVtab;

	*row = (c->days[c->day - 1] << ROW_BITS) +
	       sqlite3_column_int64(c->stmt, (int)history_table_width(t->table));
	return SQLITE_OK;
}

const sqlite3_module vtab_rows = {
	.xConnect = rows_connect,
	.xBestIndex = rows_best_index,
	.xDisconnect = rows_disconnect,
	.xOpen = rows_open,
	.xClose = rows_close,
	.xFilter = rows_filter,
	.xNext = rows_next,
	.xEof = rows_eof,
	.xColumn = rows_column,
	.xRowid = rows_rowid,
};
