/*
 * A folder of maps says in a file `layers` what is in it, one layer a line:
 *
 *	# name       kind    from  to  file
 *	vaduz-road   road    -     -   vaduz/road.shp
 *
 * from and to are zooms, "-" the kind's own; the file is relative to the
 * folder. maps/ and what `make maps` builds are such folders, drawn where
 * the configuration names no layer.
 */
#ifndef MAP_CATALOGUE_H
#define MAP_CATALOGUE_H

#include "map/layer.h"

#define MAP_CATALOGUE_MAX 64 /* layers; a longer list is an error */

struct map_catalogue {
	struct map_layer_desc *layers; /* their texts are owned too */
	size_t count;
};

int map_catalogue_read(struct map_catalogue *c, const char *folder, struct err *err);
void map_catalogue_clear(struct map_catalogue *c);

#endif
