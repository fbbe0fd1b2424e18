/*
 * Zones in GeoJSON: see zone_file.h. Format: RFC 7946; and of ED-318, the JSON
 * of UAS zones that follows ED-269, what it shares with that: properties
 * lowerLimit, lowerVerticalReference, ... and restriction.
 *
 * Properties read: name (or title, identifier); kind in, out, ceiling or info,
 * or inclusion true or false, or restriction; floor and ceiling, a text as in
 * zone_height_parse() or a number of metres above home; from and to; radius of a
 * Point, in metres. Lines and points without radius are left out and said.
 */
#include "format/zone_read.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* A collection in a collection, and so on; the standard advises against any. */
#define NEST_MAX 8

struct feature {
	const json_t *properties;
	size_t zones; /* made of it so far */
	size_t left_out;
};

static int height_of(struct zone_reader *r, const json_t *properties, const char *key,
    struct zone_height *h)
{
	const json_t *v = json_object_get(properties, key);
	struct err why;

	if (!v || json_is_null(v))
		return 0;
	if (json_is_number(v)) {
		*h = (struct zone_height){ json_number_value(v), ABOVE_HOME };
		if (h->m >= -100000 && h->m <= 100000)
			return 0;
		return zone_fail(r, "%s must be within 100 km", key);
	}
	if (!json_is_string(v))
		return zone_fail(r, "%s must be a number of metres above home, or a text as \"120 m AGL\"", key);
	if (zone_height_parse(json_string_value(v), 1, ABOVE_HOME, h, &why) == -1)
		return zone_fail(r, "%s: %s", key, why.text);
	return 0;
}

static int kind_of(struct zone_reader *r, const json_t *properties, enum zone_kind *kind)
{
	const char *word = json_string_value(json_object_get(properties, "kind"));
	const json_t *inclusion = json_object_get(properties, "inclusion");

	*kind = zone_json_restriction(r, json_object_get(properties, "restriction"));
	if (json_is_boolean(inclusion))
		*kind = json_is_true(inclusion) ? ZONE_IN : ZONE_OUT;
	if (!word)
		return 0;
	for (int k = ZONE_IN; k < ZONE_KIND_COUNT; k++) {
		if (strcmp(word, zone_kind_names[k]) == 0) {
			*kind = (enum zone_kind)k;
			return 0;
		}
	}
	return zone_fail(r, "kind must be in, out, ceiling or info, and \"%.20s\" is not", word);
}

static int times_of(struct zone_reader *r, const json_t *properties)
{
	const char *from = json_string_value(json_object_get(properties, "from"));
	const char *to = json_string_value(json_object_get(properties, "to"));
	struct zone_time t = ZONE_ALWAYS;

	if (!from && !to)
		return 0;
	if ((from && zone_date(r, from, &t.from_ms) == -1) || (to && zone_date(r, to, &t.to_ms) == -1))
		return -1;
	return zone_add_time(r, &t);
}

static int begin(struct zone_reader *r, struct feature *f)
{
	static const char *const name_keys[] = { "name", "title", "identifier" };
	struct zone *z;

	if (f->zones++ > 0)
		return zone_begin_same(r);
	if (zone_begin(r, r->out->count + 1) == -1)
		return -1;
	z = zone_now(r);
	for (size_t i = 0; i < ARRAY_LEN(name_keys) && !*z->name; i++) {
		const json_t *v = json_object_get(f->properties, name_keys[i]);

		if (json_is_string(v))
			zone_name(r, json_string_value(v), json_string_length(v));
	}
	if (kind_of(r, f->properties, &z->kind) == -1 ||
	    zone_json_limits(r, f->properties, z) == -1 ||
	    height_of(r, f->properties, "floor", &z->floor) == -1 ||
	    height_of(r, f->properties, "ceiling", &z->ceiling) == -1)
		return -1;
	return times_of(r, f->properties);
}

static int read_geometry(struct zone_reader *r, struct feature *f, const json_t *g, int depth);

static int read_polygon(struct zone_reader *r, struct feature *f, const json_t *coordinates)
{
	if (begin(r, f) == -1)
		return -1;
	return zone_json_polygon(r, coordinates, ".geometry.coordinates");
}

