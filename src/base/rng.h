/*
 * Seeded random numbers: the same seed gives the same run on any machine.
 *
 * splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014): 64 bits of state, so that each of thousands of drones
 * can have a stream of its own. Not for secrets.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *rng);
/* In [0, 1). */
double rng_uniform(struct rng *rng);
/* In [low, high). */
double rng_between(struct rng *rng, double low, double high);
/* Near enough normal, mean 0, deviation 1, bounded by 6: the sum of twelve
 * 16-bit uniforms less 6, which costs three draws and no logarithm. */
double rng_normal(struct rng *rng);

#endif
