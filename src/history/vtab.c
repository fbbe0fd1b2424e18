/* The history's tables for SQLite: see vtab.h. */
#include "history/vtab.h"

#include <string.h>

#include "history/tables.h"

int vtab_register(sqlite3 *db)
{
	int rc = sqlite3_create_module_v2(db, "odyssey_telemetry", &vtab_telemetry, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_create_module_v2(db, "odyssey_table", &vtab_rows, NULL, NULL);
	return rc;
}

static int create(sqlite3 *db, char *sql)
{
	int rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;

	sqlite3_free(sql);
	return rc;
}

int vtab_create_tables(sqlite3 *db, const char *dir)
{
	int rc = create(db, sqlite3_mprintf("CREATE VIRTUAL TABLE temp.telemetry USING"
					    " odyssey_telemetry(%Q)", dir));

	for (const struct history_table *t = history_tables; t->name && rc == SQLITE_OK; t++)
		rc = create(db, sqlite3_mprintf("CREATE VIRTUAL TABLE temp.\"%w\" USING"
						" odyssey_table(%Q, %Q)", t->name, dir, t->name));
	return rc;
}

char *vtab_unquote(const char *argument)
{
	size_t len = strlen(argument), n = 0;
	char *text = sqlite3_malloc64(len + 1);
	char quote = argument[0];

	if (!text)
		return NULL;
	if (len < 2 || (quote != '\'' && quote != '"') || argument[len - 1] != quote)
		return memcpy(text, argument, len + 1);
	for (size_t i = 1; i < len - 1; i++) {
		text[n++] = argument[i];
		if (argument[i] == quote && argument[i + 1] == quote)
			i++;
	}
	text[n] = '\0';
	return text;
}
