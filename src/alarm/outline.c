/* Areas made fast to ask: see outline.h. */
#include "alarm/outline.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define FAN 8 /* sides of a box, and boxes of a box */

static const struct box box_none = { INFINITY, -INFINITY, INFINITY, -INFINITY };

static void box_add(struct box *box, double x, double y)
{
	box->x0 = fmin(box->x0, x);
	box->x1 = fmax(box->x1, x);
	box->y0 = fmin(box->y0, y);
	box->y1 = fmax(box->y1, y);
}

static void add_level(struct outline *o, size_t below)
{
	size_t at = o->levels ? o->first[o->levels - 1] + o->level_count[o->levels - 1] : 0;
	size_t n = (below + FAN - 1) / FAN;

	o->first[o->levels] = at;
	o->level_count[o->levels] = n;
	for (size_t i = 0; i < n; i++) {
		struct box *box = &o->boxes[at + i];

		*box = box_none;
		for (size_t k = i * FAN; k < below && k < (i + 1) * FAN; k++) {
			if (o->levels == 0) {
				box_add(box, o->sides[k].ax, o->sides[k].ay);
				box_add(box, o->sides[k].bx, o->sides[k].by);
			} else {
				const struct box *in = &o->boxes[o->first[o->levels - 1] + k];

				box_add(box, in->x0, in->y0);
				box_add(box, in->x1, in->y1);
			}
		}
	}
	o->levels++;
}

void outline_init(struct outline *o, const struct zone_ring *rings, size_t count)
{
	size_t sides = 0, boxes = 0;

	*o = (struct outline){ .box = box_none };
	for (size_t r = 0; r < count; r++)
		sides += rings[r].count;
	for (size_t n = sides; n > 1; n = (n + FAN - 1) / FAN)
		boxes += (n + FAN - 1) / FAN;
	if (sides == 0)
		return;
	o->sides = xreallocarray(NULL, sides, sizeof(*o->sides));
	o->boxes = xreallocarray(NULL, boxes + 1, sizeof(*o->boxes));
	for (size_t r = 0; r < count; r++) {
		for (size_t i = 0; i < rings[r].count; i++) {
			struct geo_point a = rings[r].points[i];
			struct geo_point b = rings[r].points[(i + 1) % rings[r].count];

			o->sides[o->count++] = (struct side){ a.lon, a.lat, b.lon, b.lat };
			box_add(&o->box, a.lon, a.lat);
		}
	}
	for (size_t below = sides; o->levels < OUTLINE_LEVELS && (o->levels == 0 || below > 1);) {
		add_level(o, below);
		below = o->level_count[o->levels - 1];
	}
}

void outline_clear(struct outline *o)
{
	free(o->sides);
	free(o->boxes);
	*o = (struct outline){ 0 };
}

double outline_near(const struct outline *o, double x)
{
	double middle = (o->box.x0 + o->box.x1) / 2;

	/* The common case without a division. */
	if (fabs(x - middle) <= 180)
		return x;
	return x + 360 * round((middle - x) / 360);
}

static inline double box_distance2(const struct box *box, struct scale scale, double x, double y)
{
	double dx = x < box->x0 ? box->x0 - x : x > box->x1 ? x - box->x1 : 0;
	double dy = y < box->y0 ? box->y0 - y : y > box->y1 ? y - box->y1 : 0;

	dx *= scale.x;
	dy *= scale.y;
	return dx * dx + dy * dy;
}

double box_distance(const struct box *box, struct scale scale, double x, double y)
{
	return sqrt(box_distance2(box, scale, x, y));
}

/* Sides crossed by the ray from the point towards greater x, within a box. */
static bool odd_below(const struct outline *o, int level, size_t at, double x, double y)
{
	size_t below = level ? o->level_count[level - 1] : o->count;
	size_t end = (at + 1) * FAN < below ? (at + 1) * FAN : below;
	bool odd = false;

	for (size_t k = at * FAN; k < end; k++) {
		if (level == 0) {
			const struct side *s = &o->sides[k];

			/* Half open, so that a corner counts once. */
			if ((s->ay > y) != (s->by > y) &&
			    x < (s->bx - s->ax) * (y - s->ay) / (s->by - s->ay) + s->ax)
				odd = !odd;
		} else {
			const struct box *box = &o->boxes[o->first[level - 1] + k];

			if (y >= box->y0 && y <= box->y1 && x <= box->x1)
				odd ^= odd_below(o, level - 1, k, x, y);
		}
	}
	return odd;
}

