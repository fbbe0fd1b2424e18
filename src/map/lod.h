/*
 * Levels of detail: coarser copies of big layers, so that a redraw costs the
 * same at every zoom. A level serves two zooms; it is made where the busiest
 * view of its lower one would otherwise have more than MAP_BUSY vertices.
 *
 * Lines are thinned by D. H. Douglas and T. K. Peucker's algorithm (1973) with
 * a tolerance of 0.35 dots of braille at the level's higher zoom, from the
 * next finer level, so at most half a dot in all. What is smaller than half a
 * dot becomes one, and only one where several share it; if that leaves too
 * much, what is smaller than 1, 2, 4, ... dots does too.
 */
#ifndef MAP_LOD_H
#define MAP_LOD_H

#include <stdatomic.h>

#include "map/geometry.h"

#define MAP_BUSY 150000 /* about half a millisecond to draw */

/* Takes the parts, sorted. zoom_min says from where each tone is drawn.
 * stop may be NULL; once true, what comes back is freed by the caller as
 * always but lacks levels. */
struct map_geometry *map_geometry_make(struct map_parts *parts, const double zoom_min[MAP_TONES],
    const atomic_bool *stop);

#endif
