/*
 * A telemetry sample in memory: the wire integers by field, with a presence
 * bit each. Unknown is unknown: a field whose bit is clear has no value, and
 * sample_value() says NAN for it.
 *
 * Wire integers rather than SI doubles, because what is logged, offered again
 * and compared must be the value that came; sample_value() is the one place
 * where they become SI.
 */
#ifndef PROTO_SAMPLE_H
#define PROTO_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/fields.h"
#include "proto/reject.h"
#include "proto/wire.h"

_Static_assert(FIELD_COUNT <= 64, "presence bits are a uint64_t");

struct sample {
	uint64_t known;           /* bit f: raw[f] has a value */
	int64_t raw[FIELD_COUNT]; /* wire integers */
	uint32_t wire_count;      /* elements the array had, those past the table's end too */
};

static inline bool sample_has(const struct sample *s, enum field f)
{
	return s->known >> f & 1;
}

static inline void sample_set(struct sample *s, enum field f, int64_t raw)
{
	s->known |= UINT64_C(1) << f;
	s->raw[f] = raw;
}

/* The three fields that are always there. */
static inline uint32_t sample_boot(const struct sample *s)
{
	return (uint32_t)s->raw[FIELD_boot];
}

static inline uint32_t sample_seq(const struct sample *s)
{
	return (uint32_t)s->raw[FIELD_seq];
}

static inline int64_t sample_time(const struct sample *s)
{
	return s->raw[FIELD_time];
}

/* In the field's unit, or NAN. */
double sample_value(const struct sample *s, enum field f);
/* Sets from a value in the field's unit: rounded, and held within the
 * field's range; NAN clears it. */
void sample_set_value(struct sample *s, enum field f, double value);
/* True if the flag is known and set. */
bool sample_flag(const struct sample *s, enum sample_flag flag);
/* False only where the flags are known and the bit is clear: a drone not
 * known to be on the ground is in the air. */
bool sample_maybe_in_air(const struct sample *s);

/* Checks against the field table and reads: 0, or -1 with *why. */
int sample_decode(const void *body, size_t len, struct sample *s, struct reject *why);
/* The same for an element of a larger body, as backfill and roster have it. */
int sample_read(const wire_value *v, struct sample *s, struct reject *why);
/* Appends the array, trailing unknown elements left off. */
void sample_encode(struct buf *b, const struct sample *s);
/* Appends a JSON object of the scaled values by name, for the fields whose
 * bit is set in `fields`; unknown is null; time stays in ms. */
void sample_to_json(struct buf *b, const struct sample *s, uint64_t fields);

#endif
