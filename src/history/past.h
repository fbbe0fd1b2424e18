/*
 * What is stored already, read from the rows themselves: into the roster, and
 * the answers and commands for those who start again.
 */
#ifndef HISTORY_PAST_H
#define HISTORY_PAST_H

#include "history/history.h"
#include "history/newest.h"
#include "history/roster.h"
#include "history/schema.h"

/* How many of the newest days count. */
#define PAST_DAYS 2
/* How many before them are looked at for drones that those have no sample of. */
#define PAST_OLDER_DAYS 100

/* Reads one day's file into roster, past and newest; from_ms is where the first that is
 * read begins. */
enum schema_trouble past_read_day(const char *path, int64_t day, int64_t from_ms,
    struct roster *roster, struct history_past *past, struct newest *newest, struct err *err);
/* Drones of the roster that the newest days have no sample of have what the newest of these
 * days has: days in dir, ascending, before those. One that cannot be read has nothing. */
void past_read_older(const char *dir, const int64_t *days, size_t count, struct roster *roster);
/* What the days before that one have of a boot, into the roster. */
void past_read_boot(const char *dir, int64_t before_day, struct roster *roster, size_t drone,
    uint32_t boot);
/* Completes past once all days from first_ms on are read: coverage, drones and the newest
 * samples, of files in dir. What an older boot had before them counts as stored. */
void past_complete(struct history_past *past, struct roster *roster, struct newest *newest,
    const char *dir, int64_t first_ms);

#endif
