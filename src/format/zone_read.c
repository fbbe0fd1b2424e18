/* What the readers of zone files share: see zone_read.h. */
#include "format/zone_read.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

/* Chords of circles and arcs stay within so much of them, as far as the
 * bounds on their angle let. */
#define CHORD_M 1.0
#define CHORD_LEAST_DEG 1.0
#define CHORD_MOST_DEG 10.0
#define RADIUS_MAX_M 1000000.0
#define NOTES_MAX 65536 /* bytes; what is beyond is not said */

/* "FILE:12: ..." of a line, "FILE: features[3]: ..." of a place. */
static const char *separator(const struct zone_reader *r)
{
	return !*r->place ? "" : *r->place >= '0' && *r->place <= '9' ? ":" : ": ";
}

int zone_fail(struct zone_reader *r, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	str_trim_utf8(what);
	str_clean(what);
	return err_set(r->err, "%s%s%s: %s", r->name, separator(r), r->place, what);
}

void zone_note(struct zone_reader *r, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	if (r->out->notes.len > NOTES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	str_trim_utf8(what);
	str_clean(what);
	buf_printf(&r->out->notes, "%s%s%s: %s\n", r->name, separator(r), r->place, what);
}

struct zone *zone_now(struct zone_reader *r)
{
	return &r->out->zones[r->out->count - 1];
}

int zone_begin(struct zone_reader *r, size_t line)
{
	struct zone_file *f = r->out;

	if (f->count == ZONES_MAX)
		return zone_fail(r, "there are more than %d zones; split the file", ZONES_MAX);
	mem_grow(f->zones, f->count, f->cap);
	f->zones[f->count++] = (struct zone){
		.floor = ZONE_NO_HEIGHT,
		.ceiling = ZONE_NO_HEIGHT,
		.line = line,
	};
	return 0;
}

int zone_begin_same(struct zone_reader *r)
{
	struct zone from = *zone_now(r);

	if (zone_begin(r, from.line) == -1)
		return -1;
	if (from.time_count)
		from.times = xmemdup(from.times, from.time_count * sizeof(*from.times));
	from.rings = NULL;
	from.ring_count = 0;
	*zone_now(r) = from;
	return 0;
}

void zone_name(struct zone_reader *r, const char *name, size_t len)
{
	struct zone *z = zone_now(r);
	struct buf text = BUF_INIT;

	while (len > 0 && strchr(" \t\r\n", name[0]))
		name++, len--;
	while (len > 0 && strchr(" \t\r\n", name[len - 1]))
		len--;
	buf_add(&text, "", 0);
	if (utf8_valid(name, len)) {
		buf_add(&text, name, len);
	} else {
		for (size_t i = 0; i < len; i++) {
			unsigned char c = (unsigned char)name[i];
			char two[2] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };

			buf_add(&text, c < 0x80 ? &name[i] : two, c < 0x80 ? 1 : 2);
		}
	}
	str_copy_n(z->name, sizeof(z->name), text.len ? text.data : "", text.len);
	str_clean(z->name);
	buf_free(&text);
}

int zone_ring_begin(struct zone_reader *r)
{
	struct zone *z = zone_now(r);

	if (z->ring_count == ZONE_RINGS_MAX)
		return zone_fail(r, "an area has more than %d holes; split it", ZONE_RINGS_MAX - 1);
	z->rings = xreallocarray(z->rings, z->ring_count + 1, sizeof(*z->rings));
	z->rings[z->ring_count++] = (struct zone_ring){ 0 };
	r->ring_cap = 0;
	return 0;
}

int zone_ring_point(struct zone_reader *r, double lat, double lon)
{
	struct zone *z = zone_now(r);
	struct zone_ring *ring = &z->rings[z->ring_count - 1];

	if (!(fabs(lat) <= 90))
		return zone_fail(r, "latitude must be within -90 to 90, and %.10g is not", lat);
	if (!(fabs(lon) <= 180))
		return zone_fail(r, "longitude must be within -180 to 180, and %.10g is not", lon);
	if (ring->count == ZONE_POINTS_MAX)
		return zone_fail(r, "an outline has more than %d points; simplify it", ZONE_POINTS_MAX);
	if (r->out->points == ZONE_FILE_POINTS)
		return zone_fail(r, "the file has more than %d points; simplify or split it",
		    ZONE_FILE_POINTS);
	mem_grow(ring->points, ring->count, r->ring_cap);
	ring->points[ring->count++] = (struct geo_point){ lat, lon };
	r->out->points++;
	return 0;
}

