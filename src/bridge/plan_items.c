/* Plans and MAVLink items: see plan_items.h. */
#include "bridge/plan_items.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct mav_mission_item_int *add(struct item_list *l, uint16_t command, uint16_t ours)
{
	struct mav_mission_item_int *item = &l->items[l->count];

	l->item_of[l->count++] = ours;
	*item = (struct mav_mission_item_int){ .command = command, .frame = FRAME_RELATIVE,
		.autocontinue = 1 };
	return item;
}

static void set_place(struct mav_mission_item_int *item, double lat, double lon, double height)
{
	item->x = (int32_t)lround(lat * 1e7);
	item->y = (int32_t)lround(lon * 1e7);
	item->z = (float)height;
}

void items_from_mission(const struct mission *m, bool home_item, bool takeoff, double lat,
    double lon, struct item_list *out)
{
	size_t most = 2 * m->count + 2;
	double speed = NAN;

	*out = (struct item_list){ .items = xcalloc(most, sizeof(*out->items)),
		.item_of = xcalloc(most, sizeof(*out->item_of)) };
	if (!m->count)
		return;
	if (home_item) {
		struct mav_mission_item_int *home = add(out, CMD_NAV_WAYPOINT, 0);

		home->frame = FRAME_GLOBAL;
		set_place(home, lat, lon, 0);
	}
	if (takeoff) {
		struct mav_mission_item_int *up = add(out, CMD_NAV_TAKEOFF, 0);

		set_place(up, lat, lon, m->items[0].height);
		up->param4 = NAN;
	}
	for (size_t i = 0; i < m->count; i++) {
		const struct mission_item *from = &m->items[i];
		uint16_t number = (uint16_t)(i + 1);
		struct mav_mission_item_int *item;

		if (isfinite(from->speed) && !(from->speed == speed)) {
			item = add(out, CMD_CHANGE_SPEED, number);
			item->frame = FRAME_MISSION;
			item->param1 = 1; /* over ground */
			item->param2 = (float)from->speed;
			item->param3 = -1;
			speed = from->speed;
		}
		item = add(out, CMD_NAV_WAYPOINT, number);
		item->param1 = (float)from->hold;
		item->param4 = NAN;
		set_place(item, from->lat, from->lon, from->height);
	}
	out->items[0].current = 1;
}

/* Height above home, or NAN where that cannot be told. */
static double height_of(const struct mav_mission_item_int *item, double home_alt)
{
	switch (item->frame) {
	case FRAME_RELATIVE:
	case FRAME_RELATIVE_INT:
		return (double)item->z;
	case FRAME_GLOBAL:
	case FRAME_GLOBAL_INT:
		return (double)item->z - home_alt;
	default:
		return NAN;
	}
}

static bool has_place(const struct mav_mission_item_int *item)
{
	return !(item->x == 0 && item->y == 0) && abs(item->x) <= 900000000 &&
	       item->y >= -1800000000 && item->y <= 1800000000;
}

static bool is_point(uint16_t command)
{
	switch (command) {
	case CMD_NAV_WAYPOINT: case CMD_NAV_LOITER_UNLIM: case CMD_NAV_LOITER_TURNS:
	case CMD_NAV_LOITER_TIME: case CMD_NAV_SPLINE_WAYPOINT: case CMD_NAV_LAND:
		return true;
	default:
		return false;
	}
}

void mission_from_items(const struct mav_mission_item_int *items, size_t count, bool home_item,
    double home_alt, struct mission *m, uint16_t **item_of)
{
	double speed = NAN;

	*m = (struct mission){ .items = xcalloc(count, sizeof(*m->items)) };
	*item_of = xcalloc(count, sizeof(**item_of));
	for (size_t i = home_item ? 1 : 0; i < count; i++) {
		const struct mav_mission_item_int *item = &items[i];
		double height = height_of(item, home_alt);

		/* What is no point of ours leads to the next that is. */
		(*item_of)[i] = item->command == CMD_CHANGE_SPEED ? (uint16_t)(m->count + 1) : 0;
		if (item->command == CMD_CHANGE_SPEED && item->param2 > 0)
			speed = (double)item->param2;
		if (!is_point(item->command) || !has_place(item) || !isfinite(height))
			continue;
		m->items[m->count++] = (struct mission_item){
			.lat = item->x * 1e-7, .lon = item->y * 1e-7, .height = height, .speed = speed,
			.hold = item->command == CMD_NAV_WAYPOINT && item->param1 > 0 ? (double)item->param1 : 0,
		};
		(*item_of)[i] = (uint16_t)m->count;
	}
}

static void add_polygon(struct plan *p, const struct mav_mission_item_int *items, size_t n)
{
	struct fence *f = &p->fences[p->fence_count++];

	*f = (struct fence){ .kind = items[0].command == CMD_FENCE_POLYGON_IN ? FENCE_IN : FENCE_OUT,
		.points = xcalloc(n, sizeof(*f->points)), .count = n, .radius = NAN, .floor = NAN,
		.ceiling = NAN };
	for (size_t i = 0; i < n; i++)
		f->points[i] = (struct plan_point){ items[i].x * 1e-7, items[i].y * 1e-7 };
}

void fences_from_items(const struct mav_mission_item_int *items, size_t count, struct plan *p)
{
	for (size_t i = 0; i < p->fence_count; i++)
		free(p->fences[i].points);
	free(p->fences);
	p->fences = xcalloc(count, sizeof(*p->fences));
	p->fence_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct mav_mission_item_int *item = &items[i];
		uint16_t command = item->command;

		if (command == CMD_FENCE_CIRCLE_IN || command == CMD_FENCE_CIRCLE_OUT) {
			p->fences[p->fence_count++] = (struct fence){
				.kind = command == CMD_FENCE_CIRCLE_IN ? FENCE_IN : FENCE_OUT,
				.center = { item->x * 1e-7, item->y * 1e-7 },
				.radius = (double)item->param1, .floor = NAN, .ceiling = NAN };
		} else if (command == CMD_FENCE_POLYGON_IN || command == CMD_FENCE_POLYGON_OUT) {
			/* Each vertex says how many there are. */
			size_t n = item->param1 >= 3 && item->param1 <= 65535 ? (size_t)item->param1 : 0;
			size_t same = 0;

			while (same < n && i + same < count && items[i + same].command == command)
				same++;
			if (!n || same < n)
				continue;
			add_polygon(p, item, n);
			i += n - 1;
		}
	}
}

void rallies_from_items(const struct mav_mission_item_int *items, size_t count, double home_alt,
    struct plan *p)
{
	free(p->rallies);
	p->rallies = xcalloc(count, sizeof(*p->rallies));
	p->rally_count = 0;
	for (size_t i = 0; i < count; i++) {
		double height = height_of(&items[i], home_alt);

		if (items[i].command == CMD_RALLY && isfinite(height))
			p->rallies[p->rally_count++] = (struct rally){ items[i].x * 1e-7,
				items[i].y * 1e-7, height };
	}
}
