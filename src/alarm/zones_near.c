/*
 * The zones about a drone, remembered from one check to the next: see struct
 * zone_memo. A drone moves some metres between two; how far it is from an
 * outline changes by no more than that, so most need not be looked at again, and
 * where one must be, the side that was nearest last is a good first guess.
 */
#include <math.h>

#include "alarm/zones_private.h"
#include "base/geo.h"

/* What is gathered reaches so much farther than what is asked for, so that it
 * lasts a while. */
#define SLACK_M 500.0
#define SLACK_SHARE 0.1

static double moved(const struct question *q, const struct zone_near *n)
{
	return hypot(geo_wrap_180(q->x - n->x) * q->path.scale.x, (q->y - n->y) * q->path.scale.y);
}

void question_side_bounds(const struct question *q, size_t k, double *least, double *most)
{
	const struct outline *o = &q->set->prisms[question_zone(q, k)].outline;

	*least = -INFINITY;
	*most = INFINITY;
	if (o->count == 0) {
		*least = INFINITY;
	} else if (q->memo) {
		const struct zone_near *n = &q->memo->near[k];
		double m = moved(q, n);

		*least = n->side_m - m;
		*most = n->side_m + m;
	} else {
		double box = box_distance(&o->box, q->path.scale, outline_near(o, q->x), q->y);

		if (box > 0)
			*most = -box;
	}
}

double question_side(const struct question *q, size_t k, double limit)
{
	const struct outline *o = &q->set->prisms[question_zone(q, k)].outline;
	struct zone_near *n = q->memo ? &q->memo->near[k] : NULL;
	double x, d, m;
	bool inside;

	if (o->count == 0)
		return INFINITY;
	x = outline_near(o, q->x);
	if (!n) {
		inside = outline_inside(o, x, q->y);
		d = outline_distance(o, q->path.scale, x, q->y, inside ? 1e9 : limit, NULL);
		return inside ? d : -d;
	}
	m = moved(q, n);
	/* Up to the side that was nearest, and a hair, lest it rule out itself. */
	d = side_distance(&o->sides[n->side], q->path.scale, x, q->y);
	d = fmin(d, outline_distance(o, q->path.scale, x, q->y, d * (1 + 1e-12), &n->side));
	inside = fabs(n->side_m) > m ? n->side_m > 0 : outline_inside(o, x, q->y);
	n->x = q->x;
	n->y = q->y;
	n->side_m = inside ? d : -d;
	return n->side_m;
}

/* m outside the nearest body to the side; INFINITY for none. */
static double nearest_body(const struct question *q, uint64_t mask)
{
	double best = INFINITY, side;
	size_t at = ZONE_NONE;

	for (size_t i = 0; i < q->set->count; i++) {
		const struct prism *p = &q->set->prisms[i];
		double box;

		if (p->zone.kind != ZONE_OUT || !(mask >> p->section & 1) || p->outline.count == 0)
			continue;
		box = box_distance(&p->outline.box, q->path.scale, outline_near(&p->outline, q->x), q->y);
		if (box < best) {
			best = box;
			at = i;
		}
	}
	if (at == ZONE_NONE)
		return INFINITY;
	side = question_side(q, at, 1e9);
	return side > 0 ? 0 : -side;
}

static bool remember(const struct question *q, struct zone_memo *memo, size_t i, double limit)
{
	const struct outline *o = &q->set->prisms[i].outline;
	struct zone_near *n = &memo->near[memo->near_count];
	double x = outline_near(o, q->x), d;

	if (memo->near_count == ZONE_MEMO_MAX)
		return false;
	*n = (struct zone_near){ .x = q->x, .y = q->y, .side_m = INFINITY, .zone = (uint32_t)i };
	if (o->count) {
		bool inside = outline_inside(o, x, q->y);

		d = outline_distance(o, q->path.scale, x, q->y, inside ? 1e9 : limit, &n->side);
		n->side_m = inside ? d : -d;
	}
	/* Outside and farther than the limit it is one of the others. */
	if (-n->side_m < limit)
		memo->near_count++;
	else
		memo->others_m = fmin(memo->others_m, limit);
	return true;
}

bool question_gather(const struct question *q, struct zone_memo *memo, uint64_t mask, double reach_m)
{
	double body = nearest_body(q, mask);
	double limit = isinf(body) ? reach_m : fmax(reach_m, body);

	limit += fmax(SLACK_M, limit * SLACK_SHARE);
	memo->near_known = false;
	memo->near_count = 0;
	memo->others_m = INFINITY;
	memo->x = q->x;
	memo->y = q->y;
	for (size_t i = 0; i < q->set->count; i++) {
		const struct prism *p = &q->set->prisms[i];
		double box = 0;

		if (p->zone.kind == ZONE_INFO || !(mask >> p->section & 1))
			continue;
		if (p->outline.count && p->zone.kind != ZONE_IN)
			box = box_distance(&p->outline.box, q->path.scale, outline_near(&p->outline, q->x),
			    q->y);
		if (box >= limit)
			memo->others_m = fmin(memo->others_m, box);
		/* Every `in` zone, however far: they count together. */
		else if (!remember(q, memo, i, p->zone.kind == ZONE_IN ? 1e12 : limit))
			return false;
	}
	memo->near_known = true;
	return true;
}
