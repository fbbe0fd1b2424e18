/* The wind: see wind.h. */
#include "wind.h"

#include <math.h>

#define GUST_S 3.0 /* how long a gust lasts */

struct wind wind_of_day(struct rng *rng)
{
	double speed = rng_between(rng, 2, 6), to = rng_between(rng, 0, 2 * M_PI);

	return (struct wind){ speed * sin(to), speed * cos(to), 0.18 * speed };
}

static double gust_axis(double v, double deviation, double dt, struct rng *rng)
{
	double keep = dt < GUST_S ? 1 - dt / GUST_S : 0;

	v = v * keep + deviation * sqrt(1 - keep * keep) * rng_normal(rng);
	return fmax(fmin(v, 4 * deviation), -4 * deviation);
}

void gust_step(struct gust *g, const struct wind *w, double dt, struct rng *rng)
{
	g->x = gust_axis(g->x, w->gust, dt, rng);
	g->y = gust_axis(g->y, w->gust, dt, rng);
}

struct air wind_at(const struct wind *w, const struct gust *g, double height, double ground)
{
	/* A straight line for the logarithmic profile: half at the ground, all
	 * of it at 40 m. */
	double share = height >= 40 ? 1 : 0.5 + 0.5 * fmax(height, 0) / 40;

	return (struct air){
		.wind_x = share * (w->x + g->x),
		.wind_y = share * (w->y + g->y),
		.ground = ground,
	};
}
