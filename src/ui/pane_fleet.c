/* The fleet table: its order, and how it is drawn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>

#include "base/mem.h"
#include "ui/ui.h"

#define ID_WIDTH_MAX 12   /* longer ids are cut in the table */
#define STEADY_MS    3000 /* the order waits so long after the user moved */

static bool has_upper(const char *s)
{
	for (; *s; s++) {
		if (isupper((unsigned char)*s))
			return true;
	}
	return false;
}

bool fleet_view_passes(const struct ui_drone *d, const char *filter)
{
	char text[COLUMN_TEXT_SIZE], all[340];
	bool invert = *filter == '!', found;
	struct column mode;

	if (d->dismissed)
		return false;
	filter += invert;
	if (!*filter)
		return true;
	column_find("mode", &mode);
	column_text(&mode, d, text);
	snprintf(all, sizeof(all), "%s %s %s %s %s %s", d->id, d->model, d->source,
	    health_names[d->health], text,
	    !sample_has(&d->sample, FIELD_flags) ? ""
	    : sample_flag(&d->sample, FLAG_IN_AIR)   ? "air"
						  : "ground");
	found = has_upper(filter) ? strstr(all, filter) != NULL : strcasestr(all, filter) != NULL;
	return found != invert;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct ui *ui = context;
	const struct ui_drone *x = &ui->model.drones[*(const size_t *)a];
	const struct ui_drone *y = &ui->model.drones[*(const size_t *)b];
	int order = column_compare(&ui->fleet.sort, x, y);

	if (order == 0)
		return strcmp(x->id, y->id);
	return ui->fleet.invert ? -order : order;
}

static void keep_in_sight(struct ui *ui)
{
	struct fleet_view *f = &ui->fleet;
	long row = fleet_view_row(ui), rows = pane_rows(ui, PANE_FLEET) - 1;

	if (rows < 1)
		return;
	if (row >= 0 && row < (long)f->top)
		f->top = (size_t)row;
	if (row >= 0 && row >= (long)f->top + rows)
		f->top = (size_t)(row - rows + 1);
	if ((long)f->top > (long)f->count - rows)
		f->top = (long)f->count > rows ? f->count - (size_t)rows : 0;
}

void fleet_view_update(struct ui *ui)
{
	struct fleet_view *f = &ui->fleet;
	const struct model *m = &ui->model;
	size_t shown = 0, id_width = 2;

	for (size_t i = 0; i < m->count; i++)
		shown += fleet_view_passes(&m->drones[i], f->filter);
	f->paused =
	    ui->focus == PANE_FLEET && f->moved_mono && m->now_mono - f->moved_mono < STEADY_MS;
	if (f->paused && shown == f->count) {
		keep_in_sight(ui);
		return;
	}
	f->paused = false;
	f->count = 0;
	for (size_t i = 0; i < m->count; i++) {
		if (!fleet_view_passes(&m->drones[i], f->filter))
			continue;
		mem_grow(f->order, f->count, f->cap);
		f->order[f->count++] = i;
		id_width = strlen(m->drones[i].id) > id_width ? strlen(m->drones[i].id) : id_width;
	}
	f->id_width = id_width < ID_WIDTH_MAX ? (int)id_width : ID_WIDTH_MAX;
	if (f->count)
		qsort_r(f->order, f->count, sizeof(*f->order), compare, ui);
	keep_in_sight(ui);
}

long fleet_view_row(const struct ui *ui)
{
	for (size_t i = 0; i < ui->fleet.count; i++) {
		if (ui->fleet.order[i] == ui->selected)
			return (long)i;
	}
	return -1;
}

