/* Over the map: see map_overlay.h. */
#include "ui/map_overlay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/dot.h"
#include "ui/map_colour.h"
#include "ui/map_ghost.h"
#include "ui/map_zones.h"
#include "ui/ui.h"

#define TRAILS_MAX    200 /* drones with trails drawn */
#define OTHERS_POINTS 90  /* of the trails of those not selected */
#define POINTERS_MAX  12
#define CIRCLE_STEPS  64
#define POINTS_MAX    200 /* waypoints numbered */

/* Drones in one cell. */
struct map_cluster {
	uint32_t count;
	uint32_t worst; /* number of the drone that matters most */
};

enum { PRIORITY_ZONE = 1, PRIORITY_FENCE, PRIORITY_TRAIL, PRIORITY_ROUTE, PRIORITY_RULER };

void map_overlay_raster(struct canvas *c, struct rect r, struct map_pane *p)
{
	const struct map_raster *raster = &p->raster;
	uint16_t roles[MAP_LAYERS_MAX];
	size_t layers = p->layer_count < MAP_LAYERS_MAX ? p->layer_count : MAP_LAYERS_MAX;

	for (size_t i = 0; i < layers; i++)
		roles[i] = map_colour_of(p->layers[i]);
	for (int y = 0; y < raster->rows && y < r.h; y++) {
		for (int x = 0; x < raster->cols && x < r.w; x++) {
			const struct map_cell *cell = map_raster_cell(raster, x, y);
			uint16_t role = ROLE_LAND;

			if (!cell->dots)
				continue;
			if (cell->line < layers)
				role = roles[cell->line];
			if (cell->tone == MAP_FAINT && role == ROLE_ROAD)
				role = ROLE_GRID;
			canvas_put(c, r.x + x, r.y + y, 0x2800u + cell->dots, role);
		}
	}
}

void map_overlay_labels(struct canvas *c, struct rect r, const struct map_pane *p)
{
	const struct map_raster *raster = &p->raster;

	for (size_t i = 0; p->raster_valid && i < raster->label_count; i++) {
		const struct map_label *l = &raster->labels[i];
		enum role role = l->layer < p->layer_count && p->layers[l->layer]->kind == MAP_PLACE
				     ? ROLE_PLACE
				     : ROLE_DIM;

		/* Drones and their names were placed before. */
		if (map_grid_free(&p->grid, l->col, l->row, l->width))
			canvas_text(c, r.x + l->col, r.y + l->row, l->width, role, l->text);
	}
}

static void draw_trail(struct map_pane *p, const struct ui_drone *d, bool selected)
{
	struct dot_pen pen = { selected ? ROLE_STRONG : ROLE_TRAIL, PRIORITY_TRAIL + selected, 1,
		0 };
	size_t n = d->trail.count;

	/* A minute and a half of the others says where they come from. */
	n = !selected && n > OTHERS_POINTS ? OTHERS_POINTS : n;
	for (size_t i = 0; i < n; i++) {
		const struct trail_point *t = &d->trail.points[d->trail.count - 1 - i];
		double x, y;

		/* Older dots are fewer. */
		if (isnan(t->lat) || (i > 150 && i % 4) || (i > 60 && i % 2))
			continue;
		map_view_project(&p->view, (struct geo_point){ t->lat, t->lon }, &x, &y);
		map_dots_set(&p->dots, x, y, &pen);
	}
}

static void draw_way(struct map_pane *p, const struct geo_point *points, size_t n, bool closed,
    const struct dot_pen *pen)
{
	double x0, y0, x1, y1;
	int phase = 0;

	for (size_t i = 0; i + 1 < n + closed; i++) {
		map_view_project(&p->view, points[i], &x0, &y0);
		map_view_project(&p->view, points[(i + 1) % n], &x1, &y1);
		map_dots_line(&p->dots, x0, y0, x1, y1, pen, &phase);
	}
}

