/* The line editor: see line_edit.h. */
#include "ui/line_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/canvas.h"
#include "ui/key.h"

void line_init(struct line_edit *l)
{
	memset(l, 0, sizeof(*l));
}

void line_free(struct line_edit *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->history[i]);
	free(l->history);
	memset(l, 0, sizeof(*l));
}

static void push(struct line_edit *l, const char *text)
{
	if (l->count == LINE_HISTORY_MAX) {
		free(l->history[0]);
		memmove(l->history, l->history + 1, (l->count - 1) * sizeof(*l->history));
		l->count--;
	}
	mem_grow(l->history, l->count, l->cap);
	l->history[l->count++] = xstrdup(text);
}

void line_load(struct line_edit *l, const char *path)
{
	char text[LINE_SIZE];
	FILE *f;

	str_copy(l->path, sizeof(l->path), path);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		str_clean(text);
		if (*text)
			push(l, text);
	}
	fclose(f);
	l->browse = l->count;
}

void line_set(struct line_edit *l, const char *text)
{
	str_copy(l->text, sizeof(l->text), text);
	l->len = l->at = strlen(l->text);
}

void line_insert(struct line_edit *l, uint32_t ch)
{
	char bytes[4];
	size_t n = utf8_encode(bytes, ch);

	if (canvas_char_width(ch) < 0 || l->len + n >= sizeof(l->text))
		return;
	memmove(l->text + l->at + n, l->text + l->at, l->len - l->at + 1);
	memcpy(l->text + l->at, bytes, n);
	l->at += n;
	l->len += n;
	l->browse = l->count;
}

static size_t before(const struct line_edit *l, size_t at)
{
	while (at > 0 && ((unsigned char)l->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t after(const struct line_edit *l, size_t at)
{
	const char *p = l->text + at;

	canvas_next(&p);
	return (size_t)(p - l->text);
}

static size_t word_before(const struct line_edit *l, size_t at)
{
	while (at > 0 && l->text[at - 1] == ' ')
		at--;
	while (at > 0 && l->text[at - 1] != ' ')
		at--;
	return at;
}

static void cut(struct line_edit *l, size_t from, size_t to, bool keep)
{
	if (keep && to > from)
		str_copy_n(l->killed, sizeof(l->killed), l->text + from, to - from);
	memmove(l->text + from, l->text + to, l->len - to + 1);
	l->len -= to - from;
	l->at = from;
	l->browse = l->count;
}

/* Up and Down go through the lines that begin with what was typed. */
static void browse(struct line_edit *l, int step)
{
	size_t i = l->browse;
	size_t len;

	if (i == l->count) {
		str_copy(l->typed, sizeof(l->typed), l->text);
		l->typed[l->at] = '\0';
	}
	len = strlen(l->typed);
	while (step < 0 ? i > 0 : i < l->count) {
		i += (size_t)step;
		if (i == l->count || strncmp(l->history[i], l->typed, len) == 0)
			break;
	}
	if (i < l->count && strncmp(l->history[i], l->typed, len) != 0)
		return;
	l->browse = i;
	line_set(l, i == l->count ? l->typed : l->history[i]);
}

static void search(struct line_edit *l, size_t from)
{
	for (size_t i = from; i-- > 0;) {
		if (strstr(l->history[i], l->wanted)) {
			l->browse = i;
			line_set(l, l->history[i]);
			return;
		}
	}
}

static bool search_key(struct line_edit *l, uint32_t key)
{
	size_t len = strlen(l->wanted);

	if (key == K_CTRL('r')) {
		search(l, l->browse);
		return true;
	}
	if (key == K_BACKSPACE) {
		if (len)
			l->wanted[len - 1] = '\0';
		str_trim_utf8(l->wanted);
		search(l, l->count);
		return true;
	}
	if (key >= ' ' && key < KEYS_NAMED && len + 5 < sizeof(l->wanted)) {
		l->wanted[len + utf8_encode(l->wanted + len, key)] = '\0';
		search(l, l->count);
		return true;
	}
	l->searching = false;
	return false;
}

bool line_key(struct line_edit *l, uint32_t key)
{
	if (l->searching && search_key(l, key))
		return true;
	switch (key) {
	case K_LEFT:
	case K_CTRL('b'):
		l->at = before(l, l->at);
		return true;
	case K_RIGHT:
	case K_CTRL('f'):
		l->at = after(l, l->at);
		return true;
	case K_HOME:
	case K_CTRL('a'):
		l->at = 0;
		return true;
	case K_END:
	case K_CTRL('e'):
		l->at = l->len;
		return true;
	case K_BACKSPACE:
		cut(l, before(l, l->at), l->at, false);
		return true;
	case K_DELETE:
	case K_CTRL('d'):
		cut(l, l->at, after(l, l->at), false);
		return true;
	case K_CTRL('w'):
		cut(l, word_before(l, l->at), l->at, true);
		return true;
	case K_CTRL('u'):
		cut(l, 0, l->at, true);
		return true;
	case K_CTRL('k'):
		cut(l, l->at, l->len, true);
		return true;
	case K_CTRL('y'):
		for (const char *p = l->killed; *p;)
			line_insert(l, canvas_next(&p));
		return true;
	case K_UP:
	case K_CTRL('p'):
		browse(l, -1);
		return true;
	case K_DOWN:
	case K_CTRL('n'):
		browse(l, 1);
		return true;
	case K_CTRL('r'):
		l->searching = true;
		l->wanted[0] = '\0';
		return true;
	default:
		if (key < ' ' || key >= KEYS_NAMED)
			return false;
		line_insert(l, key);
		return true;
	}
}

void line_remember(struct line_edit *l)
{
	char text[LINE_SIZE + 1];
	size_t n;
	int fd;

	l->browse = l->count;
	if (!l->len || (l->count && strcmp(l->history[l->count - 1], l->text) == 0))
		return;
	push(l, l->text);
	l->browse = l->count;
	if (!*l->path)
		return;
	n = (size_t)snprintf(text, sizeof(text), "%s\n", l->text);
	fd = open(l->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* One write a line, so that screens never mix theirs. A disk that is full
	 * costs the history, not the command. */
	if (fd == -1 || write(fd, text, n) != (ssize_t)n)
		l->path[0] = fd == -1 ? '\0' : l->path[0];
	if (fd != -1)
		close(fd);
}

int line_column(const struct line_edit *l)
{
	char text[LINE_SIZE];

	str_copy_n(text, sizeof(text), l->text, l->at);
	return canvas_width(text);
}
