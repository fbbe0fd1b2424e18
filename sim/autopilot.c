/* What the vehicle does by itself: see autopilot.h. */
#include "autopilot.h"

#include <math.h>

#include "failsafe.h"
#include "proto/messages.h"

#define RTL_HEIGHT 30.0   /* above home, on the way there at least */
#define HANDLE_S 14.0     /* loading or unloading takes */
#define THROUGH_M 3.0     /* near enough to an item that is flown through */

static void set_target(struct vehicle *v, double x, double y, double z, double speed)
{
	struct autopilot *p = &v->pilot;

	p->x = x;
	p->y = y;
	p->z = z;
	p->speed = isnan(speed) ? p->cruise : speed;
}

static void begin(struct vehicle *v, enum activity activity)
{
	v->pilot.activity = activity;
	v->pilot.climbed = false;
}

static double target_distance(const struct vehicle *v)
{
	double dx = v->pilot.x - v->flight.x, dy = v->pilot.y - v->flight.y;

	return sqrt(dx * dx + dy * dy);
}

/* Where it comes to rest if it brakes now; a wing: the centre of the circle
 * to its right that it is on already. */
static void stopping_point(const struct vehicle *v, double *x, double *y)
{
	const struct flight *f = &v->flight;
	double speed = sqrt(f->vx * f->vx + f->vy * f->vy);

	*x = f->x;
	*y = f->y;
	if (!v->model->hovers && f->in_air) {
		double course = atan2(f->vx, f->vy) + M_PI / 2;

		*x += v->model->loiter_radius * sin(course);
		*y += v->model->loiter_radius * cos(course);
	} else if (speed > 0.1) {
		double run = speed * speed / (1.2 * v->model->accel) + 0.3 * speed;

		*x += f->vx / speed * run;
		*y += f->vy / speed * run;
	}
}

void autopilot_arm(struct vehicle *v)
{
	v->pilot.armed = true;
}

void autopilot_takeoff(struct vehicle *v, double height)
{
	begin(v, ACT_TAKEOFF);
	set_target(v, v->flight.x, v->flight.y, v->home_z + height, NAN);
}

void autopilot_goto(struct vehicle *v, double x, double y, double height, double speed)
{
	begin(v, ACT_GOTO);
	v->pilot.keep_height = isnan(height);
	set_target(v, x, y, isnan(height) ? v->flight.z : v->home_z + height, speed);
}

void autopilot_hold(struct vehicle *v)
{
	double x, y;

	if (!v->flight.in_air) {
		begin(v, ACT_WAIT);
		return;
	}
	begin(v, ACT_HOLD);
	stopping_point(v, &x, &y);
	/* On its way up or down it needs some metres to stop, too. */
	set_target(v, x, y,
	    v->flight.z + v->flight.vz * fabs(v->flight.vz) / (1.2 * v->model->climb_accel), NAN);
}

void autopilot_rtl(struct vehicle *v)
{
	begin(v, ACT_RTL);
	set_target(v, v->flight.x, v->flight.y, fmax(v->flight.z, v->home_z + RTL_HEIGHT), NAN);
}

void autopilot_land(struct vehicle *v)
{
	double x, y;

	begin(v, ACT_LAND);
	stopping_point(v, &x, &y);
	set_target(v, x, y, v->flight.z, NAN);
}

void autopilot_route(struct vehicle *v, enum route_owner owner, const struct mission *mission,
    const uint8_t *stops, size_t index)
{
	begin(v, ACT_ROUTE);
	v->pilot.route = (struct route){
		.owner = owner,
		.mission = mission,
		.stops = stops,
		.index = index,
		.leg = v->flight.in_air ? LEG_FLY : LEG_UP,
	};
	set_target(v, v->flight.x, v->flight.y, v->home_z + mission->items[index].height, NAN);
}

void autopilot_off(struct vehicle *v)
{
	v->pilot.armed = false;
	begin(v, v->flight.in_air ? ACT_DEAD : ACT_WAIT);
}

