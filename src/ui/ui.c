/* The screen as a machine: see ui.h. */
#include "ui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions.h"
#include "ui/alarm_actions.h"
#include "ui/command_line.h"
#include "ui/complete.h"
#include "ui/key.h"
#include "ui/keymap.h"
#include "ui/pane_layers.h"

#define MESSAGE_MS 8000

void ui_init(struct ui *ui, double stale_s, double lost_s)
{
	memset(ui, 0, sizeof(*ui));
	model_init(&ui->model, stale_s, lost_s);
	canvas_init(&ui->canvas, 80, 24);
	map_pane_init(&ui->map);
	draft_clear(&ui->draft);
	timeline_init(&ui->timeline);
	line_init(&ui->line);
	line_init(&ui->filter_line);
	ui->focus = PANE_FLEET;
	ui->selected = NO_DRONE;
	ui->rtt_ms = -1;
	ui->w = 80;
	ui->h = 24;
	ui->cursor_x = -1;
	column_find("state", &ui->fleet.sort);
}

void ui_free(struct ui *ui)
{
	struct ui_request request;

	while (ui_take(ui, &request))
		intent_clear(&request.intent);
	preview_close(&ui->preview);
	map_pane_free(&ui->map);
	draft_clear(&ui->draft);
	flight_paths_clear(&ui->paths);
	line_free(&ui->line);
	line_free(&ui->filter_line);
	canvas_free(&ui->canvas);
	free(ui->fleet.order);
	alarm_list_free(&ui->alarms);
	model_free(&ui->model);
}

void ui_resize(struct ui *ui, int w, int h, double cell_aspect)
{
	ui->w = w < 1 ? 1 : w;
	ui->h = h < 1 ? 1 : h;
	canvas_resize(&ui->canvas, ui->w, ui->h);
	map_view_resize(&ui->map.view, MAP_BRAILLE, ui->map.view.cols, ui->map.view.rows,
	    ui->aspect_set ? ui->map.view.aspect : cell_aspect);
	ui->dirty = true;
}

struct ui_request *ui_ask(struct ui *ui, enum request_kind kind)
{
	struct ui_request *r;

	if (ui->request_count == UI_REQUESTS_MAX)
		return NULL;
	r = &ui->requests[ui->request_count++];
	*r = (struct ui_request){ .kind = kind };
	return r;
}

bool ui_take(struct ui *ui, struct ui_request *out)
{
	if (!ui->request_count)
		return false;
	*out = ui->requests[0];
	memmove(ui->requests, ui->requests + 1, --ui->request_count * sizeof(*ui->requests));
	return true;
}

void ui_say(struct ui *ui, enum role role, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ui->message, sizeof(ui->message), fmt, ap);
	va_end(ap);
	str_clean(ui->message);
	ui->message_role = role;
	ui->message_mono = ui->model.now_mono;
	ui->dirty = true;
}

struct ui_drone *ui_selected(struct ui *ui)
{
	return ui->selected < ui->model.count ? &ui->model.drones[ui->selected] : NULL;
}

void ui_select(struct ui *ui, size_t drone)
{
	ui->selected = drone;
	ui->touched = true;
}

size_t *ui_targets(const struct ui *ui, size_t *count)
{
	size_t *list = xcalloc(ui->model.count + 1, sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < ui->model.count; i++) {
		if (ui->model.drones[i].marked)
			list[(*count)++] = i;
	}
	if (!*count && ui->selected < ui->model.count)
		list[(*count)++] = ui->selected;
	return list;
}

void ui_preview(struct ui *ui, struct intent *intent)
{
	const char *why = ui->model.replay ? UI_PAST_REFUSES
			  : ui->read_only  ? "this screen is read-only: nothing is sent"
			  : ui->model.link != LINK_LIVE ? "there is no link: nothing can be sent"
			  : !intent->count              ? "no drone is meant"
							: NULL;

	if (why) {
		ui_say(ui, ROLE_ERROR, "%s", why);
		intent_clear(intent);
		return;
	}
	ui->model.me = ui->by;
	ui->model.zones = ui->zones;
	preview_open(&ui->preview, intent, &ui->model);
	ui->mode = UI_PREVIEW;
	ui->message[0] = '\0';
	ui->dirty = true;
}

