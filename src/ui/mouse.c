/* The mouse: a click selects what is under it and gives the pane the keys, the
 * wheel zooms the map and scrolls the lists. It sends nothing: a preview that is
 * open takes keys only. */
#include <math.h>

#include "ui/actions.h"
#include "ui/ui.h"

#define NEAR_CELLS 3 /* a click so far from a drone means it */

static bool inside(struct rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

/* The drone drawn nearest to the cell, of several there the one that matters
 * most; with the crosshair shown, it is put there. */
static void click_map(struct ui *ui, struct rect r, int x, int y)
{
	struct map_view *v = &ui->map.view;
	double least = NEAR_CELLS, worst = -1;
	size_t best = NO_DRONE;

	if (y == r.y)
		return;
	if (ui->map.crosshair) {
		ui->map.cross =
		    map_view_unproject(v, (x - r.x) * 2 + 1, (y - r.y - 1) * 4 + 2);
		return;
	}
	for (size_t k = 0; k < ui->fleet.count; k++) {
		const struct ui_drone *d = &ui->model.drones[ui->fleet.order[k]];
		struct geo_point p;
		double px, py, far;

		if (!model_position(d, &p.lat, &p.lon))
			continue;
		map_view_project(v, p, &px, &py);
		far = hypot(floor(px / 2) - (x - r.x), 2 * (floor(py / 4) - (y - r.y - 1)));
		if (far > least || (far == least && d->health <= worst))
			continue;
		least = far;
		worst = d->health;
		best = ui->fleet.order[k];
	}
	if (best != NO_DRONE)
		ui_select(ui, best);
}

/* Title and header come before the first row. */
static void click_fleet(struct ui *ui, struct rect r, int y)
{
	struct fleet_view *f = &ui->fleet;
	long row = (long)f->top + y - r.y - 2;

	if (y < r.y + 2 || row < 0 || row >= (long)f->count)
		return;
	ui_select(ui, f->order[row]);
	f->moved_mono = ui->model.now_mono;
}

static void wheel(struct ui *ui, enum pane pane, int step, int x, int y)
{
	struct rect r = ui->layout.pane[pane];
	struct map_view *v = &ui->map.view;

	if (pane == PANE_MAP) {
		map_view_zoom_about(v, v->zoom - step * 0.5, (x - r.x) * 2 + 1, (y - r.y - 1) * 4 + 2);
		ui->map.moved = true;
	} else if (pane == PANE_TIMELINE) {
		action_travel_by(ui, step * 5);
	} else if (pane == PANE_FLEET || pane == PANE_DRONE) {
		action_fleet_move(ui, step * 3);
	} else {
		action_focus(ui, pane);
		action_list_move(ui, step);
	}
}

void ui_mouse(struct ui *ui, const struct mouse *mouse, int64_t now_mono)
{
	ui->model.now_mono = now_mono;
	if (!ui->mouse || ui->mode != UI_KEYS)
		return;
	for (int p = 0; p < PANE_COUNT; p++) {
		struct rect r = ui->layout.pane[p];

		if (!inside(r, mouse->x, mouse->y))
			continue;
		ui->dirty = true;
		if (mouse->act != MOUSE_CLICK) {
			wheel(ui, (enum pane)p, mouse->act == MOUSE_WHEEL_DOWN ? 1 : -1, mouse->x,
			    mouse->y);
			return;
		}
		if ((int)ui->focus != p)
			action_focus(ui, p);
		if (p == PANE_MAP)
			click_map(ui, r, mouse->x, mouse->y);
		else if (p == PANE_FLEET)
			click_fleet(ui, r, mouse->y);
		else if (p == PANE_TIMELINE)
			timeline_click(ui, r, mouse->x);
		return;
	}
}
