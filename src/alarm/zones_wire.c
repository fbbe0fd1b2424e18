/* Zones from one program to another: see zones_wire.h. */
#include "alarm/zones_wire.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/zones_private.h"
#include "base/mem.h"
#include "format/zone_file.h"
#include "proto/control.h"

struct told_zone {
	char section[ID_SIZE];
	char drones[sizeof(((struct zone_section *)0)->drones)];
	struct zone zone; /* owned */
};

/* ---- telling ---- */

static void put_height(struct buf *b, const char *key, struct zone_height h)
{
	wire_put_text(b, key);
	wire_put_array(b, 2);
	wire_put_number(b, h.m);
	wire_put_text(b, zone_above_names[h.above]);
}

static void put_open_time(struct buf *b, int64_t ms, int64_t open)
{
	if (ms == open)
		wire_put_nil(b);
	else
		wire_put_int(b, ms);
}

static void put_times(struct buf *b, const struct zone *z)
{
	wire_put_text(b, "times");
	wire_put_array(b, z->time_count);
	for (size_t i = 0; i < z->time_count; i++) {
		const struct zone_time *t = &z->times[i];

		wire_put_array(b, 5);
		put_open_time(b, t->from_ms, INT64_MIN);
		put_open_time(b, t->to_ms, INT64_MAX);
		wire_put_uint(b, t->days);
		wire_put_int(b, t->start_s);
		wire_put_int(b, t->end_s);
	}
}

static void put_rings(struct buf *b, const struct zone *z)
{
	wire_put_text(b, "rings");
	wire_put_array(b, z->ring_count);
	for (size_t r = 0; r < z->ring_count; r++) {
		wire_put_array(b, z->rings[r].count);
		for (size_t i = 0; i < z->rings[r].count; i++) {
			wire_put_array(b, 2);
			wire_put_number(b, z->rings[r].points[i].lat);
			wire_put_number(b, z->rings[r].points[i].lon);
		}
	}
}

static void put_zone(struct buf *b, const struct zone_set *set, size_t index)
{
	const struct prism *p = &set->prisms[index];
	const struct zone_section *section = &set->sections[p->section];
	bool floor = !isnan(p->zone.floor.m), ceiling = !isnan(p->zone.ceiling.m);
	bool drones = *section->drones, times = p->zone.time_count;

	wire_put_map(b, 4 + (size_t)floor + (size_t)ceiling + (size_t)drones + (size_t)times);
	wire_put_text(b, "section");
	wire_put_text(b, section->name);
	wire_put_text(b, "name");
	wire_put_text(b, p->zone.name);
	wire_put_text(b, "kind");
	wire_put_text(b, zone_kind_names[p->zone.kind]);
	if (drones) {
		wire_put_text(b, "drones");
		wire_put_text(b, section->drones);
	}
	if (floor)
		put_height(b, "floor", p->zone.floor);
	if (ceiling)
		put_height(b, "ceiling", p->zone.ceiling);
	if (times)
		put_times(b, &p->zone);
	put_rings(b, &p->zone);
}

/* FNV-1a, 64 bits, over the zones as they are told. */
void zones_wire_revision(const struct zone_set *set, char text[ZONES_REVISION_SIZE])
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < zone_set_count(set); i++) {
		buf_clear(&b);
		put_zone(&b, set, i);
		for (size_t k = 0; k < b.len; k++)
			h = (h ^ (unsigned char)b.data[k]) * UINT64_C(0x100000001b3);
	}
	buf_free(&b);
	snprintf(text, ZONES_REVISION_SIZE, "%016llx", (unsigned long long)h);
}

static void put_page(struct buf *b, const char *revision, size_t count, bool more, size_t n,
    const struct buf *zones)
{
	reply_begin(b, 4);
	wire_put_text(b, "revision");
	wire_put_text(b, revision);
	wire_put_text(b, "count");
	wire_put_uint(b, count);
	wire_put_text(b, "more");
	wire_put_bool(b, more);
	wire_put_text(b, "zones");
	wire_put_array(b, n);
	if (zones->len)
		buf_add(b, zones->data, zones->len);
}

