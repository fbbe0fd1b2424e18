/*
 * A drone of the bridge: a vehicle, the links that lead to it, and what is
 * going on with it. And the bridge itself, which all files of this room that
 * are not about MAVLink's own rules share; outside, see bridge.h.
 */
#ifndef BRIDGE_DRONE_H
#define BRIDGE_DRONE_H

#include <stdio.h>

#include "bridge/bridge.h"
#include "bridge/dialect.h"
#include "bridge/signing.h"
#include "bridge/texts.h"
#include "bridge/transfer.h"
#include "bridge/transport.h"
#include "bridge/vehicle.h"
#include "command/ledger.h"
#include "fleet/backlog.h"
#include "link/authorize.h"
#include "link/feed.h"
#include "link/server.h"
#include "proto/plan.h"

/* Kept of each drone for backfill: 15 minutes at 20 Hz and more. */
#define BACKLOG_BYTES (5u << 19)
#define ROUTES_MAX 6
#define JOBS_MAX 8
#define SAID_MAX 8
#define STREAMS_MAX 20

/* No frame of it for so long: it is silent. */
#define SILENT_MS 5000

/* One way to a vehicle: a link, and who on it. */
struct route {
	unsigned link, peer;
	int64_t heard_ms;
	bool barred;              /* another vehicle with that system id */
	int64_t apart_ms;         /* since when it seems so */
	uint8_t version;          /* newest of MAVLink that it spoke */
	uint8_t seq;
	bool has_seq;
	unsigned got, lost;       /* frames of the current window */
	double loss;              /* of the last window, 0 to 1 */
	int64_t window_ms;
	bool has_epoch, has_place;
	int64_t epoch_ms;         /* of the vehicle's clock, on ours */
	int64_t epoch_at_ms, epoch_data_ms; /* when that was last heard */
	int64_t stray_ms, stray_since_ms;   /* another clock on the same route: last, first; 0: none */
	int64_t asked_ms;         /* for what tells it apart */
	int32_t lat, lon;
	int64_t place_ms;
	uint8_t autopilot, type;  /* 0, 0: no heartbeat yet */
};

enum job_phase {
	JOB_FREE,
	JOB_WAIT,    /* a step waits for something before it is sent */
	JOB_SENT,    /* sent; no ACK yet */
	JOB_MODE,    /* ACKed; the heartbeat has to show the mode */
	JOB_WORDS,   /* refused; the text that says why may still come */
	JOB_UPLOAD,
	JOB_ACTIVE,  /* the vehicle took it; telemetry tells the rest */
};

/* A command being carried out. */
struct job {
	enum job_phase phase;
	struct goal goal;
	struct mission items;     /* owned; CMD_MISSION */
	char id[COMMAND_ID_SIZE], by[NAME_SIZE];
	enum command cmd;         /* as given: `resume` may have another goal */
	int64_t keep_until_ms;
	struct server_envelope envelope;
	bool owes_reply;
	const struct command_row *row;
	size_t step;
	int tries;
	uint64_t serial;          /* of the drone's commands: grows */
	int64_t due_ms, step_ms, accepted_ms, begun_ms;
	int64_t reply_by_ms;      /* then the outcome is said to be unknown */
	bool accepted, in_progress;
	bool unknown;             /* said to be unknown, for want of an answer or of the vehicle */
	bool under_way;           /* telemetry showed it */
	bool showed_before;       /* as it did before the command */
	uint8_t result;           /* of the refusing ACK */
};

struct said {
	int64_t ms;
	struct status_text text;
};

struct stream {
	int64_t heard_ms, asked_ms;
	int64_t wait_ms;          /* before it is asked for again */
	bool unsupported;
};

struct drone {
	struct vehicle vehicle;
	struct route routes[ROUTES_MAX];
	size_t route_count;
	int active;               /* of routes; -1 for none yet */
	bool file_clock;          /* its data come from a log */
	int64_t data_ms, time_ms; /* of the newest frame */
	int64_t heard_ms;         /* monotonic */
	bool silent;
	int64_t sampled_data_ms;  /* of the last sample */
	bool has_sampled;
	struct buf last_sample;
	struct backlog backlog;

	struct texts texts;
	struct said said[SAID_MAX];
	unsigned said_next;

	struct stream streams[STREAMS_MAX];
	int64_t stream_asked_ms;
	bool old_streams;         /* only REQUEST_DATA_STREAM works */

	struct job jobs[JOBS_MAX];
	uint64_t job_serial;      /* of the newest */
	enum command interrupted; /* CMD_MISSION, CMD_GOTO, or CMD_COUNT for nothing */
	struct goal interrupted_goal;

