/* Levels of detail: see lod.h. */
#include "map/lod.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
static void thin(struct thinner *t, const struct mercator_point *p, uint32_t count, double tolerance)
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

/* From the parts of the next finer level, less what is smaller than small dots. */
static void reduce(struct map_parts *out, const struct map_parts *in,
    const double zoom_min[MAP_TONES], double zoom, double small)
{
	double dot = units_per_dot(zoom);
	struct dot_set dots = { 0 };
	struct thinner t = { 0 };

	*out = (struct map_parts){ .areas = in->areas };
	for (size_t i = 0; i < in->part_count; i++) {
		const struct map_part *part = &in->parts[i];
		const struct mercator_point *p = in->points + part->first;
		const struct mercator_box *b = &part->box;

		if (zoom_min[part->tone] > zoom)
			continue;
		if (b->x1 - b->x0 < small * dot && b->y1 - b->y0 < small * dot) {
			uint64_t x = (uint64_t)(p->x / dot), y = (uint64_t)(p->y / dot);

			/* Tones have dots of their own. */
			if (!dot_set_add(&dots, ((y << 30) + x) * MAP_TONES + part->tone))
				continue;
			map_parts_add_point(out, *p);
		} else {
			thin(&t, p, part->count, TOLERANCE * dot);
			for (uint32_t k = 0; k < part->count; k++)
				if (t.keep[k])
					map_parts_add_point(out, p[k]);
		}
		map_parts_end(out, part->shape, part->tone);
	}
	free(dots.slots);
	free(t.keep);
	free(t.stack);
}

struct map_geometry *map_geometry_make(struct map_parts *parts, const double zoom_min[MAP_TONES],
    const atomic_bool *stop)
{
	struct map_geometry *g = xcalloc(1, sizeof(*g));
	struct map_parts made[MAP_LEVELS_MAX] = { { 0 } };
	double zooms[MAP_LEVELS_MAX];
	const struct map_parts *finer = parts;
	int count = 0;

	/* Finest first, each from the one before. */
	for (int i = (int)ARRAY_LEN(level_zooms) - 1; i >= 0; i--) {
		double from = i ? level_zooms[i - 1] : -3, zoom = level_zooms[i];

		if (stop && atomic_load_explicit(stop, memory_order_relaxed))
			break;
		if (busiest(parts, zoom_min, from) <= MAP_BUSY)
			continue;
		for (double small = SMALL;; small *= 2) {
			reduce(&made[count], finer, zoom_min, zoom, small);
			if (small >= SMALL_MAX || busiest(&made[count], zoom_min, from) <= MAP_BUSY)
				break;
			map_parts_clear(&made[count]);
		}
		zooms[count] = zoom;
		finer = &made[count++];
	}
	g->areas = parts->areas;
	for (int i = count - 1; i >= 0; i--)
		map_level_make(&g->levels[g->level_count++], &made[i], zooms[i]);
	map_level_make(&g->levels[g->level_count++], parts, INFINITY);
	return g;
}
