/*
 * What the files of moments.h share.
 */
#ifndef HISTORY_MOMENTS_PRIVATE_H
#define HISTORY_MOMENTS_PRIVATE_H

#include "history/moments.h"
#include "history/schema.h"

/* A row as it is worked out, before it is kept. */
struct moment_loose {
	int64_t id, lo_ms, hi_ms, first_ms, begin_ms;
	int64_t offset_ms; /* INT64_MIN: the row is new */
	int64_t delay_ms;
	uint32_t boot, first_seq, last_seq, count;
};

/* A row of the table of gaps, and where it was put. */
struct moment_hole {
	int64_t row, at_ms, until_ms;
	uint32_t drone, boot, from, to;
	bool lost, settled; /* settled: there is something on both sides of it */
};

/* moments_rows.c: the drone's rows with m->fresh, and with what is not sealed, in order. */
void moments_arrange(struct moments *m, struct moments_drone *d);
/* Leaves those that the part needs. */
void moments_trim_rows(struct moments *m, struct moments_drone *d);
void moments_trim_notes(struct moments *m);

/* SQLITE_OK or an error; inside a transaction of the caller's. whole: all anew. */
int moments_load_notes(struct moments *m, bool whole);
/* Index of the drone of that id, added where there is none. */
size_t moments_drone(struct moments *m, const char *id);
/* For one that is about to be filled in. */
struct moment_note *moments_add_note(struct moments *m);
/* False where it is about a drone that is not wanted. */
bool moments_note_drone(struct moments *m, struct moment_note *n, const char *drone);
/* As moments_load_notes(): those of plans. */
int moments_load_plans(struct moments *m);
int moments_fail(const struct moments *m, int rc, struct err *err);

#endif
