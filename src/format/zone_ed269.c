/*
 * UAS geographical zones: see zone_file.h. Format: EUROCAE ED-269, "Minimum
 * operational performance standard for UAS geo-fencing", 2020, with the
 * JSON that authorities of Europe publish: a list `features` (or UASZoneList,
 * or the bare list) of zones with restriction, applicability and one or more
 * geometries, each a Polygon or a Circle with lower and upper limit.
 *
 * PROHIBITED, REQ_AUTHORISATION and CONDITIONAL zones are to be stayed out of:
 * whether an authorisation is there, or a condition met, no program knows.
 * NO_RESTRICTION zones are shown only. A radius is metres whatever the unit
 * of the heights, as published files have it.
 */
#include "format/zone_read.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define DAY_S 86400

static const char *const day_names[] = { "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN" };

/* "08:00", "08:00:00.00Z", "08:00+01:00" as seconds of the UTC day, which may be
 * the one before (negative) or after. */
static int clock_of(struct zone_reader *r, const json_t *v, const char *key, int *s)
{
	const char *text = json_string_value(v), *p;
	int h, m, sec = 0, oh = 0, om = 0, used = 0;

	if (!text)
		return zone_fail(r, "%s must be a time as 08:00Z", key);
	if (sscanf(text, "%2d:%2d%n", &h, &m, &used) != 2 || h < 0 || h > 24 || m < 0 || m > 59)
		return zone_fail(r, "%s must be a time as 08:00Z, and \"%.20s\" is not", key, text);
	p = text + used;
	if (*p == ':' && sscanf(p, ":%2d%n", &sec, &used) == 1)
		p += used;
	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	if ((*p == '+' || *p == '-') && sscanf(p + 1, "%2d:%2d", &oh, &om) >= 1 && oh >= 0 && oh <= 14 &&
	    om >= 0 && om <= 59)
		sec += (*p == '+' ? -1 : 1) * (oh * 3600 + om * 60);
	*s = h * 3600 + m * 60 + sec;
	return 0;
}

static int days_of(struct zone_reader *r, const json_t *list, uint8_t *days)
{
	*days = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		size_t d = 0;

		if (word && strcmp(word, "ANY") == 0) {
			*days = 0x7f;
			continue;
		}
		while (d < ARRAY_LEN(day_names) && (!word || strcmp(word, day_names[d]) != 0))
			d++;
		if (d == ARRAY_LEN(day_names))
			return zone_fail(r, "day must be MON to SUN or ANY, and \"%.20s\" is not",
			    word ? word : "?");
		*days |= (uint8_t)(1u << d);
	}
	return 0;
}

static int add_schedule(struct zone_reader *r, const json_t *o, struct zone_time t)
{
	const json_t *start = json_object_get(o, "startTime"), *end = json_object_get(o, "endTime");
	int from = 0, to = DAY_S, shift;

	if (days_of(r, json_object_get(o, "day"), &t.days) == -1)
		return -1;
	if (start && clock_of(r, start, "startTime", &from) == -1)
		return -1;
	if (end && clock_of(r, end, "endTime", &to) == -1)
		return -1;
	if (!start || !end)
		zone_note(r, "a schedule without startTime and endTime applies all day");
	/* Into a day of UTC; the days go along with the start. */
	shift = from < 0 ? -1 : from >= DAY_S ? 1 : 0;
	if (shift && t.days)
		t.days = shift < 0 ? (uint8_t)((t.days >> 1 | t.days << 6) & 0x7f) :
				     (uint8_t)((t.days << 1 | t.days >> 6) & 0x7f);
	t.start_s = (from + DAY_S) % DAY_S;
	t.end_s = (to + DAY_S) % DAY_S;
	if (from != to && to - from < DAY_S && t.start_s == t.end_s)
		return zone_fail(r, "startTime and endTime are not in one day");
	return zone_add_time(r, &t);
}

