/*
 * The fence of a QGroundControl .plan: see zone_file.h. Format:
 * docs.qgroundcontrol.com, "Plan File Format", GeoFence: polygons and circles
 * of version 1 each, and the single polygon of geoFence version 1. Positions
 * are [latitude, longitude], radii metres. The point of return and the mission
 * are not looked at.
 */
#include "format/zone_read.h"

#include <stdio.h>
#include <string.h>

static int inclusion(struct zone_reader *r, const json_t *o)
{
	const json_t *v = json_object_get(o, "inclusion");
	struct zone *z = zone_now(r);

	if (!json_is_boolean(v))
		return zone_fail(r, "inclusion must be true or false");
	z->kind = json_is_true(v) ? ZONE_IN : ZONE_OUT;
	return 0;
}

static int read_circle(struct zone_reader *r, const json_t *o)
{
	const json_t *circle = json_object_get(o, "circle");
	const json_t *center = json_object_get(circle, "center");
	const json_t *lat = json_array_get(center, 0), *lon = json_array_get(center, 1);
	const json_t *radius = json_object_get(circle, "radius");

	if (!json_is_number(lat) || !json_is_number(lon) || !json_is_number(radius))
		return zone_fail(r, "a circle needs center [latitude, longitude] and radius");
	if (inclusion(r, o) == -1)
		return -1;
	return zone_ring_circle(r, (struct geo_point){ json_number_value(lat), json_number_value(lon) },
	    json_number_value(radius));
}

static int read_polygon(struct zone_reader *r, const json_t *o)
{
	if (inclusion(r, o) == -1)
		return -1;
	return zone_json_ring(r, json_object_get(o, "polygon"), true, ".polygon");
}

static int read_list(struct zone_reader *r, const json_t *fence, const char *key, const char *what,
    int (*read)(struct zone_reader *r, const json_t *o))
{
	const json_t *list = json_object_get(fence, key);
	size_t n = json_array_size(list);
	char name[ZONE_NAME_SIZE];

	for (size_t i = 0; i < n; i++) {
		snprintf(r->place, sizeof(r->place), "geoFence.%s[%zu]", key, i);
		if (zone_begin(r, r->out->count + 1) == -1)
			return -1;
		snprintf(name, sizeof(name), "%s %zu", what, i + 1);
		zone_name(r, name, strlen(name));
		if (read(r, json_array_get(list, i)) == -1)
			return -1;
	}
	return 0;
}

int zone_plan_read(struct zone_reader *r, const json_t *root)
{
	const json_t *fence = json_object_get(root, "geoFence");
	const json_t *old = json_object_get(fence, "polygon");

	if (!json_is_object(fence))
		return zone_fail(r, "has no geoFence; a plan is what QGroundControl saves as .plan");
	if (json_array_size(old) > 0) {
		snprintf(r->place, sizeof(r->place), "geoFence");
		if (zone_begin(r, 1) == -1)
			return -1;
		zone_name(r, "fence", 5);
		zone_now(r)->kind = ZONE_IN;
		if (zone_json_ring(r, old, true, ".polygon") == -1)
			return -1;
	}
	if (read_list(r, fence, "polygons", "polygon", read_polygon) == -1 ||
	    read_list(r, fence, "circles", "circle", read_circle) == -1)
		return -1;
	r->place[0] = '\0';
	if (r->out->count == 0)
		return zone_fail(r, "holds no fence; draw one in QGroundControl's plan view, under Fence");
	return 0;
}
