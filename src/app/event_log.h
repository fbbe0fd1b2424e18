/*
 * The newest events, kept to be told once more: to a screen that comes late.
 *
 * They are numbered in the order they arrived in, from 0; the numbers are of this
 * run. The oldest gives way. Some 300 bytes each.
 */
#ifndef APP_EVENT_LOG_H
#define APP_EVENT_LOG_H

#include <stdint.h>

#include "base/buf.h"
#include "proto/messages.h"

#define EVENT_LOG_MAX 1000
#define EVENT_LOG_REPLY_MAX 500 /* in one reply */

/* Zero-initialised is empty. */
struct event_log {
	struct kept_event {
		char drone[ID_SIZE];
		char *body; /* as on the wire; owned */
		size_t len;
	} rows[EVENT_LOG_MAX]; /* ring; the newest is total - 1 */
	uint64_t total;
};

void event_log_add(struct event_log *log, const struct event *ev);
/* The whole reply to `events` of odyssey-protocol(7): the newest `limit` at most of those
 * with a number below `before`, of a drone or ("") all. */
void event_log_reply(struct buf *b, const struct event_log *log, const char *drone, uint64_t before,
    uint64_t limit);
void event_log_clear(struct event_log *log);

#endif
