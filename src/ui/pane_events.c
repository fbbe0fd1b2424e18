/* Alarms that stand, then what happened, newest first; and the commands. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"

static void clock_text(int64_t ms, char text[TIME_TEXT_SIZE])
{
	char full[TIME_TEXT_SIZE];

	time_format(ms, full);
	snprintf(text, TIME_TEXT_SIZE, "%.8s", full + 11);
}

struct row {
	int64_t time_ms;
	const char *drone, *text, *right;
	enum health level;
	bool standing;
};

static void draw_row(struct canvas *c, struct rect r, int y, const struct row *row)
{
	char clock[TIME_TEXT_SIZE], id[16];
	enum role role = health_role(row->level);
	int x = r.x + 1;

	clock_text(row->time_ms, clock);
	x += canvas_text(c, x, y, 8, ROLE_DIM, clock) + 2;
	str_copy(id, sizeof(id), row->drone);
	canvas_printf(c, x, y, 10, role, row->level == HEALTH_OK ? "%c %-4s" : " %c %-4s ",
	    health_letters[row->level], id);
	if (row->level == HEALTH_OK)
		canvas_printf(c, x, y, 10, ROLE_DIM, "   %-4s", id);
	x += 3 + (canvas_width(id) > 4 ? canvas_width(id) : 4) + 2;
	canvas_text(c, x, y, r.x + r.w - x - 1 - canvas_width(row->right),
	    row->level == HEALTH_OK ? ROLE_DIM : ROLE_TEXT, row->text);
	canvas_right(c, r.x + r.w - 1, y, row->standing ? ROLE_WARN : ROLE_DIM, "%s", row->right);
}

static enum health alarm_health(const struct alarm *al)
{
	return al->level == LEVEL_CRITICAL ? HEALTH_CRIT : HEALTH_WARN;
}

/* Standing alarms, the worst first. */
static size_t standing(const struct model *m, const struct alarm **out, size_t max)
{
	size_t n = 0;

	for (int level = LEVEL_CRITICAL; level > LEVEL_UNKNOWN; level--) {
		for (size_t i = m->alarm_count; i-- > 0 && n < max;) {
			const struct alarm *al = &m->alarms[i].alarm;

			if (al->level == level &&
			    (al->state == ALARM_RAISED || al->state == ALARM_ACKED))
				out[n++] = al;
		}
	}
	return n;
}

void pane_events_draw(struct canvas *c, struct rect r, const struct ui *ui)
{
	const struct model *m = &ui->model;
	const struct alarm *alarms[64];
	size_t n = standing(m, alarms, 64), unacked = 0, skip = ui->events_top;
	char text[80], right[80];
	int y = r.y + 1;

	for (size_t i = 0; i < n; i++)
		unacked += alarms[i]->state == ALARM_RAISED;
	snprintf(text, sizeof(text), unacked ? "%zu  %zu unacked" : "%zu", n, unacked);
	str_copy(
	    right, sizeof(right), r.w > 60 ? "n N next and previous \u00b7 Enter shows it" : "");
	layout_title(c, r, ui->focus == PANE_EVENTS, 4, "ALERTS", n ? text : "", right);
	for (size_t i = skip; i < n && y < r.y + r.h; i++, y++) {
		char state[NAME_SIZE + 16];
		struct row row = { (int64_t)alarms[i]->since, alarms[i]->drone, alarms[i]->text,
			state, alarm_health(alarms[i]), alarms[i]->state == ALARM_RAISED };

		if (alarms[i]->since == KEY_NONE)
			row.time_ms = (int64_t)alarms[i]->time;
		snprintf(state, sizeof(state), "%s %s",
		    alarms[i]->state == ALARM_RAISED ? "UNACKED" : "acked", alarms[i]->by);
		draw_row(c, r, y, &row);
	}
	skip = skip > n ? skip - n : 0;
	for (size_t i = skip; y < r.y + r.h; i++, y++) {
		const struct ui_event *e = model_event_at(m, i);
		struct row row;

		if (!e)
			break;
		row = (struct row){ e->time_ms, e->drone, e->text, "", e->level, false };
		draw_row(c, r, y, &row);
	}
	if (y == r.y + 1)
		canvas_text(c, r.x + 1, y, r.w - 2, ROLE_DIM, "nothing happened yet");
}

static enum role stage_role(int stage)
{
	switch (stage) {
	case STAGE_REJECTED:
	case STAGE_FAILED:
		return ROLE_ERROR;
	case STAGE_TIMEOUT:
		return ROLE_WARN;
	case STAGE_DONE:
		return ROLE_OK;
	default:
		return ROLE_TEXT;
	}
}

void pane_commands_draw(struct canvas *c, struct rect r, const struct ui *ui)
{
	const struct ledger *ledger = &ui->model.ledger;
	size_t open = 0;
	char text[40] = "";
	int y = r.y + 1;

	for (size_t i = 0; i < ledger->count; i++)
		open += !stage_is_final(ledger_at(ledger, i)->last.stage);
	if (open)
		snprintf(text, sizeof(text), "%zu open", open);
	layout_title(c, r, ui->focus == PANE_COMMANDS, 5, "COMMANDS", text, "");
	for (size_t i = ui->commands_top; i < ledger->count && y < r.y + r.h; i++, y++) {
		const struct progress *cm = &ledger_at(ledger, ledger->count - 1 - i)->last;
		const char *stage = cm->stage == STAGE_TIMEOUT ? "UNKNOWN" : stage_names[cm->stage];
		char clock[TIME_TEXT_SIZE];
		int x = r.x + 1;

		clock_text((int64_t)cm->time, clock);
		x += canvas_text(c, x, y, 8, ROLE_DIM, clock) + 1;
		x += canvas_printf(c, x, y, 18, ROLE_TEXT, "%-7s %s", cm->cmd, cm->drone) + 1;
		x = x < r.x + 24 ? r.x + 24 : x;
		x += canvas_text(c, x, y, r.x + r.w - x, stage_role(cm->stage), stage) + 1;
		x += canvas_text(c, x, y, r.x + r.w - x - 1, ROLE_DIM, cm->text) + 1;
		if (!*cm->text)
			canvas_text(c, x, y, r.x + r.w - x - 1, ROLE_DIM, cm->by);
	}
	if (y == r.y + 1)
		canvas_text(c, r.x + 1, y, r.w - 2, ROLE_DIM, "no commands yet");
}
