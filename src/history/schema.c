/* The tables of a day's file: see schema.h. */
#include "history/schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "history/plain.h"
#include "proto/messages.h"

/* Measured: 8 KiB holds a sealed row of half a minute and costs a small fleet
 * little at each commit. */
static const char create_sql[] =
    "CREATE TABLE plain(id INTEGER PRIMARY KEY, body BLOB NOT NULL);"
    "CREATE TABLE slots(slot INTEGER PRIMARY KEY, sealed INTEGER NOT NULL);"
    /* longest: no sealed row spans more ms of time. Of a day that is finished:
     * finished, first_time, last_time, samples. */
    "CREATE TABLE marks(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE sealed(id INTEGER PRIMARY KEY, drone INTEGER NOT NULL, boot INTEGER NOT NULL,"
    " first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, count INTEGER NOT NULL,"
    " first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, last_arrived INTEGER NOT NULL,"
    " body BLOB NOT NULL);"
    "CREATE INDEX sealed_by_drone ON sealed(drone, last_time, first_time, boot, first_seq,"
    " last_seq, count, last_arrived);"
    "CREATE TABLE answers(id TEXT PRIMARY KEY, code INTEGER NOT NULL, text TEXT,"
    " keep_until INTEGER NOT NULL, arrived INTEGER NOT NULL);"
    "CREATE INDEX gaps_by_drone ON gaps(drone, boot, first_seq);"
    "CREATE INDEX plans_by_drone ON plans(drone);";

void schema_message_columns(struct buf *sql, enum topic_kind kind)
{
	size_t n;
	const struct key_desc *keys = message_keys(kind, &n);

	for (size_t i = 0; i < n; i++)
		buf_printf(sql, "%s\"%s\"", i ? "," : "", keys[i].key);
}

const struct history_table *schema_message_table(enum topic_kind kind)
{
	const struct history_table *t = history_tables;

	while (t->name && t->kind != kind)
		t++;
	return t->name ? t : NULL;
}

const struct history_table *schema_table(const char *name)
{
	const struct history_table *t = history_tables;

	while (t->name && strcmp(t->name, name) != 0)
		t++;
	return t->name ? t : NULL;
}

void schema_insert_message(struct buf *sql, enum topic_kind kind)
{
	size_t n;

	(void)message_keys(kind, &n);
	buf_printf(sql, "INSERT INTO %s(", schema_message_table(kind)->name);
	schema_message_columns(sql, kind);
	buf_add_str(sql, ",arrived) VALUES(");
	for (size_t i = 0; i <= n; i++)
		buf_add_str(sql, i ? ",?" : "?");
	buf_add_str(sql, ")");
}

void schema_bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	if (text && *text)
		sqlite3_bind_text(stmt, i, text, -1, SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(stmt, i);
}

void schema_read_text(sqlite3_stmt *stmt, int i, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(stmt, i);

	str_copy(out, size, text ? text : "");
}

void schema_bind_message(sqlite3_stmt *stmt, enum topic_kind kind, const void *in)
{
	size_t n;
	const struct key_desc *keys = message_keys(kind, &n);

	for (size_t i = 0; i < n; i++) {
		const void *at = (const char *)in + keys[i].offset;
		int p = (int)i + 1;
		uint64_t u;
		double d;

		switch (keys[i].type) {
		case KEY_ID:
		case KEY_TEXT:
		case KEY_TOKEN:
			schema_bind_text(stmt, p, at);
			break;
		case KEY_UINT:
			u = *(const uint64_t *)at;
			if (u == KEY_NONE)
				sqlite3_bind_null(stmt, p);
			else
				sqlite3_bind_int64(stmt, p, (sqlite3_int64)u);
			break;
		case KEY_NUMBER:
			d = *(const double *)at;
			if (isnan(d))
				sqlite3_bind_null(stmt, p);
			else
				sqlite3_bind_double(stmt, p, d);
			break;
		case KEY_BOOL:
			sqlite3_bind_int(stmt, p, *(const bool *)at);
			break;
		case KEY_ENUM:
			schema_bind_text(stmt, p, keys[i].names[*(const int *)at]);
			break;
		case KEY_VALUE:
			sqlite3_bind_null(stmt, p);
			break;
		}
	}
}

