/* The map pane: see pane_map.h. */
#include "ui/pane_map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "map/scale_bar.h"
#include "ui/map_overlay.h"
#include "ui/map_zones.h"
#include "ui/ui.h"

#define FIT_ZOOM_MAX 14.5
#define REFIT_MS     5000
#define FIT_MARGIN   3

void map_pane_init(struct map_pane *p)
{
	*p = (struct map_pane){ .trails = true, .names = true };
	map_view_init(&p->view, MAP_BRAILLE, 40, 12, 2);
}

void map_pane_free(struct map_pane *p)
{
	map_raster_clear(&p->raster);
	map_dots_free(&p->dots);
	map_grid_clear(&p->grid);
	free(p->clusters);
}

void map_pane_fit(struct ui *ui)
{
	const struct model *m = &ui->model;
	struct geo_point *points = xcalloc(m->count + 1, sizeof(*points));
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct geo_point p;

		if (!m->drones[i].dismissed && model_position(&m->drones[i], &p.lat, &p.lon))
			points[n++] = p;
	}
	if (n && map_view_fit(&ui->map.view, points, n, FIT_MARGIN, FIT_ZOOM_MAX))
		ui->map.placed = true;
	ui->map.fit_mono = m->now_mono;
	free(points);
}

void map_pane_remember(struct map_pane *p)
{
	if (p->past_count == MAP_PAST)
		memmove(p->past, p->past + 1, (size_t)--p->past_count * sizeof(*p->past));
	p->past[p->past_count++] = (struct map_past){ map_view_centre(&p->view), p->view.zoom };
}

bool map_pane_back(struct map_pane *p)
{
	const struct map_past *last;

	if (!p->past_count)
		return false;
	last = &p->past[--p->past_count];
	p->follow = false;
	p->moved = true;
	map_view_look(&p->view, last->centre, last->zoom);
	return true;
}

void map_pane_centre(struct ui *ui, struct geo_point p)
{
	map_pane_remember(&ui->map);
	map_view_look(&ui->map.view, p, ui->map.view.zoom);
	ui->map.placed = ui->map.moved = true;
}

/* Moves only when the drone comes near the edge: a pan costs eight times what a
 * tick does on the wire. */
static void follow(struct ui *ui)
{
	struct map_view *v = &ui->map.view;
	struct ui_drone *d = ui_selected(ui);
	double w = map_view_dots_wide(v), h = map_view_dots_high(v), x, y;
	struct geo_point p;

	if (!ui->map.follow || !d || !model_position(d, &p.lat, &p.lon))
		return;
	map_view_project(v, p, &x, &y);
	if (x < w / 4 || x > w * 3 / 4 || y < h / 4 || y > h * 3 / 4)
		map_view_look(v, p, v->zoom);
}

/* Until the user looks elsewhere the whole fleet stays in sight. */
static void refit(struct ui *ui)
{
	const struct model *m = &ui->model;

	if (m->now_mono - ui->map.fit_mono < REFIT_MS)
		return;
	for (size_t i = 0; i < m->count; i++) {
		struct geo_point p;
		double x, y;

		if (m->drones[i].dismissed || !model_position(&m->drones[i], &p.lat, &p.lon))
			continue;
		map_view_project(&ui->map.view, p, &x, &y);
		if (!map_view_on(&ui->map.view, x, y)) {
			map_pane_fit(ui);
			return;
		}
	}
}

void map_pane_update(struct ui *ui)
{
	const struct rect *r = &ui->layout.pane[PANE_MAP];
	struct map_view *v = &ui->map.view;

	if (r->w < 1 || r->h < 2)
		return;
	if (v->cols != r->w || v->rows != r->h - 1)
		map_view_resize(v, MAP_BRAILLE, r->w, r->h - 1, v->aspect);
	if (!ui->map.placed && ui->model.roster_known)
		map_pane_fit(ui);
	else if (ui->map.placed && !ui->map.moved && !ui->map.follow && !ui->map.crosshair)
		refit(ui);
	follow(ui);
}

static void draw_raster(struct canvas *c, struct rect r, struct map_pane *p)
{
	const struct map_layer *shown[MAP_LAYERS_MAX];
	size_t n = p->layer_count < MAP_LAYERS_MAX ? p->layer_count : MAP_LAYERS_MAX;

	if (!n)
		return;
	if (!p->raster_valid || p->raster_version != p->layers_version ||
	    memcmp(&p->raster_view, &p->view, sizeof(p->view)) != 0) {
		for (size_t i = 0; i < n; i++)
			shown[i] = p->layers_hidden >> i & 1 ? NULL : p->layers[i];
		map_raster_draw(&p->raster, shown, n, &p->view);
		p->raster_view = p->view;
		p->raster_version = p->layers_version;
		p->raster_valid = true;
	}
	map_overlay_raster(c, r, p);
}

