/* How near drones of the own fleet will come to each other: see separation.h. */
#include "alarm/separation.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/geo.h"
#include "base/mem.h"

/* One in its cell. */
struct separation_cell {
	uint32_t next;       /* of the same head; SEPARATION_NOBODY */
	int32_t cx, cy;
};

#define M_PER_DEG 111320.0
static size_t head_of(const struct separation *s, int32_t cx, int32_t cy)
{
	uint64_t h = ((uint64_t)(uint32_t)cx << 32 | (uint32_t)cy) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h >> 32) & (s->head_cap - 1);
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
	size_t heads = 64;

	if (s->cap < n) {
		s->cap = n;
		s->cells = xreallocarray(s->cells, n, sizeof(*s->cells));
	}
	while (heads < 2 * n)
		heads *= 2;
	if (s->head_cap != heads) {
		s->head_cap = heads;
		s->heads = xreallocarray(s->heads, heads, sizeof(*s->heads));
	}
	memset(s->heads, 0xff, heads * sizeof(*s->heads));
}

/* Each pair is looked at from both sides: what one finds is its own. */
static void compare(const struct separation_one *a, const struct separation_one *b, uint32_t other,
    struct separation_found *found)
{
	double scale = cos(a->lat * M_PI / 180) * M_PER_DEG;
	double x = geo_wrap_180(b->lon - a->lon) * scale, y = (b->lat - a->lat) * M_PER_DEG;
	bool heights = !isnan(a->alt) && !isnan(b->alt);
	double z = heights ? b->alt - a->alt : 0, w = heights ? b->up - a->up : 0;
	double u = b->east - a->east, v = b->north - a->north;
	double uu = u * u + v * v + w * w, t = 0, d;

	if (uu > 1e-6)
		t = fmin(fmax(-(x * u + y * v + z * w) / uu, 0), SEPARATION_AHEAD_S);
	d = sqrt((x + u * t) * (x + u * t) + (y + v * t) * (y + v * t) + (z + w * t) * (z + w * t));
	if (d < found->closest_m || (d == found->closest_m && t < found->closest_s))
		*found = (struct separation_found){ d, t, other };
}

void separation_round(struct separation *s, const struct separation_one *ones, size_t n,
    struct separation_found *found)
{
	struct cut cut;

	if (n == 0)
		return;
	make_room(s, n);
	cut = cut_for(ones, n, 2 * fastest(ones, n) * SEPARATION_AHEAD_S + SEPARATION_SURE_M);
	for (size_t i = 0; i < n; i++) {
		struct separation_cell *c = &s->cells[i];
		size_t head;

		c->cy = (int32_t)floor(ones[i].lat / cut.lat_deg);
		c->cx = (int32_t)(geo_wrap_360(ones[i].lon) / cut.lon_deg) % cut.around;
		head = head_of(s, c->cx, c->cy);
		c->next = s->heads[head];
		s->heads[head] = (uint32_t)i;
		found[i] = (struct separation_found){ SEPARATION_NONE_M, SEPARATION_AHEAD_S,
			SEPARATION_NOBODY };
	}
	for (size_t i = 0; i < n; i++) {
		unsigned seen = 0;

		for (int dy = -1; dy <= 1; dy++) {
			for (int dx = -1; dx <= 1; dx++) {
				int32_t cx = (s->cells[i].cx + dx + cut.around) % cut.around,
					cy = s->cells[i].cy + dy;

				for (uint32_t j = s->heads[head_of(s, cx, cy)];
				     j != SEPARATION_NOBODY; j = s->cells[j].next) {
					if (j == i || s->cells[j].cx != cx || s->cells[j].cy != cy)
						continue;
					if (seen++ >= 9 * SEPARATION_CELL_MAX) {
						s->crowded++;
						continue;
					}
					compare(&ones[i], &ones[j], j, &found[i]);
				}
			}
		}
	}
}

void separation_clear(struct separation *s)
{
	free(s->cells);
	free(s->heads);
	memset(s, 0, sizeof(*s));
}
