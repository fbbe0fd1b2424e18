/* Web Mercator: see mercator.h. */
#include "map/mercator.h"

#include <math.h>

/* WGS 84. */
#define EARTH_A  6378137.0
#define EARTH_E2 0.00669437999014

#define RADIANS(deg) ((deg) * (M_PI / 180))
#define DEGREES(rad) ((rad) * (180 / M_PI))

double mercator_x(double lon)
{
	return (lon + 180) / 360 * MERCATOR_WORLD;
}

double mercator_y(double lat)
{
	lat = fmin(fmax(lat, -MERCATOR_LAT_MAX), MERCATOR_LAT_MAX);
	return (0.5 - atanh(sin(RADIANS(lat))) / (2 * M_PI)) * MERCATOR_WORLD;
}

double mercator_lon(double x)
{
	return x / MERCATOR_WORLD * 360 - 180;
}

double mercator_lat(double y)
{
	return DEGREES(atan(sinh((0.5 - y / MERCATOR_WORLD) * 2 * M_PI)));
}

static uint32_t to_unit(double v)
{
	if (!(v > 0))
		return 0;
	return v >= UINT32_MAX ? UINT32_MAX : (uint32_t)(v + 0.5);
}

struct mercator_point mercator_point(double lat, double lon)
{
	return (struct mercator_point){ to_unit(mercator_x(lon)), to_unit(mercator_y(lat)) };
}

double mercator_m_per_unit(double lat)
{
	double s = sin(RADIANS(lat));
	double circle = 2 * M_PI * EARTH_A * cos(RADIANS(lat)) / sqrt(1 - EARTH_E2 * s * s);

	return circle / MERCATOR_WORLD;
}