static void draw_fences(struct map_pane *p, const struct plan *plan)
{
	static const struct dot_pen pen = { ROLE_FENCE, PRIORITY_FENCE, 3, 3 };

	for (size_t i = 0; i < plan->fence_count; i++) {
		const struct fence *f = &plan->fences[i];
		size_t n = f->count ? f->count : CIRCLE_STEPS;
		struct geo_point *points = xcalloc(n, sizeof(*points));

		for (size_t k = 0; k < n; k++) {
			if (f->count)
				points[k] =
				    (struct geo_point){ f->points[k].lat, f->points[k].lon };
			else
				points[k] =
				    geo_direct((struct geo_point){ f->center.lat, f->center.lon },
					360.0 * (double)k / CIRCLE_STEPS, f->radius);
		}
		draw_way(p, points, n, true, &pen);
		free(points);
	}
}

/* A mission that is flown, or that waits on the ground to be. */
static bool has_route(const struct ui_drone *d)
{
	return sample_value(&d->sample, FIELD_waypoint) > 0 ||
	       !sample_flag(&d->sample, FLAG_IN_AIR);
}

/* From the drone through the points still to be flown. */
static void draw_route(struct map_pane *p, const struct ui_drone *d)
{
	static const struct dot_pen pen = { ROLE_ROUTE, PRIORITY_ROUTE, 1, 2 };
	const struct mission *m = &d->plan.mission;
	double at = sample_value(&d->sample, FIELD_waypoint);
	size_t first = at > 0 ? (size_t)at - 1 : 0, n = 0;
	struct geo_point *points;

	if (first >= m->count)
		return;
	points = xcalloc(m->count + 1, sizeof(*points));
	if (at > 0 && model_position(d, &points[0].lat, &points[0].lon))
		n = 1;
	for (size_t i = first; i < m->count; i++)
		points[n++] = (struct geo_point){ m->items[i].lat, m->items[i].lon };
	draw_way(p, points, n, false, &pen);
	free(points);
}

static void draw_draft(struct map_pane *p, const struct mission *m)
{
	static const struct dot_pen pen = { ROLE_KEY, PRIORITY_RULER, 2, 1 };
	struct geo_point *points = xcalloc(m->count + 1, sizeof(*points));

	for (size_t i = 0; i < m->count; i++)
		points[i] = (struct geo_point){ m->items[i].lat, m->items[i].lon };
	draw_way(p, points, m->count, false, &pen);
	free(points);
}

static void put_dots(struct canvas *c, struct rect r, const struct map_dots *d)
{
	for (int y = 0; y < d->rows && y < r.h; y++) {
		for (int x = 0; x < d->cols && x < r.w; x++) {
			const struct dot_cell *dot = &d->cells[y * d->cols + x];
			struct cell *cell = canvas_at(c, r.x + x, r.y + y);

			if (!dot->dots || !cell)
				continue;
			/* A cell has one colour: the map's dots there would look like ours. */
			canvas_put(c, r.x + x, r.y + y, 0x2800u + dot->dots, dot->role);
		}
	}
}

static void draw_waypoints(struct canvas *c, struct rect r, struct map_pane *p,
    const struct mission *m, size_t first, enum role role)
{
	for (size_t i = first; i < m->count && i < first + POINTS_MAX; i++) {
		double x, y;
		int col, row;

		map_view_project(
		    &p->view, (struct geo_point){ m->items[i].lat, m->items[i].lon }, &x, &y);
		if (!map_view_on(&p->view, x, y))
			continue;
		col = (int)(x / 2);
		row = (int)(y / 4);
		if (!map_grid_free(&p->grid, col, row, 2))
			continue;
		map_grid_take(&p->grid, col, row, 3);
		canvas_put(c, r.x + col, r.y + row, 0x25c6, role);
		canvas_printf(c, r.x + col + 1, r.y + row, 5, role, "%zu", i + 1);
	}
}

/* Where a goto leads: there, or at the edge in that direction. */
static void draw_target(
    struct canvas *c, struct rect r, struct map_pane *p, struct geo_point to)
{
	char text[48] = "\u25c6 NEW";
	int col, row, w;
	double x, y, m;

