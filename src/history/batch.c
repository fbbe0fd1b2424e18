/* What is written as one transaction: see batch.h. */
#include "history/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool batch_empty(const struct batch *b)
{
	return !b->samples && !b->record_count && !b->flight_count;
}

void batch_add_record(struct batch *b, const struct record *record, size_t size)
{
	static const char zeros[8];
	uint64_t head = size;

	buf_add(&b->records, &head, sizeof(head));
	buf_add(&b->records, record, size);
	buf_add(&b->records, zeros, (8 - size % 8) % 8);
	b->record_count++;
	b->bytes += size;
}

const struct record *batch_next_record(const struct batch *b, size_t *at, size_t *size)
{
	const struct record *record;
	uint64_t head;

	if (*at == b->records.len)
		return NULL;
	memcpy(&head, b->records.data + *at, sizeof(head));
	record = (const struct record *)(const void *)(b->records.data + *at + sizeof(head));
	*size = (size_t)head;
	*at += sizeof(head) + ((size_t)head + 7) / 8 * 8;
	return record;
}

void batch_add_flight(struct batch *b, const struct flight *flight)
{
	mem_grow(b->flights, b->flight_count, b->flight_cap);
	b->flights[b->flight_count++] = *flight;
}

void batch_reset(struct batch *b)
{
	for (size_t i = 0; i < PLAIN_SLOTS; i++)
		buf_clear(&b->slots[i]);
	buf_clear(&b->records);
	b->samples = b->record_count = b->bytes = b->flight_count = 0;
}

void batch_clear(struct batch *b)
{
	for (size_t i = 0; i < PLAIN_SLOTS; i++)
		buf_free(&b->slots[i]);
	buf_free(&b->records);
	free(b->flights);
	memset(b, 0, sizeof(*b));
}
