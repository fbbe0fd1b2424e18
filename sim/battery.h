/*
 * A lithium-polymer pack: charge, voltage under load, current, charging.
 *
 * Terminal voltage is the open-circuit voltage of the charge left minus what
 * the internal resistance takes; drawing a power P therefore needs the
 * current I of P = (Voc - R I) I.
 */
#ifndef SIM_BATTERY_H
#define SIM_BATTERY_H

#include "flight.h"

struct battery {
	double charge;  /* 0 to 1 */
	double voltage; /* V, at the terminals */
	double current; /* A drawn; negative while charging */
	double used;    /* mAh drawn since it was last set to 0 */
};

/* dt seconds at that power. charge stops at 0. */
void battery_draw(struct battery *b, const struct flight_model *m, double power_w, double dt);
/* dt seconds at a charger of 3 C that tapers off above 90 %. */
void battery_charge(struct battery *b, const struct flight_model *m, double dt);
/* Wh that a share of the pack holds. */
double battery_energy_wh(const struct flight_model *m, double charge);

#endif
