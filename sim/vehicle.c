/* One vehicle: see vehicle.h. */
#include "vehicle.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define PAD_M 30.0   /* around home the ground is as high as home */
#define SLOPE_M 300.0 /* and from there goes over to what it is elsewhere */
#define CHARGER_M 8.0

void note_add(struct notes *notes, enum note_kind kind, int severity, const char *fmt, ...)
{
	struct note *n;
	va_list ap;

	if (notes->count == NOTES_MAX)
		return;
	n = &notes->items[notes->count++];
	n->kind = kind;
	n->severity = severity;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
}

void vehicle_init(struct vehicle *v, enum model_kind kind, struct geo_point home, double ground,
    uint64_t seed, uint64_t stream)
{
	const struct flight_model *m = &flight_models[kind];

	*v = (struct vehicle){
		.model = m,
		.frame = geo_frame_at(home),
		.ground = ground,
		.home_z = ground,
		.flight = { .z = ground, .hovering = m->hovers },
		.battery = { .charge = 1 },
		.air = { .ground = ground },
		.pilot = { .cruise = m->cruise, .speed = m->cruise },
	};
	rng_init(&v->rng, seed, stream);
	v->flight.heading = rng_between(&v->rng, 0, 2 * M_PI);
	sensors_init(&v->sensors, &v->rng);
	battery_draw(&v->battery, m, m->avionics_w, 0);
}

double vehicle_height(const struct vehicle *v)
{
	return v->flight.z - v->home_z;
}

double vehicle_home_distance(const struct vehicle *v)
{
	double dx = v->flight.x - v->home_x, dy = v->flight.y - v->home_y;

	return sqrt(dx * dx + dy * dy);
}

bool vehicle_at_home(const struct vehicle *v)
{
	return !v->flight.in_air && vehicle_home_distance(v) < CHARGER_M;
}

double vehicle_charge_for(const struct vehicle *v, double distance, double climb)
{
	const struct flight_model *m = v->model;
	double wind = sqrt(v->sensors.wind_x * v->sensors.wind_x +
			   v->sensors.wind_y * v->sensors.wind_y);
	/* Half the wind against it, as it may turn, and what a landing takes. */
	double speed = fmax(v->pilot.cruise - (m->wings ? 0.5 * wind : 0), 0.3 * v->pilot.cruise);
	double power = m->avionics_w + (m->wings ? m->wing_w : m->hover_w) +
	    m->payload_w * v->payload_kg * (m->wings ? 0.2 : 1);
	double wh = power * distance / speed / 3600;

	if (climb > 0)
		wh += m->climb_w * climb / 3600;
	wh += (m->avionics_w + m->hover_w) * fmax(vehicle_height(v) + climb, 0) / m->sink / 3600;
	return 1.15 * wh / battery_energy_wh(m, 1);
}

double vehicle_ground_at(const struct vehicle *v, double x, double y)
{
	double dx, dy, d;

	if (v->home_z == v->ground)
		return v->ground;
	dx = x - v->home_x;
	dy = y - v->home_y;
	d = (sqrt(dx * dx + dy * dy) - PAD_M) / SLOPE_M;
	return v->home_z + (v->ground - v->home_z) * fmax(fmin(d, 1), 0);
}
