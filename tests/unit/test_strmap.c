/* The map from text to number: growth, removal in the middle of a run. */
#include "unit.h"

#include <stdbool.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/strmap.h"

static void test_basics(void **state)
{
	struct strmap m = { 0 };
	char key[] = "D01";

	(void)state;
	assert_true(strmap_get(&m, "D01") == STRMAP_NONE);
	strmap_remove(&m, "D01"); /* of an empty map */
	strmap_set(&m, key, 7);
	key[2] = '9'; /* the key was copied */
	assert_int_equal(strmap_get(&m, "D01"), 7);
	assert_true(strmap_get(&m, "D09") == STRMAP_NONE);
	strmap_set(&m, "D01", 8);
	assert_int_equal(strmap_get(&m, "D01"), 8);
	assert_int_equal(m.count, 1);
	strmap_set(&m, "", 3);
	assert_int_equal(strmap_get(&m, ""), 3);
	strmap_remove(&m, "D0");
	assert_int_equal(m.count, 2);
	strmap_remove(&m, "D01");
	assert_true(strmap_get(&m, "D01") == STRMAP_NONE);
	assert_int_equal(m.count, 1);
	strmap_clear(&m);
	assert_true(strmap_get(&m, "") == STRMAP_NONE);
}

static void test_lengths(void **state)
{
	struct strmap m = { 0 };

	(void)state;
	strmap_set(&m, "D1", 1);
	strmap_set(&m, "D10", 10);
	assert_int_equal(strmap_get_n(&m, "D100", 2), 1);
	assert_int_equal(strmap_get_n(&m, "D100", 3), 10);
	assert_true(strmap_get_n(&m, "D100", 4) == STRMAP_NONE);
	assert_true(strmap_get_n(&m, "D100", 1) == STRMAP_NONE);
	assert_true(strmap_get_n(&m, "D100", 0) == STRMAP_NONE);
	strmap_clear(&m);
}

/* Bytes from outside may hold a zero: none of the 64 slots may be read past
 * its key's end, which the address sanitizer sees, and none may match. */
static void test_zero_bytes(void **state)
{
	struct strmap m = { 0 };
	char key[64];

	(void)state;
	for (int i = 0; i < 48; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		strmap_set(&m, key, (size_t)i);
	}
	for (int i = 0; i < 48; i++) {
		for (size_t len = 4; len < sizeof(key); len++) {
			memset(key, 0, sizeof(key));
			snprintf(key, sizeof(key), "k%d", i);
			if (strmap_get_n(&m, key, len) != STRMAP_NONE)
				fail_msg("k%d and zeros to length %zu is no key", i, len);
		}
	}
	strmap_clear(&m);
}

/* Keys of 1 to 32 bytes: in the slot, just so, and outside it. */
static void name_of(char key[40], size_t i)
{
	snprintf(key, 40, "%.*s%zu", (int)(i % 29), "a-drone-with-a-name-of-some-length", i);
}

static void test_many(void **state)
{
	enum { N = 3000 };
	struct strmap m = { 0 };
	static bool in[N];
	struct rng rng;
	char key[40];
	size_t count = 0;

	(void)state;
	rng_init(&rng, 42, 0);
	for (int step = 0; step < 60000; step++) {
		size_t i = (size_t)rng_between(&rng, 0, N);

		name_of(key, i);
		if (rng_uniform(&rng) < 0.55) {
			strmap_set(&m, key, i);
			count += !in[i];
			in[i] = true;
		} else {
			strmap_remove(&m, key);
			count -= in[i];
			in[i] = false;
		}
		assert_int_equal(m.count, count);
	}
	for (size_t i = 0; i < N; i++) {
		name_of(key, i);
		assert_true(strmap_get(&m, key) == (in[i] ? i : STRMAP_NONE));
	}
	strmap_clear(&m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_zero_bytes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("strmap", tests, NULL, NULL);
}
