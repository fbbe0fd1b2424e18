/* Lost drones on the map: see map_ghost.h. */
#include "ui/map_ghost.h"

#include <math.h>

#include "ui/last_known.h"
#include "ui/ui.h"

#define GHOSTS_MAX   20 /* drawn; the selected one always is */
#define STEPS_LEAST  12 /* dots of a circle */
#define STEPS_MOST   240
#define SPACING      3.0
#define LEAST_DOTS   3 /* a smaller circle is its own drone */

/* The n-th that has a ghost, the selected one first: NULL past the last. */
static const struct ui_drone *lost_one(const struct ui *ui, size_t *at, struct last_known *k)
{
	const struct model *m = &ui->model;

	/* Without a link all are lost: the map stays readable. */
	for (; *at <= (m->link == LINK_LIVE ? ui->fleet.count : 0); (*at)++) {
		size_t i = *at ? ui->fleet.order[*at - 1] : ui->selected;
		const struct ui_drone *d = i < m->count ? &m->drones[i] : NULL;

		if (!d || !d->silent || d->dismissed || (*at && i == ui->selected))
			continue;
		last_known(d, k);
		if (!last_known_moves(k))
			continue;
		(*at)++;
		return d;
	}
	return NULL;
}

static void line(struct map_pane *p, struct geo_point a, struct geo_point b,
    const struct dot_pen *pen, int *phase)
{
	double x0, y0, x1, y1;

	map_view_project(&p->view, a, &x0, &y0);
	map_view_project(&p->view, b, &x1, &y1);
	map_dots_line(&p->dots, x0, y0, x1, y1, pen, phase);
}

void map_ghost_lines(struct ui *ui, int priority)
{
	const struct dot_pen circle = { ROLE_LOST, (uint8_t)priority, 1, 0 },
			     way = { ROLE_LOST, (uint8_t)priority, 1, 2 };
	struct map_pane *p = &ui->map;
	struct last_known k;
	size_t at = 0;

	for (int n = 0; n < GHOSTS_MAX && lost_one(ui, &at, &k); n++) {
		int phase = 0;
		double steps;

		if (k.ghost_known)
			line(p, k.at, k.ghost, &way, &phase);
		if (!(k.radius_m >= LEAST_DOTS * map_view_m_per_dot(&p->view, k.at.lat)))
			continue;
		steps = 2 * M_PI * k.radius_m / map_view_m_per_dot(&p->view, k.at.lat) / SPACING;
		steps = floor(fmin(fmax(steps, STEPS_LEAST), STEPS_MOST));
		for (int i = 0; i < (int)steps; i++) {
			double x, y;

			map_view_project(
			    &p->view, geo_direct(k.at, 360.0 * i / steps, k.radius_m), &x, &y);
			map_dots_set(&p->dots, x, y, &circle);
		}
	}
}

void map_ghost_marks(struct canvas *c, struct rect r, struct ui *ui)
{
	struct map_pane *p = &ui->map;
	struct last_known k;
	size_t at = 0;
	const struct ui_drone *d;

	for (int n = 0; n < GHOSTS_MAX && (d = lost_one(ui, &at, &k)); n++) {
		double x, y, x0, y0;
		int col, row;

		if (!k.ghost_known)
			continue;
		map_view_project(&p->view, k.ghost, &x, &y);
		map_view_project(&p->view, k.at, &x0, &y0);
		col = (int)floor(x / 2);
		row = (int)floor(y / 4);
		/* Where it was, its own mark is. */
		if (!map_view_on(&p->view, x, y) ||
		    (col == (int)floor(x0 / 2) && row == (int)floor(y0 / 4)) ||
		    !map_grid_free(&p->grid, col, row, 1))
			continue;
		map_grid_take(&p->grid, col, row, 1);
		canvas_put(c, r.x + col, r.y + row, 0x25cb, ROLE_LOST);
	}
}
