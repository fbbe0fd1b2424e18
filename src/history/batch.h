/*
 * What the writer took from the queue and writes as one transaction. It is
 * kept until that succeeded, however often it has to be tried.
 */
#ifndef HISTORY_BATCH_H
#define HISTORY_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "history/flights.h"
#include "history/plain.h"
#include "history/record.h"

/* The writer's side of the bound on memory, beside the queue. */
#define BATCH_BYTES_MAX (8u << 20)

struct batch {
	int64_t day;
	struct buf slots[PLAIN_SLOTS]; /* plain rows by slot, with the file's numbers */
	struct buf records;            /* others: size u64, the record, to 8 bytes */
	size_t samples, record_count, bytes;
	struct flight *flights;        /* begun and ended */
	size_t flight_count, flight_cap;
};

bool batch_empty(const struct batch *b);
void batch_add_record(struct batch *b, const struct record *record, size_t size);
/* The next record from *at on, or NULL. */
const struct record *batch_next_record(const struct batch *b, size_t *at, size_t *size);
void batch_add_flight(struct batch *b, const struct flight *flight);
/* Empties it and keeps the memory. */
void batch_reset(struct batch *b);
void batch_clear(struct batch *b);

#endif
