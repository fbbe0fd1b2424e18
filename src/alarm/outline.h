/*
 * The outline of an area, made fast to ask: inside or not, how far to its
 * nearest side, where a straight line first meets it.
 *
 * Its sides lie in a tree of boxes, eight to a box in the order of the
 * outline, so that a question of 500 sides looks at some thirty.
 *
 * x is longitude and y latitude in degrees; x goes on past 180 where the
 * area crosses that meridian, and whoever asks shifts x by whole turns, see
 * outline_near(). Distances are metres in the plane given by a struct scale.
 */
#ifndef ALARM_OUTLINE_H
#define ALARM_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/zone.h"

struct box {
	double x0, x1, y0, y1;
};

struct side {
	double ax, ay, bx, by;
};

#define OUTLINE_LEVELS 8

struct outline {
	struct box box;
	struct side *sides;   /* owned */
	size_t count;
	struct box *boxes;    /* owned; all levels, the lowest first */
	size_t first[OUTLINE_LEVELS], level_count[OUTLINE_LEVELS];
	int levels;
};

/* Metres to a degree where the question is asked. */
struct scale {
	double x, y;
};

/* Rings as they come: closed by themselves, any orientation. */
void outline_init(struct outline *o, const struct zone_ring *rings, size_t count);
void outline_clear(struct outline *o);

/* x moved by whole turns to where the outline is. */
double outline_near(const struct outline *o, double x);
/* m from the point to the box; 0 inside. */
double box_distance(const struct box *box, struct scale scale, double x, double y);
bool outline_inside(const struct outline *o, double x, double y);
/* m to the nearest side, or limit if that is less; *side, unless NULL, is its
 * number, untouched at the limit. */
double outline_distance(const struct outline *o, struct scale scale, double x, double y, double limit,
    uint32_t *side);
double side_distance(const struct side *side, struct scale scale, double x, double y);
/* Where the line from a to b first meets a side: 0 at a to 1 at b; INFINITY
 * where it meets none. */
double outline_meets(const struct outline *o, double ax, double ay, double bx, double by);

#endif