void schema_read_message(sqlite3_stmt *stmt, enum topic_kind kind, void *out)
{
	size_t n;
	const struct key_desc *keys = message_keys(kind, &n);

	for (size_t i = 0; i < n; i++) {
		void *at = (char *)out + keys[i].offset;
		bool null = sqlite3_column_type(stmt, (int)i) == SQLITE_NULL;
		const char *name;

		switch (keys[i].type) {
		case KEY_ID:
		case KEY_TEXT:
		case KEY_TOKEN:
			schema_read_text(stmt, (int)i, at, keys[i].size);
			break;
		case KEY_UINT:
			*(uint64_t *)at = null ? KEY_NONE
					       : (uint64_t)sqlite3_column_int64(stmt, (int)i);
			break;
		case KEY_NUMBER:
			*(double *)at = null ? NAN : sqlite3_column_double(stmt, (int)i);
			break;
		case KEY_BOOL:
			*(bool *)at = sqlite3_column_int(stmt, (int)i) != 0;
			break;
		case KEY_ENUM:
			*(int *)at = 0;
			name = (const char *)sqlite3_column_text(stmt, (int)i);
			for (int e = 1; name && keys[i].names[e]; e++) {
				if (strcmp(keys[i].names[e], name) == 0)
					*(int *)at = e;
			}
			break;
		case KEY_VALUE:
			*(const wire_value **)at = NULL;
			break;
		}
	}
}

enum schema_trouble schema_trouble(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return TROUBLE_NONE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return TROUBLE_LOCKED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR:   /* a table of ours is not there or not ours */
	case SQLITE_SCHEMA:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
	case SQLITE_FORMAT:
		return TROUBLE_DAMAGED;
	default:
		return TROUBLE_DISK;
	}
}

int schema_exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int64_t schema_mark(sqlite3 *db, const char *key, int64_t otherwise)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(db, "SELECT value FROM marks WHERE key = ?", -1, &stmt, NULL) !=
	    SQLITE_OK)
		return otherwise;
	sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		otherwise = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return otherwise;
}

static int get_int(sqlite3 *db, const char *sql, int *value)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		*value = sqlite3_column_int(stmt, 0);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* A commit has a row in plain at least, and a row so many bytes. */
#define PLAIN_ROW_BYTES 6
#define COMMITS_MAX (INT64_C(1) << 46)
#define NUMBERS_MAX (10 * 1000 * 1000)

int schema_check_numbers(sqlite3 *db)
{
	sqlite3_stmt *stmt;
	int pages, page, rc;

	rc = get_int(db, "PRAGMA page_count", &pages);
	if (rc == SQLITE_OK)
		rc = get_int(db, "PRAGMA page_size", &page);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db,
		    "SELECT coalesce((SELECT min(id) FROM plain), 0), coalesce((SELECT max(id) FROM plain), 0),"
		    " coalesce(min(sealed), 0), coalesce(max(sealed), 0), coalesce((SELECT min(no) FROM"
		    " drones), 1), coalesce((SELECT max(no) FROM drones), 1) FROM slots", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		int64_t first = sqlite3_column_int64(stmt, 0) / PLAIN_SLOTS,
			last = sqlite3_column_int64(stmt, 1) / PLAIN_SLOTS;
		bool good = sqlite3_column_int64(stmt, 0) >= 0 && last < COMMITS_MAX &&
		    last - first <= (int64_t)pages * page / PLAIN_ROW_BYTES &&
		    sqlite3_column_int64(stmt, 2) >= -1 &&
		    sqlite3_column_int64(stmt, 3) < COMMITS_MAX && sqlite3_column_int64(stmt, 4) > 0 &&
		    sqlite3_column_int64(stmt, 5) <= NUMBERS_MAX;

		rc = good ? SQLITE_OK : SQLITE_CORRUPT;
	}
	sqlite3_finalize(stmt);
	return rc;
}

