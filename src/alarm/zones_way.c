/* The straight way to a place, against the zones: see zones.h. */
#include <math.h>

#include "alarm/zones.h"
#include "alarm/zones_private.h"

/* Where the ceilings of `in` zones are looked at along the way. */
#define WAY_LOOKS 32

struct way_question {
	struct question q;  /* heights: the higher of the two ends */
	double low_alt, low_height;
	double leaves_t, enters_t;
	struct zone_way *out;
};

static double low_as(const struct way_question *w, struct zone_height limit)
{
	return limit.above == ABOVE_GROUND || limit.above == ABOVE_HOME ? w->low_height : w->low_alt;
}

static bool ends_in(const struct way_question *w, const struct outline *o)
{
	return path_inside(&w->q.path, o, w->q.path.piece_s);
}

/* When the way first touches the area; 0 where it starts in it. */
static double touches(const struct way_question *w, const struct outline *o)
{
	return path_inside(&w->q.path, o, 0) ? 0 : path_meets(&w->q.path, o, 0);
}

static void take_over(struct way_question *w, double over, size_t i)
{
	if (over > 0 && !(over <= w->out->over_m)) {
		w->out->over_m = over;
		w->out->over = (struct zone_ref){ w->q.set, i };
	}
}

static void way_out(struct way_question *w, size_t i)
{
	const struct prism *p = &w->q.set->prisms[i];
	double t;

	if (question_height(&w->q, p->zone.floor) < p->zone.floor.m ||
	    low_as(w, p->zone.ceiling) > p->zone.ceiling.m)
		return; /* all of the way below it, or above */
	t = touches(w, &p->outline);
	if (!(t < w->enters_t))
		return;
	w->enters_t = t;
	w->out->enters = (struct zone_ref){ w->q.set, i };
}

static void way_ceiling(struct way_question *w, size_t i)
{
	const struct zone *z = &w->q.set->prisms[i].zone;

	if (isfinite(touches(w, &w->q.set->prisms[i].outline)))
		take_over(w, question_height(&w->q, z->ceiling) - z->ceiling.m, i);
}

/* The highest ceiling permitted there by the section's `in` zones. */
static void look_up(struct way_question *w, size_t first, size_t end, double t)
{
	double over = NAN;
	size_t lid = ZONE_NONE;

	for (size_t i = first; i < end; i++) {
		const struct prism *p = &w->q.set->prisms[i];
		double m;

		if (p->zone.kind != ZONE_IN || !zone_applies(&p->zone, w->q.now_ms) ||
		    !path_inside(&w->q.path, &p->outline, t))
			continue;
		m = question_height(&w->q, p->zone.ceiling) - p->zone.ceiling.m;
		if (isnan(m))
			return;
		if (!(m >= over)) {
			over = m;
			lid = i;
		}
	}
	take_over(w, over, lid);
}

static void way_in(struct way_question *w, size_t first, size_t end)
{
	bool any = false, starts = false, ends = false;
	size_t last = ZONE_NONE;
	double t;

	for (size_t i = first; i < end; i++) {
		const struct prism *p = &w->q.set->prisms[i];

		if (p->zone.kind != ZONE_IN || !zone_applies(&p->zone, w->q.now_ms))
			continue;
		if (last == ZONE_NONE)
			last = i;
		any = true;
		starts = starts || path_inside(&w->q.path, &p->outline, 0);
		ends = ends || ends_in(w, &p->outline);
	}
	if (!any)
		return;
	t = question_leaves(&w->q, first, end, &last);
	w->out->starts_beyond |= !starts;
	if (!ends && !w->out->ends_beyond.set)
		w->out->ends_beyond = (struct zone_ref){ w->q.set, last };
	if (!ends && !isfinite(t))
		t = w->q.path.piece_s;
	if (t < w->leaves_t) {
		w->leaves_t = t;
		w->out->leaves = (struct zone_ref){ w->q.set, last };
	}
	for (int i = 0; i <= WAY_LOOKS; i++)
		look_up(w, first, end, w->q.path.piece_s * i / WAY_LOOKS);
}

static void way_set(struct way_question *w, const struct zone_set *set, uint64_t mask)
{
	size_t i = 0;

	w->q.set = set;
	while (i < set->count) {
		size_t section = set->prisms[i].section, first = i;

		for (; i < set->count && set->prisms[i].section == section; i++) {
			const struct zone *z = &set->prisms[i].zone;

			if (!(mask >> section & 1) || !zone_applies(z, w->q.now_ms))
				continue;
			if (z->kind == ZONE_OUT)
				way_out(w, i);
			else if (z->kind == ZONE_CEILING)
				way_ceiling(w, i);
		}
		if (mask >> section & 1)
			way_in(w, first, i);
	}
}

/* The first body that the far end is in, in the height it has there. */
static void find_end(struct zone_ref *in, const struct zone_set *set, uint64_t mask,
    const struct question *end)
{
	for (size_t i = 0; set && !in->set && i < set->count; i++) {
		const struct prism *p = &set->prisms[i];

		if (p->zone.kind != ZONE_OUT || !(mask >> p->section & 1) ||
		    !zone_applies(&p->zone, end->now_ms) ||
		    question_height(end, p->zone.floor) < p->zone.floor.m ||
		    question_height(end, p->zone.ceiling) > p->zone.ceiling.m)
			continue;
		if (p->outline.count == 0 ||
		    outline_inside(&p->outline, outline_near(&p->outline, end->x), end->y))
			*in = (struct zone_ref){ set, i };
	}
}

void zone_check_way(const struct zone_set *set, const struct zone_set *own,
    const struct zone_fix *from, const struct zone_fix *to, int64_t now_ms, struct zone_way *out)
{
	struct way_question w = { .out = out, .leaves_t = INFINITY, .enters_t = INFINITY };
	uint64_t mask = set ? zone_sections_for(set, NULL, from->drone) : 0;
	struct question end;

	*out = (struct zone_way){ .over_m = NAN };
	if (isnan(to->lat) || isnan(to->lon))
		return;
	if (isnan(from->lat) || isnan(from->lon))
		from = to; /* the place itself is all that can be looked at */
	question_begin(&end, to, now_ms);
	question_begin(&w.q, from, now_ms);
	path_line(&w.q.path, from, to);
	w.low_alt = fmin(w.q.alt, end.alt);
	w.low_height = fmin(w.q.height, end.height);
	w.q.alt = fmax(w.q.alt, end.alt);
	w.q.height = fmax(w.q.height, end.height);
	if (set)
		way_set(&w, set, mask);
	if (own)
		way_set(&w, own, UINT64_MAX);
	find_end(&out->ends_in, set, mask, &end);
	find_end(&out->ends_in, own, UINT64_MAX, &end);
}
