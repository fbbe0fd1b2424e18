/*
 * The table `telemetry`: samples of all days, plain and sealed alike, by a
 * scan a file. Constraints on drone, boot, seq and time narrow the scan;
 * SQLite checks each row again, so they may be taken generously.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/scan.h"
#include "history/vtab.h"

/* Columns: drone, the fields in order, then the hidden ones. */
enum { V_DRONE, V_FIELDS, V_ARRIVED = V_FIELDS + FIELD_COUNT, V_BACKFILLED, V_LENGTH };

struct table {
	sqlite3_vtab base;
	char *dir;
	double divisors[FIELD_COUNT]; /* of a wire integer; 0: it is told as it is */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct scan_filter filter;
	char drone[ID_SIZE];
	bool nothing;        /* no row can match */
	uint64_t columns;
	int64_t *days;
	size_t day_count, day; /* next to be opened */
	sqlite3 *db;
	struct scan *scan;
	bool eof;
};

static int fail(sqlite3_vtab *vtab, int rc, const char *text)
{
	sqlite3_free(vtab->zErrMsg);
	vtab->zErrMsg = sqlite3_mprintf("%s", text);
	return rc == SQLITE_OK ? SQLITE_ERROR : rc;
}

static int telemetry_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **vtab, char **error)
{
	struct buf sql = BUF_INIT;
	struct table *t;
	int rc;

	(void)argc;
	(void)argv;
	(void)error;
	buf_add_str(&sql, "CREATE TABLE x(drone TEXT");
	for (int f = 0; f < FIELD_COUNT; f++)
		buf_printf(&sql, ", %s %s", field_table[f].name,
		    f == FIELD_time || field_table[f].scale == 1 ? "INTEGER" : "REAL");
	buf_add_str(&sql, ", arrived INTEGER HIDDEN, backfilled INTEGER HIDDEN,"
			  " length INTEGER HIDDEN,"
			  /* SQLite tells rows apart by it where it asks twice, as for OR. */
			  " PRIMARY KEY(drone, boot, seq)) WITHOUT ROWID");
	rc = sqlite3_declare_vtab(db, sql.data);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return rc;
	t = xcalloc(1, sizeof(*t));
	t->dir = xstrdup(((const struct vtab_origin *)aux)->dir);
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (f != FIELD_time && field_table[f].scale != 1)
			t->divisors[f] = round(1 / field_table[f].scale);
	}
	*vtab = &t->base;
	return SQLITE_OK;
}

static int telemetry_disconnect(sqlite3_vtab *vtab)
{
	struct table *t = (struct table *)vtab;

	free(t->dir);
	free(t);
	return SQLITE_OK;
}

/* ---- planning ---- */

/* What a constraint means for a scan, by column and operator. */
static char constraint_code(int column, int op)
{
	static const struct {
		int column, op;
		char code;
	} codes[] = {
		{ V_DRONE, SQLITE_INDEX_CONSTRAINT_EQ, 'd' },
		{ V_FIELDS + FIELD_boot, SQLITE_INDEX_CONSTRAINT_EQ, 'b' },
		{ V_FIELDS + FIELD_seq, SQLITE_INDEX_CONSTRAINT_EQ, 's' },
		{ V_FIELDS + FIELD_seq, SQLITE_INDEX_CONSTRAINT_GE, 'p' },
		{ V_FIELDS + FIELD_seq, SQLITE_INDEX_CONSTRAINT_GT, 'p' },
		{ V_FIELDS + FIELD_seq, SQLITE_INDEX_CONSTRAINT_LE, 'q' },
		{ V_FIELDS + FIELD_seq, SQLITE_INDEX_CONSTRAINT_LT, 'q' },
		{ V_FIELDS + FIELD_time, SQLITE_INDEX_CONSTRAINT_EQ, 't' },
		{ V_FIELDS + FIELD_time, SQLITE_INDEX_CONSTRAINT_GE, 'u' },
		{ V_FIELDS + FIELD_time, SQLITE_INDEX_CONSTRAINT_GT, 'u' },
		{ V_FIELDS + FIELD_time, SQLITE_INDEX_CONSTRAINT_LE, 'v' },
		{ V_FIELDS + FIELD_time, SQLITE_INDEX_CONSTRAINT_LT, 'v' },
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i].column == column && codes[i].op == op)
			return codes[i].code;
	}
	return 0;
}

