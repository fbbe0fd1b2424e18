/*
 * The line of `odyssey replay`: which history, from when, how fast, for the
 * screen and for serving alike.
 */
#ifndef APP_REPLAY_ARGS_H
#define APP_REPLAY_ARGS_H

#include "app/app.h"
#include "base/str.h"
#include "replay/replay.h"

#define REPLAY_DRONES_MAX 256

struct replay_args {
	struct replay_options options; /* into app and this */
	const char *drones[REPLAY_DRONES_MAX];
	int64_t start_ms;   /* where play begins; within what was recorded */
	int64_t end_ms;     /* of the flight that was named; INT64_MAX: none was */
	char drone[ID_SIZE]; /* of that flight; "" */
	double speed;
	bool loop;
	bool serve;
};

/* Reads the line and opens the history, at the start: 0, or -1 with *usage true
 * where the line is wrong, and a sentence. The caller closes *replay. */
int replay_args_open(const struct app *app, struct replay_args *args, struct replay **replay,
    bool *usage, struct err *err);

#define FLAGS_REPLAY                                                           \
	{ .name = "history", .value = "DIR|FILE", .option = "history.dir",     \
	  .help = "the history's directory, or one day's file" },              \
	{ .name = "drone", .value = "ID", .help = "only this drone; repeatable" }, \
	{ .name = "speed", .value = "X", .help = "so many times as fast: 0.1 to 1000" }, \
	{ .name = "loop", .help = "at the end, begin again" }

#endif
