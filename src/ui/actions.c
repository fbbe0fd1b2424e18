/* What keys do: see actions.h. */
#include "ui/actions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/alarm_actions.h"
#include "ui/ui.h"

void action_line(struct ui *ui, int arg)
{
	(void)arg;
	ui->mode = UI_LINE;
	line_set(&ui->line, "");
	ui->message[0] = '\0';
}

void action_filter(struct ui *ui, int arg)
{
	(void)arg;
	ui->mode = UI_FILTER;
	line_set(&ui->filter_line, ui->fleet.filter);
}

void action_help(struct ui *ui, int arg)
{
	(void)arg;
	ui->mode = UI_HELP;
	ui->help_top = 0;
	ui->help_command[0] = '\0';
}

void action_focus(struct ui *ui, int pane)
{
	ui->focus = (enum pane)pane;
	ui->map.crosshair = ui->map.crosshair && pane == PANE_MAP;
}

void action_focus_next(struct ui *ui, int step)
{
	bool all = ui->zoomed || ui->layout.size == LAYOUT_TINY;

	for (int i = 1; i <= PANE_COUNT; i++) {
		int p = ((int)ui->focus + i * step + PANE_COUNT * PANE_COUNT) % PANE_COUNT;

		if (all || ui->layout.pane[p].w || p == PANE_TIMELINE) {
			action_focus(ui, p);
			return;
		}
	}
}

void action_zoom_pane(struct ui *ui, int arg)
{
	(void)arg;
	ui->zoomed = !ui->zoomed;
}

void action_back(struct ui *ui, int arg)
{
	(void)arg;
	if (ui->message[0]) {
		ui->message[0] = '\0';
	} else if (*ui->alarms.open) {
		ui->alarms.open[0] = '\0';
	} else if (ui->focus == PANE_EVENTS && ui->alarms.cursor.kind != ROW_NONE) {
		ui->alarms.cursor.kind = ROW_NONE;
	} else if (ui->map.crosshair) {
		ui->map.crosshair = ui->map.ruler = false;
	} else if (ui->zoomed) {
		ui->zoomed = false;
	} else if (*ui->fleet.filter) {
		ui->fleet.filter[0] = '\0';
	} else {
		ui_say(ui, ROLE_DIM, ":q quits");
	}
}

void action_quit_hint(struct ui *ui, int arg)
{
	(void)arg;
	ui_say(ui, ROLE_DIM, "type :q and Enter to quit; the daemon goes on without the screen");
}

void action_redraw(struct ui *ui, int arg)
{
	(void)arg;
	ui_ask(ui, REQUEST_REDRAW);
}

void action_command(struct ui *ui, int command)
{
	struct intent intent = { .cmd = (enum command)command };

	intent.drones = ui_targets(ui, &intent.count);
	if (!intent.count) {
		ui_say(ui, ROLE_ERROR,
		    "no drone is selected: choose one in the fleet (2), or type :%s DRONE",
		    command_table[command].name);
		free(intent.drones);
		return;
	}
	ui_preview(ui, &intent);
}

void action_undo(struct ui *ui, int arg)
{
	(void)arg;
	if (draft_undo(&ui->draft))
		ui_say(ui, ROLE_TEXT, "undone: the draft has %zu points; nothing was sent",
		    ui->draft.mission.count);
	else
		ui_say(ui, ROLE_DIM, "there is nothing to undo");
}

void action_map_add(struct ui *ui, int arg)
{
	struct mission_item item = { ui->map.cross.lat, ui->map.cross.lon, NAN, NAN, 0 };
	struct err err;

	(void)arg;
	if (!ui->map.crosshair)
		action_alarm_ack(ui, 0);
	else if (draft_add(&ui->draft, 0, &item, &err) == -1)
		ui_say(ui, ROLE_ERROR, "%s", err.text);
	else
		ui_say(ui, ROLE_TEXT,
		    "point %zu of the draft; u undoes, :wp send shows what it would do",
		    ui->draft.mission.count);
}

/* A drone at that row of the table. */
static void select_row(struct ui *ui, long row)
{
	struct fleet_view *f = &ui->fleet;

	if (!f->count)
		return;
	row = row < 0 ? 0 : row >= (long)f->count ? (long)f->count - 1 : row;
	ui_select(ui, f->order[row]);
	f->moved_mono = ui->model.now_mono;
}

void action_fleet_move(struct ui *ui, int step)
{
	long row = fleet_view_row(ui);

	select_row(ui, row < 0 ? 0 : row + step);
}

void action_fleet_page(struct ui *ui, int half_pages)
{
	int rows = pane_rows(ui, PANE_FLEET) / 2;

	action_fleet_move(ui, half_pages * (rows > 1 ? rows : 1));
}

