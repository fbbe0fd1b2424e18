/* Flight modes of the autopilots: see modes.h. */
#include "bridge/modes.h"

#include <stdio.h>

#include "base/mem.h"

struct mode_row {
	uint32_t custom;
	const char *name; /* NULL ends the table */
	enum mode ours;
};

static const struct mode_row copter[] = {
	{ 0, "STABILIZE", MODE_STABILIZED }, { 1, "ACRO", MODE_MANUAL },
	{ 2, "ALT_HOLD", MODE_STABILIZED }, { 3, "AUTO", MODE_MISSION },
	{ 4, "GUIDED", MODE_GOTO }, { 5, "LOITER", MODE_HOLD }, { 6, "RTL", MODE_RTL },
	{ 7, "CIRCLE", MODE_HOLD }, { 9, "LAND", MODE_LAND }, { 11, "DRIFT", MODE_STABILIZED },
	{ 13, "SPORT", MODE_STABILIZED }, { 14, "FLIP", MODE_MANUAL },
	{ 15, "AUTOTUNE", MODE_STABILIZED }, { 16, "POSHOLD", MODE_HOLD },
	{ 17, "BRAKE", MODE_HOLD }, { 18, "THROW", MODE_STABILIZED },
	{ 19, "AVOID_ADSB", MODE_EMERGENCY }, { 20, "GUIDED_NOGPS", MODE_STABILIZED },
	{ 21, "SMART_RTL", MODE_RTL }, { 22, "FLOWHOLD", MODE_HOLD }, { 23, "FOLLOW", MODE_GOTO },
	{ 24, "ZIGZAG", MODE_MISSION }, { 25, "SYSTEMID", MODE_STABILIZED },
	{ 26, "AUTOROTATE", MODE_EMERGENCY }, { 27, "AUTO_RTL", MODE_RTL },
	{ 28, "TURTLE", MODE_MANUAL }, { 29, "RATE_ACRO", MODE_MANUAL },
	{ 0 },
};

static const struct mode_row plane[] = {
	{ 0, "MANUAL", MODE_MANUAL }, { 1, "CIRCLE", MODE_HOLD },
	{ 2, "STABILIZE", MODE_STABILIZED }, { 3, "TRAINING", MODE_STABILIZED },
	{ 4, "ACRO", MODE_MANUAL }, { 5, "FBWA", MODE_STABILIZED }, { 6, "FBWB", MODE_STABILIZED },
	{ 7, "CRUISE", MODE_STABILIZED }, { 8, "AUTOTUNE", MODE_STABILIZED },
	{ 10, "AUTO", MODE_MISSION }, { 11, "RTL", MODE_RTL }, { 12, "LOITER", MODE_HOLD },
	{ 13, "TAKEOFF", MODE_TAKEOFF }, { 14, "AVOID_ADSB", MODE_EMERGENCY },
	{ 15, "GUIDED", MODE_GOTO }, { 16, "INITIALISING", MODE_IDLE },
	{ 17, "QSTABILIZE", MODE_STABILIZED }, { 18, "QHOVER", MODE_STABILIZED },
	{ 19, "QLOITER", MODE_HOLD }, { 20, "QLAND", MODE_LAND }, { 21, "QRTL", MODE_RTL },
	{ 22, "QAUTOTUNE", MODE_STABILIZED }, { 23, "QACRO", MODE_MANUAL },
	{ 24, "THERMAL", MODE_HOLD }, { 25, "LOITER_ALT_QLAND", MODE_LAND },
	{ 26, "AUTOLAND", MODE_LAND },
	{ 0 },
};

static const struct mode_row rover[] = {
	{ 0, "MANUAL", MODE_MANUAL }, { 1, "ACRO", MODE_MANUAL }, { 3, "STEERING", MODE_STABILIZED },
	{ 4, "HOLD", MODE_HOLD }, { 5, "LOITER", MODE_HOLD }, { 6, "FOLLOW", MODE_GOTO },
	{ 7, "SIMPLE", MODE_MANUAL }, { 8, "DOCK", MODE_LAND }, { 9, "CIRCLE", MODE_HOLD },
	{ 10, "AUTO", MODE_MISSION }, { 11, "RTL", MODE_RTL }, { 12, "SMART_RTL", MODE_RTL },
	{ 15, "GUIDED", MODE_GOTO }, { 16, "INITIALISING", MODE_IDLE },
	{ 0 },
};