bool outline_inside(const struct outline *o, double x, double y)
{
	const struct box *box = &o->box;

	if (o->levels == 0 || !(x >= box->x0 && x <= box->x1 && y >= box->y0 && y <= box->y1))
		return false;
	return odd_below(o, o->levels - 1, 0, x, y);
}

static inline double side_distance2(const struct side *s, struct scale scale, double x, double y)
{
	double ax = (s->ax - x) * scale.x, ay = (s->ay - y) * scale.y;
	double dx = (s->bx - s->ax) * scale.x, dy = (s->by - s->ay) * scale.y;
	double len2 = dx * dx + dy * dy;
	double t = len2 > 0 ? -(ax * dx + ay * dy) / len2 : 0;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	ax += t * dx;
	ay += t * dy;
	return ax * ax + ay * ay;
}

struct nearest {
	double x, y, best2;
	struct scale scale;
	uint32_t side;
};

static void nearest(const struct outline *o, int level, size_t at, struct nearest *n)
{
	size_t below = level ? o->level_count[level - 1] : o->count;
	size_t start = at * FAN, end = start + FAN < below ? start + FAN : below;
	double d2[FAN] = { 0 };
	size_t first = start;

	if (level == 0) {
		for (size_t k = start; k < end; k++) {
			double d = side_distance2(&o->sides[k], n->scale, n->x, n->y);

			if (d < n->best2) {
				n->best2 = d;
				n->side = (uint32_t)k;
			}
		}
		return;
	}
	for (size_t k = start; k < end; k++) {
		d2[k - start] = box_distance2(&o->boxes[o->first[level - 1] + k], n->scale, n->x, n->y);
		if (d2[k - start] < d2[first - start])
			first = k;
	}
	/* The nearest box first: it rules out most of the others. */
	if (d2[first - start] < n->best2)
		nearest(o, level - 1, first, n);
	for (size_t k = start; k < end; k++) {
		if (k != first && d2[k - start] < n->best2)
			nearest(o, level - 1, k, n);
	}
}

double outline_distance(const struct outline *o, struct scale scale, double x, double y, double limit,
    uint32_t *side)
{
	struct nearest n = { .x = x, .y = y, .best2 = limit * limit, .scale = scale, .side = UINT32_MAX };

	if (o->levels == 0)
		return limit;
	nearest(o, o->levels - 1, 0, &n);
	if (side && n.side != UINT32_MAX)
		*side = n.side;
	return n.side == UINT32_MAX ? limit : sqrt(n.best2);
}

double side_distance(const struct side *side, struct scale scale, double x, double y)
{
	return sqrt(side_distance2(side, scale, x, y));
}

/* Where on the line a..b it meets the side, by cross products. */
static double side_meets(const struct side *s, double ax, double ay, double dx, double dy)
{
	double ex = s->bx - s->ax, ey = s->by - s->ay;
	double fx = s->ax - ax, fy = s->ay - ay;
	double d = dx * ey - dy * ex;
	double t, u;

	if (d == 0)
		return INFINITY; /* parallel: met at the sides beside it */
	t = (fx * ey - fy * ex) / d;
	u = (fx * dy - fy * dx) / d;
	return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : INFINITY;
}

static double meets(const struct outline *o, int level, size_t at, const struct box *line, double ax,
    double ay, double dx, double dy, double best)
{
	size_t below = level ? o->level_count[level - 1] : o->count;
	size_t end = (at + 1) * FAN < below ? (at + 1) * FAN : below;

	for (size_t k = at * FAN; k < end; k++) {
		if (level == 0) {
			best = fmin(best, side_meets(&o->sides[k], ax, ay, dx, dy));
		} else {
			const struct box *box = &o->boxes[o->first[level - 1] + k];

			if (box->x0 <= line->x1 && box->x1 >= line->x0 && box->y0 <= line->y1 &&
			    box->y1 >= line->y0)
				best = meets(o, level - 1, k, line, ax, ay, dx, dy, best);
		}
	}
	return best;
}

double outline_meets(const struct outline *o, double ax, double ay, double bx, double by)
{
	struct box line = box_none;

	box_add(&line, ax, ay);
	box_add(&line, bx, by);
	if (o->levels == 0 || o->box.x0 > line.x1 || o->box.x1 < line.x0 || o->box.y0 > line.y1 ||
	    o->box.y1 < line.y0)
		return INFINITY;
	return meets(o, o->levels - 1, 0, &line, ax, ay, bx - ax, by - ay, INFINITY);
}
