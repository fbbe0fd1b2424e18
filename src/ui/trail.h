/*
 * Where a drone has been and how it was, a point a second at most: what trails
 * and sparklines are drawn from. Live samples and those asked for afterwards
 * (backfill) go in by the same door, in any order.
 */
#ifndef UI_TRAIL_H
#define UI_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/sample.h"

#define TRAIL_STEP_MS 1000
#define TRAIL_MAX     300 /* points: five minutes */
#define TRAIL_SILENT_MS 10000 /* a pause of one that speaks oftener is a gap */

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
	uint32_t boot, seq;        /* of it */
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
/* True where something is missing between point i and the one before it: samples
 * that never came, another boot, or a silence without any. Only samples that are
 * there, however far apart, are drawn as one. */
bool trail_breaks(const struct trail *t, size_t i);
void trail_clear(struct trail *t);

#endif
