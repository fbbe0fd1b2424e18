/*
 * Whether the charge left takes a drone home, and how long it will.
 *
 * Ground speed towards home in wind (the wind triangle; FAA-H-8083-25C,
 * "Pilot's Handbook of Aeronautical Knowledge", chapter 16): with true airspeed
 * v, the wind's part along the way w (tail positive) and across it c,
 *
 *	ground = sqrt(v^2 - c^2) + w
 *
 * but no more than was flown of late, for what hovers keeps its speed over ground
 * and not that through the air. Where v is hardly more than the wind, going with
 * it, the ground speed flown stands for v for the same reason. Nothing gets
 * home where c >= v or ground <= 0. The time home is distance / ground and the descent from the
 *present height after it. The charge it takes is the former at the rate c measured while going
 *somewhere, for one that hovers on rotors and travels on wings uses several times as much at the
 *one; and the latter at that or the present rate r, whichever is more.
 *
 * The point of no return is where the charge left equals what home takes. With
 * charge b falling at r and the way home growing by g seconds for each second
 * flown on (its speed away from home / ground), b - r t = h + c g t, so
 *
 *	t = (b - h) / (r + c g)
 *
 * in seconds from now, b kept short of by a reserve. What is not known makes the
 * answers NAN; without a wind the air is taken to stand still, and ground speed
 * for airspeed.
 */
#ifndef ALARM_ENERGY_H
#define ALARM_ENERGY_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/sample.h"

/* As long as this and longer is all the same. */
#define ENERGY_FOREVER_S 86400.0
/* m/s assumed downward; slower than the vehicles here do. */
#define ENERGY_SINK 2.0
/* Charge in % that is not for flying home with. */
#define ENERGY_RESERVE 5.0

struct energy_in {
	double battery;    /* % */
	double rate;       /* %/s used of late; NAN: not measured */
	double travel_rate; /* the same, going somewhere; NAN or 0: as rate */
	double distance_m, bearing_deg; /* of home */
	double height_m;   /* above home */
	double airspeed;   /* m/s that it flies through the air when it travels */
	double ground;     /* m/s over ground then; NAN or 0: not known */
	double wind, wind_from; /* m/s, deg; NAN: none known */
	double speed, course;   /* over ground, m/s, deg: where it goes now */
};

struct energy_out {
	double time_home_s; /* at most ENERGY_FOREVER_S, which is never */
	double home;        /* % it takes, at most 1000 */
	double margin;      /* % left then */
	double endurance_s;
	double no_return_s; /* 0: too late; ENERGY_FOREVER_S: as it flies, never */
};

void energy_home(const struct energy_in *in, struct energy_out *out);

/*
 * What a drone uses and how fast it goes, measured.
 *
 * The rate is the charge lost between the first and the last sample of a window
 * of 30 to 60 s in flight; a window in which it travelled all the while gives
 * the travelling rate too. Its speeds follow upward within seconds and
 * downward within ten minutes, and are known once it travelled for
 * ENERGY_PROVEN_S. Zero-initialised
 * knows nothing.
 */
struct energy_meter {
	int64_t start_ms, middle_ms, last_ms; /* begin of the older and the newer half */
	float start_battery, middle_battery;
	float rate, travel_rate; /* %/s; 0: not known yet */
	float airspeed, ground;  /* m/s, while travelling */
	float proven_s;          /* travelled for so long */
	bool start_travelled, middle_travelled; /* all the time of that half */
};

#define ENERGY_HALF_MS 30000
#define ENERGY_PROVEN_S 10.0
#define ENERGY_TRAVEL 4.0 /* m/s over ground and more is travelling */

/* A sample, its clock, its speeds over ground and through the air, or NAN;
 * flying says whether charge is being used. */
void energy_meter_add(struct energy_meter *m, int64_t time_ms, double battery, double speed,
    double airspeed, bool flying);
/* The same of a whole sample; what it does through the air is worked out where it does not say. */
void energy_meter_sample(struct energy_meter *m, const struct sample *s);
/* %/s and m/s, or NAN. */
double energy_meter_rate(const struct energy_meter *m);
double energy_meter_travel_rate(const struct energy_meter *m);
double energy_meter_airspeed(const struct energy_meter *m);
double energy_meter_ground(const struct energy_meter *m);
/* Speed through the air from that over ground and the wind. */
double energy_airspeed(double speed, double course, double wind, double wind_from);

#endif
