/* GPX 1.1 (topografix.com/GPX/1/1): a trkseg a segment. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/track_formats.h"
#include "format/xml_out.h"

static void *begin(FILE *out, const struct track_info *info)
{
	xmlTextWriterPtr w = xml_out_begin(out);

	xml_out_open(w, "gpx");
	xml_out_attribute(w, "version", "1.1");
	xml_out_attribute(w, "creator", "Odyssey");
	xml_out_attribute(w, "xmlns", "http://www.topografix.com/GPX/1/1");
	xml_out_open(w, "trk");
	xml_out_element(w, "name", info->name);
	xml_out_element(w, "src", info->drone);
	return w;
}

static void segment_begin(void *state)
{
	xml_out_open(state, "trkseg");
}

static void attribute_deg(xmlTextWriterPtr w, const char *name, double deg)
{
	char text[32];

	snprintf(text, sizeof(text), "%.7f", deg);
	xml_out_attribute(w, name, text);
}

static void point(void *state, const struct sample *s)
{
	char text[TIME_TEXT_SIZE];

	xml_out_open(state, "trkpt");
	attribute_deg(state, "lat", sample_value(s, FIELD_lat));
	attribute_deg(state, "lon", sample_value(s, FIELD_lon));
	if (!isnan(track_altitude(s))) {
		snprintf(text, sizeof(text), "%.2f", track_altitude(s));
		xml_out_element(state, "ele", text);
	}
	xml_out_element(state, "time", time_format(sample_time(s), text));
	xml_out_close(state);
}

static void segment_end(void *state)
{
	xml_out_close(state);
}

static int end(void *state)
{
	return xml_out_end(state);
}

const struct track_format track_gpx = {
	.name = "gpx",
	.begin = begin,
	.segment_begin = segment_begin,
	.point = point,
	.segment_end = segment_end,
	.end = end,
};