static int read_many(struct zone_reader *r, struct feature *f, const json_t *coordinates)
{
	size_t n = json_array_size(coordinates);
	char at[64];

	for (size_t i = 0; i < n; i++) {
		snprintf(at, sizeof(at), ".geometry.coordinates[%zu]", i);
		if (begin(r, f) == -1 ||
		    zone_json_polygon(r, json_array_get(coordinates, i), at) == -1)
			return -1;
	}
	return 0;
}

static int read_point(struct zone_reader *r, struct feature *f, const json_t *coordinates)
{
	const json_t *radius = json_object_get(f->properties, "radius");
	const json_t *lon = json_array_get(coordinates, 0), *lat = json_array_get(coordinates, 1);

	if (!json_is_number(radius)) {
		f->left_out++;
		return 0;
	}
	if (!json_is_number(lon) || !json_is_number(lat))
		return zone_fail(r, "geometry.coordinates must be two numbers, [longitude, latitude]");
	if (begin(r, f) == -1)
		return -1;
	return zone_ring_circle(r, (struct geo_point){ json_number_value(lat), json_number_value(lon) },
	    json_number_value(radius));
}

static int leave_out(struct zone_reader *r, struct feature *f, const json_t *coordinates)
{
	(void)r;
	(void)coordinates;
	f->left_out++;
	return 0;
}

static const struct {
	const char *type;
	int (*read)(struct zone_reader *r, struct feature *f, const json_t *coordinates);
} geometries[] = {
	{ "Polygon", read_polygon }, { "MultiPolygon", read_many }, { "Point", read_point },
	{ "MultiPoint", leave_out }, { "LineString", leave_out }, { "MultiLineString", leave_out },
};

static int read_geometry(struct zone_reader *r, struct feature *f, const json_t *g, int depth)
{
	const char *type = json_string_value(json_object_get(g, "type"));
	const json_t *parts = json_object_get(g, "geometries");

	if (json_is_null(g))
		return leave_out(r, f, NULL);
	if (!type)
		return zone_fail(r, "geometry has no type; it is none of GeoJSON");
	if (strcmp(type, "GeometryCollection") == 0 && depth < NEST_MAX) {
		for (size_t i = 0; i < json_array_size(parts); i++) {
			if (read_geometry(r, f, json_array_get(parts, i), depth + 1) == -1)
				return -1;
		}
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(geometries); i++) {
		if (strcmp(type, geometries[i].type) == 0)
			return geometries[i].read(r, f, json_object_get(g, "coordinates"));
	}
	return zone_fail(r, "geometry \"%.30s\" is none of GeoJSON", type);
}

static int read_feature(struct zone_reader *r, const json_t *o, size_t *left_out)
{
	struct feature f = { .properties = json_object_get(o, "properties") };

	if (!json_is_object(o))
		return zone_fail(r, "is no Feature");
	if (read_geometry(r, &f, json_object_get(o, "geometry"), 0) == -1)
		return -1;
	*left_out += f.left_out;
	return 0;
}

int zone_geojson_read(struct zone_reader *r, const json_t *root)
{
	const char *type = json_string_value(json_object_get(root, "type"));
	const json_t *features = json_object_get(root, "features");
	struct feature bare = { 0 };
	size_t left_out = 0;
	int result = 0;

	if (!type)
		return zone_fail(r, "has no type; GeoJSON is a FeatureCollection, a Feature or a geometry");
	if (json_object_get(root, "crs"))
		zone_note(r, "its crs is passed over: GeoJSON is WGS 84 (RFC 7946)");
	if (strcmp(type, "FeatureCollection") == 0) {
		if (!json_is_array(features))
			return zone_fail(r, "features must be an array");
		for (size_t i = 0; i < json_array_size(features) && result == 0; i++) {
			snprintf(r->place, sizeof(r->place), "features[%zu]", i);
			result = read_feature(r, json_array_get(features, i), &left_out);
		}
	} else if (strcmp(type, "Feature") == 0) {
		result = read_feature(r, root, &left_out);
	} else {
		result = read_geometry(r, &bare, root, 0);
		left_out = bare.left_out;
	}
	if (result == -1)
		return -1;
	r->place[0] = '\0';
	if (left_out)
		zone_note(r, "%zu shapes that are no area are left out", left_out);
	return 0;
}
