/*
 * What the commands over the history share: opening it, times as people give
 * them, ids in SQL.
 */
#ifndef APP_HISTORY_ARGS_H
#define APP_HISTORY_ARGS_H

#include "app/app.h"
#include "base/buf.h"
#include "history/query.h"

/* Opens the history that configuration and line name: 0, or -1 with a sentence. */
int history_args_open(const struct app *app, struct history_query **query, struct err *err);

/* The time that a flag gives in *ms, which stays as it is where the flag was
 * not given. RFC 3339 in UTC, ms since 1970, or how long ago: 30m, 2h, 3d. */
int history_args_time(const struct app *app, const char *flag, int64_t *ms, struct err *err);

/* --drone: appends " AND drone IN (…)" for each one given; ids are checked. */
int history_args_drones(const struct app *app, struct buf *sql, struct err *err);
/* By how much the clock of the daemon that logged them is ahead of the one that the drone's
 * samples carry, between these two times of theirs; 0 where that is less than a second, which
 * the way may take, or nothing came by itself. -1 with a sentence. */
int history_args_ahead(struct history_query *query, const char *drone, int64_t from_ms, int64_t to_ms,
    int64_t *ahead_ms, struct err *err);
#define AHEAD_MIN_MS 1000
/* Appends text as an SQL literal. */
void history_args_quote(struct buf *sql, const char *text);

#define FLAG_HISTORY                                                           \
	{ .name = "history", .value = "DIR", .option = "history.dir",          \
	  .help = "the history's directory" }
#define FLAG_DRONE { .name = "drone", .value = "ID", .help = "only this drone; repeatable" }
#define FLAG_SINCE                                                             \
	{ .name = "since", .value = "TIME",                                    \
	  .help = "from then on: 2026-11-21T09:00Z, or ago: 30m, 2h, 3d" }
#define FLAG_UNTIL { .name = "until", .value = "TIME", .help = "up to then" }

#endif
