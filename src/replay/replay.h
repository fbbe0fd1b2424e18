/*
 * The past, as it can be played: what a history holds, put in order of time,
 * with a place in it, the position, that goes forward, backward, or anywhere.
 *
 *	replay_open(&r, &(struct replay_options){ .path = dir, ... }, &err);
 *	replay_seek(r, at_ms, &err);
 *	...replay_drone(r, i)->sample is what drone i said last, at that moment...
 *	while ((more = replay_next(r, until_ms, &u, &err)) == 1)
 *		...u.kind, u.at_ms...
 *	replay_close(&r);
 *
 * The order. Everything has one moment, `at`, by the clock of the daemon that
 * logged it: when it arrived. So the past shows what the operator saw, whatever
 * the sources' clocks said. A sample that did not come by itself but was asked
 * for later (backfilled) was not seen then; it is put where it belongs, at its
 * own time corrected by how far the source's clock was from the daemon's
 * (the smallest arrival less time among its neighbours of the same boot), and
 * marked. Of one moment, samples come before messages; of one drone, by boot
 * and seq. See history/moments.h for the bounds this has.
 *
 * At a position between two updates everything before it has happened and
 * nothing after it. replay_next() and replay_prev() go over the same updates
 * in opposite order.
 *
 * Nothing is ever made up: no sample is put between two others.
 *
 * Memory follows the number of drones and what one day's rows need as headers (85 MB for 500
 * drones at 10 Hz) and an hour of its neighbours, not the length of the past. One thread
 * uses a replay; it reads beside a writing daemon, from read-only media, and holds no lock
 * between two calls.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "proto/control.h"
#include "proto/messages.h"
#include "proto/plan.h"
#include "proto/sample.h"

struct replay;

struct replay_options {
	const char *path;          /* a history directory, or one day's file */
	int64_t from_ms, to_ms;    /* what of it: INT64_MIN, INT64_MAX for all */
	const char *const *drones; /* only these; */
	size_t drone_count;        /* 0: all */
	int64_t start_ms;          /* where the position is first: just before that moment; below 0,
				    * so long before the end; 0, the beginning */
};

/* Reads the first and the last day, and that of the start: of 500 drones each takes a second.
 * -1 where there is nothing to be read. */
int replay_open(struct replay **replay, const struct replay_options *options, struct err *err);
void replay_close(struct replay **replay);

/* First and last moment of what was recorded within from and to; false where
 * that is nothing. */
bool replay_range(const struct replay *r, int64_t *first_ms, int64_t *last_ms);
/* Why nothing is shown of the day of the position (it is damaged, or cannot be read), or that the
 * range ends before a day because of that; "" where all is well. Good until the next call. */
const char *replay_unread(const struct replay *r);
/* Looks for what was written since: 1 where there was something, 0, or -1. Ask
 * once a second or so; the position and the state stay as they are. */
int replay_refresh(struct replay *r, struct err *err);

/* ---- the state at the position ---- */

struct replay_drone {
	char id[ID_SIZE];
	char source[ID_SIZE]; /* "" where nobody told */
	char feed[256];
	char model[NAME_SIZE];
	int kind;             /* enum source_kind of what spoke for it */
	struct sample sample; /* newest at the position; known == 0: none yet */
	int64_t at_ms;        /* of it: its age is the position less this */
	bool backfilled;      /* it was not there yet then */
};

/* Drones are numbered as they are found, from 0; a number never changes. */
size_t replay_drone_count(const struct replay *r);
const struct replay_drone *replay_drone(const struct replay *r, size_t i);
/* SIZE_MAX where there is none. */
size_t replay_find_drone(const struct replay *r, const char *id);

int64_t replay_position(const struct replay *r);
/* To any moment: all up to and with it has happened. */
int replay_seek(struct replay *r, int64_t at_ms, struct err *err);

/* Lists of the state, ascending in time; good until the next call that moves
 * the position or asks for the same list. */
/* Newest row of each alarm that stands (raised, acked, returned or shelved), or was cleared
 * since REPLAY_OVER_MS. */
int replay_alarms(struct replay *r, const struct alarm **alarms, size_t *count, struct err *err);
/* Newest stage of each command that is not over, or over since REPLAY_OVER_MS. */
#define REPLAY_OVER_MS (10 * 60 * 1000)
int replay_commands(struct replay *r, const struct progress **commands, size_t *count,
    struct err *err);
/* The newest `max` events, and stages of orders, REPLAY_EVENTS_MAX at most. */
#define REPLAY_EVENTS_MAX 1000
int replay_orders(struct replay *r, size_t max, const struct order **orders, size_t *count,
    struct err *err);
int replay_events(struct replay *r, size_t max, const struct event **events, size_t *count,
    struct err *err);

