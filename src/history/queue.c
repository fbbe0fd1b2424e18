/* A queue of byte records between two threads: see queue.h. */
#include "history/queue.h"

#include <stdlib.h>

#include "base/mem.h"

/* Before each record; size SKIP says that the ring goes on at its start. */
struct head {
	uint64_t size;
};
#define SKIP UINT64_MAX

static size_t padded(size_t size)
{
	return sizeof(struct head) + ((size + 7) & ~(size_t)7);
}

void queue_init(struct queue *q, size_t limit)
{
	size_t cap = 4096;

	while (cap < limit)
		cap *= 2;
	q->data = xmalloc(cap);
	q->cap = cap;
	q->limit = limit < 4096 ? 4096 : limit;
	q->taken_seen = q->put_seen = 0;
	q->open = 0;
	atomic_init(&q->put, 0);
	atomic_init(&q->taken, 0);
}

void queue_clear(struct queue *q)
{
	free(q->data);
	q->data = NULL;
}

bool queue_fits(const struct queue *q, size_t size)
{
	return padded(size) <= q->limit / 2;
}

void *queue_begin(struct queue *q, size_t size)
{
	uint64_t put = atomic_load_explicit(&q->put, memory_order_relaxed);
	size_t at = (size_t)put & (q->cap - 1), need = padded(size), skip = 0;

	if (!queue_fits(q, size))
		return NULL;
	if (q->cap - at < need)
		skip = q->cap - at;
	if (put + skip + need - q->taken_seen > q->limit) {
		q->taken_seen = atomic_load_explicit(&q->taken, memory_order_acquire);
		if (put + skip + need - q->taken_seen > q->limit)
			return NULL;
	}
	if (skip) {
		((struct head *)(void *)(q->data + at))->size = SKIP;
		at = 0;
	}
	((struct head *)(void *)(q->data + at))->size = size;
	q->open = skip + need;
	return q->data + at + sizeof(struct head);
}

void queue_end(struct queue *q)
{
	uint64_t put = atomic_load_explicit(&q->put, memory_order_relaxed);

	atomic_store_explicit(&q->put, put + q->open, memory_order_release);
}

const void *queue_peek(struct queue *q, size_t *size)
{
	uint64_t taken = atomic_load_explicit(&q->taken, memory_order_relaxed);
	const struct head *head;
	size_t at;

	if (taken == q->put_seen) {
		q->put_seen = atomic_load_explicit(&q->put, memory_order_acquire);
		if (taken == q->put_seen)
			return NULL;
	}
	at = (size_t)taken & (q->cap - 1);
	head = (const struct head *)(const void *)(q->data + at);
	if (head->size == SKIP) {
		/* A record follows a skip in the same put. */
		atomic_store_explicit(&q->taken, taken + q->cap - at, memory_order_release);
		head = (const struct head *)(const void *)q->data;
	}
	*size = (size_t)head->size;
	return head + 1;
}

void queue_drop(struct queue *q)
{
	uint64_t taken = atomic_load_explicit(&q->taken, memory_order_relaxed);
	const struct head *head =
	    (const struct head *)(const void *)(q->data + ((size_t)taken & (q->cap - 1)));

	atomic_store_explicit(&q->taken, taken + padded((size_t)head->size), memory_order_release);
}

size_t queue_used(struct queue *q)
{
	uint64_t taken = atomic_load_explicit(&q->taken, memory_order_acquire);

	return (size_t)(atomic_load_explicit(&q->put, memory_order_acquire) - taken);
}
