/*
 * What a .prj beside a shapefile says its coordinates are, and the way from
 * there to degrees on WGS 84, by PROJ. PROJ's messages never reach stderr.
 */
#ifndef MAP_PROJECTION_H
#define MAP_PROJECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct map_projection;

/* *out is NULL where nothing needs to be done: no .prj, or it says WGS 84 in
 * degrees. *said is whether there is one. */
int map_projection_open(struct map_projection **out, const char *shp_path, bool *said,
    struct err *err);
void map_projection_close(struct map_projection **p);
/* In place, to longitude and latitude; not finite where there is none. */
void map_projection_apply(struct map_projection *p, double *x, double *y, size_t count);

#endif
