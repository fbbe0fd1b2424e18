/*
 * Places by name, for `go to` and its completion. Case and accents do not
 * matter: "zur" finds Zürich.
 */
#ifndef MAP_PLACES_H
#define MAP_PLACES_H

#include <stddef.h>

#include "base/geo.h"
#include "map/layer.h"

struct map_place {
	const char *text; /* the layer's: do not outlive it */
	struct geo_point at;
	double zoom;  /* one that shows it well */
	int layer;    /* index */
	int rank;     /* 0 is the most important */
};

/* Names that begin with prefix, most important first and each text once.
 * Places come before streets and the like. Returns how many, at most max. */
size_t map_places_find(const struct map_layer *const *layers, size_t layer_count,
    const char *prefix, struct map_place *places, size_t max);

/* Without case and accents, in size bytes; for Latin letters. */
void map_places_fold(const char *text, char *folded, size_t size);

/* Makes layer->sorted: for map_load(). */
void map_places_index(struct map_layer *layer);

#endif
