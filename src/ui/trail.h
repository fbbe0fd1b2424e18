/*
 * Where a drone has been and how it was, a point a second at most: what trails
 * and sparklines are drawn from. Live samples and those asked for afterwards
 * (backfill) go in by the same door, in any order.
 */
#ifndef UI_TRAIL_H
#define UI_TRAIL_H

#include <stddef.h>
#include <stdint.h>

#include "proto/sample.h"

#define TRAIL_STEP_MS 1000
#define TRAIL_MAX     300 /* points: five minutes */

enum trail_value {
	TRAIL_HEIGHT,
	TRAIL_SPEED,
	TRAIL_BATTERY,
	TRAIL_VOLTAGE,
	TRAIL_LINK,
	TRAIL_SATS,
	TRAIL_VALUES
};
extern const enum field trail_fields[TRAIL_VALUES];

struct trail_point {
	int64_t time_ms;           /* the sample's */
	double lat, lon;           /* degrees; NAN: not known */
	float value[TRAIL_VALUES]; /* the field's unit; NAN: not known */
};

struct trail {
	struct trail_point *points; /* owned; ascending time */
	size_t count, cap;
};

/* Adds it unless there is a point near in time already. Beyond TRAIL_MAX the
 * oldest goes. */
void trail_add(struct trail *t, const struct sample *s);
void trail_clear(struct trail *t);

#endif
