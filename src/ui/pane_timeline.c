/* The timeline's rows, from one to five, and the status line of the past. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"

#define BAR_PLAYED 0x2501
#define BAR_AHEAD  0x2500
#define PLAYHEAD   0x25cf
#define NOTHING    0x00b7 /* nothing was recorded, or samples are missing */

struct face {
	const struct ui *ui;
	const struct timeline *t;
	struct rect r;
	int x, columns; /* of the slots */
	int head;       /* column of the playhead, -1 off the window */
};

static void put_label(struct canvas *c, const struct face *f, int y, const char *text)
{
	canvas_text(c, f->r.x + 1, y, f->x - f->r.x - 2, ROLE_DIM, text);
}

static void edge_times(struct canvas *c, const struct face *f, int y)
{
	char text[TIMELINE_TEXT];
	int w = f->x - f->r.x > 8 ? 8 : 5;

	if (!f->t->slot_count)
		return;
	canvas_printf(c, f->r.x + 1, y, w, ROLE_DIM, "%.*s", w,
	    timeline_clock(f->t->from_ms, INT64_MIN, text));
	if (f->t->past)
		canvas_printf(c, f->x + f->columns + 1, y, w, ROLE_DIM, "%.*s", w,
		    timeline_clock(f->t->to_ms, INT64_MIN, text));
	else
		canvas_text(c, f->x + f->columns + 1, y, w, ROLE_TITLE, "NOW");
}

static const struct timeline_slot *slot_of(const struct face *f, int column)
{
	size_t i = (size_t)column;

	/* The pane may have changed its width since the slots were made. */
	if (f->t->slot_count && (int)f->t->slot_count != f->columns)
		i = (size_t)((double)column * (double)f->t->slot_count / f->columns);
	return i < f->t->slot_count ? &f->t->slots[i] : NULL;
}

static enum role letter_role(const struct timeline_slot *s)
{
	return s->event == 'X' ? ROLE_CRIT : s->event == '!' ? ROLE_WARN : s->event == '?' ? ROLE_LOST : ROLE_DIM;
}

static void put_density(struct canvas *c, const struct face *f, int y)
{
	double most = 0;

	for (size_t i = 0; i < f->t->slot_count; i++)
		most = fmax(most, f->t->slots[i].samples);
	for (int i = 0; i < f->columns; i++) {
		const struct timeline_slot *s = slot_of(f, i);

		if (s && s->samples > 0 && most > 0)
			canvas_put(c, f->x + i, y,
			    0x2581 + (uint32_t)fmin(7, s->samples / most * 7 + 0.5),
			    s->gap ? ROLE_WARN : f->t->past && i > f->head ? ROLE_BORDER : ROLE_DIM);
		else if (s && s->gap)
			canvas_put(c, f->x + i, y, NOTHING, ROLE_WARN);
	}
}

static void row_density(struct canvas *c, const struct face *f, int y)
{
	put_label(c, f, y, f->x - f->r.x > 8 ? "density" : "dens");
	put_density(c, f, y);
}

static void put_events(
    struct canvas *c, const struct face *f, int y, bool commands, bool information)
{
	for (int i = 0; i < f->columns; i++) {
		const struct timeline_slot *s = slot_of(f, i);

		if (s && s->event && (s->event != 'i' || (information && (!commands || !s->commands))))
			canvas_put(c, f->x + i, y, (uint32_t)s->event, letter_role(s));
		else if (s && s->commands && commands)
			canvas_put(c, f->x + i, y, 'c', ROLE_KEY);
	}
}

static void row_events(struct canvas *c, const struct face *f, int y)
{
	put_label(c, f, y, f->x - f->r.x > 8 ? "events" : "evts");
	put_events(c, f, y, false, true);
}

static void row_events_commands(struct canvas *c, const struct face *f, int y)
{
	put_label(c, f, y, f->x - f->r.x > 8 ? "events" : "evts");
	put_events(c, f, y, true, true);
}

static void row_commands(struct canvas *c, const struct face *f, int y)
{
	put_label(c, f, y, "commands");
	for (int i = 0; i < f->columns; i++) {
		const struct timeline_slot *s = slot_of(f, i);

		if (s && s->commands)
			canvas_put(c, f->x + i, y,
			    s->commands > 9 ? '+' : s->commands > 1 ? '0' + s->commands : 'c', ROLE_KEY);
	}
}

static void put_marks(struct canvas *c, const struct face *f, int y)
{
	const int64_t marks[2] = { f->t->mark_in, f->t->mark_out };

	for (int k = 0; f->t->past && k < 2; k++) {
		int column = marks[k] == TIMELINE_NO_MARK
				 ? -1
				 : timeline_column(f->t, f->columns, marks[k]);

		if (column >= 0)
			canvas_put(c, f->x + column, y, k ? ']' : '[', ROLE_KEY);
	}
}