void ui_run_line(struct ui *ui, const char *text)
{
	struct err err = { "" };

	if (command_line_run(ui, text, &err) == -1) {
		/* The line comes back, to be mended. */
		ui->mode = UI_LINE;
		line_set(&ui->line, text);
		ui_say(ui, ROLE_ERROR, "%s", err.text);
	}
}

static void line_mode_key(struct ui *ui, uint32_t key)
{
	char text[LINE_SIZE];

	if (key == K_TAB || key == K_BACK_TAB) {
		if (!complete_apply(ui, key == K_TAB ? 1 : -1))
			ui_say(ui, ROLE_DIM, "nothing fits here");
		return;
	}
	ui->cycle.active = false;
	if (key == K_ESC || key == K_CTRL('c') || (key == K_BACKSPACE && !ui->line.len)) {
		ui->mode = UI_KEYS;
	} else if (key == K_ENTER) {
		ui->line.searching = false;
		line_remember(&ui->line);
		str_copy(text, sizeof(text), ui->line.text);
		ui->mode = UI_KEYS;
		ui_run_line(ui, text);
	} else {
		ui->message[0] = '\0';
		line_key(&ui->line, key);
	}
}

static void filter_mode_key(struct ui *ui, uint32_t key)
{
	if (key == K_ENTER) {
		ui->mode = UI_KEYS;
	} else if (key == K_ESC || key == K_CTRL('c')) {
		ui->fleet.filter[0] = '\0';
		ui->mode = UI_KEYS;
	} else if (line_key(&ui->filter_line, key)) {
		str_copy(ui->fleet.filter, sizeof(ui->fleet.filter), ui->filter_line.text);
		ui->fleet.top = 0;
	}
}

static void help_mode_key(struct ui *ui, uint32_t key)
{
	if (key == 'j' || key == K_DOWN)
		ui->help_top++;
	else if ((key == 'k' || key == K_UP) && ui->help_top > 0)
		ui->help_top--;
	else if (key == ' ' || key == K_PAGE_DOWN || key == K_CTRL('d'))
		ui->help_top += ui->h / 2;
	else if (key == K_PAGE_UP || key == K_CTRL('u'))
		ui->help_top = ui->help_top > ui->h / 2 ? ui->help_top - ui->h / 2 : 0;
	else if (key == K_ESC || key == 'q' || key == '?' || key == K_CTRL('c'))
		ui->mode = UI_KEYS;
}

static void send(struct ui *ui)
{
	struct ui_request *r = ui_ask(ui, REQUEST_SEND);

	if (!r) {
		ui_say(ui, ROLE_ERROR, "too much is under way: not sent");
		return;
	}
	r->intent = ui->preview.intent;
	preview_advice_join(&ui->preview.advice, r->intent.over, sizeof(r->intent.over));
	str_copy(r->intent.reason, sizeof(r->intent.reason),
	    ui->preview.advice.needs_reason ? ui->preview.reason : "");
	ui->preview.intent = (struct intent){ 0 };
	preview_close(&ui->preview);
	ui->mode = UI_KEYS;
}

static void preview_mode_key(struct ui *ui, uint32_t key)
{
	char last[LINE_SIZE] = "";

	switch (preview_key(&ui->preview, key)) {
	case PREVIEW_SEND:
		/* What changed since the last frame must be seen first. */
		preview_check(&ui->preview, &ui->model);
		if (ui->preview.shown && ui->model.link == LINK_LIVE)
			send(ui);
		break;
	case PREVIEW_CANCEL:
		preview_close(&ui->preview);
		ui->mode = UI_KEYS;
		ui_say(ui, ROLE_DIM, "cancelled: nothing was sent");
		break;
	case PREVIEW_EDIT:
		if (ui->line.count)
			str_copy(last, sizeof(last), ui->line.history[ui->line.count - 1]);
		preview_close(&ui->preview);
		action_line(ui, 0);
		line_set(&ui->line, last);
		break;
	case PREVIEW_TOO_EARLY:
		ui_say(ui, ROLE_WARN, "typed before the preview was shown: it does not count");
		break;
	case PREVIEW_COUNT:
		ui_say(ui, ROLE_WARN, "this goes to %zu drones: type %zu, then y",
		    ui->preview.intent.count, ui->preview.intent.count);
		break;
	case PREVIEW_REASON:
		ui_say(ui, ROLE_WARN, "say in words why it is meant all the same; Esc sends nothing");
		break;
	case PREVIEW_WAIT:
		break;
	}
}

