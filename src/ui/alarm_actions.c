/* Keys and lines of alarms: see alarm_actions.h. */
#include "ui/alarm_actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/actions.h"
#include "ui/ui.h"

/* What a daemon takes at most. */
#define SHELVE_MAX_MIN (24 * 60.0)

static const char *why_not(const struct ui *ui)
{
	const struct model *m = &ui->model;

	return m->replay               ? "this is a replay: its alarms are of the past"
	       : ui->read_only         ? "this screen is read-only: nothing is sent"
	       : m->link != LINK_LIVE ? "there is no link: nothing can be sent"
	       : !m->watched          ? "nobody here keeps alarms: attach to a daemon"
				       : NULL;
}

static struct alarm_wish *wish(struct ui *ui, enum request_kind kind)
{
	struct ui_request *r = ui_ask(ui, kind);

	if (!r)
		ui_say(ui, ROLE_ERROR, "too much is under way: not sent");
	return r ? &r->wish : NULL;
}

static const char *drone_of(const struct alarm *al)
{
	return *al->drone ? al->drone : "site";
}

static bool was_looked_at(struct ui *ui, struct ui_alarm *a)
{
	if (a->seen_mono && ui->model.now_mono - a->seen_mono >= ALARM_LOOK_MS)
		return true;
	/* From now on it is in the line below, if nowhere else. */
	if (!a->seen_mono)
		a->seen_mono = ui->model.now_mono > 0 ? ui->model.now_mono : 1;
	ui_say(ui, ROLE_WARN, "%s: %s (a again acknowledges)", drone_of(&a->alarm), a->alarm.text);
	return false;
}

static const struct alarm_row *row_to_ack(struct ui *ui)
{
	struct alarm_view *v = &ui->alarms;

	if (v->cursor.kind != ROW_NONE && v->at < v->count) {
		if (v->rows[v->at].unacked)
			return &v->rows[v->at];
		/* Who looks at one means that one. */
		if (ui->focus == PANE_EVENTS)
			return NULL;
	}
	for (size_t i = 0; i < v->standing; i++) {
		if (v->rows[i].unacked)
			return &v->rows[i];
	}
	return NULL;
}

void action_alarm_ack(struct ui *ui, int arg)
{
	const char *why = why_not(ui);
	const struct alarm_row *row;
	struct alarm_wish *w;
	struct ui_alarm *a;

	(void)arg;
	alarm_list_update(&ui->alarms, &ui->model);
	row = row_to_ack(ui);
	if (!row) {
		ui_say(ui, ROLE_DIM, ui->alarms.unacked
					 ? "this one asks for no acknowledgement; n goes to the next"
					 : "no alarm asks to be acknowledged");
		return;
	}
	if (why) {
		ui_say(ui, ROLE_ERROR, "%s", why);
		return;
	}
	a = alarm_list_alarm(&ui->model, row);
	if (!was_looked_at(ui, a) || !(w = wish(ui, REQUEST_ACK)))
		return;
	if (row->kind == ROW_GROUP) {
		str_copy(w->rule, sizeof(w->rule), a->alarm.rule);
		w->up_to = ui->model.alarm_numbers;
	} else {
		str_copy(w->id, sizeof(w->id), a->alarm.id);
	}
}

void action_alarm_ack_all(struct ui *ui, int arg)
{
	const char *why = why_not(ui);

	(void)arg;
	alarm_list_update(&ui->alarms, &ui->model);
	if (why && ui->alarms.unacked) {
		ui_say(ui, ROLE_ERROR, "%s", why);
	} else if (!ui->alarms.unacked) {
		ui_say(ui, ROLE_DIM, "no alarm asks to be acknowledged");
	} else {
		ui->alarms.asked = ui->model.alarm_numbers;
		ui->alarms.asked_count = ui->alarms.unacked;
		ui->alarms.asked_shown = false;
		ui->mode = UI_ASK;
	}
}

void alarm_ask_key(struct ui *ui, uint32_t key)
{
	struct alarm_wish *w;

	if (key == 'y' && !ui->alarms.asked_shown)
		return;
	ui->mode = UI_KEYS;
	if (key != 'y' || ui->model.link != LINK_LIVE) {
		ui_say(ui, ROLE_DIM, "nothing was acknowledged");
		return;
	}
	w = wish(ui, REQUEST_ACK);
	if (w)
		w->up_to = ui->alarms.asked;
}

static void go(struct ui *ui, size_t row)
{
	struct alarm_view *v = &ui->alarms;
	const struct ui_event *e;
	const struct ui_alarm *a;
	struct ui_drone *d = NULL;

	alarm_list_go(v, &ui->model, row);
	e = alarm_list_event(&ui->model, &v->rows[row]);
	a = alarm_list_alarm(&ui->model, &v->rows[row]);
	if (a || e)
		d = model_find(&ui->model, a ? a->alarm.drone : e->drone);
	if (!d)
		return;
	ui_select(ui, (size_t)(d - ui->model.drones));
	action_map_centre(ui, 0);
}