void action_fleet_end(struct ui *ui, int last)
{
	select_row(ui, last ? (long)ui->fleet.count - 1 : 0);
}

void action_fleet_mark(struct ui *ui, int arg)
{
	struct ui_drone *d = ui_selected(ui);

	(void)arg;
	if (!d)
		return;
	d->marked = !d->marked;
	action_fleet_move(ui, 1);
}

void action_fleet_mark_all(struct ui *ui, int arg)
{
	bool any = false;

	(void)arg;
	for (size_t i = 0; i < ui->model.count; i++) {
		any = any || ui->model.drones[i].marked;
		ui->model.drones[i].marked = false;
	}
	for (size_t i = 0; !any && i < ui->fleet.count; i++)
		ui->model.drones[ui->fleet.order[i]].marked = true;
}

void action_fleet_show(struct ui *ui, int arg)
{
	action_map_centre(ui, arg);
}

void action_fleet_sort(struct ui *ui, int step)
{
	const struct columns *c = &ui->fleet.columns;
	int at = 0;

	for (int i = 0; i < c->count; i++) {
		if (strcmp(c->items[i].name, ui->fleet.sort.name) == 0)
			at = i;
	}
	ui->fleet.sort = c->items[(at + step + c->count) % c->count];
	ui->fleet.moved_mono = 0;
}

void action_fleet_invert(struct ui *ui, int arg)
{
	(void)arg;
	ui->fleet.invert = !ui->fleet.invert;
	ui->fleet.moved_mono = 0;
}

void action_dismiss(struct ui *ui, int arg)
{
	struct ui_drone *d = ui_selected(ui);

	(void)arg;
	if (!d || d->health != HEALTH_LOST) {
		ui_say(ui, ROLE_ERROR, "only a lost drone is put away");
		return;
	}
	ui_say(ui, ROLE_TEXT, "%s is put away until it is heard again", d->id);
	d->dismissed = true;
	d->marked = false;
}

/* The selected one of those worse than ok, in the order of trouble. */
void action_next_trouble(struct ui *ui, int step)
{
	const struct model *m = &ui->model;
	size_t n = 0, at = SIZE_MAX, *list = xcalloc(m->count + 1, sizeof(*list));

	for (int h = HEALTH_CRIT; h >= HEALTH_WARN; h--) {
		for (size_t i = 0; i < m->count; i++) {
			if ((int)m->drones[i].health != h || m->drones[i].dismissed)
				continue;
			at = i == ui->selected ? n : at;
			list[n++] = i;
		}
	}
	if (!n)
		ui_say(ui, ROLE_TEXT, "no drone is in trouble");
	else if (at == SIZE_MAX)
		ui_select(ui, list[step > 0 ? 0 : n - 1]);
	else
		ui_select(ui, list[(at + n + (size_t)step) % n]);
	if (n) {
		struct ui_drone *d = ui_selected(ui);

		ui_say(ui, health_role(d->health), "%s %s: %s", d->id, health_names[d->health],
		    d->reason);
	}
	free(list);
}

void action_map_pan(struct ui *ui, int direction)
{
	static const int steps[4][2] = { { 0, -1 }, { 0, 1 }, { -1, 0 }, { 1, 0 } };
	struct map_pane *p = &ui->map;
	const int *step = steps[direction & 3];
	bool far = direction & 4;
	double w = map_view_dots_wide(&p->view), h = map_view_dots_high(&p->view), x, y;

	if (!p->crosshair) {
		map_view_pan(&p->view, step[0] * (far ? w / 2 : 8), step[1] * (far ? h / 2 : 8));
		p->moved = true;
		p->follow = false;
		return;
	}
	map_view_project(&p->view, p->cross, &x, &y);
	/* From the middle of a cell to the middle of the next. */
	x = floor(x / 2) * 2 + 1 + step[0] * (far ? 10 : 2);
	y = floor(y / 4) * 4 + 2 + step[1] * (far ? 20 : 4);
	if (x < 0 || x >= w || y < 0 || y >= h)
		map_view_pan(&p->view, step[0] * w / 4, step[1] * h / 4);
	else
		p->cross = map_view_unproject(&p->view, x, y);
}

void action_map_zoom(struct ui *ui, int step)
{
	struct map_pane *p = &ui->map;
	double x = map_view_dots_wide(&p->view) / 2.0, y = map_view_dots_high(&p->view) / 2.0;
	struct ui_drone *d = ui_selected(ui);
	struct geo_point at;

	if (p->crosshair)
		map_view_project(&p->view, p->cross, &x, &y);
	else if (p->follow && d && model_position(d, &at.lat, &at.lon))
		map_view_project(&p->view, at, &x, &y);
	map_view_zoom_about(&p->view, p->view.zoom + step * 0.5, x, y);
	p->moved = true;
}

