/*
 * What things on the screen are (roles), and how each looks in a theme and
 * with so many colours. Severity is always a letter or a word too: colour only
 * repeats it.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum role {
	ROLE_TEXT,
	ROLE_DIM,
	ROLE_STRONG,
	ROLE_BORDER,
	ROLE_TITLE, /* of the pane that has the keys */
	ROLE_TITLE_OTHER,
	ROLE_BAR, /* the status line */
	ROLE_BAR_DIM,
	ROLE_BAR_WARN,
	ROLE_BAR_LOST,
	ROLE_LIVE,
	ROLE_REPLAY,
	ROLE_REPLAY_BAR, /* the status line of the past */
	ROLE_GONE, /* source or terminal not there */
	ROLE_OK,
	ROLE_WARN,
	ROLE_CRIT,
	ROLE_STALE,
	ROLE_LOST,
	ROLE_SPARK,
	ROLE_TRAIL,
	ROLE_ROUTE,
	ROLE_FENCE,
	ROLE_PLACE,
	ROLE_LAND,
	ROLE_COAST,
	ROLE_WATER,
	ROLE_ROAD,
	ROLE_FRONTIER,
	ROLE_GRID,
	ROLE_DRONE,
	ROLE_DRONE_WARN, /* the selected one, by severity */
	ROLE_DRONE_SELECTED,
	ROLE_KEY,
	ROLE_PROMPT,
	ROLE_ERROR,
	ROLE_GHOST, /* completion offered, not typed */
	GROUND_SELECTED,
	GROUND_CURSOR,
	GROUND_BAR,
	GROUND_OVERLAY,
	ROLE_COUNT
};

enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_SAFE, THEME_COUNT };
extern const char *const theme_names[THEME_COUNT + 1]; /* ended by NULL */

enum look_attr {
	LOOK_BOLD = 1 << 0,
	LOOK_DIM = 1 << 1,
	LOOK_ITALIC = 1 << 2,
	LOOK_REVERSE = 1 << 3,
	LOOK_UNDERLINE = 1 << 4,
};

#define COLOUR_DEFAULT (-1)

struct look {
	int fg, bg; /* xterm palette index, COLOUR_DEFAULT for the terminal's own */
	unsigned attr;
};

/* How a cell of these roles looks with so many colours: 256, 16, 8, or 0 for
 * none. */
struct look theme_look(enum theme theme, int colours, uint16_t role, uint16_t ground);
/* THEME_COUNT where no theme has that name. */
enum theme theme_find(const char *name);

#endif
