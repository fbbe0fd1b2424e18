/*
 * Samples as they arrived, end to end in one blob: what a commit adds to the
 * table `plain`. All integers little-endian:
 *
 *	drone u32   number in the file's table `drones`
 *	boot u32, seq u32
 *	len u32     of the body; the top bit says that it was backfilled
 *	arrived i64 ms, the daemon's clock
 *	body        the array, as it came
 *
 * A blob holds the drones of one slot (number modulo PLAIN_SLOTS), so that one
 * drone is found without reading all, and sealing goes slot by slot. The row's
 * id is commit * PLAIN_SLOTS + slot: appended at the table's end.
 */
#ifndef HISTORY_PLAIN_H
#define HISTORY_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define PLAIN_SLOTS 64

struct plain_row {
	uint32_t drone, boot, seq, len;
	bool backfilled;
	int64_t arrived_ms;
	const unsigned char *body;
};

static inline unsigned plain_slot(uint32_t drone)
{
	return drone % PLAIN_SLOTS;
}

static inline int64_t plain_id(uint64_t commit, unsigned slot)
{
	return (int64_t)(commit * PLAIN_SLOTS + slot);
}

void plain_put(struct buf *b, const struct plain_row *row);
/* Reads the row at *p and moves on: 1, 0 at the end, -1 where the bytes are damaged. */
int plain_next(const unsigned char **p, const unsigned char *end, struct plain_row *row);

/* Rows of some blobs, to be put in order. */
struct plain_item {
	uint32_t drone, boot, seq, len;
	size_t at; /* of the body in data */
	int64_t arrived_ms;
	bool backfilled;
	uint32_t order; /* of arrival */
};

struct plain_list {
	struct buf data; /* the blobs, end to end */
	struct plain_item *items;
	size_t count, cap;
};

/* Appends the rows of a slot's blob, those of one drone where drone is not 0:
 * false where the bytes are damaged. */
bool plain_list_add(struct plain_list *l, const void *blob, size_t len, unsigned slot,
    uint32_t drone);
/* Orders by drone, boot, seq, arrival. */
void plain_list_sort(struct plain_list *l);
void plain_list_reset(struct plain_list *l);
void plain_list_clear(struct plain_list *l);

#endif
