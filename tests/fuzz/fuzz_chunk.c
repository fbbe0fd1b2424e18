/* Any bytes as a sealed row, as they are and as what a good zstd frame holds: never a
 * crash; what is taken is samples, and comes back the same when it is sealed again. */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "history/chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct chunk once, again, some;

static void check_samples(const struct chunk *c)
{
	struct buf body = BUF_INIT;

	for (size_t i = 0; i < c->count; i++) {
		struct sample s, read;
		struct reject why;

		chunk_sample(c, i, &s);
		for (int f = 0; f < FIELD_COUNT; f++) {
			if (sample_has(&s, (enum field)f) &&
			    (s.raw[f] < field_table[f].min || s.raw[f] > field_table[f].max))
				abort();
		}
		buf_clear(&body);
		chunk_body(c, i, &body);
		/* Extras of a damaged row may be no elements; all else must be. */
		if (c->extra.len == 0 && s.wire_count <= FIELD_COUNT && c->fields == FIELD_COUNT &&
		    sample_decode(body.data, body.len, &read, &why) == 0 && read.known != s.known)
			abort();
	}
	buf_free(&body);
}

static bool same(const struct chunk *a, const struct chunk *b)
{
	if (a->boot != b->boot || a->count != b->count || a->extra.len != b->extra.len ||
	    (a->extra.len && memcmp(a->extra.data, b->extra.data, a->extra.len) != 0))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->known[i] != b->known[i] || a->backfilled[i] != b->backfilled[i])
			return false;
		for (int col = FIELD_seq; col < COLUMN_COUNT; col++) {
			if (a->columns[col][i] != b->columns[col][i])
				return false;
		}
	}
	return true;
}

static void try(const void *bytes, size_t len)
{
	static const uint64_t wanted = COLUMN_BIT(FIELD_seq) | COLUMN_BIT(FIELD_height) |
	    COLUMN_BIT(COLUMN_ARRIVED);
	struct buf sealed = BUF_INIT;
	bool good = chunk_decode(&once, bytes, len, COLUMNS_ALL);

	/* Fewer columns are never harder to read. */
	if (chunk_decode(&some, bytes, len, wanted) < good)
		abort();
	if (good) {
		check_samples(&once);
		chunk_encode(&once, &sealed);
		if (!chunk_decode(&again, sealed.data, sealed.len, COLUMNS_ALL) || !same(&once, &again))
			abort();
	}
	buf_free(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t bound = ZSTD_compressBound(size), n;
	void *frame = malloc(bound);

	if (!once.columns) {
		chunk_init(&once);
		chunk_init(&again);
		chunk_init(&some);
	}
	try(data, size);
	n = ZSTD_compress(frame, bound, data, size, 1);
	if (!ZSTD_isError(n))
		try(frame, n);
	free(frame);
	return 0;
}
