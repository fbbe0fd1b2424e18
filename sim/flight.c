/* How a vehicle moves: see flight.h. */
#include "flight.h"

#include <math.h>
#include <string.h>

#define DEG (M_PI / 180)
/* Off the ground it is in the air; a gust does not set it down again at once. */
#define LIFTED_M 0.3
#define TERMINAL_SPEED 30.0 /* m/s of something that falls */

const struct flight_model flight_models[MODEL_COUNT] = {
	[MODEL_QUAD] = {
		.name = "quad", .hovers = true,
		.accel = 3.5, .climb_accel = 2.5, .climb = 4, .sink = 3,
		.cruise = 11, .speed_max = 17, .hover_speed = 17,
		.bank_max = 35 * DEG, .roll_rate = 120 * DEG, .yaw_rate = 90 * DEG,
		.range = 6000, .ceiling = 500,
		.avionics_w = 9, .ready_w = 40, .hover_w = 460, .climb_w = 32, .payload_w = 130,
		.payload_kg = 2, .cells = 6, .capacity_mah = 10000, .resistance = 0.030,
	},
	[MODEL_WING] = {
		.name = "wing", .wings = true,
		.accel = 4, .climb_accel = 2, .climb = 4, .sink = 3.5,
		.speed_min = 12, .cruise = 18, .speed_max = 27, .hover_speed = 14,
		.bank_max = 40 * DEG, .roll_rate = 60 * DEG, .yaw_rate = 60 * DEG,
		.loiter_radius = 70, .range = 15000, .ceiling = 1500,
		.avionics_w = 7, .ready_w = 15, .hover_w = 60, .wing_w = 125, .climb_w = 38,
		.payload_w = 15, .payload_kg = 1, .cells = 4, .capacity_mah = 12000,
		.resistance = 0.022,
	},
	[MODEL_VTOL] = {
		.name = "vtol", .hovers = true, .wings = true,
		.accel = 3, .climb_accel = 2, .climb = 3.5, .sink = 2.5,
		.speed_min = 14, .cruise = 20, .speed_max = 28, .hover_speed = 12,
		.bank_max = 35 * DEG, .roll_rate = 60 * DEG, .yaw_rate = 60 * DEG,
		.loiter_radius = 90, .range = 12000, .ceiling = 1000,
		.avionics_w = 12, .ready_w = 60, .hover_w = 900, .wing_w = 230, .climb_w = 60,
		.payload_w = 160, .payload_kg = 3, .cells = 6, .capacity_mah = 22000,
		.resistance = 0.018,
	},
};

enum model_kind flight_model_find(const char *name)
{
	int k = 0;

	while (k < MODEL_COUNT && strcmp(flight_models[k].name, name) != 0)
		k++;
	return (enum model_kind)k;
}

