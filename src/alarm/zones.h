/*
 * Where drones may be: the zones of files and of a drone's own plan, made fast
 * to ask.
 *
 *	struct zone_set *set = zone_set_new();
 *	zone_set_add(set, &section, file.zones, file.count, &notes, &err);
 *	...
 *	zone_fix_of(&fix, id, &sample);
 *	zone_check(set, own, &memo, &fix, now_ms, &verdict);
 *
 * What is permitted. Zones come in sections ([zone NAME] of the configuration,
 * or the plan of one drone). Of each section that names the drone: inside at
 * least one of its `in` zones, if it has any; outside all of its `out`
 * zones; not above a `ceiling` zone's ceiling while over it. Every section
 * counts, so a drone with two sections of `in` zones stays within both.
 * An `out` zone is a body with floor and ceiling: above or below it is outside. An
 * `in` zone bounds to the side; its floor and ceiling bound the height.
 *
 * Heights. Above home and above ground are both compared with the drone's
 * height above home, since no terrain is known here; above sea level, and
 * flight levels as if at standard pressure, with its altitude. Where that is not
 * known, an `out` zone reaches all the way, which errs to the safe side, and a
 * ceiling says nothing.
 *
 * Geometry. Sides are straight in latitude and longitude, as RFC 7946 has
 * them. Metres are of a plane touching at the drone: exact to a millimetre per
 * kilometre nearby, some percent beyond 100 km, where nothing depends on it. A
 * zone may cross the 180th meridian; one that goes around a pole is refused.
 */
#ifndef ALARM_ZONES_H
#define ALARM_ZONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "format/zone.h"
#include "proto/plan.h"
#include "proto/sample.h"

/* How far ahead a breach is looked for. */
#define ZONE_AHEAD_S 30.0
#define ZONE_SECTIONS_MAX 64

/* A section: what is said of all its zones. */
struct zone_section {
	char name[ID_SIZE];
	enum zone_kind kind;               /* for zones that say none; ZONE_UNSAID: they must */
	struct zone_height floor, ceiling; /* in place of the zones' own, unless NAN */
	char drones[256];                  /* patterns of ids, comma or blank between; "": all */
};

/* Never changes while it is asked, so that threads may share it. */
struct zone_set;

struct zone_set *zone_set_new(void);
void zone_set_free(struct zone_set **set);

/* Adds a section: 0, or -1 with a sentence that names zone and remedy, and
 * nothing added. zones stays the caller's. An outline that crosses itself is
 * mended, with a sentence in notes (a line each, may be NULL), or refused where no
 * area is left. A section of no zones is one everywhere, for a plain ceiling. */
int zone_set_add(struct zone_set *set, const struct zone_section *section,
    const struct zone *zones, size_t count, struct buf *notes, struct err *err);
/* The same with zones of another set, as zone_at() shows them: neither checked
 * nor joined once more. */
int zone_set_add_made(struct zone_set *set, const struct zone_section *section,
    const struct zone *zones, size_t count, struct err *err);
/* The fence of a drone's plan, as a section "plan" for all who ask. */
int zone_set_add_plan(struct zone_set *set, const struct plan *plan, struct buf *notes,
    struct err *err);

/* What is known of a drone at an instant; NAN is unknown. */
struct zone_fix {
	const char *drone;
	double lat, lon;         /* deg */
	double alt, height;      /* m AMSL, m above home */
	double home_alt;         /* m AMSL of home: gives one of the two from the other */
	double speed, course;    /* m/s, deg */
	double climb;            /* m/s */
	double turn;             /* deg/s, clockwise positive; NAN: from the memo's last course */
};

/* From a sample; turn and home_alt are NAN. Without a fix there is no position. */
void zone_fix_of(struct zone_fix *fix, const char *drone, const struct sample *s);

