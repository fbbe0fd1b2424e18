/* Fences and airspace on the map: see map_zones.h. */
#include "ui/map_zones.h"

#include <math.h>
#include <string.h>

#include "format/table.h"
#include "map/mercator.h"
#include "ui/theme.h"

/* An outline smaller than that many dots across is left out, and one smaller than
 * that many cells has no name. */
#define DOTS_LEAST  3
#define CELLS_NAMED 8
#define NAMES_MAX   40

static const struct zone_look {
	enum role role;
	int on, off;
} looks[ZONE_KIND_COUNT] = {
	[ZONE_IN] = { ROLE_FENCE, 4, 2 },
	[ZONE_OUT] = { ROLE_WARN, 3, 3 },
	[ZONE_CEILING] = { ROLE_FENCE, 1, 3 },
	[ZONE_INFO] = { ROLE_DIM, 1, 4 },
};

static struct geo_point wrapped(double lat, double lon)
{
	return (struct geo_point){ lat, geo_wrap_180(lon) };
}

/* How large it is in dots; false where it is off the map or nowhere. */
static bool in_sight(const struct map_view *v, const struct zone_view *zone, double *size)
{
	double middle = (zone->west + zone->east) / 2, x, x0, y0, x1, y1, half_x, half_y;

	if (zone->ring_count == 0)
		return false;
	map_view_project(v, wrapped(zone->north, middle), &x, &y0);
	map_view_project(v, wrapped(zone->south, middle), &x1, &y1);
	/* Mercator is straight in longitude: half of the width to each side. */
	half_x = (zone->east - zone->west) / 360 * MERCATOR_WORLD / v->unit_x / 2;
	half_y = (y1 - y0) / 2;
	x0 = x - half_x;
	*size = fmax(half_x, half_y) * 2;
	return *size >= DOTS_LEAST && x0 <= map_view_dots_wide(v) && x + half_x >= 0 &&
	       y0 <= map_view_dots_high(v) && y1 >= 0;
}

static void draw_ring(struct map_pane *p, const struct zone_ring *ring, double size,
    const struct dot_pen *pen)
{
	/* No more points than dots: what is small is drawn by every so many. */
	size_t step = 1 + (size_t)((double)ring->count / fmax(2 * size, 8));
	double x0, y0, x1, y1;
	int phase = 0;

	map_view_project(&p->view, wrapped(ring->points[0].lat, ring->points[0].lon), &x0, &y0);
	for (size_t i = step; i < ring->count + step; i += step) {
		const struct geo_point *q = &ring->points[i < ring->count ? i : 0];

		map_view_project(&p->view, wrapped(q->lat, q->lon), &x1, &y1);
		map_dots_line(&p->dots, x0, y0, x1, y1, pen, &phase);
		x0 = x1;
		y0 = y1;
	}
}

void map_zones_lines(struct map_pane *p, const struct zone_set *set, int64_t now_ms, int priority)
{
	for (size_t i = 0; i < zone_set_count(set); i++) {
		struct zone_view zone;
		struct dot_pen pen = { .priority = (uint8_t)priority };
		double size;

		zone_at(set, i, now_ms, &zone);
		if (!in_sight(&p->view, &zone, &size))
			continue;
		pen.role = zone.active ? looks[zone.kind].role : ROLE_DIM;
		pen.on = looks[zone.kind].on;
		pen.off = looks[zone.kind].off;
		for (size_t k = 0; k < zone.ring_count; k++)
			draw_ring(p, &zone.rings[k], size, &pen);
	}
}

void map_zones_names(struct canvas *c, struct rect r, struct map_pane *p, const struct zone_set *set,
    int64_t now_ms)
{
	int written = 0;

	for (size_t i = 0; i < zone_set_count(set) && written < NAMES_MAX; i++) {
		struct zone_view zone;
		const char *name;
		double size, x, y;
		int col, row, width;

		zone_at(set, i, now_ms, &zone);
		name = *zone.name ? zone.name : zone.section;
		if (!in_sight(&p->view, &zone, &size) || size < CELLS_NAMED * p->view.dots_x)
			continue;
		/* Inside, below the middle of its northern edge. */
		map_view_project(&p->view, wrapped(zone.north, (zone.west + zone.east) / 2), &x, &y);
		width = text_width(name);
		col = (int)(x / p->view.dots_x) - width / 2;
		row = (int)(y / p->view.dots_y) + 1;
		if (col < 0 || row < 0 || col + width > r.w || row >= r.h ||
		    !map_grid_free(&p->grid, col, row, width))
			continue;
		map_grid_take(&p->grid, col, row, width);
		canvas_text(c, r.x + col, r.y + row, width, zone.active ? looks[zone.kind].role : ROLE_DIM, name);
		written++;
	}
}
