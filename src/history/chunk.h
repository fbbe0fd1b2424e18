/*
 * Some samples of one drone and one boot, column by column: what a sealed row
 * holds, and the form in which stored samples are read.
 *
 * Written: field by field by delta_encode(), a few as the difference from a
 * field that moves with them (height from alt), which values are known,
 * which were backfilled, when each arrived, how many elements its array had,
 * and the bytes of elements past the field table as they came; all of it in
 * one zstd frame with a checksum.
 *
 * Reading can leave out columns, and samples past a moment: what is not wanted is
 * not decoded. What is read is within the field table, whatever the bytes.
 */
#ifndef HISTORY_CHUNK_H
#define HISTORY_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/sample.h"

#define CHUNK_MAX 1024 /* samples */
/* Columns lie a cache line off a power of two, so that the values of one
 * sample do not all fall into the same lines of the cache. */
#define CHUNK_STRIDE (CHUNK_MAX + 8)

enum {
	COLUMN_ARRIVED = FIELD_COUNT, /* ms, the daemon's clock */
	COLUMN_LENGTH,                /* elements of the array on the wire */
	COLUMN_COUNT
};
_Static_assert(COLUMN_COUNT <= 63, "columns are chosen by a uint64_t, known by bits");

#define COLUMN_BIT(c) (UINT64_C(1) << (c))
#define COLUMNS_ALL (COLUMN_BIT(COLUMN_COUNT) - 1)

struct chunk {
	uint32_t boot;
	size_t count;
	unsigned fields;               /* of the program that wrote it */
	int64_t (*columns)[CHUNK_STRIDE]; /* [COLUMN_COUNT]; boot's is not used */
	uint64_t *known;               /* bit f: the sample has field f */
	bool *backfilled;
	uint32_t *extra_at;            /* count + 1 offsets into extra */
	struct buf extra;              /* elements past the table, as they came */
	/* Where reading and writing work. */
	struct buf scratch;
	int64_t *work;
	void *compress, *decompress;   /* zstd's contexts */
};

void chunk_init(struct chunk *c);
void chunk_clear(struct chunk *c);
/* Empties it for samples of that boot. */
void chunk_reset(struct chunk *c, uint32_t boot);

/* True where a body of that length should begin another chunk. */
bool chunk_full(const struct chunk *c, size_t len);
/* Appends a sample from its body; false where the chunk is full, or the body
 * no sample (which cannot be: it was one when it arrived). */
bool chunk_add(struct chunk *c, const void *body, size_t len, int64_t arrived_ms,
    bool backfilled);
/* The time of a sample's body without reading the rest; false where it has to
 * be read to know. */
bool chunk_peek_time(const void *body, size_t len, int64_t *time_ms);
/* Appends sample i of another chunk of the same boot. */
bool chunk_copy(struct chunk *c, const struct chunk *from, size_t i);
/* Appends the bytes of a sealed row. */
void chunk_encode(struct chunk *c, struct buf *out);
/* Reads them; false where they are damaged. Of columns only those wanted. */
bool chunk_decode(struct chunk *c, const void *bytes, size_t len, uint64_t wanted);
/* The same up to the last sample with a time in [first_ms, last_ms]: count is 0
 * where there is none. time must be wanted. */
bool chunk_decode_between(struct chunk *c, const void *bytes, size_t len, uint64_t wanted,
    int64_t first_ms, int64_t last_ms);
/* The same of the row that was decoded last, for who did not know yet what is wanted. */
bool chunk_decode_again(struct chunk *c, uint64_t wanted, int64_t first_ms, int64_t last_ms);

/* Sample i as it was, all columns having been read; and as a body. */
void chunk_sample(const struct chunk *c, size_t i, struct sample *s);
void chunk_body(const struct chunk *c, size_t i, struct buf *b);

#endif
