/* From what a vehicle said to a sample: see vehicle.h. Everything here turns
 * MAVLink's units and its marks for "unknown" into the field table's. */
#include <math.h>
#include <stddef.h>

#include "bridge/vehicle.h"

#define DEG(rad) ((rad) * (180.0 / M_PI))
/* Slower than this over ground, a direction of travel is noise. */
#define COURSE_MIN_MS 0.2

static double wrap_360(double deg)
{
	deg = fmod(deg, 360);
	return deg < 0 ? deg + 360 : deg;
}

/* Rounding up to 360.00 is north again. */
static void set_angle(struct sample *s, enum field f, double deg)
{
	double raw;

	if (!isfinite(deg))
		return;
	raw = round(wrap_360(deg) * 100);
	sample_set(s, f, raw >= 36000 ? 0 : (int64_t)raw);
}

/* First of what is known. */
static double either(double a, double b)
{
	return isfinite(a) ? a : b;
}

static void measure_position(const struct vehicle *v, int64_t now, struct sample *s)
{
	const struct mav_global_position_int *p = &v->position;
	bool has = vehicle_has(v, HEARD_POSITION, now), hud = vehicle_has(v, HEARD_HUD, now);
	bool attitude = vehicle_has(v, HEARD_ATTITUDE, now);
	double speed = NAN, climb = NAN, heading = NAN;

	if (has && !(p->lat == 0 && p->lon == 0) && p->lat >= -900000000 && p->lat <= 900000000 &&
	    p->lon >= -1800000000 && p->lon <= 1800000000) {
		sample_set(s, FIELD_lat, p->lat);
		sample_set(s, FIELD_lon, p->lon);
	}
	if (has) {
		sample_set_value(s, FIELD_alt, p->alt * 1e-3);
		sample_set_value(s, FIELD_height, p->relative_alt * 1e-3);
		speed = hypot(p->vx, p->vy) * 0.01;
		climb = p->vz * -0.01;
		if (speed >= COURSE_MIN_MS)
			set_angle(s, FIELD_course, DEG(atan2(p->vy, p->vx)));
		if (p->hdg != UINT16_MAX)
			heading = p->hdg * 0.01;
	}
	if (attitude) {
		sample_set_value(s, FIELD_roll, DEG((double)v->attitude.roll));
		sample_set_value(s, FIELD_pitch, DEG((double)v->attitude.pitch));
		heading = either(heading, DEG((double)v->attitude.yaw));
	}
	if (hud) {
		speed = either(speed, (double)v->hud.groundspeed);
		climb = either(climb, (double)v->hud.climb);
		heading = either(heading, v->hud.heading >= 0 ? v->hud.heading : NAN);
		sample_set_value(s, FIELD_airspeed, (double)v->hud.airspeed);
	}
	sample_set_value(s, FIELD_speed, speed);
	sample_set_value(s, FIELD_climb, climb);
	set_angle(s, FIELD_heading, heading);
}

static void measure_gps(const struct vehicle *v, int64_t now, struct sample *s)
{
	/* GPS_FIX_TYPE: 7 is a fixed base, 8 PPP; both are full fixes. */
	static const uint8_t fixes[] = { FIX_NONE, FIX_NONE, FIX_2D, FIX_3D, FIX_DGPS,
		FIX_RTK_FLOAT, FIX_RTK, FIX_3D, FIX_DGPS };

	if (!vehicle_has(v, HEARD_GPS, now))
		return;
	if (v->gps.fix_type < sizeof(fixes))
		sample_set(s, FIELD_fix, fixes[v->gps.fix_type]);
	if (v->gps.satellites_visible != UINT8_MAX)
		sample_set(s, FIELD_sats, v->gps.satellites_visible);
	if (v->gps.eph != UINT16_MAX)
		sample_set(s, FIELD_hdop, v->gps.eph);
}

/* cA to A. Besides MAVLink's own -1, PX4 says -100: -1 A that was scaled. */
static double current_of(const struct vehicle *v, int16_t ca)
{
	if (ca == -1 || (v->autopilot == AUTOPILOT_PX4 && ca == -100))
		return NAN;
	return ca * 0.01;
}

static double pack_voltage(const struct mav_battery_status *b)
{
	double mv = 0;
	bool any = false;

	for (size_t i = 0; i < 10 && b->voltages[i] != UINT16_MAX; i++) {
		mv += b->voltages[i];
		any = true;
	}
	/* Cells beyond the tenth are 0, not 65535, where there are none. */
	for (size_t i = 0; i < 4 && any; i++)
		mv += b->voltages_ext[i] == UINT16_MAX ? 0 : b->voltages_ext[i];
	/* 0 V is a vehicle without a meter: it would be off. */
	return any && mv > 0 ? mv * 1e-3 : NAN;
}

