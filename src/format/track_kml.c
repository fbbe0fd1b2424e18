/* KML 2.2 (OGC 07-147r2) with Google's gx:Track: in a track all times come
 * first and then all positions, so a segment's positions wait in memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "format/track_formats.h"
#include "format/xml_out.h"

struct kml {
	xmlTextWriterPtr w;
	struct buf coords; /* a 0-terminated text each */
};

static void *begin(FILE *out, const struct track_info *info)
{
	struct kml *k = xcalloc(1, sizeof(*k));

	k->w = xml_out_begin(out);
	xml_out_open(k->w, "kml");
	xml_out_attribute(k->w, "xmlns", "http://www.opengis.net/kml/2.2");
	xml_out_attribute(k->w, "xmlns:gx", "http://www.google.com/kml/ext/2.2");
	xml_out_open(k->w, "Document");
	xml_out_element(k->w, "name", info->name);
	xml_out_open(k->w, "Placemark");
	xml_out_element(k->w, "name", info->drone);
	xml_out_open(k->w, "gx:MultiTrack");
	xml_out_element(k->w, "altitudeMode", "absolute");
	return k;
}

static void segment_begin(void *state)
{
	xml_out_open(((struct kml *)state)->w, "gx:Track");
	xml_out_element(((struct kml *)state)->w, "altitudeMode", "absolute");
}

static void point(void *state, const struct sample *s)
{
	struct kml *k = state;
	double alt = track_altitude(s);
	char text[TIME_TEXT_SIZE];

	xml_out_element(k->w, "when", time_format(sample_time(s), text));
	buf_printf(&k->coords, "%.7f %.7f", sample_value(s, FIELD_lon), sample_value(s, FIELD_lat));
	buf_printf(&k->coords, " %.2f", isnan(alt) ? 0 : alt);
	buf_add(&k->coords, "", 1);
}

static void segment_end(void *state)
{
	struct kml *k = state;

	for (size_t at = 0; at < k->coords.len; at += strlen(k->coords.data + at) + 1)
		xml_out_element(k->w, "gx:coord", k->coords.data + at);
	buf_clear(&k->coords);
	xml_out_close(k->w);
}

static int end(void *state)
{
	struct kml *k = state;
	int ret = xml_out_end(k->w);

	buf_free(&k->coords);
	free(k);
	return ret;
}

const struct track_format track_kml = {
	.name = "kml",
	.begin = begin,
	.segment_begin = segment_begin,
	.point = point,
	.segment_end = segment_end,
	.end = end,
};