static double clamp(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

double flight_turn_radius(const struct flight_model *m, const struct flight *s)
{
	return (s->vx * s->vx + s->vy * s->vy) / (GRAVITY * tan(0.9 * m->bank_max));
}

double angle_wrap(double rad)
{
	if (rad >= 0 && rad < 2 * M_PI)
		return rad;
	rad -= 2 * M_PI * floor(rad / (2 * M_PI));
	return rad >= 2 * M_PI ? 0 : rad;
}

double angle_difference(double rad)
{
	return angle_wrap(rad + M_PI) - M_PI;
}

/* The fastest it may go with d still to run and come to rest there, braking
 * with 0.6 of what it has; near the end proportional, so that it settles. */
static double approach_speed(double d, double accel, double fastest)
{
	double braking = sqrt(1.2 * accel * d), settling = 0.9 * d;

	return fmin(fmin(braking, settling), fastest);
}

static void climb_step(const struct flight_model *m, struct flight *s, double want, double dt)
{
	double dv;

	want = clamp(want, -m->sink, m->climb);
	dv = clamp((want - s->vz) / fmax(dt, 0.3) * dt, -m->climb_accel * dt, m->climb_accel * dt);
	s->vz = clamp(s->vz + dv, -m->sink, m->climb);
}

static double climb_wanted(const struct flight_model *m, const struct flight *s,
    const struct setpoint *sp, const struct air *air)
{
	if (sp->goal == GOAL_LEVEL)
		return 0;
	if (sp->goal == GOAL_DOWN) {
		double height = s->z - air->ground;
		double dx = sp->x - s->x, dy = sp->y - s->y;

		/* Not over the place yet: wait for it before the last metres. */
		if (height < 8 && dx * dx + dy * dy > 16 && s->hovering)
			return 0;
		return height > 8 ? -m->sink : -clamp(0.35 * height, 0.6, m->sink);
	}
	return sp->z > s->z ? approach_speed(sp->z - s->z, m->climb_accel, m->climb)
			    : -approach_speed(s->z - sp->z, m->climb_accel, m->sink);
}

/* Nose and tilt of something that hovers, from what it accelerates and the
 * air it leans against. */
static void hover_attitude(const struct flight_model *m, struct flight *s, double ax, double ay,
    const struct air *air, double dt)
{
	double air_x = s->vx - air->wind_x, air_y = s->vy - air->wind_y;
	double over_ground = s->vx * s->vx + s->vy * s->vy;
	double fx = ax + 0.12 * air_x, fy = ay + 0.12 * air_y;
	double sn, cs, pitch, roll, step = m->roll_rate * dt;

	if (over_ground > 1) {
		double turn = angle_difference(atan2(s->vx, s->vy) - s->heading);

		s->heading = angle_wrap(s->heading + clamp(turn, -m->yaw_rate * dt, m->yaw_rate * dt));
	}
	sn = sin(s->heading);
	cs = cos(s->heading);
	pitch = clamp(-(fx * sn + fy * cs) / GRAVITY, -m->bank_max, m->bank_max);
	roll = clamp((fx * cs - fy * sn) / GRAVITY, -m->bank_max, m->bank_max);
	s->pitch += clamp(pitch - s->pitch, -step, step);
	s->roll += clamp(roll - s->roll, -step, step);
	s->airspeed = sqrt(air_x * air_x + air_y * air_y);
}

static void hover_step(const struct flight_model *m, struct flight *s, const struct setpoint *sp,
    const struct air *air, double dt, struct rng *rng)
{
	double dx = sp->x - s->x, dy = sp->y - s->y, d = sqrt(dx * dx + dy * dy);
	double fastest = fmin(sp->speed, m->hover_speed);
	double want_x, want_y, ax, ay, a, v, speed;

	if (sp->goal == GOAL_LEVEL) {
		/* Nothing to hold on to: it goes with some of the wind. */
		want_x = 0.2 * air->wind_x;
		want_y = 0.2 * air->wind_y;
	} else {
		speed = sp->goal == GOAL_THROUGH ? fmin(fmax(0.9 * d, 4), fastest)
						 : approach_speed(d, m->accel, fastest);
		want_x = d > 0 ? dx / d * speed : 0;
		want_y = d > 0 ? dy / d * speed : 0;
	}
	ax = (want_x - s->vx) / fmax(dt, 0.35) + 0.25 * rng_normal(rng);
	ay = (want_y - s->vy) / fmax(dt, 0.35) + 0.25 * rng_normal(rng);
	a = sqrt(ax * ax + ay * ay);
	if (a > m->accel) {
		ax *= m->accel / a;
		ay *= m->accel / a;
	}
	s->vx += ax * dt;
	s->vy += ay * dt;
	v = sqrt(s->vx * s->vx + s->vy * s->vy);
	if (v > m->speed_max) {
		s->vx *= m->speed_max / v;
		s->vy *= m->speed_max / v;
	}
	climb_step(m, s, climb_wanted(m, s, sp, air) + 0.06 * rng_normal(rng), dt);
	hover_attitude(m, s, ax, ay, air, dt);
}

/* The ground course wanted: straight to a point to be flown through, else the
 * vector field around the target, which far out is nearly straight too. */
static double wing_course(const struct flight_model *m, const struct flight *s,
    const struct setpoint *sp, double *bank_ahead)
{
	double dx = s->x - sp->x, dy = s->y - sp->y, d = sqrt(dx * dx + dy * dy);
	double v2 = s->vx * s->vx + s->vy * s->vy, r = m->loiter_radius;

	*bank_ahead = 0;
	if (sp->goal == GOAL_THROUGH)
		return atan2(-dx, -dy);
	if (d < 1.6 * r && d > 0.4 * r)
		*bank_ahead = atan(v2 / (GRAVITY * r));
	return atan2(dx, dy) + M_PI / 2 + atan(2.5 * (d - r) / r);
}

/* As told, but on the circle no faster than it can be flown. */
static double wing_speed(const struct flight_model *m, const struct flight *s,
    const struct setpoint *sp)
{
	double dx = s->x - sp->x, dy = s->y - sp->y, near = 3 * m->loiter_radius;
	double fastest = m->speed_max;

	if ((sp->goal == GOAL_TO || sp->goal == GOAL_DOWN) && dx * dx + dy * dy < near * near)
		fastest = m->cruise;
	return clamp(sp->speed, m->speed_min, fastest);
}

static void wing_step(const struct flight_model *m, struct flight *s, const struct setpoint *sp,
    const struct air *air, double dt, struct rng *rng)
{
	double speed = wing_speed(m, s, sp);
	double bank, bank_ahead = 0, climb, v;

	/* No turns and no climb before it is fast enough to fly on them. */
	if (sp->goal == GOAL_LEVEL) {
		bank = 15 * DEG;
	} else {
		double course = wing_course(m, s, sp, &bank_ahead);
		double error = angle_difference(course - atan2(s->vx, s->vy));

		bank = bank_ahead + atan(fmax(s->airspeed, m->speed_min) * 0.8 * error / GRAVITY);
	}
	if (s->airspeed < 0.8 * m->speed_min && !m->hovers)
		bank = 0;
	bank = clamp(bank, -0.95 * m->bank_max, 0.95 * m->bank_max) + 0.01 * rng_normal(rng);
	s->roll += clamp(bank - s->roll, -m->roll_rate * dt, m->roll_rate * dt);
	s->roll = clamp(s->roll, -m->bank_max, m->bank_max);
	s->airspeed += clamp(speed - s->airspeed + 0.05 * rng_normal(rng), -m->accel * dt,
	    m->accel * dt);
	s->airspeed = clamp(s->airspeed, 0, m->speed_max);
	s->heading = angle_wrap(s->heading +
	    GRAVITY * tan(s->roll) / fmax(s->airspeed, m->speed_min) * dt);
	s->vx = s->airspeed * sin(s->heading);
	s->vy = s->airspeed * cos(s->heading);
	/* On the ground it rolls, and wind alone does not push it along. */
	if (s->in_air) {
		s->vx += air->wind_x;
		s->vy += air->wind_y;
	}
	climb = climb_wanted(m, s, sp, air);
	if (sp->goal == GOAL_DOWN) /* circles down to the height of the deep stall */
		climb = clamp(0.5 * (air->ground + 30 - s->z), -m->sink, m->climb);
	if (s->airspeed < 0.8 * m->speed_min && !m->hovers)
		climb = 0;
	climb_step(m, s, climb + 0.08 * rng_normal(rng), dt);
	v = fmax(s->airspeed, m->speed_min);
	s->pitch = clamp(atan(s->vz / v) + 2 * DEG, -m->bank_max, m->bank_max);
}

/* Between wings and hovering: on wings with far to go and air below, back to
 * hovering where it has to stop (a wing only for the deep stall). */
static bool hovers_now(const struct flight_model *m, const struct flight *s,
    const struct setpoint *sp, const struct air *air)
{
	double dx = sp->x - s->x, dy = sp->y - s->y, d = sqrt(dx * dx + dy * dy);
	double height = s->z - air->ground;
	double v2 = s->vx * s->vx + s->vy * s->vy;

	if (!m->wings)
		return true;
	if (!m->hovers) {
		if (sp->goal != GOAL_DOWN)
			return false;
		return s->hovering || (height < 34 && d < 1.25 * m->loiter_radius);
	}
	if (sp->goal == GOAL_LEVEL || height < 12)
		return s->hovering || d < 150;
	if (s->hovering)
		return d < 260 || sp->speed < m->speed_min;
	return sp->goal != GOAL_THROUGH && d < 60 + v2 / (2 * 0.6 * m->accel);
}

static void stand(struct flight *s, double ground)
{
	s->z = ground;
	s->vx = s->vy = s->vz = 0;
	s->roll = s->pitch = 0;
	s->airspeed = 0;
	s->in_air = false;
}

static void fall_step(struct flight *s, double dt)
{
	double keep = 1 - 0.3 * dt;

	s->vz = fmax(s->vz - GRAVITY * dt, -TERMINAL_SPEED);
	s->vx *= keep;
	s->vy *= keep;
	s->airspeed *= keep;
	s->roll *= keep;
}

/* Takes the velocity the step came to, and the ground where it is met. */
static void move(struct flight *s, const struct air *air, double dt)
{
	double v;

	if (!s->in_air && s->vz < 0)
		s->vz = 0;
	s->x += s->vx * dt;
	s->y += s->vy * dt;
	s->z += s->vz * dt;
	if (!s->in_air) {
		s->z = fmax(s->z, air->ground);
		s->in_air = s->z > air->ground + LIFTED_M;
		s->impact = s->in_air ? 0 : s->impact;
	} else if (s->z <= air->ground) {
		v = sqrt(s->vx * s->vx + s->vy * s->vy + s->vz * s->vz);
		stand(s, air->ground);
		s->impact = v;
	}
}

struct flight flight_step(const struct flight_model *m, const struct flight *s,
    const struct setpoint *sp, const struct air *air, double dt, struct rng *rng)
{
	struct flight next = *s;

	if (sp->goal == GOAL_OFF && next.in_air) {
		fall_step(&next, dt);
	} else if (sp->goal <= GOAL_READY || (sp->goal == GOAL_DOWN && !next.in_air)) {
		if (!next.in_air)
			stand(&next, air->ground);
		else /* ready but in the air: come down here */
			return flight_step(m, s,
			    &(struct setpoint){ GOAL_DOWN, s->x, s->y, s->z, sp->speed }, air, dt, rng);
	} else {
		next.hovering = hovers_now(m, s, sp, air);
		if (next.hovering)
			hover_step(m, &next, sp, air, dt, rng);
		else
			wing_step(m, &next, sp, air, dt, rng);
	}
	move(&next, air, dt);
	return next;
}

double flight_power(const struct flight_model *m, const struct flight *s, bool motors,
    double payload_kg)
{
	double w = m->avionics_w, ratio;

	if (!motors)
		return w;
	if (!s->in_air)
		return w + m->ready_w;
	if (s->vz > 0)
		w += m->climb_w * s->vz;
	if (s->hovering) {
		/* Forward flight saves some of the hover's induced power until
		 * drag takes it back. */
		ratio = s->airspeed / 12;
		w += m->hover_w * (1 - 0.22 * ratio + 0.20 * ratio * ratio * ratio);
		w += m->payload_w * payload_kg;
	} else {
		ratio = s->airspeed / m->cruise;
		w += m->wing_w * (0.35 / fmax(ratio, 0.5) + 0.65 * ratio * ratio * ratio);
		w += 0.2 * m->payload_w * payload_kg;
		if (s->airspeed < m->speed_min && m->hovers) /* rotors still carry it */
			w += m->hover_w * (1 - s->airspeed / m->speed_min);
	}
	return w;
}
