/*
 * The history's tables for SQLite, over all day files. They are eponymous: there
 * as soon as they are registered, and connected when a statement first names
 * them. Private to query.c and extension.c.
 */
#ifndef HISTORY_VTAB_H
#define HISTORY_VTAB_H

#include "history/sqlite.h"
#include "history/tables.h"

/* Makes `telemetry` and the others known to the connection, of the history in
 * dir. SQLITE_OK or an error. */
int vtab_register(sqlite3 *db, const char *dir);

/* What a module is registered with. */
struct vtab_origin {
	char *dir;
	const struct history_table *table; /* NULL: telemetry */
};

/* The modules, one file each. */
extern const sqlite3_module vtab_telemetry, vtab_rows;

#endif