static const struct mode_row px4[] = {
	{ PX4_MODE(1, 0), "MANUAL", MODE_MANUAL }, { PX4_MODE(2, 0), "ALTCTL", MODE_STABILIZED },
	{ PX4_MODE(3, 0), "POSCTL", MODE_STABILIZED }, { PX4_MODE(3, 1), "ORBIT", MODE_HOLD },
	{ PX4_MODE(3, 2), "POSCTL_SLOW", MODE_STABILIZED },
	{ PX4_MODE(4, 1), "AUTO.READY", MODE_IDLE }, { PX4_MODE(4, 2), "AUTO.TAKEOFF", MODE_TAKEOFF },
	{ PX4_MODE(4, 3), "AUTO.LOITER", MODE_HOLD }, { PX4_MODE(4, 4), "AUTO.MISSION", MODE_MISSION },
	{ PX4_MODE(4, 5), "AUTO.RTL", MODE_RTL }, { PX4_MODE(4, 6), "AUTO.LAND", MODE_LAND },
	{ PX4_MODE(4, 8), "AUTO.FOLLOW_TARGET", MODE_GOTO },
	{ PX4_MODE(4, 9), "AUTO.PRECLAND", MODE_LAND },
	{ PX4_MODE(4, 10), "AUTO.VTOL_TAKEOFF", MODE_TAKEOFF },
	{ PX4_MODE(5, 0), "ACRO", MODE_MANUAL }, { PX4_MODE(6, 0), "OFFBOARD", MODE_GOTO },
	{ PX4_MODE(7, 0), "STABILIZED", MODE_STABILIZED },
	{ PX4_MODE(8, 0), "RATTITUDE", MODE_STABILIZED },
	{ PX4_MODE(10, 0), "TERMINATION", MODE_EMERGENCY },
	{ 0 },
};

static const struct mode_row *const tables[FAMILY_COUNT] = {
	[FAMILY_COPTER] = copter, [FAMILY_PLANE] = plane, [FAMILY_ROVER] = rover, [FAMILY_PX4] = px4,
};

/* MAV_TYPE: what it is called and which of ArduPilot's programs flies it. */
static const struct {
	uint8_t type;
	const char *name;
	enum family ardupilot;
	bool wing;
} types[] = {
	{ 1, "fixed wing", FAMILY_PLANE, true }, { 2, "quadrotor", FAMILY_COPTER, false },
	{ 3, "coaxial", FAMILY_COPTER, false }, { 4, "helicopter", FAMILY_COPTER, false },
	{ 10, "rover", FAMILY_ROVER, false }, { 11, "boat", FAMILY_ROVER, false },
	{ 13, "hexarotor", FAMILY_COPTER, false }, { 14, "octorotor", FAMILY_COPTER, false },
	{ 15, "tricopter", FAMILY_COPTER, false }, { 16, "flapping wing", FAMILY_PLANE, true },
	{ 19, "VTOL", FAMILY_PLANE, true }, { 20, "VTOL", FAMILY_PLANE, true },
	{ 21, "VTOL", FAMILY_PLANE, true }, { 22, "VTOL", FAMILY_PLANE, true },
	{ 23, "VTOL", FAMILY_PLANE, true }, { 24, "VTOL", FAMILY_PLANE, true },
	{ 25, "VTOL", FAMILY_PLANE, true }, { 28, "parafoil", FAMILY_PLANE, true },
	{ 29, "dodecarotor", FAMILY_COPTER, false }, { 35, "decarotor", FAMILY_COPTER, false },
};

static const struct mode_row *find(enum family family, uint32_t custom)
{
	/* PX4 keeps the sub mode of modes that have none at will. */
	if (family == FAMILY_PX4 && (custom >> 16 & 0xFF) != 4 && (custom >> 16 & 0xFF) != 3)
		custom &= 0x00FF0000;
	for (const struct mode_row *r = tables[family]; r && r->name; r++) {
		if (r->custom == custom)
			return r;
	}
	return NULL;
}

enum family family_of(uint8_t autopilot, uint8_t type)
{
	if (autopilot == AUTOPILOT_PX4)
		return FAMILY_PX4;
	for (size_t i = 0; autopilot == AUTOPILOT_ARDUPILOT && i < ARRAY_LEN(types); i++) {
		if (types[i].type == type)
			return types[i].ardupilot;
	}
	return FAMILY_UNKNOWN;
}

const char *model_name(uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].type == type)
			return types[i].name;
	}
	return "vehicle";
}

bool type_is_vehicle(uint8_t type)
{
	/* MAV_TYPE: 6 ground station, 18 onboard controller, 26 gimbal, 27 ADS-B, 30 camera,
	 * 31 to 34 charging station, FLARM, servo, Remote ID, 36 to 42 battery, parachute, log,
	 * OSD, IMU, GPS, winch, 44 light, 48 gripper, 49 radio */
	static const uint8_t others[] = { TYPE_GCS, 18, 26, 27, 30, 31, 32, 33, 34, 36, 37, 38, 39, 40,
		41, 42, 44, 48, 49 };

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (others[i] == type)
			return false;
	}
	return true;
}

bool type_is_wing(uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].type == type)
			return types[i].wing;
	}
	return false;
}

enum mode custom_mode_ours(enum family family, uint32_t custom)
{
	const struct mode_row *r = find(family, custom);

	return r ? r->ours : MODE_UNKNOWN;
}

const char *custom_mode_name(enum family family, uint32_t custom, char scratch[24])
{
	const struct mode_row *r = find(family, custom);

	if (r)
		return r->name;
	snprintf(scratch, 24, "mode %u", (unsigned)custom);
	return scratch;
}
