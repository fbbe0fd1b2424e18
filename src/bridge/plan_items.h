/*
 * Missions, fences and rally points between the wire protocol's plan and the
 * items of the MAVLink mission protocol.
 *
 * Upwards a mission becomes: on ArduPilot an item 0 for home, which it fills in
 * itself; a take-off where the vehicle stands on the ground, without which
 * ArduPilot does not start; a change of speed before each item that has
 * another speed than the one before; and a waypoint each. Heights are above
 * home throughout. item_of tells for each of these which item of ours it is.
 */
#ifndef BRIDGE_PLAN_ITEMS_H
#define BRIDGE_PLAN_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bridge/messages.h"
#include "proto/plan.h"

enum {
	CMD_NAV_WAYPOINT = 16, CMD_NAV_LOITER_UNLIM = 17, CMD_NAV_LOITER_TURNS = 18,
	CMD_NAV_LOITER_TIME = 19, CMD_NAV_RTL = 20, CMD_NAV_LAND = 21, CMD_NAV_TAKEOFF = 22,
	CMD_NAV_SPLINE_WAYPOINT = 82, CMD_CHANGE_SPEED = 178,
	CMD_FENCE_POLYGON_IN = 5001, CMD_FENCE_POLYGON_OUT = 5002, CMD_FENCE_CIRCLE_IN = 5003,
	CMD_FENCE_CIRCLE_OUT = 5004, CMD_RALLY = 5100,
	FRAME_GLOBAL = 0, FRAME_MISSION = 2, FRAME_RELATIVE = 3, FRAME_GLOBAL_INT = 5,
	FRAME_RELATIVE_INT = 6,
};

struct item_list {
	struct mav_mission_item_int *items; /* owned */
	size_t count;
	uint16_t *item_of;                  /* owned; from 1, 0 for none of ours */
};

/* home_item: ArduPilot's item 0. takeoff: begins on the ground there. */
void items_from_mission(const struct mission *m, bool home_item, bool takeoff, double lat,
    double lon, struct item_list *out);
/* What was read from the vehicle, as ours: items with a position. home_alt, m
 * AMSL, may be NAN: items given above sea level are then left out. */
void mission_from_items(const struct mav_mission_item_int *items, size_t count, bool home_item,
    double home_alt, struct mission *m, uint16_t **item_of);
void fences_from_items(const struct mav_mission_item_int *items, size_t count, struct plan *p);
void rallies_from_items(const struct mav_mission_item_int *items, size_t count, double home_alt,
    struct plan *p);

#endif
