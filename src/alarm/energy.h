/*
 * Whether the charge left takes a drone home, and how long it will.
 *
 * Ground speed towards home in wind (the wind triangle; FAA-H-8083-25C,
 * "Pilot's Handbook of Aeronautical Knowledge", chapter 16): with true airspeed
 * v, the wind's part along the way w (tail positive) and across it c,
 *
 *	ground = sqrt(v^2 - c^2) + w
 *
 * Nothing gets home where c >= v or ground <= 0. The time home is distance /
 * ground and the descent from the present height after it; the charge it
 * takes is that time at the rate measured of late.
 *
 * The point of no return is where the charge left equals what home takes. With
 * charge b falling at r and the time home T growing by g for each second flown on
 * (its speed away from home / ground), b - r t = r (T + g t), so
 *
 *	t = (b / r - T) / (1 + g)
 *
 * in seconds from now, kept short of b by a reserve. What is not known makes
 * the answers NAN; without a wind the air is taken to stand still, and the
 * ground speed of late is then the airspeed.
 */
#ifndef ALARM_ENERGY_H
#define ALARM_ENERGY_H

#include <stdbool.h>
#include <stdint.h>

/* As long as this and longer is all the same. */
#define ENERGY_FOREVER_S 86400.0
/* m/s assumed downward; slower than the vehicles here do. */
#define ENERGY_SINK 2.0
/* Charge in % that is not for flying home with. */
#define ENERGY_RESERVE 5.0

struct energy_in {
	double battery;    /* % */
	double rate;       /* %/s used; NAN: not measured */
	double distance_m, bearing_deg; /* of home */
	double height_m;   /* above home */
	double airspeed;   /* m/s that it flies home with */
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
 * The rate of discharge, measured: charge lost between the first and the last
 * sample of a window of 30 to 60 s in flight. Zero-initialised knows nothing.
 */
struct energy_rate {
	int64_t start_ms, middle_ms; /* begin of the older and the newer half */
	float start_battery, middle_battery;
	float rate;       /* %/s; 0: not known yet */
};

#define ENERGY_HALF_MS 30000

/* A sample, its clock; flying says whether charge is being used. */
void energy_rate_add(struct energy_rate *r, int64_t time_ms, double battery, bool flying);
/* %/s, or NAN. */
double energy_rate_now(const struct energy_rate *r);

#endif
