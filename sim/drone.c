/* A drone: see drone.h. */
#include "drone.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* A circle as wide as its range, and two places to go to when home is not
 * free. */
static void make_plan(struct plan *p, const struct flight_model *m, struct geo_point home)
{
	static const struct { double bearing, distance, height; } rallies[] = {
		{ 60, 180, 30 }, { 240, 260, 30 },
	};

	p->rev = 1;
	p->fences = xcalloc(1, sizeof(*p->fences));
	p->fence_count = 1;
	p->fences[0] = (struct fence){
		.kind = FENCE_IN,
		.center = { home.lat, home.lon },
		.radius = m->range,
		.floor = NAN,
		.ceiling = m->ceiling,
	};
	p->rallies = xcalloc(ARRAY_LEN(rallies), sizeof(*p->rallies));
	p->rally_count = ARRAY_LEN(rallies);
	for (size_t i = 0; i < ARRAY_LEN(rallies); i++) {
		struct geo_point at = geo_direct(home, rallies[i].bearing, rallies[i].distance);

		p->rallies[i] = (struct rally){ round(at.lat * 1e7) / 1e7, round(at.lon * 1e7) / 1e7,
			rallies[i].height };
	}
}

void drone_init(struct drone *d, const char *id, enum model_kind kind, struct geo_point home,
    double ground, uint64_t seed, unsigned index)
{
	*d = (struct drone){ .command = NO_COMMAND, .last_time = -1 };
	str_copy(d->id, sizeof(d->id), id);
	d->topic_len = topic_format(d->topic, TOPIC_TM, id);
	vehicle_init(&d->vehicle, kind, home, ground, seed, 0x10000000u + index);
	rng_init(&d->fault_rng, seed, 0x20000000u + index);
	make_plan(&d->plan, d->vehicle.model, home);
}

void drone_clear(struct drone *d)
{
	buf_free(&d->held_back);
	backlog_clear(&d->backlog);
	plan_clear(&d->plan);
	work_clear(&d->work);
}

void drone_set_mission(struct drone *d, const struct mission *m, bool is_work)
{
	mission_clear(&d->plan.mission);
	d->plan.mission = mission_copy(m);
	d->plan.rev++;
	d->plan_is_work = is_work;
}

static int64_t wire_degrees(double deg)
{
	return lrint(deg * 1e7);
}

/* Radians as hundredths of a degree, 0 to 35999. */
static int64_t wire_bearing(double rad)
{
	int64_t v = lrint(angle_wrap(rad) * (18000 / M_PI));

	return v >= 36000 ? v - 36000 : v;
}

static int64_t measure_flags(const struct drone *d)
{
	const struct vehicle *v = &d->vehicle;
	const struct autopilot *p = &v->pilot;
	bool failsafe = p->lost || p->crashed || (p->low && v->flight.in_air);

	return (p->armed ? FLAG_ARMED : 0) | (v->flight.in_air ? FLAG_IN_AIR : 0) |
	    (failsafe ? FLAG_FAILSAFE : 0) |
	    (v->sensors.no_fix_s == 0 ? FLAG_POSITION_VALID : 0) | FLAG_HOME_SET |
	    (v->charging ? FLAG_CHARGING : 0) | (d->video ? FLAG_VIDEO : 0) |
	    (v->payload_kg > 0 ? FLAG_PAYLOAD : 0);
}

static void measure_position(const struct vehicle *v, struct sample *s)
{
	const struct sensors *n = &v->sensors;
	struct geo_point at;

	if (!n->had_fix)
		return;
	at = geo_from_xy(&v->frame, v->flight.x + n->x, v->flight.y + n->y);
	/* Without a fix, an estimate that drifts off; flags say that it is one. */
	if (n->no_fix_s > 0)
		at.lat += 1e-6 * n->no_fix_s;
	sample_set(s, FIELD_lat, wire_degrees(at.lat));
	sample_set(s, FIELD_lon, wire_degrees(at.lon));
}

static void measure_motion(const struct vehicle *v, struct sample *s)
{
	const struct flight *f = &v->flight;
	double speed = sqrt(f->vx * f->vx + f->vy * f->vy);

	sample_set(s, FIELD_speed, lrint(speed * 100));
	sample_set(s, FIELD_climb, lrint(f->vz * 100));
	sample_set(s, FIELD_course, wire_bearing(speed > 0.2 ? atan2(f->vx, f->vy) : f->heading));
	sample_set(s, FIELD_heading, wire_bearing(f->heading));
	sample_set(s, FIELD_roll, lrint(f->roll * (18000 / M_PI)));
	sample_set(s, FIELD_pitch, lrint(f->pitch * (18000 / M_PI)));
	sample_set(s, FIELD_airspeed, lrint(f->airspeed * 100));
}

static void measure_mission(const struct drone *d, struct sample *s)
{
	const struct autopilot *p = &d->vehicle.pilot;
	bool flies = p->activity == ACT_ROUTE &&
	    (p->route.owner == ROUTE_WORK) == d->plan_is_work;

	sample_set(s, FIELD_waypoint, flies ? (int64_t)p->route.index + 1 : 0);
	sample_set(s, FIELD_waypoints, (int64_t)d->plan.mission.count);
}

void drone_measure(const struct drone *d, int64_t time_ms, struct sample *s)
{
	const struct vehicle *v = &d->vehicle;
	const struct sensors *n = &v->sensors;
	const struct battery *b = &v->battery;
	struct geo_point home = geo_from_xy(&v->frame, v->home_x, v->home_y);
	double wind = sqrt(n->wind_x * n->wind_x + n->wind_y * n->wind_y);
	bool fix = n->no_fix_s == 0;

	s->known = 0;
	s->wire_count = FIELD_COUNT;
	sample_set(s, FIELD_boot, d->boot);
	sample_set(s, FIELD_seq, d->seq);
	sample_set(s, FIELD_time, time_ms);
	measure_position(v, s);
	sample_set(s, FIELD_alt, lrint((v->flight.z + n->z) * 100));
	sample_set(s, FIELD_height, lrint((v->flight.z + n->z - v->home_z) * 100));
	measure_motion(v, s);
	sample_set(s, FIELD_battery, lrint(b->charge * 1000));
	sample_set(s, FIELD_voltage, lrint(b->voltage * 1000));
	sample_set(s, FIELD_current, lrint(b->current * 1000));
	sample_set(s, FIELD_link, lrint(sensors_link(n, vehicle_home_distance(v), v->model->range)));
	sample_set(s, FIELD_sats, fix ? n->sats : 0);
	sample_set(s, FIELD_fix, fix ? FIX_3D : FIX_NONE);
	sample_set(s, FIELD_hdop, fix ? lrint(n->hdop * 100) : 9999);
	sample_set(s, FIELD_mode, autopilot_mode(v));
	sample_set(s, FIELD_flags, measure_flags(d));
	measure_mission(d, s);
	sample_set(s, FIELD_home_lat, wire_degrees(home.lat));
	sample_set(s, FIELD_home_lon, wire_degrees(home.lon));
	sample_set(s, FIELD_wind, lrint(wind * 100));
	sample_set(s, FIELD_wind_from,
	    wind > 0 ? wire_bearing(atan2(-n->wind_x, -n->wind_y)) : 0);
	sample_set(s, FIELD_used, lrint(b->used));
}
