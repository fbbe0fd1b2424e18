/* How near drones of the own fleet will come to each other: see separation.h. */
#include "alarm/separation.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/geo.h"
#include "base/mem.h"

/* One, among those of its bucket, which lie together: a cell's are looked at nine times. */
struct separation_cell {
	struct separation_one one;
	double reach;   /* m that it goes in SEPARATION_AHEAD_S */
	int32_t cx, cy;
	uint32_t index; /* in the input */
};

#define M_PER_DEG 111320.0

static size_t bucket_of(const struct separation *s, int32_t cx, int32_t cy)
{
	uint64_t h = ((uint64_t)(uint32_t)cx << 32 | (uint32_t)cy) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h >> 32) & (s->bucket_cap - 1);
}

/* Cells are of degrees, as wide in longitude as the width is where meridians
 * are closest together, and close a ring around the earth. */
struct cut {
	double lat_deg, lon_deg;
	int32_t around;
};

static struct cut cut_for(const struct separation_one *ones, size_t n, double width)
{
	double northmost = 0, narrow;
	struct cut cut;

	for (size_t i = 0; i < n; i++)
		northmost = fmax(northmost, fabs(ones[i].lat));
	narrow = fmax(cos(northmost * M_PI / 180), 0.01);
	cut.lat_deg = width / M_PER_DEG;
	cut.around = (int32_t)fmax(floor(360 * narrow / cut.lat_deg), 3);
	cut.lon_deg = 360.0 / cut.around;
	return cut;
}

static double fastest(const struct separation_one *ones, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, hypot(ones[i].east, ones[i].north));
	return most;
}

static void make_room(struct separation *s, size_t n)
{
	size_t buckets = 64;

	if (s->cap < n) {
		s->cap = n;
		s->cells = xreallocarray(s->cells, n, sizeof(*s->cells));
		s->at = xreallocarray(s->at, n, sizeof(*s->at));
	}
	while (buckets < 2 * n)
		buckets *= 2;
	if (s->bucket_cap != buckets) {
		s->bucket_cap = buckets;
		s->starts = xreallocarray(s->starts, buckets + 1, sizeof(*s->starts));
	}
	memset(s->starts, 0, (buckets + 1) * sizeof(*s->starts));
}

static void cell_of(const struct cut *cut, const struct separation_one *one, int32_t *cx,
    int32_t *cy)
{
	*cy = (int32_t)floor(one->lat / cut->lat_deg);
	*cx = (int32_t)(geo_wrap_360(one->lon) / cut->lon_deg) % cut->around;
}

/* Sorts them into buckets by counting: those of bucket b are at starts[b] to starts[b + 1]. */
static void place(struct separation *s, const struct cut *cut, const struct separation_one *ones,
    size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t cx, cy;

		cell_of(cut, &ones[i], &cx, &cy);
		s->at[i] = (uint32_t)bucket_of(s, cx, cy);
		s->starts[s->at[i]]++;
	}
	for (size_t b = 0; b <= s->bucket_cap; b++) {
		sum += s->starts[b];
		s->starts[b] = sum;
	}
	/* From the end of each bucket down, so that its start is left. */
	for (size_t i = n; i-- > 0;) {
		struct separation_cell *c = &s->cells[--s->starts[s->at[i]]];

		c->one = ones[i];
		c->reach = SEPARATION_AHEAD_S * sqrt(ones[i].east * ones[i].east +
			ones[i].north * ones[i].north + ones[i].up * ones[i].up);
		c->index = (uint32_t)i;
		cell_of(cut, &ones[i], &c->cx, &c->cy);
	}
}

/* What has been found for one, as far as it goes. */
struct nearest {
	double scale;     /* m per degree of longitude where it is */
	double d, d2, t;  /* m, m squared, s */
	uint32_t other;
	unsigned seen;
};

/* Each pair is looked at from both sides: what one finds is its own. */
static inline void compare(const struct separation_cell *me, const struct separation_cell *cell,
    struct nearest *found)
{
	const struct separation_one *a = &me->one, *b = &cell->one;
	double east = b->lon - a->lon;
	double x = (fabs(east) > 180 ? geo_wrap_180(east) : east) * found->scale;
	double y = (b->lat - a->lat) * M_PER_DEG;
	double near = found->d + me->reach + cell->reach;
	double dz = b->alt - a->alt, z, u, v, w, uu, t, d2;
	bool heights = !isnan(dz);

	/* In a crowd this is most of them: too far to come nearer than what is found. */
	if (x * x + y * y > near * near)
		return;
	z = heights ? dz : 0;
	u = b->east - a->east;
	v = b->north - a->north;
	w = heights ? b->up - a->up : 0;
	uu = u * u + v * v + w * w;
	t = -(x * u + y * v + z * w);
	/* Most go apart, or stand: those need no division. */
	if (t <= 0 || uu <= 1e-6)
		t = 0;
	else
		t = t >= SEPARATION_AHEAD_S * uu ? SEPARATION_AHEAD_S : t / uu;
	x += u * t;
	y += v * t;
	z += w * t;
	d2 = x * x + y * y + z * z;
	if (d2 < found->d2 || (d2 == found->d2 && t < found->t)) {
		found->d = sqrt(d2);
		found->d2 = d2;
		found->t = t;
		found->other = cell->index;
	}
}

/* All of one cell. */
static void compare_cell(struct separation *s, const struct separation_cell *me, int32_t cx,
    int32_t cy, struct nearest *found)
{
	size_t b = bucket_of(s, cx, cy);

	for (uint32_t i = s->starts[b]; i < s->starts[b + 1]; i++) {
		const struct separation_cell *c = &s->cells[i];

		if (c->cx != cx || c->cy != cy || c == me)
			continue;
		if (found->seen++ >= 9 * SEPARATION_CELL_MAX) {
			s->crowded++;
			continue;
		}
		compare(me, c, found);
	}
}

void separation_round(struct separation *s, const struct separation_one *ones, size_t n,
    struct separation_found *found)
{
	struct cut cut;

	if (n == 0)
		return;
	make_room(s, n);
	cut = cut_for(ones, n, 2 * fastest(ones, n) * SEPARATION_AHEAD_S + SEPARATION_SURE_M);
	place(s, &cut, ones, n);
	for (size_t i = 0; i < n; i++) {
		const struct separation_cell *me = &s->cells[i];
		struct nearest near = {
			.scale = cos(me->one.lat * M_PI / 180) * M_PER_DEG,
			.d = SEPARATION_NONE_M,
			.d2 = SEPARATION_NONE_M * SEPARATION_NONE_M,
			.t = SEPARATION_AHEAD_S,
			.other = SEPARATION_NOBODY,
		};

		for (int dy = -1; dy <= 1; dy++) {
			for (int dx = -1; dx <= 1; dx++)
				compare_cell(s, me, (me->cx + dx + cut.around) % cut.around,
				    me->cy + dy, &near);
		}
		found[me->index] = (struct separation_found){ near.d, near.t, near.other };
	}
}

void separation_clear(struct separation *s)
{
	free(s->cells);
	free(s->at);
	free(s->starts);
	memset(s, 0, sizeof(*s));
}