int zone_ring_arc(struct zone_reader *r, struct geo_point center, double from_deg, double sweep_deg,
    double from_m, double to_m)
{
	double radius = fmax(from_m, to_m), step;
	int n;

	if (!(fmin(from_m, to_m) > 0) || !(radius <= RADIUS_MAX_M))
		return zone_fail(r, "a radius must be above 0 and at most %.0f km, and %.10g m is not",
		    RADIUS_MAX_M / 1000, radius);
	step = radius > CHORD_M ? 2 * acos(1 - CHORD_M / radius) * 180 / M_PI : CHORD_MOST_DEG;
	step = fmin(fmax(step, CHORD_LEAST_DEG), CHORD_MOST_DEG);
	n = (int)ceil(fabs(sweep_deg) / step);
	if (n < 1)
		n = 1;
	for (int i = 0; i <= n; i++) {
		double part = (double)i / n;
		struct geo_point p = geo_direct(center, from_deg + sweep_deg * part,
		    from_m + (to_m - from_m) * part);

		if (zone_ring_point(r, p.lat, p.lon) == -1)
			return -1;
	}
	return 0;
}

int zone_ring_end(struct zone_reader *r)
{
	struct zone *z = zone_now(r);
	struct zone_ring *ring = &z->rings[z->ring_count - 1];

	while (ring->count > 1 && ring->points[0].lat == ring->points[ring->count - 1].lat &&
	    ring->points[0].lon == ring->points[ring->count - 1].lon) {
		ring->count--;
		r->out->points--;
	}
	if (ring->count < 3)
		return zone_fail(r, "an outline needs three different points, and this has %zu", ring->count);
	return 0;
}

int zone_ring_circle(struct zone_reader *r, struct geo_point center, double radius_m)
{
	if (!(fabs(center.lat) <= 90) || !(fabs(center.lon) <= 180))
		return zone_fail(r, "the center %.10g, %.10g is no position", center.lat, center.lon);
	if (zone_ring_begin(r) == -1 || zone_ring_arc(r, center, 0, 360, radius_m, radius_m) == -1)
		return -1;
	/* The last point is the first but for rounding. */
	zone_now(r)->rings[zone_now(r)->ring_count - 1].count--;
	r->out->points--;
	return zone_ring_end(r);
}

int zone_add_time(struct zone_reader *r, const struct zone_time *t)
{
	struct zone *z = zone_now(r);

	if (z->time_count == ZONE_TIMES_MAX)
		return zone_fail(r, "a zone has more than %d times; join some", ZONE_TIMES_MAX);
	z->times = xreallocarray(z->times, z->time_count + 1, sizeof(*z->times));
	z->times[z->time_count++] = *t;
	return 0;
}

int zone_date(struct zone_reader *r, const char *text, int64_t *ms)
{
	size_t len = strlen(text);
	char plain[48];
	int hours = 0, minutes = 0, sign = 0;

	str_copy(plain, sizeof(plain), text);
	/* +01:00 at the end, not the dashes of the date. */
	if (len >= 22 && len < sizeof(plain) && (text[len - 6] == '+' || text[len - 6] == '-') &&
	    sscanf(text + len - 5, "%2d:%2d", &hours, &minutes) == 2) {
		sign = text[len - 6] == '+' ? 1 : -1;
		plain[len - 6] = '\0';
	}
	if (!strchr(plain, '-') || !time_parse(plain, ms) || hours < 0 || hours > 23 || minutes < 0 ||
	    minutes > 59)
		return zone_fail(r, "\"%.40s\" is no time; write 2026-11-21T09:15:00Z", text);
	*ms -= sign * (hours * 60 + minutes) * INT64_C(60000);
	return 0;
}

