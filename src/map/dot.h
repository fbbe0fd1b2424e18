/*
 * Dots of one cell as bits of a byte, numbered as braille numbers them
 * (U+2800 plus the byte is the character): whatever the character set, so
 * that masks from several sources can be joined by |.
 *
 *	braille, ascii	01 08	block	01
 *			02 10		02
 *			04 20
 *			40 80
 */
#ifndef MAP_DOT_H
#define MAP_DOT_H

#include <stdint.h>

/* The bit of the dot in column dx and row dy of its cell. */
static inline uint8_t map_dot_bit(int dx, int dy)
{
	static const uint8_t bit[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 },
		{ 0x40, 0x80 } };

	return bit[dy & 3][dx & 1];
}

#endif
