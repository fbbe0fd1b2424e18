/*
 * What happens on a day of a simulated fleet, in the order in which it arrives at a
 * daemon: samples, messages and gaps, entry by entry.
 *
 * The fleet is at work, and has troubles: drones restart, lose their fixes, are not
 * heard for seconds (and what they said is filled in later, or lost), the clocks of two
 * are wrong, the daemon itself is off for 40 s, and once everything is for two minutes.
 * The same number of drones and seconds makes the same day.
 */
#ifndef BENCH_DAY_STORY_H
#define BENCH_DAY_STORY_H

#include "base/buf.h"
#include "history/history.h"
#include "proto/topic.h"

#define STORY_START_MS INT64_C(1795046400000) /* 2026-11-19T00:00:00Z */

enum entry_kind { ENTRY_SAMPLE, ENTRY_MESSAGE, ENTRY_GAP };

struct entry {
	enum entry_kind kind;
	enum topic_kind topic;   /* of a message; its struct follows */
	size_t drone, len;
	int64_t arrived_ms;
	bool backfilled;
	uint32_t boot, from, to; /* of a gap; boot and from of a sample, whose body follows */
	enum gap_state state;
};

struct story;

struct story *story_new(unsigned drones, unsigned seconds);
void story_free(struct story *story);
const char *story_drone(const struct story *story, size_t drone);
/* Appends what arrives in that second of the day; seconds follow one another. */
void story_second(struct story *story, unsigned second, struct buf *log);
/* The entry at *at and its bytes, and moves on; NULL at the end. */
const struct entry *story_next(const struct buf *log, size_t *at, const void **bytes);

#endif