/* On the circle around the target, and along it rather than across. */
static bool is_loitering(const struct vehicle *v, double d)
{
	const struct flight *f = &v->flight;
	double across = (v->pilot.x - f->x) * f->vx + (v->pilot.y - f->y) * f->vy;

	return fabs(d - v->model->loiter_radius) < 0.2 * v->model->loiter_radius &&
	    fabs(across) < 0.4 * d * sqrt(f->vx * f->vx + f->vy * f->vy);
}

/* Has come to the target and stays: hovering close by, or on the circle. */
static bool is_there(const struct vehicle *v, bool with_height)
{
	double d = target_distance(v);

	if (with_height && fabs(v->flight.z - v->pilot.z) > 0.8)
		return false;
	if (!v->model->hovers)
		return is_loitering(v, d);
	return d < 1.2 && v->flight.hovering;
}

static void stay(struct vehicle *v)
{
	v->pilot.activity = ACT_HOLD;
	v->pilot.speed = v->pilot.cruise;
}

static struct setpoint to_target(const struct vehicle *v, enum flight_goal goal)
{
	const struct autopilot *p = &v->pilot;

	return (struct setpoint){ goal, p->x, p->y, p->z, p->speed };
}

static struct setpoint guide_wait(struct vehicle *v, struct notes *notes)
{
	(void)notes;
	return (struct setpoint){ .goal = v->pilot.armed ? GOAL_READY : GOAL_OFF };
}

static struct setpoint guide_dead(struct vehicle *v, struct notes *notes)
{
	(void)v;
	(void)notes;
	return (struct setpoint){ .goal = GOAL_OFF };
}

static struct setpoint guide_takeoff(struct vehicle *v, struct notes *notes)
{
	if (v->flight.in_air && fabs(v->flight.z - v->pilot.z) < 0.4) {
		note_add(notes, NOTE_DONE, 0, "at %.0f m", vehicle_height(v));
		stay(v);
	}
	return to_target(v, GOAL_TO);
}

static struct setpoint guide_goto(struct vehicle *v, struct notes *notes)
{
	if (is_there(v, !v->pilot.keep_height)) {
		note_add(notes, NOTE_DONE, 0, "there");
		stay(v);
	}
	return to_target(v, GOAL_TO);
}

static struct setpoint guide_hold(struct vehicle *v, struct notes *notes)
{
	const struct flight *f = &v->flight;
	bool still = v->model->hovers ? f->vx * f->vx + f->vy * f->vy < 1 : is_there(v, false);

	if (still && !v->pilot.climbed) {
		v->pilot.climbed = true; /* say it once */
		note_add(notes, NOTE_DONE, 0, v->model->hovers ? "hovering" : "loitering");
	}
	return to_target(v, GOAL_TO);
}

static struct setpoint guide_land(struct vehicle *v, struct notes *notes)
{
	if (!v->flight.in_air) {
		note_add(notes, NOTE_DONE, 0, "landed");
		autopilot_off(v);
		return (struct setpoint){ .goal = GOAL_OFF };
	}
	return to_target(v, GOAL_DOWN);
}

static struct setpoint guide_rtl(struct vehicle *v, struct notes *notes)
{
	struct autopilot *p = &v->pilot;
	double d = vehicle_home_distance(v);

	if (vehicle_at_home(v)) {
		note_add(notes, NOTE_DONE, 0, "landed at home");
		autopilot_off(v);
		return (struct setpoint){ .goal = GOAL_OFF };
	}
	/* Straight up first, unless it is over home already or low on its way. */
	if (!p->climbed && (d < 15 || !v->model->hovers || v->flight.z > p->z - 3))
		p->climbed = true;
	if (!p->climbed)
		return to_target(v, GOAL_TO);
	p->x = v->home_x;
	p->y = v->home_y;
	if (v->flight.in_air && (v->model->hovers ? d < 1.5 && v->flight.hovering
						  : d < 2 * v->model->loiter_radius))
		return to_target(v, GOAL_DOWN);
	/* Going down it stays over home: a gust does not send it up again. */
	if (v->flight.in_air && d < 6 && v->flight.z < p->z - 3)
		return to_target(v, GOAL_DOWN);
	return to_target(v, GOAL_TO);
}