/* Chunk columns that the statement uses. */
static uint64_t used_columns(uint64_t used)
{
	uint64_t columns = 0;

	for (int f = 0; f < FIELD_COUNT; f++) {
		if (used >> (V_FIELDS + f) & 1)
			columns |= COLUMN_BIT(f);
	}
	if (used >> V_ARRIVED & 1)
		columns |= COLUMN_BIT(COLUMN_ARRIVED);
	if (used >> V_LENGTH & 1)
		columns |= COLUMN_BIT(COLUMN_LENGTH);
	return columns;
}

/* The plan as text: columns in hex, a colon, a letter for each argument. `EXPLAIN
 * QUERY PLAN` shows it. */
static int telemetry_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	char codes[32];
	double cost = 1e9;
	int n = 0;

	(void)vtab;
	for (int i = 0; i < info->nConstraint && n < (int)sizeof(codes) - 1; i++) {
		char code = constraint_code(info->aConstraint[i].iColumn, info->aConstraint[i].op);

		if (!code || !info->aConstraint[i].usable ||
		    (code == 'd' && strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0))
			continue;
		cost /= strchr("dst", code) ? 1000 : code == 'b' ? 2 : 20;
		info->aConstraintUsage[i].argvIndex = n + 1;
		/* The scan is exact there; numbers may have been rounded. */
		info->aConstraintUsage[i].omit = code == 'd';
		codes[n++] = code;
	}
	codes[n] = '\0';
	info->idxStr = sqlite3_mprintf("%llx:%s",
	    (unsigned long long)used_columns(info->colUsed), codes);
	info->needToFreeIdxStr = 1;
	info->estimatedCost = cost;
	info->estimatedRows = (sqlite3_int64)(cost / 10) + 1;
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

/* ---- reading ---- */

static int telemetry_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **cursor)
{
	struct cursor *c = xcalloc(1, sizeof(*c));

	(void)vtab;
	*cursor = &c->base;
	return SQLITE_OK;
}

static void leave_day(struct cursor *c)
{
	scan_close(&c->scan);
	sqlite3_close(c->db);
	c->db = NULL;
}

static int telemetry_close(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;

	leave_day(c);
	free(c->days);
	free(c);
	return SQLITE_OK;
}

/* A number as bounds of the integers it can mean: 2.5 is from 2 to 3. */
static bool bounds(sqlite3_value *v, int64_t *low, int64_t *high)
{
	double d;

	switch (sqlite3_value_numeric_type(v)) {
	case SQLITE_INTEGER:
		*low = *high = sqlite3_value_int64(v);
		return true;
	case SQLITE_FLOAT:
		d = sqlite3_value_double(v);
		if (!(d > -9e18 && d < 9e18))
			return false;
		*low = (int64_t)floor(d);
		*high = (int64_t)ceil(d);
		return true;
	default:
		return false;
	}
}

static void narrow(int64_t *first, int64_t *last, int64_t low, int64_t high)
{
	if (low > *first)
		*first = low;
	if (high < *last)
		*last = high;
}

static void apply(struct cursor *c, char code, sqlite3_value *v)
{
	const char *text;
	int64_t low, high;

	if (sqlite3_value_type(v) == SQLITE_NULL ||
	    (code == 'd' && sqlite3_value_type(v) == SQLITE_BLOB)) {
		c->nothing = true;
		return;
	}
	if (code == 'd') {
		text = (const char *)sqlite3_value_text(v);
		c->nothing |= !text || strlen(text) >= sizeof(c->drone) ||
		    (c->filter.drone && strcmp(text, c->drone) != 0);
		if (c->nothing)
			return;
		str_copy(c->drone, sizeof(c->drone), text);
		c->filter.drone = c->drone;
		return;
	}
	if (!bounds(v, &low, &high))
		return;
	switch (code) {
	case 'b':
		c->nothing |= low != high || low < 0 || low > UINT32_MAX ||
		    (c->filter.one_boot && c->filter.boot != (uint32_t)low);
		c->filter.one_boot = true;
		c->filter.boot = (uint32_t)low;
		break;
	case 's':
		narrow(&c->filter.first_seq, &c->filter.last_seq, low, high);
		break;
	case 'p':
		narrow(&c->filter.first_seq, &c->filter.last_seq, low, INT64_MAX);
		break;
	case 'q':
		narrow(&c->filter.first_seq, &c->filter.last_seq, INT64_MIN, high);
		break;
	case 't':
		narrow(&c->filter.first_ms, &c->filter.last_ms, low, high);
		break;
	case 'u':
		narrow(&c->filter.first_ms, &c->filter.last_ms, low, INT64_MAX);
		break;
	case 'v':
		narrow(&c->filter.first_ms, &c->filter.last_ms, INT64_MIN, high);
		break;
	}
}

