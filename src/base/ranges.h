/*
 * A set of uint32 numbers kept as sorted, disjoint, non-adjacent inclusive
 * ranges: the sequence numbers seen, missing or lost. Memory follows the
 * number of ranges, not of numbers. Zero-initialised is empty.
 */
#ifndef BASE_RANGES_H
#define BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint32_t from, to; /* inclusive, from <= to */
};

struct ranges {
	struct range *items; /* ascending */
	size_t count, cap;
};

void ranges_add(struct ranges *r, uint32_t from, uint32_t to);
void ranges_remove(struct ranges *r, uint32_t from, uint32_t to);
bool ranges_has(const struct ranges *r, uint32_t n);
/* True if every number of the range is in. */
bool ranges_covers(const struct ranges *r, uint32_t from, uint32_t to);
/* How many numbers are in. */
uint64_t ranges_total(const struct ranges *r);
/* out = what of [from, to] is not in r. */
void ranges_missing(const struct ranges *r, uint32_t from, uint32_t to, struct ranges *out);
void ranges_clear(struct ranges *r); /* empties and frees */

#endif
