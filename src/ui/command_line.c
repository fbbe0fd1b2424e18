/* The command line: see command_line.h. */
#include "ui/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/position.h"
#include "map/places.h"
#include "ui/actions.h"
#include "ui/alarm_actions.h"
#include "ui/draft_line.h"
#include "ui/pane_layers.h"
#include "ui/settings.h"
#include "ui/ui.h"
#include "ui/where.h"

static int no_operands(int count, char **words, struct err *err)
{
	if (count > 1)
		return err_set(err, "%s takes nothing behind it", words[0]);
	return 0;
}

static int run_quit(struct ui *ui, int count, char **words, struct err *err)
{
	if (no_operands(count, words, err) == -1)
		return -1;
	ui_ask(ui, REQUEST_QUIT);
	return 0;
}

static int run_help(struct ui *ui, int count, char **words, struct err *err)
{
	(void)err;
	action_help(ui, 0);
	if (count > 1)
		str_copy(ui->help_command, sizeof(ui->help_command), words[1]);
	return 0;
}

static int run_filter(struct ui *ui, int count, char **words, struct err *err)
{
	(void)err;
	str_copy(ui->fleet.filter, sizeof(ui->fleet.filter), count > 1 ? words[1] : "");
	return 0;
}

static int run_sort(struct ui *ui, int count, char **words, struct err *err)
{
	if (count < 2 || !column_find(words[1], &ui->fleet.sort))
		return err_set(err, "sort takes a column: state, id, mode, age, battery, ...");
	ui->fleet.moved_mono = 0;
	return 0;
}

static int run_save(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_request *r;

	if (count != 2)
		return err_set(err, "save-screen takes a file to write");
	r = ui_ask(ui, REQUEST_SAVE);
	if (r)
		str_copy(r->path, sizeof(r->path), words[1]);
	return 0;
}

/* The end of its name says the format. */
static int run_export(struct ui *ui, int count, char **words, struct err *err)
{
	static const char *const formats[] = { "csv", "geojson", "kml", "gpx", NULL };
	const char *dot = count == 2 ? strrchr(words[1], '.') : NULL;
	struct ui_request *r;

	for (size_t i = 0; dot && formats[i]; i++) {
		if (strcmp(formats[i], dot + 1) != 0)
			continue;
		r = ui_ask(ui, REQUEST_EXPORT);
		if (r)
			str_copy(r->path, sizeof(r->path), words[1]);
		return 0;
	}
	return err_set(err, "export takes one file whose name ends in .csv, .geojson, .kml or .gpx");
}

static int run_select(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_drone *d = count > 1 ? model_find(&ui->model, words[1]) : NULL;

	if (!d)
		return err_set(err, "there is no drone \"%.32s\"", count > 1 ? words[1] : "");
	ui_select(ui, (size_t)(d - ui->model.drones));
	return 0;
}

static int run_mark(struct ui *ui, int count, char **words, struct err *err)
{
	size_t hits = 0;

	if (count < 2)
		return err_set(
		    err, "mark takes drones or patterns, as in mark D0*; mark none ends it");
	for (size_t i = 0; i < ui->model.count; i++) {
		struct ui_drone *d = &ui->model.drones[i];

		if (strcmp(words[1], "none") == 0)
			d->marked = false;
		for (int w = 1; w < count; w++) {
			if (!str_glob(words[w], d->id))
				continue;
			d->marked = true;
			hits++;
		}
	}
	if (!hits && strcmp(words[1], "none") != 0)
		return err_set(err, "no drone is called like \"%.40s\"", words[1]);
	return 0;
}

static int run_follow(struct ui *ui, int count, char **words, struct err *err)
{
	if (count > 1 && run_select(ui, count, words, err) == -1)
		return -1;
	ui->map.follow = ui_selected(ui) != NULL;
	return ui->map.follow ? 0 : err_set(err, "no drone is selected to follow");
}

