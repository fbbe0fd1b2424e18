/* Columns, chunks, plain rows and the queue: what goes in comes out. */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "history/chunk.h"
#include "history/delta.h"
#include "history/plain.h"
#include "history/queue.h"

/* ---- columns ---- */

typedef int64_t make_value(struct rng *rng, size_t i, int64_t before);

static int64_t constant(struct rng *rng, size_t i, int64_t before)
{
	(void)rng;
	(void)i;
	(void)before;
	return -7;
}

static int64_t counting(struct rng *rng, size_t i, int64_t before)
{
	(void)rng;
	(void)before;
	return 1795219200000 + (int64_t)i * 100;
}

static int64_t walking(struct rng *rng, size_t i, int64_t before)
{
	(void)i;
	return before + (int64_t)(rng_next(rng) % 41) - 20;
}

static int64_t rare_steps(struct rng *rng, size_t i, int64_t before)
{
	(void)i;
	return before - (rng_next(rng) % 50 == 0);
}

static int64_t noise(struct rng *rng, size_t i, int64_t before)
{
	(void)i;
	(void)before;
	return (int64_t)rng_next(rng);
}

static int64_t extremes(struct rng *rng, size_t i, int64_t before)
{
	static const int64_t values[] = { INT64_MIN, INT64_MAX, 0, -1, 1 };

	(void)i;
	(void)before;
	return values[rng_next(rng) % 5];
}

static int64_t bursts(struct rng *rng, size_t i, int64_t before)
{
	return i % 100 < 60 ? before : (int64_t)((uint64_t)before + (rng_next(rng) >> (rng_next(rng) % 64)));
}

static void test_columns_come_back(void **state)
{
	static const struct {
		const char *legend;
		make_value *make;
		double bytes_each; /* at most, of a long column */
	} cases[] = {
		{ "constant", constant, 0.01 }, { "counting", counting, 0.02 },
		{ "walking by 20", walking, 0.85 }, { "rare steps", rare_steps, 0.06 },
		{ "64 bits of noise", noise, 11.1 }, { "extremes", extremes, 11.1 },
		{ "bursts", bursts, 6 },
	};
	static const size_t lengths[] = { 1, 2, 3, 63, 64, 65, 300, CHUNK_MAX };
	static int64_t in[CHUNK_MAX], out[CHUNK_MAX];
	static uint64_t scratch[CHUNK_MAX];
	static uint8_t coded[DELTA_BOUND(CHUNK_MAX)];

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		for (size_t l = 0; l < ARRAY_LEN(lengths); l++) {
			size_t n = lengths[l], len;
			struct rng rng;

			rng_init(&rng, c, l);
			for (size_t i = 0; i < n; i++)
				in[i] = cases[c].make(&rng, i, i ? in[i - 1] : 500);
			len = delta_encode(in, n, scratch, coded);
			CHECK(cases[c].legend, len <= DELTA_BOUND(n));
			CHECK(cases[c].legend, delta_decode(coded, len, out, n));
			CHECK(cases[c].legend, memcmp(in, out, n * sizeof(in[0])) == 0);
			if (n == CHUNK_MAX && (double)len > cases[c].bytes_each * (double)n)
				fail_msg("%s: %zu bytes for %zu", cases[c].legend, len, n);
			/* Cut or changed bytes never do harm. */
			for (size_t cut = 0; cut < len; cut += 1 + len / 50)
				(void)delta_decode(coded, cut, out, n);
			for (size_t i = 0; i < 50; i++) {
				uint8_t old = coded[i % len];

				coded[i % len] = (uint8_t)rng_next(&rng);
				(void)delta_decode(coded, len, out, n);
				coded[i % len] = old;
			}
		}
	}
}

static void test_varints(void **state)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX };
	uint8_t bytes[10];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		size_t n = varint_put(bytes, values[i]);
		const uint8_t *p = bytes;
		uint64_t v;

		assert_true(varint_get(&p, bytes + n, &v));
		assert_true(v == values[i] && p == bytes + n);
		p = bytes;
		assert_false(varint_get(&p, bytes + n - 1, &v));
	}
}

/* ---- chunks ---- */

