/*
 * The wind: steady over the whole fleet, and gusts of its own for each drone.
 *
 * Gusts are a first-order Gauss-Markov process (the longitudinal Dryden
 * spectrum of MIL-HDBK-1797 at a fixed length scale), bounded by four
 * deviations. Velocities, m/s, the way the air moves; x east, y north.
 */
#ifndef SIM_WIND_H
#define SIM_WIND_H

#include "base/rng.h"
#include "flight.h"

struct wind {
	double x, y; /* steady */
	double gust; /* deviation of the gusts, m/s */
};

struct gust {
	double x, y;
};

/* A day's wind of some 2 to 6 m/s. */
struct wind wind_of_day(struct rng *rng);
void gust_step(struct gust *g, const struct wind *w, double dt, struct rng *rng);
/* Wind at that height above ground: less near it. */
struct air wind_at(const struct wind *w, const struct gust *g, double height, double ground);

#endif
