/* What the vehicle knows of itself: see sensors.h. */
#include "sensors.h"

#include <math.h>

#define WANDER_S 30.0
#define WIND_S 8.0 /* how long the wind estimate takes to follow */

static double clamp(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

void sensors_init(struct sensors *s, struct rng *rng)
{
	*s = (struct sensors){
		.x = 0.35 * rng_normal(rng),
		.y = 0.35 * rng_normal(rng),
		.hdop = rng_between(rng, 0.6, 0.9),
		.sats = 12 + (int)rng_between(rng, 0, 7),
		.slow_s = rng_between(rng, 0, 5),
		.had_fix = true,
	};
	s->x = clamp(s->x, -1.2, 1.2);
	s->y = clamp(s->y, -1.2, 1.2);
}

static double wander(double v, double deviation, double bound, double dt, struct rng *rng)
{
	double keep = 1 - dt / WANDER_S;

	v = v * keep + deviation * sqrt(2 * dt / WANDER_S) * rng_normal(rng);
	return clamp(v, -bound, bound);
}

void sensors_step(struct sensors *s, const struct air *air, bool in_air, double dt,
    struct rng *rng)
{
	s->x = wander(s->x, 0.35, 1.2, dt, rng);
	s->y = wander(s->y, 0.35, 1.2, dt, rng);
	s->z = wander(s->z, 0.1, 0.3, dt, rng);
	s->no_fix_s = fmax(s->no_fix_s - dt, 0);
	s->had_fix |= s->no_fix_s == 0;
	if (in_air) {
		s->wind_x += (air->wind_x - s->wind_x) * dt / WIND_S;
		s->wind_y += (air->wind_y - s->wind_y) * dt / WIND_S;
	}
	s->slow_s -= dt;
	if (s->slow_s > 0)
		return;
	s->slow_s = 5;
	s->sats = (int)clamp(s->sats + floor(rng_between(rng, -1, 2)), 9, 22);
	s->hdop = clamp(0.5 + 3.0 / s->sats + 0.03 * rng_normal(rng), 0.5, 1.4);
	s->link_error = clamp(0.7 * s->link_error + 1.2 * rng_normal(rng), -6, 6);
}

double sensors_link(const struct sensors *s, double distance_m, double range_m)
{
	double share = distance_m / range_m;

	return clamp(100 - 45 * share - 30 * share * share + s->link_error, 0, 100);
}
