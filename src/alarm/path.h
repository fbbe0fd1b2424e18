/*
 * Where a drone will be: the straight or circular way it is on, cut into
 * straight pieces of the same time, and the straight way to a place.
 */
#ifndef ALARM_PATH_H
#define ALARM_PATH_H

#include "alarm/outline.h"
#include "alarm/zones.h"

#define PATH_PIECES_MAX 48

struct path {
	struct scale scale;
	size_t count;    /* pieces; 0: it goes nowhere that is known */
	double piece_s;
	struct {
		double x, y; /* deg */
	} at[PATH_PIECES_MAX + 1];
	double reach_m;  /* no farther than that from where it starts */
	bool known;      /* speed and course are; one that stands has a path of no length */
};

/* ZONE_AHEAD_S ahead at constant speed and turn (deg/s), or a full circle
 * where that is less. path->scale is set. */
void path_predict(struct path *path, const struct zone_fix *fix, double turn);
/* Straight from one place to another, as one piece of 1 s. */
void path_line(struct path *path, const struct zone_fix *from, const struct zone_fix *to);

bool path_inside(const struct path *path, const struct outline *o, double t);
/* When, from t on, it first meets a side of it; INFINITY: not. */
double path_meets(const struct path *path, const struct outline *o, double t);

#endif
