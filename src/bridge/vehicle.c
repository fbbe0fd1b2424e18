/* What a vehicle says, kept: see vehicle.h. The sample is in measure.c. */
#include "bridge/vehicle.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ARMED_BIT 0x80
#define COMPONENT_AUTOPILOT 1
/* Clocks that run back by less are jitter between two sensors of one vehicle. */
#define REBOOT_BACK_MS 5000

#define SLOW_MS 60000
#define FOR_EVER INT64_MAX

static const struct {
	uint32_t id;
	size_t offset, size;
	int64_t max_age_ms;
} heard_table[HEARD_COUNT] = {
#define ROW(member, age)                                                       \
	offsetof(struct vehicle, member), sizeof(((struct vehicle *)0)->member), age
	[HEARD_HEARTBEAT] = { MAV_HEARTBEAT, ROW(heartbeat, FOR_EVER) },
	[HEARD_SYS_STATUS] = { MAV_SYS_STATUS, ROW(sys_status, SLOW_MS) },
	[HEARD_GPS] = { MAV_GPS_RAW_INT, ROW(gps, 5000) },
	[HEARD_ATTITUDE] = { MAV_ATTITUDE, ROW(attitude, 3000) },
	[HEARD_POSITION] = { MAV_GLOBAL_POSITION_INT, ROW(position, 3000) },
	[HEARD_HUD] = { MAV_VFR_HUD, ROW(hud, 5000) },
	[HEARD_BATTERY] = { MAV_BATTERY_STATUS, ROW(battery, SLOW_MS) },
	[HEARD_RADIO] = { MAV_RADIO_STATUS, ROW(radio, 10000) },
	[HEARD_HOME] = { MAV_HOME_POSITION, ROW(home, FOR_EVER) },
	[HEARD_LANDED] = { MAV_EXTENDED_SYS_STATE, ROW(landed, 10000) },
	[HEARD_MISSION] = { MAV_MISSION_CURRENT, ROW(mission, 30000) },
	[HEARD_FENCE] = { MAV_FENCE_STATUS, ROW(fence, 10000) },
	[HEARD_WIND] = { MAV_WIND, ROW(wind, 10000) },
	[HEARD_WIND_COV] = { MAV_WIND_COV, ROW(wind_cov, 10000) },
#undef ROW
};

void vehicle_begin(struct vehicle *v, uint8_t sys, const char *id, uint32_t boot)
{
	memset(v, 0, sizeof(*v));
	v->sys = sys;
	v->comp = COMPONENT_AUTOPILOT;
	v->boot = boot;
	v->reached = -1;
	str_copy(v->id, sizeof(v->id), id);
}

void vehicle_clear(struct vehicle *v)
{
	free(v->item_of);
	v->item_of = NULL;
}

bool vehicle_has(const struct vehicle *v, enum heard what, int64_t now_ms)
{
	return v->has[what] && (heard_table[what].max_age_ms == FOR_EVER ||
				   now_ms - v->at_ms[what] <= heard_table[what].max_age_ms);
}

bool vehicle_armed(const struct vehicle *v)
{
	return v->known && v->heartbeat.base_mode & ARMED_BIT;
}

bool vehicle_failsafe(const struct vehicle *v)
{
	return v->known && (v->heartbeat.system_status == STATE_CRITICAL ||
			       v->heartbeat.system_status == STATE_EMERGENCY);
}

enum { LANDED_UNKNOWN, LANDED_GROUND, LANDED_AIR, LANDED_TAKEOFF, LANDED_LANDING };

static int landed_state(const struct vehicle *v, int64_t now_ms)
{
	return vehicle_has(v, HEARD_LANDED, now_ms) ? v->landed.landed_state : LANDED_UNKNOWN;
}

bool vehicle_on_ground(const struct vehicle *v, int64_t now_ms)
{
	int landed = landed_state(v, now_ms);

	if (landed != LANDED_UNKNOWN)
		return landed == LANDED_GROUND;
	if (!v->known)
		return false;
	/* ArduPilot is in standby exactly while it knows itself landed. */
	return !vehicle_armed(v) || (v->autopilot == AUTOPILOT_ARDUPILOT &&
					v->heartbeat.system_status == STATE_STANDBY);
}

bool vehicle_in_air(const struct vehicle *v, int64_t now_ms)
{
	if (v->family == FAMILY_ROVER)
		return false;
	return v->known && vehicle_armed(v) && !vehicle_on_ground(v, now_ms);
}

enum mode vehicle_mode(const struct vehicle *v, int64_t now_ms)
{
	enum mode mode = v->known ? custom_mode_ours(v->family, v->heartbeat.custom_mode)
				  : MODE_UNKNOWN;

	/* ArduPilot takes off within GUIDED, and says so only here. */
	if (mode == MODE_GOTO && landed_state(v, now_ms) == LANDED_TAKEOFF)
		return MODE_TAKEOFF;
	return mode;
}

const char *vehicle_mode_name(const struct vehicle *v, char scratch[24])
{
	return custom_mode_name(v->family, v->heartbeat.custom_mode, scratch);
}

bool vehicle_fix(const struct vehicle *v, int64_t now_ms)
{
	return vehicle_has(v, HEARD_GPS, now_ms) && v->gps.fix_type >= 3;
}

