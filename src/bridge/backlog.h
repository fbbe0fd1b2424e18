/*
 * The last samples of one drone, as encoded, for backfill: blocks of bytes,
 * the oldest dropped whole when they pass BACKLOG_AGE_MS or BACKLOG_BYTES.
 */
#ifndef BRIDGE_BACKLOG_H
#define BRIDGE_BACKLOG_H

#include <stddef.h>
#include <stdint.h>

#include "proto/control.h"

#define BACKLOG_AGE_MS (15 * 60 * 1000)
#define BACKLOG_BLOCK 16384
#define BACKLOG_BLOCKS 160 /* 2.5 MiB a drone: 15 minutes at 20 Hz and more */

struct backlog {
	struct backlog_block {
		uint8_t *bytes; /* owned; records of a 2-byte length and a body */
		size_t len;
		uint32_t first, count;
		int64_t last_ms;
	} blocks[BACKLOG_BLOCKS];
	size_t oldest, count;
	uint32_t next; /* seq after the newest */
};

void backlog_clear(struct backlog *b);
/* seq is one more than the last. */
void backlog_add(struct backlog *b, uint32_t seq, int64_t mono_ms, const void *body, size_t len);
void backlog_fill(const struct backlog *b, uint32_t boot, uint32_t asked_boot, uint32_t from,
    uint32_t to, struct backfill *out);

#endif
