/*
 * Positions on the WGS 84 ellipsoid: distances and bearings by PROJ's
 * geodesic routines (C. F. F. Karney, "Algorithms for geodesics", 2013), good to
 * nanometres and far too slow for a flight step; and a flat local frame for
 * that, good to a millimetre per kilometre within some 10 km of its origin.
 *
 * Latitude and longitude are degrees, bearings degrees clockwise from true
 * north in [0, 360), everything else metres.
 */
#ifndef BASE_GEO_H
#define BASE_GEO_H

struct geo_point {
	double lat, lon;
};

double geo_distance_m(struct geo_point a, struct geo_point b);
/* Distance, and the bearing at a that leads to b. */
double geo_inverse(struct geo_point a, struct geo_point b, double *bearing_deg);
/* Where one comes to from a. lon in [-180, 180). */
struct geo_point geo_direct(struct geo_point a, double bearing_deg, double distance_m);

/* A plane that touches the ellipsoid at origin: x east, y north. Use it
 * within some 10 km; beyond, and near the poles, use the calls above. */
struct geo_frame {
	struct geo_point origin;
	double m_per_deg_lat, m_per_deg_lon;
};

struct geo_frame geo_frame_at(struct geo_point origin);
void geo_to_xy(const struct geo_frame *frame, struct geo_point p, double *x_m, double *y_m);
struct geo_point geo_from_xy(const struct geo_frame *frame, double x_m, double y_m);

/* Into [0, 360). */
double geo_wrap_360(double deg);
/* Into [-180, 180). */
double geo_wrap_180(double deg);

#endif
