/*
 * How a replay is kept. Private to the room.
 *
 * A window of at most three days is open: the one of the position, and of the
 * nearest with a file before and after what matters to it (enum moments_part), since
 * what a drone said last may be of yesterday and what was backfilled after midnight is
 * in tomorrow's file.
 *
 * Each drone has a stream: `now`, the newest of its samples that have
 * happened, and `next`. Both are found by looking, in the rows whose bounds
 * allow it, for the nearest key above or below another; a row that is looked
 * into becomes a run, of which each stream keeps a few.
 */
#ifndef REPLAY_PRIVATE_H
#define REPLAY_PRIVATE_H

#include "base/strmap.h"
#include "history/moments.h"
#include "replay/replay.h"
#include "replay/run.h"

#define WINDOW_MAX 3
#define RUNS_MAX 4 /* of a stream */

/* A day's file in the window. */
struct window_file {
	struct moments *m;
	int64_t day;
	uint64_t serial;    /* of what was read: another, and rows may be others */
	size_t *drones;     /* number in the replay of drone i of the file */
	size_t *indices;    /* and back; SIZE_MAX: not in this file */
	size_t index_cap;
	size_t noted;       /* notes that have happened */
};

/* Order of one drone's samples. */
struct sample_key {
	int64_t at;
	uint32_t boot, seq;
};

static inline int compare_sample_keys(struct sample_key a, struct sample_key b)
{
	if (a.at != b.at)
		return a.at < b.at ? -1 : 1;
	if (a.boot != b.boot)
		return a.boot < b.boot ? -1 : 1;
	return (a.seq > b.seq) - (a.seq < b.seq);
}

struct stream_run {
	uint64_t serial;    /* of the file; 0: free */
	int64_t row;        /* its id */
	uint64_t used;      /* when, for the one to give up */
	struct run run;
};

enum next_state {
	NEXT_UNKNOWN, /* to be looked for */
	NEXT_BOUND,   /* not before next.at */
	NEXT_KNOWN,
	NEXT_NONE,    /* in this window */
};

struct stream {
	bool any;                /* now is a sample */
	struct sample_key now;
	enum next_state state;
	struct sample_key next;
	int next_run;            /* where it is */
	size_t next_index;
	int64_t clear_ms;        /* before this only that run has samples */
	struct stream_run runs[RUNS_MAX];
	uint64_t plans;          /* of it were told */
};

struct replay_list {
	void *items;
	size_t count, cap;
	int64_t position;        /* what it was made for */
	bool made;
};

/* What happened on a day that is not open, minute by minute. */
struct replay_minutes {
	int64_t day, first_ms;
	int64_t made_ms;         /* monotonic; of a day that is over they are good for ever */
	bool over;
	struct replay_bucket *buckets;
	size_t count;            /* two days at most: 92 KB, mostly half of it */
};
#define MINUTES_DAYS_MAX 400

struct replay {
	char *path;              /* the directory, or the file */
	bool single;             /* one file */
	int64_t from_ms, to_ms;
	struct strmap chosen;    /* drones; empty: all */
	int64_t *days;           /* ascending; of a single file none */
	size_t day_count;
	struct window_file files[WINDOW_MAX]; /* ascending day; */
	size_t file_count;
	int64_t window_day;
	uint64_t serial, clock;  /* last given */
	bool ranged;
	int64_t first_ms, last_ms;

	struct replay_drone *drones;
	struct stream *streams;  /* as many */
	size_t drone_count, drone_cap, stream_cap;
	struct strmap ids;

	int64_t position_ms;
	int direction;           /* of the heap: 1, -1; 0: it has to be made */
	size_t *heap;            /* drones */
	size_t heap_count, heap_cap;
	size_t *order;           /* drones, as their rows lie in the file */
	size_t order_count;
	bool gone;               /* a row was: read the window anew */

	struct chunk chunk;
	struct buf bytes;
	struct sample undone;
	size_t told_drone;       /* of the update returned last */
	struct sample_key told_key;
	union message message;
	struct replay_gap gap;
	struct replay_list alarms, commands, orders, events;
	struct {
		struct buf content;
		struct wire_doc doc;
		struct plan plan;    /* of the content */
		uint64_t serial;
	} plan;
	struct replay_minutes *minutes; /* in the order they were made */
	size_t minutes_count, minutes_cap;
	struct moments *beside;  /* until the window moves */
	struct err unread;       /* why the window's day is not open; "" where it is */
	struct err unread_end;   /* the same of one that the range would end with */
	bool last_unread;        /* and that is the last day */
	int64_t first_listed;    /* the first day there was when the range was made */
};

/* ---- window.c ---- */

/* Opens what a position on that day needs: 0 or -1. Streams start anew where it moved. */
int window_move(struct replay *r, int64_t day, struct err *err);
/* The nearest day with a file after (or before) the window's: false where there is none. */
bool window_other_day(const struct replay *r, bool before, int64_t *day);
/* The days before the one of the position as wholes too, as far as they are open. */
int window_whole(struct replay *r, struct err *err);
/* Reads anew the files of which rows are gone. */
int window_mend(struct replay *r, struct err *err);
/* The drone in that file; NULL where it has none. */
struct moments_drone *window_drone(const struct window_file *f, size_t drone);
void window_close(struct replay *r);
/* Notes that have happened are those up to and with the position. */
void window_place_notes(struct replay *r);

/* ---- stream.c ---- */

#define KEY_AFTER(ms) ((struct sample_key){ (ms) == INT64_MAX ? INT64_MAX : (ms) + 1, 0, 0 })

/* All return 1 where there is one, 0, or -1; r->gone with 0 where a row is gone. */

/* Finds `next`, no further than a bound beyond until_ms. */
int stream_next(struct replay *r, size_t drone, int64_t until_ms, struct err *err);
/* The newest sample before the key, with what it says; and a moment before which there is none
 * at or after the key: INT64_MAX where there is none in this window. */
int stream_before(struct replay *r, size_t drone, struct sample_key key, struct sample_key *found,
    struct sample *s, bool *backfilled, int64_t *next_ms, struct err *err);
/* Where a sample is; 0 where it is not there any more. */
int stream_find(struct replay *r, size_t drone, struct sample_key key, const struct run **run,
    size_t *index, struct err *err);
void stream_forget(struct stream *s);
/* Makes run of that row, or finds it: NULL where it is gone or with *err set. */
struct stream_run *stream_run(struct replay *r, size_t drone, struct window_file *f, size_t row,
    bool *failed, struct err *err);

/* Opens a day's file beside the window: 0 with *m NULL where it has nothing, or -1. */
int window_open_day(struct replay *r, int64_t day, struct moments **m, struct err *err);

/* ---- look.c, timeline.c ---- */

bool look_is_target(enum replay_target target, const struct moment_note *note);
void timeline_clear(struct replay *r);

/* ---- state.c ---- */

void state_stale(struct replay *r);
void state_clear(struct replay *r);

/* ---- plans.c ---- */

/* Fills the update in: 1, 0 where the row is gone or damaged, or -1. */
int plans_tell(struct replay *r, const struct window_file *f, const struct moment_note *note,
    struct replay_update *u, struct err *err);
/* Those at the position may be others. */
void plans_stale(struct replay *r);
void plans_clear(struct replay *r);

#endif