static void draw_row(struct canvas *c, struct rect r, int y, const struct ui *ui, size_t drone)
{
	const struct columns *columns = &ui->fleet.columns;
	const struct ui_drone *d = &ui->model.drones[drone];
	bool idle = d->sample.raw[FIELD_mode] == MODE_IDLE && !sample_flag(&d->sample, FLAG_IN_AIR);
	enum role plain = ui->model.link == LINK_GONE || d->health == HEALTH_STALE ? ROLE_STALE
			  : d->silent                                              ? ROLE_LOST
			  : idle && drone != ui->selected                          ? ROLE_DIM
										   : ROLE_TEXT;
	int x = r.x + 1;

	canvas_put(c, r.x, y,
	    drone == ui->selected ? '>'
	    : d->marked           ? '*'
				  : ' ',
	    d->marked ? ROLE_KEY : ROLE_STRONG);
	for (int i = 0; i < columns->count && x < r.x + r.w; i++) {
		const struct column *column = &columns->items[i];
		int width = column->kind == COLUMN_ID ? ui->fleet.id_width : column->width;
		int room = r.x + r.w - x;
		char text[COLUMN_TEXT_SIZE];
		enum role role = plain;

		if (width > room)
			break;
		column_text(column, d, text);
		if (column->kind == COLUMN_ID || column->kind == COLUMN_STATE)
			role = d->health == HEALTH_OK ? plain : health_role(d->health);
		else if (column->kind == COLUMN_FIELD && column->field == FIELD_battery &&
			 *d->reason == 'b')
			role = health_role(d->health);
		/* Simulated drones are told apart by their id's look and in the detail. */
		if (column->kind == COLUMN_STATE && d->health == HEALTH_OK && d->kind == KIND_SIM &&
		    !ui->model.replay) {
			str_copy(text, sizeof(text), "s");
			role = ROLE_DIM;
		}
		if (column->left)
			canvas_text(c, x, y, width, role, text);
		else
			canvas_text(c,
			    x + (canvas_width(text) < width ? width - canvas_width(text) : 0), y,
			    width, role, text);
		if (column->kind == COLUMN_ID && d->health == HEALTH_CRIT)
			canvas_put(c, x + width, y, ' ', ROLE_CRIT);
		x += width + 1;
	}
	if (drone == ui->selected)
		canvas_ground(c, (struct rect){ r.x, y, r.w, 1 }, GROUND_SELECTED);
}

static void draw_header(struct canvas *c, struct rect r, int y, const struct ui *ui)
{
	const struct columns *columns = &ui->fleet.columns;
	int x = r.x + 1;

	for (int i = 0; i < columns->count && x < r.x + r.w; i++) {
		const struct column *column = &columns->items[i];
		int width = column->kind == COLUMN_ID ? ui->fleet.id_width : column->width;
		int w = canvas_width(column->title);

		if (width > r.x + r.w - x)
			break;
		canvas_text(c, column->left || w > width ? x : x + width - w, y, width, ROLE_DIM,
		    column->title);
		x += width + 1;
	}
}

void pane_fleet_draw(struct canvas *c, struct rect r, const struct ui *ui)
{
	const struct fleet_view *f = &ui->fleet;
	char text[200], right[80];
	size_t marked = 0, all = 0;
	int n;

	for (size_t i = 0; i < ui->model.count; i++) {
		marked += ui->model.drones[i].marked;
		/* In the past, one that nobody had heard of then is none. */
		all += !ui->timeline.past || ui->model.drones[i].sample.known;
	}
	n = f->count == all ? snprintf(text, sizeof(text), "%zu", f->count)
			    : snprintf(text, sizeof(text), "%zu/%zu", f->count, all);
	if (marked)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " \u00b7 %zu marked", marked);
	if (*f->filter)
		snprintf(text + n, sizeof(text) - (size_t)n, " /%s", f->filter);
	snprintf(right, sizeof(right), "%s%s %s", r.w > 50 ? "sort " : "",
	    f->paused ? "order waits" : f->sort.name, f->invert ? "\u25b2" : "\u25bc");
	layout_title(c, r, ui->focus == PANE_FLEET, 2, "FLEET", text, right);
	if (r.h < 2)
		return;
	draw_header(c, r, r.y + 1, ui);
	if (!f->count)
		canvas_text(c, r.x + 2, r.y + 2, r.w - 3, ROLE_DIM,
		    all ? "no drone passes the filter; Esc ends it" : "no drones yet");
	for (int i = 0; i + 2 < r.h && f->top + (size_t)i < f->count; i++)
		draw_row(c, r, r.y + 2 + i, ui, f->order[f->top + (size_t)i]);
}
