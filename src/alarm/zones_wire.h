/*
 * Zones from one program to another: what a daemon enforces, told to screens and
 * shells that are not on its machine. The reply to `zones` of odyssey-protocol(7).
 *
 * The daemon:
 *
 *	zones_wire_revision(set, revision)		once
 *	zones_wire_reply(&reply, set, revision, from, &err)
 *
 * Who asks, until it has them all:
 *
 *	struct zones_told told = { 0 };
 *	while ((more = zones_told_add(&told, reply, &err)) > 0)
 *		...ask for those from told.have on...
 *	if (more == 0)
 *		zones_told_set(&told, &set, &err);
 *	zones_told_clear(&told);
 *
 * They are told as they are enforced: outlines mended and joined, heights and
 * kinds of the section laid over them. So they are not checked again, only
 * their bounds are. A zone of a kind that is not known here is drawn and no more;
 * a height above something that is not known makes the whole answer useless.
 */
#ifndef ALARM_ZONES_WIRE_H
#define ALARM_ZONES_WIRE_H

#include "alarm/zones.h"
#include "base/buf.h"
#include "proto/wire.h"

/* A reply holds whole zones, and is not much longer than that unless one is. */
#define ZONES_REPLY_BYTES (256u << 10)
#define ZONES_REVISION_SIZE 17 /* 16 hexadecimal digits */

/* The same text for the same zones in the same order, in every run. set may be
 * NULL, as everywhere: no zones. */
void zones_wire_revision(const struct zone_set *set, char text[ZONES_REVISION_SIZE]);

/* The whole reply with zones from that number on; where who asks has them all as
 * of `has` (may be ""), none. -1 with a sentence where a zone is too large for any
 * message; then nothing is written. */
int zones_wire_reply(struct buf *b, const struct zone_set *set, const char *revision,
    const char *has, uint64_t from, struct err *err);

/* What has been told so far. Zero-initialised is nothing. */
struct zones_told {
	char revision[ZONES_REVISION_SIZE];
	bool same;           /* as who asked said to have them: there is nothing to take */
	size_t have, points;
	struct told_zone *zones; /* owned */
	size_t cap;
};

/* 1: the answer was taken, and there are more, from number `have` on; 0: that is
 * all; -1: it cannot be used, with a sentence. Where the zones have become others
 * meanwhile it begins anew. */
int zones_told_add(struct zones_told *t, const wire_value *reply, struct err *err);
/* Made into a set of one's own; NULL where there are none. -1 with a sentence. */
int zones_told_set(const struct zones_told *t, struct zone_set **set, struct err *err);
void zones_told_clear(struct zones_told *t);

#endif
