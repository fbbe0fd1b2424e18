/*
 * One day's file in order of time, for replay: where each row of samples lies,
 * read from the headers alone, and what else happened, without its texts.
 *
 * The moment of a sample, `at`, is by the daemon's clock: its arrival. One
 * that was backfilled is put at its own time plus the offset of its row: how
 * far the daemon's clock was ahead of the source's, the smallest (arrival -
 * time) at the ends of MOMENT_NEAR rows before and behind, of the same drone;
 * but never later than it arrived. So around a step of a source's clock, and
 * of one that runs at another pace, backfilled samples may be misplaced by
 * what the clock went meanwhile; what came by itself never is.
 *
 * A row's samples lie within [lo_ms, hi_ms]. Before the row has been read lo is
 * what is certain: neither earlier than the row before it ended nor, by the
 * offset, than MOMENT_SLACK_MS before its first time, whichever is less; who
 * reads the row says what it really is by moments_tighten(). (A sample that
 * would be earlier yet, of a source whose clock stepped back while its row
 * before was being filled, is put at lo.)
 *
 * It costs 56 bytes a row: 85 MB for a day of 500 drones at 10 Hz, in rows of 30 s. Of a day
 * that is only a neighbour of the one looked at, what reaches over the day's edge is enough: see
 * enum moments_part. No lock is held between two calls. Rows that are gone, because their day was
 * merged meanwhile, are noticed when they are read.
 */
#ifndef HISTORY_MOMENTS_H
#define HISTORY_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strmap.h"
#include "history/chunk.h"
#include "history/history.h"
#include "history/plain.h"
#include "proto/messages.h"
#include "proto/topic.h"

struct sqlite3;
struct sqlite3_stmt;

#define MOMENT_NEAR 8
#define MOMENT_SLACK_MS 2000

/* A sample that was backfilled is put so long before its arrival at most. */
#define MOMENT_SPAN_MS (40 * INT64_C(86400000))

struct moment_row {
	int64_t lo_ms;        /* rows are in order of lo, so that stays */
	int64_t offset_ms;
	uint32_t hi, first, begin; /* ms after lo: see below */
	uint32_t reach;       /* ms after hi */
	uint32_t delay;       /* last arrival - last time, ms more than offset */
	int32_t id;           /* of the sealed row; below 0: slice -id - 1 of what is not sealed */
	uint32_t boot, first_seq, last_seq;
	uint16_t count;
};

static inline int64_t moment_hi(const struct moment_row *row)
{
	return row->lo_ms + row->hi;
}

/* Where its samples begin, lo until that is known. */
static inline int64_t moment_first(const struct moment_row *row)
{
	return row->lo_ms + row->first;
}

/* Where they seem to: first time + offset. */
static inline int64_t moment_begin(const struct moment_row *row)
{
	return row->lo_ms + row->begin;
}

/* Largest hi of the rows up to this. */
static inline int64_t moment_reach(const struct moment_row *row)
{
	return moment_hi(row) + row->reach;
}

/* Samples that are not sealed yet. */
struct moment_tail {
	struct plain_item item; /* at: in moments.bodies */
	int64_t time_ms;
	uint64_t commit;
};

struct moment_slice {
	size_t first, count; /* of the drone's tail */
};

struct moments_drone {
	struct history_drone info;
	uint32_t number;         /* in this file */
	bool wanted;
	struct moment_row *rows; /* ascending lo_ms */
	size_t row_count, row_cap;
	struct moment_tail *tail; /* by boot and seq, after a load */
	size_t tail_count, tail_cap;
	struct moment_slice *slices;
	size_t slice_count, slice_cap;
	bool dirty;
	/* Rows before this one are not put elsewhere by what comes later than that boot and
	 * seq, and none of them is a slice. */
	size_t calm;
	uint32_t calm_boot, calm_seq;
};

/* What happened besides samples. */
struct moment_note {
	int64_t at_ms;
	int64_t row;             /* in its table */
	uint32_t key;            /* number of the alarm, command or order: moments.keys */
	uint32_t drone;          /* index, or MOMENT_NO_DRONE */
	uint8_t kind;            /* enum topic_kind: EV, CM, PL, AL, OR; MOMENT_GAP */
	uint8_t grade;           /* severity, stage, level, order state; 1 for a gap that is lost */
	uint8_t state;           /* enum alarm_state */
	bool carried;            /* an alarm that stood when the day began: told there before */
	int64_t until_ms;        /* of a gap; of a plan when it came */
};
#define MOMENT_GAP 100
#define MOMENT_NO_DRONE UINT32_MAX

