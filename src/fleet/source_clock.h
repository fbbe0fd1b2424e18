/*
 * How far a source's clock is from ours, from the times in its messages.
 *
 * Each message says its source's time and arrives some delay later, so
 * (source time - arrival) is the offset less that delay: the largest of the
 * recent ones is nearest the truth. Two buckets of WINDOW_MS each give a
 * sliding maximum that follows drift and forgets; a clock that steps or runs
 * at another speed (a simulator's --speedup) shows as a jump beyond STEP_MS
 * and is followed at once.
 *
 * Times are ms; ours are whatever clock the caller uses throughout.
 */
#ifndef FLEET_SOURCE_CLOCK_H
#define FLEET_SOURCE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct source_clock {
	bool known;
	int64_t best, previous; /* largest offsets of this and the last bucket */
	int64_t bucket_start;
	int64_t last; /* newest offset seen */
};

void source_clock_add(struct source_clock *c, int64_t source_ms, int64_t arrived_ms);
/* Source time minus ours; 0 while nothing is known. */
int64_t source_clock_offset(const struct source_clock *c);

#endif
