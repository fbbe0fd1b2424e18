/*
 * The history's tables for the sqlite3 shell:
 *
 *	.load build/odyssey_history
 *	SELECT odyssey_open('/path/of/history');
 *	SELECT count(*) FROM telemetry;
 *
 * Built with HISTORY_EXTENSION from the files that read, and only so.
 */
#ifdef HISTORY_EXTENSION

#include <stddef.h>

#include "history/sqlite.h"
#include "history/vtab.h"

SQLITE_EXTENSION_INIT1

static void open_history(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const char *dir = (const char *)sqlite3_value_text(argv[0]);
	sqlite3 *db = sqlite3_context_db_handle(context);
	int rc;

	(void)argc;
	if (!dir) {
		sqlite3_result_error(context, "odyssey_open takes the history's directory", -1);
		return;
	}
	rc = vtab_register(db, dir);
	if (rc != SQLITE_OK)
		sqlite3_result_error(context, sqlite3_errmsg(db), -1);
	else
		sqlite3_result_text(context, dir, -1, SQLITE_TRANSIENT);
}

/* The name SQLite looks for in odyssey_history.so. */
int sqlite3_odysseyhistory_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);

int sqlite3_odysseyhistory_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
	SQLITE_EXTENSION_INIT2(api);
	(void)error;
	return sqlite3_create_function(db, "odyssey_open", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL,
	    open_history, NULL, NULL);
}

#else

/* A file of the library must declare something. */
typedef int extension_is_built_apart;

#endif