	map_view_project(&p->view, to, &x, &y);
	col = (int)floor(fmin(fmax(x / 2, 0), r.w - 1));
	row = (int)floor(fmin(fmax(y / 4, 0), r.h - 1));
	if (!map_view_on(&p->view, x, y)) {
		m = geo_distance_m(map_view_centre(&p->view), to);
		snprintf(text, sizeof(text), m < 995 ? "%s NEW %.0f m" : "%s NEW %.1f km",
		    x < 0          ? "<"
		    : x >= r.w * 2 ? ">"
		    : y < 0        ? "\u2191"
				   : "\u2193",
		    m < 995 ? m : m / 1000);
		row = row == 0 ? 1 : row == r.h - 1 ? r.h - 2 : row;
	}
	w = canvas_width(text);
	col = col + w > r.w ? r.w - w : col;
	canvas_text(c, r.x + col, r.y + row, w, ROLE_ROUTE, text);
	map_grid_take(&p->grid, col, row, w);
}

/* Where a flight is laid its colours say more; not one of another time. */
static bool laid(const struct ui *ui, const struct ui_drone *d)
{
	const struct flight_path *path = flight_paths_of(&ui->paths, d->id);
	int64_t at = ui->timeline.past ? ui->timeline.at_ms : ui->model.now_ms;

	return path && at >= path->from_ms && at <= path->to_ms + 1000;
}

void map_overlay_lines(struct canvas *c, struct rect r, struct ui *ui)
{
	struct map_pane *p = &ui->map;
	const struct ui_drone *d = ui_selected(ui);
	const struct preview *preview = &ui->preview;
	double at = d ? sample_value(&d->sample, FIELD_waypoint) : 0;
	size_t drawn = 0;

	map_dots_reset(&p->dots, r.w, r.h);
	map_grid_reset(&p->grid, r.w, r.h);
	map_zones_lines(p, ui->zones, ui->model.now_ms + ui->model.offset_ms, PRIORITY_ZONE);
	for (size_t i = 0; p->trails && i < ui->fleet.count && drawn < TRAILS_MAX; i++) {
		const struct ui_drone *other = &ui->model.drones[ui->fleet.order[i]];

		if (other == d || !other->trail.count || laid(ui, other) ||
		    (!sample_flag(&other->sample, FLAG_IN_AIR) && other->health != HEALTH_LOST))
			continue;
		draw_trail(p, other, false);
		drawn++;
	}
	if (d && p->trails && !laid(ui, d))
		draw_trail(p, d, true);
	if (d && d->plan_known) {
		draw_fences(p, &d->plan);
		if (has_route(d))
			draw_route(p, d);
	}
	if (p->crosshair && p->ruler) {
		const struct geo_point ends[2] = { p->ruler_from, p->cross };

		draw_way(p, ends, 2, false, &(struct dot_pen){ ROLE_KEY, PRIORITY_RULER, 2, 2 });
	}
	flight_paths_draw(&ui->paths, &p->view, &p->dots);
	draw_draft(p, &ui->draft.mission);
	/* Where it would go. */
	if (preview->active && preview->intent.cmd == CMD_GOTO && preview->intent.count == 1) {
		struct geo_point ends[2] = { { 0, 0 },
			{ preview->intent.args.number[0], preview->intent.args.number[1] } };

		if (model_position(
			&ui->model.drones[preview->intent.drones[0]], &ends[0].lat, &ends[0].lon))
			draw_way(p, ends, 2, false,
			    &(struct dot_pen){ ROLE_ROUTE, PRIORITY_RULER, 2, 1 });
	}
	map_ghost_lines(ui, PRIORITY_TRAIL);
	put_dots(c, r, &p->dots);
	flight_paths_legend(c, r, &ui->paths, &p->view);
	draw_waypoints(c, r, p, &ui->draft.mission, 0, ROLE_KEY);
	if (d && d->plan_known && has_route(d))
		draw_waypoints(c, r, p, &d->plan.mission, at > 0 ? (size_t)at - 1 : 0, ROLE_ROUTE);
	if (preview->active && preview->intent.cmd == CMD_GOTO)
		draw_target(c, r, p,
		    (struct geo_point){
			preview->intent.args.number[0], preview->intent.args.number[1] });
	if (d && isfinite(d->home_lat)) {
		double x, y;

		map_view_project(&p->view, (struct geo_point){ d->home_lat, d->home_lon }, &x, &y);
		if (map_view_on(&p->view, x, y) &&
		    map_grid_free(&p->grid, (int)(x / 2), (int)(y / 4), 1))
			canvas_put(c, r.x + (int)(x / 2), r.y + (int)(y / 4), 'H', ROLE_PLACE);
	}
}