static void row_bar(struct canvas *c, const struct face *f, int y)
{
	const struct timeline *t = f->t;
	bool loops = t->loop && t->mark_in != TIMELINE_NO_MARK && t->mark_out != TIMELINE_NO_MARK;
	int in = loops ? timeline_column(t, f->columns, t->mark_in) : -1,
	    out = loops ? timeline_column(t, f->columns, t->mark_out) : -1;

	edge_times(c, f, y);
	for (int i = 0; i < f->columns; i++) {
		const struct timeline_slot *s = slot_of(f, i);
		bool played = !t->past || i <= f->head;
		bool looped = loops && (in < 0 || i >= in) && (out < 0 || i <= out) &&
			      t->mark_in <= t->to_ms && t->mark_out >= t->from_ms;

		if (s && !s->recorded)
			canvas_put(c, f->x + i, y, NOTHING, ROLE_BORDER);
		else
			canvas_put(c, f->x + i, y, played ? BAR_PLAYED : BAR_AHEAD,
			    looped   ? ROLE_KEY
			    : played ? ROLE_SPARK
				     : ROLE_BORDER);
	}
	put_marks(c, f, y);
	if (t->past && f->head >= 0)
		canvas_put(c, f->x + f->head, y, PLAYHEAD, ROLE_STRONG);
}

/* Everything in one row. */
static void row_all(struct canvas *c, const struct face *f, int y)
{
	edge_times(c, f, y);
	put_density(c, f, y);
	/* What is only for information would hide how much was recorded. */
	put_events(c, f, y, true, false);
	put_marks(c, f, y);
	if (f->t->past && f->head >= 0) {
		struct cell *cell = canvas_at(c, f->x + f->head, y);

		if (cell) {
			cell->ch = cell->ch == ' ' ? '|' : cell->ch;
			cell->ground = GROUND_CURSOR;
		}
	}
}

static void row_times(struct canvas *c, const struct face *f, int y)
{
	static const int64_t steps[] = { 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400 };
	const struct timeline *t = f->t;
	int64_t span = t->to_ms - t->from_ms, step = 86400000;
	int at = -1, w = 0;
	char text[TIMELINE_TEXT];

	if (span <= 0)
		return;
	if (t->past && f->head >= 0) {
		timeline_clock(t->at_ms, INT64_MIN, text);
		w = (int)strlen(text);
		at = f->head - w / 2;
		at = at < 0 ? 0 : at + w > f->columns ? f->columns - w : at;
		canvas_text(c, f->x + at, y, w, ROLE_STRONG, text);
	}
	for (size_t i = sizeof(steps) / sizeof(steps[0]); i-- > 0;) {
		if ((double)steps[i] * 1000 / (double)span * f->columns >= 14)
			step = steps[i] * 1000;
	}
	for (int64_t ms = (t->from_ms / step + 1) * step; ms < t->to_ms; ms += step) {
		int n = step < 60000 ? 8 : 5;
		int column = timeline_column(t, f->columns, ms) - n / 2;

		if (column < 0 || column + n > f->columns ||
		    (at >= 0 && column < at + w + 1 && column + n + 1 > at))
			continue;
		timeline_clock(ms, INT64_MIN, text);
		canvas_printf(c, f->x + column, y, n, ROLE_DIM, "%.*s", n, text);
	}
}

typedef void draw_row(struct canvas *c, const struct face *f, int y);

/* By the rows there are. */
static draw_row *const faces[][5] = {
	{ row_all },
	{ row_all, row_bar },
	{ row_density, row_events_commands, row_bar },
	{ row_density, row_events_commands, row_bar, row_times },
	{ row_density, row_events, row_commands, row_bar, row_times },
};

static void span_text(int64_t ms, char *text, size_t size)
{
	double minutes = (double)ms / 60000;

	if (minutes < 120)
		snprintf(text, size, minutes < 2 ? "%.0f s" : "%.0f min",
		    minutes < 2 ? minutes * 60 : minutes);
	else
		snprintf(text, size, minutes < 2880 ? "%.1f h" : "%.0f days",
		    minutes < 2880 ? minutes / 60 : minutes / 1440);
}

static void title(struct canvas *c, struct rect r, const struct ui *ui)
{
	const struct timeline *t = &ui->timeline;
	char text[160] = "", speed[TIMELINE_TEXT];
	const char *right = "";
	int n = 0;

	if (t->slot_count) {
		span_text(t->to_ms - t->from_ms, text, 48);
		n = (int)strlen(text);
	}
	if (t->past)
		snprintf(text + n, sizeof(text) - (size_t)n, " %s%s%s",
		    t->playing ? "playing " : "paused",
		    t->playing ? timeline_speed(t->speed, speed) : "", t->loop ? " loop" : "");
	else if (!t->stored && t->slot_count)
		snprintf(text + n, sizeof(text) - (size_t)n, " as seen here");
	if (t->past && r.w > 130)
		right = "Space play \u00b7 , . step \u00b7 \u2190 \u2192 5 s \u00b7 { } event \u00b7 < > speed "
			"\u00b7 [ ] marks \u00b7 o loop \u00b7 :seek T \u00b7 R live";
	else if (t->past)
		right = r.w > 90 ? "Space play \u00b7 , . step \u00b7 { } event \u00b7 R live"
				 : "Space play \u00b7 R live";
	else if (r.w > 60)
		right = "\u2190 into the past \u00b7 R replay";
	/* Where the past ends is more to know than the keys. */
	if (*t->reach) {
		n = (int)strlen(text);
		snprintf(text + n, sizeof(text) - (size_t)n, "%s%s", n ? " \u00b7 " : "", t->reach);
		right = r.w > 100 + (int)strlen(right) / 2 ? right : t->past ? "R live" : "R replay";
	}
	layout_title(c, r, ui->focus == PANE_TIMELINE, 6, "TIMELINE", text, right);
}