static void route_next(struct vehicle *v, struct notes *notes)
{
	struct route *r = &v->pilot.route;

	r->leg = LEG_FLY;
	if (++r->index < r->mission->count)
		return;
	r->owner = ROUTE_NONE;
	note_add(notes, NOTE_DONE, 0, "last item reached");
	stay(v);
}

/* At an item: what is next there. */
static void route_arrived(struct vehicle *v, const struct mission_item *item, enum stop stop,
    struct notes *notes)
{
	struct route *r = &v->pilot.route;

	r->wait_s = item->hold;
	if (item->hold > 0)
		r->leg = LEG_STAY;
	else if (stop != STOP_NONE)
		r->leg = LEG_DOWN;
	else
		route_next(v, notes);
}

static struct setpoint route_fly(struct vehicle *v, struct notes *notes, double dt)
{
	struct route *r = &v->pilot.route;
	const struct mission_item *item = &r->mission->items[r->index];
	enum stop stop = r->stops ? (enum stop)r->stops[r->index] : STOP_NONE;
	bool through = item->hold <= 0 && stop == STOP_NONE && r->index + 1 < r->mission->count;
	double x, y, d, near;
	bool there;

	(void)dt;
	geo_to_xy(&v->frame, (struct geo_point){ item->lat, item->lon }, &x, &y);
	set_target(v, x, y, v->home_z + item->height, item->speed);
	d = target_distance(v);
	if (!through) {
		there = is_there(v, true);
	} else {
		/* What lies inside its turn it would circle for ever. */
		near = v->flight.hovering ? THROUGH_M
		    : fmax(0.5 * v->model->loiter_radius,
			  1.2 * flight_turn_radius(v->model, &v->flight));
		there = d < near && fabs(v->flight.z - v->pilot.z) < (v->model->hovers ? 3 : 25);
		/* Not there in height: wait for it at the item. */
		through = d > near;
	}
	if (there)
		route_arrived(v, item, stop, notes);
	return to_target(v, through ? GOAL_THROUGH : GOAL_TO);
}

static struct setpoint route_stay(struct vehicle *v, struct notes *notes, double dt)
{
	struct route *r = &v->pilot.route;
	struct setpoint sp = to_target(v, GOAL_TO);

	r->wait_s -= dt;
	if (r->wait_s <= 0) {
		if (r->stops && r->stops[r->index] != STOP_NONE)
			r->leg = LEG_DOWN;
		else
			route_next(v, notes);
	}
	return sp;
}

static struct setpoint route_down(struct vehicle *v, struct notes *notes, double dt)
{
	struct route *r = &v->pilot.route;

	(void)notes;
	(void)dt;
	if (!v->flight.in_air) {
		r->leg = LEG_HANDLE;
		r->wait_s = HANDLE_S;
	}
	return to_target(v, GOAL_DOWN);
}

static struct setpoint route_handle(struct vehicle *v, struct notes *notes, double dt)
{
	struct route *r = &v->pilot.route;

	r->wait_s -= dt;
	if (r->wait_s <= 0) {
		bool load = r->stops[r->index] == STOP_LOAD;

		v->payload_kg = load ? 0.6 * v->model->payload_kg : 0;
		note_add(notes, NOTE_EVENT, SEVERITY_INFO, load ? "payload taken aboard"
								: "payload delivered");
		r->leg = LEG_UP;
		r->wait_s = -1; /* tells this climb from the first one */
	}
	return (struct setpoint){ .goal = GOAL_READY };
}

static struct setpoint route_up(struct vehicle *v, struct notes *notes, double dt)
{
	struct route *r = &v->pilot.route;

	(void)dt;
	if (v->flight.in_air && fabs(v->flight.z - v->pilot.z) < 2) {
		/* Up from a stop: that item is done. From the start: it is next. */
		if (r->stops && r->stops[r->index] != STOP_NONE && target_distance(v) < 5 &&
		    r->wait_s < 0)
			route_next(v, notes);
		else
			r->leg = LEG_FLY;
	}
	return to_target(v, GOAL_TO);
}

