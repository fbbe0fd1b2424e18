/* Random numbers: the published generator, streams apart, the shape of normal. */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"

/* The first outputs of splitmix64 from state 1234567, as published with the
 * reference implementation (and repeated on Rosetta Code). */
static void test_reference(void **state)
{
	static const uint64_t want[] = {
		UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
		UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
		UINT64_C(16408922859458223821),
	};
	struct rng rng = { 1234567 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_true(rng_next(&rng) == want[i]);
}

static void test_streams(void **state)
{
	struct rng a, b, again;
	int same = 0;

	(void)state;
	rng_init(&a, 7, 1);
	rng_init(&again, 7, 1);
	rng_init(&b, 7, 2);
	for (int i = 0; i < 1000; i++) {
		uint64_t v = rng_next(&a);

		assert_true(v == rng_next(&again));
		same += v == rng_next(&b);
	}
	assert_int_equal(same, 0);
}

static void test_shapes(void **state)
{
	enum { N = 200000 };
	struct rng rng;
	double sum = 0, square = 0, mean = 0;

	(void)state;
	rng_init(&rng, 1, 1);
	for (int i = 0; i < N; i++) {
		double u = rng_uniform(&rng), b = rng_between(&rng, -5, 3), n = rng_normal(&rng);

		assert_true(u >= 0 && u < 1);
		assert_true(b >= -5 && b < 3);
		assert_true(n >= -6 && n <= 6);
		mean += u / N;
		sum += n;
		square += n * n;
	}
	/* Five standard errors. */
	assert_true(fabs(mean - 0.5) < 5 * 0.2887 / sqrt(N));
	assert_true(fabs(sum / N) < 5 / sqrt(N));
	assert_true(fabs(square / N - 1) < 5 * 1.4 / sqrt(N));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
