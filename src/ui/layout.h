/*
 * Where the panes are on a screen of so many cells: three layouts by size, and
 * below 80x24 one pane at a time. Every pane's first row is its title.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>

#include "ui/canvas.h"

enum pane { PANE_MAP, PANE_FLEET, PANE_DRONE, PANE_EVENTS, PANE_COMMANDS, PANE_TIMELINE, PANE_COUNT };
extern const char *const pane_names[PANE_COUNT];

enum layout_size { LAYOUT_TINY, LAYOUT_SMALL, LAYOUT_MEDIUM, LAYOUT_LARGE };

struct layout {
	enum layout_size size;
	struct rect status, line;
	struct rect preview;          /* over the panes' last rows; h 0: none */
	struct rect pane[PANE_COUNT]; /* w 0: not shown */
	struct rect divider[2];       /* columns between panes; h 0: none */
};

/* preview_rows: what the preview wants above the line, 0 for none. zoomed: the
 * focused pane alone. past: the panes show the past, and the timeline is never
 * out of sight. */
void layout_make(struct layout *l, int w, int h, enum pane focus, bool zoomed, bool past,
    int preview_rows);
/* Draws the dividers over the title rows, with their joints. */
void layout_draw(const struct layout *l, struct canvas *c);
/* A pane's title row: "─ 2 FLEET text ──── right ─". */
void layout_title(struct canvas *c, struct rect r, bool focused, int number, const char *name,
    const char *text, const char *right);

#endif
