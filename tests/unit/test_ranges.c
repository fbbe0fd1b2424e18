/* Ranges of sequence numbers, against a plain bitmap that does the same. */
#include "unit.h"

#include "base/mem.h"
#include "base/ranges.h"
#include "base/rng.h"

/* The set as text: "1-3 5-5". */
static const char *show(const struct ranges *r, char text[256])
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->count; i++)
		n += (size_t)snprintf(text + n, 256 - n, "%s%u-%u", i ? " " : "", r->items[i].from,
		    r->items[i].to);
	return text;
}

static void test_tables(void **state)
{
	static const struct {
		const char *legend;
		struct { char op; uint32_t from, to; } steps[4];
		const char *want;
		uint64_t total;
	} cases[] = {
		{ "one", { { '+', 5, 7 } }, "5-7", 3 },
		{ "apart", { { '+', 5, 7 }, { '+', 9, 9 } }, "5-7 9-9", 4 },
		{ "touching behind", { { '+', 5, 7 }, { '+', 8, 9 } }, "5-9", 5 },
		{ "touching before", { { '+', 5, 7 }, { '+', 2, 4 } }, "2-7", 6 },
		{ "closing a hole", { { '+', 1, 3 }, { '+', 5, 7 }, { '+', 4, 4 } }, "1-7", 7 },
		{ "within", { { '+', 1, 9 }, { '+', 3, 4 } }, "1-9", 9 },
		{ "over several", { { '+', 1, 2 }, { '+', 5, 6 }, { '+', 9, 9 }, { '+', 2, 8 } },
		    "1-9", 9 },
		{ "inserted in front", { { '+', 10, 11 }, { '+', 1, 2 } }, "1-2 10-11", 4 },
		{ "backwards is nothing", { { '+', 7, 5 } }, "", 0 },
		{ "the very first", { { '+', 0, 0 } }, "0-0", 1 },
		{ "0 and 1 touch", { { '+', 0, 0 }, { '+', 1, 1 } }, "0-1", 2 },
		{ "the very last", { { '+', UINT32_MAX, UINT32_MAX } }, "4294967295-4294967295", 1 },
		{ "everything", { { '+', 5, 9 }, { '+', 0, UINT32_MAX } }, "0-4294967295",
		    UINT64_C(4294967296) },
		{ "joined at the end", { { '+', UINT32_MAX, UINT32_MAX },
		    { '+', UINT32_MAX - 1, UINT32_MAX - 1 } }, "4294967294-4294967295", 2 },
		{ "cut in the middle", { { '+', 1, 9 }, { '-', 4, 6 } }, "1-3 7-9", 6 },
		{ "cut at the front", { { '+', 1, 9 }, { '-', 0, 3 } }, "4-9", 6 },
		{ "cut at the back", { { '+', 1, 9 }, { '-', 8, 20 } }, "1-7", 7 },
		{ "cut whole", { { '+', 1, 9 }, { '-', 1, 9 } }, "", 0 },
		{ "cut across several", { { '+', 1, 3 }, { '+', 5, 7 }, { '+', 9, 12 },
		    { '-', 2, 10 } }, "1-1 11-12", 3 },
		{ "cut what is not there", { { '+', 5, 7 }, { '-', 8, 9 } }, "5-7", 3 },
		{ "cut the ends of everything", { { '+', 0, UINT32_MAX }, { '-', 0, 0 },
		    { '-', UINT32_MAX, UINT32_MAX } }, "1-4294967294", UINT64_C(4294967294) },
		{ "cut backwards is nothing", { { '+', 5, 7 }, { '-', 7, 5 } }, "5-7", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ranges r = { 0 };
		char text[256];

		for (size_t k = 0; k < ARRAY_LEN(cases[i].steps); k++) {
			if (cases[i].steps[k].op == '+')
				ranges_add(&r, cases[i].steps[k].from, cases[i].steps[k].to);
			else if (cases[i].steps[k].op == '-')
				ranges_remove(&r, cases[i].steps[k].from, cases[i].steps[k].to);
		}
		CHECK(cases[i].legend, strcmp(show(&r, text), cases[i].want) == 0);
		CHECK(cases[i].legend, ranges_total(&r) == cases[i].total);
		ranges_clear(&r);
	}
}

static void test_missing(void **state)
{
	static const struct {
		const char *legend;
		uint32_t from, to;
		const char *want;
	} cases[] = { /* of 5-7 10-10 */
		{ "all round", 0, 12, "0-4 8-9 11-12" },
		{ "inside one", 5, 7, "" },
		{ "begins inside", 6, 9, "8-9" },
		{ "ends inside", 2, 6, "2-4" },
		{ "between", 8, 9, "8-9" },
		{ "beyond", 20, 22, "20-22" },
		{ "one number that is in", 10, 10, "" },
		{ "one number that is not", 11, 11, "11-11" },
		{ "to the end", 10, UINT32_MAX, "11-4294967295" },
		{ "backwards", 9, 8, "" },
	};
	struct ranges r = { 0 }, out = { 0 };
	char text[256];

	(void)state;
	ranges_add(&r, 5, 7);
	ranges_add(&r, 10, 10);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ranges_missing(&r, cases[i].from, cases[i].to, &out);
		CHECK(cases[i].legend, strcmp(show(&out, text), cases[i].want) == 0);
	}
	assert_true(ranges_has(&r, 10) && !ranges_has(&r, 9) && !ranges_has(&r, 11));
	assert_true(ranges_covers(&r, 5, 7) && !ranges_covers(&r, 5, 8) && !ranges_covers(&r, 4, 5));
	ranges_clear(&r);
	assert_false(ranges_has(&r, 10));
	assert_int_equal(ranges_total(&r), 0);
	ranges_missing(&r, 3, 4, &out);
	assert_string_equal(show(&out, text), "3-4");
	ranges_clear(&out);
}

/* Sorted, disjoint, not adjacent, and the same numbers as the bitmap. */
static void check_against(const struct ranges *r, const bool *in, uint32_t n, uint64_t seed)
{
	uint64_t total = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (r->items[i].from > r->items[i].to ||
		    (i && (uint64_t)r->items[i - 1].to + 1 >= r->items[i].from))
			fail_msg("seed %u: range %zu is not apart", (unsigned)seed, i);
	}
	for (uint32_t k = 0; k < n; k++) {
		total += in[k];
		if (ranges_has(r, k) != in[k])
			fail_msg("seed %u: %u should be %s", (unsigned)seed, k, in[k] ? "in" : "out");
	}
	assert_int_equal(ranges_total(r), total);
}

static void test_random(void **state)
{
	enum { SIZE = 64 };

	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct rng rng;
		struct ranges r = { 0 }, missing = { 0 };
		bool in[SIZE] = { false }, absent[SIZE] = { false };

		rng_init(&rng, seed, 1);
		for (int step = 0; step < 40; step++) {
			uint32_t from = (uint32_t)rng_between(&rng, 0, SIZE);
			uint32_t to = (uint32_t)rng_between(&rng, from, SIZE);
			bool add = rng_uniform(&rng) < 0.6;

			if (add)
				ranges_add(&r, from, to);
			else
				ranges_remove(&r, from, to);
			for (uint32_t k = from; k <= to; k++)
				in[k] = add;
			check_against(&r, in, SIZE, seed);
		}
		ranges_missing(&r, 3, SIZE - 5, &missing);
		for (uint32_t k = 3; k <= SIZE - 5; k++)
			absent[k] = !in[k];
		check_against(&missing, absent, SIZE, seed);
		ranges_clear(&r);
		ranges_clear(&missing);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
