/* The history's tables for SQLite: see vtab.h. */
#include "history/vtab.h"

#include <stdlib.h>

#include "base/mem.h"

static void forget(void *origin)
{
	free(((struct vtab_origin *)origin)->dir);
	free(origin);
}

/* The origin goes with the module, also where it cannot be registered. */
static int add(sqlite3 *db, const char *name, const sqlite3_module *module, const char *dir,
    const struct history_table *table)
{
	struct vtab_origin *origin = xcalloc(1, sizeof(*origin));

	origin->dir = xstrdup(dir);
	origin->table = table;
	return sqlite3_create_module_v2(db, name, module, origin, forget);
}

int vtab_register(sqlite3 *db, const char *dir)
{
	int rc = add(db, "telemetry", &vtab_telemetry, dir, NULL);

	for (const struct history_table *t = history_tables; t->name && rc == SQLITE_OK; t++)
		rc = add(db, t->name, &vtab_rows, dir, t);
	return rc;
}