static uint32_t arrow(const struct ui_drone *d)
{
	static const uint16_t arrows[8] = { 0x2191, 0x2197, 0x2192, 0x2198, 0x2193, 0x2199, 0x2190,
		0x2196 };
	double speed = sample_value(&d->sample, FIELD_speed);
	double heading = sample_value(&d->sample, speed > 1 ? FIELD_course : FIELD_heading);

	if (d->silent)
		return '?';
	if (isnan(heading))
		heading = sample_value(&d->sample, FIELD_heading);
	if (isnan(heading) ||
	    (d->sample.raw[FIELD_mode] == MODE_IDLE && !sample_flag(&d->sample, FLAG_IN_AIR)))
		return 0x00b7;
	return arrows[(int)floor(heading / 45 + 0.5) & 7];
}

static enum role drone_role(const struct ui *ui, size_t i)
{
	const struct ui_drone *d = &ui->model.drones[i];

	if (d->health == HEALTH_CRIT)
		return ROLE_CRIT;
	if (d->health == HEALTH_LOST)
		return ROLE_LOST;
	if (i == ui->selected)
		return d->health == HEALTH_WARN ? ROLE_DRONE_WARN : ROLE_DRONE_SELECTED;
	if (d->health == HEALTH_WARN)
		return ROLE_WARN;
	return d->health == HEALTH_STALE || ui->model.link == LINK_GONE ? ROLE_STALE
	       : sample_flag(&d->sample, FLAG_IN_AIR)                   ? ROLE_DRONE
									: ROLE_DIM;
}

/* What is drawn and named first. */
static int rank(const struct ui *ui, size_t i)
{
	return i == ui->selected
		   ? 100
		   : (int)ui->model.drones[i].health * 10 + ui->model.drones[i].marked;
}

struct placed {
	size_t drone;
	int rank, col, row;
};

static int by_rank(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->rank != y->rank)
		return y->rank - x->rank;
	return (x->drone > y->drone) - (x->drone < y->drone);
}

static void draw_pointer(
    struct canvas *c, struct rect r, struct ui *ui, size_t i, double x, double y)
{
	struct map_pane *p = &ui->map;
	const struct ui_drone *d = &ui->model.drones[i];
	int col = (int)fmin(fmax(x / 2, 0), r.w - 1), row = (int)fmin(fmax(y / 4, 1), r.h - 2), w;
	struct geo_point at = { 0, 0 };
	char text[64];
	double m;

	model_position(d, &at.lat, &at.lon);
	m = geo_distance_m(map_view_centre(&p->view), at);
	snprintf(text, sizeof(text),
	    m < 995     ? "%s %.0f m"
	    : m < 99500 ? "%s %.1f km"
			: "%s %.0f km",
	    d->id, m < 995 ? m : m / 1000);
	w = canvas_width(text) + 2;
	if (x / 2 >= r.w)
		col = r.w - w;
	else if (x / 2 >= 0)
		col = col - w / 2;
	col = col < 0 ? 0 : col > r.w - w ? r.w - w : col;
	for (int tries = 0; tries < 3 && !map_grid_free(&p->grid, col, row, w); tries++)
		row += row < r.h / 2 ? 1 : -1;
	if (!map_grid_free(&p->grid, col, row, w))
		return;
	map_grid_take(&p->grid, col, row, w);
	if (x < 0)
		canvas_printf(c, r.x + col, r.y + row, w, drone_role(ui, i), "< %s", text);
	else if (x / 2 >= r.w)
		canvas_printf(c, r.x + col, r.y + row, w, drone_role(ui, i), "%s >", text);
	else
		canvas_printf(c, r.x + col, r.y + row, w, drone_role(ui, i), "%s %s",
		    y < 0 ? "\u2191" : "\u2193", text);
}

