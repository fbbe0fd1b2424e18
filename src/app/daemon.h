/*
 * The daemon: one loop over its sources' feeds, its control server, the
 * clients that speak to the sources, and the history.
 *
 *	daemon_sources.c   connects, greets, notices loss and return, owns drones
 *	daemon_ingest.c    a feed message: checked, applied, offered again, logged
 *	daemon_control.c   requests of clients
 *	daemon_command.c   commands handed on, followed, answered
 *	daemon_holes.c     asks sources for missing samples
 *	daemon_past.c      what the history says: an earlier run, outages
 *	daemon_alarms.c    the watch fed, its alarms told, operators answered
 *	daemon_alarm_list.c  the list of them
 *	daemon_plans.c     what drones are to fly, fetched for the watch and the history
 *	daemon_zones.c     the zones it enforces, told
 *	daemon_events.c    events kept, for who comes late
 *	daemon_relayed.c   alarms of other daemons that are our sources
 *	daemon.c           opens, loops, closes
 *
 * Everything below runs in one thread; the history's writer and the server of
 * stored samples (stored_samples.h) have their own.
 */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

#include "alarm/watch.h"
#include "alarm/zones_wire.h"
#include "app/event_log.h"
#include "app/notify.h"
#include "app/stored_samples.h"
#include "base/buf.h"
#include "command/ledger.h"
#include "config/config.h"
#include "fleet/fleet.h"
#include "fleet/source_clock.h"
#include "history/history.h"
#include "history/mark.h"
#include "link/authorize.h"
#include "link/client.h"
#include "link/feed.h"
#include "link/server.h"

/* A source is gone after three heartbeats of a second each did not come. */
#define SOURCE_LOST_MS 3500
/* While this young, a daemon lets an earlier-named source take a drone that a
 * later-named one offered first; after that ownership stays. */
#define SETTLE_MS 3000
/* Most messages held back of a source whose kind is not known yet. */
#define HELD_MAX 50000

enum source_state { SOURCE_NEVER, SOURCE_UP, SOURCE_LOST, SOURCE_STATE_COUNT };
extern const char *const source_state_names[SOURCE_STATE_COUNT]; /* "never", "up", "lost" */

struct daemon;

struct source {
	const struct config_source *config;
	int index;
	struct feed_in *feed;
	struct client *client;

	enum source_state state;
	char name[ID_SIZE]; /* as it said, in this run or the one before; "": never */
	int kind;           /* enum source_kind; KIND_UNKNOWN until it said so */
	bool refused;       /* a replay that is not configured as one */
	uint64_t boot;
	uint64_t time, sent, drones; /* of its last heartbeat; KEY_NONE: not known */
	int64_t heartbeat_mono_ms, up_mono_ms; /* of the last one; since when it is up */
	bool awaited_over;  /* its drones that an earlier run heard count as silent */
	uint64_t received;
	struct source_clock clock;

	bool greeting, greeted; /* hello is under way; was answered since it came up */
	bool listing;           /* roster is under way */
	bool roster_wanted;
	int64_t ask_at_ms;      /* no hello or roster before, monotonic */

	bool kind_known;           /* it said what it is, if only a word we do not know */
	struct link_message **held; /* messages before that */
	size_t held_count, held_cap;

	bool filling;           /* a backfill request is under way */
	size_t fill_cursor;     /* drone to look at next */
	int64_t fill_at_ms;

	bool following;         /* a `commands` request is under way */
	int64_t follow_at_ms;

	bool planning;          /* a `plan` request of our own is under way */
	size_t plans_wanted;    /* drones whose plan is to be asked for */
	size_t plan_cursor;
	int64_t plan_at_ms;

	bool relay_wanted, relaying; /* of a daemon: its list of alarms is wanted, is under way */
	int64_t relay_at_ms;

	uint64_t rejected;      /* messages refused */
	uint64_t unknown_topics;
};

/* An alarm of another daemon. */
struct relayed {
	struct alarm al;
	int source;
};

/* Of a drone's plan. */
enum plan_state { PLAN_NEVER, PLAN_WANTED, PLAN_HERE /* or asked for */ };

