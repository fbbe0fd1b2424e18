/* Zones asked for where a drone stands and goes: see zones.h. How sets are
 * made is in zones_build.c. */
#include "alarm/zones.h"

#include <math.h>
#include <string.h>

#include "alarm/path.h"
#include "alarm/zones_private.h"
#include "base/geo.h"
#include "base/mem.h"

/* Slower than this a course is noise, and a turn with it. */
#define TURN_SPEED_LEAST 1.0
/* A turn seen over longer than this was perhaps several. */
#define TURN_GAP_MS 3000
/* Changes from one `in` zone into the next that are followed. */
#define HOPS_MAX 16

bool zone_section_names(const struct zone_section *section, const char *drone)
{
	const char *p = section->drones;
	bool any = false;

	while (*p) {
		size_t n = strcspn(p, ", \t");
		char pattern[sizeof(section->drones)];

		if (n > 0) {
			any = true;
			str_copy_n(pattern, sizeof(pattern), p, n);
			if (str_glob(pattern, drone))
				return true;
		}
		p += n + (p[n] != '\0');
	}
	return !any;
}

void zone_fix_of(struct zone_fix *fix, const char *drone, const struct sample *s)
{
	bool placed = !sample_has(s, FIELD_fix) || s->raw[FIELD_fix] >= FIX_2D;

	*fix = (struct zone_fix){
		.drone = drone,
		.lat = placed ? sample_value(s, FIELD_lat) : NAN,
		.lon = placed ? sample_value(s, FIELD_lon) : NAN,
		.alt = sample_value(s, FIELD_alt),
		.height = sample_value(s, FIELD_height),
		.home_alt = NAN,
		.speed = sample_value(s, FIELD_speed),
		.course = sample_value(s, FIELD_course),
		.climb = sample_value(s, FIELD_climb),
		.turn = NAN,
	};
}

