/*
 * The command line: a table of the screen's own commands; everything else is a
 * command for drones, which the program's hook reads.
 */
#ifndef UI_COMMAND_LINE_H
#define UI_COMMAND_LINE_H

#include "base/err.h"

struct ui;

#define WORDS_MAX 64

struct line_command {
	const char *name, *other; /* other: a shorter name or NULL */
	const char *operands;
	/* Runs it: 0, or -1 with a sentence. words[0] is the name. */
	int (*run)(struct ui *ui, int count, char **words, struct err *err);
	const char *help;
	/* What may stand as word i, one by one from n = 0 on; NULL past the last. */
	const char *(*candidate)(struct ui *ui, int word, int n);
};

extern const struct line_command line_commands[]; /* ended by a row without name */

/* Runs a line without its colon. */
int command_line_run(struct ui *ui, const char *text, struct err *err);
/* Cuts text, which it changes, into words: "" and '' keep blanks, \ the next
 * character. Returns how many, or -1 with a sentence. */
int command_line_split(char *text, char **words, int max, struct err *err);

#endif
