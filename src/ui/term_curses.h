/*
 * The terminal: the only file that knows curses.
 *
 *	term_open(&t, &options, &err)
 *	loop: wait for fd 0; term_read() until 0; term_may_draw() -> term_draw()
 *	term_close(&t)
 *
 * A frame goes out only when the terminal takes output and has answered the
 * frame before it (CSI 5 n, answered CSI 0 n), so that a slow link is never
 * given more than one frame to carry. Where nothing answers the first time
 * within 2 s, frames are sent at a fixed pace.
 *
 * From term_open() to term_close() a crash, SIGTERM during a frame that hangs,
 * or the end of memory gives the terminal back before the program ends.
 * One terminal per program: the crash handlers need it.
 */
#ifndef UI_TERM_CURSES_H
#define UI_TERM_CURSES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/key.h"
#include "ui/theme.h"

struct term_options {
	const char *color;   /* "auto", "never", "8", "16", "256" */
	const char *charset; /* "auto", "braille", "block", "ascii" */
};

struct term {
	int colours; /* 256, 16, 8 or 0 */
	enum charset charset;
	enum theme theme;
	int w, h;           /* cells */
	double cell_aspect; /* height of a cell over its width */
	char notice[160];   /* what is not as it should be; "" for nothing */
	bool gone;          /* it hung up: end */

	bool answers; /* it has answered once */
	bool never_answers;
	bool in_flight; /* a frame is not answered yet */
	int64_t sent_mono_ms;
	int64_t rtt_ms; /* of the last frame answered; -1 unknown */
	uint64_t frames, drawn_cells;
	uint64_t frame_done; /* number of the newest frame answered */
	struct mouse mouse;  /* after K_MOUSE */

	struct term_private *p;
};

int term_open(struct term *t, const struct term_options *options, struct err *err);
void term_close(struct term *t);
/* The next key that is there, 0 for none. Takes answers by itself, telling
 * them as K_REPLY. */
uint32_t term_read(struct term *t, int64_t now_mono_ms);
/* Its size may have changed: asks for it. True if it did. */
bool term_resized(struct term *t);
/* Whether a frame may go out now. *wait_ms is how long to wait at most before
 * asking again, where it may not. */
bool term_may_draw(struct term *t, int64_t now_mono_ms, int *wait_ms);
/* True while it has not taken the last frame for 2 s. */
bool term_stalled(const struct term *t, int64_t now_mono_ms);
/* Draws what differs from the last frame; c must have the terminal's size.
 * cursor_x < 0 hides the cursor. */
void term_draw(
    struct term *t, const struct canvas *c, int cursor_x, int cursor_y, int64_t now_mono_ms);
/* Asks the terminal to report the mouse, or to keep it for itself, as it does
 * from the start. */
void term_mouse(struct term *t, bool on);
/* Rings with the next frame. */
void term_bell(void);
/* Draws everything anew at the next frame (Ctrl-L). */
void term_redraw(struct term *t);

#endif
