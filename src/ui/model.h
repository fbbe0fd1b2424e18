/*
 * What the panes draw: the fleet as the wire told it, alarms, events, commands
 * and the state of the link. Fed only by messages, replies and the clock; it
 * sends nothing and knows no terminal.
 *
 * Drones are numbered in the order they were first seen, and a number never
 * changes; whatever is selected or marked is so by drone, never by row.
 *
 * Times: `ms` is the wall clock, `mono` the monotonic one. A drone's age is the
 * larger of the time since its sample arrived and the sample's own age by its
 * source's clock.
 */
#ifndef UI_MODEL_H
#define UI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alarm/energy.h"
#include "base/strmap.h"
#include "command/ledger.h"
#include "fleet/source_clock.h"
#include "proto/messages.h"
#include "proto/plan.h"
#include "proto/sample.h"
#include "ui/trail.h"

#define MODEL_DRONES_MAX  20000
#define MODEL_EVENTS_MAX  500
#define MODEL_ALARMS_MAX  5000
#define MODEL_SOURCES_MAX 64

/* In order of how much it matters. */
enum health { HEALTH_OK, HEALTH_STALE, HEALTH_WARN, HEALTH_LOST, HEALTH_CRIT, HEALTH_COUNT };
extern const char health_letters[HEALTH_COUNT + 1];
extern const char *const health_names[HEALTH_COUNT]; /* "ok", "stale", "warn", "lost", "crit" */

struct zone_set;

struct ui_drone {
	char id[ID_SIZE];
	char model[NAME_SIZE];
	char source[ID_SIZE]; /* that speaks for it */
	int kind;             /* enum source_kind of that */
	int clock;            /* index of the source's clock, or -1 */
	struct sample sample; /* newest; known 0: none yet */
	int64_t arrived_mono; /* of the newest */
	int64_t arrived_then; /* the same by the clock of a source that offers the past */
	double period_s;      /* between samples, smoothed; 0: not known */
	double home_lat, home_lon;
	struct trail trail;
	struct energy_meter meter;      /* what it uses and how fast it goes */
	struct energy_meter past_meter; /* the same of its past, while that comes */
	bool filled, filling; /* its past was asked for */

	struct plan plan;
	bool plan_known, plan_wanted;
	bool plan_missing; /* it is not recorded */

	/* By model_tick(). */
	double age_s; /* INFINITY: never heard */
	enum health health;
	bool silent;     /* lost by its age, whatever else it is */
	char reason[80]; /* of the health, "" where it is ok */
	int alarm_level; /* highest of its alarms that stand, other than that it is silent */
	char alarm_text[80]; /* of that */

	signed char label_slot; /* where the map last wrote its name: map/label.h */
	bool marked;
	bool dismissed; /* a lost drone that an operator put away */
};

struct ui_event {
	int64_t time_ms;
	char drone[ID_SIZE]; /* "" for none */
	enum health level;
	char text[240];
};

struct ui_alarm {
	struct alarm alarm;
	bool chattering;    /* as the daemon counts: too often in a minute */
	bool standing_long; /* and for more than a day */
	bool told;          /* since the list was asked for */
	uint64_t number;    /* in the order of becoming known, from 1 */
	int64_t seen_mono;  /* when it was first drawn; 0: not yet */
};

struct ui_source {
	char name[ID_SIZE];
	struct source_clock clock;
	bool lost;
};

enum link_state { LINK_CONNECTING, LINK_LIVE, LINK_GONE };

struct model {
	double stale_s, lost_s;

	struct ui_drone *drones; /* owned */
	size_t count, cap;
	struct strmap by_id;
	size_t health_count[HEALTH_COUNT]; /* without the dismissed */

	struct ui_event *events; /* owned ring; the newest is event_total - 1 */
	uint64_t event_total;
	uint64_t events_inserted; /* of these, not at the end: what numbers are reckoned from */
	struct ui_alarm *alarms; /* owned; see alarm_list.h for the order shown */
	size_t alarm_count, alarm_cap;
	uint64_t alarm_numbers, alarms_left_out; /* given; and those there was no room for */
	bool watched;      /* somebody watches the drones: the list of alarms was told */
	int news[LEVEL_COUNT]; /* raised since the bell looked: ui/bell.h */
	struct ledger ledger;

