/*
 * The past on the screen. The history is read here and now, beside whatever
 * writes it; the model that the panes draw is then one of the past, and the
 * live one waits aside and goes on being fed (screen.live points at it).
 *
 * The state at the playhead is taken over from the replay: the drones' newest
 * samples with their ages then, alarms that stood, events, commands. What was
 * not recorded is not there.
 */
#ifndef APP_SCREEN_REPLAY_H
#define APP_SCREEN_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct screen;
struct ui;
struct travel;

struct replay;

/* To begin in the past. */
struct screen_past {
	struct replay *replay; /* open; taken over by screen_replay_start() */
	const char *path;      /* of it */
	int64_t at_ms;
	int64_t end_ms;        /* of the flight that was asked for; INT64_MAX: none was */
	double speed;
	bool loop;
};

void screen_replay_init(struct screen *s);
void screen_replay_close(struct screen *s);
int screen_replay_start(struct screen *s, struct screen_past *past, struct err *err);
/* The hook of ui.h. */
int screen_travel(struct ui *ui, const struct travel *travel, struct err *err);
/* Moves on; returns when it wants to be called again, monotonic. */
int64_t screen_replay_tick(struct screen *s);
/* There is a history that was named, or that is of whom we are attached to. */
bool screen_replay_has(const struct screen *s);
/* The directory (or file) that is replayed or could be; or -1 with the reason. */
int screen_replay_path(const struct screen *s, const char **path, struct err *err);

/* Hello was answered: a past that is not of who answered is shown no longer. */
void screen_replay_whose(struct screen *s);

struct screen *screen_of(struct ui *ui);
/* The hook of ui.h: lays a flight, named by its id or its drone. */
int screen_path(struct ui *ui, const char *what, struct err *err);
/* ":export": writes what is selected between the marks, or in the window. */
void screen_export(struct screen *s, const char *path);

#endif