static void draw_edges(struct canvas *c, struct rect r, struct map_pane *p)
{
	const struct map_view *v = &p->view;
	struct map_tick ticks[MAP_TICKS_MAX];
	struct map_scale_bar bar = map_scale_bar(v, r.w / 5 > 8 ? r.w / 5 : 8);
	int n = map_ticks_lat(v, 6, ticks), cells = (int)(bar.cells + 0.5);
	int y = r.y + r.h - 1;

	for (int i = 0; i < n; i++) {
		if (ticks[i].at <= 0 || ticks[i].at >= r.h - 2)
			continue;
		canvas_text(c, r.x + 1, r.y + ticks[i].at, 10, ROLE_DIM, ticks[i].text);
		map_grid_take(&p->grid, 0, ticks[i].at, (int)strlen(ticks[i].text) + 2);
	}
	map_grid_take(&p->grid, 0, r.h - 1, cells + 12);
	map_grid_take(&p->grid, r.w - 18, r.h - 1, 18);
	canvas_text(c, r.x + r.w - 3, r.y, 2, ROLE_DIM, "N\u2191");
	if (cells < 2 || cells + 12 > r.w)
		return;
	canvas_put(c, r.x + 1, y, 0x251c, ROLE_TEXT);
	for (int i = 1; i < cells; i++)
		canvas_put(c, r.x + 1 + i, y, 0x2500, ROLE_TEXT);
	canvas_put(c, r.x + 1 + cells, y, 0x2524, ROLE_TEXT);
	canvas_text(c, r.x + 3 + cells, y, 12, ROLE_TEXT, bar.text);
}

static void put_distance(char *text, size_t size, double m)
{
	if (m < 995)
		snprintf(text, size, "%.0f m", m);
	else
		snprintf(text, size, "%.*f km", m < 99500 ? 1 : 0, m / 1000);
}

static void draw_crosshair(struct canvas *c, struct rect r, struct ui *ui)
{
	const struct map_pane *p = &ui->map;
	const struct ui_drone *d = ui_selected(ui);
	struct geo_point from = p->ruler_from;
	const char *of = "mark";
	char text[160], far[24];
	double x, y, bearing;
	struct cell *cell;
	int n;

	if (!p->crosshair)
		return;
	map_view_project(&p->view, p->cross, &x, &y);
	cell = canvas_at(c, r.x + (int)floor(x / 2), r.y + (int)floor(y / 4));
	if (cell) {
		if (cell->ch == ' ')
			cell->ch = '+';
		cell->ground = GROUND_CURSOR;
	}
	n = snprintf(text, sizeof(text), "%.5f %c %.5f %c", fabs(p->cross.lat),
	    p->cross.lat < 0 ? 'S' : 'N', fabs(p->cross.lon), p->cross.lon < 0 ? 'W' : 'E');
	if (!p->ruler && d && model_position(d, &from.lat, &from.lon))
		of = d->id;
	else if (!p->ruler)
		of = NULL;
	if (of) {
		double m = geo_inverse(from, p->cross, &bearing);

		put_distance(far, sizeof(far), m);
		snprintf(text + n, sizeof(text) - (size_t)n, "  from %s %s @ %03.0f\u00b0", of, far,
		    bearing);
	}
	canvas_right(c, r.x + r.w - 1, r.y + r.h - 1, ROLE_STRONG, " %s ", text);
}

/* Licences ask that whose data is shown be named where it is shown. */
static void draw_credit(struct canvas *c, struct rect r, const struct map_pane *p)
{
	const char *named[4];
	char text[300] = "";
	size_t count = 0, n = 0;

	if (p->crosshair || r.w <= 60 || !p->raster_valid)
		return;
	for (size_t i = 0; i < p->layer_count && i < MAP_LAYERS_MAX; i++) {
		const char *credit = p->layers[i]->credit;
		bool told = false;

		if (!(p->raster.drawn >> i & 1) || !*credit || count == ARRAY_LEN(named))
			continue;
		for (size_t k = 0; k < count; k++)
			told = told || strcmp(named[k], credit) == 0;
		if (told)
			continue;
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "%s%s", count ? " \u00b7 " : "", credit);
		named[count++] = credit;
	}
	canvas_right(c, r.x + r.w - 1, r.y + r.h - 1, ROLE_GHOST, "%s", text);
}

void pane_map_draw(struct canvas *c, struct rect r, struct ui *ui)
{
	struct map_pane *p = &ui->map;
	struct rect body = { r.x, r.y + 1, r.w, r.h - 1 };
	const struct ui_drone *d = ui_selected(ui);
	char right[120];
	double m = map_view_m_per_cell(&p->view, map_view_centre(&p->view).lat);
	int n = 0;

	if (r.w > 55)
		n = snprintf(right, sizeof(right),
		    m < 995 ? "z%.1f \u00b7 1 cell = %.*f m" : "z%.1f \u00b7 1 cell = %.*f km",
		    p->view.zoom, m < 10 || (m >= 995 && m < 9950) ? 1 : 0, m < 995 ? m : m / 1000);
	else
		n = snprintf(right, sizeof(right), "z%.1f", p->view.zoom);
	if (p->follow && d)
		snprintf(right + n, sizeof(right) - (size_t)n, " \u00b7 follow %s", d->id);
	layout_title(c, r, ui->focus == PANE_MAP, 1, "MAP", "", right);
	if (body.h < 1)
		return;
	canvas_clip(c, body);
	draw_raster(c, body, p);
	map_overlay_lines(c, body, ui);
	draw_edges(c, body, p);
	draw_credit(c, body, p);
	map_overlay_drones(c, body, ui);
	map_zones_names(c, body, p, ui->zones, ui->model.now_ms + ui->model.offset_ms);
	map_overlay_labels(c, body, p);
	draw_crosshair(c, body, ui);
	if (!p->placed)
		canvas_text(c, body.x + 2, body.y + body.h / 2, body.w - 4, ROLE_DIM,
		    "no drone has a position yet");
	canvas_clip(c, (struct rect){ 0, 0, c->w, c->h });
}
