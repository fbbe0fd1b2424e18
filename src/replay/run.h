/*
 * One row's samples in order of their moments, small enough that every drone can
 * have one or two at hand: a column that does not change takes nothing, one that
 * does not go far 2 or 4 bytes a sample. About 60 bytes a sample, where a chunk
 * takes 270.
 */
#ifndef REPLAY_RUN_H
#define REPLAY_RUN_H

#include "history/moments.h"

struct run_column {
	int64_t base;
	/* One of them, into the run's block; none: all are base. */
	const uint16_t *small; /* base + small[i] */
	const uint32_t *near;  /* base + near[i] */
	const int64_t *far;
};

struct run {
	uint32_t boot;
	size_t count;
	unsigned fields;      /* of the program that wrote it */
	struct run_column at; /* moments, ascending; of one moment by seq */
	struct run_column columns[COLUMN_COUNT];
	struct run_column known;
	void *block;          /* what the columns are in */
	uint8_t *backfilled;  /* NULL: none was */
	uint32_t *extra_at;   /* NULL: no sample has elements past the table */
	struct buf extra;
};

void run_make(struct run *run, const struct moment_row *row, const struct chunk *c);
void run_clear(struct run *run);

static inline int64_t run_get(const struct run_column *c, size_t i)
{
	return c->small ? c->base + c->small[i]
	    : c->near   ? c->base + c->near[i]
	    : c->far    ? c->far[i]
			: c->base;
}

static inline int64_t run_at(const struct run *run, size_t i)
{
	return run_get(&run->at, i);
}

static inline uint32_t run_seq(const struct run *run, size_t i)
{
	return (uint32_t)run_get(&run->columns[FIELD_seq], i);
}

static inline bool run_backfilled(const struct run *run, size_t i)
{
	return run->backfilled && run->backfilled[i];
}

void run_sample(const struct run *run, size_t i, struct sample *s);
/* Appends the array as it was on the wire. */
void run_body(const struct run *run, size_t i, struct buf *b);

#endif
