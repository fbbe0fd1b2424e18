/*
 * MAVLink frames, version 1 and 2: found in any stream of bytes and written.
 *
 *	v1  FE len seq sys comp id payload crc(2)
 *	v2  FD len incompat compat seq sys comp id(3) payload crc(2) [signature(13)]
 *
 * The CRC is CRC-16/MCRF4XX over all but the magic byte, and then CRC_EXTRA
 * of the message (MAVLink guide, "Packet Serialization").
 *
 * The parser takes bytes as they come, text and noise among them: what fails
 * the check loses its first byte and is looked through again, so that a frame
 * behind a false start is still found. A run of such bytes between two frames
 * is counted once. A frame whose message no table knows cannot be checked: it is
 * passed over whole, as foreign, where it says the sender of the frame before
 * and another begins right behind it or the datagram ends there; else it is
 * noise.
 */
#ifndef BRIDGE_FRAME_H
#define BRIDGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "bridge/messages.h"

#define FRAME_V1 0xFE
#define FRAME_V2 0xFD
#define FRAME_SIGNED 0x01   /* incompat flag */
#define SIGNATURE_SIZE 13   /* link, 6 bytes of time, 6 of hash */
#define FRAME_MAX (10 + MAV_PAYLOAD_MAX + 2 + SIGNATURE_SIZE)

struct frame {
	uint8_t version; /* 1 or 2 */
	uint8_t incompat, compat, seq, sys, comp;
	uint32_t id;
	uint8_t len;     /* of the payload as it came */
	uint8_t payload[MAV_PAYLOAD_MAX]; /* zero-filled */
	uint8_t raw[FRAME_MAX];
	size_t raw_len;
};

static inline bool frame_is_signed(const struct frame *f)
{
	return f->version == 2 && f->incompat & FRAME_SIGNED;
}

struct frame_parser {
	uint8_t bytes[2 * FRAME_MAX];
	size_t from, to;   /* unread: bytes[from..to) */
	uint8_t sys, comp; /* of the last frame */
	bool in_bad;       /* within a run of bad bytes */
	uint64_t frames, foreign, bad_runs, bad_bytes;
};

/* Takes bytes from *data, *len (both moved on) until a frame is complete: true
 * with *out, or false where all were taken. Call it again until false. */
bool frame_parse(struct frame_parser *p, const uint8_t **data, size_t *len, struct frame *out);
/* A frame cannot go on from here (the end of a datagram): what is left of one
 * is bad. Frames within it are not looked for. */
void frame_parser_break(struct frame_parser *p);

/* A frame at the start of the bytes: its length, with *out filled in; or one of
 * these. */
enum { FRAME_PART = 0, FRAME_NONE = -1, FRAME_UNKNOWN_ID = -2 };
int frame_at(const uint8_t *bytes, size_t len, struct frame *out);
/* What the head says of the whole length; len must be FRAME_HEAD_MAX or more. */
#define FRAME_HEAD_MAX 10
size_t frame_length(const uint8_t *bytes);

/* Who sends, and how. */
struct frame_writer {
	uint8_t sys, comp, seq;
	uint8_t version;  /* 1 or 2 */
};

/* Writes the message, its struct in `in`, without signature: returns its
 * length. signed_later sets the flag, and leaves room for the signature. */
size_t frame_write(struct frame_writer *w, uint32_t id, const void *in, bool signed_later,
    uint8_t out[FRAME_MAX]);

/* CRC-16/MCRF4XX; start with 0xFFFF. */
uint16_t frame_crc(uint16_t crc, const uint8_t *data, size_t len);

#endif
