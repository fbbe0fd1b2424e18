/* GeoJSON (RFC 7946) by jansson: a LineString feature a segment, a Point where
 * a segment is one sample alone. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/track_formats.h"

/* Significant digits: 1e-7 degrees of a longitude of three digits. */
#define DIGITS 10

struct geojson {
	FILE *out;
	const struct track_info *info;
	json_t *features;
	json_t *coordinates, *times; /* of the segment */
};

static void *begin(FILE *out, const struct track_info *info)
{
	struct geojson *g = xcalloc(1, sizeof(*g));

	g->out = out;
	g->info = info;
	g->features = json_array();
	return g;
}

static void segment_begin(void *state)
{
	struct geojson *g = state;

	g->coordinates = json_array();
	g->times = json_array();
}

static void point(void *state, const struct sample *s)
{
	struct geojson *g = state;
	json_t *position = json_array();
	char text[TIME_TEXT_SIZE];

	json_array_append_new(position, json_real(sample_value(s, FIELD_lon)));
	json_array_append_new(position, json_real(sample_value(s, FIELD_lat)));
	if (!isnan(track_altitude(s)))
		json_array_append_new(position, json_real(track_altitude(s)));
	json_array_append_new(g->coordinates, position);
	json_array_append_new(g->times, json_string(time_format(sample_time(s), text)));
}

static void segment_end(void *state)
{
	struct geojson *g = state;
	size_t n = json_array_size(g->coordinates);
	json_t *line = n > 1 ? json_incref(g->coordinates)
			     : json_incref(json_array_get(g->coordinates, 0));

	json_array_append_new(g->features,
	    json_pack("{s:s, s:{s:s, s:o}, s:{s:s, s:s, s:i, s:O}}", "type", "Feature", "geometry",
		"type", n > 1 ? "LineString" : "Point", "coordinates", line, "properties", "name",
		g->info->name, "drone", g->info->drone, "segment",
		(int)json_array_size(g->features) + 1, "times", g->times));
	json_decref(g->coordinates);
	json_decref(g->times);
}

static int end(void *state)
{
	struct geojson *g = state;
	json_t *root = json_pack("{s:s, s:o}", "type", "FeatureCollection", "features", g->features);
	int ret = json_dumpf(root, g->out, JSON_REAL_PRECISION(DIGITS) | JSON_COMPACT);

	fputc('\n', g->out);
	json_decref(root);
	free(g);
	return ret;
}

const struct track_format track_geojson = {
	.name = "geojson",
	.begin = begin,
	.segment_begin = segment_begin,
	.point = point,
	.segment_end = segment_end,
	.end = end,
};
