/*
 * What can be set while the screen runs, ":set NAME VALUE": one table, from
 * which completion and the manual come too.
 */
#ifndef UI_SETTINGS_H
#define UI_SETTINGS_H

#include <stddef.h>

#include "base/err.h"

struct ui;

struct setting {
	const char *name, *values;
	int (*set)(struct ui *ui, const char *value, struct err *err);
	/* As one would type it. */
	void (*get)(const struct ui *ui, char *text, size_t size);
	const char *help;
};

extern const struct setting settings[]; /* ended by a row without name */

/* Sets one: 0, or -1 with a sentence. */
int setting_set(struct ui *ui, const char *name, const char *value, struct err *err);
/* ":set NAME VALUE" or NAME=VALUE; without a value it says what it is. */
int settings_line(struct ui *ui, int count, char **words, struct err *err);
/* ":columns id,state,..." or "+wind" or "-link" or "default". */
int settings_columns(struct ui *ui, int count, char **words, struct err *err);
const char *settings_candidate(struct ui *ui, int word, int n);

#endif
