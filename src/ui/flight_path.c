/* Flights over the map: see flight_path.h. */
#include "ui/flight_path.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/geo.h"
#include "base/mem.h"
#include "map/view.h"
#include "ui/ui.h"

#define PRIORITY_PATH 3
#define DIGIT_CELLS   14 /* between two digits of one path */

static const struct {
	const char *name, *unit;
} values[PATH_VALUES] = {
	[PATH_HEIGHT] = { "height", "m" },
	[PATH_SPEED] = { "speed", "m/s" },
	[PATH_BATTERY] = { "battery", "%" },
};

/* From low to high; told apart on dark and on light ground. */
static const uint16_t band_roles[PATH_BANDS] = { COLOUR_XTERM + 38, COLOUR_XTERM + 71,
	COLOUR_XTERM + 178, COLOUR_XTERM + 208, COLOUR_XTERM + 169 };

void flight_paths_clear(struct flight_paths *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->list[i].points);
	memset(p->list, 0, sizeof(p->list));
	p->count = 0;
}

struct flight_path *flight_paths_add(struct flight_paths *p, const char *name)
{
	struct flight_path *path;

	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].name, name) == 0) {
			p->list[i].count = 0;
			return &p->list[i];
		}
	}
	if (p->count == PATHS_MAX)
		return NULL;
	path = &p->list[p->count++];
	*path = (struct flight_path){ 0 };
	str_copy(path->name, sizeof(path->name), name);
	return path;
}

void flight_path_put(struct flight_path *path, const struct path_point *point)
{
	struct path_point *to;
	const struct path_point *before = path->count ? &path->points[path->count - 1] : NULL;
	double along = before ? before->along_m : 0;

	if (before && !point->breaks && isfinite(before->lat) && isfinite(point->lat))
		along += geo_distance_m((struct geo_point){ before->lat, before->lon },
		    (struct geo_point){ point->lat, point->lon });
	mem_grow(path->points, path->count, path->cap);
	to = &path->points[path->count++];
	*to = *point;
	to->along_m = along;
}

const struct flight_path *flight_paths_of(const struct flight_paths *p, const char *drone)
{
	for (size_t i = p->count; i-- > 0;) {
		if (strcmp(p->list[i].drone, drone) == 0 && p->list[i].count > 1)
			return &p->list[i];
	}
	return NULL;
}

/* Lowest and highest of all that is laid. */
static bool range(const struct flight_paths *p, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < p->count; i++) {
		for (size_t k = 0; k < p->list[i].count; k++) {
			double v = (double)p->list[i].points[k].value[p->colour];

			if (isfinite(v)) {
				*low = fmin(*low, v);
				*high = fmax(*high, v);
			}
		}
	}
	if (*high - *low < PATH_BANDS)
		*high = *low + PATH_BANDS;
	return isfinite(*low);
}

static int band(double v, double low, double high)
{
	int b = isfinite(v) ? (int)((v - low) / (high - low) * PATH_BANDS) : -1;

	return b >= PATH_BANDS ? PATH_BANDS - 1 : b;
}

void flight_paths_draw(const struct flight_paths *p, const struct map_view *view, struct map_dots *dots)
{
	double low, high;

	if (!p->count || !range(p, &low, &high))
		return;
	for (size_t i = 0; i < p->count; i++) {
		const struct flight_path *path = &p->list[i];
		double x0 = 0, y0 = 0, x, y;
		bool drawn = false;

		for (size_t k = 0; k < path->count; k++) {
			const struct path_point *at = &path->points[k];
			int b = band((double)at->value[p->colour], low, high), phase = 0;
			struct dot_pen pen = { b < 0 ? ROLE_DIM : band_roles[b], PRIORITY_PATH, 1, 0 };

			if (isnan(at->lat)) {
				drawn = false;
				continue;
			}
			map_view_project(view, (struct geo_point){ at->lat, at->lon }, &x, &y);
			if (drawn && !at->breaks)
				map_dots_line(dots, x0, y0, x, y, &pen, &phase);
			else
				map_dots_set(dots, x, y, &pen);
			x0 = x;
			y0 = y;
			drawn = true;
		}
	}
}

