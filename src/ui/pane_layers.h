/*
 * The list of the map's layers: which are loaded, which are drawn at this
 * zoom, and which the user has switched off.
 */
#ifndef UI_PANE_LAYERS_H
#define UI_PANE_LAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ui;

/* A key while the list is open. */
void pane_layers_key(struct ui *ui, uint32_t key);
/* Draws a layer or not from now on; false for a name that none has. */
bool layers_show(struct ui *ui, const char *name, bool on);
/* ":layer NAME on|off"; without a name the list. */
int layers_line(struct ui *ui, int count, char **words, struct err *err);
/* Candidates of that line: command_line.h. */
const char *layers_candidate(struct ui *ui, int word, int n);

#endif
