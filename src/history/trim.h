/*
 * A past that is short: rows of the day that is written which came too long ago
 * are dropped from its file. Its pages are used again, so the file stays as large
 * as it once had to be.
 */
#ifndef HISTORY_TRIM_H
#define HISTORY_TRIM_H

#include <stdint.h>

#include "history/sqlite.h"

/* Drops what came before that; and, where more than max_bytes are left, the older
 * half of the time that is. An alarm that stood then counts from there on. SQLITE_OK or an
 * error; then nothing is changed. */
int trim(sqlite3 *db, int64_t before_ms, double max_bytes);

#endif
