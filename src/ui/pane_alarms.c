/* Pane 4: alarms that stand, then what happened; alarm_list.h makes the rows. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/alarm_actions.h"
#include "ui/ui.h"

#define SEEN_LEAST 1 /* a monotonic time that is not "never" */

struct row_look {
	char letter;
	enum role role, text;
};

static struct row_look look_of(const struct alarm *al)
{
	static const char letters[LEVEL_COUNT] = { ' ', '-', '!', 'X' };
	struct row_look look = { letters[al->level], ROLE_DIM, ROLE_TEXT };

	/* That it is not heard is the letter of the lost everywhere. */
	if (strcmp(al->rule, "lost") == 0)
		look.letter = '?';
	if (al->state == ALARM_CLEARED || al->state == ALARM_SHELVED || al->state == ALARM_OUT)
		look.text = ROLE_DIM;
	else if (look.letter == '?')
		look.role = alarm_unacked(al) ? ROLE_CRIT : ROLE_LOST;
	else if (al->level == LEVEL_CRITICAL)
		look.role = ROLE_CRIT;
	else if (al->level == LEVEL_WARNING)
		look.role = ROLE_WARN;
	return look;
}

static void clock_text(int64_t ms, char text[TIME_TEXT_SIZE])
{
	char full[TIME_TEXT_SIZE];

	time_format(ms, full);
	snprintf(text, TIME_TEXT_SIZE, "%.8s", full + 11);
}

static void draw_row(struct canvas *c, struct rect r, int y, int64_t time_ms, const char *drone,
    const struct row_look *look, const char *text, enum role right_role, const char *right)
{
	int x = r.x + 1, end = r.x + r.w - 1, w = canvas_width(right);
	char clock[TIME_TEXT_SIZE], id[16];

	clock_text(time_ms, clock);
	x += canvas_text(c, x, y, 8, ROLE_DIM, clock) + 2;
	str_copy(id, sizeof(id), drone);
	canvas_printf(c, x, y, 4 + (int)sizeof(id), look->role,
	    look->role == ROLE_CRIT || look->role == ROLE_WARN ? " %c %-4s " : " %c %-4s",
	    look->letter, id);
	x += 3 + (canvas_width(id) > 4 ? canvas_width(id) : 4) + 2;
	/* The states stand below each other where there is room. */
	canvas_text(c, x, y, end - x - (w ? w + 1 : 0), look->text, text);
	if (w)
		canvas_text(c, end - (w > 20 || r.w < 100 ? w : 20), y, w, right_role, right);
}

static void draw(struct canvas *c, struct rect r, int y, const struct ui *ui, size_t i)
{
	const struct alarm_row *row = &ui->alarms.rows[i];
	const struct model *m = &ui->model;
	const struct ui_event *e = alarm_list_event(m, row);
	struct ui_alarm *a = alarm_list_alarm(m, row);
	char text[600], state[ALARM_STATE_SIZE] = "";
	struct row_look look = { ' ', ROLE_DIM, ROLE_DIM };

	if (e) {
		look.letter = health_letters[e->level];
		look.role = e->level == HEALTH_OK ? ROLE_DIM : health_role(e->level);
		look.text = e->level == HEALTH_OK ? ROLE_DIM : ROLE_TEXT;
		draw_row(c, r, y, e->time_ms, e->drone, &look, e->text, ROLE_DIM, "");
		return;
	}
	look = look_of(&a->alarm);
	if (row->kind == ROW_GROUP) {
		alarm_group_text(m, row, text, sizeof(text));
		if (row->unacked)
			snprintf(state, sizeof(state), "%zu UNACKED", row->unacked);
		else
			str_copy(state, sizeof(state), "acked");
		draw_row(c, r, y, row->time_ms, "all", &look, text,
		    row->unacked ? ROLE_WARN : ROLE_DIM, state);
	} else {
		alarm_full_text(m, a, text, sizeof(text));
		alarm_state_text(m, &a->alarm, r.w > 110, state);
		draw_row(c, r, y, row->time_ms, *a->alarm.drone ? a->alarm.drone : "site", &look, text,
		    alarm_unacked(&a->alarm) ? ROLE_WARN : ROLE_DIM, state);
	}
	if (!a->seen_mono)
		a->seen_mono = m->now_mono > 0 ? m->now_mono : SEEN_LEAST;
}

static void put_title(const struct ui *ui, char *title, size_t title_size)
{
	const struct alarm_view *v = &ui->alarms;
	const struct model *m = &ui->model;
	char silent[40], text[160] = "";
	const size_t size = sizeof(text);
	int n = 0;

	if (v->alarms)
		n += snprintf(text, size, "%zu", v->alarms);
	if (v->unacked)
		n += snprintf(text + n, size - (size_t)n, "  %zu unacked", v->unacked);
	if (v->shelved)
		n += snprintf(text + n, size - (size_t)n, "  %zu shelved", v->shelved);
	if (v->out)
		n += snprintf(text + n, size - (size_t)n, "  %zu out of service", v->out);
	if (v->flood)
		n += snprintf(text + n, size - (size_t)n, "  FLOOD: %zu in 10 min", v->recent);
	if (m->alarms_left_out)
		n += snprintf(text + n, size - (size_t)n, "  and %llu more",
		    (unsigned long long)m->alarms_left_out);
	if (bell_silence_text(&ui->bell, m->now_mono, m->now_ms, silent))
		snprintf(text + n, size - (size_t)n, "  %s", silent);
	/* Whatever is the first. */
	str_copy(title, title_size, text + strspn(text, " "));
}

void pane_events_draw(struct canvas *c, struct rect r, struct ui *ui)
{
	struct alarm_view *v = &ui->alarms;
	size_t rows = r.h > 1 ? (size_t)r.h - 1 : 0;
	char title[160];
	int y = r.y + 1;

	put_title(ui, title, sizeof(title));
	layout_title(c, r, ui->focus == PANE_EVENTS, 4, "ALERTS", title,
	    /* Keys are named where they do something. */
	    !v->alarms && !v->shelved && !v->out ? ""
	    : ui->model.replay ? "n next"
	    : r.w > 110 ? "a ack \u00b7 A ack all \u00b7 n N next \u00b7 Enter shows it"
	    : r.w > 60  ? "a ack \u00b7 n next"
			: "");
	/* What matters most is in sight but while the user looks further. */
	if (v->cursor.kind == ROW_NONE)
		v->top = 0;
	else if (v->at < v->top)
		v->top = v->at;
	else if (rows && v->at >= v->top + rows)
		v->top = v->at + 1 - rows;
	for (size_t i = v->top; i < v->count && y < r.y + r.h; i++, y++) {
		draw(c, r, y, ui, i);
		if (v->cursor.kind == ROW_NONE || i != v->at)
			continue;
		canvas_put(c, r.x, y, '>', ROLE_STRONG);
		canvas_ground(c, (struct rect){ r.x, y, r.w, 1 }, GROUND_SELECTED);
	}
	if (y == r.y + 1)
		canvas_text(c, r.x + 1, y, r.w - 2, ROLE_DIM, "nothing happened yet");
}