/* ":go LAT LON" or ":go DRONE": looks there. */
static int run_go(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_drone *d = count == 2 ? model_find(&ui->model, words[1]) : NULL;
	struct buf text = BUF_INIT;
	struct map_place place;
	struct geo_point p;
	int result;

	if (count < 2)
		return err_set(err, "go takes a drone or a position, as in go 47.14 9.52");
	if (d) {
		ui_select(ui, (size_t)(d - ui->model.drones));
		action_map_centre(ui, 0);
		return 0;
	}
	if (count == 2 && where_is_word(words[1])) {
		if (where_word(ui, ui_selected(ui), words[1], &p, err) == -1)
			return -1;
		ui->map.follow = false;
		map_pane_centre(ui, p);
		return 0;
	}
	for (int i = 1; i < count; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", words[i]);
	result = position_parse(text.data, &p, err);
	/* What is no position may be a place. */
	if (result == -1 && ui->map.layer_count &&
	    map_places_find(ui->map.layers, ui->map.layer_count, text.data, &place, 1)) {
		buf_free(&text);
		ui->map.follow = false;
		map_pane_remember(&ui->map);
		map_view_look(&ui->map.view, place.at, place.zoom);
		ui->map.placed = ui->map.moved = true;
		return 0;
	}
	if (result == -1 && text.data[0] > '9')
		err_set(
		    err, "\"%.60s\" is no drone, no place on the map and no position", text.data);
	buf_free(&text);
	if (result == 0) {
		ui->map.follow = false;
		map_pane_centre(ui, p);
	}
	return result;
}

static int run_zoom(struct ui *ui, int count, char **words, struct err *err)
{
	struct map_view *v = &ui->map.view;
	double zoom;

	if (count != 2 || !str_double(words[1], &zoom) || zoom < MAP_ZOOM_MIN ||
	    zoom > MAP_ZOOM_MAX)
		return err_set(
		    err, "zoom takes a number from %g to %g", MAP_ZOOM_MIN, MAP_ZOOM_MAX);
	map_pane_remember(&ui->map);
	map_view_look(v, map_view_centre(v), zoom);
	ui->map.moved = true;
	return 0;
}

static int run_readonly(struct ui *ui, int count, char **words, struct err *err)
{
	if (no_operands(count, words, err) == -1)
		return -1;
	ui->read_only = true;
	ui_say(ui, ROLE_TEXT, "nothing can be sent from this screen until it is started anew");
	return 0;
}

static const char *drone_candidate(struct ui *ui, int word, int n)
{
	(void)word;
	return (size_t)n < ui->model.count ? ui->model.drones[n].id : NULL;
}

static const char *place_candidate(struct ui *ui, int word, int n)
{
	struct map_place places[20];
	char *quoted = ui->place_text;
	size_t drones = ui->model.count, found;
	char typed[64];
	const char *begin = ui->line.text + strcspn(ui->line.text, " ");

	if (word != 1)
		return NULL;
	if ((size_t)n < drones)
		return ui->model.drones[n].id;
	str_copy(typed, sizeof(typed), begin + strspn(begin, " "));
	if (!*typed || !ui->map.layer_count)
		return NULL;
	found =
	    map_places_find(ui->map.layers, ui->map.layer_count, typed, places, ARRAY_LEN(places));
	if ((size_t)n - drones >= found)
		return NULL;
	str_copy(quoted, sizeof(ui->place_text), places[(size_t)n - drones].text);
	for (char *p = quoted; *p; p++) {
		/* A blank ends a word: the name up to there finds it as well. */
		if (*p == ' ')
			*p = '\0';
	}
	return quoted;
}

static const char *draft_candidate(struct ui *ui, int word, int n)
{
	if (word == 1)
		return draft_verb((size_t)n);
	return drone_candidate(ui, word, n);
}

static const char *column_candidate(struct ui *ui, int word, int n)
{
	(void)ui;
	return word == 1 ? column_name((size_t)n) : NULL;
}

static const char *command_candidate(struct ui *ui, int word, int n)
{
	int own = 0;

	(void)ui;
	if (word > 1)
		return NULL;
	for (; line_commands[own].name; own++) {
		if (own == n)
			return line_commands[own].name;
	}
	return n - own < CMD_COUNT ? command_table[n - own].name : NULL;
}

const struct line_command line_commands[] = {
	{ "quit", "q", "", run_quit, "end the screen; the daemon and the drones go on", NULL },
	{ "help", NULL, "[COMMAND]", run_help, "the keys of this pane, or a command's arguments",
	    command_candidate },
	{ "filter", NULL, "[TEXT]", run_filter,
	    "show only drones with it in id, model, source, state, mode, or that are in the air or on the ground (/air); !TEXT: without", NULL },
	{ "sort", NULL, "COLUMN", run_sort, "order the fleet by a column", column_candidate },
	{ "select", NULL, "DRONE", run_select, "select a drone", drone_candidate },
	{ "mark", NULL, "DRONE... | none", run_mark, "mark drones; commands then go to all of them",
	    drone_candidate },
	{ "follow", NULL, "[DRONE]", run_follow, "keep it in sight on the map", drone_candidate },
	{ "go", NULL, "DRONE | PLACE | LAT LON", run_go, "look there on the map", place_candidate },
	{ "zoom", NULL, "NUMBER", run_zoom, "of the map, -3 to 21", NULL },
	{ "wp", NULL, "add|insert|move|delete|clear|undo|take|load|save|send ...", draft_line,
	    "draw up a mission on the map: wp add @cursor 60, wp send D07 [start]; mission load FILE "
	    "and save do the same as wp",
	    draft_candidate },
	{ "columns", NULL, "NAME,... | +NAME | -NAME | default", settings_columns,
	    "choose and order the columns of the fleet table", column_candidate },
	{ "layer", NULL, "[NAME on|off]", layers_line, "draw a layer of the map or not; alone: list them",
	    layers_candidate },
	{ "set", NULL, "NAME [VALUE]", settings_line,
	    "theme, columns, fps, aspect, charset, trails, names, mouse", settings_candidate },
	{ "seek", NULL, "TIME | -30s | 40% | next|previous [alarm|command|gap|...] | start | end | live", timeline_seek_line,
	    "go to that moment: 13:52:00, 2026-11-20T13:40Z", timeline_seek_candidate },
	{ "play", NULL, "[SPEED]", timeline_play_line, "play the past: 0.1 to 1000, below 0 backward", NULL },
	{ "pause", NULL, "", timeline_pause_line, "stand still in the past", NULL },
	{ "loop", NULL, "on | off | FROM TO", timeline_loop_line, "play between the marks over and over",
	    timeline_loop_candidate },
	{ "path", NULL, "DRONE|FLIGHT... | off | colour height|speed|battery | over time|distance",
	    flight_path_line, "lay flights over the map, with a profile in the drone's pane",
	    flight_path_candidate },
	{ "export", NULL, "FILE.csv|geojson|kml|gpx", run_export,
	    "write what is selected, between the marks or of the time shown", NULL },
	{ "live", NULL, "", timeline_live_line, "leave the past", NULL },
	{ "ack", NULL, "[DRONE [RULE] | all]", alarm_line_ack,
	    "acknowledge an alarm, those of a drone, or all", alarm_candidate },
	{ "shelve", NULL, "DRONE RULE|all TIME|out WHY", alarm_line_shelve,
	    "put an alarm aside for a time, as in shelve D07 battery-low 10m on the bench, or, of a "
	    "drone that is lost, out of service",
	    alarm_candidate },
	{ "unshelve", NULL, "DRONE RULE", alarm_line_unshelve, "take back an alarm that is shelved or out of service",
	    alarm_candidate },
	{ "silence", NULL, "[TIME | off]", alarm_line_silence,
	    "silence the bell (5m); it acknowledges nothing", NULL },
	{ "save-screen", "snap", "FILE", run_save, "write what is shown to a file", NULL },
	{ "readonly", NULL, "", run_readonly, "send nothing from this screen any more", NULL },
	{ 0 },
};

int command_line_split(char *text, char **words, int max, struct err *err)
{
	char *in = text, *out = text, quote;
	int n = 0;

	for (;;) {
		in += strspn(in, " \t");
		if (!*in)
			return n;
		if (n == max)
			return err_set(err, "more than %d words", max);
		words[n++] = out;
		for (quote = 0; *in && (quote || (*in != ' ' && *in != '\t')); in++) {
			if (quote && *in == quote)
				quote = 0;
			else if (!quote && *in == '"' && out == words[n - 1])
				quote = *in; /* within a word it is seconds of arc */
			else if (*in == '\\' && in[1])
				*out++ = *++in;
			else
				*out++ = *in;
		}
		if (quote)
			return err_set(err, "a \" has no other");
		in += *in != '\0';
		*out++ = '\0';
	}
}

static int no_command(const char *name, struct err *err)
{
	const char *names[CMD_COUNT + 40], *near;
	size_t n = 0;

	for (const struct line_command *c = line_commands; c->name; c++)
		names[n++] = c->name;
	for (int c = 0; c < CMD_COUNT; c++)
		names[n++] = command_table[c].name;
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "there is no command \"%.40s\"; did you mean %s?", name, near);
	return err_set(err, "there is no command \"%.40s\"; :help lists them", name);
}

int command_line_run(struct ui *ui, const char *text, struct err *err)
{
	char copy[LINE_SIZE], *words[WORDS_MAX + 1];
	struct intent intent = { 0 };
	int count;

	str_copy(copy, sizeof(copy), text);
	count = command_line_split(copy, words, WORDS_MAX, err);
	if (count <= 0)
		return count;
	words[count] = NULL;
	if (draft_is_meant(ui, count, words))
		return draft_line(ui, count, words, err);
	for (const struct line_command *c = line_commands; c->name; c++) {
		if (strcmp(c->name, words[0]) == 0 || (c->other && strcmp(c->other, words[0]) == 0))
			return c->run(ui, count, words, err);
	}
	if (command_find(words[0]) == CMD_COUNT)
		return no_command(words[0], err);
	/* Before its arguments are looked at: none of them would be right. */
	if (ui->model.replay) {
		ui_say(ui, ROLE_ERROR, UI_PAST_REFUSES);
		return 0;
	}
	if (!ui->hooks.parse || ui->hooks.parse(ui, count, words, &intent, err) == -1) {
		intent_clear(&intent);
		return -1;
	}
	ui_preview(ui, &intent);
	return 0;
}