static uint64_t hash_of(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

uint64_t zone_sections_for(const struct zone_set *set, struct zone_memo *memo, const char *drone)
{
	uint64_t hash = memo ? hash_of(drone) : 0, mask = 0;

	if (memo && memo->serial == set->serial && memo->drone_hash == hash)
		return memo->sections;
	for (size_t i = 0; i < set->section_count; i++)
		mask |= (uint64_t)zone_section_names(&set->sections[i], drone) << i;
	if (memo) {
		memo->serial = set->serial;
		memo->drone_hash = hash;
		memo->sections = mask;
		memo->near_known = false;
	}
	return mask;
}

static double turn_of(struct zone_memo *memo, const struct zone_fix *fix, int64_t now_ms)
{
	int64_t gap_ms;

	if (!isnan(fix->turn))
		return fix->turn;
	if (!memo || isnan(fix->course) || !(fix->speed >= TURN_SPEED_LEAST))
		return 0;
	gap_ms = now_ms - memo->course_ms;
	if (memo->course_ms == 0 || gap_ms < 0 || gap_ms > TURN_GAP_MS) {
		memo->turn = 0;
	} else if (gap_ms > 0) {
		double seconds = (double)gap_ms / 1000;
		double turn = geo_wrap_180(fix->course - memo->course) / seconds;
		/* Over about a second, whatever the rate of samples. */
		double share = seconds / (seconds + 1);

		memo->turn += (turn - memo->turn) * share;
	} else {
		return memo->turn;
	}
	memo->course = fix->course;
	memo->course_ms = now_ms;
	return memo->turn;
}

/* The drone's height as that limit counts it, or NAN. */
double question_height(const struct question *q, struct zone_height limit)
{
	return limit.above == ABOVE_GROUND || limit.above == ABOVE_HOME ? q->height : q->alt;
}

/* To floor or ceiling of a body: m, positive outside it; -INFINITY where
 * neither bounds it as far as is known. */
static double body_margin(const struct question *q, const struct zone *z)
{
	double under = z->floor.m - question_height(q, z->floor);
	double above = question_height(q, z->ceiling) - z->ceiling.m;

	return fmax(isnan(under) ? -INFINITY : under, isnan(above) ? -INFINITY : above);
}

/* The times of the path at which it is within floor and ceiling. */
static void times_in_body(const struct question *q, const struct zone *z, double *from, double *to)
{
	double climb = isnan(q->fix->climb) ? 0 : q->fix->climb;
	double up = question_height(q, z->floor) - z->floor.m;
	double down = z->ceiling.m - question_height(q, z->ceiling);

	*from = 0;
	*to = q->path.piece_s * (double)q->path.count;
	if (climb == 0 && (up < 0 || down < 0))
		*from = INFINITY;
	if (climb > 0 && up < 0)
		*from = -up / climb;
	if (climb < 0 && down < 0)
		*from = down / climb;
	if ((climb > 0 && down < 0) || (climb < 0 && up < 0))
		*from = INFINITY; /* gone already, and going on */
	if (climb > 0 && down >= 0)
		*to = fmin(*to, down / climb);
	if (climb < 0 && up >= 0)
		*to = fmin(*to, up / -climb);
}

static double enters_body(const struct question *q, const struct prism *p)
{
	double from, to, t;

	times_in_body(q, &p->zone, &from, &to);
	if (from > to)
		return INFINITY;
	if (path_inside(&q->path, &p->outline, from))
		return from;
	t = path_meets(&q->path, &p->outline, from);
	return t <= to ? t : INFINITY;
}

static void take_margin(struct zone_verdict *out, double margin, const struct zone_set *set, size_t i)
{
	if (isnan(out->margin_m) || margin < out->margin_m) {
		out->margin_m = margin;
		out->margin_zone = (struct zone_ref){ set, i };
	}
}

static void take_breach(struct zone_verdict *out, double t, const struct zone_set *set, size_t i)
{
	if (t < out->breach_s) {
		out->breach_s = t;
		out->breach_zone = (struct zone_ref){ set, i };
	}
}

static void take_over(struct zone_verdict *out, double over, const struct zone_set *set, size_t i)
{
	if (!isnan(over) && !(over <= out->over_m)) {
		out->over_m = over;
		out->ceiling_zone = (struct zone_ref){ set, i };
	}
}

/* Of a body, from how far it is to the side (positive outside) and up or down. */
static double outside(double side, double level)
{
	return side > 0 && level > 0 ? hypot(side, level) : fmax(side, level);
}

static void ask_out(struct question *q, size_t k)
{
	size_t i = question_zone(q, k);
	const struct prism *p = &q->set->prisms[i];
	double reach = q->path.reach_m;
	double known = isnan(q->out->margin_m) ? q->most : fmin(q->out->margin_m, q->most);
	double level = body_margin(q, &p->zone);
	double least, most, side, margin;

	question_side_bounds(q, k, &least, &most);
	/* Farther off than another, and out of reach or no matter any more. */
	if ((-most > reach || known <= 0) && outside(-most, level) > known)
		return;
	side = -question_side(q, k, isfinite(known) ? fmax(fabs(known), reach) + 1 : 1e9);
	margin = outside(side, level);
	take_margin(q->out, margin, q->set, i);
	if (margin <= 0)
		take_breach(q->out, 0, q->set, i);
	else if (q->path.count && side <= reach)
		take_breach(q->out, enters_body(q, p), q->set, i);
}

/* When the path leaves the last of the section's `in` zones; *last is the one. */
double question_leaves(const struct question *q, size_t first, size_t end, size_t *last)
{
	double t = 0;

	for (int hop = 0; hop < HOPS_MAX; hop++) {
		double farthest = -1;

		for (size_t k = first; k < end; k++) {
			size_t i = question_zone(q, k);
			const struct prism *p = &q->set->prisms[i];
			double out;

			if (p->zone.kind != ZONE_IN || !zone_applies(&p->zone, q->now_ms) ||
			    !path_inside(&q->path, &p->outline, t))
				continue;
			out = path_meets(&q->path, &p->outline, t);
			if (out > farthest) {
				farthest = out;
				*last = i;
			}
		}
		if (farthest < 0)
			return t;
		if (isinf(farthest))
			return INFINITY;
		/* A step past the side, where the next begins. */
		t = farthest + 1e-3;
		if (t >= q->path.piece_s * (double)q->path.count)
			return INFINITY;
	}
	return INFINITY;
}

/* Floor and ceiling of the `in` zones that a drone is inside of: the one that
 * permits most counts. */
struct lid {
	double over, under;
	size_t zone;
	bool open_above, open_below;
};

static void lid_add(const struct question *q, struct lid *lid, size_t i)
{
	const struct zone *z = &q->set->prisms[i].zone;
	double over = question_height(q, z->ceiling) - z->ceiling.m;
	double under = z->floor.m - question_height(q, z->floor);

	if (isnan(over)) {
		lid->open_above = true;
	} else if (!(over >= lid->over)) {
		lid->over = over;
		lid->zone = i;
	}
	if (isnan(under))
		lid->open_below = true;
	else if (!(under >= lid->under))
		lid->under = under;
}

static bool inside_surely(const struct question *q, size_t k, double least, double most)
{
	const struct outline *o = &q->set->prisms[question_zone(q, k)].outline;

	return least > 0 || (most >= 0 && outline_inside(o, outline_near(o, q->x), q->y));
}

/* The `in` zones of one section together: farthest inside of any counts. */
static void ask_in(struct question *q, size_t first, size_t end)
{
	double known = isnan(q->out->margin_m) ? q->most : fmin(q->out->margin_m, q->most);
	struct lid lid = { .over = NAN, .under = NAN, .zone = ZONE_NONE };
	double best = -INFINITY, surely = -INFINITY, least, most;
	size_t nearest = ZONE_NONE;
	bool far;

	for (size_t k = first; k < end; k++) {
		const struct zone *z = &q->set->prisms[question_zone(q, k)].zone;

		if (z->kind != ZONE_IN || !zone_applies(z, q->now_ms))
			continue;
		question_side_bounds(q, k, &least, &most);
		surely = fmax(surely, least);
	}
	/* Deep inside one: its limits are neither the nearest nor in reach. */
	far = surely > 0 && surely > q->path.reach_m && surely > known;
	for (size_t k = first; k < end; k++) {
		size_t i = question_zone(q, k);
		const struct zone *z = &q->set->prisms[i].zone;
		double margin;

		if (z->kind != ZONE_IN || !zone_applies(z, q->now_ms))
			continue;
		question_side_bounds(q, k, &least, &most);
		if (far) {
			if (inside_surely(q, k, least, most))
				lid_add(q, &lid, i);
			continue;
		}
		if (most < 0 && most < best)
			continue;
		margin = question_side(q, k, 1e9);
		if (nearest == ZONE_NONE || margin > best) {
			best = margin;
			nearest = i;
		}
		if (margin >= 0)
			lid_add(q, &lid, i);
	}
	if (lid.zone != ZONE_NONE && !lid.open_above)
		take_over(q->out, lid.over, q->set, lid.zone);
	if (!isnan(lid.under) && !lid.open_below && !(lid.under <= q->out->under_m))
		q->out->under_m = lid.under;
	if (nearest == ZONE_NONE || isinf(best))
		return; /* far from its limits, or everywhere */
	take_margin(q->out, best, q->set, nearest);
	if (best <= 0) {
		take_breach(q->out, 0, q->set, nearest);
	} else if (q->path.count && best <= q->path.reach_m) {
		size_t last = nearest;
		double t = question_leaves(q, first, end, &last);

		take_breach(q->out, t, q->set, last);
	}
}

static void ask_ceiling(struct question *q, size_t k)
{
	size_t i = question_zone(q, k);
	const struct prism *p = &q->set->prisms[i];
	double least, most;

	question_side_bounds(q, k, &least, &most);
	if (most < 0)
		return;
	if (least <= 0 && p->outline.count &&
	    !outline_inside(&p->outline, outline_near(&p->outline, q->x), q->y))
		return;
	take_over(q->out, question_height(q, p->zone.ceiling) - p->zone.ceiling.m, q->set, i);
}

/* The most that the margin to the nearest body can be. */
static double most_margin(const struct question *q)
{
	double best = INFINITY;

	for (size_t k = 0; q->memo && k < q->memo->near_count; k++) {
		const struct zone *z = &q->set->prisms[q->memo->near[k].zone].zone;
		double least, most;

		if (z->kind != ZONE_OUT || !zone_applies(z, q->now_ms))
			continue;
		question_side_bounds(q, k, &least, &most);
		best = fmin(best, outside(-least, body_margin(q, z)));
	}
	return best;
}

static void ask_zones(struct question *q, uint64_t mask)
{
	size_t count = q->memo ? q->memo->near_count : q->set->count, k = 0;

	q->most = most_margin(q);
	while (k < count) {
		size_t section = q->set->prisms[question_zone(q, k)].section, first = k;
		bool any_in = false;

		for (; k < count && q->set->prisms[question_zone(q, k)].section == section; k++) {
			const struct zone *z = &q->set->prisms[question_zone(q, k)].zone;

			if (!(mask >> section & 1))
				continue;
			if (z->kind == ZONE_IN)
				any_in = true;
			else if (z->kind == ZONE_OUT && zone_applies(z, q->now_ms))
				ask_out(q, k);
			else if (z->kind == ZONE_CEILING && zone_applies(z, q->now_ms))
				ask_ceiling(q, k);
		}
		if (any_in)
			ask_in(q, first, k);
	}
}

/* Whether what is not in the memo is farther off than what was found, and out
 * of reach. */
static bool enough(const struct question *q)
{
	const struct zone_memo *memo = q->memo;
	double moved = hypot(geo_wrap_180(q->x - memo->x) * q->path.scale.x,
	    (q->y - memo->y) * q->path.scale.y);
	double left = memo->others_m - moved;

	return left > q->path.reach_m && (isinf(left) || left > q->out->margin_m);
}

static void ask_set(struct question *q, const struct zone_set *set, uint64_t mask, struct zone_memo *memo)
{
	struct zone_verdict empty = *q->out;
	double reach = q->path.reach_m;

	q->set = set;
	q->memo = memo;
	if (memo && memo->near_known) {
		ask_zones(q, mask);
		if (enough(q))
			return;
		/* Never so far that all are gathered, but over what is high above them too. */
		reach = fmax(reach, isnan(q->out->margin_m) ? 0 : fabs(q->out->margin_m));
		*q->out = empty;
	}
	q->memo = NULL;
	if (memo && question_gather(q, memo, mask, reach)) {
		q->memo = memo;
		ask_zones(q, mask);
		if (enough(q))
			return;
		*q->out = empty;
		q->memo = NULL;
	}
	ask_zones(q, mask);
}

void question_begin(struct question *q, const struct zone_fix *fix, int64_t now_ms)
{
	struct geo_frame frame = geo_frame_at((struct geo_point){ fix->lat, fix->lon });

	q->memo = NULL;
	q->fix = fix;
	q->now_ms = now_ms;
	q->x = fix->lon;
	q->y = fix->lat;
	q->alt = isnan(fix->alt) ? fix->height + fix->home_alt : fix->alt;
	q->height = isnan(fix->height) ? fix->alt - fix->home_alt : fix->height;
	q->path.scale = (struct scale){ fmax(frame.m_per_deg_lon, 1), frame.m_per_deg_lat };
	q->path.count = 0;
}

void zone_check(const struct zone_set *set, const struct zone_set *own, struct zone_memo *memo,
    const struct zone_fix *fix, int64_t now_ms, struct zone_verdict *out)
{
	struct question q;
	double turn;

	question_begin(&q, fix, now_ms);
	q.out = out;
	*out = (struct zone_verdict){
		.margin_m = NAN, .breach_s = INFINITY, .over_m = NAN, .under_m = NAN,
	};
	if (isnan(fix->lat) || isnan(fix->lon)) {
		out->breach_s = NAN;
		return;
	}
	turn = turn_of(memo, fix, now_ms);
	path_predict(&q.path, fix, turn);
	if (set)
		ask_set(&q, set, zone_sections_for(set, memo, fix->drone), memo);
	if (own)
		ask_set(&q, own, UINT64_MAX, NULL);
	if (isnan(out->margin_m) || (!q.path.known && out->breach_s > 0))
		out->breach_s = NAN;
}
