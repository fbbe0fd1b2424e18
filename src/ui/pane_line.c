/* The last line: what is typed, what may come, or a message; and above it the
 * preview of a command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/complete.h"
#include "ui/ui.h"

static void draw_completion(struct canvas *c, struct rect r, int x, struct ui *ui)
{
	struct completion comp;
	char text[320];
	size_t n = 0;

	if (*ui->message) {
		canvas_text(c, x + 2, r.y, r.x + r.w - x - 3, ui->message_role, ui->message);
		return;
	}
	if (ui->cycle.active) {
		x += 3;
		for (int i = 0; i < ui->cycle.count && x < r.x + r.w - 1; i++)
			x += 1 + canvas_text(c, x, r.y, r.x + r.w - x - 1,
				     i == ui->cycle.at ? ROLE_KEY : ROLE_GHOST, ui->cycle.words[i]);
		return;
	}
	complete_line(ui, &comp);
	text[0] = '\0';
	for (int i = 0; i < comp.shown_count && comp.count > 1 && n < sizeof(text) - 70; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ", comp.shown[i]);
	if (comp.count > (size_t)comp.shown_count)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\u2026 ");
	if (*comp.hint)
		snprintf(text + n, sizeof(text) - n, "%s%s", n ? "\u00b7 " : "", comp.hint);
	if (comp.count == 1 && ui->line.at == ui->line.len &&
	    strlen(comp.common) > ui->line.at - comp.from)
		x += canvas_text(
		    c, x, r.y, r.w - x, ROLE_GHOST, comp.common + (ui->line.at - comp.from));
	if (*text)
		canvas_text(c, x + 3, r.y, r.x + r.w - x - 4, ROLE_GHOST, text);
	else if (ui->line.len > 0 && r.w - x > 50)
		canvas_right(
		    c, r.x + r.w - 1, r.y, ROLE_DIM, "Tab complete  Enter preview  Esc cancel");
}

/* The word of an error that has digits and stands in the line too: "95 is no
 * latitude". */