/* Bodies as they may come: nils, short, whole, and longer than the table. */
static void make_body(struct buf *b, struct rng *rng, uint32_t seq, unsigned kind)
{
	size_t n = kind == 0 ? FIELD_COUNT : kind == 1 ? 3 + rng_next(rng) % (FIELD_COUNT - 3)
						       : FIELD_COUNT + 1 + rng_next(rng) % 4;

	buf_clear(b);
	wire_put_array(b, n);
	for (size_t f = 0; f < n; f++) {
		if (f == FIELD_boot)
			wire_put_uint(b, 77);
		else if (f == FIELD_seq)
			wire_put_uint(b, seq);
		else if (f == FIELD_time)
			wire_put_uint(b, 1795219200000u + seq * 100);
		else if (f == FIELD_COUNT)
			wire_put_text(b, "not of this version");
		else if (f == FIELD_COUNT + 1)
			wire_put_array(b, 0);
		else if (f > FIELD_COUNT)
			wire_put_number(b, 0.1 * (double)f);
		else if (rng_next(rng) % 5 == 0)
			wire_put_nil(b);
		else
			wire_put_int(b, field_table[f].min +
					    (int64_t)(rng_next(rng) % 100));
	}
}

static void test_chunks_give_back_the_bytes(void **state)
{
	static const struct {
		const char *legend;
		unsigned kind, kinds;
		size_t n;
	} cases[] = {
		{ "one sample", 0, 1, 1 }, { "whole arrays", 0, 1, 300 },
		{ "short arrays", 1, 1, 300 }, { "long arrays", 2, 1, 300 },
		{ "all mixed", 0, 3, CHUNK_MAX },
	};
	struct chunk in, out;

	(void)state;
	chunk_init(&in);
	chunk_init(&out);
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct buf body = BUF_INIT, bytes = BUF_INIT, again = BUF_INIT;
		struct rng rng;

		rng_init(&rng, c, 1);
		chunk_reset(&in, 77);
		for (size_t i = 0; i < cases[c].n; i++) {
			make_body(&body, &rng, (uint32_t)(i * (1 + c)),
			    cases[c].kind + (unsigned)i % cases[c].kinds);
			CHECK(cases[c].legend,
			    chunk_add(&in, body.data, body.len, 5000 + (int64_t)i * 3, i % 7 == 3));
		}
		chunk_encode(&in, &bytes);
		CHECK(cases[c].legend, chunk_decode(&out, bytes.data, bytes.len, COLUMNS_ALL));
		CHECK(cases[c].legend, out.count == cases[c].n && out.boot == 77);
		rng_init(&rng, c, 1);
		for (size_t i = 0; i < cases[c].n; i++) {
			make_body(&body, &rng, (uint32_t)(i * (1 + c)),
			    cases[c].kind + (unsigned)i % cases[c].kinds);
			buf_clear(&again);
			chunk_body(&out, i, &again);
			CHECK(cases[c].legend, again.len == body.len &&
				memcmp(again.data, body.data, body.len) == 0);
			CHECK(cases[c].legend, out.backfilled[i] == (i % 7 == 3));
			CHECK(cases[c].legend,
			    out.columns[COLUMN_ARRIVED][i] == 5000 + (int64_t)i * 3);
		}
		/* Some columns alone are the same as all together. */
		CHECK(cases[c].legend, chunk_decode(&in, bytes.data, bytes.len,
					   COLUMN_BIT(FIELD_height) | COLUMN_BIT(FIELD_seq)));
		for (size_t i = 0; i < cases[c].n; i++)
			CHECK(cases[c].legend,
			    in.columns[FIELD_height][i] == out.columns[FIELD_height][i]);
		/* A changed byte is found. */
		for (size_t i = 0; i < bytes.len; i += 1 + bytes.len / 60) {
			bytes.data[i] ^= 0x10;
			CHECK(cases[c].legend,
			    !chunk_decode(&in, bytes.data, bytes.len, COLUMNS_ALL) || i < 8);
			bytes.data[i] ^= 0x10;
			CHECK(cases[c].legend, !chunk_decode(&in, bytes.data, i, COLUMNS_ALL));
		}
		buf_free(&body);
		buf_free(&bytes);
		buf_free(&again);
	}
	chunk_clear(&in);
	chunk_clear(&out);
}

