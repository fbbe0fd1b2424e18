/*
 * What a source keeps of one drone for backfill: its last samples, as encoded,
 * in a circle of bytes bounded in size and in age. Records are whole or gone;
 * the oldest go first.
 *
 * Sequence numbers within a boot are contiguous, so what is held of a boot is
 * one span; a few ended boots are remembered after their samples are gone,
 * to be able to say that those are lost.
 */
#ifndef FLEET_BACKLOG_H
#define FLEET_BACKLOG_H

#include <stddef.h>
#include <stdint.h>

#include "proto/control.h"

#define BACKLOG_BOOTS 16 /* boots remembered; the oldest is forgotten first */
#define BACKLOG_AGE_MS (15 * 60 * 1000)

struct backlog {
	unsigned char *bytes; /* owned; grows up to limit */
	size_t cap, limit;
	size_t head, used;    /* oldest record, bytes in use */
	size_t last;          /* newest record, when used > 0 */
	struct backlog_boot {
		uint32_t boot;
		uint32_t oldest; /* held: oldest to next - 1; none where equal */
		uint32_t next;
	} boots[BACKLOG_BOOTS];
	size_t boot_count;
};

/* At most limit bytes, records and their heads. */
void backlog_init(struct backlog *r, size_t limit);
void backlog_clear(struct backlog *r);
/* seq is one more than that boot's last, or a boot greater than all before
 * begins. What is older than BACKLOG_AGE_MS at time_ms goes. */
void backlog_add(struct backlog *r, uint32_t boot, uint32_t seq, int64_t time_ms, const void *body,
    size_t len);
/* The newest sample's bytes, valid until the next backlog_add(); NULL if none. */
const void *backlog_newest(const struct backlog *r, size_t *len);
/* Gathers what a backfill reply says: samples of [from, to] of that boot,
 * what is held, what is lost. */
void backlog_backfill(const struct backlog *r, uint32_t boot, uint32_t from, uint32_t to,
    struct backfill *out);

#endif
