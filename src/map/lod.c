/* Levels of detail: see lod.h. */
#include "map/lod.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/view.h"

#define TOLERANCE 0.35 /* dots */
#define SMALL     0.5  /* dots */
#define SMALL_MAX 16.0

/* Levels are for zooms up to these; and the grid in which the busiest view is
 * looked for, 2^GRID tiles of a view's size along each side of the world. */
static const double level_zooms[] = { 1, 3, 5, 7, 9, 11, 13, 15 };
#define GRID 11

static double units_per_dot(double zoom)
{
	return MERCATOR_WORLD / (400 * exp2(zoom));
}

/* Vertices in the busiest of the squares into which the world falls when a
 * view of 400 dots is one of them wide. */
static double busiest(const struct map_parts *p, const double zoom_min[MAP_TONES], double zoom)
{
	int bits = zoom < 0 ? 0 : zoom > GRID ? GRID : (int)zoom;
	size_t side = (size_t)1 << bits;
	uint32_t *tiles = xcalloc(side * side, sizeof(*tiles));
	uint32_t most = 0;

	for (size_t i = 0; i < p->part_count; i++) {
		const struct map_part *part = &p->parts[i];

		/* The level's two zooms: what appears within them counts. */
		if (zoom_min[part->tone] > zoom + 2)
			continue;
		for (size_t k = 0; k < part->count; k += MAP_CHUNK) {
			struct mercator_point at = p->points[part->first + k];
			uint32_t n = part->count - (uint32_t)k;
			uint32_t *tile =
			    &tiles[((uint64_t)at.y << bits >> 32) * side + ((uint64_t)at.x << bits >> 32)];

			*tile += n < MAP_CHUNK ? n : MAP_CHUNK;
			if (*tile > most)
				most = *tile;
		}
	}
	free(tiles);
	/* Finer than the grid: taken as spread evenly within a square. */
	return most / exp2(2 * fmax(0, zoom - bits));
}

/* A set of dots of the level, by number. */
struct dot_set {
	uint64_t *slots; /* number + 1, 0: free */
	size_t count, cap;
};

static size_t dot_slot(const struct dot_set *s, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (s->cap - 1);

	while (s->slots[i] && s->slots[i] != key)
		i = (i + 1) & (s->cap - 1);
	return i;
}

/* True if it was not there. */
static bool dot_set_add(struct dot_set *s, uint64_t number)
{
	size_t i;

	if (s->count * 2 >= s->cap) {
		struct dot_set bigger = { .cap = s->cap ? s->cap * 2 : 1024, .count = s->count };

		bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
		for (size_t k = 0; k < s->cap; k++)
			if (s->slots[k])
				bigger.slots[dot_slot(&bigger, s->slots[k])] = s->slots[k];
		free(s->slots);
		*s = bigger;
	}
	i = dot_slot(s, number + 1);
	if (s->slots[i])
		return false;
	s->slots[i] = number + 1;
	s->count++;
	return true;
}

struct thinner {
	bool *keep;
	size_t cap;
	struct span {
		uint32_t first, last;
	} *stack;
	size_t depth, stack_cap;
};

/* The vertex farthest from the chord between the ends, and how far, squared. */
static uint32_t farthest(const struct mercator_point *p, uint32_t first, uint32_t last,
    double *distance2)
{
	double ax = p[first].x, ay = p[first].y, dx = p[last].x - ax, dy = p[last].y - ay;
	double length2 = dx * dx + dy * dy, most = -1;
	uint32_t at = first;

	for (uint32_t i = first + 1; i < last; i++) {
		double x = p[i].x - ax, y = p[i].y - ay, d2;
		double t = length2 > 0 ? (x * dx + y * dy) / length2 : 0;

		t = t < 0 ? 0 : t > 1 ? 1 : t;
		x -= t * dx;
		y -= t * dy;
		d2 = x * x + y * y;
		if (d2 > most) {
			most = d2;
			at = i;
		}
	}
	*distance2 = most;
	return at;
}

/* Marks in t->keep which vertices stay; a stack instead of recursion, since a
 * coast has a million vertices. */
static void thin(struct thinner *t, const struct mercator_point *p, uint32_t count,
    double tolerance)
{
	double limit = tolerance * tolerance, distance2;

	if (count > t->cap) {
		t->keep = xreallocarray(t->keep, count, sizeof(*t->keep));
		t->cap = count;
	}
	memset(t->keep, 0, count * sizeof(*t->keep));
	t->keep[0] = t->keep[count - 1] = true;
	mem_grow(t->stack, t->depth, t->stack_cap);
	t->stack[t->depth++] = (struct span){ 0, count - 1 };
	while (t->depth) {
		struct span s = t->stack[--t->depth];
		uint32_t at;

		if (s.last - s.first < 2)
			continue;
		at = farthest(p, s.first, s.last, &distance2);
		if (distance2 <= limit)
			continue;
		t->keep[at] = true;
		mem_grow(t->stack, t->depth, t->stack_cap);
		t->stack[t->depth++] = (struct span){ s.first, at };
		mem_grow(t->stack, t->depth, t->stack_cap);
		t->stack[t->depth++] = (struct span){ at, s.last };
	}
}

/* Dots wait here until there are enough for a part, since a part of one
 * costs far more to draw than a vertex, and until a shape is complete, whose
 * parts must stay together. */
struct gathering {
	struct mercator_point *points;
	size_t count, cap;
	uint8_t tone;
};

static void gather(struct gathering *g, struct mercator_point p, uint8_t tone)
{
	g->tone = tone;
	mem_grow(g->points, g->count, g->cap);
	g->points[g->count++] = p;
}

