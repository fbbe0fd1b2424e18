/* Sequence coverage: what is here, missing, lost, in whatever order it comes. */
#include "unit.h"

#include "base/rng.h"
#include "fleet/coverage.h"

static enum arrival arrive(struct coverage *c, uint32_t seq)
{
	struct range hole;
	bool opened;

	return coverage_arrive(c, seq, &opened, &hole);
}

static void test_first_sample_opens_what_is_before_it(void **state)
{
	struct coverage c = { 0 };
	struct range hole;
	bool opened;

	(void)state;
	assert_int_equal(coverage_arrive(&c, 7, &opened, &hole), ARRIVAL_NEW);
	assert_true(opened);
	assert_int_equal(hole.from, 0);
	assert_int_equal(hole.to, 6);
	assert_int_equal(ranges_total(&c.missing), 7);
	coverage_clear(&c);
	assert_int_equal(coverage_arrive(&c, 0, &opened, &hole), ARRIVAL_NEW);
	assert_false(opened);
	coverage_clear(&c);
}

static void test_order_of_arrival(void **state)
{
	static const struct {
		const char *legend;
		uint32_t seq;
		enum arrival arrival;
		uint64_t missing;
	} steps[] = {
		{ "first", 0, ARRIVAL_NEW, 0 },
		{ "next", 1, ARRIVAL_NEW, 0 },
		{ "the same again", 1, ARRIVAL_DUPLICATE, 0 },
		{ "three skipped", 5, ARRIVAL_NEW, 3 },
		{ "one of them late", 3, ARRIVAL_LATE, 2 },
		{ "the late one again", 3, ARRIVAL_DUPLICATE, 2 },
		{ "the first skipped", 2, ARRIVAL_LATE, 1 },
		{ "the last skipped", 4, ARRIVAL_LATE, 0 },
		{ "the very first again", 0, ARRIVAL_DUPLICATE, 0 },
		{ "the largest there is", UINT32_MAX, ARRIVAL_NEW, UINT32_MAX - 6u },
	};
	struct coverage c = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		CHECK(steps[i].legend, arrive(&c, steps[i].seq) == steps[i].arrival);
		CHECK(steps[i].legend, ranges_total(&c.missing) == steps[i].missing);
	}
	coverage_clear(&c);
}

static void test_lost_is_not_missing_but_may_still_come(void **state)
{
	struct coverage c = { 0 };

	(void)state;
	arrive(&c, 0);
	arrive(&c, 10);
	arrive(&c, 5);
	assert_int_equal(coverage_lose(&c, 0, 7), 6); /* 1-4 and 6-7; 0 and 5 are here */
	assert_int_equal(ranges_total(&c.missing), 2);
	assert_int_equal(ranges_total(&c.lost), 6);
	assert_int_equal(arrive(&c, 6), ARRIVAL_LATE);
	assert_int_equal(ranges_total(&c.lost), 5);
	assert_int_equal(arrive(&c, 6), ARRIVAL_DUPLICATE);
	coverage_clear(&c);
}

static void test_restore_gives_back_the_holes(void **state)
{
	struct ranges stored = { 0 }, lost = { 0 };
	struct coverage c = { 0 };

	(void)state;
	ranges_add(&stored, 3, 9);
	ranges_add(&stored, 20, 29);
	ranges_add(&lost, 0, 1);
	coverage_restore(&c, 77, &stored, &lost);
	assert_int_equal(c.boot, 77);
	assert_int_equal(c.newest, 29);
	assert_int_equal(ranges_total(&c.missing), 11); /* 2 and 10-19 */
	assert_true(ranges_has(&c.missing, 2));
	assert_int_equal(arrive(&c, 5), ARRIVAL_DUPLICATE);
	assert_int_equal(arrive(&c, 12), ARRIVAL_LATE);
	assert_int_equal(arrive(&c, 1), ARRIVAL_LATE);
	assert_int_equal(arrive(&c, 30), ARRIVAL_NEW);
	ranges_clear(&stored);
	ranges_clear(&lost);
	coverage_clear(&c);
}

/* Any order of any subset, against one flag a number. */
static void test_against_a_plain_model(void **state)
{
	enum { N = 200 };
	struct rng rng;

	(void)state;
	for (uint64_t run = 0; run < 200; run++) {
		struct coverage c = { 0 };
		bool here[N] = { false };
		int newest = -1;

		rng_init(&rng, 1, run);
		for (int i = 0; i < 300; i++) {
			uint32_t seq = (uint32_t)(rng_next(&rng) % N);
			enum arrival want = (int)seq > newest ? ARRIVAL_NEW
					    : here[seq]       ? ARRIVAL_DUPLICATE
							      : ARRIVAL_LATE;
			uint64_t missing = 0;

			assert_int_equal(arrive(&c, seq), want);
			here[seq] = true;
			newest = (int)seq > newest ? (int)seq : newest;
			for (int k = 0; k <= newest; k++)
				missing += !here[k];
			assert_int_equal(ranges_total(&c.missing), missing);
		}
		coverage_clear(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_sample_opens_what_is_before_it),
		cmocka_unit_test(test_order_of_arrival),
		cmocka_unit_test(test_lost_is_not_missing_but_may_still_come),
		cmocka_unit_test(test_restore_gives_back_the_holes),
		cmocka_unit_test(test_against_a_plain_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
