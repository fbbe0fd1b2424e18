/*
 * How the screen keeps the past. Private to app/screen_past_*.c and
 * screen_replay.c: what others may ask is in screen_replay.h.
 *
 *	screen_replay.c       into the past and out of it; the turns of the loop
 *	screen_past_state.c   the model of the past: drones, alarms, events, commands
 *	screen_past_plans.c   what the selected drone was to fly
 *	screen_past_trails.c  trails at the playhead
 *	screen_past_travel.c  what is asked of the playhead
 *	screen_past_slots.c   the slots of the timeline
 */
#ifndef APP_SCREEN_PAST_H
#define APP_SCREEN_PAST_H

#include "app/screen.h"
#include "replay/playhead.h"
#include "replay/replay.h"

#define TRAILS_MAX 200 /* rows of the fleet that have a trail in the past */

struct screen_replay {
	bool named;          /* the history was, by odyssey replay */
	char path[CONFIG_PATH_SIZE];
	struct replay *past; /* NULL: not open */
	struct playhead head;
	bool been;           /* there is a moment to go back to */
	bool shown;
	char selected[2][ID_SIZE]; /* last, in live and in the past */
	enum pane focus;     /* in live, before the past took it */
	struct model parked; /* live, while the past is shown */
	int64_t open_mono, refresh_mono, timeline_mono;
	int64_t slots_from, slots_to;
	size_t slots_count;
	size_t trail_next;   /* row of the fleet whose trail is due; TRAILS_MAX: none */
	int64_t trails_ms;   /* where they were filled */
	size_t plan_drone;   /* whose plan was looked up, and for which plans_serial */
	uint64_t plan_serial;
	char unread[200];    /* why a day is not shown, as it was said */
	bool tried;          /* to open it for the timeline of live */
	bool came;           /* screen_own_came(), a turn ago */
};

/* ---- screen_past_state.c: 0, or -1 with the reason ---- */

/* The model and the replay to a moment: what lies between is gone through, or
 * left out where that takes too long. */
int past_move_to(struct screen *s, int64_t at_ms, struct err *err);
/* The same, always left out. */
int past_leap(struct screen *s, int64_t at_ms, struct err *err);
/* At the replay's position: the drones, and alarms, events, commands, orders. */
void past_take_drones(struct screen *s);
int past_take_lists(struct screen *s, struct err *err);
/* Before the drones are taken over at an earlier moment: what only a later sample told. */
void past_forget_later(struct screen *s);

/* ---- screen_past_plans.c ---- */

/* The selected drone's mission and fence are those of the playhead; asked each turn. */
void past_take_plan(struct screen *s);

/* ---- screen_past_trails.c ---- */

/* All are to be read anew. */
void past_forget_trails(struct screen *s);
/* Reads some of those due; asked each turn. */
void past_fill_trails(struct screen *s);
/* Takes away what has not happened yet. */
void past_cut_trails(struct screen *s);

/* ---- screen_past_travel.c ---- */

/* Moves the playhead; the model follows with past_move_to(). */
int past_go(struct screen *s, const struct travel *t, struct err *err);

/* ---- screen_past_slots.c ---- */

/* Fills them where the window changed or a second went by. */
void past_fill_timeline(struct screen *s);

#endif