	struct transfer transfer;
	size_t transfer_job;      /* JOBS_MAX: nobody's, a reading of the plan */
	uint16_t *upload_item_of; /* owned; of the upload under way */
	size_t upload_item_count;
	int64_t uploaded_ms;
	struct plan plan;
	unsigned plan_wanted;     /* bits of enum mission_type still to be read */
	unsigned plan_tries[MISSION_TYPE_COUNT];
	int64_t plan_at_ms;       /* not before */
	uint32_t plan_ids[MISSION_TYPE_COUNT];
	uint16_t plan_total;
	bool plan_read[MISSION_TYPE_COUNT];

	int64_t foreign_ms;       /* last time another ground station was said to command it */
	int64_t same_id_ms;
};

struct bridge {
	const struct bridge_settings *settings;
	struct link *link;
	struct authorize *authorize;
	struct feed_out *feed;
	struct server *server;
	struct ledger ledger;
	struct signing signing;
	int64_t unsigned_ms[256]; /* by system id: when refusing its frames was told */
	FILE *tlog;
	bool tlog_failed;
	struct transport *transports[BRIDGE_LINKS_MAX];
	struct frame_writer writers[BRIDGE_LINKS_MAX];
	struct flood {
		int64_t since_ms, said_ms;
		unsigned frames;
		bool over;
	} floods[BRIDGE_LINKS_MAX];
	size_t link_count;
	struct drone *drones[256]; /* by system id; owned */
	uint8_t order[256];        /* system ids by drone id */
	size_t drone_count;
	uint64_t received;         /* frames */
	uint32_t boot;
	enum source_kind kind;
	int64_t now_ms, wall_ms;
	int64_t beat_ms, gcs_beat_ms, tick_ms;
	bool stations[256];        /* ground stations seen, by system id */
	struct wire_doc doc;
	struct buf reply, body;
};

/* bridge.c: what leaves. */
void bridge_event(struct bridge *b, const struct drone *d, int severity, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void bridge_publish(struct bridge *b, enum topic_kind kind, const char *id, const void *message);
/* On the drone's best link; false where there is none. */
bool bridge_send(struct bridge *b, const struct drone *d, uint32_t id, const void *message);
bool bridge_send_on(struct bridge *b, unsigned link, unsigned peer, uint8_t version, uint32_t id,
    const void *message);

/* ingest.c */
void ingest(struct bridge *b, unsigned link, const struct arrival *a);
void drone_free(struct drone **d);
struct drone *bridge_find(const struct bridge *b, const char *id);

/* routes.c: the route over that link and peer, or NULL. */
struct route *route_find(struct drone *d, unsigned link, unsigned peer);
/* The route of an arrival, or NULL where it is not this drone's. */
struct route *route_heard(struct bridge *b, struct drone *d, unsigned link,
    const struct arrival *a);
/* Chooses the best; says so where that changes. */
void routes_choose(struct bridge *b, struct drone *d);
/* Asks on those not in use for what tells vehicles apart: an ArduPilot that nobody
 * asked says nothing but heartbeats, and those of two are alike. */
void routes_ask(struct bridge *b, struct drone *d);

/* streams.c */
void streams_heard(struct drone *d, uint32_t id, int64_t now_ms);
void streams_tick(struct bridge *b, struct drone *d);
/* True where the ACK was the answer to a request of a stream. */
bool streams_ack(struct drone *d, const struct mav_command_ack *ack, int64_t now_ms);
/* All are asked for again: the vehicle has started anew. */
void streams_reset(struct drone *d);

/* commands.c: requests in, stages out. */
void bridge_command(struct bridge *b, const struct request *req, struct server_envelope *envelope);
void job_stage(struct bridge *b, struct drone *d, struct job *j, enum stage stage,
    enum code code, const char *text);
void job_reply(struct bridge *b, struct job *j, enum code code, const char *text);
void job_free(struct job *j);

/* jobs.c: a command from step to step. */
void job_begin(struct bridge *b, struct drone *d, struct job *j);
bool jobs_ack(struct bridge *b, struct drone *d, const struct mav_command_ack *ack);
void jobs_state(struct bridge *b, struct drone *d);
void jobs_tick(struct bridge *b, struct drone *d);
void jobs_transfer_over(struct bridge *b, struct drone *d);
/* Whether a command of ours explains that mode. */
bool jobs_explain_mode(const struct drone *d, enum mode mode);

/* plans.c: what the vehicle holds. */
void plans_tick(struct bridge *b, struct drone *d);
void plans_take(struct bridge *b, struct drone *d, const struct frame *f);
void plans_changed(struct bridge *b, struct drone *d);
/* The mission of a finished upload is now the vehicle's. */
void plans_uploaded(struct bridge *b, struct drone *d, const struct mission *m);
void plans_send(void *drone_and_bridge, uint32_t id, const void *message);
struct plan_sender {
	struct bridge *bridge;
	struct drone *drone;
};

/* control.c */
void bridge_answer(struct bridge *b, const void *body, size_t len,
    struct server_envelope *envelope);

#endif