struct pending_command;

struct daemon {
	const struct config *config;
	struct link *link;
	struct authorize *authorize; /* NULL: whoever knows our key may connect */
	struct feed_out *out;
	struct server *server;
	struct source *sources;
	size_t source_count;

	struct fleet fleet;
	struct ledger ledger;
	struct pending_command *pending; /* list of commands waiting for their source */
	struct history *history;
	char history_mark[HISTORY_MARK_SIZE]; /* told by hello; "": it could not be put */
	struct stored_samples *stored;   /* answers backfill */

	struct event_log events;

	struct watch *watch;
	struct zone_set *zones; /* of the configuration; NULL: none */
	char zones_revision[ZONES_REVISION_SIZE]; /* "": not worked out yet */
	struct notify *notify;      /* NULL: no hook is configured */
	unsigned char *plans;       /* enum plan_state by drone; owned */
	size_t plan_cap;
	struct relayed *relayed;    /* owned */
	size_t relayed_count, relayed_cap;
	struct buf alarm_list;      /* the last reply to alarms, all of them; empty: none */
	int64_t alarm_list_mono_ms; /* when that was written */
	int64_t alarms_day;         /* the UTC day whose file says what stands */
	bool alarms_unlogged;       /* the history did not take a change */

	uint32_t boot;
	int64_t now_ms, now_mono_ms; /* read once a turn */
	int64_t started_mono_ms, heartbeat_at_ms;
	uint64_t rejected[REJECT_COUNT];
	int64_t reject_second;      /* the second that reject_bytes counts */
	size_t reject_bytes;
	bool history_full;          /* the last put was refused */
	bool history_out;           /* an outage was told and is not over */

	struct wire_doc doc;        /* for feed bodies and requests */
	struct wire_doc answer_doc; /* for replies of sources */
	struct buf out_body, reply;
};

