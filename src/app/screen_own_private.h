/*
 * How the screen's own past is kept: screen_own.c stores, screen_own_ask.c asks
 * for what is missing. Private to them.
 */
#ifndef APP_SCREEN_OWN_PRIVATE_H
#define APP_SCREEN_OWN_PRIVATE_H

#include "app/refill.h"
#include "app/screen.h"
#include "app/screen_own.h"
#include "history/days.h"
#include "history/history.h"

struct own_drone {
	bool told;            /* who it is is in the history: */
	int kind;
	char source[ID_SIZE];
	bool probed;          /* asked for what is held of it */
	bool plan_asked;      /* and asked for again at each change */
	bool timed;           /* by itself something came: */
	int64_t delay_ms;     /* the least between a sample's time and its arrival */
};

struct screen_own {
	struct history *history;
	char dir[CONFIG_PATH_SIZE + 16];
	char source[ID_SIZE]; /* whose past it is */
	int64_t since_ms;
	struct refill refill;
	struct own_drone *drones; /* by number of the live model; owned */
	size_t drone_count;
	bool looked;
	bool came;            /* something that was asked for; screen_own_came() */
	/* Times of events, by the clock of the source: of what the feed told since it was
	 * attached, the oldest; of all, the newest, now and when it was attached. */
	uint64_t told_from, told_to, listed_to;
	int64_t pause_mono;   /* the next request not before */
	int64_t plan_mono;    /* the next for a plan not before */
};

/* screen_own_plans.c: asks for the plan of a drone that was not asked for yet, now and then. */
void own_plans_tick(struct screen *s);

struct own_drone *own_drone(struct screen_own *own, size_t drone);
void own_put_gap(struct screen *s, size_t drone, uint32_t boot, struct range r, enum gap_state state,
    const char *why);

#endif
