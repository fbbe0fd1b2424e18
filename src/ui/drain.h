/* How fast a drone uses its charge. */
#ifndef UI_DRAIN_H
#define UI_DRAIN_H

#include "ui/model.h"

/* Percent a second over the last minutes in flight; NAN where it cannot be
 * told: on the ground, or seen too shortly. */
double drone_drain(const struct ui_drone *d);

#endif