int zones_wire_reply(struct buf *b, const struct zone_set *set, const char *revision,
    const char *has, uint64_t from, struct err *err)
{
	size_t count = zone_set_count(set), i = from < count ? (size_t)from : count, n = 0;
	struct buf zones = BUF_INIT;

	if (strcmp(has, revision) == 0)
		i = count;
	while (i < count && zones.len < ZONES_REPLY_BYTES) {
		size_t before = zones.len;

		put_zone(&zones, set, i);
		if (zones.len > BODY_MAX - 1024) {
			if (n == 0) {
				const struct prism *p = &set->prisms[i];

				err_set(err, "zone \"%s\" of %s has %zu points, more than a message holds; "
				    "simplify it", p->zone.name, set->sections[p->section].name,
				    p->outline.count);
				buf_free(&zones);
				return -1;
			}
			zones.len = before; /* the next page begins with it */
			break;
		}
		i++;
		n++;
	}
	put_page(b, revision, count, i < count, n, &zones);
	buf_free(&zones);
	return 0;
}

/* ---- being told ---- */

static bool get_text(const wire_value *map, const char *key, char *out, size_t size)
{
	const char *text;
	size_t len;

	out[0] = '\0';
	if (!wire_get_text(wire_key(map, key), &text, &len) || !utf8_valid(text, len) ||
	    memchr(text, '\0', len))
		return false;
	str_copy_n(out, size, text, len);
	str_clean(out);
	return true;
}