	struct ui_source sources[MODEL_SOURCES_MAX];
	size_t source_count;

	enum link_state link;
	int64_t link_since_ms; /* wall */
	bool replay;           /* the source offers the past */
	char whom[ID_SIZE];    /* its name */
	const char *me;        /* who sits here; borrowed, may be NULL */
	const struct zone_set *zones; /* of the configuration; borrowed, may be NULL */
	int kind;              /* enum source_kind */
	int64_t offset_ms;     /* its clock less ours */
	/* Of a source that offers the past: its time by its last heartbeat, when that came (0: none
	 * has), and how fast its time goes; 0 while it stands. */
	int64_t then_ms, then_mono;
	double pace;
	bool roster_known;     /* everybody there is was told once */
	int64_t heard_mono;    /* anything of it */
	uint64_t messages, malformed, dropped;
	double rate; /* messages a second */
	uint64_t rate_count;
	int64_t rate_mono;

	int64_t now_ms, now_mono;
	bool ticked;
};

void model_init(struct model *m, double stale_s, double lost_s);
void model_free(struct model *m);

struct ui_drone *model_find(struct model *m, const char *id);
/* NULL where there are MODEL_DRONES_MAX. */
struct ui_drone *model_add(struct model *m, const char *id);

/* A sample from the feed, or (arrived false) from a roster: then its time of
 * arrival is taken from its own time. True if it is the newest. */
bool model_sample(struct model *m, const char *id, const struct sample *s, bool arrived,
    int64_t now_mono, int64_t now_ms);
void model_heartbeat(struct model *m, const struct heartbeat *hb, int64_t now_mono, int64_t now_ms);
/* Of a source behind the daemon. */
void model_source(struct model *m, const char *name, bool lost, int64_t time_ms, int64_t now_ms);
/* A change of an alarm, from the feed. */
void model_alarm(struct model *m, const struct alarm *al);
/* The list of alarms, asked for: what is not told of between begin (when it is
 * asked) and end (all of it was told) has ended. An entry older than what is
 * known changes nothing. */
void model_alarms_begin(struct model *m);
void model_alarms_entry(struct model *m, const struct alarm *al);
void model_alarms_end(struct model *m, bool complete);
/* NULL where it is not known. */
struct ui_alarm *model_find_alarm(struct model *m, const char *id);
/* Its cause stands: raised or acked, and not put aside. */
static inline bool alarm_stands(const struct alarm *al)
{
	return al->state == ALARM_RAISED || al->state == ALARM_ACKED;
}
/* Somebody has still to say that he saw it. */
static inline bool alarm_unacked(const struct alarm *al)
{
	return al->state == ALARM_RAISED || al->state == ALARM_RETURNED;
}
void model_progress(struct model *m, const struct progress *cm, int64_t now_ms);
void model_event(
    struct model *m, int64_t time_ms, const char *drone, enum health level, const char *text);
void model_message_event(struct model *m, const struct event *ev);
/* A change of an order is an event. */
void model_order(struct model *m, const struct order *o);
/* As it would be kept. */
struct ui_event model_event_of(const struct event *ev);
/* Events asked for later than they happened, oldest first: each to its place by its
 * time, unless it is there. How many were not. */
size_t model_events_earlier(struct model *m, const struct event *told, size_t count);
/* The i-th newest, NULL past the oldest kept. */
const struct ui_event *model_event_at(const struct model *m, size_t i);

/* Ages, judges and counts everything; says as events what became worse. Once a
 * frame. */
void model_tick(struct model *m, int64_t now_mono, int64_t now_ms);
/* The link was lost or is back. */
void model_set_link(struct model *m, enum link_state state, int64_t now_ms);

bool model_position(const struct ui_drone *d, double *lat, double *lon);

#endif
