/*
 * MAVLink messages as structs, made from messages.def: struct mav_heartbeat
 * and so on, MAV_HEARTBEAT for an id, and a table that packs and unpacks all
 * of them.
 *
 *	struct mav_attitude a;
 *	if (frame.id == MAV_ATTITUDE)
 *		mav_unpack(MAV_ATTITUDE, frame.payload, &a);
 *
 * A payload shorter than its message (version 2 cuts zeros off the end) must
 * be zero-filled to MAV_PAYLOAD_MAX before, as struct frame has it. Texts in
 * structs are not ended by 0 where they fill their array.
 */
#ifndef BRIDGE_MESSAGES_H
#define BRIDGE_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#define MAV_PAYLOAD_MAX 255

typedef uint8_t mav_u8;
typedef int8_t mav_i8;
typedef uint16_t mav_u16;
typedef int16_t mav_i16;
typedef uint32_t mav_u32;
typedef int32_t mav_i32;
typedef uint64_t mav_u64;
typedef int64_t mav_i64;
typedef float mav_f32;
typedef char mav_char;

#define F(m, type, field, offset) mav_##type field;
#define A(m, type, field, offset, count) mav_##type field[count];
#define MESSAGE(NAME, name, id, min, max, ...) struct mav_##name { __VA_ARGS__ };
#include "bridge/messages.def"
#undef F
#undef A
#undef MESSAGE

enum mav_message {
#define MESSAGE(NAME, name, id, min, max, ...) MAV_##NAME = id,
#include "bridge/messages.def"
#undef MESSAGE
};

struct mav_field {
	const char *name;
	char type[5];       /* "u8", "f32", ... */
	uint8_t size;       /* of an element */
	uint8_t wire, count;
	uint16_t offset;    /* in the struct */
};

struct mav_desc {
	const char *name;
	uint32_t id;
	uint8_t min, max;
	uint16_t size;      /* of the struct */
	const struct mav_field *fields;
	size_t n;
};

extern const struct mav_desc mav_table[]; /* ascending ids */
extern const size_t mav_table_count;

/* NULL for a message that is not ours to read. */
const struct mav_desc *mav_find(uint32_t id);
/* CRC_EXTRA of any message that the common and ArduPilot dialects know, or -1. */
int mav_crc_extra(uint32_t id);

/* Unpacks a payload of MAV_PAYLOAD_MAX bytes into the message's struct. The
 * id must be one of enum mav_message. */
void mav_unpack(uint32_t id, const uint8_t *payload, void *out);
/* Packs the struct and returns the payload's full length: extensions too for
 * version 2, else without. */
size_t mav_pack(uint32_t id, const void *in, int version, uint8_t payload[MAV_PAYLOAD_MAX]);

#endif