static int find_name(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

/* True where it says none, or one that is understood. */
static bool take_height(const wire_value *v, struct zone_height *h)
{
	const char *text;
	char above[16];
	size_t len;
	int found;

	*h = ZONE_NO_HEIGHT;
	if (!v || wire_is_nil(v))
		return true;
	if (!wire_get_number(wire_at(v, 0), &h->m) || !wire_get_text(wire_at(v, 1), &text, &len) ||
	    !str_copy_n(above, sizeof(above), text, len))
		return false;
	found = find_name(zone_above_names, above);
	h->above = found < 0 ? ABOVE_HOME : (enum zone_above)found;
	return found >= 0;
}

static bool take_open_time(const wire_value *v, int64_t *ms)
{
	return wire_is_nil(v) || wire_get_int(v, ms);
}

static bool take_times(const wire_value *v, struct zone *z)
{
	size_t n = wire_count(v);

	if (!v || wire_is_nil(v))
		return true;
	if (!wire_is_array(v) || n > ZONE_TIMES_MAX)
		return false;
	z->times = xcalloc(n + 1, sizeof(*z->times));
	z->time_count = n;
	for (size_t i = 0; i < n; i++) {
		struct zone_time *t = &z->times[i];
		const wire_value *row = wire_at(v, i);
		int64_t start, end;
		uint64_t days;

		*t = (struct zone_time){ .from_ms = INT64_MIN, .to_ms = INT64_MAX };
		if (!take_open_time(wire_at(row, 0), &t->from_ms) ||
		    !take_open_time(wire_at(row, 1), &t->to_ms) ||
		    !wire_get_uint(wire_at(row, 2), &days) || days > 127 ||
		    !wire_get_int(wire_at(row, 3), &start) || start < 0 || start > 86400 ||
		    !wire_get_int(wire_at(row, 4), &end) || end < 0 || end > 86400)
			return false;
		t->days = (uint8_t)days;
		t->start_s = (int)start;
		t->end_s = (int)end;
	}
	return true;
}

static bool take_ring(const wire_value *v, struct zone_ring *ring)
{
	size_t n = wire_count(v);

	if (!wire_is_array(v) || n < 3 || n > ZONE_FILE_POINTS)
		return false;
	ring->points = xcalloc(n, sizeof(*ring->points));
	ring->count = n;
	for (size_t i = 0; i < n; i++) {
		struct geo_point *p = &ring->points[i];
		const wire_value *at = wire_at(v, i);

		/* Where it crosses the 180th meridian its longitudes go on. */
		if (!wire_get_number(wire_at(at, 0), &p->lat) || fabs(p->lat) > 90 ||
		    !wire_get_number(wire_at(at, 1), &p->lon) || fabs(p->lon) > 720)
			return false;
	}
	return true;
}

static bool take_rings(const wire_value *v, struct zone *z, size_t *points)
{
	size_t n = wire_count(v);

	if (!wire_is_array(v) || n > ZONE_RINGS_MAX)
		return false;
	z->rings = xcalloc(n + 1, sizeof(*z->rings));
	for (size_t i = 0; i < n; i++) {
		z->ring_count++;
		if (!take_ring(wire_at(v, i), &z->rings[i]))
			return false;
		*points += z->rings[i].count;
	}
	return *points <= ZONE_FILE_POINTS;
}

static bool take_zone(struct zones_told *t, const wire_value *v)
{
	struct told_zone *told;
	char kind[16];
	int found;

	mem_grow(t->zones, t->have, t->cap);
	told = &t->zones[t->have++];
	*told = (struct told_zone){ 0 };
	if (!get_text(v, "section", told->section, sizeof(told->section)) ||
	    !get_text(v, "name", told->zone.name, sizeof(told->zone.name)) ||
	    !get_text(v, "kind", kind, sizeof(kind)))
		return false;
	get_text(v, "drones", told->drones, sizeof(told->drones));
	found = find_name(zone_kind_names, kind);
	told->zone.kind = found <= ZONE_UNSAID ? ZONE_INFO : (enum zone_kind)found;
	return take_height(wire_key(v, "floor"), &told->zone.floor) &&
	    take_height(wire_key(v, "ceiling"), &told->zone.ceiling) &&
	    take_times(wire_key(v, "times"), &told->zone) &&
	    take_rings(wire_key(v, "rings"), &told->zone, &t->points);
}

int zones_told_add(struct zones_told *t, const wire_value *reply, struct err *err)
{
	const wire_value *list = wire_key(reply, "zones");
	char revision[ZONES_REVISION_SIZE];
	bool more = false, anew;

	if (!get_text(reply, "revision", revision, sizeof(revision)) || !wire_is_array(list) ||
	    !wire_get_bool(wire_key(reply, "more"), &more))
		return err_set(err, "the answer to zones cannot be read");
	anew = t->have && strcmp(revision, t->revision) != 0;
	if (anew)
		zones_told_clear(t);
	str_copy(t->revision, sizeof(t->revision), revision);
	if (anew)
		return 1;
	if (t->have + wire_count(list) > ZONES_MAX || (more && !wire_count(list)))
		return err_set(err, "there are more than %d zones", ZONES_MAX);
	for (size_t i = 0; i < wire_count(list); i++) {
		if (!take_zone(t, wire_at(list, i)))
			return err_set(err, "zone %zu of the answer to zones cannot be read", t->have);
	}
	if (!more) {
		uint64_t count = 0;

		t->same = wire_get_uint(wire_key(reply, "count"), &count) && count > t->have;
	}
	return more;
}

int zones_told_set(const struct zones_told *t, struct zone_set **set, struct err *err)
{
	struct zone *zones = xcalloc(t->have + 1, sizeof(*zones));
	int result = 0;
	size_t next;

	*set = t->have ? zone_set_new() : NULL;
	for (size_t i = 0; i < t->have && result == 0; i = next) {
		struct zone_section section = { .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT };

		str_copy(section.name, sizeof(section.name), t->zones[i].section);
		str_copy(section.drones, sizeof(section.drones), t->zones[i].drones);
		for (next = i; next < t->have && strcmp(t->zones[next].section, section.name) == 0; next++)
			zones[next - i] = t->zones[next].zone;
		result = zone_set_add_made(*set, &section, zones, next - i, err);
	}
	if (result == -1)
		zone_set_free(set);
	free(zones);
	return result;
}

void zones_told_clear(struct zones_told *t)
{
	for (size_t i = 0; i < t->have; i++)
		zone_clear(&t->zones[i].zone);
	free(t->zones);
	*t = (struct zones_told){ 0 };
}
