/*
 * Positions as people type them, for the command line and the screen alike:
 *
 *	47.14 9.52    47.14,9.52    -33.85 151.21    47.14N 9.52E    N47.14 E9.52
 *	47°08'30"N 9°31'12"E    47 08 30 N, 9 31 12 E    47°08.5' 9°31.2'
 *	32T 537800 5220900 (UTM)    32TNT3780020900 (MGRS), see grid.h
 *	47d08m30sN 9d31m12sE    E 9.52 N 47.14
 *
 * Without letters latitude comes first. The point is a decimal point. All is
 * WGS 84.
 */
#ifndef FORMAT_POSITION_H
#define FORMAT_POSITION_H

#include "base/err.h"
#include "base/geo.h"

/* The whole of text as a position in degrees: 0, or -1 with a sentence that
 * quotes it and says what would be right. */
int position_parse(const char *text, struct geo_point *out, struct err *err);

#endif
