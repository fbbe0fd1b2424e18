/* Dots to the character that shows them: see glyph.h. */
#include "map/glyph.h"

#include <stddef.h>

/* Of ASCII the character whose ink lies where the dots do: level, upright,
 * falling or rising lines, and crossings. */
static char ascii_glyph(uint8_t dots)
{
	static const char level[4] = { '"', '-', '-', '_' }, one_left[4] = { '`', '\'', '.', '.' },
	                  one_right[4] = { '\'', '\'', '.', ',' };
	int left = (dots & 0x07) | ((dots & 0x40) >> 3); /* bit n: row n */
	int right = ((dots & 0x38) >> 3) | ((dots & 0x80) >> 4);
	int rows = left | right, both = left & right;
	int count = __builtin_popcount(dots);
	int top = rows & 3, bottom = rows & 12;
	int l, r;

	if (!dots)
		return ' ';
	if (count >= 7)
		return '#';
	if ((rows & (rows - 1)) == 0) { /* one row */
		int row = __builtin_ctz((unsigned)rows);

		return both ? level[row] : left ? one_left[row] : one_right[row];
	}
	if (!left || !right) /* one column */
		return count >= 3 || (top && bottom) ? '|' : top ? '\'' : ':';
	if (left == right)
		return count >= 6 ? '#' : count == 4 && rows != 9 ? '=' : '"';
	/* Twice the mean height of the dots on each side, from above. */
	l = r = 0;
	for (int i = 0; i < 4; i++) {
		l += 2 * i * (left >> i & 1);
		r += 2 * i * (right >> i & 1);
	}
	l /= __builtin_popcount((unsigned)left);
	r /= __builtin_popcount((unsigned)right);
	if (count == 6 || (count == 5 && both && both != rows))
		return '+';
	if (count >= 5)
		return '|';
	if (l > r)
		return l - r <= 2 && count == 2 ? '-' : '/';
	if (r > l)
		return r - l <= 2 && count == 2 ? '-' : '\\';
	return '+';
}

uint32_t map_glyph(enum map_charset charset, uint8_t dots)
{
	static const uint32_t block[4] = { ' ', 0x2580, 0x2584, 0x2588 };

	if (!dots)
		return ' ';
	if (charset == MAP_BRAILLE)
		return 0x2800u + dots;
	return charset == MAP_BLOCK ? block[dots & 3] : (uint32_t)ascii_glyph(dots);
}

const char *map_glyph_text(enum map_charset charset, uint8_t dots, char text[MAP_GLYPH_SIZE])
{
	uint32_t c = map_glyph(charset, dots);
	size_t n = 0;

	if (c < 0x80) {
		text[n++] = (char)c;
	} else {
		text[n++] = (char)(0xe0 | (c >> 12));
		text[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		text[n++] = (char)(0x80 | (c & 0x3f));
	}
	text[n] = '\0';
	return text;
}