/* Opens the next day with rows in time: 1, 0 after the last, or -1. */
static int next_day(struct cursor *c, int *error)
{
	struct table *t = (struct table *)c->base.pVtab;
	char path[DAY_PATH_SIZE];
	struct err err;

	leave_day(c);
	while (c->day < c->day_count) {
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
		/* Of a day that is finished it is known what times it has. */
		if (schema_mark(c->db, "finished", 0) &&
		    (schema_mark(c->db, "last_time", INT64_MIN) < c->filter.first_ms ||
			schema_mark(c->db, "first_time", INT64_MAX) > c->filter.last_ms)) {
			leave_day(c);
			continue;
		}
		rc = schema_exec(c->db, "BEGIN");
		if (rc == SQLITE_OK)
			rc = scan_open(&c->scan, c->db, &c->filter, c->columns);
		if (rc != SQLITE_OK) {
			*error = fail(c->base.pVtab, rc, sqlite3_errmsg(c->db));
			return -1;
		}
		return 1;
	}
	return 0;
}

static int telemetry_next(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;
	int rc, error = SQLITE_OK;

	for (;;) {
		rc = c->scan ? scan_next(c->scan) : 0;
		if (rc == 1)
			return SQLITE_OK;
		if (rc == -1)
			return fail(cursor->pVtab, scan_error(c->scan),
			    scan_error(c->scan) == SQLITE_CORRUPT
				? "the history is damaged; `odyssey history verify` says where"
				: sqlite3_errmsg(c->db));
		rc = next_day(c, &error);
		if (rc == -1)
			return error;
		if (rc == 0) {
			c->eof = true;
			return SQLITE_OK;
		}
	}
}

static int telemetry_filter(sqlite3_vtab_cursor *cursor, int plan, const char *text, int argc,
    sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)cursor;
	const char *codes = strchr(text, ':') + 1;
	struct table *t = (struct table *)cursor->pVtab;
	struct err err;

	(void)plan;
	leave_day(c);
	free(c->days);
	c->days = NULL;
	c->filter = (struct scan_filter)SCAN_ALL;
	c->filter.first_seq = 0;
	c->columns = strtoull(text, NULL, 16);
	c->nothing = c->eof = false;
	c->day = c->day_count = 0;
	for (int i = 0; i < argc; i++)
		apply(c, codes[i], argv[i]);
	if (c->nothing || c->filter.first_ms > c->filter.last_ms ||
	    c->filter.first_seq > c->filter.last_seq) {
		c->eof = true;
		return SQLITE_OK;
	}
	if (days_list(t->dir, &c->days, &c->day_count, &err) == -1)
		return fail(cursor->pVtab, SQLITE_CANTOPEN, err.text);
	return telemetry_next(cursor);
}

static int telemetry_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct cursor *)cursor)->eof;
}

static void put_field(sqlite3_context *out, const struct chunk *c, size_t i, int f, double divisor)
{
	if (f == FIELD_boot)
		sqlite3_result_int64(out, c->boot);
	else if (!(c->known[i] >> f & 1))
		sqlite3_result_null(out);
	else if (divisor == 0)
		sqlite3_result_int64(out, c->columns[f][i]);
	else
		/* A quotient is the nearest there is to the decimal that was meant. */
		sqlite3_result_double(out, (double)c->columns[f][i] / divisor);
}

static int telemetry_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
	struct cursor *cur = (struct cursor *)cursor;
	const struct chunk *c = scan_chunk(cur->scan);
	size_t i = scan_index(cur->scan);

	if (column == V_DRONE)
		sqlite3_result_text(out, scan_drone(cur->scan), -1, SQLITE_TRANSIENT);
	else if (column == V_ARRIVED)
		sqlite3_result_int64(out, c->columns[COLUMN_ARRIVED][i]);
	else if (column == V_BACKFILLED)
		sqlite3_result_int(out, c->backfilled[i]);
	else if (column == V_LENGTH)
		sqlite3_result_int64(out, c->columns[COLUMN_LENGTH][i]);
	else
		put_field(out, c, i, column - V_FIELDS,
		    ((const struct table *)cursor->pVtab)->divisors[column - V_FIELDS]);
	return SQLITE_OK;
}

const sqlite3_module vtab_telemetry = {
	.xConnect = telemetry_connect,
	.xBestIndex = telemetry_best_index,
	.xDisconnect = telemetry_disconnect,
	.xOpen = telemetry_open,
	.xClose = telemetry_close,
	.xFilter = telemetry_filter,
	.xNext = telemetry_next,
	.xEof = telemetry_eof,
	.xColumn = telemetry_column,
};