static void measure_battery(const struct vehicle *v, int64_t now, struct sample *s)
{
	double voltage = NAN, current = NAN, left = NAN;

	if (vehicle_has(v, HEARD_BATTERY, now)) {
		const struct mav_battery_status *b = &v->battery;

		voltage = pack_voltage(b);
		current = current_of(v, b->current_battery);
		left = b->battery_remaining >= 0 ? b->battery_remaining : NAN;
		if (b->current_consumed >= 0)
			sample_set(s, FIELD_used, b->current_consumed);
	}
	if (vehicle_has(v, HEARD_SYS_STATUS, now)) {
		const struct mav_sys_status *y = &v->sys_status;

		if (y->voltage_battery != UINT16_MAX && y->voltage_battery != 0)
			voltage = either(voltage, y->voltage_battery * 1e-3);
		current = either(current, current_of(v, y->current_battery));
		left = either(left, y->battery_remaining >= 0 ? y->battery_remaining : NAN);
	}
	if (left <= 100)
		sample_set_value(s, FIELD_battery, left);
	sample_set_value(s, FIELD_voltage, voltage);
	sample_set_value(s, FIELD_current, current);
}

static void measure_air(const struct vehicle *v, int64_t now, struct sample *s)
{
	if (vehicle_has(v, HEARD_WIND, now)) {
		sample_set_value(s, FIELD_wind, (double)v->wind.speed);
		set_angle(s, FIELD_wind_from, (double)v->wind.direction);
	} else if (vehicle_has(v, HEARD_WIND_COV, now)) {
		double x = (double)v->wind_cov.wind_x, y = (double)v->wind_cov.wind_y;

		/* North and east components of where the air goes. */
		sample_set_value(s, FIELD_wind, hypot(x, y));
		set_angle(s, FIELD_wind_from, DEG(atan2(-y, -x)));
	}
	if (vehicle_has(v, HEARD_RADIO, now) && v->radio.remrssi != UINT8_MAX)
		sample_set(s, FIELD_link, v->radio.remrssi > 254 ? 100 : v->radio.remrssi * 100 / 254);
}

static void measure_mission(const struct vehicle *v, int64_t now, struct sample *s)
{
	const struct mav_mission_current *m = &v->mission;
	bool has = vehicle_has(v, HEARD_MISSION, now);

	if (v->items_known)
		sample_set(s, FIELD_waypoints, (int64_t)v->item_count);
	else if (has && v->mission_extended && m->total != UINT16_MAX)
		sample_set(s, FIELD_waypoints, m->total);
	if (!has)
		return;
	if (vehicle_mode(v, now) != MODE_MISSION)
		sample_set(s, FIELD_waypoint, 0);
	else if (v->items_known)
		sample_set(s, FIELD_waypoint, m->seq < v->item_of_count ? v->item_of[m->seq] : 0);
	else /* ArduPilot's item 0 is home: its numbers are already from 1 */
		sample_set(s, FIELD_waypoint, m->seq + (v->autopilot == AUTOPILOT_ARDUPILOT ? 0 : 1));
}

static unsigned flags_of(const struct vehicle *v, int64_t now)
{
	double lat, lon, alt, height;
	unsigned flags = 0;

	if (vehicle_armed(v))
		flags |= FLAG_ARMED;
	if (vehicle_in_air(v, now))
		flags |= FLAG_IN_AIR;
	if (vehicle_failsafe(v))
		flags |= FLAG_FAILSAFE;
	if (vehicle_where(v, now, &lat, &lon, &alt, &height))
		flags |= FLAG_POSITION_VALID;
	if (vehicle_home(v, &lat, &lon, &alt))
		flags |= FLAG_HOME_SET;
	/* MAV_BATTERY_CHARGE_STATE_CHARGING */
	if (vehicle_has(v, HEARD_BATTERY, now) && v->battery.charge_state == 7)
		flags |= FLAG_CHARGING;
	return flags;
}

void vehicle_measure(const struct vehicle *v, int64_t now_ms, struct sample *s)
{
	double lat, lon, alt;

	*s = (struct sample){ .wire_count = FIELD_COUNT };
	measure_position(v, now_ms, s);
	measure_gps(v, now_ms, s);
	measure_battery(v, now_ms, s);
	measure_air(v, now_ms, s);
	measure_mission(v, now_ms, s);
	if (v->known) {
		sample_set(s, FIELD_mode, vehicle_mode(v, now_ms));
		sample_set(s, FIELD_flags, flags_of(v, now_ms));
	}
	if (vehicle_home(v, &lat, &lon, &alt)) {
		sample_set(s, FIELD_home_lat, v->home.latitude);
		sample_set(s, FIELD_home_lon, v->home.longitude);
	}
}

void vehicle_sample(struct vehicle *v, int64_t now_ms, int64_t time_ms, struct sample *s)
{
	vehicle_measure(v, now_ms, s);
	if (time_ms <= v->last_time)
		time_ms = v->last_time + 1;
	v->last_time = time_ms;
	sample_set(s, FIELD_boot, v->boot);
	sample_set(s, FIELD_seq, v->seq++);
	sample_set(s, FIELD_time, time_ms);
}
