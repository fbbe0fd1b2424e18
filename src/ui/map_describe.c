/* What is at the crosshair, in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/ui.h"

#define NEAR_CELLS 12 /* farther things are not there */

static void put_far(struct buf *out, struct geo_point from, struct geo_point to, const char *what)
{
	double bearing, m = geo_inverse(from, to, &bearing);

	if (m < 1)
		buf_printf(out, " \u00b7 %s here", what);
	else
		buf_printf(out, m < 995 ? " \u00b7 %s %.0f m @ %03.0f\u00b0"
					: " \u00b7 %s %.1f km @ %03.0f\u00b0",
		    what, m < 995 ? m : m / 1000, bearing);
}

static void nearest_drone(const struct ui *ui, double reach_m, struct buf *out)
{
	const struct ui_drone *best = NULL;
	struct geo_point at = { 0, 0 };
	double least = reach_m;

	for (size_t i = 0; i < ui->model.count; i++) {
		const struct ui_drone *d = &ui->model.drones[i];
		struct geo_point p;
		double m;

		if (d->dismissed || !model_position(d, &p.lat, &p.lon))
			continue;
		m = geo_distance_m(ui->map.cross, p);
		if (m <= least) {
			best = d;
			least = m;
			at = p;
		}
	}
	if (best)
		put_far(out, ui->map.cross, at, best->id);
}

/* The nearest names that the map has written here, at most two. */
static void nearest_names(const struct ui *ui, double x, double y, struct buf *out)
{
	const struct map_raster *r = &ui->map.raster;
	const struct map_label *first = NULL, *second = NULL;
	double d1 = NEAR_CELLS, d2 = NEAR_CELLS;

	for (size_t i = 0; ui->map.raster_valid && i < r->label_count; i++) {
		const struct map_label *l = &r->labels[i];
		double dx = x / 2 - l->at_col, dy = 2 * (y / 4 - l->at_row), d = hypot(dx, dy);

		if (d < d1) {
			second = first;
			d2 = d1;
			first = l;
			d1 = d;
		} else if (d < d2) {
			second = l;
			d2 = d;
		}
	}
	if (first)
		buf_printf(out, " \u00b7 near %s", first->text);
	if (second)
		buf_printf(out, ", %s", second->text);
}

void action_map_describe(struct ui *ui, int arg)
{
	struct map_pane *p = &ui->map;
	const struct ui_drone *d = ui_selected(ui);
	struct buf text = BUF_INIT;
	double x, y;

	(void)arg;
	if (!p->crosshair) {
		ui_say(ui, ROLE_DIM, "x shows the crosshair; i then says what is there");
		return;
	}
	map_view_project(&p->view, p->cross, &x, &y);
	buf_printf(&text, "%.6f %.6f", p->cross.lat, p->cross.lon);
	nearest_drone(ui, NEAR_CELLS * map_view_m_per_cell(&p->view, p->cross.lat), &text);
	if (d && isfinite(d->home_lat))
		put_far(&text, p->cross, (struct geo_point){ d->home_lat, d->home_lon }, "home");
	nearest_names(ui, x, y, &text);
	ui_say(ui, ROLE_TEXT, "%s", text.data);
	buf_free(&text);
}
