/*
 * Faults to order: KIND=VALUE[@DRONE]. Chances are per sample for drop, dup,
 * reorder and garbage, per second for nogps, silence and crash; skew is
 * milliseconds that the clock is off. Without a drone it concerns all, and
 * skew then the source's own clock too. The last one given wins.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"

enum fault_kind {
	FAULT_DROP,    /* sample not published; backfill has it */
	FAULT_DUP,     /* sample published twice */
	FAULT_REORDER, /* sample published after the next one */
	FAULT_GARBAGE, /* a malformed message beside the sample */
	FAULT_SKEW,    /* clock off by that many ms */
	FAULT_NOGPS,   /* position lost for a while */
	FAULT_SILENCE, /* nothing published for a while; backfill has it */
	FAULT_CRASH,   /* restarts after a while with a new boot */
	FAULT_COUNT
};

struct fault_desc {
	const char *name;
	double min, max;
	const char *help;
};

extern const struct fault_desc fault_table[FAULT_COUNT];

struct faults {
	double value[FAULT_COUNT]; /* 0: never */
};

struct fault_spec {
	enum fault_kind kind;
	double value;
	char drone[ID_SIZE]; /* "" for all */
};

/* 0, or -1 with a sentence. */
int fault_parse(const char *text, struct fault_spec *spec, struct err *err);

/* Makes a message that is wrong in one of many ways, about that drone or
 * about nobody. Both buffers are emptied first. */
void garbage_make(struct rng *rng, const char *drone, struct buf *topic, struct buf *body);

#endif
