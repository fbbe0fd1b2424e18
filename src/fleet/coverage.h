/*
 * Which samples of one boot of one drone have come: pure bookkeeping on
 * sequence numbers, from 0 to the newest seen.
 *
 * Every number up to `newest` is in exactly one of three states: here, missing
 * (to be asked for), or lost (never to come). Memory follows the number of
 * holes.
 */
#ifndef FLEET_COVERAGE_H
#define FLEET_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ranges.h"

struct coverage {
	uint32_t boot;
	bool any;        /* false: nothing seen yet, newest means nothing */
	uint32_t newest;
	struct ranges missing;
	struct ranges lost;
};

enum arrival {
	ARRIVAL_NEW,       /* newer than all before */
	ARRIVAL_LATE,      /* older, but was missing or lost: now here */
	ARRIVAL_DUPLICATE, /* was here */
};

/* A sample came. If that opened a hole, *hole is it and true is returned in
 * *opened. */
enum arrival coverage_arrive(struct coverage *c, uint32_t seq, bool *opened, struct range *hole);
/* The source holds samples up to newest: what is beyond ours is missing. */
bool coverage_extend(struct coverage *c, uint32_t newest, struct range *hole);
/* Here, but could not be kept: missing again. */
void coverage_reopen(struct coverage *c, uint32_t seq);
/* Of [from, to], what is missing becomes lost. Returns how many did. */
uint64_t coverage_lose(struct coverage *c, uint32_t from, uint32_t to);
/* Starts from what an earlier run stored. */
void coverage_restore(struct coverage *c, uint32_t boot, const struct ranges *stored,
    const struct ranges *lost);
void coverage_clear(struct coverage *c);

#endif