static int add_period(struct zone_reader *r, const json_t *o)
{
	const char *permanent = json_string_value(json_object_get(o, "permanent"));
	const char *from = json_string_value(json_object_get(o, "startDateTime"));
	const char *to = json_string_value(json_object_get(o, "endDateTime"));
	const json_t *schedule = json_object_get(o, "schedule");
	struct zone_time t = ZONE_ALWAYS;

	if (!permanent || strcmp(permanent, "YES") != 0) {
		if ((from && zone_date(r, from, &t.from_ms) == -1) ||
		    (to && zone_date(r, to, &t.to_ms) == -1))
			return -1;
		if (t.to_ms <= t.from_ms)
			zone_note(r, "it ends before it starts and so never applies");
	}
	for (size_t i = 0; i < json_array_size(schedule); i++) {
		if (add_schedule(r, json_array_get(schedule, i), t) == -1)
			return -1;
	}
	return json_array_size(schedule) == 0 ? zone_add_time(r, &t) : 0;
}

static int add_applicability(struct zone_reader *r, const json_t *v)
{
	if (json_is_object(v))
		return add_period(r, v);
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (add_period(r, json_array_get(v, i)) == -1)
			return -1;
	}
	return 0;
}

static int read_circle(struct zone_reader *r, const json_t *o)
{
	const json_t *center = json_object_get(o, "center"), *radius = json_object_get(o, "radius");
	const json_t *lon = json_array_get(center, 0), *lat = json_array_get(center, 1);

	if (!json_is_number(lon) || !json_is_number(lat) || !json_is_number(radius))
		return zone_fail(r, "a Circle needs center [longitude, latitude] and radius");
	return zone_ring_circle(r, (struct geo_point){ json_number_value(lat), json_number_value(lon) },
	    json_number_value(radius));
}

static int read_geometry(struct zone_reader *r, const json_t *g, size_t index)
{
	const json_t *shape = json_object_get(g, "horizontalProjection");
	const char *type = json_string_value(json_object_get(shape, "type"));
	char at[64];

	if (zone_json_limits(r, g, zone_now(r)) == -1)
		return -1;
	if (type && strcmp(type, "Circle") == 0)
		return read_circle(r, shape);
	if (!type || strcmp(type, "Polygon") != 0)
		return zone_fail(r, "geometry[%zu].horizontalProjection must be a Polygon or a Circle", index);
	snprintf(at, sizeof(at), ".geometry[%zu].coordinates", index);
	return zone_json_polygon(r, json_object_get(shape, "coordinates"), at);
}

static int read_zone(struct zone_reader *r, const json_t *o)
{
	const json_t *list = json_object_get(o, "geometry");
	const json_t *name = json_object_get(o, "name"), *id = json_object_get(o, "identifier");

	if (!json_is_object(o) || !json_is_array(list) || json_array_size(list) == 0)
		return zone_fail(r, "has no list geometry; it is no zone of ED-269");
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0) {
			if (zone_begin_same(r) == -1)
				return -1;
			zone_now(r)->floor = zone_now(r)->ceiling = ZONE_NO_HEIGHT;
		} else {
			if (zone_begin(r, r->out->count + 1) == -1)
				return -1;
			if (json_string_length(name) == 0)
				name = id;
			if (json_is_string(name))
				zone_name(r, json_string_value(name), json_string_length(name));
			zone_now(r)->kind = zone_json_restriction(r, json_object_get(o, "restriction"));
			if (add_applicability(r, json_object_get(o, "applicability")) == -1)
				return -1;
		}
		if (read_geometry(r, json_array_get(list, i), i) == -1)
			return -1;
	}
	return 0;
}

int zone_ed269_read(struct zone_reader *r, const json_t *root)
{
	const char *key = json_object_get(root, "UASZoneList") ? "UASZoneList" : "features";
	const json_t *list = json_is_array(root) ? root : json_object_get(root, key);

	if (!json_is_array(list))
		return zone_fail(r, "%s must be an array of zones", key);
	for (size_t i = 0; i < json_array_size(list); i++) {
		snprintf(r->place, sizeof(r->place), "%s[%zu]", json_is_array(root) ? "" : key, i);
		if (read_zone(r, json_array_get(list, i)) == -1)
			return -1;
	}
	r->place[0] = '\0';
	return 0;
}
