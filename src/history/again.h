/*
 * Flights found again. Samples that are filled in later change no flight as they come
 * (flights.h); yet a hole can hold the end of one flight, the beginning of another, or all of
 * one. So where the samples of a drone jump by more than AGAIN_HOLE_MS, its flight is kept as
 * it stood there; and once the hole is filled, or no more comes for AGAIN_QUIET_MS, the samples
 * from there to the newest are read from the files in their order, and the flights found in
 * them take the place of those found without.
 *
 * It is done in the writer's spare time, AGAIN_WINDOW samples at once. A hole that is not
 * filled is forgotten after AGAIN_FORGET_MS: no source keeps samples as long.
 */
#ifndef HISTORY_AGAIN_H
#define HISTORY_AGAIN_H

#include "history/roster.h"
#include "history/store.h"

#define AGAIN_HOLE_MS 2000
#define AGAIN_QUIET_MS 10000
#define AGAIN_FORGET_MS (30 * 60 * 1000)
#define AGAIN_WINDOW 4096

/* A drone's hole; the roster has a pointer to it. */
struct again_hole {
	struct flight_tracker before; /* where it begins */
	uint32_t boot, seq;           /* oldest that came late, where late is set */
	bool late;
	int64_t since_ms, late_ms;    /* monotonic, of the hole and of what came late last */
};

struct again_run;

/* What is under way: zero-initialised is nothing. */
struct again {
	bool wanted;         /* something came late */
	int64_t look_ms;     /* monotonic, when the drones are looked at next */
	size_t drone;        /* where looking goes on */
	struct again_run *run;
};

/* To be called with each sample that is new, before flights_sample() has it. */
void again_note(struct again *a, struct roster_drone *d, const struct sample *s);
/* A slice of the work, where everything the roster has seen is committed; false where
 * there is nothing to do now. */
bool again_step(struct again *a, const char *dir, struct store *store, struct roster *roster,
    int64_t mono_ms);
/* Leaves what is under way, to begin again later. */
void again_leave(struct again *a);

#endif
