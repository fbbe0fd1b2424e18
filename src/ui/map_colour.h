/* Colours of map layers by name: a kind of thing the theme knows ("water"), a
 * colour ("green"), or a number of the xterm palette. */
#ifndef UI_MAP_COLOUR_H
#define UI_MAP_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "map/layer.h"

bool map_colour_known(const char *name);
/* The role (theme.h) that a layer's dots are drawn with. */
uint16_t map_colour_of(const struct map_layer *layer);

#endif
