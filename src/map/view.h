/*
 * What part of the world a map pane shows: centre, zoom, size. Everything
 * drawn on the map is placed by it.
 *
 * A pane is cols by rows cells; a cell is a grid of dots, as many as the
 * character set can tell apart:
 *
 *	MAP_BRAILLE  2 x 4	U+2800..U+28FF
 *	MAP_BLOCK    1 x 2	half blocks
 *	MAP_ASCII    2 x 4	the character most like the dots (glyph.h)
 *
 * Dot coordinates are doubles: (0, 0) is the upper left corner of the pane,
 * x grows right, y down; dot (i, j) covers [i, i + 1) x [j, j + 1), and its
 * cell is (i / dots_x, j / dots_y), rounded down. Points outside the pane
 * have coordinates too, negative or beyond map_view_dots_wide/high.
 *
 * zoom z: the world is 200 * 2^z cells wide, that is 400 * 2^z dots of
 * braille, in every character set; so a change of it moves nothing.
 *
 *	struct map_view v;
 *	map_view_init(&v, MAP_BRAILLE, 80, 24, 2.0);
 *	map_view_look(&v, (struct geo_point){ 47.141, 9.521 }, 13);
 *	map_view_project(&v, drone, &x, &y);
 *
 * The world is round: a position is projected to the copy of it nearest the
 * centre, and the view moves across the date line as anywhere. It never is
 * wider than the world, so that nothing shows twice: the lowest zoom depends
 * on cols. To the north and south the map ends at 85.05 degrees, and the view
 * stays within, unless it is taller than the world.
 */
#ifndef MAP_VIEW_H
#define MAP_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/geo.h"

#define MAP_ZOOM_MIN (-8.0) /* where even a pane of one cell shows all the world */
#define MAP_ZOOM_MAX 21.0 /* 5 cm a braille dot on the equator */

enum map_charset {
	MAP_BRAILLE,
	MAP_BLOCK,
	MAP_ASCII,
	MAP_CHARSETS
};

/* Read freely, change by the calls below. */
struct map_view {
	enum map_charset charset;
	int cols, rows;     /* at least 1 */
	int dots_x, dots_y; /* dots of one cell */
	double aspect;      /* height of a cell over its width, both in pixels */
	double zoom;
	double x, y;           /* centre, units of mercator.h; x in [0, 2^32) */
	double unit_x, unit_y; /* units a dot is wide and high */
};

/* As much of the world as shows once, nothing of it twice. aspect 0 or not
 * finite: 2. */
void map_view_init(struct map_view *v, enum map_charset charset, int cols, int rows, double aspect);
/* Centre and zoom stay. */
void map_view_resize(struct map_view *v, enum map_charset charset, int cols, int rows,
    double aspect);

/* Sets centre and zoom, each brought within bounds. */
void map_view_look(struct map_view *v, struct geo_point centre, double zoom);
struct geo_point map_view_centre(const struct map_view *v);

/* Moves the view by so many dots: the map moves the other way. */
void map_view_pan(struct map_view *v, double dots_right, double dots_down);
/* What lies at dot (x, y) stays there. */
void map_view_zoom_about(struct map_view *v, double zoom, double x, double y);
/* All points in sight with margin cells to spare on each side, around the
 * shorter way of the antimeridian, no closer than zoom_max. Positions that
 * are not finite are passed over; without any, nothing changes and it
 * returns false. */
bool map_view_fit(struct map_view *v, const struct geo_point *points, size_t count, int margin,
    double zoom_max);

void map_view_project(const struct map_view *v, struct geo_point p, double *x, double *y);
struct geo_point map_view_unproject(const struct map_view *v, double x, double y);

/* The pane in dots. */
static inline int map_view_dots_wide(const struct map_view *v)
{
	return v->cols * v->dots_x;
}

static inline int map_view_dots_high(const struct map_view *v)
{
	return v->rows * v->dots_y;
}

/* Whether a dot coordinate lies on the pane. */
static inline bool map_view_on(const struct map_view *v, double x, double y)
{
	return x >= 0 && y >= 0 && x < map_view_dots_wide(v) && y < map_view_dots_high(v);
}

/* Metres that a dot is wide, or a cell, at that latitude. */
double map_view_m_per_dot(const struct map_view *v, double lat);
double map_view_m_per_cell(const struct map_view *v, double lat);

#endif