static const char *wrong_number(const struct ui *ui, const char *text, char *word, size_t size)
{
	const char *m = ui->message;

	while (*(m += strspn(m, " "))) {
		size_t n = strcspn(m, " ,:;");
		const char *at;

		if (strcspn(m, "0123456789") < n && str_copy_n(word, size, m, n) &&
		    (at = strstr(text, word)) && (at == text || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return at;
		m += n + (m[n] != '\0');
	}
	return NULL;
}

/* The word that an error quotes, in the line as it was typed. */
static void mark_wrong_word(struct canvas *c, int x, int y, const struct ui *ui, const char *text)
{
	const char *open = strchr(ui->message, '"'), *close = open ? strchr(open + 1, '"') : NULL,
		   *at;
	char word[64];

	if (ui->message_role != ROLE_ERROR)
		return;
	if (close && close > open + 1 &&
	    str_copy_n(word, sizeof(word), open + 1, (size_t)(close - open - 1)))
		at = strstr(text, word);
	else
		at = wrong_number(ui, text, word, sizeof(word));
	if (at) {
		char before[LINE_SIZE];

		str_copy_n(before, sizeof(before), text, (size_t)(at - text));
		canvas_text(c, x + canvas_width(before), y, canvas_width(word), ROLE_ERROR, word);
	}
}

static void draw_typed(
    struct canvas *c, struct rect r, struct ui *ui, const struct line_edit *l, char prompt)
{
	int column = line_column(l), x;
	const char *text = l->text;

	/* A line longer than the screen shows its end. */
	while (column > r.w - 3 && *text) {
		const char *next = text;

		column -= canvas_char_width(canvas_next(&next));
		text = next;
	}
	x = canvas_printf(c, r.x, r.y, r.w, ROLE_PROMPT, "%c", prompt);
	ui->cursor_x = r.x + x + column;
	ui->cursor_y = r.y;
	canvas_text(c, r.x + x, r.y, r.w - x, ROLE_PROMPT, text);
	mark_wrong_word(c, r.x + x, r.y, ui, text);
	x += canvas_width(text) < r.w - x ? canvas_width(text) : r.w - x;
	if (prompt == ':' && l->searching)
		canvas_printf(
		    c, r.x + x + 2, r.y, r.w - x - 2, ROLE_GHOST, "searching: %s", l->wanted);
	else if (prompt == ':')
		draw_completion(c, r, r.x + x, ui);
	else
		canvas_right(c, r.x + r.w - 1, r.y, ROLE_DIM, "%zu shown  Enter keep  Esc clear",
		    ui->fleet.count);
}

/* Who a command without a drone is for, so that H, B and S surprise nobody. */
static int draw_meant(struct canvas *c, int x, int y, int w, const struct ui *ui)
{
	size_t count, *list = ui_targets(ui, &count);
	int used = 0;

	if (count > 1)
		used = canvas_printf(c, x, y, w, ROLE_KEY, "%zu marked", count);
	else if (count == 1)
		used = canvas_printf(c, x, y, w, ROLE_DIM, "%s", ui->model.drones[list[0]].id);
	free(list);
	return used;
}

void pane_line_draw(struct canvas *c, struct rect r, struct ui *ui)
{
	int x = r.x;

	if (ui->mode == UI_LINE) {
		draw_typed(c, r, ui, &ui->line, ':');
		return;
	}
	if (ui->mode == UI_FILTER) {
		draw_typed(c, r, ui, &ui->filter_line, '/');
		return;
	}
	ui->alarms.asked_drawn = ui->mode == UI_ASK;
	if (ui->mode == UI_ASK) {
		canvas_printf(c, x + 1, r.y, r.w - 2, ROLE_KEY,
		    "acknowledge %s%zu that ask for it?   [y] yes   [Esc] no",
		    ui->alarms.asked_count > 1 ? "all " : "the ", ui->alarms.asked_count);
		return;
	}
	if (*ui->message)
		x += canvas_text(c, x + 1, r.y, r.w - 2, ui->message_role, ui->message) + 1;
	else
		x += draw_meant(c, x + 1, r.y, r.w - 2, ui) + 1;
	if (ui->timeline.past && x + 50 < r.x + r.w)
		canvas_right(c, r.x + r.w - 1, r.y, ROLE_DIM,
		    "the past is read-only   ? help  : command  :q quit");
	else if (x + 64 < r.x + r.w)
		canvas_right(c, r.x + r.w - 1, r.y, ROLE_DIM,
		    "H hold  B back  S set down   ? help  : command  / filter  :q quit");
	else if (x + 24 < r.x + r.w)
		canvas_right(c, r.x + r.w - 1, r.y, ROLE_DIM, "? help  : command");
}

/* "reason: the field is clear____" */
static void draw_reason(struct canvas *c, struct rect r, int y, struct ui *ui)
{
	const char *text = ui->preview.reason;
	int x = r.x + 1, room = r.w - 3;

	x += canvas_text(c, x, y, room, ROLE_KEY, "reason: ");
	/* A longer one shows its end. */
	while (canvas_width(text) > r.x + room - x)
		canvas_next(&text);
	x += canvas_text(c, x, y, r.x + room - x + 1, ROLE_STRONG, text);
	ui->cursor_x = x;
	ui->cursor_y = y;
	canvas_text(c, x, y, r.x + r.w - x < 4 ? r.x + r.w - x : 4, ROLE_GHOST, "____");
}

void pane_preview_draw(struct canvas *c, struct rect r, struct ui *ui)
{
	const struct preview *p = &ui->preview;
	int y = r.y + 1, x = r.x + 1;

	canvas_fill(c, r, ' ', ROLE_TEXT);
	layout_title(c, r, true, 0, "CONFIRM", p->remade ? "made anew: look again" : "",
	    "nothing is sent until y");
	if (y < r.y + r.h)
		canvas_text(c, x, y++, r.w - 2, ROLE_WARN, p->title);
	for (int i = 0; i < p->line_count && y < r.y + r.h - 1 - p->advice.needs_reason; i++)
		canvas_text(c, x, y++, r.w - 2, p->lines[i].role, p->lines[i].text);
	y += p->advice.needs_reason;
	if (y >= r.y + r.h)
		y = r.y + r.h - 1;
	if (preview_wants_reason(p)) {
		canvas_text(c, x, y, r.w - 2, ROLE_KEY,
		    "Enter, then [y] send   [Esc] cancel: nothing is sent");
		draw_reason(c, r, y - 1, ui);
		return;
	}
	if (p->advice.needs_reason)
		canvas_printf(c, x, y - 1, r.w - 2, ROLE_TEXT, "reason: %s", p->reason);
	if (*p->refused)
		x += canvas_printf(
		    c, x, y, r.w - 2, ROLE_ERROR, "cannot be sent: %s   ", p->refused);
	else if (p->count_needed)
		x += canvas_printf(c, x, y, r.w - 2, ROLE_KEY,
		    "type %zu, the number of drones: %s_   then [y] send   ", p->intent.count,
		    p->typed);
	else
		x += canvas_text(c, x, y, r.w - 2, ROLE_KEY, "[y] send   ");
	canvas_text(c, x, y, r.x + r.w - x, ROLE_KEY, "[e] edit   [Esc] cancel");
}
