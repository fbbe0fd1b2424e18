/* Themes: see theme.h. The colours of dark and safe are those of Okabe and
 * Ito ("Color Universal Design", 2008) in the nearest xterm indices. */
#include "ui/theme.h"

#include <string.h>

#include "base/mem.h"
#include "ui/canvas.h"

const char *const theme_names[THEME_COUNT + 1] = { "dark", "light", "mono", "safe", NULL };

#define NONE COLOUR_DEFAULT

/* fg, bg of each theme in 256 colours; attr as far as colours allow; mono what
 * is left without any. */
struct row {
	int dark[2], light[2], safe[2];
	unsigned attr, mono;
};

static const struct row rows[ROLE_COUNT] = {
	[ROLE_TEXT] = { { 252, NONE }, { 235, NONE }, { 255, NONE }, 0, 0 },
	[ROLE_DIM] = { { 244, NONE }, { 243, NONE }, { 250, NONE }, 0, LOOK_DIM },
	[ROLE_STRONG] = { { 255, NONE }, { 232, NONE }, { 231, NONE }, LOOK_BOLD, LOOK_BOLD },
	[ROLE_BORDER] = { { 239, NONE }, { 249, NONE }, { 245, NONE }, 0, LOOK_DIM },
	[ROLE_TITLE] = { { 255, NONE }, { 232, NONE }, { 231, NONE }, LOOK_BOLD,
	    LOOK_BOLD | LOOK_UNDERLINE },
	[ROLE_TITLE_OTHER] = { { 250, NONE }, { 240, NONE }, { 252, NONE }, 0, 0 },
	[ROLE_BAR] = { { 252, 236 }, { 235, 253 }, { 255, 236 }, 0, 0 },
	[ROLE_BAR_DIM] = { { 246, 236 }, { 242, 253 }, { 250, 236 }, 0, LOOK_DIM },
	[ROLE_BAR_WARN] = { { 221, 236 }, { 94, 253 }, { 221, 236 }, LOOK_BOLD, LOOK_BOLD },
	[ROLE_BAR_LOST] = { { 248, 236 }, { 239, 253 }, { 252, 236 }, LOOK_ITALIC, LOOK_UNDERLINE },
	[ROLE_LIVE] = { { 16, 35 }, { 231, 29 }, { 16, 74 }, LOOK_BOLD, LOOK_REVERSE },
	[ROLE_REPLAY] = { { 231, 162 }, { 231, 162 }, { 16, 175 }, LOOK_BOLD,
	    LOOK_REVERSE | LOOK_BOLD },
	[ROLE_REPLAY_BAR] = { { 225, 53 }, { 53, 225 }, { 231, 53 }, 0, LOOK_REVERSE },
	[ROLE_GONE] = { { 231, 166 }, { 231, 166 }, { 231, 166 }, LOOK_BOLD,
	    LOOK_REVERSE | LOOK_BOLD },
	[ROLE_OK] = { { 74, NONE }, { 25, NONE }, { 117, NONE }, 0, 0 },
	[ROLE_WARN] = { { 221, NONE }, { 94, NONE }, { 221, NONE }, LOOK_BOLD, LOOK_BOLD },
	[ROLE_CRIT] = { { 231, 166 }, { 231, 166 }, { 231, 166 }, LOOK_BOLD,
	    LOOK_REVERSE | LOOK_BOLD },
	[ROLE_STALE] = { { 244, NONE }, { 244, NONE }, { 247, NONE }, LOOK_DIM, LOOK_DIM },
	[ROLE_LOST] = { { 248, NONE }, { 241, NONE }, { 252, NONE }, LOOK_ITALIC, LOOK_UNDERLINE },
	[ROLE_SPARK] = { { 74, NONE }, { 31, NONE }, { 117, NONE }, 0, 0 },
	[ROLE_TRAIL] = { { 74, NONE }, { 31, NONE }, { 117, NONE }, 0, 0 },
	[ROLE_ROUTE] = { { 221, NONE }, { 130, NONE }, { 221, NONE }, 0, LOOK_BOLD },
	[ROLE_FENCE] = { { 175, NONE }, { 125, NONE }, { 218, NONE }, 0, 0 },
	[ROLE_PLACE] = { { 180, NONE }, { 94, NONE }, { 223, NONE }, 0, 0 },
	[ROLE_LAND] = { { 237, NONE }, { 252, NONE }, { 239, NONE }, 0, LOOK_DIM },
	[ROLE_COAST] = { { 65, NONE }, { 65, NONE }, { 108, NONE }, 0, 0 },
	[ROLE_WATER] = { { 24, NONE }, { 110, NONE }, { 67, NONE }, 0, 0 },
	[ROLE_ROAD] = { { 240, NONE }, { 246, NONE }, { 246, NONE }, 0, LOOK_DIM },
	[ROLE_FRONTIER] = { { 96, NONE }, { 96, NONE }, { 139, NONE }, 0, LOOK_DIM },
	[ROLE_GRID] = { { 237, NONE }, { 251, NONE }, { 240, NONE }, 0, LOOK_DIM },
	[ROLE_DRONE] = { { 255, NONE }, { 232, NONE }, { 231, NONE }, 0, 0 },
	[ROLE_DRONE_WARN] = { { 16, 221 }, { 16, 221 }, { 16, 221 }, LOOK_BOLD,
	    LOOK_REVERSE | LOOK_BOLD },
	[ROLE_DRONE_SELECTED] = { { 16, 252 }, { 231, 240 }, { 16, 255 }, LOOK_BOLD, LOOK_REVERSE },
	[ROLE_KEY] = { { 74, NONE }, { 25, NONE }, { 117, NONE }, LOOK_BOLD, LOOK_BOLD },
	[ROLE_PROMPT] = { { 255, NONE }, { 232, NONE }, { 231, NONE }, LOOK_BOLD, LOOK_BOLD },
	[ROLE_ERROR] = { { 209, NONE }, { 160, NONE }, { 215, NONE }, LOOK_BOLD, LOOK_BOLD },
	[ROLE_GHOST] = { { 241, NONE }, { 248, NONE }, { 246, NONE }, 0, LOOK_DIM },
	[GROUND_SELECTED] = { { NONE, 239 }, { NONE, 252 }, { NONE, 240 }, LOOK_BOLD,
	    LOOK_REVERSE },
	[GROUND_CURSOR] = { { 16, 221 }, { 231, 236 }, { 16, 221 }, 0, LOOK_REVERSE },
	[GROUND_BAR] = { { NONE, 236 }, { NONE, 253 }, { NONE, 236 }, 0, 0 },
	[GROUND_OVERLAY] = { { NONE, 235 }, { NONE, 254 }, { NONE, 234 }, 0, 0 },
};

