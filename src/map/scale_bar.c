/* A scale bar and ticks along the edges: see scale_bar.h. */
#include "map/scale_bar.h"

#include <math.h>
#include <stdio.h>

#include "map/mercator.h"

/* The largest of 1, 2, 5 times a power of ten that is at most v. */
static double round_down(double v)
{
	double power = pow(10, floor(log10(v) + 1e-9));
	double digit = v / power + 1e-9;

	return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

struct map_scale_bar map_scale_bar(const struct map_view *view, int max_cells)
{
	double m_per_cell = map_view_m_per_cell(view, map_view_centre(view).lat);
	struct map_scale_bar bar;

	bar.metres = round_down(m_per_cell * (max_cells < 1 ? 1 : max_cells));
	bar.cells = bar.metres / m_per_cell;
	if (bar.metres >= 1000)
		snprintf(bar.text, sizeof(bar.text), "%.0f km", bar.metres / 1000);
	else if (bar.metres >= 1)
		snprintf(bar.text, sizeof(bar.text), "%.0f m", bar.metres);
	else
		snprintf(bar.text, sizeof(bar.text), "%.0f cm", bar.metres * 100);
	return bar;
}

/* Steps of degrees: decimal below 10, so that they read as what is typed. */
static double step_over(double degrees)
{
	static const double wide[] = { 10, 15, 30, 45, 90, 180 };

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]) && degrees > 5; i++)
		if (degrees <= wide[i])
			return wide[i];
	if (degrees > 5)
		return 180;
	return 10 / round_down(10 / fmax(degrees, 1e-7));
}

static void describe(struct map_tick *tick, int at, double degrees, double step)
{
	int places = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);

	if (fabs(degrees) < step / 2)
		degrees = 0; /* never "-0" */
	tick->at = at;
	tick->degrees = degrees;
	snprintf(tick->text, sizeof(tick->text), "%.*f", places, degrees);
}

int map_ticks_lat(const struct map_view *view, int min_cells, struct map_tick ticks[MAP_TICKS_MAX])
{
	struct geo_point north = map_view_unproject(view, 0, 0);
	struct geo_point south = map_view_unproject(view, 0, map_view_dots_high(view));
	double step = step_over((north.lat - south.lat) / view->rows * min_cells);
	double lat = floor(north.lat / step) * step;
	int count = 0, before = -min_cells;

	for (; lat >= south.lat && count < MAP_TICKS_MAX; lat -= step) {
		double x, y;
		int row;

		map_view_project(view, (struct geo_point){ lat, 0 }, &x, &y);
		row = (int)floor(y / view->dots_y);
		/* Parallels draw together towards the equator. */
		if (row < 0 || row >= view->rows || row - before < min_cells)
			continue;
		describe(&ticks[count++], row, lat, step);
		before = row;
	}
	return count;
}

int map_ticks_lon(const struct map_view *view, int min_cells, struct map_tick ticks[MAP_TICKS_MAX])
{
	double west = mercator_lon(view->x - map_view_dots_wide(view) / 2.0 * view->unit_x);
	double cell = view->unit_x * view->dots_x / MERCATOR_WORLD * 360;
	double step = step_over(cell * min_cells);
	int count = 0;

	for (double lon = ceil(west / step) * step; count < MAP_TICKS_MAX; lon += step) {
		int col = (int)floor((lon - west) / cell + 1e-9);

		if (col >= view->cols)
			break;
		describe(&ticks[count++], col, geo_wrap_180(lon), step);
	}
	return count;
}
