/* What a set of zones is made of: between zones.c, which asks, and
 * zones_build.c, which makes. */
#ifndef ALARM_ZONES_PRIVATE_H
#define ALARM_ZONES_PRIVATE_H

#include "alarm/outline.h"
#include "alarm/path.h"
#include "alarm/zones.h"

/* A zone as it is asked: one area, floor to ceiling. */
struct prism {
	struct zone zone;        /* rings unwrapped across the 180th meridian */
	struct outline outline;  /* of the rings */
	size_t section;
	double area_m2;          /* NAN: everywhere */
};

struct zone_set {
	uint64_t serial; /* of its contents: another after each change */
	/* Owned. A fence of a drone's own is a set with one: thousands of them must not have
	 * room for many. */
	struct zone_section *sections;
	size_t section_count, section_cap;
	struct prism *prisms; /* owned; those of a section together */
	size_t count, cap, points;
};

/* One drone asked about, in one set after the other. */
struct question {
	const struct zone_set *set;
	struct zone_memo *memo; /* whose zones are asked instead of all; NULL: all */
	uint64_t mask; /* of sections */
	const struct zone_fix *fix;
	double alt, height; /* what could be derived; NAN: not known */
	double x, y;
	int64_t now_ms;
	double most;   /* the margin to the nearest body is no more than that */
	struct path path;
	struct zone_verdict *out;
};

/* Whether the section's patterns name the drone. */
bool zone_section_names(const struct zone_section *section, const char *drone);
/* The sections for the drone, a bit each; memo may be NULL. */
uint64_t zone_sections_for(const struct zone_set *set, struct zone_memo *memo, const char *drone);
/* Begins a question at fix: all but set, mask and path. */
void question_begin(struct question *q, const struct zone_fix *fix, int64_t now_ms);
/* A height of the question as that limit counts it, or NAN. */
double question_height(const struct question *q, struct zone_height limit);
/* The zone that is number k of those asked: of the set, or of the memo. */
static inline size_t question_zone(const struct question *q, size_t k)
{
	return q->memo ? q->memo->near[k].zone : k;
}
/* To the side of zone number k: m, positive inside; outside right up to limit,
 * beyond which no less. */
double question_side(const struct question *q, size_t k, double limit);
/* The same as a bound without looking: it is between *least and *most. */
void question_side_bounds(const struct question *q, size_t k, double *least, double *most);
/* Gathers the zones about the drone into memo, those within reach_m at least:
 * false where there are too many, and nothing is remembered. */
bool question_gather(const struct question *q, struct zone_memo *memo, uint64_t mask, double reach_m);

/* When the path leaves the last of the `in` zones from number first up to end that
 * hold it one after the other; *last is that. INFINITY: not on this path. */
double question_leaves(const struct question *q, size_t first, size_t end, size_t *last);

#endif
