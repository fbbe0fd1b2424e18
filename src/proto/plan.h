/*
 * What a drone is to fly and where it may: mission, fence and rally points,
 * as the `mission` command and the `plan` reply carry them.
 *
 * Degrees, metres above home, metres per second, seconds; NAN is unknown.
 */
#ifndef PROTO_PLAN_H
#define PROTO_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/wire.h"

#define MISSION_ITEMS_MAX 65535 /* `waypoints` of the sample is a uint16 */

struct mission_item {
	double lat, lon;
	double height; /* m above home */
	double speed;  /* m/s over ground; NAN: the drone's own choice */
	double hold;   /* s to stay there; 0 if not given */
};

struct mission {
	struct mission_item *items; /* owned */
	size_t count;
};

enum fence_kind { FENCE_UNKNOWN, FENCE_IN, FENCE_OUT, FENCE_KIND_COUNT };
extern const char *const fence_kind_names[FENCE_KIND_COUNT + 1]; /* "unknown", "in", "out" */

struct plan_point {
	double lat, lon;
};

struct fence {
	int kind;                  /* enum fence_kind */
	struct plan_point *points; /* owned; a ring, not closed by its first; NULL for a circle */
	size_t count;
	struct plan_point center;  /* of a circle */
	double radius;             /* m; NAN for a polygon */
	double floor, ceiling;     /* m above home; NAN: none */
};

struct rally {
	double lat, lon, height;
};

struct plan {
	uint64_t rev;
	struct mission mission;
	struct fence *fences;  /* owned */
	size_t fence_count;
	struct rally *rallies; /* owned */
	size_t rally_count;
};

/* Reads the array of items: 0, or -1 with a sentence that names the item.
 * *m is empty or owned by the caller in either case. */
int mission_read(const wire_value *items, struct mission *m, struct err *err);
void mission_write(struct buf *b, const struct mission *m);
void mission_clear(struct mission *m);
/* A deep copy. */
struct mission mission_copy(const struct mission *m);

/* The keys rev, mission, fence and rally of a reply: four pairs. */
#define PLAN_PAIRS 4
void plan_write_pairs(struct buf *b, const struct plan *p);
int plan_read(const wire_value *reply, struct plan *p, struct err *err);
void plan_clear(struct plan *p);

/* A reply to be kept: a map of all its keys but v and ok, those unknown here too, value
 * for value. */
void plan_keep(struct buf *b, const wire_value *reply);
/* Reads what was kept: the map, which lives as long as doc and data, or NULL. *p is empty
 * or owned by the caller in either case. */
const wire_value *plan_kept(struct wire_doc *doc, const void *data, size_t len, struct plan *p,
    struct err *err);
/* Appends the pairs of the map; wire_count() says how many. */
void plan_kept_pairs(struct buf *b, const wire_value *kept);

#endif