static void mark_key(struct ui *ui, uint32_t key)
{
	struct map_pane *p = &ui->map;
	struct map_mark *mark = key >= 'a' && key <= 'z' ? &p->marks[key - 'a'] : NULL;
	bool go = p->pending == '\'';

	p->pending = 0;
	ui->message[0] = '\0';
	if (!mark)
		return;
	if (!go) {
		*mark = (struct map_mark){ true, map_view_centre(&p->view), p->view.zoom };
		ui_say(ui, ROLE_TEXT, "this view is mark %c", (char)key);
	} else if (mark->set) {
		map_pane_remember(p);
		p->follow = false;
		map_view_look(&p->view, mark->centre, mark->zoom);
	} else {
		ui_say(ui, ROLE_ERROR, "there is no mark %c", (char)key);
	}
}

void ui_key(struct ui *ui, uint32_t key, int64_t now_mono)
{
	ui->model.now_mono = now_mono;
	if (key == K_REPLY)
		return;
	ui->dirty = true;
	if (key == K_PASTE_BEGIN || key == K_PASTE_END) {
		ui->pasting = key == K_PASTE_BEGIN;
		return;
	}
	/* Pasted text is text: it reaches the lines being typed, and never ends
	 * one or acts as a key. */
	if (ui->pasting) {
		if (key == K_ENTER || key == K_TAB)
			key = ' ';
		if (key < ' ' || key >= KEYS_NAMED)
			return;
		if (ui->mode == UI_LINE)
			line_insert(&ui->line, key);
		else if (ui->mode == UI_FILTER)
			filter_mode_key(ui, key);
		return;
	}
	switch (ui->mode) {
	case UI_LINE:
		line_mode_key(ui, key);
		break;
	case UI_FILTER:
		filter_mode_key(ui, key);
		break;
	case UI_PREVIEW:
		preview_mode_key(ui, key);
		break;
	case UI_HELP:
		help_mode_key(ui, key);
		break;
	case UI_LAYERS:
		pane_layers_key(ui, key);
		break;
	case UI_ASK:
		alarm_ask_key(ui, key);
		break;
	case UI_KEYS:
		if (ui->map.pending)
			mark_key(ui, key);
		else
			keymap_dispatch(ui, key);
		break;
	}
}

/* Someone is selected as soon as there is anyone; after that only the user
 * changes it. */
static void select_first(struct ui *ui)
{
	if (ui->selected == NO_DRONE && ui->model.roster_known && ui->fleet.count)
		ui->selected = ui->fleet.order[0];
}

/* Plan (and fence) of a drone that is looked at or about to be commanded. */
static void want_plan(struct ui *ui, size_t drone)
{
	struct ui_drone *d = &ui->model.drones[drone];
	struct ui_request *r = d->plan_wanted ? NULL : ui_ask(ui, REQUEST_PLAN);

	if (!r)
		return;
	d->plan_wanted = true;
	r->drone = drone;
}

static void want_past(struct ui *ui)
{
	struct ui_drone *d = ui_selected(ui);
	struct ui_request *r;

	if (ui->model.link != LINK_LIVE || ui->timeline.past)
		return;
	if (ui->preview.active && ui->preview.intent.count == 1)
		want_plan(ui, ui->preview.intent.drones[0]);
	if (!d)
		return;
	want_plan(ui, ui->selected);
	if (!d->filled && !d->filling && d->sample.known && (r = ui_ask(ui, REQUEST_BACKFILL))) {
		d->filling = true;
		r->drone = ui->selected;
	}
}

