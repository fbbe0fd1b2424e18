/*
 * The watch: the fleet and the clock in, alarm changes out.
 *
 *	watch_source(w, s, &source)              a source's state, when it changes
 *	watch_sample(w, &fleet, drone, now)      after drone_apply() said `current`
 *	due = watch_tick(w, &fleet, now)         when due, or sooner
 *	watch_happening(w, ...)                  what is no sample
 *	while (watch_next(w, &alarm))            publish it, log it
 *
 * Drones are numbers of the fleet (fleet.h), which never change; sources the
 * caller's numbers from 0. Nothing here reads a clock, waits, or keeps what it
 * is given, unless it says so. Replayed and backfilled samples are not to be
 * given to it.
 *
 * An unknown condition changes nothing: it raises no alarm and a standing one
 * stays. A rule of a drone that has never been heard is unknown.
 *
 * Cost: a sample runs the rules that it can change, values being worked out as
 * they are asked for; the clock runs the others, for every drone four times a
 * second, a part of the fleet at a time, so that no turn takes long. Memory: some 700 bytes a
 *drone, and WATCH_ALARMS_MAX alarms; beyond, new ones are refused and counted.
 */
#ifndef ALARM_WATCH_H
#define ALARM_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alarm/lifecycle.h"
#include "alarm/rule.h"
#include "base/err.h"
#include "fleet/fleet.h"
#include "proto/messages.h"
#include "proto/plan.h"

#define WATCH_ALARMS_MAX 20000
#define WATCH_ENDED_MAX 1000     /* cleared ones remembered */
#define WATCH_NO_DRONE SIZE_MAX

/* Lists beside the alarms themselves (ISA-18.2, 16.5; EEMUA 191, 4th ed.). */
#define CHATTERING_RAISES 3      /* more in CHATTERING_MS */
#define CHATTERING_MS 60000
#define STANDING_MS (24 * 3600 * 1000LL) /* older */
#define FLOOD_RAISES 10          /* more in 10 minutes; the rule "flood" says when it is over */

struct watch;
struct zone_set;

struct watch_now {
	int64_t ms;      /* since 1970 */
	int64_t mono_ms;
};

struct watch_settings {
	double stale_s, lost_s;
	const char *site; /* who watches: the daemon's name; "": "site" */
};

/* Takes over the rules. */
struct watch *watch_new(const struct watch_settings *settings, struct rule_set *rules);
void watch_free(struct watch **w);

/* One alarm, as published and as kept. */
struct watch_alarm {
	struct alarm al;      /* count: times it was raised while it stood */
	char subject[ID_SIZE]; /* drone, source or site that it concerns */
	enum operand_of of;   /* which of these */
	bool holds;           /* the condition does */
	bool chattering, standing;
};

/* Rows of an earlier run, the last of each alarm, before anything else; those
 * that had ended are passed over. What still holds is not raised again. */
void watch_restore(struct watch *w, const struct alarm *rows, size_t n);

struct watch_source {
	char name[ID_SIZE];
	bool up;          /* heartbeats come */
	bool heard;       /* ever */
	bool replay;      /* never watched */
	bool clock_known;
	int64_t offset_ms; /* its clock less ours */
};

void watch_source(struct watch *w, int source, const struct watch_source *s, struct watch_now now);
/* NULL: none. Kept, not owned, until another is given. */
void watch_zones(struct watch *w, const struct zone_set *zones);
/* What a drone is to fly and where it may; copied. NULL: not known any more. */
void watch_plan(struct watch *w, const struct fleet *fleet, size_t drone, const struct plan *plan,
    struct watch_now now);

/* The drone's newest is a sample that has just come. */
void watch_sample(struct watch *w, const struct fleet *fleet, size_t drone, struct watch_now now);
/* Ages, sources, separation, ends of shelving: returns when next, mono_ms. */
int64_t watch_tick(struct watch *w, const struct fleet *fleet, struct watch_now now);

enum happening {
	HAPPENING_COMMAND_FAILED,  /* of a drone; text says which and why */
	HAPPENING_COMMAND_UNKNOWN, /* nobody knows what became of it */
	HAPPENING_COMMAND_DONE,    /* ends the two above */
	HAPPENING_REJECT,          /* a message of a source was refused; text why */
	HAPPENING_HISTORY_OUT,     /* text why */
	HAPPENING_HISTORY_BACK,
	HAPPENING_COUNT
};

/* drone or WATCH_NO_DRONE, source or NO_SOURCE. */
void watch_happening(struct watch *w, const struct fleet *fleet, enum happening what, size_t drone,
    int source, const char *text, struct watch_now now);

/* The same from a command's progress, whatever its stage: failed, unless another
 * command took its place, and unknown where nobody answered. */
void watch_progress(struct watch *w, const struct fleet *fleet, size_t drone,
    const struct progress *cm, struct watch_now now);

/* The next change to be told, oldest first; false where there is none. */
bool watch_next(struct watch *w, struct watch_alarm *out);

/* Operators. by is who; 0, or -1 with a sentence. Changes come by watch_next(). */
int watch_ack(
    struct watch *w, const char *id, const char *by, struct watch_now now, struct err *err);
/* Of one drone, or all (NULL): how many. */
size_t watch_ack_all(struct watch *w, const char *drone, const char *by, struct watch_now now);
int watch_shelve(struct watch *w, const char *id, int64_t until_ms, const char *why, const char *by,
    struct watch_now now, struct err *err);
/* Out of service, until its drone or source is heard again: only where that is away now, lost
 * or never heard in this run. */
int watch_out(struct watch *w, const struct fleet *fleet, const char *id, const char *why,
    const char *by, struct watch_now now, struct err *err);
int watch_unshelve(struct watch *w, const char *id, const char *by, struct watch_now now,
    struct err *err);

/* What stands, most important first: level, then what nobody has acknowledged,
 * then the newest; shelved ones last, and after them what is out of service. The caller frees. */
struct watch_alarm *watch_standing(const struct watch *w, struct watch_now now, size_t *count);
/* Puts any list into that order. */
void watch_sort(struct watch_alarm *list, size_t count);
/* What ended within ms, the last first. The caller frees. */
struct watch_alarm *watch_ended(const struct watch *w, int64_t within_ms, struct watch_now now,
    size_t *count);
/* NULL-able out: whether that alarm stands. */
bool watch_find(
    const struct watch *w, const char *id, struct watch_now now, struct watch_alarm *out);

struct watch_counts {
	size_t level[LEVEL_COUNT];   /* standing, neither shelved nor out of service */
	size_t unacked, shelved, out, standing;
	size_t raised_10min;         /* alarms raised in the last 10 minutes */
	bool flood;
	uint64_t refused;            /* for want of room */
};

struct watch_counts watch_counts(const struct watch *w, struct watch_now now);

/* Standing alarms by rule, for a flood: most important first. */
struct watch_group {
	const char *rule;
	int level;
	size_t count, unacked;
};

size_t watch_groups(const struct watch *w, struct watch_group groups[RULES_MAX]);

/* The value of an operand for a drone at this instant, as the rules see it. */
double watch_operand(struct watch *w, const struct fleet *fleet, size_t drone, enum operand o,
    struct watch_now now);

#endif