static int json_ring_points(struct zone_reader *r, const json_t *ring, bool lat_first)
{
	size_t n = json_array_size(ring);
	char place[sizeof(r->place)];

	str_copy(place, sizeof(place), r->place);
	if (!json_is_array(ring))
		return zone_fail(r, "must be an array of positions");
	if (zone_ring_begin(r) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const json_t *p = json_array_get(ring, i);
		const json_t *x = json_array_get(p, lat_first), *y = json_array_get(p, !lat_first);

		snprintf(r->place, sizeof(r->place), "%.70s[%zu]", place, i);
		if (!json_is_number(x) || !json_is_number(y))
			return zone_fail(r, "must be two numbers, %s",
			    lat_first ? "[latitude, longitude]" : "[longitude, latitude]");
		if (zone_ring_point(r, json_number_value(y), json_number_value(x)) == -1)
			return -1;
	}
	str_copy(r->place, sizeof(r->place), place);
	return zone_ring_end(r);
}

int zone_json_ring(struct zone_reader *r, const json_t *ring, bool lat_first, const char *at)
{
	char place[sizeof(r->place)];

	str_copy(place, sizeof(place), r->place);
	snprintf(r->place, sizeof(r->place), "%.50s%.40s", place, at);
	if (json_ring_points(r, ring, lat_first) == -1)
		return -1;
	str_copy(r->place, sizeof(r->place), place);
	return 0;
}

int zone_json_polygon(struct zone_reader *r, const json_t *rings, const char *at)
{
	size_t n = json_array_size(rings);

	if (!json_is_array(rings) || n == 0)
		return zone_fail(r, "%s must be an array of rings", at[0] == '.' ? at + 1 : at);
	for (size_t i = 0; i < n; i++) {
		char ring[64];

		snprintf(ring, sizeof(ring), "%.40s[%zu]", at, i);
		if (zone_json_ring(r, json_array_get(rings, i), false, ring) == -1)
			return -1;
	}
	return 0;
}

static const struct {
	const char *word;
	enum zone_above above;
} vertical[] = { { "AGL", ABOVE_GROUND }, { "AMSL", ABOVE_SEA }, { "WGS84", ABOVE_SEA } };

static int json_limit(struct zone_reader *r, const json_t *o, const char *key, const char *reference_key,
    double unit_m, struct zone_height *h)
{
	const json_t *v = json_object_get(o, key);
	const char *word = json_string_value(json_object_get(o, reference_key));

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_number(v) || !(fabs(json_number_value(v)) <= 400000))
		return zone_fail(r, "%s must be a number", key);
	if (!word)
		return zone_fail(r, "%s has no %s; say AGL or AMSL", key, reference_key);
	for (size_t i = 0; i < ARRAY_LEN(vertical); i++) {
		if (strcmp(word, vertical[i].word) != 0)
			continue;
		if (strcmp(word, "WGS84") == 0)
			zone_note(r, "%s above the ellipsoid is taken as above sea level, which is up to 100 m off",
			    key);
		*h = (struct zone_height){ json_number_value(v) * unit_m, vertical[i].above };
		return 0;
	}
	return zone_fail(r, "%s must be AGL or AMSL, and \"%.20s\" is not", reference_key, word);
}

int zone_json_limits(struct zone_reader *r, const json_t *o, struct zone *z)
{
	const char *unit = json_string_value(json_object_get(o, "uomDimensions"));
	double unit_m = 1;

	if (unit && strcmp(unit, "FT") == 0)
		unit_m = 0.3048;
	else if (unit && strcmp(unit, "M") != 0)
		return zone_fail(r, "uomDimensions must be M or FT, and \"%.20s\" is not", unit);
	if (json_limit(r, o, "lowerLimit", "lowerVerticalReference", unit_m, &z->floor) == -1)
		return -1;
	return json_limit(r, o, "upperLimit", "upperVerticalReference", unit_m, &z->ceiling);
}

enum zone_kind zone_json_restriction(struct zone_reader *r, const json_t *word)
{
	static const char *const out[] = { "PROHIBITED", "REQ_AUTHORISATION", "CONDITIONAL" };
	const char *s = json_string_value(word);

	if (!s)
		return ZONE_UNSAID;
	if (strcmp(s, "NO_RESTRICTION") == 0)
		return ZONE_INFO;
	for (size_t i = 0; i < ARRAY_LEN(out); i++) {
		if (strcmp(s, out[i]) == 0)
			return ZONE_OUT;
	}
	zone_note(r, "restriction \"%.40s\" is not known and taken as out", s);
	return ZONE_OUT;
}
