/*
 * One line of text being typed, with its history.
 *
 * The history is a file of its owner alone (0600), a line each, appended as
 * soon as a line is given, so that nothing is lost and several screens share
 * it. No file: the history lives as long as the program.
 */
#ifndef UI_LINE_EDIT_H
#define UI_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_SIZE        1024
#define LINE_HISTORY_MAX 2000

struct line_edit {
	char text[LINE_SIZE];
	size_t len, at;         /* bytes; at is the cursor's place */
	char killed[LINE_SIZE]; /* what Ctrl-K, -U and -W took, for Ctrl-Y */

	char **history; /* owned; oldest first */
	size_t count, cap;
	size_t browse;         /* index in history; count: the line itself */
	char typed[LINE_SIZE]; /* the line while history is browsed */
	char path[1100];       /* "" for none */

	bool searching; /* Ctrl-R */
	char wanted[128];
};

void line_init(struct line_edit *l);
void line_free(struct line_edit *l);
/* Reads the history there is; a file that cannot be read is no history. */
void line_load(struct line_edit *l, const char *path);

void line_set(struct line_edit *l, const char *text);
void line_insert(struct line_edit *l, uint32_t ch);
/* Handles an editing key: true if it was one. */
bool line_key(struct line_edit *l, uint32_t key);
/* Remembers the line (unless it is empty or the last one again). */
void line_remember(struct line_edit *l);
/* Columns before the cursor. */
int line_column(const struct line_edit *l);

#endif
