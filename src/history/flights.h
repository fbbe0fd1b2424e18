/*
 * Flights, found in the samples of a drone as they arrive: from arming or
 * leaving the ground to landing. Pure: samples in, flights out.
 *
 * Only samples that go on in time count: one that is filled in later
 * changes no flight. The distance is the sum of straight lines between points
 * FLIGHT_STEP_M apart or more, so that the wander of GPS in a hover is no way
 * flown; only positions that are valid count.
 *
 * A drone that is armed and disarmed without having left the ground has made
 * no flight. One that restarts, or is silent for FLIGHT_SILENT_MS, or whose clock
 * is set by as much or to before its start, has ended its flight in a way nobody knows.
 */
#ifndef HISTORY_FLIGHTS_H
#define HISTORY_FLIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/geo.h"
#include "base/str.h"
#include "proto/sample.h"

#define FLIGHT_STEP_M 3.0
/* On the ground this long, though still armed, is landed. */
#define FLIGHT_GROUND_MS 10000
#define FLIGHT_SILENT_MS (10 * 60 * 1000)
#define FLIGHT_ID_SIZE (ID_SIZE + 24)

enum flight_end {
	FLIGHT_ON,       /* not over */
	FLIGHT_LANDED,
	FLIGHT_EMERGENCY, /* came down in mode emergency */
	FLIGHT_RESTARTED, /* the drone began a new boot in the air */
	FLIGHT_LOST,     /* no samples any more */
	FLIGHT_NONE,     /* never left the ground: no flight at all */
	FLIGHT_END_COUNT
};
extern const char *const flight_end_names[FLIGHT_END_COUNT];

struct flight {
	char id[FLIGHT_ID_SIZE];  /* "D01-20261121T091504" (start, UTC) */
	char drone[ID_SIZE];
	uint32_t boot;
	int64_t start_ms, end_ms; /* end is 0 while it is on */
	struct geo_point from, to; /* NAN: position not known */
	double distance_m;
	double highest_m;         /* above home; NAN */
	double battery_start, battery_end; /* %; NAN */
	double used_start, used_end;       /* mAh; NAN */
	enum flight_end ended;
	bool flown;               /* has been in the air */
	uint32_t last_seq;        /* newest sample counted */
	int64_t last_ms;
};

struct flight_tracker {
	bool on;                  /* flight is in progress */
	bool any;                 /* boot, seq have been seen */
	uint32_t boot, seq;       /* newest, */
	int64_t time_ms;          /* and its time */
	int64_t ground_since_ms;  /* of the flight; 0 while in the air */
	struct flight flight;
};

/* Takes a sample. True where a flight began, left the ground, ended or turned out to
 * be none: *out is it, to be stored under its id. A sample may end one flight and
 * begin another: then *out is the ended one, and the next sample begins. */
bool flights_sample(struct flight_tracker *t, const char *drone, const struct sample *s,
    struct flight *out);
/* Goes on with a flight stored as still on. */
void flights_resume(struct flight_tracker *t, const struct flight *stored);

#endif