void action_alarm_next(struct ui *ui, int step)
{
	struct alarm_view *v = &ui->alarms;
	const struct ui_alarm *a;
	size_t n, at;
	char text[400];

	alarm_list_update(v, &ui->model);
	n = v->standing;
	if (!n) {
		action_next_trouble(ui, step);
		return;
	}
	if (v->cursor.kind == ROW_NONE || v->at >= n)
		at = step > 0 ? 0 : n - 1;
	else
		at = (v->at + n + (size_t)step) % n;
	go(ui, at);
	a = alarm_list_alarm(&ui->model, &v->rows[at]);
	if (v->rows[at].kind == ROW_GROUP) {
		alarm_group_text(&ui->model, &v->rows[at], text, sizeof(text));
		ui_say(ui, ROLE_TEXT, "%s", text);
	} else {
		ui_say(ui, a->alarm.level == LEVEL_CRITICAL ? ROLE_CRIT : ROLE_WARN, "%s: %s",
		    drone_of(&a->alarm), a->alarm.text);
	}
}

void action_alarm_move(struct ui *ui, int rows)
{
	struct alarm_view *v = &ui->alarms;
	long to;

	alarm_list_update(v, &ui->model);
	if (!v->count)
		return;
	/* The first press shows where it is. */
	to = v->cursor.kind == ROW_NONE ? 0 : (long)v->at + rows;
	if (rows <= -100000) {
		v->cursor.kind = ROW_NONE;
		return;
	}
	alarm_list_go(v, &ui->model,
	    to < 0 ? 0 : to >= (long)v->count ? v->count - 1 : (size_t)to);
}

void action_alarm_show(struct ui *ui, int arg)
{
	struct alarm_view *v = &ui->alarms;
	const struct alarm_row *row;

	(void)arg;
	alarm_list_update(v, &ui->model);
	if (v->at >= v->count)
		return;
	row = &v->rows[v->at];
	if (row->kind == ROW_GROUP) {
		str_copy(v->open, sizeof(v->open), ui->model.alarms[row->index].alarm.rule);
		ui_say(ui, ROLE_DIM, "opened; Esc closes it again");
		return;
	}
	go(ui, v->at);
}

void action_alarm_out(struct ui *ui, int arg)
{
	struct alarm_view *v = &ui->alarms;
	const char *why = why_not(ui);
	const struct ui_alarm *a = NULL;
	char text[LINE_SIZE];

	(void)arg;
	alarm_list_update(v, &ui->model);
	if (v->cursor.kind != ROW_NONE && v->at < v->count && v->rows[v->at].kind == ROW_ALARM)
		a = alarm_list_alarm(&ui->model, &v->rows[v->at]);
	if (why || !a || !(alarm_stands(&a->alarm) || alarm_unacked(&a->alarm))) {
		ui_say(ui, why ? ROLE_ERROR : ROLE_DIM, "%s",
		    why ? why : "go to an alarm that stands first: j and k");
		return;
	}
	/* The reason is typed; the daemon says no where its drone is there. */
	snprintf(text, sizeof(text), "shelve %s %s out ", drone_of(&a->alarm), a->alarm.rule);
	action_line(ui, 0);
	line_set(&ui->line, text);
}

static void silence(struct ui *ui, int64_t ms)
{
	char text[40];

	bell_silence(&ui->bell, ui->model.now_mono, ms);
	if (bell_silence_text(&ui->bell, ui->model.now_mono, ui->model.now_ms, text))
		ui_say(ui, ROLE_TEXT, "%s; nothing is acknowledged by that", text);
	else
		ui_say(ui, ROLE_TEXT, "the bell rings again");
}

void action_silence(struct ui *ui, int arg)
{
	(void)arg;
	silence(ui, ui->bell.silent_mono ? 0 : BELL_SILENT_MS);
}

/* ---- lines ---- */

/* "10m", "90s", "2h", or minutes: milliseconds, 0 for what is none. */
static int64_t read_time(const char *word)
{
	char number[24];
	size_t n = strspn(word, "0123456789.");
	double v, unit = strcmp(word + n, "s") == 0			     ? 1000
			 : strcmp(word + n, "h") == 0			     ? 3600e3
			 : !word[n] || strcmp(word + n, "m") == 0 || strcmp(word + n, "min") == 0 ? 60e3
										       : 0;

	if (!n || !str_copy_n(number, sizeof(number), word, n) || !str_double(number, &v) ||
	    v * unit < 1 || v * unit > 1e11)
		return 0;
	return (int64_t)(v * unit);
}

static bool same_rule(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	}
	return *a == *b;
}

