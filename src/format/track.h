/*
 * Flights for other programs: samples in, a file out, one after the other.
 *
 *	csv      every field, a row a sample, a column `segment`
 *	geojson  RFC 7946: a line a segment, times in `times`
 *	kml      KML 2.2 with gx:Track, a track a segment
 *	gpx      GPX 1.1, a trkseg a segment
 *
 * A segment ends where a sample is missing (seq), at a restart of the drone
 * (boot), and where the position was not known or not valid; nothing is drawn
 * across. Times are UTC, numbers have a decimal point whatever the locale.
 */
#ifndef FORMAT_TRACK_H
#define FORMAT_TRACK_H

#include <stdio.h>

#include "base/err.h"
#include "proto/sample.h"

struct track_writer;

/* "csv", "geojson", "kml", "gpx", ended by NULL. */
extern const char *const track_format_names[];

struct track_info {
	const char *name;  /* of the document: "flight 12 of D01" */
	const char *drone;
};

/* out and info stay the caller's and must outlive the writer. -1 where there is no such format. */
int track_open(struct track_writer **w, const char *format, FILE *out,
    const struct track_info *info, struct err *err);
/* Samples of one drone in order of boot and seq. */
void track_add(struct track_writer *w, const struct sample *s);
/* Ends the file: 0, or -1 where not all could be written. */
int track_close(struct track_writer **w, struct err *err);

#endif