static void flush(struct map_parts *out, struct gathering *g)
{
	if (!g->count)
		return;
	for (size_t i = 0; i < g->count; i++)
		map_parts_add_point(out, g->points[i]);
	/* No shape of its own: an area has no use for dots. */
	map_parts_end(out, UINT32_MAX, g->tone);
	out->parts[out->part_count - 1].dots = true;
	g->count = 0;
}

struct reducing {
	struct map_parts *out;
	struct dot_set dots;
	struct thinner thinner;
	struct gathering gathering;
	double dot, tolerance; /* units */
};

static void reduce_to_dot(struct reducing *r, struct mercator_point p, uint8_t tone)
{
	uint64_t x = (uint64_t)(p.x / r->dot), y = (uint64_t)(p.y / r->dot);

	/* Tones have dots of their own. */
	if (dot_set_add(&r->dots, ((y << 30) + x) * MAP_TONES + tone))
		gather(&r->gathering, p, tone);
}

static void reduce_part(struct reducing *r, const struct mercator_point *p,
    const struct map_part *part)
{
	if (r->tolerance > 0)
		thin(&r->thinner, p, part->count, r->tolerance);
	for (uint32_t k = 0; k < part->count; k++)
		if (!(r->tolerance > 0) || r->thinner.keep[k])
			map_parts_add_point(r->out, p[k]);
	map_parts_end(r->out, part->shape, part->tone);
}

/* What is smaller than small dots becomes dots, the rest is thinned if there is
 * a tolerance, in dots too. */
static void reduce(struct map_parts *out, const struct map_parts *in,
    const double zoom_min[MAP_TONES], double zoom, double small, double tolerance)
{
	struct reducing r = { .out = out, .dot = units_per_dot(zoom),
		.tolerance = tolerance * units_per_dot(zoom) };

	*out = (struct map_parts){ .areas = in->areas };
	for (size_t i = 0; i < in->part_count; i++) {
		const struct map_part *part = &in->parts[i];
		const struct mercator_point *p = in->points + part->first;
		const struct mercator_box *b = &part->box;

		if (zoom_min[part->tone] > zoom)
			continue;
		if ((r.gathering.count >= MAP_CHUNK || r.gathering.tone != part->tone) &&
		    (i == 0 || part->shape != in->parts[i - 1].shape))
			flush(out, &r.gathering);
		if (part->dots)
			for (uint32_t k = 0; k < part->count; k++)
				reduce_to_dot(&r, p[k], part->tone);
		else if (b->x1 - b->x0 < small * r.dot && b->y1 - b->y0 < small * r.dot)
			reduce_to_dot(&r, *p, part->tone);
		else
			reduce_part(&r, p, part);
	}
	flush(out, &r.gathering);
	free(r.gathering.points);
	free(r.dots.slots);
	free(r.thinner.keep);
	free(r.thinner.stack);
}

/* A layer of points comes as parts of one each. */
static void gather_points(struct map_parts *parts)
{
	struct map_parts out = { .areas = parts->areas };
	struct gathering g = { .count = 0 };
	size_t single = 0;

	while (single < parts->part_count && parts->parts[single].count == 1)
		single++;
	if (parts->areas || single < 2 || single < parts->part_count)
		return;
	for (size_t i = 0; i < parts->part_count; i++) {
		if (g.count >= MAP_CHUNK || g.tone != parts->parts[i].tone)
			flush(&out, &g);
		gather(&g, parts->points[parts->parts[i].first], parts->parts[i].tone);
	}
	flush(&out, &g);
	free(g.points);
	map_parts_clear(parts);
	*parts = out;
}

/* One level from the next finer one. More and more becomes dots until the
 * busiest view is bearable or that no longer helps. */
static struct map_parts make_level(const struct map_parts *finer, const double zoom_min[MAP_TONES],
    double from, double zoom)
{
	struct map_parts made, fewer;
	double most, before;

	reduce(&made, finer, zoom_min, zoom, SMALL, TOLERANCE);
	most = busiest(&made, zoom_min, from);
	for (double small = 2 * SMALL; small <= SMALL_MAX && most > MAP_BUSY; small *= 2) {
		reduce(&fewer, &made, zoom_min, zoom, small, 0);
		map_parts_clear(&made);
		made = fewer;
		before = most;
		most = busiest(&made, zoom_min, from);
		if (most > 0.9 * before)
			break;
	}
	return made;
}

struct map_geometry *map_geometry_make(struct map_parts *parts, const double zoom_min[MAP_TONES],
    const atomic_bool *stop)
{
	struct map_geometry *g = xcalloc(1, sizeof(*g));
	struct map_parts made[MAP_LEVELS_MAX] = { { 0 } };
	double zooms[MAP_LEVELS_MAX];
	const struct map_parts *finer = parts;
	int count = 0;

	gather_points(parts);
	/* Finest first, each from the one before. */
	for (int i = (int)ARRAY_LEN(level_zooms) - 1; i >= 0 && parts->point_count > MAP_BUSY; i--) {
		double from = i ? level_zooms[i - 1] : MAP_ZOOM_MIN;

		if (stop && atomic_load_explicit(stop, memory_order_relaxed))
			break;
		if (busiest(parts, zoom_min, from) <= MAP_BUSY)
			continue;
		made[count] = make_level(finer, zoom_min, from, level_zooms[i]);
		zooms[count] = level_zooms[i];
		finer = &made[count++];
	}
	g->areas = parts->areas;
	for (int i = count - 1; i >= 0; i--)
		map_level_make(&g->levels[g->level_count++], &made[i], zooms[i]);
	map_level_make(&g->levels[g->level_count++], parts, INFINITY);
	return g;
}