/* Any sample of any shape: values from end to end of each field, nils, extras. */
static void make_any(struct buf *b, struct rng *rng, uint32_t seq, int64_t time)
{
	size_t n = 3 + rng_next(rng) % (FIELD_COUNT + 2);
	unsigned nils = (unsigned)(rng_next(rng) % 4);

	buf_clear(b);
	wire_put_array(b, n);
	for (size_t f = 0; f < n; f++) {
		if (f == FIELD_boot)
			wire_put_uint(b, 5);
		else if (f == FIELD_seq)
			wire_put_uint(b, seq);
		else if (f == FIELD_time)
			wire_put_int(b, time);
		else if (rng_next(rng) % 4 < nils)
			wire_put_nil(b);
		else if (f >= FIELD_COUNT)
			wire_put_number(b, (double)(rng_next(rng) >> 11));
		else
			wire_put_int(b, rng_next(rng) % 3 == 0 ? field_table[f].min
				     : rng_next(rng) % 3 == 0 ? field_table[f].max
				     : field_table[f].min + (int64_t)(rng_next(rng) %
						((uint64_t)(field_table[f].max - field_table[f].min) / 2 + 1)));
	}
}

/* Up to a moment, and in some columns, a chunk is what it is as a whole. */
static void check_parts(const char *legend, const struct buf *bytes, const struct chunk *whole,
    struct chunk *part, struct rng *rng)
{
	const int64_t *time = whole->columns[FIELD_time];

	for (int n = 0; n < 8; n++) {
		uint64_t columns = rng_next(rng) | COLUMN_BIT(FIELD_time);
		int64_t first = time[rng_next(rng) % whole->count] + (int64_t)(rng_next(rng) % 3) - 1;
		int64_t last = first + (int64_t)(rng_next(rng) % 2000);
		size_t count = whole->count;

		while (count > 0 && (time[count - 1] < first || time[count - 1] > last))
			count--;
		columns &= COLUMNS_ALL;
		CHECK(legend, chunk_decode_between(part, bytes->data, bytes->len, columns, first, last));
		CHECK(legend, part->count == count);
		for (int col = FIELD_seq; col < COLUMN_COUNT && count; col++) {
			if (columns & COLUMN_BIT(col))
				CHECK(legend, memcmp(part->columns[col], whole->columns[col],
						  count * sizeof(int64_t)) == 0);
		}
		CHECK(legend, memcmp(part->known, whole->known, count * sizeof(*part->known)) == 0);
	}
}

static void test_any_chunk_comes_back(void **state)
{
	struct chunk in, out, part;
	struct buf body = BUF_INIT, bytes = BUF_INIT, again = BUF_INIT;

	(void)state;
	chunk_init(&in);
	chunk_init(&out);
	chunk_init(&part);
	for (unsigned seed = 0; seed < 150; seed++) {
		struct rng rng, same;
		size_t n = 1 + seed * 7 % CHUNK_MAX;
		char legend[32];
		int64_t time = 1795219200000;

		snprintf(legend, sizeof(legend), "seed %u", seed);
		rng_init(&rng, seed, 9);
		same = rng;
		chunk_reset(&in, 5);
		for (size_t i = 0; i < n; i++) {
			time += (int64_t)(rng_next(&rng) % 400) - 50;
			make_any(&body, &rng, (uint32_t)i * 3, time);
			CHECK(legend, chunk_add(&in, body.data, body.len, time + 3, i % 5 == 0));
		}
		buf_clear(&bytes);
		chunk_encode(&in, &bytes);
		CHECK(legend, chunk_decode(&out, bytes.data, bytes.len, COLUMNS_ALL));
		CHECK(legend, out.count == n);
		time = 1795219200000;
		for (size_t i = 0; i < n; i++) {
			time += (int64_t)(rng_next(&same) % 400) - 50;
			make_any(&body, &same, (uint32_t)i * 3, time);
			buf_clear(&again);
			chunk_body(&out, i, &again);
			CHECK(legend, again.len == body.len &&
				memcmp(again.data, body.data, body.len) == 0);
		}
		check_parts(legend, &bytes, &out, &part, &rng);
	}
	chunk_clear(&in);
	chunk_clear(&out);
	chunk_clear(&part);
	buf_free(&body);
	buf_free(&bytes);
	buf_free(&again);
}