/* daemon.c */
/* Binding where others can reach needs keys, or the word that none are meant. */
int daemon_check(const struct config *config, struct err *err);
int daemon_open(struct daemon *d, const struct config *config, struct err *err);
/* Until signal_fd is readable; then takes what has arrived already. */
void daemon_run(struct daemon *d, int signal_fd);
void daemon_close(struct daemon *d);
/* Publishes and logs an event of the daemon's own; drone may be "". */
void daemon_event(struct daemon *d, const char *drone, enum severity severity, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Publishes a body of our own. */
void daemon_publish(struct daemon *d, enum topic_kind kind, const char *id, const void *message);

/* daemon_sources.c */
int sources_open(struct daemon *d, struct err *err);
void sources_close(struct daemon *d);
/* Greets, lists, notices silence; returns when it next needs to (monotonic). */
int64_t sources_tick(struct daemon *d);
void source_heartbeat(struct daemon *d, struct source *s, const struct heartbeat *hb);
/* Sets the kind once it is known, and lets held messages in. */
void source_learn(struct daemon *d, struct source *s, const char *name, int kind, uint64_t boot);
/* The drone, if it is this source's or can become so; otherwise NULL with
 * *why. */
struct drone *source_claim(struct daemon *d, struct source *s, const char *id, struct reject *why);
const char *source_label(const struct source *s);

/* daemon_ingest.c */
/* Takes up to max messages of a feed; true if there may be more. */
bool ingest_feed(struct daemon *d, struct source *s, size_t max);
void ingest_message(struct daemon *d, struct source *s, struct link_message *m);
/* A sample by backfill: raw bytes as they came. False where the history never takes it. */
bool ingest_backfilled(struct daemon *d, struct drone *drone, const struct sample *s,
    const void *body, size_t len);
/* A cm of any origin: true where it was news, and then it is in ledger and history. */
bool ingest_progress(struct daemon *d, const struct progress *cm);

/* daemon_control.c */
void control_serve(struct daemon *d, size_t max);
/* Sends what was read from the history for whoever asked. */
void control_stored(struct daemon *d);
/* Asks the source the same and gives its answer as it comes. */
void control_hand_on(struct daemon *d, struct source *s, const struct request *req, int64_t timeout_ms,
    struct server_envelope *envelope);

/* daemon_command.c */
void command_request(struct daemon *d, const struct request *req, struct server_envelope *envelope);
/* Asks sources what became of unfinished commands; returns when next. */
int64_t command_tick(struct daemon *d);
void command_close(struct daemon *d);

/* daemon_holes.c */
int64_t holes_tick(struct daemon *d);
void holes_opened(struct daemon *d, struct drone *drone, uint32_t boot, struct range hole,
    const char *why);
/* All that is missing now, as gaps: after an outage, in which none could be noted. */
void holes_note_all(struct daemon *d, const char *why);
/* A sample that the history cannot take, however long it waits: given up. */
void holes_too_long(struct daemon *d, struct drone *drone, uint32_t boot, uint32_t seq);
/* A sample came late, of itself: its gap is filled. */
void holes_filled(struct daemon *d, struct drone *drone, uint32_t boot, uint32_t from, uint32_t to,
    const char *why);

/* daemon_alarms.c */
/* Whether rules and zones of the configuration can be had: a sentence if not. */
int alarms_check(const struct config *config, struct err *err);
int alarms_open(struct daemon *d, struct err *err);
void alarms_close(struct daemon *d);
void alarms_restore(struct daemon *d, const struct history_past *past);
/* A sample that is now the drone's newest. */
void alarms_sample(struct daemon *d, const struct drone *drone);
/* A source's state, name, kind or clock is another. */
void alarms_source(struct daemon *d, const struct source *s);
void alarms_progress(struct daemon *d, const struct progress *cm);
void alarms_reject(struct daemon *d, const struct source *s, const char *why);
void alarms_history(struct daemon *d, bool out, const char *why);
/* Puts what stands into the history once more: it lost some, or another day began. */
void alarms_store_again(struct daemon *d);
/* Publishes and logs what has changed. */
void alarms_tell(struct daemon *d);
/* The ops alarms, ack, shelve and unshelve. */
void alarms_request(struct daemon *d, const struct request *req, struct server_envelope *envelope);
int64_t alarms_tick(struct daemon *d);

/* daemon_alarm_list.c */
/* The reply to alarms. */
void alarm_list_reply(struct daemon *d, const struct request *req);
/* An alarm is another. */
void alarm_list_changed(struct daemon *d);

/* daemon_zones.c */
void zones_request(struct daemon *d, const struct request *req, struct server_envelope *envelope);

/* daemon_events.c */
void events_restore(struct daemon *d);
void events_request(struct daemon *d, const struct request *req, struct server_envelope *envelope);

/* daemon_plans.c */
/* The drone's plan is not known, or not any more. */
void plan_fetch_want(struct daemon *d, const struct drone *drone);
/* Those of a source that has restarted. */
void plan_fetch_all(struct daemon *d, const struct source *s);
/* All: the history lost what it had. */
void plan_fetch_again(struct daemon *d);
int64_t plan_fetch_tick(struct daemon *d);

/* daemon_relayed.c */
/* One that another daemon has said. */
void relayed_take(struct daemon *d, const struct source *s, const struct alarm *al);
/* Puts them into a list of ours, in order; takes and gives the list. */
struct watch_alarm *relayed_add(const struct daemon *d, struct watch_alarm *list, size_t *count);
/* Hands an ack of all on: how many that will be. */
size_t relayed_ack_all(struct daemon *d, const struct request *req);
/* Hands on what is asked about one of them, or a drone of theirs; false: it is ours. */
bool relayed_request(struct daemon *d, const struct request *req, struct server_envelope *envelope);
int64_t relayed_tick(struct daemon *d);

/* daemon_past.c */
/* Puts a new mark into the history: by it a screen beside it knows whose it is. */
void past_mark(struct daemon *d);
void past_restore(struct daemon *d);
/* At each heartbeat of a source: what is not heard by now is silent. */
void past_source_heard(struct daemon *d, struct source *s);
/* A source that was lost is back: its drones are given time before they count as silent. */
void past_source_back(struct daemon *d, struct source *s);
void past_notices(struct daemon *d);

#endif
