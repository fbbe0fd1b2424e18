/*
 * Signatures of MAVLink 2 frames (MAVLink guide, "Message Signing"): the first
 * 48 bits of SHA-256(key, frame from its magic to its CRC, link, time), with a
 * time in units of 10 us since 2015-01-01 that grows on each link.
 *
 * Without a key, frames are taken whether signed or not, and signatures are
 * not looked at: a PX4 here signs with an all-zero key though told not to.
 * With a key, frames must be signed with it and be newer than the last of that
 * sender, but for RADIO_STATUS, which radios cannot sign.
 */
#ifndef BRIDGE_SIGNING_H
#define BRIDGE_SIGNING_H

#include "base/err.h"
#include "bridge/frame.h"

#define SIGNING_KEY_SIZE 32
#define SIGNING_STREAMS 1024 /* senders remembered; the oldest is overwritten */

struct signing {
	bool on;
	uint8_t key[SIGNING_KEY_SIZE];
	uint64_t last_sent; /* 10 us since 2015 */
	struct signing_stream {
		uint8_t sys, comp, link;
		uint64_t last;
	} streams[SIGNING_STREAMS];
	size_t stream_count, stream_next;
	uint64_t refused;
};

/* The key file: 64 hexadecimal digits, or exactly 32 bytes; only its owner may
 * read it. 0 with signing on, or -1 with a sentence. */
int signing_read_key(struct signing *s, const char *path, struct err *err);

/* Appends the signature to a frame of len bytes written with its flag set:
 * the new length. wall_ms since 1970. */
size_t signing_sign(struct signing *s, uint8_t link, int64_t wall_ms, uint8_t *frame, size_t len);

/* Whether the frame may be believed; counts those that may not. */
bool signing_accepts(struct signing *s, const struct frame *f, int64_t wall_ms);

#endif
