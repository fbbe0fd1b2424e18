/*
 * A column of integers as few bytes. Pure; any int64 values come back exactly.
 *
 * The values are predicted (0: from the first; 1: as the one before; 2: as
 * far from the one before as that was from its own; whichever is cheapest
 * here) and the differences, small where the prediction is good, written with
 * an adaptive run-length and Golomb-Rice code, as in H. S. Malvar, "Adaptive
 * run-length / Golomb-Rice encoding of quantized generalized Gaussian sources
 * with unknown statistics", DCC 2006. It needs no tables, so that columns of
 * some hundred values are small, and comes within some percent of the entropy
 * of noise.
 *
 * Differences wrap in 64 bits, so no value is too far from another.
 */
#ifndef HISTORY_DELTA_H
#define HISTORY_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What delta_encode() writes at most for n values. */
#define DELTA_BOUND(n) (32 + (n) * 16)

/* Bits that a part of the differences take, by the best order; for choosing between ways of
 * writing as many values. */
uint64_t delta_cost(const int64_t *values, size_t n, int *order);
/* Writes the column and returns its bytes; out has DELTA_BOUND(n), scratch n. */
size_t delta_encode(const int64_t *values, size_t n, uint64_t *scratch, uint8_t *out);
/* Reads n values from the len bytes; false where they are no such column. */
bool delta_decode(const uint8_t *in, size_t len, int64_t *values, size_t n);
/* Reads the first of the n values only. */
bool delta_decode_first(const uint8_t *in, size_t len, int64_t *values, size_t n, size_t first);

/* Unsigned numbers, 7 bits a byte, low first. put returns the bytes written
 * (10 at most); get moves on, or is false at the end. */
size_t varint_put(uint8_t *out, uint64_t v);
bool varint_get(const uint8_t **p, const uint8_t *end, uint64_t *v);

static inline uint64_t zigzag(uint64_t difference)
{
	return difference << 1 ^ (uint64_t)-(int64_t)(difference >> 63);
}

static inline uint64_t unzigzag(uint64_t z)
{
	return z >> 1 ^ (uint64_t)-(int64_t)(z & 1);
}

#endif
