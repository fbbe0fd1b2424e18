/*
 * Flight modes of the autopilots: their numbers, their own names, and which of
 * ours each is.
 *
 * From ArduPilot's mode.h of copter, plane and rover, and PX4's px4_custom_mode.h.
 * What is flown by sticks alone is manual, with levelling or height
 * hold stabilized, standing still or circling by itself hold.
 */
#ifndef BRIDGE_MODES_H
#define BRIDGE_MODES_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/fields.h"

/* MAV_AUTOPILOT, MAV_TYPE, MAV_STATE values that are looked at. */
enum {
	AUTOPILOT_ARDUPILOT = 3, AUTOPILOT_INVALID = 8, AUTOPILOT_PX4 = 12,
	TYPE_FIXED_WING = 1, TYPE_GCS = 6, TYPE_ROVER = 10, TYPE_BOAT = 11,
	STATE_STANDBY = 3, STATE_ACTIVE = 4, STATE_CRITICAL = 5, STATE_EMERGENCY = 6,
};

enum family {
	FAMILY_UNKNOWN, FAMILY_COPTER, FAMILY_PLANE, FAMILY_ROVER, FAMILY_PX4, FAMILY_COUNT
};

/* By the autopilot and type of a HEARTBEAT. */
enum family family_of(uint8_t autopilot, uint8_t type);
/* "quadrotor" and so on; "vehicle" for what is unknown. */
const char *model_name(uint8_t type);
/* False for what rides along: gimbals, cameras, companions, ground stations. */
bool type_is_vehicle(uint8_t type);
/* Whether that type cannot stand still in the air. */
bool type_is_wing(uint8_t type);

/* PX4's numbers: main mode and, for AUTO (4), sub mode. */
#define PX4_MODE(main, sub) ((uint32_t)(main) << 16 | (uint32_t)(sub) << 24)

enum mode custom_mode_ours(enum family family, uint32_t custom);
/* The autopilot's own name; "mode N" in `scratch` where it is not known. */
const char *custom_mode_name(enum family family, uint32_t custom, char scratch[24]);

#endif
