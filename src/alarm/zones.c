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

/* To the side: m, positive inside. Right up to limit, beyond which no less. */
static double side_margin(const struct question *q, const struct outline *o, double limit)
{
	double x, d;

	if (o->count == 0)
		return INFINITY;
	x = outline_near(o, q->x);
	d = outline_distance(o, q->path.scale, x, q->y, limit);
	return outline_inside(o, x, q->y) ? d : -d;
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

static void ask_out(struct question *q, size_t i)
{
	const struct prism *p = &q->set->prisms[i];
	double reach = q->path.reach_m;
	double known = isnan(q->out->margin_m) ? INFINITY : q->out->margin_m;
	double level = body_margin(q, &p->zone);
	double side, margin, limit;

	if (p->outline.count) {
		double x = outline_near(&p->outline, q->x);
		double box = box_distance(&p->outline.box, q->path.scale, x, q->y);

		if (box > reach && box >= known)
			return;
	}
	/* Farther off than this it is neither nearest nor reached. */
	limit = isfinite(known) ? fmax(fabs(known), reach) + 1 : 1e9;
	side = -side_margin(q, &p->outline, limit);
	margin = side > 0 && level > 0 ? hypot(side, level) : fmax(side, level);
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

		for (size_t i = first; i < end; i++) {
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

/* The `in` zones of one section together. */
static void ask_in(struct question *q, size_t first, size_t end)
{
	double best = -INFINITY, over = NAN, under = NAN;
	size_t nearest = ZONE_NONE, lid = ZONE_NONE;
	bool inside = false, open_above = false, open_below = false;

	for (size_t i = first; i < end; i++) {
		const struct prism *p = &q->set->prisms[i];
		double margin, m, box = 0;

		if (p->zone.kind != ZONE_IN || !zone_applies(&p->zone, q->now_ms))
			continue;
		if (p->outline.count)
			box = box_distance(&p->outline.box, q->path.scale,
			    outline_near(&p->outline, q->x), q->y);
		if (box > 0 && -box < best)
			continue;
		margin = side_margin(q, &p->outline, 1e9);
		if (nearest == ZONE_NONE || margin > best) {
			best = margin;
			nearest = i;
		}
		if (margin < 0)
			continue;
		inside = true;
		m = question_height(q, p->zone.ceiling) - p->zone.ceiling.m;
		if (isnan(m)) {
			open_above = true;
		} else if (!(m >= over)) {
			over = m;
			lid = i;
		}
		m = p->zone.floor.m - question_height(q, p->zone.floor);
		if (isnan(m))
			open_below = true;
		else if (!(m >= under))
			under = m;
	}
	if (nearest == ZONE_NONE)
		return;
	if (inside && !open_above)
		take_over(q->out, over, q->set, lid);
	if (inside && !open_below && !(under <= q->out->under_m))
		q->out->under_m = under;
	if (isinf(best))
		return; /* everywhere */
	take_margin(q->out, best, q->set, nearest);
	if (best <= 0)
		take_breach(q->out, 0, q->set, nearest);
	else if (q->path.count && best <= q->path.reach_m) {
		size_t last = nearest;
		double t = question_leaves(q, first, end, &last);

		take_breach(q->out, t, q->set, last);
	}
}

static void ask_ceiling(struct question *q, size_t i)
{
	const struct prism *p = &q->set->prisms[i];

	if (p->outline.count && !outline_inside(&p->outline, outline_near(&p->outline, q->x), q->y))
		return;
	take_over(q->out, question_height(q, p->zone.ceiling) - p->zone.ceiling.m, q->set, i);
}

static void ask_set(struct question *q, const struct zone_set *set, uint64_t mask)
{
	size_t i = 0;

	q->set = set;
	while (i < set->count) {
		size_t section = set->prisms[i].section, first = i;
		bool any_in = false;

		while (i < set->count && set->prisms[i].section == section) {
			const struct zone *z = &set->prisms[i].zone;

			if ((mask >> section & 1) && z->kind == ZONE_IN)
				any_in = true;
			else if ((mask >> section & 1) && zone_applies(z, q->now_ms)) {
				if (z->kind == ZONE_OUT)
					ask_out(q, i);
				else if (z->kind == ZONE_CEILING)
					ask_ceiling(q, i);
			}
			i++;
		}
		if (any_in)
			ask_in(q, first, i);
	}
}

void question_begin(struct question *q, const struct zone_fix *fix, int64_t now_ms)
{
	struct geo_frame frame = geo_frame_at((struct geo_point){ fix->lat, fix->lon });

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
		ask_set(&q, set, zone_sections_for(set, memo, fix->drone));
	if (own)
		ask_set(&q, own, UINT64_MAX);
	if (isnan(out->margin_m) || (!q.path.known && out->breach_s > 0))
		out->breach_s = NAN;
}