/* The alarm of that drone ("site" for none) and rule. */
static struct ui_alarm *find(struct ui *ui, const char *drone, const char *rule, bool aside,
    struct err *err)
{
	struct model *m = &ui->model;

	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		if (strcmp(drone_of(al), drone) == 0 && same_rule(al->rule, rule) &&
		    (aside ? al->state == ALARM_SHELVED || al->state == ALARM_OUT
			   : alarm_stands(al) || alarm_unacked(al)))
			return &m->alarms[i];
	}
	err_set(err, "%.32s has no alarm \"%.60s\" that %s", drone, rule,
	    aside ? "is shelved or out of service" : "stands");
	return NULL;
}

static int check(const struct ui *ui, struct err *err)
{
	const char *why = why_not(ui);

	return why ? err_set(err, "%s", why) : 0;
}

int alarm_line_ack(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_alarm *a = NULL;
	struct alarm_wish *w;

	if (count == 1) {
		action_alarm_ack(ui, 0);
		return 0;
	}
	if (count == 2 && strcmp(words[1], "all") == 0) {
		action_alarm_ack_all(ui, 0);
		return 0;
	}
	if (count > 3)
		return err_set(err, "ack takes a drone and perhaps a rule, as in ack D07 battery-low");
	if (check(ui, err) == -1)
		return -1;
	if (strcmp(words[1], "site") != 0 && !model_find(&ui->model, words[1]))
		return err_set(err, "there is no drone \"%.32s\"", words[1]);
	if (count == 3 && !(a = find(ui, words[1], words[2], false, err)))
		return -1;
	w = wish(ui, REQUEST_ACK);
	if (!w)
		return 0;
	if (a) {
		str_copy(w->id, sizeof(w->id), a->alarm.id);
	} else {
		str_copy(w->drone, sizeof(w->drone), words[1]);
		w->up_to = ui->model.alarm_numbers;
	}
	return 0;
}

/* The words from the fifth on are the reason. */
static void put_why(struct alarm_wish *w, int count, char **words)
{
	size_t n = 0;

	for (int i = 4; i < count && n < sizeof(w->why); i++)
		n += (size_t)snprintf(
		    w->why + n, sizeof(w->why) - n, "%s%s", i > 4 ? " " : "", words[i]);
	str_trim_utf8(w->why);
}

int alarm_line_shelve(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_alarm *a = NULL;
	struct alarm_wish *w;
	bool out = count > 3 && strcmp(words[3], "out") == 0;
	bool all = out && strcmp(words[2], "all") == 0;
	int64_t ms = count > 3 ? read_time(words[3]) : 0;

	if (count < 5)
		return err_set(err, "shelve takes drone, rule, time and why, as in shelve D07 "
				    "battery-low 10m on the bench");
	if (!out && (!ms || (double)ms / 60e3 > SHELVE_MAX_MIN))
		return err_set(
		    err, "\"%.20s\" is no time to shelve for: 30s, 10m or 2h, at most 24h, or out (of "
			 "service)", words[3]);
	if (check(ui, err) == -1 || (!all && !(a = find(ui, words[1], words[2], false, err))))
		return -1;
	w = wish(ui, REQUEST_SHELVE);
	if (!w)
		return 0;
	if (a)
		str_copy(w->id, sizeof(w->id), a->alarm.id);
	str_copy(w->drone, sizeof(w->drone), words[1]);
	w->up_to = ui->model.alarm_numbers;
	w->out = out;
	w->minutes = (double)ms / 60e3;
	put_why(w, count, words);
	return 0;
}

int alarm_line_unshelve(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_alarm *a;
	struct alarm_wish *w;

	if (count != 3)
		return err_set(err, "unshelve takes drone and rule, as in unshelve D07 battery-low");
	if (check(ui, err) == -1 || !(a = find(ui, words[1], words[2], true, err)))
		return -1;
	w = wish(ui, REQUEST_UNSHELVE);
	if (w)
		str_copy(w->id, sizeof(w->id), a->alarm.id);
	return 0;
}

int alarm_line_silence(struct ui *ui, int count, char **words, struct err *err)
{
	bool off = count == 2 && strcmp(words[1], "off") == 0;
	int64_t ms = off ? 0 : count == 2 ? read_time(words[1]) : BELL_SILENT_MS;

	if (count > 2 || (!ms && !off) || ms > 24 * 3600 * 1000LL)
		return err_set(err, "silence takes a time, as in silence 5m, or off");
	silence(ui, ms);
	return 0;
}

const char *alarm_candidate(struct ui *ui, int word, int n)
{
	const struct model *m = &ui->model;
	const char *typed = ui->line.text + strcspn(ui->line.text, " ");
	char drone[ID_SIZE];

	if (word == 1)
		return (size_t)n < m->count ? m->drones[n].id : (size_t)n == m->count ? "site" : NULL;
	typed += strspn(typed, " ");
	if (word != 2 || !str_copy_n(drone, sizeof(drone), typed, strcspn(typed, " ")))
		return NULL;
	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		if (strcmp(drone_of(al), drone) == 0 && al->state != ALARM_CLEARED && n-- == 0)
			return al->rule;
	}
	return NULL;
}