bool vehicle_where(const struct vehicle *v, int64_t now_ms, double *lat, double *lon, double *alt,
    double *height)
{
	if (!vehicle_has(v, HEARD_POSITION, now_ms) || !vehicle_fix(v, now_ms) ||
	    (v->position.lat == 0 && v->position.lon == 0))
		return false;
	*lat = v->position.lat * 1e-7;
	*lon = v->position.lon * 1e-7;
	*alt = v->position.alt * 1e-3;
	*height = v->position.relative_alt * 1e-3;
	return true;
}

bool vehicle_home(const struct vehicle *v, double *lat, double *lon, double *alt)
{
	if (!v->has[HEARD_HOME] || (v->home.latitude == 0 && v->home.longitude == 0))
		return false;
	*lat = v->home.latitude * 1e-7;
	*lon = v->home.longitude * 1e-7;
	*alt = v->home.altitude * 1e-3;
	return true;
}

bool vehicle_beats(const struct frame *f)
{
	struct mav_heartbeat h;

	if (f->id != MAV_HEARTBEAT || f->sys == 0)
		return false;
	mav_unpack(f->id, f->payload, &h);
	return h.autopilot != AUTOPILOT_INVALID && type_is_vehicle(h.type);
}

bool vehicle_own(const struct vehicle *v, const struct frame *f)
{
	if (f->id == MAV_HEARTBEAT && !vehicle_beats(f))
		return false;
	return !v->known || f->comp == v->comp || (f->id == MAV_HEARTBEAT && f->comp == COMPONENT_AUTOPILOT);
}

static unsigned apply_heartbeat(struct vehicle *v, const struct frame *f, int64_t now_ms)
{
	struct mav_heartbeat now;
	struct vehicle old = *v;
	unsigned change = CHANGE_STATE;

	mav_unpack(MAV_HEARTBEAT, f->payload, &now);
	v->heartbeat = now;
	v->has[HEARD_HEARTBEAT] = true;
	v->at_ms[HEARD_HEARTBEAT] = now_ms;
	v->comp = f->comp;
	v->autopilot = now.autopilot;
	v->type = now.type;
	v->family = family_of(now.autopilot, now.type);
	v->known = true;
	if (!old.known)
		return change | CHANGE_FIRST;
	if (old.autopilot != v->autopilot || old.family != v->family)
		change |= CHANGE_TYPE;
	if (old.heartbeat.custom_mode != now.custom_mode)
		change |= CHANGE_MODE;
	if (vehicle_armed(&old) != vehicle_armed(v))
		change |= CHANGE_ARMED;
	if (vehicle_failsafe(&old) != vehicle_failsafe(v))
		change |= CHANGE_FAILSAFE;
	return change;
}

static enum heard heard_of(uint32_t id)
{
	enum heard h = 0;

	/* SiK radios of 2013 to 2015 say the same as RADIO. */
	if (id == MAV_RADIO)
		return HEARD_RADIO;
	while (h < HEARD_COUNT && heard_table[h].id != id)
		h++;
	return h;
}

static unsigned changes_of(const struct vehicle *v, enum heard what, const struct vehicle *old)
{
	switch (what) {
	case HEARD_POSITION:
		if (old->has[what] &&
		    v->position.time_boot_ms + REBOOT_BACK_MS < old->position.time_boot_ms)
			return CHANGE_STATE | CHANGE_POSITION | CHANGE_REBOOT;
		return CHANGE_STATE | CHANGE_POSITION;
	case HEARD_FENCE:
		return v->fence.breach_status != old->fence.breach_status ? CHANGE_BREACH : 0;
	case HEARD_LANDED:
		return v->landed.landed_state != old->landed.landed_state ? CHANGE_STATE | CHANGE_LANDED
									  : CHANGE_STATE;
	case HEARD_HOME:
		return old->has[what] && memcmp(&v->home, &old->home, 12) == 0
			   ? CHANGE_STATE : CHANGE_STATE | CHANGE_HOME;
	default:
		return CHANGE_STATE;
	}
}

unsigned vehicle_apply(struct vehicle *v, const struct frame *f, int64_t now_ms)
{
	struct vehicle old;
	enum heard what;

	/* A radio speaks by a system of its own. */
	if (f->id != MAV_RADIO_STATUS && f->id != MAV_RADIO && !vehicle_own(v, f))
		return 0;
	if (f->id == MAV_HEARTBEAT)
		return apply_heartbeat(v, f, now_ms);
	if (f->id == MAV_MISSION_ITEM_REACHED) {
		struct mav_mission_item_reached m;

		mav_unpack(f->id, f->payload, &m);
		v->reached = m.seq;
		v->reached_ms = now_ms;
		return CHANGE_STATE;
	}
	what = heard_of(f->id);
	if (what == HEARD_COUNT)
		return 0;
	/* Of several batteries the first is the one that flies. */
	if (what == HEARD_BATTERY && f->payload[32] != 0)
		return 0;
	old = *v;
	mav_unpack(f->id == MAV_RADIO ? MAV_RADIO_STATUS : f->id, f->payload,
	    (char *)v + heard_table[what].offset);
	v->has[what] = true;
	v->at_ms[what] = now_ms;
	if (what == HEARD_MISSION)
		v->mission_extended = f->version == 2 && f->len > 2;
	return changes_of(v, what, &old);
}
