/*
 * Shapefiles record by record, by shapelib: read only, silent, whatever the
 * locale. What a record holds has been checked: every vertex is a position on
 * Earth, rings are closed. Other records count as skipped.
 *
 *	if (shapefile_open(&f, path, &err) == -1) ...
 *	while (shapefile_next(f, &record))
 *		if (record.point_count) ...
 *	shapefile_close(&f);
 */
#ifndef MAP_SHAPEFILE_H
#define MAP_SHAPEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "map/geometry.h"

#define SHAPEFILE_NAME 65 /* longer names are cut */

enum shapefile_type {
	SHAPEFILE_POINTS,
	SHAPEFILE_LINES,
	SHAPEFILE_AREAS,
};

struct shapefile_record {
	/* Borrowed until the next call; no points for a record that is empty
	 * or was skipped. Lines and rings have 2 vertices and more. */
	const struct mercator_point *points;
	size_t point_count;
	const size_t *parts; /* where each begins in points, and point_count at the end */
	size_t part_count;

	char name[SHAPEFILE_NAME]; /* UTF-8; "" for none */
	double scalerank;  /* Natural Earth's, 0 is the most important; NAN: not said */
	double population; /* NAN: not said */
	char fclass[32];   /* what it is, in OpenStreetMap's words; "" */
};

struct shapefile;

/* Fails for files that are none, of types that cannot be drawn, or with a
 * .prj that PROJ does not know. */
int shapefile_open(struct shapefile **out, const char *path, struct err *err);
enum shapefile_type shapefile_type(const struct shapefile *f);
/* False after the last one. */
bool shapefile_next(struct shapefile *f, struct shapefile_record *record);
/* Records that could not be used, with the reason of the first one. */
size_t shapefile_skipped(const struct shapefile *f, const char **why);
/* Says why when nothing could be used; returns -1. */
int shapefile_unusable(const struct shapefile *f, struct err *err);
bool shapefile_has_names(const struct shapefile *f);
/* Whether records say what they are. */
bool shapefile_has_classes(const struct shapefile *f);
size_t shapefile_records(const struct shapefile *f);
void shapefile_close(struct shapefile **f);

#endif
