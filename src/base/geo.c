/* Positions on the WGS 84 ellipsoid: see geo.h. */
#include "base/geo.h"

#include <geodesic.h>
#include <math.h>
#include <stddef.h>

/* WGS 84, NIMA TR8350.2. */
#define WGS84_A 6378137.0
#define WGS84_F (1 / 298.257223563)

double geo_inverse(struct geo_point a, struct geo_point b, double *bearing_deg)
{
	struct geod_geodesic g;
	double distance, azimuth;

	geod_init(&g, WGS84_A, WGS84_F);
	geod_inverse(&g, a.lat, a.lon, b.lat, b.lon, &distance, &azimuth, NULL);
	*bearing_deg = geo_wrap_360(azimuth);
	return distance;
}

double geo_distance_m(struct geo_point a, struct geo_point b)
{
	double bearing;

	return geo_inverse(a, b, &bearing);
}

struct geo_point geo_direct(struct geo_point a, double bearing_deg, double distance_m)
{
	struct geod_geodesic g;
	struct geo_point b;

	geod_init(&g, WGS84_A, WGS84_F);
	geod_direct(&g, a.lat, a.lon, bearing_deg, distance_m, &b.lat, &b.lon, NULL);
	b.lon = geo_wrap_180(b.lon);
	return b;
}

struct geo_frame geo_frame_at(struct geo_point origin)
{
	/* Radii of curvature in the meridian and the prime vertical. */
	double e2 = WGS84_F * (2 - WGS84_F);
	double s = sin(origin.lat * M_PI / 180);
	double w = 1 - e2 * s * s;
	double meridian = WGS84_A * (1 - e2) / (w * sqrt(w));
	double normal = WGS84_A / sqrt(w);

	return (struct geo_frame){
		.origin = origin,
		.m_per_deg_lat = meridian * M_PI / 180,
		.m_per_deg_lon = normal * cos(origin.lat * M_PI / 180) * M_PI / 180,
	};
}

void geo_to_xy(const struct geo_frame *frame, struct geo_point p, double *x_m, double *y_m)
{
	*x_m = geo_wrap_180(p.lon - frame->origin.lon) * frame->m_per_deg_lon;
	*y_m = (p.lat - frame->origin.lat) * frame->m_per_deg_lat;
}

struct geo_point geo_from_xy(const struct geo_frame *frame, double x_m, double y_m)
{
	return (struct geo_point){
		.lat = frame->origin.lat + y_m / frame->m_per_deg_lat,
		.lon = geo_wrap_180(frame->origin.lon + x_m / frame->m_per_deg_lon),
	};
}

double geo_wrap_360(double deg)
{
	double d = fmod(deg, 360);

	if (d < 0)
		d += 360;
	return d >= 360 ? 0 : d; /* -1e-20 + 360 is 360 */
}

double geo_wrap_180(double deg)
{
	return geo_wrap_360(deg + 180) - 180;
}
