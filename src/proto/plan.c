/* Mission, fence and rally points: see plan.h. */
#include "proto/plan.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/keys.h"

const char *const fence_kind_names[FENCE_KIND_COUNT + 1] = { "unknown", "in", "out", NULL };

#define ROW(str, member, kind, flag, ...)                                      \
	{ .key = #member, .type = kind, .flags = flag,                         \
	  .offset = offsetof(struct str, member),                              \
	  .size = sizeof(((struct str *)0)->member), __VA_ARGS__ }

static const struct key_desc item_keys[] = {
	ROW(mission_item, lat, KEY_NUMBER, KEY_REQUIRED, .help = "degrees"),
	ROW(mission_item, lon, KEY_NUMBER, KEY_REQUIRED, .help = "degrees"),
	ROW(mission_item, height, KEY_NUMBER, KEY_REQUIRED, .help = "m above home"),
	ROW(mission_item, speed, KEY_NUMBER, KEY_OMIT, .help = "m/s"),
	ROW(mission_item, hold, KEY_NUMBER, KEY_OMIT, .help = "s"),
};

#undef ROW

static bool on_earth(double lat, double lon)
{
	return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180;
}

int mission_read(const wire_value *items, struct mission *m, struct err *err)
{
	size_t n = wire_count(items);

	*m = (struct mission){ 0 };
	if (!wire_is_array(items))
		return err_set(err, "items must be an array");
	if (n > MISSION_ITEMS_MAX)
		return err_set(err, "a mission has at most %d items, and this one has %zu",
		    MISSION_ITEMS_MAX, n);
	m->items = xcalloc(n, sizeof(*m->items));
	for (size_t i = 0; i < n; i++) {
		struct mission_item *item = &m->items[i];
		struct reject why;

		if (keys_read(wire_at(items, i), item_keys, ARRAY_LEN(item_keys), item, &why) == -1)
			return err_set(err, "item %zu: %s", i + 1, why.detail);
		if (!on_earth(item->lat, item->lon))
			return err_set(err, "item %zu: %.7f, %.7f is no position", i + 1, item->lat,
			    item->lon);
		if (fabs(item->height) > 10000)
			return err_set(err, "item %zu: a height of %g m is out of reach", i + 1,
			    item->height);
		if (!isnan(item->speed) && (item->speed < 0.1 || item->speed > 300))
			return err_set(err, "item %zu: speed must be within 0.1 to 300 m/s", i + 1);
		if (isnan(item->hold))
			item->hold = 0;
		if (item->hold < 0 || item->hold > 86400)
			return err_set(err, "item %zu: hold must be within 0 to 86400 s", i + 1);
		m->count = i + 1;
	}
	return 0;
}

void mission_write(struct buf *b, const struct mission *m)
{
	wire_put_array(b, m->count);
	for (size_t i = 0; i < m->count; i++) {
		struct mission_item item = m->items[i];

		if (item.hold == 0)
			item.hold = NAN;
		keys_write(b, item_keys, ARRAY_LEN(item_keys), &item);
	}
}

void mission_clear(struct mission *m)
{
	free(m->items);
	*m = (struct mission){ 0 };
}

struct mission mission_copy(const struct mission *m)
{
	return (struct mission){
		.items = xmemdup(m->items, m->count * sizeof(*m->items)),
		.count = m->count,
	};
}

static void put_point(struct buf *b, double lat, double lon)
{
	wire_put_array(b, 2);
	wire_put_number(b, lat);
	wire_put_number(b, lon);
}

static void fence_write(struct buf *b, const struct fence *f)
{
	bool circle = !isnan(f->radius);

	wire_put_map(b, 1 + (circle ? 2 : 1) + !isnan(f->floor) + !isnan(f->ceiling));
	wire_put_text(b, "kind");
	wire_put_text(b, fence_kind_names[f->kind]);
	if (circle) {
		wire_put_text(b, "center");
		put_point(b, f->center.lat, f->center.lon);
		wire_put_text(b, "radius");
		wire_put_number(b, f->radius);
	} else {
		wire_put_text(b, "points");
		wire_put_array(b, f->count);
		for (size_t i = 0; i < f->count; i++)
			put_point(b, f->points[i].lat, f->points[i].lon);
	}
	if (!isnan(f->floor)) {
		wire_put_text(b, "floor");
		wire_put_number(b, f->floor);
	}
	if (!isnan(f->ceiling)) {
		wire_put_text(b, "ceiling");
		wire_put_number(b, f->ceiling);
	}
}

void plan_write_pairs(struct buf *b, const struct plan *p)
{
	wire_put_text(b, "rev");
	wire_put_uint(b, p->rev);
	wire_put_text(b, "mission");
	mission_write(b, &p->mission);
	wire_put_text(b, "fence");
	wire_put_array(b, p->fence_count);
	for (size_t i = 0; i < p->fence_count; i++)
		fence_write(b, &p->fences[i]);
	wire_put_text(b, "rally");
	wire_put_array(b, p->rally_count);
	for (size_t i = 0; i < p->rally_count; i++) {
		wire_put_array(b, 3);
		wire_put_number(b, p->rallies[i].lat);
		wire_put_number(b, p->rallies[i].lon);
		wire_put_number(b, p->rallies[i].height);
	}
}