static struct setpoint guide_route(struct vehicle *v, struct notes *notes, double dt)
{
	static struct setpoint (*const legs[])(struct vehicle *, struct notes *, double) = {
		[LEG_FLY] = route_fly, [LEG_STAY] = route_stay, [LEG_DOWN] = route_down,
		[LEG_HANDLE] = route_handle, [LEG_UP] = route_up,
	};

	return legs[v->pilot.route.leg](v, notes, dt);
}

static struct setpoint guide(struct vehicle *v, double dt, struct notes *notes)
{
	static struct setpoint (*const guides[ACT_COUNT])(struct vehicle *, struct notes *) = {
		[ACT_WAIT] = guide_wait, [ACT_TAKEOFF] = guide_takeoff, [ACT_GOTO] = guide_goto,
		[ACT_HOLD] = guide_hold, [ACT_RTL] = guide_rtl, [ACT_LAND] = guide_land,
		[ACT_DEAD] = guide_dead,
	};
	enum activity a = v->pilot.activity;

	if (v->pilot.lost && v->flight.in_air && a != ACT_DEAD) {
		struct setpoint sp = to_target(v, a == ACT_LAND ? GOAL_DOWN : GOAL_LEVEL);

		sp.x = v->flight.x;
		sp.y = v->flight.y;
		return sp;
	}
	return a == ACT_ROUTE ? guide_route(v, notes, dt) : guides[a](v, notes);
}

static void check_ground(struct vehicle *v, bool was_in_air, struct notes *notes)
{
	if (was_in_air == v->flight.in_air)
		return;
	if (v->flight.in_air) {
		note_add(notes, NOTE_EVENT, SEVERITY_INFO, "took off");
	} else if (v->pilot.activity == ACT_DEAD) {
		v->pilot.crashed = v->flight.impact > 2.5;
		note_add(notes, NOTE_EVENT, v->pilot.crashed ? SEVERITY_EMERGENCY : SEVERITY_WARNING,
		    "%s at %.1f m/s", v->pilot.crashed ? "crashed" : "came down",
		    v->flight.impact);
		if (!v->pilot.crashed)
			v->pilot.activity = ACT_WAIT;
	} else {
		note_add(notes, NOTE_EVENT, SEVERITY_INFO, vehicle_at_home(v) ? "landed at home" : "landed");
	}
}

void autopilot_step(struct vehicle *v, const struct wind *wind, double dt, struct notes *notes)
{
	bool was_in_air = v->flight.in_air;
	struct setpoint sp;
	double ground = vehicle_ground_at(v, v->flight.x, v->flight.y);

	if (was_in_air)
		gust_step(&v->gust, wind, dt, &v->rng);
	v->air = wind_at(wind, &v->gust, v->flight.z - ground, ground);
	sensors_step(&v->sensors, &v->air, was_in_air, dt, &v->rng);
	failsafe_check(v, dt, notes);
	sp = guide(v, dt, notes);
	v->flight = flight_step(v->model, &v->flight, &sp, &v->air, dt, &v->rng);
	check_ground(v, was_in_air, notes);
	v->charging = vehicle_at_home(v) && !v->pilot.armed && !v->pilot.crashed &&
	    v->battery.charge < 1;
	if (v->charging)
		battery_charge(&v->battery, v->model, dt);
	else if (!vehicle_at_home(v) || v->pilot.armed) /* at home it is on the mains */
		battery_draw(&v->battery, v->model,
		    flight_power(v->model, &v->flight, v->pilot.armed, v->payload_kg), dt);
	else
		v->battery.current = 0;
}

enum mode autopilot_mode(const struct vehicle *v)
{
	static const enum mode modes[ACT_COUNT] = {
		[ACT_WAIT] = MODE_IDLE, [ACT_TAKEOFF] = MODE_TAKEOFF, [ACT_GOTO] = MODE_GOTO,
		[ACT_HOLD] = MODE_HOLD, [ACT_ROUTE] = MODE_MISSION, [ACT_RTL] = MODE_RTL,
		[ACT_LAND] = MODE_LAND, [ACT_DEAD] = MODE_EMERGENCY,
	};
	enum activity a = v->pilot.activity;

	if (v->pilot.lost && v->flight.in_air && a != ACT_LAND && a != ACT_DEAD)
		return MODE_HOLD;
	return modes[a];
}
