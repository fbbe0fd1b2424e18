/*
 * Fences, restricted areas and ceilings in files of others, read into one
 * shape. The contents say which format it is, not the name:
 *
 *  - GeoJSON (RFC 7946): Polygon, MultiPolygon, and a Point with a property
 *    `radius` (m); properties name, kind, floor, ceiling, from, to;
 *  - QGroundControl's .plan: its geoFence (docs.qgroundcontrol.com, "Plan
 *    File Format"): polygons and circles, inclusion or not, no heights;
 *  - KML 2.2 (OGC 07-147r2): Placemarks with polygons, TimeSpan, ExtendedData;
 *  - OpenAir 1.0 (winpilot.com, 1999) with the additions in common use
 *    (Naviter, "Extended OpenAir file format specification", 2024): AC AY AN
 *    AL AH, V, DP, DA, DB, DC;
 *  - ED-269 (EUROCAE, "MOPS for UAS geo-fencing", 2020, chapter 8): the JSON
 *    of UAS geographical zones, with applicability.
 *
 * One zone is one polygon with holes: a file's shape of several parts gives
 * several zones of one name. Circles and arcs become chords that are never
 * more than about a metre off up to a radius of 25 km. What a file holds and
 * is not taken is said in `notes`. A file in which anything taken would be wrong
 * is refused as a whole: a fence with a piece missing is worse than none.
 */
#ifndef FORMAT_ZONE_FILE_H
#define FORMAT_ZONE_FILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "format/zone.h"

#define ZONE_FILE_MAX (32u << 20)  /* bytes read of one */
#define ZONES_MAX 20000            /* zones in one file */
#define ZONE_FILE_POINTS 2000000   /* points in one file */
#define ZONE_POINTS_MAX 100000     /* points of one ring */
#define ZONE_RINGS_MAX 1000        /* outline and holes of one zone */
#define ZONE_TIMES_MAX 64          /* times of one zone */

enum zone_format {
	ZONE_GEOJSON, ZONE_PLAN, ZONE_KML, ZONE_OPENAIR, ZONE_ED269, ZONE_FORMAT_COUNT
};
extern const char *const zone_format_names[ZONE_FORMAT_COUNT + 1]; /* "GeoJSON", ... */

struct zone_file {
	enum zone_format format;
	struct zone *zones; /* owned */
	size_t count, cap, points;
	struct buf notes;   /* a sentence a line; data is NULL for none */
};

/* 0, or -1 with a sentence that begins with the path and says the line or the
 * place in the document. zone_file_clear() frees in either case. */
int zone_file_read(const char *path, struct zone_file *out, struct err *err);
/* The same from memory; name stands for the path in sentences. */
int zone_file_parse(const char *name, const char *text, size_t len, struct zone_file *out,
    struct err *err);
void zone_file_clear(struct zone_file *f);

#endif