/* ---- plain rows ---- */

static void test_plain_rows_are_put_in_order(void **state)
{
	static const uint32_t drones[] = { 130, 2, 66, 2, 2, 130, 66 };
	static const uint32_t seqs[] = { 5, 9, 1, 7, 8, 5, 0 };
	struct plain_list l = { 0 };
	struct buf blob = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(drones); i++) {
		struct plain_row row = { .drone = drones[i], .boot = 1, .seq = seqs[i], .len = 1,
			.arrived_ms = -4, .backfilled = i == 1, .body = (const unsigned char *)"abcdefg" + i };

		plain_put(&blob, &row);
	}
	assert_true(plain_list_add(&l, blob.data, blob.len, 2, 0));
	plain_list_sort(&l);
	assert_int_equal(l.count, 7);
	for (size_t i = 1; i < l.count; i++)
		assert_true(l.items[i - 1].drone < l.items[i].drone ||
		    (l.items[i - 1].drone == l.items[i].drone &&
			l.items[i - 1].seq <= l.items[i].seq));
	assert_int_equal(l.items[2].seq, 9);
	assert_true(l.items[2].backfilled);
	assert_int_equal(l.items[2].arrived_ms, -4);
	assert_int_equal(l.data.data[l.items[2].at], 'b');
	assert_false(plain_list_add(&l, blob.data, blob.len - 1, 2, 0));
	assert_false(plain_list_add(&l, blob.data, blob.len, 3, 0));
	plain_list_reset(&l);
	assert_true(plain_list_add(&l, blob.data, blob.len, 2, 66));
	assert_int_equal(l.count, 2);
	plain_list_clear(&l);
	buf_free(&blob);
}

/* ---- the queue ---- */

#define RECORDS 200000

static void *produce(void *context)
{
	struct queue *q = context;
	struct rng rng;

	rng_init(&rng, 1, 1);
	for (uint64_t i = 0; i < RECORDS; i++) {
		size_t n = 8 + rng_next(&rng) % 300;
		unsigned char *p;

		while (!(p = queue_begin(q, n)))
			sched_yield();
		memset(p, (int)(i & 0xff), n);
		memcpy(p, &i, sizeof(i));
		queue_end(q);
	}
	return NULL;
}

static void test_the_queue_between_two_threads(void **state)
{
	pthread_t thread;
	struct queue q;
	struct rng rng;

	(void)state;
	queue_init(&q, 16384);
	rng_init(&rng, 1, 1);
	assert_int_equal(pthread_create(&thread, NULL, produce, &q), 0);
	for (uint64_t i = 0; i < RECORDS; i++) {
		size_t expected = 8 + rng_next(&rng) % 300, n;
		const unsigned char *p;
		uint64_t value;

		while (!(p = queue_peek(&q, &n)))
			sched_yield();
		memcpy(&value, p, sizeof(value));
		if (n != expected || value != i || (n > 8 && p[n - 1] != (i & 0xff)))
			fail_msg("record %llu is not the one that was put", (unsigned long long)i);
		queue_drop(&q);
	}
	pthread_join(thread, NULL);
	assert_int_equal(queue_used(&q), 0);
	queue_clear(&q);
}

static void test_a_full_queue_says_so(void **state)
{
	struct queue q;
	size_t n, taken = 0;

	(void)state;
	queue_init(&q, 4096);
	assert_null(queue_begin(&q, 5000));
	while (queue_begin(&q, 100)) {
		queue_end(&q);
		taken++;
	}
	assert_int_equal(taken, 4096 / 112);
	assert_true(queue_used(&q) <= 4096);
	assert_non_null(queue_peek(&q, &n));
	assert_int_equal(n, 100);
	queue_drop(&q);
	assert_non_null(queue_begin(&q, 64));
	queue_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_come_back),
		cmocka_unit_test(test_varints),
		cmocka_unit_test(test_chunks_give_back_the_bytes),
		cmocka_unit_test(test_any_chunk_comes_back),
		cmocka_unit_test(test_plain_rows_are_put_in_order),
		cmocka_unit_test(test_the_queue_between_two_threads),
		cmocka_unit_test(test_a_full_queue_says_so),
	};

	return cmocka_run_group_tests_name("history_codec", tests, NULL, NULL);
}
