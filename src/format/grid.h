/*
 * Positions on military and surveyors' grids: UTM and MGRS, WGS 84.
 *
 *	32T 537800 5220900    32 T 537800mE 5220900mN    32TNT3780020900    32T NT 37800 20900
 *
 * Transverse Mercator by Krüger's series to the third order in n (L. Krüger,
 * "Konforme Abbildung des Erdellipsoids in der Ebene", 1912; in the form of K.
 * Kawase, Bulletin of the GSI 59, 2011): a millimetre and better within a zone.
 * Zones, bands and squares: NGA.STND.0037, "Universal Grids and Grid Reference
 * Systems", 2014. Not for the polar grid beyond 80 S and 84 N.
 */
#ifndef FORMAT_GRID_H
#define FORMAT_GRID_H

#include <stdbool.h>

#include "base/err.h"
#include "base/geo.h"

/* True for what can only be meant as UTM or MGRS. */
bool grid_looks_like(const char *text);
/* The position: of MGRS the middle of the square it names, which must be 10 m
 * or 1 m wide. 0, or -1 with a sentence. */
int grid_parse(const char *text, struct geo_point *out, struct err *err);

/* The point of a UTM zone (1 to 60); easting and northing in metres with their
 * false origins. */
struct geo_point grid_from_utm(int zone, bool south, double easting, double northing);

#endif
