/*
 * What the watch is made of: between its files, nobody else's.
 *
 *	watch.c         rules run over subjects; samples, clock, happenings
 *	watch_values.c  operands of a subject at an instant
 *	watch_alarms.c  alarms: raised, changed, told, restored
 *	watch_desk.c    what operators do and look at
 *	watch_zones.c   fences and ceilings
 *	watch_track.c   what is remembered of a drone from sample to sample
 */
#ifndef ALARM_WATCH_PRIVATE_H
#define ALARM_WATCH_PRIVATE_H

#include "alarm/energy.h"
#include "alarm/separation.h"
#include "alarm/watch.h"
#include "base/geo.h"

/* The clock looks at a part of the fleet every TICK_MS, at all of it in PARTS. */
#define TICK_MS 50
#define PARTS 5
#define SECOND_MS 1000
#define REWORD_MS 2000                /* it walks all alarms */
#define ENERGY_MS 500                 /* worked out anew; it is of half a minute's rate */
#define CLOCK_STEP_MS 2000
#define CLOCK_DOUBT_MS 3000           /* from a step to the heartbeat that tells of it, and more */
#define SOURCE_PATIENCE_MS 10000 /* before one that was never heard counts as lost */
#define COMMAND_FAILED_MS 60000
#define RAISES_MAX 4096          /* remembered for floods and chattering */
#define RAISES_MS (10 * 60 * 1000LL)
#define DETAIL_SIZE 160
#define NONE UINT32_MAX

/* What alarms are about. */
struct subject {
	enum operand_of of;
	uint32_t number;         /* of the drone or source */
	uint64_t applies;        /* rules that are for it; bit: index of the rule */
	uint64_t pending;        /* whose condition held last, not yet long enough */
	uint64_t standing;       /* that have an alarm */
	struct pending *holds;   /* owned; by rule; NULL until one is pending */
	uint32_t first;          /* alarm; NONE */
	bool out;                /* one may be out of service */
};

/* Fields that stay the same from one sample to the next more often than not:
 * rules of nothing but these are run when one of them changed. */
enum {
	PLAIN_battery,
	PLAIN_link,
	PLAIN_sats,
	PLAIN_fix,
	PLAIN_hdop,
	PLAIN_mode,
	PLAIN_flags,
	PLAIN_COUNT
};

/* The line of the mission that a drone should be on. */
struct leg {
	uint16_t waypoint; /* 0: none */
	struct geo_frame frame;
	double ax, ay, bx, by;
};

struct route {
	struct geo_point *points; /* owned */
	size_t count;
};

/* A drone. */
struct track {
	struct subject subject;
	bool begun;
	int32_t home_lat, home_lon;   /* raw, of the frame; 0, 0: none yet */
	struct geo_frame home;
	struct energy_meter meter;
	uint8_t mode;                 /* of the last sample */
	int64_t time_ms;              /* source's clock; of the last sample; 0: none */
	int64_t jumped_ms;            /* mono; that went back by a step; 0: never */
	int64_t moved_ms; /* source's clock; when it was last somewhere else; 0: not so */
	double moved_lat, moved_lon, moved_cos, moved_height;
	struct leg leg;
	struct route *route;          /* owned; NULL: no plan known */
	float closest_m, closest_s;
	uint32_t closest_to;          /* drone; NONE */
	int64_t closest_ms;           /* mono; 0: never */
	int64_t second_ms;            /* mono; when what is looked at by the second is due */
	int64_t energy_ms;            /* mono; when energy is due */
	struct energy_out energy;
	int32_t plain[PLAIN_COUNT];   /* raw fields of the last sample; see plain_fields */
	int64_t failed_ms;            /* mono; 0: no command failed */
	bool unknown;                 /* what became of a command is */
	char *detail;                 /* owned; of the last command that failed */
	struct zone_track *zones;     /* owned; watch_zones.c */
	int64_t zones_ms;             /* mono; when they are asked again */
	float margin_m, breach_s, over_m; /* what they said */
};

/* How many in the last minute. */
struct minute {
	uint32_t counts[60];
	uint64_t total;
	int64_t second; /* of the newest */
};

struct watched_source {
	struct subject subject;
	bool begun;
	struct watch_source now;
	int64_t since_ms;        /* mono; first told of */
	int64_t stepped_ms;      /* mono; its clock was last found to have stepped; 0: never */
	struct minute rejects;
	char detail[DETAIL_SIZE];
};

struct entry {
	struct watch_alarm alarm;
	struct life life;
	int rule;       /* index; -1: no such rule any more */
	uint32_t next;  /* of the same subject, or free */
	bool used;
	bool attached;  /* to the subject of that number; else its subject has not come */
	uint32_t owner;
	uint64_t key;   /* of rule and subject, for counting */
};

struct raise {
	int64_t ms;
	uint64_t key;
	bool flood; /* a rule that speaks of floods itself: not counted as one more */
};

