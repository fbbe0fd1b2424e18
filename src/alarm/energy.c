/* Whether the charge left takes a drone home: see energy.h. */
#include "alarm/energy.h"

#include <math.h>

/* Too slow to be said to get anywhere, m/s. */
#define CRAWL 0.3
/* The charge is told in steps of 0.1 %: fewer than this many say nothing. */
#define STEPS_MIN 3
#define STEP 0.1

static double radians(double deg)
{
	return deg * M_PI / 180;
}

/* m/s over ground towards home; 0 where there is no getting there. */
static double ground_speed(const struct energy_in *in)
{
	bool windy = !isnan(in->wind) && !isnan(in->wind_from);
	/* The wind blows to wind_from + 180. */
	double angle = windy ? radians(in->wind_from + 180 - in->bearing_deg) : 0;
	double along = windy ? in->wind * cos(angle) : 0, across = windy ? in->wind * sin(angle) : 0;
	double rest = in->airspeed * in->airspeed - across * across, ground;

	if (rest <= 0)
		return 0;
	ground = sqrt(rest) + along;
	return ground > CRAWL ? ground : 0;
}

void energy_home(const struct energy_in *in, struct energy_out *out)
{
	double down = in->height_m > 0 ? in->height_m / ENERGY_SINK : 0;
	double ground = ground_speed(in), away, t;

	*out = (struct energy_out){ NAN, NAN, NAN, NAN, NAN };
	if (!isnan(in->battery) && in->rate > 0)
		out->endurance_s = fmin(in->battery / in->rate, ENERGY_FOREVER_S);
	if (isnan(in->distance_m) || isnan(in->airspeed) || isnan(ground))
		return;
	out->time_home_s = ground > 0 ? fmin(in->distance_m / ground + down, ENERGY_FOREVER_S)
				      : in->distance_m < 1 ? down : ENERGY_FOREVER_S;
	if (isnan(in->battery) || !(in->rate > 0))
		return;
	out->home = fmin(out->time_home_s * in->rate, 1000);
	out->margin = in->battery - out->home;
	t = (in->battery - ENERGY_RESERVE) / in->rate - out->time_home_s;
	if (t <= 0) {
		out->no_return_s = 0;
		return;
	}
	away = isnan(in->speed) || isnan(in->course) || isnan(in->bearing_deg) || ground <= 0
		   ? 0 : -in->speed * cos(radians(in->course - in->bearing_deg)) / ground;
	out->no_return_s = 1 + away > 0.01 ? fmin(t / (1 + away), ENERGY_FOREVER_S) : ENERGY_FOREVER_S;
}

void energy_rate_add(struct energy_rate *r, int64_t time_ms, double battery, bool flying)
{
	double lost;

	if (isnan(battery))
		return;
	if (!flying || r->start_ms == 0 || time_ms < r->middle_ms || battery > r->middle_battery + 1 ||
	    time_ms - r->middle_ms > 4 * ENERGY_HALF_MS) {
		*r = (struct energy_rate){ .start_ms = time_ms, .middle_ms = time_ms,
			.start_battery = (float)battery, .middle_battery = (float)battery };
		return;
	}
	if (time_ms - r->middle_ms < ENERGY_HALF_MS)
		return;
	/* The older half goes, the newer becomes it. */
	lost = r->start_battery - battery;
	if (lost >= STEPS_MIN * STEP)
		r->rate = (float)(lost * 1000 / (double)(time_ms - r->start_ms));
	r->start_ms = r->middle_ms;
	r->start_battery = r->middle_battery;
	r->middle_ms = time_ms;
	r->middle_battery = (float)battery;
}

double energy_rate_now(const struct energy_rate *r)
{
	return r->rate > 0 ? (double)r->rate : NAN;
}
