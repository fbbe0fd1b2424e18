/*
 * Which layers the map has: the [layer NAME] sections of the configuration,
 * the lowest first, or else the maps that come with the program.
 */
#ifndef APP_MAP_LAYERS_H
#define APP_MAP_LAYERS_H

#include <stdbool.h>

#include "config/config.h"
#include "map/catalogue.h"

/* The folder of the shipped maps: $ODYSSEY_MAPS ("": none), beside the build,
 * or installed. False where there is none. */
bool map_layers_folder(char folder[CONFIG_PATH_SIZE]);
/* One section as a layer; its texts are new, for map_catalogue_clear(). 0, or
 * -1 with a sentence. */
int map_layers_desc(const struct config_layer *from, struct map_layer_desc *to, struct err *err);
/* All of them. What a section has wrong is a sentence for say(), and the
 * others are there all the same. */
void map_layers_list(const struct config *config, struct map_catalogue *c,
    void (*say)(void *user, const char *text), void *user);

#endif