/* What is remembered of a drone between two checks, so that the next is
 * cheap: the zones about it, how far each was and which of its sides was the
 * nearest. Zero-initialised, the caller's, one a drone. Never needs care: it
 * notices another set, another position, another drone. */
#define ZONE_MEMO_MAX 16
struct zone_near {
	double x, y;   /* where side_m was measured, deg */
	double side_m; /* to the side, positive inside */
	uint32_t zone, side;
};

struct zone_memo {
	uint64_t serial;     /* of the set it was made with */
	uint64_t drone_hash;
	uint64_t sections;   /* bit: the section is for this drone */
	double course;       /* of the last check with one */
	double turn;         /* deg/s, smoothed */
	int64_t course_ms;

	struct zone_near near[ZONE_MEMO_MAX]; /* by zone */
	unsigned near_count;
	bool near_known;
	double x, y;         /* where they were gathered */
	double others_m;     /* no other was nearer than that then */
};

/* Index of a zone in a set; see zone_at(). */
#define ZONE_NONE SIZE_MAX
struct zone_ref {
	const struct zone_set *set; /* NULL: none */
	size_t index;
};

struct zone_verdict {
	double margin_m;   /* to the nearest limit of what is permitted, outside it negative;
			    * NAN: no zone is for this drone now, or no position */
	double breach_s;   /* until the margin is 0 if it goes on as it moves and turns; 0: it
			    * is breached; INFINITY: not within ZONE_AHEAD_S; NAN: not known */
	double over_m;     /* above the lowest ceiling here, below it negative; NAN: none */
	double under_m;    /* below the floor of the `in` zones here, above it negative; NAN: none */
	struct zone_ref margin_zone, breach_zone, ceiling_zone; /* which it is */
};

/* now_ms is UTC. set or own, the drone's own plan, may be NULL; so may memo. */
void zone_check(const struct zone_set *set, const struct zone_set *own, struct zone_memo *memo,
    const struct zone_fix *fix, int64_t now_ms, struct zone_verdict *out);

/* What the straight way from one place to another meets. Heights in between
 * are not known: an `out` zone counts if any height between the two is in it,
 * a ceiling against the higher of the two. What the drone is in already at its
 * start is told too. */
struct zone_way {
	struct zone_ref leaves; /* an `in` zone of the first section left on the way */
	struct zone_ref enters; /* the first `out` zone met */
	struct zone_ref over;   /* whose ceiling is exceeded most */
	double over_m;          /* by how much; NAN without */
	bool starts_beyond;     /* it is outside of an `in` section already */
	struct zone_ref ends_beyond; /* an `in` zone that the place itself should be in */
	struct zone_ref ends_in;     /* an `out` zone that it is in, at its own height */
};

void zone_check_way(const struct zone_set *set, const struct zone_set *own,
    const struct zone_fix *from, const struct zone_fix *to, int64_t now_ms, struct zone_way *out);

/* A zone as it stands in the set, for pictures and lists: valid as long as
 * the set. Zones that were mended stand here as they are used. */
struct zone_view {
	const char *name, *section;
	enum zone_kind kind;
	struct zone_height floor, ceiling;
	const struct zone_ring *rings; /* longitudes go on past 180 where they cross it */
	size_t ring_count;             /* 0: everywhere */
	double west, east, south, north; /* its box, as the rings; 0 everywhere */
	const struct zone_time *times;
	size_t time_count;             /* 0: always */
	bool active;                   /* at now_ms */
	double area_m2;                /* NAN: everywhere */
};

size_t zone_set_count(const struct zone_set *set);
size_t zone_set_points(const struct zone_set *set);
void zone_at(const struct zone_set *set, size_t index, int64_t now_ms, struct zone_view *view);
/* "zone X of section Y" for sentences, or "" for none; returns text. */
#define ZONE_WORDS_SIZE (ZONE_NAME_SIZE + ID_SIZE + 24)
const char *zone_words(struct zone_ref ref, char text[ZONE_WORDS_SIZE]);

#endif
