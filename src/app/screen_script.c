/*
 * Scripts: a line a step.
 *
 *	wait 1.5		seconds
 *	key Tab j C-l Esc	keys by name
 *	type text		character by character
 *	line goto D01 47 9	":", the text, Enter
 *	size 120x40		of a screen without a terminal
 *	save FILE		the screen as text
 *	# comment
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/key.h"

#define SCRIPT_LINES_MAX 10000

int script_load(struct script *script, const char *path, struct err *err)
{
	FILE *f = fopen(path, "re");
	char line[1024];
	size_t cap = 0;

	if (!f)
		return err_set(err, "the script %s cannot be read: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) && script->count < SCRIPT_LINES_MAX) {
		line[strcspn(line, "\r\n")] = '\0';
		mem_grow(script->lines, script->count, cap);
		script->lines[script->count++] = xstrdup(line);
	}
	fclose(f);
	if (!script->count)
		return err_set(err, "the script %s is empty", path);
	return 0;
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->count; i++)
		free(script->lines[i]);
	free(script->lines);
	*script = (struct script){ 0 };
}

static int step_wait(struct screen *s, const char *rest, struct err *err)
{
	double seconds;

	if (!str_double(rest, &seconds) || seconds < 0)
		return err_set(err, "wait takes seconds");
	s->script.wait_until_mono = s->now_mono + (int64_t)(seconds * 1000);
	return 0;
}

static int step_key(struct screen *s, const char *rest, struct err *err)
{
	char word[64];

	while (*(rest += strspn(rest, " "))) {
		size_t n = strcspn(rest, " ");
		uint32_t key;

		str_copy_n(word, sizeof(word), rest, n);
		key = key_find(word);
		if (!key)
			return err_set(err, "there is no key \"%s\"", word);
		ui_key(&s->ui, key, s->now_mono);
		rest += n;
	}
	return 0;
}

static int step_type(struct screen *s, const char *rest, struct err *err)
{
	(void)err;
	while (*rest)
		ui_key(&s->ui, canvas_next(&rest), s->now_mono);
	return 0;
}

static int step_line(struct screen *s, const char *rest, struct err *err)
{
	ui_key(&s->ui, ':', s->now_mono);
	step_type(s, rest, err);
	ui_key(&s->ui, K_ENTER, s->now_mono);
	return 0;
}

static int step_size(struct screen *s, const char *rest, struct err *err)
{
	int w, h;

	if (sscanf(rest, "%dx%d", &w, &h) != 2 || w < 1 || h < 1 || w > 1000 || h > 500)
		return err_set(err, "size takes COLUMNSxROWS, as in 120x40");
	if (s->headless)
		ui_resize(&s->ui, w, h, 2);
	return 0;
}

static int step_save(struct screen *s, const char *rest, struct err *err)
{
	return screen_save(s, rest, err);
}

static const struct {
	const char *name;
	int (*run)(struct screen *s, const char *rest, struct err *err);
} steps[] = {
	{ "wait", step_wait },
	{ "key", step_key },
	{ "type", step_type },
	{ "line", step_line },
	{ "size", step_size },
	{ "save", step_save },
};

static int run_step(struct screen *s, const char *line, struct err *err)
{
	size_t n = strcspn(line, " ");

	if (!*line || *line == '#')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (strlen(steps[i].name) == n && memcmp(steps[i].name, line, n) == 0)
			return steps[i].run(s, line + n + (line[n] == ' '), err);
	}
	return err_set(err, "there are wait, key, type, line, size and save");
}

void script_work(struct screen *s)
{
	struct script *script = &s->script;
	struct err err;

	if (!script->lines || script->ended || s->now_mono < script->wait_until_mono)
		return;
	if (script->next == script->count) {
		script->ended = true;
		s->quit = s->quit || s->headless;
		return;
	}
	/* One step a turn, so that each is drawn before the next. */
	if (run_step(s, script->lines[script->next], &err) == -1) {
		ui_say(&s->ui, ROLE_ERROR, "script, line %zu: %s", script->next + 1, err.text);
		if (s->headless)
			fprintf(
			    stderr, "odyssey: script, line %zu: %s\n", script->next + 1, err.text);
	}
	script->next++;
}
