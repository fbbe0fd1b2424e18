/* Help: the key table of the focused pane, or a command's row. */
#include <stdio.h>
#include <string.h>

#include "ui/command_line.h"
#include "ui/key.h"
#include "ui/keymap.h"
#include "ui/ui.h"

struct page {
	struct canvas *c;
	struct rect r;
	int row, top;
};

#define LEFT_WIDTH 20

/* The bytes of text that fill a row of so many columns, up to the end of a word. */
static size_t row_of(const char *text, int columns)
{
	size_t n = strlen(text);

	if (columns < 1 || n <= (size_t)columns)
		return n;
	for (n = (size_t)columns; n && text[n] != ' '; n--)
		;
	return n ? n : strcspn(text, " ");
}

static void put_row(struct page *p, int x, int w, enum role role, const char *text, size_t n)
{
	int y = p->r.y + 1 + p->row - p->top;
	char row[512];

	str_copy_n(row, sizeof(row), text, n);
	if (p->row >= p->top && y < p->r.y + p->r.h)
		canvas_text(p->c, p->r.x + x, y, w, role, row);
}

/* Nothing is cut: what is longer than its column goes on below. */
static void put(struct page *p, enum role left_role, const char *left, const char *right)
{
	int x = LEFT_WIDTH + 3, w = p->r.w - x - 1;
	size_t n = row_of(left, strlen(left) > LEFT_WIDTH ? p->r.w - 3 : LEFT_WIDTH);

	put_row(p, 2, p->r.w - 3, left_role, left, n);
	for (left += n + (left[n] == ' '); *left; left += n + (left[n] == ' ')) {
		p->row++;
		n = row_of(left, p->r.w - 5);
		put_row(p, 4, p->r.w - 5, left_role, left, n);
	}
	/* Beside the left where that is short, below it where it is not. */
	if (n > LEFT_WIDTH && *right)
		p->row++;
	for (;;) {
		n = row_of(right, w);
		put_row(p, x, w, ROLE_TEXT, right, n);
		p->row++;
		right += n + (right[n] == ' ');
		if (!*right)
			return;
	}
}

static void keys(struct page *p, enum pane focus)
{
	for (const struct key_binding *b = key_table; b->run; b++) {
		char name[KEY_NAME_SIZE], other[KEY_NAME_SIZE], both[2 * KEY_NAME_SIZE + 2];

		if (!(b->panes & IN_PANE(focus)) || !b->help)
			continue;
		key_text(b->key, name);
		if (b->other)
			snprintf(both, sizeof(both), "%s  %s", name, key_text(b->other, other));
		else
			str_copy(both, sizeof(both), name);
		put(p, ROLE_KEY, both, b->help);
	}
}

static void commands(struct page *p)
{
	char name[160];

	for (const struct line_command *c = line_commands; c->name; c++) {
		snprintf(name, sizeof(name), ":%s %s", c->name, c->operands);
		put(p, ROLE_KEY, name, c->help);
	}
	for (int i = 0; i < CMD_COUNT; i++) {
		snprintf(name, sizeof(name), ":%s", command_table[i].name);
		put(p, ROLE_KEY, name, command_table[i].help);
	}
}

static void one_command(struct page *p, const char *name)
{
	enum command cmd = command_find(name);
	static const char *const dangers[DANGER_COUNT] = {
		[DANGER_NO] = "not dangerous",
		[DANGER_YES] = "dangerous",
		[DANGER_AIR] = "dangerous unless it is known to be on the ground",
		[DANGER_GROUND] = "dangerous unless it is known to fly",
	};
	char left[160], right[256];

	for (const struct line_command *c = line_commands; c->name; c++) {
		if (strcmp(c->name, name) == 0) {
			snprintf(left, sizeof(left), ":%s %s", c->name, c->operands);
			put(p, ROLE_KEY, left, c->help);
		}
	}
	if (cmd == CMD_COUNT)
		return;
	snprintf(left, sizeof(left), ":%s [DRONE...]", name);
	put(p, ROLE_KEY, left, command_table[cmd].help);
	for (size_t i = 0; i < command_arg_count(cmd); i++) {
		const struct arg_desc *a = &command_table[cmd].args[i];

		snprintf(left, sizeof(left), a->required ? "  %s" : "  [%s]", a->name);
		snprintf(right, sizeof(right), "%s%s%s", a->help, *a->unit ? ", " : "", a->unit);
		put(p, ROLE_TEXT, left, right);
	}
	snprintf(right, sizeof(right), "%s", command_table[cmd].done_when);
	put(p, ROLE_TEXT, "  done when", right);
	put(p, ROLE_TEXT, "", dangers[command_table[cmd].danger]);
}

void pane_help_draw(struct canvas *c, struct rect r, struct ui *ui)
{
	struct page p = { c, r, 0, ui->help_top };
	char text[64];
	int rows;

	canvas_fill(c, r, ' ', ROLE_TEXT);
	canvas_ground(c, r, GROUND_OVERLAY);
	if (*ui->help_command)
		snprintf(text, sizeof(text), ":%s", ui->help_command);
	else
		snprintf(text, sizeof(text), "keys of %s", pane_names[ui->focus]);
	layout_title(c, r, true, 0, "HELP", text, "j k scroll \u00b7 Esc closes");
	canvas_clip(c, (struct rect){ r.x, r.y + 1, r.w, r.h - 1 });
	if (*ui->help_command) {
		one_command(&p, ui->help_command);
	} else {
		keys(&p, ui->focus);
		put(&p, ROLE_TEXT, "", "");
		commands(&p);
	}
	rows = r.h - 1;
	if (p.row == 0)
		canvas_text(c, r.x + 2, r.y + 1, r.w - 3, ROLE_ERROR, "there is no such command");
	if (ui->help_top > p.row - rows)
		ui->help_top = p.row > rows ? p.row - rows : 0;
	canvas_clip(c, (struct rect){ 0, 0, c->w, c->h });
}
