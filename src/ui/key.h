/*
 * What comes from the keyboard: a character (its code point), or one of the
 * named keys beyond them. Control keys are 1 to 26, Esc 27, Enter 13, Tab 9.
 */
#ifndef UI_KEY_H
#define UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum named_key {
	KEYS_NAMED = 0x110000, /* above all characters */
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_SHIFT_UP,
	K_SHIFT_DOWN,
	K_SHIFT_LEFT,
	K_SHIFT_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_DELETE,
	K_BACK_TAB,
	K_REPLY, /* the terminal answered that it has drawn so far */
	K_PASTE_BEGIN,
	K_PASTE_END,
	K_MOUSE, /* the place comes apart: ui_mouse() */
};

/* What a mouse did, in cells from 0. */
enum mouse_act { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse {
	enum mouse_act act;
	int x, y;
};

/* Reports of the mouse as terminals send them (SGR, 1006), behind ESC [ <:
 * button ; column ; row, then M where it was pressed and m where released. */
struct mouse_decoder {
	int numbers[3], count;
	bool bad;
};
void mouse_begin(struct mouse_decoder *d);
/* One byte: 0 while more must come, 1 with *out, -1 for what is nothing to us. */
int mouse_feed(struct mouse_decoder *d, unsigned char byte, struct mouse *out);

#define K_CTRL(c)   ((c) - 'a' + 1)
#define K_TAB       9
#define K_ENTER     13
#define K_ESC       27
#define K_BACKSPACE 127

/* "Enter", "C-w", "x": what a person calls it. Returns text. */
#define KEY_NAME_SIZE 16
const char *key_text(uint32_t key, char text[KEY_NAME_SIZE]);
/* "Enter" or "C-w" or "<Enter>" as a key; one character stands for itself. 0
 * where it is none. */
uint32_t key_find(const char *name);

/* UTF-8 byte by byte, with its own state: 0 while more must come, the
 * character, or U+FFFD for what is none. */
struct utf8_decoder {
	uint32_t ch;
	int more;
};
uint32_t utf8_feed(struct utf8_decoder *d, unsigned char byte);
/* Writes ch and returns its length, 1 to 4; no 0 at the end. */
size_t utf8_encode(char out[4], uint32_t ch);

#endif
