/* What part of the world a map pane shows: see view.h. */
#include "map/view.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "map/mercator.h"

/* Cells that the world is wide at zoom 0. */
#define CELLS_AT_0 200.0

static const struct {
	int x, y;
} dots_of[MAP_CHARSETS] = {
	[MAP_BRAILLE] = { 2, 4 },
	[MAP_BLOCK] = { 1, 2 },
	[MAP_ASCII] = { 2, 4 },
};

static double clamp(double v, double min, double max)
{
	return !(v > min) ? min : v > max ? max : v;
}

/* Brings zoom and centre within bounds and derives the rest. */
static void settle(struct map_view *v)
{
	double unit_cell, half;

	v->zoom = clamp(v->zoom, fmax(log2(v->cols / CELLS_AT_0), MAP_ZOOM_MIN), MAP_ZOOM_MAX);
	unit_cell = MERCATOR_WORLD / (CELLS_AT_0 * exp2(v->zoom));
	v->unit_x = unit_cell / v->dots_x;
	v->unit_y = unit_cell * v->aspect / v->dots_y;

	v->x -= floor(v->x / MERCATOR_WORLD) * MERCATOR_WORLD;
	if (!(v->x >= 0 && v->x < MERCATOR_WORLD))
		v->x = 0; /* not finite, or -tiny rounded up to the world */
	half = v->unit_y * map_view_dots_high(v) / 2;
	v->y = half * 2 >= MERCATOR_WORLD ? MERCATOR_WORLD / 2
	                                  : clamp(v->y, half, MERCATOR_WORLD - half);
}

void map_view_resize(struct map_view *v, enum map_charset charset, int cols, int rows,
    double aspect)
{
	v->charset = charset;
	v->cols = cols < 1 ? 1 : cols;
	v->rows = rows < 1 ? 1 : rows;
	v->dots_x = dots_of[charset].x;
	v->dots_y = dots_of[charset].y;
	v->aspect = isfinite(aspect) && aspect > 0 ? clamp(aspect, 0.5, 8) : 2;
	settle(v);
}

void map_view_init(struct map_view *v, enum map_charset charset, int cols, int rows, double aspect)
{
	*v = (struct map_view){ .x = MERCATOR_WORLD / 2, .y = MERCATOR_WORLD / 2 };
	map_view_resize(v, charset, cols, rows, aspect);
	v->zoom = fmax(log2(v->cols / CELLS_AT_0), log2(v->rows * v->aspect / CELLS_AT_0));
	settle(v);
}

void map_view_look(struct map_view *v, struct geo_point centre, double zoom)
{
	v->x = mercator_x(centre.lon);
	v->y = mercator_y(centre.lat);
	v->zoom = zoom;
	settle(v);
}

struct geo_point map_view_centre(const struct map_view *v)
{
	return (struct geo_point){ mercator_lat(v->y), geo_wrap_180(mercator_lon(v->x)) };
}

void map_view_pan(struct map_view *v, double dots_right, double dots_down)
{
	v->x += dots_right * v->unit_x;
	v->y += dots_down * v->unit_y;
	settle(v);
}

void map_view_zoom_about(struct map_view *v, double zoom, double x, double y)
{
	double right = x - map_view_dots_wide(v) / 2.0, down = y - map_view_dots_high(v) / 2.0;
	double held_x = v->x + right * v->unit_x, held_y = v->y + down * v->unit_y;

	v->zoom = zoom;
	settle(v);
	v->x = held_x - right * v->unit_x;
	v->y = held_y - down * v->unit_y;
	settle(v);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The shortest arc that holds all xs: the world less the widest gap between
 * neighbours. Sorts xs. */
static void shortest_arc(double *xs, size_t count, double *west, double *width)
{
	double widest = -1;

	qsort(xs, count, sizeof(*xs), compare);
	for (size_t i = 0; i < count; i++) {
		double next = i + 1 < count ? xs[i + 1] : xs[0] + MERCATOR_WORLD;

		if (next - xs[i] > widest) {
			widest = next - xs[i];
			*west = next;
			*width = MERCATOR_WORLD - widest;
		}
	}
}

bool map_view_fit(struct map_view *v, const struct geo_point *points, size_t count, int margin,
    double zoom_max)
{
	double *xs = xcalloc(count, sizeof(*xs));
	double north = MERCATOR_WORLD, south = 0, west = 0, width = 0;
	double cols = fmax(1, v->cols - 2.0 * margin), rows = fmax(1, v->rows - 2.0 * margin);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		double y;

		if (!isfinite(points[i].lat) || !isfinite(points[i].lon))
			continue;
		y = mercator_y(points[i].lat);
		xs[n++] = mercator_x(geo_wrap_180(points[i].lon));
		north = fmin(north, y);
		south = fmax(south, y);
	}
	if (n) {
		shortest_arc(xs, n, &west, &width);
		v->x = west + width / 2;
		v->y = (north + south) / 2;
		/* A unit at least, so that one point alone has a logarithm. */
		v->zoom = fmin(log2(cols * MERCATOR_WORLD / (fmax(width, 1) * CELLS_AT_0)),
		    log2(rows * v->aspect * MERCATOR_WORLD / (fmax(south - north, 1) * CELLS_AT_0)));
		v->zoom = fmin(v->zoom, zoom_max);
		settle(v);
	}
	free(xs);
	return n > 0;
}

void map_view_project(const struct map_view *v, struct geo_point p, double *x, double *y)
{
	double east = remainder(mercator_x(p.lon) - v->x, MERCATOR_WORLD);

	*x = east / v->unit_x + map_view_dots_wide(v) / 2.0;
	*y = (mercator_y(p.lat) - v->y) / v->unit_y + map_view_dots_high(v) / 2.0;
}

struct geo_point map_view_unproject(const struct map_view *v, double x, double y)
{
	double ux = v->x + (x - map_view_dots_wide(v) / 2.0) * v->unit_x;
	double uy = v->y + (y - map_view_dots_high(v) / 2.0) * v->unit_y;

	return (struct geo_point){ mercator_lat(clamp(uy, 0, MERCATOR_WORLD)),
		geo_wrap_180(mercator_lon(ux)) };
}

double map_view_m_per_dot(const struct map_view *v, double lat)
{
	return v->unit_x * mercator_m_per_unit(lat);
}

double map_view_m_per_cell(const struct map_view *v, double lat)
{
	return map_view_m_per_dot(v, lat) * v->dots_x;
}
