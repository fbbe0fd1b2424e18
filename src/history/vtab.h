/*
 * The history's tables for SQLite, over all day files: `odyssey_telemetry(dir)`
 * and `odyssey_table(dir, name)`. Private to query.c and extension.c.
 */
#ifndef HISTORY_VTAB_H
#define HISTORY_VTAB_H

#include "history/sqlite.h"

/* Registers the modules, and makes `telemetry` and the others as temporary
 * tables of the connection. SQLITE_OK or an error. */
int vtab_register(sqlite3 *db);
int vtab_create_tables(sqlite3 *db, const char *dir);

/* The modules, one file each. */
extern const sqlite3_module vtab_telemetry, vtab_rows;
/* "dir" or 'dir' of a module's argument without its quotes; sqlite3_free(). */
char *vtab_unquote(const char *argument);

#endif