void pane_timeline_draw(struct canvas *c, struct rect r, const struct ui *ui)
{
	struct face f = { .ui = ui, .t = &ui->timeline, .r = r };
	int rows = r.h - 1 < 5 ? r.h - 1 : 5, y = r.y + 1;

	title(c, r, ui);
	if (rows < 1)
		return;
	f.columns = timeline_columns(r.w);
	f.x = r.x + (r.w - f.columns) / 2;
	f.head = f.t->past ? timeline_column(f.t, f.columns, f.t->at_ms) : f.columns - 1;
	for (int i = 0; i < rows; i++)
		faces[rows - 1][i](c, &f, y + i);
	if (r.h - 1 > 6)
		canvas_text(c, r.x + 1, y + 6, r.w - 2, ROLE_DIM,
		    "X critical  ! warning  ? lost  i information  c command  \u00b7 nothing recorded or "
		    "samples missing  [ ] marks  \u25cf playhead");
}

static int past_counts(struct canvas *c, int x, int end, const struct model *m)
{
	static const enum health order[] = { HEALTH_OK, HEALTH_CRIT, HEALTH_LOST, HEALTH_WARN,
		HEALTH_STALE };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && x < end; i++) {
		size_t n = m->health_count[order[i]];

		if (n || order[i] == HEALTH_OK)
			x += canvas_printf(c, x, 0, end - x,
				 order[i] == HEALTH_CRIT ? ROLE_CRIT : ROLE_REPLAY_BAR,
				 order[i] == HEALTH_CRIT ? " %zu %s " : "%zu %s", n,
				 order[i] == HEALTH_CRIT ? "CRIT" : health_names[order[i]]) +
			     2;
	}
	return x;
}

/* Nothing of it is as it is live: another ground, another clock, other words. */
void status_past_draw(struct canvas *c, const struct ui *ui)
{
	const struct timeline *t = &ui->timeline;
	char speed[TIMELINE_TEXT], clock[TIME_TEXT_SIZE], last[TIMELINE_TEXT];
	int x, end = c->w - 1;

	canvas_fill(c, (struct rect){ 0, 0, c->w, 1 }, ' ', ROLE_REPLAY_BAR);
	if (t->playing)
		x = canvas_printf(
		    c, 0, 0, c->w, ROLE_REPLAY, " REPLAY %s ", timeline_speed(t->speed, speed));
	else
		x = canvas_text(c, 0, 0, c->w, ROLE_REPLAY, " REPLAY paused ");
	x += 1;
	if (t->live_news)
		x += canvas_printf(c, x, 0, c->w - x, ROLE_CRIT, " LIVE: %d new alarm%s, R ", t->live_news,
			 t->live_news == 1 ? "" : "s") +
		     1;
	time_format(t->at_ms, clock);
	clock[10] = ' ';
	clock[c->w < 100 ? 19 : 21] = '\0';
	if (c->w >= 130) {
		end = canvas_right(c, end, 0, ROLE_REPLAY_BAR, "%s",
			  t->live_below ? "R returns to live" : "R goes live") - 3;
		end = canvas_right(c, end, 0, ROLE_REPLAY_BAR, "%sZ of %sZ", clock,
			  timeline_clock(t->last_ms, t->at_ms, last)) - 1;
	} else if (c->w >= 60) {
		end = canvas_right(c, end, 0, ROLE_REPLAY_BAR, c->w >= 100 ? "%sZ   R live" : "%sZ",
			  clock) - 1;
	} else if (x + 9 < end) {
		end = canvas_right(c, end, 0, ROLE_REPLAY_BAR, "%.8sZ", clock + 11) - 1;
	}
	if (c->w >= 100)
		end = canvas_right(c, end, 0, ROLE_REPLAY_BAR, "commands locked   then") - 1;
	else if (c->w >= 60)
		end = canvas_right(c, end, 0, ROLE_REPLAY_BAR, "then") - 1;
	x = past_counts(c, x, end, &ui->model);
	if (c->w >= 130 && x + 20 < end)
		canvas_printf(c, x + 1, 0, end - x - 3, ROLE_REPLAY_BAR, "source %s", t->source);
}