/* One that was so already when the day began. */
static inline bool moment_plan_carried(const struct moment_note *n)
{
	return n->kind == TOPIC_PL && n->until_ms != n->at_ms;
}

struct moment_gap {
	char drone[ID_SIZE];
	uint32_t boot, from, to;
	bool lost;
	char why[128];
};

/* How much of a day is kept. */
enum moments_part {
	MOMENTS_WHOLE,
	/* What may be a drone's newest sample at the end, all of the last MOMENTS_EDGE_MS, the
	 * newest MOMENTS_END_EVENTS events, and everything but events. */
	MOMENTS_END,
	/* What was logged on that day but may be of the day before, and all of the first
	 * MOMENTS_EDGE_MS. */
	MOMENTS_BEGIN,
};
#define MOMENTS_EDGE_MS (60 * 60 * 1000)
#define MOMENTS_END_EVENTS 1000

struct moment_loose;
struct moment_hole;

struct moments {
	char *path;
	int64_t day;             /* of its file */
	enum moments_part part;
	struct sqlite3 *db;
	struct sqlite3_stmt *get_sealed, *get_plan, *messages[TOPIC_COUNT];
	bool over;               /* at rest: nothing will change */
	int64_t data_version;
	int64_t last_id;         /* of the sealed rows that are known */
	int64_t first_plain;     /* id from which on plain rows are not known yet */
	int64_t last_rows[TOPIC_COUNT];
	struct moments_drone *drones;
	size_t drone_count, drone_cap;
	struct strmap ids;
	uint32_t *by_number;     /* index + 1 */
	size_t number_cap;
	struct buf bodies, bytes;
	struct moment_note *notes; /* ascending at_ms, kind, row */
	size_t note_count, note_cap;
	struct moment_hole *holes; /* the gaps of the table, placed */
	size_t hole_count, hole_cap;
	struct moment_loose *fresh, *loose; /* scratch of one drone's rows */
	size_t fresh_count, fresh_cap, loose_count, loose_cap;
	struct strmap keys;
	uint32_t key_count;
	int64_t *key_ms;         /* owned; by key - 1: where its newest row was put */
	size_t key_cap;
	int64_t first_ms, last_ms; /* of all; first > last: nothing */
	bool (*want)(void *context, const char *drone);
	void *context;
};

/* Opens the file of that day and reads its headers; of those drones that want() is true for,
 * NULL for all. 0 with *m NULL where the file has nothing yet, or -1. */
int moments_open(struct moments **m, const char *path, int64_t day, enum moments_part part,
    bool (*want)(void *, const char *), void *context, struct err *err);
void moments_close(struct moments **m);

/* Keeps less of a whole day, or reads what was left out: 0 or -1. Rows and notes move. */
int moments_change_part(struct moments *m, enum moments_part part, struct err *err);

/* Reads what came since: 1 where anything did, 0, or -1. whole: everything anew,
 * as when rows are gone. Rows and notes move. */
int moments_refresh(struct moments *m, bool whole, struct err *err);

/* Reads a row, all columns: 1, 0 where the row is gone, or -1. */
int moments_read(struct moments *m, const struct moments_drone *d, const struct moment_row *row,
    struct chunk *c, struct err *err);
/* Only seq, time, arrival and which were backfilled; then one sample of the
 * row that was read so last. */
int moments_read_times(struct moments *m, const struct moments_drone *d,
    const struct moment_row *row, struct chunk *c, struct err *err);
int moments_read_sample(struct moments *m, const struct moments_drone *d,
    const struct moment_row *row, struct chunk *c, size_t i, struct sample *s, struct err *err);
/* The moment of sample i of that row. */
int64_t moments_at(const struct moment_row *row, const struct chunk *c, size_t i);
/* What the bounds really are. */
void moments_tighten(struct moments_drone *d, size_t row, int64_t lo_ms, int64_t hi_ms);

/* The message or gap of a note: 1, 0 where it is gone, or -1. */
int moments_message(struct moments *m, const struct moment_note *note, union message *out,
    int64_t *arrived_ms, struct err *err);
/* The plan of a note: its content as plan_keep() wrote it, or as a damaged file has it. */
int moments_plan(struct moments *m, const struct moment_note *note, struct buf *content,
    struct err *err);
int moments_gap(struct moments *m, const struct moment_note *note, struct moment_gap *out,
    struct err *err);

#endif
