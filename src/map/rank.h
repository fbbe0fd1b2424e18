/*
 * What a record's attributes say of how prominent it is: OpenStreetMap's
 * words, Natural Earth's ranks, populations.
 */
#ifndef MAP_RANK_H
#define MAP_RANK_H

#include "map/kind.h"

#define MAP_RANKS 12 /* 0 is the most important */

/* MAP_PLAIN for a word that says nothing. */
enum map_tone map_tone_of(enum map_kind kind, const char *fclass);
/* Of a place; numbers may be NAN. What says most for it counts, or the middle. */
int map_rank_of(double scalerank, double population, const char *fclass);
/* From where on a place of that rank is shown. */
double map_rank_zoom(int rank);

#endif
