/*
 * What the vehicle knows of itself: position with the slow wander of GPS, the
 * satellites behind it, wind as estimated from drift, radio link.
 *
 * Position noise is a Gauss-Markov process of 30 s with a deviation of
 * 0.35 m, bounded at 1.2 m; height, from the barometer, of 0.1 m, bounded at
 * 0.3 m.
 */
#ifndef SIM_SENSORS_H
#define SIM_SENSORS_H

#include <stdbool.h>

#include "base/rng.h"
#include "flight.h"

struct sensors {
	double x, y, z;        /* m, error of the position */
	double wind_x, wind_y; /* m/s, estimate */
	double hdop;
	double link_error;     /* % */
	double no_fix_s;       /* until there is a fix again; 0 where there is */
	bool had_fix;          /* since the last start */
	int sats;
	double slow_s;         /* until satellites and hdop change again */
};

void sensors_init(struct sensors *s, struct rng *rng);
void sensors_step(struct sensors *s, const struct air *air, bool in_air, double dt,
    struct rng *rng);
/* Link quality in percent, by distance from the ground station. */
double sensors_link(const struct sensors *s, double distance_m, double range_m);

#endif