void ui_tick(struct ui *ui, int64_t now_mono, int64_t now_ms)
{
	model_tick(&ui->model, now_mono, now_ms);
	if (*ui->message && now_mono - ui->message_mono > MESSAGE_MS)
		ui->message[0] = '\0';
	if (ui->preview.active) {
		preview_check(&ui->preview, &ui->model);
		if (ui->model.link != LINK_LIVE) {
			preview_close(&ui->preview);
			ui->mode = UI_KEYS;
			ui_say(ui, ROLE_ERROR, "the link is gone: nothing was sent");
		}
	}
	layout_make(&ui->layout, ui->w, ui->h, ui->focus, ui->zoomed,
	    ui->timeline.past, preview_rows(&ui->preview));
	if (!ui->fleet.columns_set) {
		struct err err;

		columns_parse(
		    &ui->fleet.columns, columns_default(ui->layout.pane[PANE_FLEET].w), &err);
	}
	/* A pane that this size has no room for cannot keep the keys. */
	if (!ui->layout.pane[ui->focus].w)
		ui->focus = PANE_FLEET;
	if (!ui->timeline.past)
		timeline_seen(&ui->timeline, &ui->model, now_ms);
	ui->timeline.wanted = timeline_columns(ui->w);
	if (!ui->timeline.past && !ui->timeline.stored)
		timeline_fill_seen(&ui->timeline, &ui->model, now_ms);
	alarm_list_update(&ui->alarms, &ui->model);
	bell_tick(&ui->bell, ui->model.news, now_mono);
	fleet_view_update(ui);
	select_first(ui);
	want_past(ui);
	map_pane_update(ui);
}

static void draw_pane(struct ui *ui, enum pane pane)
{
	struct rect r = ui->layout.pane[pane];
	struct canvas *c = &ui->canvas;

	if (r.w < 1 || r.h < 1)
		return;
	switch (pane) {
	case PANE_MAP:
		pane_map_draw(c, r, ui);
		break;
	case PANE_FLEET:
		pane_fleet_draw(c, r, ui);
		break;
	case PANE_DRONE:
		pane_drone_draw(c, r, ui);
		break;
	case PANE_EVENTS:
		pane_events_draw(c, r, ui);
		break;
	case PANE_COMMANDS:
		pane_commands_draw(c, r, ui);
		break;
	case PANE_TIMELINE:
		pane_timeline_draw(c, r, ui);
		break;
	case PANE_COUNT:
		break;
	}
}

void ui_draw(struct ui *ui)
{
	struct canvas *c = &ui->canvas;

	canvas_clear(c);
	ui->cursor_x = -1;
	for (int p = 0; p < PANE_COUNT; p++)
		draw_pane(ui, (enum pane)p);
	layout_draw(&ui->layout, c);
	if (ui->mode == UI_HELP)
		pane_help_draw(c, (struct rect){ 0, 1, ui->w, ui->h - 2 }, ui);
	if (ui->mode == UI_LAYERS)
		pane_layers_draw(c, (struct rect){ 0, 1, ui->w, ui->h - 2 }, ui);
	if (ui->preview.active && ui->layout.preview.h) {
		pane_preview_draw(c, ui->layout.preview, ui);
		if (!ui->preview.drawn)
			ui->preview.drawn_mono = ui->model.now_mono;
		ui->preview.drawn = true;
	}
	if (ui->timeline.past)
		status_past_draw(c, ui);
	else
		pane_status_draw(c, ui);
	pane_line_draw(c, ui->layout.line, ui);
	canvas_reduce(c, ui->charset);
	ui->dirty = false;
}

void ui_shown(struct ui *ui)
{
	if (ui->preview.active && ui->preview.drawn)
		ui->preview.shown = true;
	ui->alarms.asked_shown = ui->alarms.asked_drawn;
}