struct watch {
	struct rule_set rules;
	/* Sets of rules. */
	uint64_t by_sample, by_clock, by_second, of[OF_DRONE + 1];
	uint64_t plain[PLAIN_COUNT]; /* that are of plain fields alone, this one among them */
	uint64_t not_plain;          /* by_sample, and no such */
	struct watch_settings settings;
	char site_name[ID_SIZE];

	struct track *tracks;          /* owned; by drone */
	size_t track_count, track_cap;
	struct watched_source *sources; /* owned */
	size_t source_count;
	struct subject site;
	bool history_out;
	char history_detail[DETAIL_SIZE];
	char summary[DETAIL_SIZE];     /* of what stands, for a flood's text */

	struct entry *entries;         /* owned */
	size_t entry_count, entry_cap;
	uint32_t free;                 /* entry; NONE */
	size_t used;
	struct strmap by_id;
	struct strmap orphans;         /* subject: first of restored alarms that have none yet */
	int64_t last_id_ms;

	struct watch_alarm *told;      /* owned; changes not yet handed out */
	size_t told_count, told_cap, told_next;
	struct watch_alarm *ended;     /* owned ring of WATCH_ENDED_MAX */
	size_t ended_count, ended_next;

	struct raise raises[RAISES_MAX]; /* ring */
	size_t raise_count, raise_next;
	uint64_t refused;

	const struct zone_set *zones;
	struct separation separation;
	struct separation_one *ones;     /* owned scratch */
	struct separation_found *found;
	size_t ones_cap;
	int64_t tick_ms, second_ms, reword_ms; /* mono; when next */
	size_t part;                     /* of the fleet, next */
};

/* Operands of a subject at an instant. */
struct view {
	struct operands v; /* first, for fill() is handed this */
	struct watch *w;
	const struct fleet *fleet;
	const struct drone *drone; /* NULL: of no drone */
	struct track *track;
	struct watched_source *source; /* NULL: of none, or not known */
	struct watch_now now;
};

/* watch_values.c */
void view_init(struct view *view, struct watch *w, const struct fleet *fleet, size_t drone,
    int source, struct watch_now now);
struct rule_names view_names(struct view *view, const struct rule *r);

/* watch_track.c */
/* The drone's, made if need be: then its rules are found and restored alarms
 * attached. */
struct track *track_of(
    struct watch *w, const struct fleet *fleet, size_t drone, struct watch_now now);
void track_clear(struct track *t);
/* Where home is from it: m east and north of home. False: not known. */
bool track_home(struct track *t, const struct drone *d, double *x, double *y);
void track_sample(struct track *t, const struct drone *d, struct watch_now now);
/* The rules to be run for a plain field that changed; remembers them all. */
uint64_t track_plain(struct watch *w, struct track *t, const struct sample *s);
/* Which operand that field is. */
extern const enum field plain_fields[PLAIN_COUNT];
void minute_add(struct minute *m, int64_t second, uint32_t n);
uint64_t minute_total(struct minute *m, int64_t second);

/* watch_zones.c */
void zones_values(struct view *view);
void zones_plan(struct track *t, const struct plan *plan);
void zones_forget(struct track *t);
const char *zones_name(const struct track *t, const struct rule *r);

/* watch_alarms.c */
struct entry *alarm_of(struct watch *w, const struct subject *s, int rule);
/* Makes it, raised; NULL where there is no room. */
struct entry *alarm_raise(struct watch *w, struct subject *s, int rule, struct view *view);
/* Says it anew: it came again. */
void alarm_again(struct watch *w, struct entry *e, struct view *view);
/* What a flood is made of changes while it stands: its words are those of now, where they are
 * listed; nobody is told each time. */
void alarms_reword(struct watch *w, struct subject *s, struct view *view);
/* Tells its state, and takes it away where that is the end. */
void alarm_tell(struct watch *w, struct entry *e, struct watch_now now);
/* It is heard again: what of it is out of service is in service. */
void alarms_back(struct watch *w, struct subject *s, struct watch_now now);
void alarms_attach(struct watch *w, struct subject *s, const char *name, struct watch_now now);
/* As it is shown at that instant. */
struct watch_alarm alarm_picture(const struct watch *w, const struct entry *e, int64_t now_ms);
/* The same of many: who chatters is found out once. */
struct chatter {
	uint64_t *keys; /* owned; of rules and subjects that do, ascending */
	size_t count;
};
void chatter_begin(struct chatter *c, const struct watch *w, int64_t now_ms);
void chatter_end(struct chatter *c);
struct watch_alarm alarm_picture_among(const struct entry *e, const struct chatter *c, int64_t now_ms);
/* Ends shelvings whose time has come. */
void alarms_clock(struct watch *w, struct watch_now now);
uint64_t raises_within(const struct watch *w, uint64_t key, int64_t ms, int64_t now_ms);
void alarms_clear(struct watch *w);
/* "9 link-weak, 3 stale" */
void alarms_summary(const struct watch *w, char *out, size_t size);

#endif
