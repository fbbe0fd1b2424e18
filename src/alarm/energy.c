/* Whether the charge left takes a drone home: see energy.h. */
#include "alarm/energy.h"

#include <math.h>

/* Too slow to be said to get anywhere, m/s. */
#define CRAWL 0.3
/* m: as good as there. */
#define NEXT_TO 20.0
/* Through the air no faster than the wind and this says nothing of what it can. */
#define BARELY 2.0
/* The charge is told in steps of 0.1 %: fewer than this many say nothing. */
#define STEPS_MIN 3
#define STEP 0.1
/* How fast the speeds follow what is flown. */
#define SPEED_UP_S 5.0
#define SPEED_DOWN_S 600.0

static double radians(double deg)
{
	return deg * M_PI / 180;
}

/* m/s over ground towards home; 0 where there is no getting there, NAN where
 * nobody knows. */
static double ground_speed(const struct energy_in *in)
{
	bool windy = !isnan(in->wind) && !isnan(in->wind_from);
	/* The wind blows to wind_from + 180. */
	double angle = windy ? radians(in->wind_from + 180 - in->bearing_deg) : 0;
	double along = windy ? in->wind * cos(angle) : 0,
	       across = windy ? in->wind * sin(angle) : 0;
	double v = windy && in->airspeed < in->wind + BARELY ? fmax(in->airspeed, in->ground)
							     : in->airspeed;
	double rest = v * v - across * across, ground;

	if (isnan(v))
		return NAN;
	if (rest <= 0)
		return 0;
	ground = sqrt(rest) + along;
	if (in->ground > 0)
		ground = fmin(ground, in->ground);
	return ground > CRAWL ? ground : 0;
}

void energy_home(const struct energy_in *in, struct energy_out *out)
{
	double down = in->height_m > 0 ? in->height_m / ENERGY_SINK : 0;
	double travel = in->travel_rate > 0 ? in->travel_rate : in->rate;
	double ground = ground_speed(in), way, away, left;

	*out = (struct energy_out){ NAN, NAN, NAN, NAN, NAN };
	if (!isnan(in->battery) && in->rate > 0)
		out->endurance_s = fmin(in->battery / in->rate, ENERGY_FOREVER_S);
	if (isnan(in->distance_m) || isnan(ground))
		return;
	way = ground > 0                 ? in->distance_m / ground
	      : in->distance_m < NEXT_TO ? 0
					 : ENERGY_FOREVER_S;
	out->time_home_s = fmin(way + down, ENERGY_FOREVER_S);
	if (isnan(in->battery) || !(in->rate > 0))
		return;
	out->home = fmin(way * travel + down * fmax(travel, in->rate), 1000);
	out->margin = in->battery - out->home;
	left = out->margin - ENERGY_RESERVE;
	if (left <= 0) {
		out->no_return_s = 0;
		return;
	}
	away = isnan(in->speed) || isnan(in->course) || isnan(in->bearing_deg) || ground <= 0
		   ? 0 : -in->speed * cos(radians(in->course - in->bearing_deg)) / ground;
	out->no_return_s = in->rate + travel * away > left / ENERGY_FOREVER_S
			       ? left / (in->rate + travel * away) : ENERGY_FOREVER_S;
}

/* Measuring ---------------------------------------------------------------- */

static void begin(struct energy_meter *m, int64_t time_ms, double battery)
{
	m->start_ms = m->middle_ms = m->last_ms = time_ms;
	m->start_battery = m->middle_battery = (float)battery;
	m->start_travelled = m->middle_travelled = true;
}

/* The older half goes, the newer becomes it. */
static void end_half(struct energy_meter *m, int64_t time_ms, double battery)
{
	double lost = m->start_battery - battery;

	if (lost >= STEPS_MIN * STEP && time_ms > m->start_ms) {
		m->rate = (float)(lost * 1000 / (double)(time_ms - m->start_ms));
		if (m->start_travelled && m->middle_travelled)
			m->travel_rate = m->rate;
	}
	m->start_ms = m->middle_ms;
	m->start_battery = m->middle_battery;
	m->start_travelled = m->middle_travelled;
	m->middle_ms = time_ms;
	m->middle_battery = (float)battery;
	m->middle_travelled = true;
}

static void follow(float *value, double now, double dt)
{
	double lag = now > *value ? SPEED_UP_S : SPEED_DOWN_S;

	if (!isnan(now))
		*value += (float)((now - *value) * fmin(dt / lag, 1));
}

void energy_meter_add(struct energy_meter *m, int64_t time_ms, double battery, double speed,
    double airspeed, bool flying)
{
	bool travels = speed >= ENERGY_TRAVEL;
	int64_t gap = time_ms - m->last_ms;

	if (isnan(battery))
		return;
	/* On the ground, another boot, another pack, or nothing heard for long. */
	if (!flying || m->start_ms == 0 || gap < 0 || gap > ENERGY_HALF_MS ||
	    battery > m->middle_battery + 1) {
		begin(m, time_ms, battery);
		return;
	}
	if (travels) {
		m->proven_s += (float)gap / 1000;
		follow(&m->ground, speed, (double)gap / 1000);
		follow(&m->airspeed, airspeed, (double)gap / 1000);
	}
	m->last_ms = time_ms;
	m->middle_travelled = m->middle_travelled && travels;
	if (time_ms - m->middle_ms >= ENERGY_HALF_MS)
		end_half(m, time_ms, battery);
}

void energy_meter_sample(struct energy_meter *m, const struct sample *s)
{
	double speed = sample_value(s, FIELD_speed), airspeed = sample_value(s, FIELD_airspeed);
	bool flying = sample_flag(s, FLAG_IN_AIR);

	if (isnan(airspeed) && flying)
		airspeed = energy_airspeed(speed, sample_value(s, FIELD_course),
		    sample_value(s, FIELD_wind), sample_value(s, FIELD_wind_from));
	energy_meter_add(m, sample_time(s), sample_value(s, FIELD_battery), speed, airspeed, flying);
}

static double known(float value)
{
	return value > 0 ? (double)value : NAN;
}

double energy_meter_rate(const struct energy_meter *m)
{
	return known(m->rate);
}

double energy_meter_travel_rate(const struct energy_meter *m)
{
	return known(m->travel_rate);
}

double energy_meter_airspeed(const struct energy_meter *m)
{
	return m->proven_s >= ENERGY_PROVEN_S ? known(m->airspeed) : NAN;
}

double energy_meter_ground(const struct energy_meter *m)
{
	return m->proven_s >= ENERGY_PROVEN_S ? known(m->ground) : NAN;
}

double energy_airspeed(double speed, double course, double wind, double wind_from)
{
	double to = radians(wind_from + 180);

	if (isnan(wind) || isnan(wind_from) || isnan(course))
		return speed;
	return hypot(speed * sin(radians(course)) - wind * sin(to),
	    speed * cos(radians(course)) - wind * cos(to));
}
