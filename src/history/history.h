/*
 * The history: everything that arrived, on disk, for ever or as long as the
 * configuration keeps it.
 *
 * A writer thread of its own owns the database; the ingest thread hands it
 * records through a bounded queue and never waits. Each history_put_*() copies
 * what it is given and returns true, or false where the queue is full: then
 * nothing was taken, and a sample's caller keeps its seq as a hole that is
 * asked for again once HISTORY_BACK says that the disk takes data again.
 *
 * A record is committed at most commit_ms after it was put, while the disk
 * works. Files are one per UTC day of arrival (the daemon's clock, so that a
 * source whose clock is wrong makes no files of its own).
 *
 * What is stored of whom is told by history_take_coverage() from the rows
 * themselves, never from notes about them; so after any crash it is exact.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ranges.h"
#include "proto/messages.h"
#include "proto/plan.h"
#include "proto/reject.h"
#include "proto/sample.h"

struct history;

struct history_options {
	const char *dir;     /* made if it is not there */
	int64_t commit_ms;   /* at most between two commits: 100 */
	size_t queue_bytes;  /* most that waits for the disk: 48 MiB */
	int keep_days;       /* 0: for ever */
	double keep_gb;      /* 0: without limit */
	int64_t keep_ms;     /* of the days that are kept, too, rows are dropped that came
	                      * longer ago; 0: none. For a past that is short. */
	double keep_bytes;   /* with keep_ms: of a day at most, else half of it goes */
	int64_t seal_ms;     /* age at which rows are compressed; 0: 30 s */
};

/* Opens and starts the writer. Fails only where dir can never be a history (a
 * file is in its place, a schema newer than this program, another writer); a
 * disk that does not take data now is an outage, told by a notice. */
int history_open(struct history **history, const struct history_options *options, struct err *err);
/* Writes what waits, commits, ends the thread. Gives up on a dead disk after 1 s. */
void history_close(struct history **history);

/* False where a body of that length has no room in the queue, however long one waits: it is
 * more than half of queue_bytes, about. */
bool history_fits(const struct history *history, size_t len);

/* body is the sample as it came, s the same decoded. */
bool history_put_sample(struct history *history, const char *drone, const struct sample *s,
    const void *body, size_t len, int64_t arrived_ms, bool backfilled);
bool history_put_event(struct history *history, const struct event *ev, int64_t arrived_ms);
bool history_put_progress(struct history *history, const struct progress *cm, int64_t arrived_ms);
bool history_put_alarm(struct history *history, const struct alarm *al, int64_t arrived_ms);
bool history_put_order(struct history *history, const struct order *order, int64_t arrived_ms);

/* Bytes that were refused. source is the name, or the endpoint if it has none yet. */
struct history_reject {
	const char *source;
	const void *topic, *body;
	size_t topic_len, body_len;
	enum reject_reason reason;
	const char *detail;
	int64_t arrived_ms;
};
bool history_put_reject(struct history *history, const struct history_reject *reject);

/* The state of a range of seq from now on; overlapping older rows are cut. */
enum gap_state { GAP_OPEN, GAP_FILLED, GAP_LOST, GAP_STATE_COUNT };
extern const char *const gap_state_names[GAP_STATE_COUNT]; /* "open", "filled", "lost" */
struct history_gap {
	const char *drone;
	uint32_t boot, from, to;
	enum gap_state state;
	const char *why; /* "dropped on the way", "source no longer holds it", ... */
	int64_t at_ms;
};
bool history_put_gap(struct history *history, const struct history_gap *gap);

/* What a drone is to fly and where it may: the reply as its source gave it, and the same as
 * it was read. Stored where it is not what the day's file says of the drone already, nor
 * longer than history_fits(). */
bool history_put_plan(struct history *history, const char *drone, const struct plan *plan,
    const wire_value *reply, int64_t arrived_ms);

/* A drone's owner: the feed endpoint of the source it belongs to. */
struct history_drone {
	char id[ID_SIZE];
	char source[ID_SIZE];
	char feed[256];
	char model[NAME_SIZE];
	int kind;            /* enum source_kind */
};
bool history_put_drone(struct history *history, const struct history_drone *drone, int64_t at_ms);

/* The answer to a command, kept to be given again: code CODE_OK is accepted. */
struct history_answer {
	char id[COMMAND_ID_SIZE];
	int code;             /* enum code */
	char text[TEXT_SIZE];
	int64_t keep_until_ms;
};
bool history_put_answer(struct history *history, const struct history_answer *answer);

/* What the writer has to say; take them all when history_fd() is readable. */
enum history_notice_kind {
	HISTORY_OUTAGE,  /* text says why nothing can be written; once per outage */
	HISTORY_BACK,    /* written again; ask again for what was not taken */
	HISTORY_DAMAGED, /* a file was set aside; text names it */
	HISTORY_CHANGED, /* rows were lost with a file: take the coverage again */
};
struct history_notice {
	enum history_notice_kind kind;
	char text[TEXT_SIZE];
};
int history_fd(struct history *history);
bool history_next_notice(struct history *history, struct history_notice *notice);

/* What is stored, by drone and boot; of the last two days, and of drones that these have no
 * sample of, of the last day that has. What a boot that began before them had earlier counts
 * as stored, but for its gaps that are open. */
struct history_coverage {
	char drone[ID_SIZE];
	uint32_t boot;
	struct ranges stored;
	struct ranges lost; /* gap rows in that state */
	int64_t newest_ms;  /* arrival of the newest row */
};

/* The newest sample of a drone that the last two days hold, as it came. */
#define HISTORY_NEWEST_MAX 512 /* bytes; a longer one is not told */
struct history_newest {
	char drone[ID_SIZE];
	int64_t arrived_ms;
	size_t len;
	unsigned char body[HISTORY_NEWEST_MAX];
};

/* What an earlier run left behind, read by history_open() (and again before
 * HISTORY_CHANGED). The caller owns what it takes; a second take gives none. */
struct history_past {
	int64_t first_ms; /* where the last two days begin: of older boots there may be more */
	struct history_coverage *coverage; size_t coverage_count;
	struct history_drone *drones; size_t drone_count;
	struct history_newest *newest; size_t newest_count; /* of whom there is one */
	struct history_answer *answers; size_t answer_count; /* keep_until_ms not over */
	struct progress *commands; size_t command_count; /* newest stage of each of the last 24 h, oldest first */
	struct alarm *alarms; size_t alarm_count; /* newest change of each that had not ended, oldest first */
};
void history_take_past(struct history *history, struct history_past *past);
void history_past_clear(struct history_past *past);

/* Counters since open, for `odyssey ls`, benches and tests. */
struct history_stats {
	uint64_t samples, records; /* committed */
	uint64_t refused;          /* puts that found the queue full */
	uint64_t commits;
	size_t queued_bytes;
	int64_t last_commit_mono_ms;
};
void history_get_stats(struct history *history, struct history_stats *stats);

#endif