enum theme theme_find(const char *name)
{
	for (int t = 0; t < THEME_COUNT; t++) {
		if (strcmp(theme_names[t], name) == 0)
			return (enum theme)t;
	}
	return THEME_COUNT;
}

static const int *colours_of(enum theme theme, uint16_t role)
{
	if (theme == THEME_LIGHT)
		return rows[role].light;
	return theme == THEME_SAFE ? rows[role].safe : rows[role].dark;
}

/* Red, green, blue of an xterm index, 0 to 255 each. */
static void rgb_of(int index, int rgb[3])
{
	static const int base[8][3] = {
		{ 0, 0, 0 },
		{ 205, 0, 0 },
		{ 0, 205, 0 },
		{ 205, 205, 0 },
		{ 0, 0, 238 },
		{ 205, 0, 205 },
		{ 0, 205, 205 },
		{ 229, 229, 229 },
	};

	if (index < 8) {
		memcpy(rgb, base[index], sizeof(base[index]));
	} else if (index < 16) {
		for (int i = 0; i < 3; i++)
			rgb[i] = index == 8 ? 127 : base[index - 8][i] ? 255 : 92;
	} else if (index < 232) {
		int cube[3] = { (index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6 };

		for (int i = 0; i < 3; i++)
			rgb[i] = cube[i] ? 55 + 40 * cube[i] : 0;
	} else {
		rgb[0] = rgb[1] = rgb[2] = 8 + 10 * (index - 232);
	}
}

/* The nearest of the first n. Never plain blue, which is unreadable on black:
 * cyan takes its place. */
static int nearest(int index, int n)
{
	int want[3], best = 7, best_distance = INT32_MAX;

	if (index < n)
		return index;
	rgb_of(index, want);
	for (int i = 0; i < n; i++) {
		int have[3], distance = 0;

		if (i == 4 || i == 12)
			continue;
		rgb_of(i, have);
		for (int k = 0; k < 3; k++)
			distance += (want[k] - have[k]) * (want[k] - have[k]);
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}

/* With few colours a dark grey on the default ground is the default, dimmed. */
static int reduce(int index, int colours, bool ground, unsigned *attr)
{
	int n;

	if (index == NONE || colours >= 256)
		return index;
	n = nearest(index, colours >= 16 ? 16 : 8);
	if (!ground && (n == 0 || n == 8)) {
		*attr |= LOOK_DIM;
		return NONE;
	}
	/* A ground that is nearly black is no ground. */
	if (ground && n == 0)
		return NONE;
	return n;
}

/* Black or white, whichever stands out. */
static int contrast(int ground, int colours)
{
	int rgb[3];

	rgb_of(ground, rgb);
	if (3 * rgb[0] + 6 * rgb[1] + rgb[2] > 10 * 128)
		return colours >= 256 ? 16 : 0;
	return colours >= 256 ? 231 : 7;
}

struct look theme_look(enum theme theme, int colours, uint16_t role, uint16_t ground)
{
	struct look look = { NONE, NONE, 0 };

	if (theme == THEME_MONO || colours == 0) {
		if (role < ROLE_COUNT)
			look.attr |= rows[role].mono;
		if (ground && ground < ROLE_COUNT)
			look.attr |= rows[ground].mono;
		return look;
	}
	if (role >= COLOUR_XTERM) {
		look.fg = role & 0xff;
	} else if (role < ROLE_COUNT) {
		look.fg = colours_of(theme, role)[0];
		look.bg = colours_of(theme, role)[1];
		look.attr = rows[role].attr;
	}
	if (ground >= COLOUR_XTERM) {
		look.bg = ground & 0xff;
	} else if (ground && ground < ROLE_COUNT) {
		const int *under = colours_of(theme, ground);

		look.bg = look.bg == NONE || ground == GROUND_CURSOR ? under[1] : look.bg;
		look.fg = under[0] == NONE ? look.fg : under[0];
		look.attr |= rows[ground].attr;
	}
	look.fg = reduce(look.fg, colours, false, &look.attr);
	look.bg = reduce(look.bg, colours, true, &look.attr);
	/* One colour on itself cannot be read. */
	if (look.fg != NONE && look.fg == look.bg)
		look.fg = contrast(look.bg, colours);
	/* Black on a ground that was dropped would be black on black. */
	if (look.bg == NONE && role < ROLE_COUNT && colours_of(theme, role)[1] != NONE &&
	    colours < 256)
		look.attr |= LOOK_REVERSE;
	else if (look.bg == NONE && ground == GROUND_SELECTED)
		look.attr |= LOOK_REVERSE;
	return look;
}