bool schema_has_table(sqlite3 *db, const char *name)
{
	sqlite3_stmt *stmt;
	bool has;

	if (sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", -1,
		&stmt, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	has = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return has;
}

/* Tables grow as the protocol does: calls lacks for each of their columns that
 * the file was made without. */
static int each_lacking(sqlite3 *db, const struct history_table *table,
    void (*lacks)(struct buf *sql, const struct history_table *table, size_t i), struct buf *sql)
{
	sqlite3_stmt *stmt;
	size_t n = history_table_width(table);
	int rc = sqlite3_prepare_v2(db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", -1,
	    &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
		sqlite3_bind_text(stmt, 1, table->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, history_table_column_name(table, i), -1, SQLITE_STATIC);
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_DONE)
			lacks(sql, table, i);
		rc = sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static void null_column(struct buf *sql, const struct history_table *table, size_t i)
{
	buf_add_str(sql, ", NULL AS ");
	history_table_column(sql, table, i);
}

void schema_table_of(sqlite3 *db, struct buf *sql, const struct history_table *table)
{
	struct buf nulls = BUF_INIT;

	each_lacking(db, table, null_column, &nulls);
	if (nulls.len && schema_has_table(db, table->name))
		buf_printf(sql, "(SELECT *, rowid AS rowid%s FROM %s)", nulls.data, table->name);
	else if (nulls.len)
		buf_printf(sql, "(SELECT NULL AS row, NULL AS rowid%s WHERE 0)", nulls.data);
	else
		buf_add_str(sql, table->name);
	buf_free(&nulls);
}

static void add_column(struct buf *sql, const struct history_table *table, size_t i)
{
	buf_printf(sql, "ALTER TABLE %s ADD COLUMN ", table->name);
	history_table_column_typed(sql, table, i);
	buf_add_str(sql, ";");
}

static void create_table(struct buf *sql, const struct history_table *t)
{
	/* One without a key of its own has its rows in the order they came. */
	buf_printf(sql, "CREATE TABLE %s(%s", t->name,
	    strstr(t->columns[0].type, "PRIMARY KEY") ? "" : "row INTEGER PRIMARY KEY,");
	history_table_columns(sql, t, true);
	buf_add_str(sql, ");");
}

/* The day's own writer makes a file of an older version one of ours. */
static int upgrade_tables(sqlite3 *db)
{
	struct buf sql = BUF_INIT;
	int rc = SQLITE_OK;

	buf_add_str(&sql, "BEGIN IMMEDIATE;");
	for (const struct history_table *t = history_tables; t->name && rc == SQLITE_OK; t++) {
		if (schema_has_table(db, t->name))
			rc = each_lacking(db, t, add_column, &sql);
		else
			create_table(&sql, t);
	}
	buf_add_str(&sql, "CREATE INDEX IF NOT EXISTS plans_by_drone ON plans(drone);");
	buf_printf(&sql, "PRAGMA user_version=%d;COMMIT", SCHEMA_VERSION);
	if (rc == SQLITE_OK)
		rc = schema_exec(db, sql.data);
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
		schema_exec(db, "ROLLBACK");
	buf_free(&sql);
	return rc;
}

static int create_tables(sqlite3 *db)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_add_str(&sql, "BEGIN IMMEDIATE;");
	for (const struct history_table *t = history_tables; t->name; t++)
		create_table(&sql, t);
	buf_add_str(&sql, create_sql);
	buf_printf(&sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT",
	    SCHEMA_APPLICATION, SCHEMA_VERSION);
	rc = schema_exec(db, sql.data);
	if (rc != SQLITE_OK)
		schema_exec(db, "ROLLBACK");
	buf_free(&sql);
	return rc;
}

/* Looks at what kind of file it is; *version is 0 for one without tables yet, *code what
 * SQLite said where it could not look. */
static enum schema_trouble examine(sqlite3 *db, const char *path, int *version, int *code,
    struct err *err)
{
	int application = 0, tables = 0, rc;

	*version = 0;

	/* In one transaction: its writer may be making the file just now. */
	rc = schema_exec(db, "BEGIN");
	if (rc == SQLITE_OK)
		rc = get_int(db, "PRAGMA user_version", version);
	if (rc == SQLITE_OK)
		rc = get_int(db, "PRAGMA application_id", &application);
	if (rc == SQLITE_OK)
		rc = get_int(db, "SELECT count(*) FROM sqlite_master", &tables);
	if (rc != SQLITE_OK)
		err_set(err, "%s: %s", path, sqlite3_errmsg(db));
	*code = rc;
	if (!sqlite3_get_autocommit(db))
		schema_exec(db, "ROLLBACK");
	if (rc != SQLITE_OK)
		return schema_trouble(rc);
	if (!*version && !tables)
		return TROUBLE_NONE;
	if (application != SCHEMA_APPLICATION) {
		err_set(err, "%s is a database, but no history", path);
		return TROUBLE_DAMAGED;
	}
	if (*version > SCHEMA_VERSION) {
		err_set(err, "%s was written by a newer version of this program; its schema is %d, "
			     "this one knows %d",
		    path, *version, SCHEMA_VERSION);
		return TROUBLE_NEWER;
	}
	return TROUBLE_NONE;
}

static enum schema_trouble fail(sqlite3 **db, enum schema_trouble trouble)
{
	sqlite3_close(*db);
	*db = NULL;
	return trouble;
}

enum schema_trouble schema_open(sqlite3 **db, const char *path, struct err *err)
{
	/* Every commit reaches the disk: after a power cut at most the one under
	 * way is missing. Checkpoints are made where the writer has time for them. */
	static const char settings[] =
	    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=0;"
	    "PRAGMA secure_delete=OFF;PRAGMA cache_size=-4096;PRAGMA temp_store=MEMORY;"
	    "PRAGMA journal_size_limit=33554432";
	enum schema_trouble trouble;
	int version, rc;

	rc = sqlite3_open_v2(path, db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(*db, 20);
		rc = schema_exec(*db, "PRAGMA page_size=8192");
	}
	if (rc != SQLITE_OK) {
		err_set(err, "%s: %s", path, *db ? sqlite3_errmsg(*db) : sqlite3_errstr(rc));
		return fail(db, schema_trouble(rc));
	}
	trouble = examine(*db, path, &version, &rc, err);
	if (trouble != TROUBLE_NONE)
		return fail(db, trouble);
	rc = schema_exec(*db, settings);
	if (rc == SQLITE_OK && version < SCHEMA_VERSION)
		rc = version ? upgrade_tables(*db) : create_tables(*db);
	if (rc != SQLITE_OK) {
		err_set(err, "%s: %s", path, sqlite3_errmsg(*db));
		return fail(db, schema_trouble(rc));
	}
	return TROUBLE_NONE;
}

/* A file nobody writes, where nothing may be made beside it. */
static bool at_rest(const char *path)
{
	char *wal = xasprintf("%s-wal", path);
	struct stat st;
	bool rest = stat(wal, &st) == -1 || st.st_size == 0;

	free(wal);
	return rest;
}

enum schema_trouble schema_open_read(sqlite3 **db, const char *path, struct err *err)
{
	enum schema_trouble trouble;
	struct buf uri = BUF_INIT;
	int version, rc;

	rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(*db, 250);
		trouble = examine(*db, path, &version, &rc, err);
		if (trouble == TROUBLE_NONE)
			return version ? TROUBLE_NONE : fail(db, TROUBLE_EMPTY);
		rc &= 0xff;
		if (trouble == TROUBLE_NEWER || (rc != SQLITE_CANTOPEN && rc != SQLITE_READONLY))
			return fail(db, trouble);
	} else {
		err_set(err, "%s: %s", path, *db ? sqlite3_errmsg(*db) : sqlite3_errstr(rc));
	}
	fail(db, TROUBLE_NONE);
	if ((rc & 0xff) != SQLITE_CANTOPEN && (rc & 0xff) != SQLITE_READONLY)
		return schema_trouble(rc);
	if (!at_rest(path)) {
		err_set(err, "%s has a log beside it, which cannot be read where nothing can be written; "
			     "copy both to a directory that can be written", path);
		return TROUBLE_DISK;
	}
	/* A directory that cannot be written has no room for SQLite's index of the
	 * log; without a log there is no need for one. */
	buf_add_str(&uri, "file:");
	for (const char *p = path; *p; p++)
		buf_printf(&uri, strchr("%?#", *p) ? "%%%02X" : "%c", *p);
	buf_add_str(&uri, "?immutable=1");
	rc = sqlite3_open_v2(uri.data, db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	buf_free(&uri);
	if (rc != SQLITE_OK)
		return fail(db, schema_trouble(rc));
	trouble = examine(*db, path, &version, &rc, err);
	if (trouble != TROUBLE_NONE)
		return fail(db, trouble);
	return version ? TROUBLE_NONE : fail(db, TROUBLE_EMPTY);
}