/* What a drone was to fly and where it might, as its source gave it. */
#define REPLAY_NO_PLAN INT64_MIN
struct replay_plan {
	int64_t since_ms;        /* when it came; one that came at another moment is another */
	const struct plan *plan;
	const wire_value *kept;  /* the map that plan_keep() made of the reply */
};
/* Its plan at the position: 1, 0 where none is recorded (or what is has been damaged), or
 * -1. Good until the next call that moves the position or asks for a plan. */
int replay_plan(struct replay *r, size_t drone, struct replay_plan *plan, struct err *err);
/* Another number where its plan at the position may be another. */
uint64_t replay_plan_serial(const struct replay *r, size_t drone);
/* since_ms of the plan of each drone, of a damaged one too; REPLAY_NO_PLAN where there is none. */
void replay_plans_since(const struct replay *r, int64_t *since_ms);

/* One drone's samples from then to the position, ascending: its trail. They are
 * thinned to `step_ms` apart (0: all). False from take ends it. */
typedef bool replay_take_point(void *context, const struct sample *s, int64_t at_ms, bool backfilled);
int replay_trail(struct replay *r, size_t drone, int64_t from_ms, int64_t step_ms,
    replay_take_point *take, void *context, struct err *err);

/* The answer to `backfill`: of what has happened at the position. What was not
 * recorded is lost. */
int replay_backfill(struct replay *r, size_t drone, uint32_t boot, uint32_t from, uint32_t to,
    struct backfill *out, struct err *err);

/* ---- going on ---- */

/* Samples that are in no file: lost for good, or not asked for with success yet. */
struct replay_gap {
	char drone[ID_SIZE];
	uint32_t boot, from, to; /* seq */
	int64_t from_ms, to_ms;  /* the moments around it; between them is nothing */
	bool lost;               /* false: it may still come */
	char why[128];
};

enum replay_kind {
	REPLAY_SAMPLE, REPLAY_EVENT, REPLAY_COMMAND, REPLAY_ALARM, REPLAY_ORDER, REPLAY_GAP,
	REPLAY_PLAN, /* it has come, or goes on so in another day: then arrived_ms is earlier */
	REPLAY_KIND_COUNT
};

#define REPLAY_NO_DRONE SIZE_MAX

struct replay_update {
	enum replay_kind kind;
	int64_t at_ms;
	size_t drone;                 /* number, or REPLAY_NO_DRONE */
	const struct sample *sample;  /* of a sample; good until the next call */
	int64_t arrived_ms;
	bool backfilled;
	const union message *message; /* ev, cm, al, or, pl; of that the time is at_ms */
	const struct replay_gap *gap; /* at its from_ms */
};

/* The next update up to and with until_ms: 1, 0 where there is none (the
 * position is then until_ms), or -1. */
int replay_next(struct replay *r, int64_t until_ms, struct replay_update *u, struct err *err);
/* The one before the position, if it is later than down_to_ms; it has then not
 * happened yet, and its drone is back at the sample before. */
int replay_prev(struct replay *r, int64_t down_to_ms, struct replay_update *u, struct err *err);
/* Appends the wire array of the sample that was returned last, as it was
 * recorded, elements past the field table included. */
void replay_sample_body(const struct replay *r, struct buf *body);

/* ---- looking ---- */

enum replay_target {
	REPLAY_NEXT_EVENT,   /* of severity warning or worse */
	REPLAY_NEXT_ANY_EVENT,
	REPLAY_NEXT_ALARM,   /* that was raised */
	REPLAY_NEXT_COMMAND, /* its first stage */
	REPLAY_NEXT_ORDER,
	REPLAY_NEXT_GAP,     /* lost or open samples, or nothing of any drone for 10 s */
	REPLAY_NEXT_SAMPLE,
	REPLAY_TARGET_COUNT
};
extern const char *const replay_target_names[REPLAY_TARGET_COUNT + 1]; /* "warning", "event", ... */

/* The moment of the nearest one after (or, backward, before) the position:
 * 1, 0 where there is none, or -1. The position stays. */
int replay_find(struct replay *r, enum replay_target target, bool backward, int64_t *at_ms,
    struct err *err);

/* What happened in a slice of time. */
struct replay_bucket {
	double samples;        /* of the drones chosen; rows that reach over an edge count by part */
	uint32_t events, alarms, commands, orders;
	uint8_t severity;      /* worst of the events; SEVERITY_COUNT: none */
	uint8_t level;         /* worst of the alarms raised, enum alarm_level */
	bool gap;              /* samples are missing */
	bool recorded;         /* something was recorded of some drone */
};
/* [from, to) in `count` slices of the same length: 0, 1 where a day could not be read within a
 * second or so and is missing yet (ask again: a call reads one more), or -1. Reads no samples. */
int replay_timeline(struct replay *r, int64_t from_ms, int64_t to_ms, struct replay_bucket *buckets,
    size_t count, struct err *err);

#endif
