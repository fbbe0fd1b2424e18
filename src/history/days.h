/*
 * The files of a history directory: one per UTC day, "2026-11-21.db".
 */
#ifndef HISTORY_DAYS_H
#define HISTORY_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DAY_MS (24 * 60 * 60 * (int64_t)1000)
#define DAY_PATH_SIZE 4096
#define DAY_NAME_SIZE 32

/* Days since 1970-01-01 of a time in ms. */
int64_t day_of(int64_t ms);
/* "2026-11-21.db" */
const char *day_name(int64_t day, char name[DAY_NAME_SIZE]);
/* dir/2026-11-21.db; dir itself where that is no directory but one day's file */
void day_path(char path[DAY_PATH_SIZE], const char *dir, int64_t day);

/* The days that have a file, ascending; the caller frees. -1 where the directory
 * cannot be read, except that one which is not there has no days. A file in its place is one
 * day, whatever its name. */
int days_list(const char *dir, int64_t **days, size_t *count, struct err *err);

/* Bytes of the day's file with its log. */
int64_t day_bytes(const char *dir, int64_t day);
/* Removes the file with its log. */
int day_remove(const char *dir, int64_t day, struct err *err);
/* Renames the file with its log to "2026-11-21.damaged-N.db", which is no day
 * any more, and tells the new name. */
int day_set_aside(const char *dir, int64_t day, char name[64], struct err *err);
/* Makes the directory and those above it. */
int days_make_dir(const char *dir, struct err *err);

#endif
