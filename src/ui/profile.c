/* A flight's profile: see flight_path.h. */
#include <math.h>
#include <stdio.h>

#include "ui/flight_path.h"
#include "ui/ui.h"

#define PROFILE_MAX 512
#define LABEL_W     5
#define GAP         0x00b7

struct chart {
	double column[PROFILE_MAX]; /* mean; NAN: nothing known there, */
	bool gap[PROFILE_MAX];      /* between what is */
	double low, high;
};

static double place(const struct flight_path *path, const struct path_point *p, bool over_distance)
{
	double all = over_distance ? path->points[path->count - 1].along_m
				   : (double)(path->points[path->count - 1].time_ms -
					      path->points[0].time_ms);
	double at = over_distance ? p->along_m : (double)(p->time_ms - path->points[0].time_ms);

	return all > 0 ? at / all : 0;
}

static void gather(struct chart *chart, const struct flight_path *path, enum path_value value,
    bool over_distance, int w)
{
	int n[PROFILE_MAX] = { 0 }, last = -1;
	bool broken = false;

	chart->low = INFINITY;
	chart->high = -INFINITY;
	for (int i = 0; i < w; i++) {
		chart->column[i] = NAN;
		chart->gap[i] = false;
	}
	for (size_t k = 0; k < path->count; k++) {
		const struct path_point *p = &path->points[k];
		double v = (double)p->value[value];
		int i = (int)(place(path, p, over_distance) * (w - 1) + 0.5);

		broken = broken || p->breaks;
		if (!isfinite(v)) {
			broken = true;
			continue;
		}
		/* Columns between two samples that follow each other belong to the first. */
		for (int gap = last + 1; last >= 0 && gap < i; gap++) {
			chart->column[gap] = broken ? NAN : chart->column[last];
			chart->gap[gap] = broken;
		}
		chart->column[i] = n[i] ? (chart->column[i] * n[i] + v) / (n[i] + 1) : v;
		n[i]++;
		last = i;
		broken = false;
		chart->low = fmin(chart->low, v);
		chart->high = fmax(chart->high, v);
	}
}

static void draw_chart(struct canvas *c, struct rect r, const struct chart *chart, uint16_t role)
{
	double span = chart->high - chart->low > 0 ? chart->high - chart->low : 1;

	for (int i = 0; i < r.w; i++) {
		double eighths = (chart->column[i] - chart->low) / span * (r.h * 8 - 1) + 1;

		if (chart->gap[i])
			canvas_put(c, r.x + i, r.y + r.h - 1, GAP, ROLE_BORDER);
		if (!isfinite(chart->column[i]))
			continue;
		for (int y = 0; y < r.h; y++) {
			double fill = eighths - 8 * (r.h - 1 - y);

			if (fill >= 1)
				canvas_put(c, r.x + i, r.y + y,
				    fill >= 8 ? 0x2588 : 0x2580 + (uint32_t)fill, role);
		}
	}
}

/* One below the other: the highest at the top of the chart, the lowest at its foot. */
static void draw_labels(struct canvas *c, struct rect r, const struct chart *chart, const char *name)
{
	if (r.h > 1) {
		canvas_printf(c, r.x, r.y, LABEL_W, ROLE_DIM, "%4.0f", round(chart->high) + 0.0);
		canvas_printf(c, r.x, r.y + r.h - 1, LABEL_W, ROLE_DIM, "%4.0f", round(chart->low) + 0.0);
	}
	if (r.h > 2 || r.h == 1)
		canvas_text(c, r.x, r.y + r.h / 2, LABEL_W, ROLE_DIM, name);
}

static void draw_axis(
    struct canvas *c, struct rect r, const struct flight_path *path, bool over_distance)
{
	char text[TIMELINE_TEXT];

	if (over_distance) {
		canvas_text(c, r.x, r.y, r.w, ROLE_DIM, "0");
		canvas_right(c, r.x + r.w, r.y, ROLE_DIM, "%.1f km",
		    path->points[path->count - 1].along_m / 1000);
		return;
	}
	canvas_text(c, r.x, r.y, r.w, ROLE_DIM,
	    timeline_clock(path->points[0].time_ms, INT64_MIN, text));
	canvas_right(c, r.x + r.w, r.y, ROLE_DIM, "%s",
	    timeline_clock(path->points[path->count - 1].time_ms, INT64_MIN, text));
}

/* The last point that had happened, or SIZE_MAX outside the flight. */
static size_t happened(const struct flight_path *path, int64_t at_ms)
{
	size_t k = path->count;

	if (at_ms < path->points[0].time_ms || at_ms > path->points[path->count - 1].time_ms + 1000)
		return SIZE_MAX;
	while (k > 0 && path->points[k - 1].time_ms > at_ms)
		k--;
	return k ? k - 1 : SIZE_MAX;
}

void flight_profile_draw(struct canvas *c, struct rect r, const struct flight_path *path,
    bool over_distance, int64_t at_ms)
{
	static const struct {
		enum path_value value;
		const char *name;
		uint16_t role;
	} charts[2] = { { PATH_HEIGHT, "hgt", ROLE_SPARK }, { PATH_BATTERY, "bat", ROLE_OK } };
	struct chart chart;
	int axis = r.h > 2, w = r.w - LABEL_W - 1, y = r.y;
	size_t k;

	w = w > PROFILE_MAX ? PROFILE_MAX : w;
	if (w < 8 || r.h < 1 || path->count < 2)
		return;
	k = happened(path, at_ms);
	for (int i = 0; i < 2; i++) {
		int rows = i ? r.y + r.h - axis - y : (r.h - axis) * 2 / 3;
		struct rect at = { r.x + LABEL_W, y, w, rows < 1 ? 1 : rows };

		if (y >= r.y + r.h - axis)
			break;
		gather(&chart, path, charts[i].value, over_distance, w);
		if (isfinite(chart.low)) {
			draw_chart(c, at, &chart, charts[i].role);
			draw_labels(c, (struct rect){ r.x, y, LABEL_W, at.h }, &chart, charts[i].name);
		}
		y += at.h;
	}
	if (axis)
		draw_axis(c, (struct rect){ r.x + LABEL_W, y, w, 1 }, path, over_distance);
	if (k != SIZE_MAX) {
		int column = (int)(place(path, &path->points[k], over_distance) * (w - 1) + 0.5);

		for (int row = r.y; row < y; row++) {
			struct cell *cell = canvas_at(c, r.x + LABEL_W + column, row);

			if (!cell)
				continue;
			cell->ch = cell->ch == ' ' ? '|' : cell->ch;
			cell->ground = GROUND_CURSOR;
		}
	}
}
