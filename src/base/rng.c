/* Seeded random numbers: see rng.h. */
#include "base/rng.h"

uint64_t rng_next(struct rng *rng)
{
	uint64_t z = (rng->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void rng_init(struct rng *rng, uint64_t seed, uint64_t stream)
{
	rng->state = seed;
	rng->state = rng_next(rng) ^ (stream * 0xd1342543de82ef95u);
	rng_next(rng);
}

double rng_uniform(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

double rng_between(struct rng *rng, double low, double high)
{
	return low + (high - low) * rng_uniform(rng);
}

double rng_normal(struct rng *rng)
{
	uint64_t sum = 0;

	for (int i = 0; i < 3; i++) {
		uint64_t z = rng_next(rng);

		sum += (z & 0xffff) + (z >> 16 & 0xffff) + (z >> 32 & 0xffff) + (z >> 48);
	}
	return ((double)sum + 6.0) / 65536.0 - 6.0;
}
