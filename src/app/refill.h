/*
 * Which samples of a fleet one who watches it has, and which he has still to ask
 * for: holes in what came by itself, and what was before the first that came, as
 * far back as is wished. Pure bookkeeping: no clock of its own, sends nothing.
 *
 *	refill_arrived(&r, drone, boot, seq, &hole)	each sample, whichever way it came
 *	refill_wish(&r, drone, 9000)			so many before the first, too
 *	if (refill_next(&r, drone, now_mono, &ask))	...backfill it...
 *	refill_answered(&r, drone, &ask, ...)		what did not come
 *
 * What was before the first sample is no hole: nobody was there to miss it.
 *
 * Drones are numbers from 0, those of ui/model.h. Memory follows the number of
 * holes, of which there are REFILL_HOLES at most of a boot: more are given up.
 */
#ifndef APP_REFILL_H
#define APP_REFILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ranges.h"
#include "fleet/coverage.h"

#define REFILL_BOOTS 4    /* of a drone that are kept; older ones are forgotten */
#define REFILL_HOLES 1000
#define REFILL_TRIES 6    /* in vain; then it is given up */

struct refill_boot {
	struct coverage c;  /* lost: what nobody will bring, or was before the first */
	struct ranges want; /* to be asked for */
	uint32_t first;     /* by itself; of one that is older, its newest */
	bool older;         /* it was over when the first of this drone came */
};

struct refill_drone {
	struct refill_boot boots[REFILL_BOOTS]; /* ascending boot */
	size_t boot_count;
	uint32_t wish;      /* samples before the first; 0: none */
	int tries;
	int64_t ask_mono;   /* not before */
};

struct refill {
	struct refill_drone *drones; /* owned */
	size_t count;
};

struct refill_ask {
	uint32_t boot, from, to; /* BACKFILL_MAX at most */
};

void refill_clear(struct refill *r);

enum refill_arrival {
	REFILL_HAD,    /* it was here already */
	REFILL_NEW,
	REFILL_FILLED, /* it was in a hole */
};

/* A sample is here. If it opened a hole, *hole is it; else hole->from > hole->to. */
enum refill_arrival refill_arrived(struct refill *r, size_t drone, uint32_t boot, uint32_t seq,
    struct range *hole);
/* Before the first that came, so many. Once. */
void refill_wish(struct refill *r, size_t drone, uint32_t samples);
/* The source has that boot, which is older than all that came, up to newest:
 * the wish goes on there. */
void refill_older(struct refill *r, size_t drone, uint32_t boot, uint32_t newest);
/* The newest that is wanted of the drone and due. */
bool refill_next(const struct refill *r, size_t drone, int64_t now_mono, struct refill_ask *ask);
/* An answer, after its samples were handed in: what of it did not come is asked for
 * once more later, or given up. Holes that are given up are added to *lost. */
void refill_answered(struct refill *r, size_t drone, const struct refill_ask *ask, int64_t now_mono,
    struct ranges *lost);
/* It will never come. */
void refill_lose(struct refill *r, size_t drone, uint32_t boot, uint32_t from, uint32_t to,
    struct ranges *lost);
/* All that was wished is here or was asked for. */
bool refill_done(const struct refill *r, size_t drone);
/* The oldest boot of which something came, and whether it came from its beginning. */
bool refill_begins(const struct refill *r, size_t drone, uint32_t *boot);

#endif
