/*
 * A bounded queue of byte records from one thread to one other, without a
 * lock: a ring whose ends each belong to one thread.
 *
 * The producer begins a record of a known size, fills it in place and ends
 * it; the consumer peeks at the oldest, uses it in place and drops it. A
 * record is contiguous and aligned to 8 bytes. Full is an answer, never a wait.
 */
#ifndef HISTORY_QUEUE_H
#define HISTORY_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue {
	unsigned char *data;
	size_t cap;               /* a power of two */
	size_t limit;             /* most bytes that may wait, <= cap */
	/* Bytes ever put and taken; a cache line each, for each has its writer. */
	_Alignas(64) _Atomic uint64_t put;
	uint64_t taken_seen;      /* producer's last look at taken */
	size_t open;              /* bytes of the record begun, with its padding */
	_Alignas(64) _Atomic uint64_t taken;
	uint64_t put_seen;        /* consumer's last look at put */
};

void queue_init(struct queue *q, size_t limit);
void queue_clear(struct queue *q);

/* False where a record of that size has no room even in an empty queue: one of more than
 * half the limit might not, for it is contiguous. */
bool queue_fits(const struct queue *q, size_t size);
/* Producer: room for size bytes, or NULL where the queue is full, or can never hold it. */
void *queue_begin(struct queue *q, size_t size);
void queue_end(struct queue *q);

/* Consumer: the oldest record, or NULL; queue_drop() ends its life. */
const void *queue_peek(struct queue *q, size_t *size);
void queue_drop(struct queue *q);

/* Bytes that wait; from any thread. */
size_t queue_used(struct queue *q);

#endif
