/* The last samples of a drone: see backlog.h. */
#include "bridge/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void backlog_clear(struct backlog *b)
{
	for (size_t i = 0; i < BACKLOG_BLOCKS; i++)
		free(b->blocks[i].bytes);
	*b = (struct backlog){ 0 };
}

static const struct backlog_block *block_at(const struct backlog *b, size_t i)
{
	return &b->blocks[(b->oldest + i) % BACKLOG_BLOCKS];
}

void backlog_add(struct backlog *b, uint32_t seq, int64_t mono_ms, const void *body, size_t len)
{
	struct backlog_block *k;
	uint16_t size = (uint16_t)len;

	if (len > BACKLOG_BLOCK - sizeof(size))
		return;
	while (b->count > 1 && block_at(b, 0)->last_ms + BACKLOG_AGE_MS < mono_ms) {
		b->oldest = (b->oldest + 1) % BACKLOG_BLOCKS;
		b->count--;
	}
	k = &b->blocks[(b->oldest + b->count + BACKLOG_BLOCKS - 1) % BACKLOG_BLOCKS];
	if (!b->count || k->len + sizeof(size) + len > BACKLOG_BLOCK) {
		if (b->count == BACKLOG_BLOCKS) {
			b->oldest = (b->oldest + 1) % BACKLOG_BLOCKS;
			b->count--;
		}
		k = &b->blocks[(b->oldest + b->count++) % BACKLOG_BLOCKS];
		if (!k->bytes)
			k->bytes = xmalloc(BACKLOG_BLOCK);
		k->len = 0;
		k->first = seq;
		k->count = 0;
	}
	memcpy(k->bytes + k->len, &size, sizeof(size));
	memcpy(k->bytes + k->len + sizeof(size), body, len);
	k->len += sizeof(size) + len;
	k->count++;
	k->last_ms = mono_ms;
	b->next = seq + 1;
}

void backlog_fill(const struct backlog *b, uint32_t boot, uint32_t asked_boot, uint32_t from,
    uint32_t to, struct backfill *out)
{
	uint32_t oldest;

	if (!b->count)
		return;
	oldest = block_at(b, 0)->first;
	backfill_add_held(out, boot, oldest, b->next - 1);
	if (asked_boot != boot || to < from)
		return;
	if (from < oldest)
		ranges_add(&out->lost, from, to < oldest ? to : oldest - 1);
	for (size_t i = 0; i < b->count; i++) {
		const struct backlog_block *k = block_at(b, i);
		size_t at = 0;

		if (k->first + k->count <= from || k->first > to)
			continue;
		for (uint32_t n = 0; n < k->count && k->first + n <= to; n++) {
			uint16_t size;

			memcpy(&size, k->bytes + at, sizeof(size));
			if (k->first + n >= from) {
				if (out->count == BACKFILL_MAX) {
					out->more = true;
					return;
				}
				backfill_add_sample(out, k->bytes + at + sizeof(size), size);
			}
			at += sizeof(size) + size;
		}
	}
}
