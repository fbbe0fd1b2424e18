/*
 * What a track format provides: for format/ alone. A row of track.c's table.
 */
#ifndef FORMAT_TRACK_FORMATS_H
#define FORMAT_TRACK_FORMATS_H

#include <stdio.h>

#include "format/track.h"

struct track_format {
	const char *name;
	bool every_sample; /* those without a position too */
	void *(*begin)(FILE *out, const struct track_info *info);
	void (*segment_begin)(void *state);
	void (*point)(void *state, const struct sample *s);
	void (*segment_end)(void *state);
	/* Frees state; 0, or -1 where the library could not write. */
	int (*end)(void *state);
};

extern const struct track_format track_csv, track_geojson, track_kml, track_gpx;

/* Altitude above mean sea level in m, or NAN. */
double track_altitude(const struct sample *s);

#endif