static bool read_point(const wire_value *v, struct plan_point *p)
{
	return wire_get_number(wire_at(v, 0), &p->lat) && wire_get_number(wire_at(v, 1), &p->lon) &&
	       on_earth(p->lat, p->lon);
}

static int fence_read(const wire_value *v, size_t index, struct fence *f, struct err *err)
{
	const wire_value *points = wire_key(v, "points"), *center = wire_key(v, "center");
	const char *kind;
	size_t len;

	f->radius = f->floor = f->ceiling = NAN;
	if (!wire_get_text(wire_key(v, "kind"), &kind, &len))
		return err_set(err, "fence %zu has no kind", index + 1);
	if (len == 2 && memcmp(kind, "in", 2) == 0)
		f->kind = FENCE_IN;
	else if (len == 3 && memcmp(kind, "out", 3) == 0)
		f->kind = FENCE_OUT;
	wire_get_number(wire_key(v, "floor"), &f->floor);
	wire_get_number(wire_key(v, "ceiling"), &f->ceiling);
	if (center && !wire_is_nil(center)) {
		if (!read_point(center, &f->center) ||
		    !wire_get_number(wire_key(v, "radius"), &f->radius))
			return err_set(err, "fence %zu has no proper center and radius", index + 1);
		return 0;
	}
	if (!wire_is_array(points))
		return err_set(err, "fence %zu has neither points nor center", index + 1);
	f->points = xcalloc(wire_count(points), sizeof(*f->points));
	for (f->count = 0; f->count < wire_count(points); f->count++) {
		if (!read_point(wire_at(points, f->count), &f->points[f->count]))
			return err_set(err, "fence %zu: point %zu is no position", index + 1,
			    f->count + 1);
	}
	return 0;
}

int plan_read(const wire_value *reply, struct plan *p, struct err *err)
{
	const wire_value *fence = wire_key(reply, "fence"), *rally = wire_key(reply, "rally");
	const wire_value *mission = wire_key(reply, "mission");

	*p = (struct plan){ 0 };
	if (!wire_get_uint(wire_key(reply, "rev"), &p->rev))
		return err_set(err, "the plan has no rev");
	if (mission && !wire_is_nil(mission) && mission_read(mission, &p->mission, err) == -1)
		return -1;
	p->fences = xcalloc(wire_count(fence), sizeof(*p->fences));
	for (size_t i = 0; i < wire_count(fence) && wire_is_array(fence); i++) {
		p->fence_count = i + 1;
		if (fence_read(wire_at(fence, i), i, &p->fences[i], err) == -1)
			return -1;
	}
	p->rallies = xcalloc(wire_count(rally), sizeof(*p->rallies));
	for (size_t i = 0; i < wire_count(rally) && wire_is_array(rally); i++) {
		const wire_value *v = wire_at(rally, i);
		struct plan_point at;

		p->rallies[i].height = NAN;
		if (!read_point(v, &at))
			return err_set(err, "rally point %zu is no position", i + 1);
		wire_get_number(wire_at(v, 2), &p->rallies[i].height);
		p->rallies[i].lat = at.lat;
		p->rallies[i].lon = at.lon;
		p->rally_count = i + 1;
	}
	return 0;
}

void plan_clear(struct plan *p)
{
	mission_clear(&p->mission);
	for (size_t i = 0; i < p->fence_count; i++)
		free(p->fences[i].points);
	free(p->fences);
	free(p->rallies);
	*p = (struct plan){ 0 };
}

/* ---- kept ---- */

static bool is_of_every_reply(const wire_value *key)
{
	const char *text;
	size_t len;

	return wire_get_text(key, &text, &len) &&
	    ((len == 1 && *text == 'v') || (len == 2 && memcmp(text, "ok", 2) == 0));
}

void plan_keep(struct buf *b, const wire_value *reply)
{
	size_t n = 0;

	for (size_t i = 0; i < wire_count(reply); i++) {
		const wire_value *value;

		n += !is_of_every_reply(wire_key_at(reply, i, &value));
	}
	wire_put_map(b, n);
	for (size_t i = 0; i < wire_count(reply); i++) {
		const wire_value *value, *key = wire_key_at(reply, i, &value);

		if (is_of_every_reply(key))
			continue;
		wire_put_value(b, key);
		wire_put_value(b, value);
	}
}

const wire_value *plan_kept(struct wire_doc *doc, const void *data, size_t len, struct plan *p,
    struct err *err)
{
	struct reject why;
	const wire_value *v = wire_parse(doc, data, len, &why);

	*p = (struct plan){ 0 };
	if (!v || !wire_is_map(v)) {
		err_set(err, "the plan is none: %s", v ? "it is no map" : why.detail);
		return NULL;
	}
	return plan_read(v, p, err) == 0 ? v : NULL;
}

void plan_kept_pairs(struct buf *b, const wire_value *kept)
{
	for (size_t i = 0; i < wire_count(kept); i++) {
		const wire_value *value;

		wire_put_value(b, wire_key_at(kept, i, &value));
		wire_put_value(b, value);
	}
}
