/*
 * Web Mercator (EPSG:3857's formulas, Snyder 1987 equation 7-1 on the sphere)
 * on a square world of 2^32 by 2^32 units: x grows east from 180 degrees
 * west, y grows south from 85.0511 degrees north. A unit is 9.3 mm on the
 * equator. Whole units fit a uint32_t: what a layer keeps is 8 bytes a vertex.
 *
 * Latitudes beyond the square are drawn on its edge.
 */
#ifndef MAP_MERCATOR_H
#define MAP_MERCATOR_H

#include <stdint.h>

#define MERCATOR_WORLD 4294967296.0
#define MERCATOR_LAT_MAX 85.051128779806592 /* atan(sinh(pi)), degrees */

/* One vertex; a rectangle, edges included. */
struct mercator_point {
	uint32_t x, y;
};

struct mercator_box {
	uint32_t x0, y0, x1, y1;
};

/* Degrees to units. x is not wrapped: 181 degrees lie east of the world. */
double mercator_x(double lon);
double mercator_y(double lat);
double mercator_lon(double x);
double mercator_lat(double y);

/* The vertex nearest to a position; beyond the edges, on them. */
struct mercator_point mercator_point(double lat, double lon);

/* Metres on the ellipsoid that a unit covers from west to east there. */
double mercator_m_per_unit(double lat);

#endif
