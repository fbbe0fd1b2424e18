/* Dots to the character that shows them. */
#ifndef MAP_GLYPH_H
#define MAP_GLYPH_H

#include <stdint.h>

#include "map/view.h"

#define MAP_GLYPH_SIZE 4 /* bytes of UTF-8 and the 0 at the end */

/* The character, a space for no dots. */
uint32_t map_glyph(enum map_charset charset, uint8_t dots);
/* The same as UTF-8. */
const char *map_glyph_text(enum map_charset charset, uint8_t dots, char text[MAP_GLYPH_SIZE]);

#endif
