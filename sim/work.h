/*
 * A working day: what a drone does while nobody commands it. It rests at
 * home and charges, then flies a job that fits its model (survey strips, a
 * patrol, a delivery from a depot to a customer), comes home, and rests.
 *
 * A job is a mission like any other, published as the drone's plan unless an
 * operator has loaded one.
 */
#ifndef SIM_WORK_H
#define SIM_WORK_H

#include "vehicle.h"

#define WORK_ITEMS_MAX 24
#define DEPOTS 4

/* Shared by the fleet. */
struct work_site {
	struct geo_point depots[DEPOTS];
};

struct work {
	struct mission job;                   /* owned; the one in hand */
	uint8_t stops[WORK_ITEMS_MAX];
	double rest_s;                        /* still to rest */
	double stranded_s;                    /* on the ground away from home */
	double layer;                         /* m, height that this drone prefers */
	struct rng rng;
};

void work_site_init(struct work_site *site, struct geo_point center, struct rng *rng);
/* first_s: until it first takes off. */
void work_init(struct work *w, double first_s, unsigned index, uint64_t seed);
void work_clear(struct work *w);
/* One step for a drone that works: notes a new plan when it takes a job. */
void work_step(struct work *w, struct vehicle *v, const struct work_site *site, double dt,
    struct notes *notes);

#endif
