/* Backlogs: what they hold, against a plain list; limits of size and age. */
#include "unit.h"

#include "fleet/backlog.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

static void add(struct backlog *r, uint32_t boot, uint32_t seq, int64_t time, size_t len)
{
	unsigned char body[200];

	memset(body, (int)(seq & 0xff), sizeof(body));
	memcpy(body, &boot, sizeof(boot));
	memcpy(body + 4, &seq, sizeof(seq));
	backlog_add(r, boot, seq, time, body, len);
}

/* The reply as text: samples, held and lost. */
static const char *ask(const struct backlog *r, uint32_t boot, uint32_t from, uint32_t to, size_t len,
    char text[400])
{
	struct backfill bf = { 0 };
	size_t n = 0;

	backlog_backfill(r, boot, from, to, &bf);
	n += (size_t)snprintf(text, 400, "%zu", bf.count);
	for (size_t i = 0; i < bf.count; i++) {
		uint32_t b, s;

		memcpy(&b, bf.samples.data + i * len, sizeof(b));
		memcpy(&s, bf.samples.data + i * len + 4, sizeof(s));
		if (i == 0)
			n += (size_t)snprintf(text + n, 400 - n, " from %u", s);
		assert_int_equal(b, boot);
		if (i > 0) {
			uint32_t before;

			memcpy(&before, bf.samples.data + (i - 1) * len + 4, sizeof(before));
			assert_int_equal(s, before + 1);
		}
	}
	if (bf.more)
		n += (size_t)snprintf(text + n, 400 - n, " more");
	for (size_t i = 0; i < bf.held_count; i++)
		n += (size_t)snprintf(text + n, 400 - n, " held %u:%u-%u", bf.held[i].boot,
		    bf.held[i].oldest, bf.held[i].newest);
	for (size_t i = 0; i < bf.lost.count; i++)
		n += (size_t)snprintf(text + n, 400 - n, " lost %u-%u", bf.lost.items[i].from,
		    bf.lost.items[i].to);
	backfill_clear(&bf);
	return text;
}

static void test_asking(void **state)
{
	static const struct { const char *legend; uint32_t boot, from, to; const char *want; } cases[] = {
		{ "some", 7, 2, 4, "3 from 2 held 7:0-9 held 9:0-4" },
		{ "one", 7, 3, 3, "1 from 3 held 7:0-9 held 9:0-4" },
		{ "past the end of an ended boot", 7, 8, 20, "2 from 8 held 7:0-9 held 9:0-4 lost 10-20" },
		{ "beyond an ended boot", 7, 15, 20, "0 held 7:0-9 held 9:0-4 lost 15-20" },
		{ "the boot that goes on", 9, 3, 20, "2 from 3 held 7:0-9 held 9:0-4" },
		{ "not yet there", 9, 5, 6, "0 held 7:0-9 held 9:0-4" },
		{ "unknown boot", 8, 0, 9, "0 held 7:0-9 held 9:0-4" },
		{ "backwards", 7, 4, 2, "0 held 7:0-9 held 9:0-4" },
		{ "everything", 9, 0, UINT32_MAX, "5 from 0 held 7:0-9 held 9:0-4" },
	};
	struct backlog r;
	char text[400];

	(void)state;
	backlog_init(&r, 1 << 20);
	for (uint32_t i = 0; i < 10; i++)
		add(&r, 7, i, 1000 + i, 100);
	for (uint32_t i = 0; i < 5; i++)
		add(&r, 9, i, 2000 + i, 100);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = ask(&r, cases[i].boot, cases[i].from, cases[i].to, 100, text);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].legend, got, cases[i].want);
	}
	backlog_clear(&r);
}

static void test_more_than_a_reply(void **state)
{
	struct backlog r;
	char text[400];

	(void)state;
	backlog_init(&r, 1 << 20);
	for (uint32_t i = 0; i < 2500; i++)
		add(&r, 7, i, 1000 + i, 90);
	assert_string_equal(ask(&r, 7, 10, 2499, 90, text), "2000 from 10 more held 7:0-2499");
	assert_string_equal(ask(&r, 7, 2010, 2499, 90, text), "490 from 2010 held 7:0-2499");
	assert_string_equal(ask(&r, 7, 0, 1999, 90, text), "2000 from 0 held 7:0-2499");
	backlog_clear(&r);
}

static void test_age(void **state)
{
	struct backlog r;
	char text[400];

	(void)state;
	backlog_init(&r, 1 << 20);
	for (uint32_t i = 0; i <= 1000; i++)
		add(&r, 7, i, 4294000000 + (int64_t)i * 1000, 90); /* over the 32 bits kept */
	assert_string_equal(ask(&r, 7, 0, 99, 90, text), "0 held 7:100-1000 lost 0-99");
	/* A boot of which nothing is left is still known. */
	for (uint32_t i = 0; i < 3; i++)
		add(&r, 8, i, 4294000000 + 3000000 + (int64_t)i * 1000, 90);
	assert_string_equal(ask(&r, 7, 0, 5000, 90, text), "0 held 8:0-2 lost 0-5000");
	backlog_clear(&r);
}

static void test_size(void **state)
{
	static const size_t limits[] = { 512, 1000, 4096, 5000, 10000, 65536 };
	struct rng rng;

	(void)state;
	rng_init(&rng, 5, 5);
	for (size_t l = 0; l < ARRAY_LEN(limits); l++) {
		struct backlog r;
		uint32_t boot = 1, seq = 0;

		backlog_init(&r, limits[l]);
		for (int i = 0; i < 5000; i++) {
			struct backfill bf = { 0 };
			const void *newest;
			size_t len = 60 + rng_next(&rng) % 140, newest_len;
			uint32_t got;

			if (rng_next(&rng) % 500 == 0) {
				boot += 5;
				seq = 0;
			}
			add(&r, boot, seq++, i * 100, len);
			assert_true(r.cap <= limits[l] && r.used <= r.cap);
			newest = backlog_newest(&r, &newest_len);
			assert_non_null(newest);
			memcpy(&got, (const char *)newest + 4, sizeof(got));
			assert_int_equal(newest_len, len);
			assert_int_equal(got, seq - 1);
			if (i % 50)
				continue;
			/* Held and lost together are all there was, and what is
			 * held comes. */
			backlog_backfill(&r, boot, 0, seq - 1, &bf);
			assert_int_equal(bf.count + ranges_total(&bf.lost), seq);
			assert_true(bf.held_count > 0);
			assert_int_equal(bf.held[bf.held_count - 1].newest, seq - 1);
			/* It holds about as much as it may. */
			assert_true(i < 1000 || r.used + 300 > limits[l] / 2);
			backfill_clear(&bf);
		}
		backlog_clear(&r);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asking),
		cmocka_unit_test(test_more_than_a_reply),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests_name("backlog", tests, NULL, NULL);
}