void action_map_fit(struct ui *ui, int arg)
{
	(void)arg;
	map_pane_remember(&ui->map);
	ui->map.follow = ui->map.moved = false;
	map_pane_fit(ui);
}

void action_map_centre(struct ui *ui, int arg)
{
	struct ui_drone *d = ui_selected(ui);
	struct geo_point at;

	(void)arg;
	if (d && model_position(d, &at.lat, &at.lon))
		map_pane_centre(ui, at);
	else
		ui_say(ui, ROLE_ERROR,
		    d ? "the position of %s is not known" : "no drone is selected", d ? d->id : "");
}

void action_map_follow(struct ui *ui, int arg)
{
	struct ui_drone *d = ui_selected(ui);

	(void)arg;
	ui->map.follow = !ui->map.follow && d;
	if (ui->map.follow)
		ui_say(ui, ROLE_TEXT, "following %s", d->id);
	else
		ui_say(ui, ROLE_TEXT, d ? "no longer following" : "no drone is selected");
}

void action_map_crosshair(struct ui *ui, int arg)
{
	struct map_pane *p = &ui->map;

	(void)arg;
	p->crosshair = !p->crosshair;
	p->ruler = false;
	if (p->crosshair)
		p->cross = map_view_centre(&p->view);
}

void action_map_hop(struct ui *ui, int step)
{
	struct map_pane *p = &ui->map;
	const struct fleet_view *f = &ui->fleet;
	long row = fleet_view_row(ui);

	for (size_t i = 0; i < f->count; i++) {
		struct geo_point at;
		double x, y;

		row = (row + step + (long)f->count) % (long)f->count;
		if (!model_position(&ui->model.drones[f->order[row]], &at.lat, &at.lon))
			continue;
		ui_select(ui, f->order[row]);
		if (p->crosshair)
			p->cross = at;
		map_view_project(&p->view, at, &x, &y);
		if (!map_view_on(&p->view, x, y))
			map_pane_centre(ui, at);
		return;
	}
}

void action_map_enter(struct ui *ui, int arg)
{
	struct map_pane *p = &ui->map;
	struct ui_drone *d = ui_selected(ui);

	if (!p->crosshair) {
		action_map_centre(ui, arg);
		return;
	}
	action_line(ui, 0);
	if (d) {
		char text[LINE_SIZE], numbers[64];

		strcpy(text, "goto ");
		strcat(text, d->id);
		snprintf(numbers, sizeof(numbers), " %.6f %.6f ", p->cross.lat, p->cross.lon);
		strcat(text, numbers);
		line_set(&ui->line, text);
	}
}

void action_map_ruler(struct ui *ui, int arg)
{
	struct map_pane *p = &ui->map;

	if (!p->crosshair)
		action_map_crosshair(ui, arg);
	p->ruler = !p->ruler;
	p->ruler_from = p->cross;
}

void action_map_trails(struct ui *ui, int arg)
{
	(void)arg;
	ui->map.trails = !ui->map.trails;
}

void action_map_names(struct ui *ui, int arg)
{
	(void)arg;
	ui->map.names = !ui->map.names;
}

void action_map_mark(struct ui *ui, int go)
{
	ui->map.pending = go ? '\'' : 'm';
	ui_say(
	    ui, ROLE_TEXT, go ? "back to which mark? a letter" : "mark this view as which letter?");
}

void action_map_last(struct ui *ui, int arg)
{
	(void)arg;
	if (map_pane_back(&ui->map))
		ui_say(ui, ROLE_DIM, "the map as it was before");
	else
		ui_say(ui, ROLE_DIM, "there was no jump before this view");
}

void action_layers(struct ui *ui, int arg)
{
	(void)arg;
	ui->mode = UI_LAYERS;
	ui->layer_at = 0;
}

void action_list_move(struct ui *ui, int step)
{
	size_t all = ui->model.ledger.count;
	long at = (long)ui->commands_top + step;

	if (ui->focus != PANE_COMMANDS) {
		action_alarm_move(ui, step);
		return;
	}
	ui->commands_top = at < 0 ? 0 : (size_t)at + 1 > all ? (all ? all - 1 : 0) : (size_t)at;
}

void action_list_show(struct ui *ui, int arg)
{
	const struct ledger *ledger = &ui->model.ledger;
	struct ui_drone *d;

	if (ui->focus != PANE_COMMANDS) {
		action_alarm_show(ui, arg);
		return;
	}
	if (ui->commands_top >= ledger->count)
		return;
	d = model_find(
	    &ui->model, ledger_at(ledger, ledger->count - 1 - ui->commands_top)->last.drone);
	if (!d)
		return;
	ui_select(ui, (size_t)(d - ui->model.drones));
	action_map_centre(ui, arg);
}
