/*
 * What the vehicle does by itself: carries out an activity, and its
 * failsafes. Low battery flies home, critical battery lands, an empty one
 * falls; without a position it keeps its height and waits for one.
 *
 * Whoever commands it begins an activity; each step then says in notes when
 * it is done or given up.
 */
#ifndef SIM_AUTOPILOT_H
#define SIM_AUTOPILOT_H

#include "proto/fields.h"
#include "vehicle.h"

/* Charge below which it lands where it is, and charge that must be left at
 * home when it turns back. */
#define CHARGE_CRITICAL 0.07
#define CHARGE_RESERVE 0.15

/* Each begins at once. Heights are metres above home, x and y of the flight
 * frame. The vehicle must be armed, but for arm, off. */
void autopilot_arm(struct vehicle *v);
void autopilot_takeoff(struct vehicle *v, double height);
/* NAN for height or speed: keep the height, fly at cruise. */
void autopilot_goto(struct vehicle *v, double x, double y, double height, double speed);
void autopilot_hold(struct vehicle *v);
void autopilot_rtl(struct vehicle *v);
void autopilot_land(struct vehicle *v);
/* Flies a route from an item on, taking off first where it stands on the
 * ground. Mission and stops stay the caller's and must outlive it. */
void autopilot_route(struct vehicle *v, enum route_owner owner, const struct mission *mission,
    const uint8_t *stops, size_t index);
/* Motors off, wherever it is. */
void autopilot_off(struct vehicle *v);

/* One step of dt (at most FLIGHT_DT_MAX) seconds: failsafes, flight, battery,
 * sensors. */
void autopilot_step(struct vehicle *v, const struct wind *wind, double dt, struct notes *notes);

/* The mode it reports. */
enum mode autopilot_mode(const struct vehicle *v);

#endif
