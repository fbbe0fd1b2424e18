/*
 * The keys: one table that dispatches them, and from which help and the foot
 * of the screen are printed.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/layout.h"

struct ui;

#define PANES_ALL  ((1u << PANE_COUNT) - 1)
#define IN_PANE(p) (1u << (p))

struct key_binding {
	uint32_t key, other; /* other: the same by another key, or 0 */
	unsigned panes;      /* where it applies */
	void (*run)(struct ui *ui, int arg);
	int arg;
	const char *help; /* NULL: told with the row before */
};

extern const struct key_binding key_table[]; /* ended by a row without run */

/* True if the key does something in the pane that has the focus. A pane's own
 * rows come before those of every pane. */
bool keymap_dispatch(struct ui *ui, uint32_t key);

#endif
