/* Completion: see complete.h. */
#include "ui/complete.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ui/command_line.h"
#include "ui/draft_line.h"
#include "ui/ui.h"
#include "ui/where.h"

static void offer(struct completion *c, const char *word, const char *candidate)
{
	size_t n = 0;

	/* Places are found without case and accents. */
	if (strncasecmp(candidate, word, strlen(word)) != 0)
		return;
	if (c->shown_count < COMPLETE_SHOWN)
		str_copy(c->shown[c->shown_count++], sizeof(c->shown[0]), candidate);
	if (!c->count++) {
		str_copy(c->common, sizeof(c->common), candidate);
		return;
	}
	while (c->common[n] && c->common[n] == candidate[n])
		n++;
	c->common[n] = '\0';
	str_trim_utf8(c->common);
}

static void offer_files(struct completion *c, const char *word)
{
	char dir[512], path[1024];
	const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;
	struct dirent *e;
	DIR *d;

	str_copy_n(dir, sizeof(dir), word, slash ? (size_t)(slash - word) + 1 : 0);
	d = opendir(*dir ? dir : ".");
	while (d && (e = readdir(d))) {
		if ((e->d_name[0] == '.' && *name != '.') || !str_starts(e->d_name, name))
			continue;
		snprintf(
		    path, sizeof(path), "%s%s%s", dir, e->d_name, e->d_type == DT_DIR ? "/" : "");
		offer(c, word, path);
	}
	if (d)
		closedir(d);
}

static void hint_of(struct completion *c, enum command cmd)
{
	size_t n = 0;

	for (size_t i = 0; i < command_arg_count(cmd); i++) {
		const struct arg_desc *a = &command_table[cmd].args[i];

		n += (size_t)snprintf(c->hint + n, sizeof(c->hint) - n,
		    a->required ? "%s%s%s " : "[%s%s%s] ", a->type == ARG_ITEMS ? "FILE" : a->name,
		    *a->unit ? " " : "", a->unit);
	}
}

void complete_line(struct ui *ui, struct completion *c)
{
	char head[LINE_SIZE], *words[WORDS_MAX + 1], word[LINE_SIZE];
	const struct line_command *own = line_commands;
	struct err err;
	enum command cmd;
	int at, count;
	bool list; /* names with commas between: the last is completed */

	memset(c, 0, sizeof(*c));
	str_copy_n(head, sizeof(head), ui->line.text, ui->line.at);
	c->from = ui->line.at;
	list = str_starts(head, "columns ") || str_starts(head, "set columns ");
	while (c->from > 0 && head[c->from - 1] != ' ' &&
	       !(list && strchr(",+-", head[c->from - 1])))
		c->from--;
	str_copy(word, sizeof(word), head + c->from);
	head[c->from] = '\0';
	count = command_line_split(head, words, WORDS_MAX, &err);
	if (count < 0)
		return;
	at = count - (list && c->from > 0 && strchr(",+-", ui->line.text[c->from - 1]));
	if (at == 0) {
		for (; own->name; own++)
			offer(c, word, own->name);
		for (int i = 0; i < CMD_COUNT; i++)
			offer(c, word, command_table[i].name);
		return;
	}
	while (own->name && strcmp(own->name, words[0]) != 0)
		own++;
	for (int n = 0; *word == '@'; n++) {
		const char *candidate = where_candidate(ui, word, n);

		if (!candidate)
			break;
		offer(c, word, candidate);
	}
	if (own->name) {
		const char *candidate;

		for (int n = 0; own->candidate && (candidate = own->candidate(ui, at, n)); n++)
			offer(c, word, candidate);
		if (strcmp(own->name, "save-screen") == 0 || strcmp(own->name, "export") == 0 ||
		    (at == 2 && (strcmp(words[1], "load") == 0 || strcmp(words[1], "save") == 0)))
			offer_files(c, word);
		str_copy(c->hint, sizeof(c->hint), own->operands);
		return;
	}
	cmd = command_find(words[0]);
	if (cmd == CMD_COUNT)
		return;
	hint_of(c, cmd);
	for (int i = 0; cmd == CMD_MISSION && at == 1 && draft_mission_verbs[i]; i++)
		offer(c, word, draft_mission_verbs[i]);
	for (size_t i = 0; i < ui->model.count && (*word || at == 1); i++)
		offer(c, word, ui->model.drones[i].id);
	for (size_t i = 0; i < command_arg_count(cmd); i++) {
		if (command_table[cmd].args[i].type == ARG_BOOL && *word)
			offer(c, word, command_table[cmd].args[i].name);
		if (command_table[cmd].args[i].type == ARG_ITEMS && (*word || at > 1))
			offer_files(c, word);
	}
}

/* The cycle's word in place of what stands there. */
static void put_cycled(struct ui *ui)
{
	const struct completion_cycle *y = &ui->cycle;
	struct line_edit *l = &ui->line;

	memmove(l->text + y->from, l->text + l->at, l->len - l->at + 1);
	l->len -= l->at - y->from;
	l->at = y->from;
	for (const char *p = y->words[y->at]; *p;)
		line_insert(l, canvas_next(&p));
}

bool complete_apply(struct ui *ui, int step)
{
	struct completion_cycle *y = &ui->cycle;
	struct completion c;
	size_t have;

	if (y->active) {
		y->at = (y->at + step + y->count) % y->count;
		put_cycled(ui);
		return true;
	}
	complete_line(ui, &c);
	have = ui->line.at - c.from;
	if (!c.count)
		return false;
	if (c.count > 1 && strlen(c.common) <= have) {
		*y = (struct completion_cycle){ .active = true, .from = c.from, .count = c.shown_count };
		memcpy(y->words, c.shown, sizeof(y->words));
		y->at = step > 0 ? 0 : y->count - 1;
		put_cycled(ui);
		return true;
	}
	for (const char *p = c.common + (strlen(c.common) > have ? have : strlen(c.common)); *p;)
		line_insert(&ui->line, canvas_next(&p));
	if (c.count == 1 && c.common[strlen(c.common) - 1] != '/')
		line_insert(&ui->line, ' ');
	return true;
}
