/*
 * How near drones of the own fleet will come to each other.
 *
 * Each is taken to go on as it moves. Of two, with relative position d and
 * velocity u, the closest approach is at t = -d.u / u.u, kept within 0 and
 * SEPARATION_AHEAD_S, and is |d + u t| (the usual CPA/TCPA of collision
 * avoidance; J. Kuchar, L. Yang, "A review of conflict detection and
 * resolution modeling methods", 2000). Height counts as well as distance over
 * ground, for two that are above each other are apart.
 *
 * A grid of cells finds who may be near: as wide as the two fastest of the
 * fleet close in that time and SEPARATION_SURE_M more, so that only neighbours
 * are compared, and whatever comes closer than that is found. Where a swarm
 * stands in one place, nine times SEPARATION_CELL_MAX are compared, and the rest
 * is counted.
 */
#ifndef ALARM_SEPARATION_H
#define ALARM_SEPARATION_H

#include <stddef.h>
#include <stdint.h>

#define SEPARATION_AHEAD_S 30.0
#define SEPARATION_SURE_M 100.0  /* no approach as close as this is missed */
#define SEPARATION_NONE_M 10000.0 /* to nobody */
#define SEPARATION_NOBODY UINT32_MAX
#define SEPARATION_CELL_MAX 256

/* One in the air whose position is known. */
struct separation_one {
	double lat, lon;
	double alt;           /* m, any datum that all share; NAN: not compared by height */
	double east, north, up; /* m/s */
	uint32_t drone;       /* the caller's number */
};

struct separation_found {
	double closest_m;     /* SEPARATION_NONE_M: nobody is near */
	double closest_s;
	uint32_t other;       /* index in the input; SEPARATION_NOBODY */
};

/* Scratch that is kept from one round to the next; zero-initialised is empty. */
struct separation {
	struct separation_cell *cells; /* owned; by bucket */
	uint32_t *at;                  /* owned; bucket of each */
	uint32_t *starts;              /* owned; where a bucket's cells begin */
	size_t cap, bucket_cap;
	uint64_t crowded;              /* drones that were not compared */
};

/* found[i] for ones[i]: the smallest closest approach, the sooner of equals. */
void separation_round(struct separation *s, const struct separation_one *ones, size_t n,
    struct separation_found *found);
void separation_clear(struct separation *s);

#endif