static void draw_name(struct canvas *c, struct rect r, struct ui *ui, const struct placed *at)
{
	struct map_pane *p = &ui->map;
	struct ui_drone *d = &ui->model.drones[at->drone];
	enum role role = drone_role(ui, at->drone);
	char text[ID_SIZE + 24];
	int col, row, slot;

	str_copy(text, sizeof(text), d->id);
	if (r.w > 90 && p->view.zoom > 13 && d->health == HEALTH_LOST && isfinite(d->age_s))
		snprintf(text, sizeof(text), "%s %.0fs", d->id, d->age_s);
	else if (r.w > 90 && (at->drone == ui->selected) &&
		 isfinite(sample_value(&d->sample, FIELD_height)))
		snprintf(
		    text, sizeof(text), "%s %.0fm", d->id, sample_value(&d->sample, FIELD_height));
	slot = map_label_place(
	    &p->grid, at->col, at->row, canvas_width(text), d->label_slot, &col, &row);
	d->label_slot = (signed char)slot;
	if (slot >= 0)
		canvas_text(c, r.x + col, r.y + row, canvas_width(text), role, text);
}

void map_overlay_drones(struct canvas *c, struct rect r, struct ui *ui)
{
	struct map_pane *p = &ui->map;
	const struct model *m = &ui->model;
	size_t cells = (size_t)r.w * (size_t)r.h, n = 0, off = 0;
	struct placed *placed = xcalloc(m->count + 1, sizeof(*placed));
	struct off_map {
		size_t drone;
		double x, y;
	} beyond[POINTERS_MAX];

	if (cells > p->cluster_cap) {
		p->clusters = xreallocarray(p->clusters, cells, sizeof(*p->clusters));
		p->cluster_cap = cells;
	}
	memset(p->clusters, 0, cells * sizeof(*p->clusters));
	for (size_t k = 0; k < ui->fleet.count; k++) {
		size_t i = ui->fleet.order[k];
		struct map_cluster *cluster;
		struct geo_point at;
		double x, y;

		if (!model_position(&m->drones[i], &at.lat, &at.lon))
			continue;
		map_view_project(&p->view, at, &x, &y);
		if (!map_view_on(&p->view, x, y)) {
			/* Far-off ones that matter, or any if they are few. */
			if (off < POINTERS_MAX &&
			    (i == ui->selected || m->drones[i].health >= HEALTH_LOST ||
				ui->fleet.count <= 12)) {
				beyond[off++] = (struct off_map){ i, x, y };
			}
			continue;
		}
		cluster = &p->clusters[(int)(y / 4) * r.w + (int)(x / 2)];
		if (!cluster->count++ || rank(ui, i) > rank(ui, cluster->worst))
			cluster->worst = (uint32_t)i;
		placed[n++] = (struct placed){ i, rank(ui, i), (int)(x / 2), (int)(y / 4) };
	}
	qsort(placed, n, sizeof(*placed), by_rank);
	for (size_t k = 0; k < n; k++)
		map_grid_take(&p->grid, placed[k].col, placed[k].row, 1);
	map_ghost_marks(c, r, ui);
	for (size_t k = 0; k < off; k++)
		draw_pointer(c, r, ui, beyond[k].drone, beyond[k].x, beyond[k].y);
	for (size_t k = n; k-- > 0;) {
		struct map_cluster *cluster = &p->clusters[placed[k].row * r.w + placed[k].col];
		const struct placed *at = &placed[k];

		if (cluster->worst != at->drone)
			continue;
		canvas_put(c, r.x + at->col, r.y + at->row, arrow(&m->drones[at->drone]),
		    drone_role(ui, at->drone));
	}
	for (size_t k = 0; k < n; k++) {
		struct map_cluster *cluster = &p->clusters[placed[k].row * r.w + placed[k].col];

		if (cluster->worst != placed[k].drone)
			continue;
		if (cluster->count > 1) {
			char text[16];
			int w = snprintf(text, sizeof(text), "(%u)", cluster->count),
			    col = placed[k].col;

			/* A cluster says how many; its own cell is part of the text. */
			col = col + w > r.w ? r.w - w : col;
			canvas_text(c, r.x + col, r.y + placed[k].row, w,
			    drone_role(ui, placed[k].drone), text);
			map_grid_take(&p->grid, col, placed[k].row, w);
			if (placed[k].rank < 20 && placed[k].drone != ui->selected)
				continue;
		}
		if (p->names || placed[k].rank >= 20)
			draw_name(c, r, ui, &placed[k]);
	}
	free(placed);
}
