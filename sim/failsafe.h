/*
 * What the vehicle decides over its orders: holding for want of a position,
 * home on a low battery, down on a critical one, falling with an empty one.
 *
 * Each battery failsafe strikes once a flight, so that an operator may
 * overrule it; all but empty, it lands whatever it is told.
 */
#ifndef SIM_FAILSAFE_H
#define SIM_FAILSAFE_H

#include "vehicle.h"

/* One look of dt seconds: changes what the autopilot does where it must, and
 * says so in notes. */
void failsafe_check(struct vehicle *v, double dt, struct notes *notes);

#endif