static void put_digits(struct canvas *c, struct rect r, const struct flight_path *path,
    enum path_value value, const struct map_view *view, double low, double high)
{
	int last = -1;
	double far = INFINITY, x0 = 0, y0 = 0, x, y;

	for (size_t k = 0; k < path->count; k++) {
		const struct path_point *at = &path->points[k];
		int b = band((double)at->value[value], low, high);

		if (isnan(at->lat) || b < 0)
			continue;
		map_view_project(view, (struct geo_point){ at->lat, at->lon }, &x, &y);
		far = isinf(far) ? far : far + hypot((x - x0) / 2, (y - y0) / 4);
		x0 = x;
		y0 = y;
		if (!map_view_on(view, x, y) || far < (b == last ? DIGIT_CELLS : 3))
			continue;
		canvas_put(c, r.x + (int)(x / 2), r.y + (int)(y / 4), '1' + (uint32_t)b, band_roles[b]);
		far = 0;
		last = b;
	}
}

void flight_paths_legend(
    struct canvas *c, struct rect r, const struct flight_paths *p, const struct map_view *view)
{
	double low, high;
	int x = r.x + 1;

	if (!p->count || !range(p, &low, &high))
		return;
	for (size_t i = 0; i < p->count; i++)
		put_digits(c, r, &p->list[i], p->colour, view, low, high);
	x += canvas_printf(c, x, r.y, r.w - 5, ROLE_DIM, "%s %s ", values[p->colour].name,
	    values[p->colour].unit);
	for (int b = 0; b < PATH_BANDS; b++) {
		double from = low + (high - low) * b / PATH_BANDS, to = low + (high - low) * (b + 1) / PATH_BANDS;

		if (x + 10 > r.x + r.w - 4)
			break;
		x += canvas_printf(c, x, r.y, 2, band_roles[b], "%d", b + 1);
		x += canvas_printf(c, x, r.y, 12, ROLE_DIM, " %.0f\u2013%.0f ", round(from) + 0.0, round(to) + 0.0);
	}
}

static int show(struct ui *ui, const char *what, struct err *err)
{
	if (!ui->hooks.path)
		return err_set(err, "there is no history here to read a flight from");
	return ui->hooks.path(ui, what, err);
}

static int choose_colour(struct ui *ui, const char *word, struct err *err)
{
	for (int v = 0; v < PATH_VALUES; v++) {
		if (strcmp(values[v].name, word) == 0) {
			ui->paths.colour = (enum path_value)v;
			return 0;
		}
	}
	return err_set(err, "a path is coloured by height, speed or battery, and \"%.32s\" is none of them",
	    word);
}

int flight_path_line(struct ui *ui, int count, char **words, struct err *err)
{
	if (count < 2)
		return err_set(err, "path takes drones or flights, off, colour height|speed|battery, or "
				    "over time|distance");
	if (strcmp(words[1], "off") == 0 && count == 2) {
		flight_paths_clear(&ui->paths);
		return 0;
	}
	if (strcmp(words[1], "colour") == 0 || strcmp(words[1], "color") == 0)
		return choose_colour(ui, count > 2 ? words[2] : "", err);
	if (strcmp(words[1], "over") == 0) {
		if (count != 3 || (strcmp(words[2], "time") != 0 && strcmp(words[2], "distance") != 0))
			return err_set(err, "a profile goes over time or distance");
		ui->paths.over_distance = *words[2] == 'd';
		return 0;
	}
	for (int i = 1; i < count; i++) {
		if (show(ui, words[i], err) == -1)
			return -1;
	}
	return 0;
}

const char *flight_path_candidate(struct ui *ui, int word, int n)
{
	static const char *const own[] = { "off", "colour", "over", NULL };
	static const char *const second[] = { "height", "speed", "battery", "time", "distance", NULL };

	if (word == 2)
		return second[n < 5 ? n : 5];
	if (word != 1)
		return NULL;
	if (n < 3)
		return own[n];
	return (size_t)(n - 3) < ui->model.count ? ui->model.drones[n - 3].id : NULL;
}
