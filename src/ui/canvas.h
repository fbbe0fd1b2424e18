/*
 * The screen as a grid of cells, drawn into by the panes and nothing else: no
 * terminal behind it, so that it can be compared and saved as text.
 *
 * A cell holds one character with up to two combining marks and two roles of
 * the theme: what it is (role), and what lies under it (ground, 0 for nothing
 * of its own). From COLOUR_XTERM on a role is a colour of the xterm palette,
 * for map layers and pictures. A wide character takes two cells, the second
 * with ch 0.
 *
 * Drawing is clipped to `clip`. Widths are wcwidth(3)'s, so the locale must be
 * a UTF-8 one for anything but ASCII.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct rect {
	int x, y, w, h;
};

#define CELL_MARKS   2
#define COLOUR_XTERM 0x100 /* + 0 to 255 */

struct cell {
	uint32_t ch;
	uint32_t marks[CELL_MARKS]; /* 0 where there are fewer */
	uint16_t role, ground;
};

struct canvas {
	int w, h;
	struct cell *cells; /* owned; row by row */
	struct rect clip;
};

void canvas_init(struct canvas *c, int w, int h);
void canvas_free(struct canvas *c);
/* Blank, the clip all of it. */
void canvas_clear(struct canvas *c);
void canvas_resize(struct canvas *c, int w, int h);
/* Draws only within r from now on; r outside the canvas is cut. */
void canvas_clip(struct canvas *c, struct rect r);
/* NULL outside the clip. */
struct cell *canvas_at(struct canvas *c, int x, int y);

void canvas_put(struct canvas *c, int x, int y, uint32_t ch, uint16_t role);
/* Columns taken. Control characters show as '?'; what does not fit in max_w
 * columns is cut, with an ellipsis in the last. */
int canvas_text(struct canvas *c, int x, int y, int max_w, uint16_t role, const char *text);
int canvas_printf(struct canvas *c, int x, int y, int max_w, uint16_t role, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* Its end at column x_end (exclusive). Returns where it begins. */
int canvas_right(struct canvas *c, int x_end, int y, uint16_t role, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void canvas_fill(struct canvas *c, struct rect r, uint32_t ch, uint16_t role);
/* Lays a ground under what is there. */
void canvas_ground(struct canvas *c, struct rect r, uint16_t ground);

/* Columns of UTF-8 text. */
int canvas_width(const char *text);
/* The next character of *s, which moves on; 0 at the end; U+FFFD for what is
 * no UTF-8. */
uint32_t canvas_next(const char **s);
/* Columns of one character: 0, 1 or 2; -1 for a control character. */
int canvas_char_width(uint32_t ch);

enum charset { CHARSET_BRAILLE, CHARSET_BLOCK, CHARSET_ASCII };
/* Draws with fewer kinds of characters: braille as blocks, or all in ASCII. */
void canvas_reduce(struct canvas *c, enum charset charset);
/* As text, a line a row, spaces at the ends left off. */
void canvas_save(const struct canvas *c, struct buf *out);

#endif
