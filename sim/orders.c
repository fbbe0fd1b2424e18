/*
 * The commands as a drone sees them: a row each, whether it takes one and
 * what it then does. The other half of drone.h.
 */
#include <math.h>

#include "drone.h"

#define HEIGHT_MIN 2.0      /* m above home that it goes to in flight */
#define FLY_CHARGE_MIN (CHARGE_RESERVE + 0.05)
#define VIDEO_FPS 2.0       /* unless asked for more */
#define HOME_RISE_MAX 100.0 /* m that another home may lie above or below */

struct order_row {
	int (*check)(const struct drone *d, const struct command_args *args, struct err *err);
	bool (*take)(struct drone *d, const struct command_args *args);
};

static bool known(const struct command_args *args, size_t i)
{
	return args->has[i];
}

static double number(const struct command_args *args, size_t i)
{
	return args->has[i] ? args->number[i] : NAN;
}

static int not_armed(const struct drone *d, struct err *err)
{
	return err_set(err, "%s is not armed: arm it first", d->id);
}

static int check_alive(const struct drone *d, struct err *err)
{
	if (d->vehicle.pilot.crashed)
		return err_set(err, "%s has crashed and does not fly any more", d->id);
	if (d->vehicle.pilot.activity == ACT_DEAD)
		return err_set(err, "%s is falling with its motors off", d->id);
	return 0;
}

static int check_armed(const struct drone *d, struct err *err)
{
	if (check_alive(d, err) == -1)
		return -1;
	return d->vehicle.pilot.armed ? 0 : not_armed(d, err);
}

static int check_fix(const struct drone *d, struct err *err)
{
	if (d->vehicle.sensors.no_fix_s > 0)
		return err_set(err, "%s has no position fix: wait until it has one", d->id);
	return 0;
}

static int check_height(const struct drone *d, double height, struct err *err)
{
	const struct flight_model *m = d->vehicle.model;

	if (height < HEIGHT_MIN || height > m->ceiling)
		return err_set(err, "%s flies between %g and %g m above home, not at %g m", d->id,
		    HEIGHT_MIN, m->ceiling, height);
	return 0;
}

static int check_speed(const struct drone *d, double speed, struct err *err)
{
	const struct flight_model *m = d->vehicle.model;
	double least = m->hovers ? 0.1 : m->speed_min;

	if (speed < least || speed > m->speed_max)
		return err_set(err, "%s flies %g to %g m/s, not %g m/s", d->id, least, m->speed_max,
		    speed);
	return 0;
}

/* A point by its distance from home, and by the battery over that way and
 * home; a way of NAN leaves the battery out. */
static int check_point(const struct drone *d, double lat, double lon, double way, struct err *err)
{
	const struct vehicle *v = &d->vehicle;
	struct geo_point home = geo_from_xy(&v->frame, v->home_x, v->home_y);
	double away = geo_distance_m(home, (struct geo_point){ lat, lon });
	double need;

	if (away > v->model->range)
		return err_set(err, "%.7f, %.7f is out of range: %.1f km from home, at most %.1f km",
		    lat, lon, away / 1000, v->model->range / 1000);
	if (isnan(way))
		return 0;
	need = vehicle_charge_for(v, way + away, 0) + CHARGE_CRITICAL;
	if (need > v->battery.charge)
		return err_set(err,
		    "the battery does not reach: there and home takes it to below %.0f %%, and %.0f %% is left",
		    100 * CHARGE_CRITICAL, 100 * v->battery.charge);
	return 0;
}

static int check_charge(const struct drone *d, struct err *err)
{
	if (!d->vehicle.flight.in_air && d->vehicle.battery.charge < FLY_CHARGE_MIN)
		return err_set(err, "the battery is too low to fly: %.0f %%, at least %.0f %%",
		    100 * d->vehicle.battery.charge, 100 * FLY_CHARGE_MIN);
	return 0;
}

static int check_arm(const struct drone *d, const struct command_args *args, struct err *err)
{
	(void)args;
	if (check_alive(d, err) == -1 || check_fix(d, err) == -1)
		return -1;
	return check_charge(d, err);
}

static bool take_arm(struct drone *d, const struct command_args *args)
{
	(void)args;
	autopilot_arm(&d->vehicle);
	return true;
}

static int check_disarm(const struct drone *d, const struct command_args *args, struct err *err)
{
	if (d->vehicle.flight.in_air && !(known(args, 0) && args->number[0] != 0))
		return err_set(err, "%s is in the air: land it first, or force it and it falls", d->id);
	return 0;
}

static bool take_off_motors(struct drone *d, const struct command_args *args)
{
	(void)args;
	if (!d->vehicle.pilot.crashed)
		autopilot_off(&d->vehicle);
	return true;
}

static int check_takeoff(const struct drone *d, const struct command_args *args, struct err *err)
{
	const struct flight_model *m = d->vehicle.model;

	if (check_armed(d, err) == -1 || check_fix(d, err) == -1)
		return -1;
	if (d->vehicle.flight.in_air)
		return err_set(err, "%s is in the air already: send it to a height with goto", d->id);
	if (number(args, 0) > m->ceiling)
		return err_set(err, "%s flies up to %g m above home, not %g m", d->id, m->ceiling,
		    number(args, 0));
	return check_charge(d, err);
}

static bool take_takeoff(struct drone *d, const struct command_args *args)
{
	autopilot_takeoff(&d->vehicle, number(args, 0));
	return false;
}

static int check_goto(const struct drone *d, const struct command_args *args, struct err *err)
{
	const struct vehicle *v = &d->vehicle;
	double x, y;

	if (check_armed(d, err) == -1 || check_fix(d, err) == -1)
		return -1;
	if (!v->flight.in_air)
		return err_set(err, "%s is on the ground: take off first", d->id);
	if (known(args, 2) && check_height(d, number(args, 2), err) == -1)
		return -1;
	if (known(args, 3) && check_speed(d, number(args, 3), err) == -1)
		return -1;
	geo_to_xy(&v->frame, (struct geo_point){ number(args, 0), number(args, 1) }, &x, &y);
	return check_point(d, number(args, 0), number(args, 1),
	    hypot(x - v->flight.x, y - v->flight.y), err);
}

static bool take_goto(struct drone *d, const struct command_args *args)
{
	double x, y;

	geo_to_xy(&d->vehicle.frame, (struct geo_point){ number(args, 0), number(args, 1) }, &x, &y);
	autopilot_goto(&d->vehicle, x, y, number(args, 2), number(args, 3));
	return false;
}

static int check_items(const struct drone *d, const struct mission *m, struct err *err)
{
	struct err why;

	for (size_t i = 0; i < m->count; i++) {
		const struct mission_item *item = &m->items[i];

		if (check_height(d, item->height, &why) == -1 ||
		    (!isnan(item->speed) && check_speed(d, item->speed, &why) == -1) ||
		    check_point(d, item->lat, item->lon, NAN, &why) == -1)
			return err_set(err, "item %zu: %s", i + 1, why.text);
	}
	return 0;
}

/* The items, and the battery for all the way round. */
static int check_flyable(const struct drone *d, const struct mission *m, struct err *err)
{
	const struct vehicle *v = &d->vehicle;
	double x = v->flight.x, y = v->flight.y, way = 0;

	if (check_items(d, m, err) == -1)
		return -1;
	for (size_t i = 0; i < m->count; i++) {
		double to_x, to_y;

		geo_to_xy(&v->frame, (struct geo_point){ m->items[i].lat, m->items[i].lon }, &to_x,
		    &to_y);
		way += hypot(to_x - x, to_y - y);
		x = to_x;
		y = to_y;
	}
	if (check_charge(d, err) == -1)
		return -1;
	return check_point(d, m->items[m->count - 1].lat, m->items[m->count - 1].lon, way, err);
}

static int check_mission(const struct drone *d, const struct command_args *args, struct err *err)
{
	if (check_alive(d, err) == -1)
		return -1;
	if (!(known(args, 1) && args->number[1] != 0))
		return check_items(d, &args->items, err);
	if (check_armed(d, err) == -1 || check_fix(d, err) == -1)
		return -1;
	return check_flyable(d, &args->items, err);
}

static void fly_mission(struct drone *d, size_t index)
{
	autopilot_route(&d->vehicle, ROUTE_MISSION, &d->plan.mission, NULL, index);
}

static bool flies_mission(const struct drone *d)
{
	return d->vehicle.pilot.activity == ACT_ROUTE &&
	    d->vehicle.pilot.route.owner == ROUTE_MISSION;
}

static bool take_mission(struct drone *d, const struct command_args *args)
{
	bool start = known(args, 1) && args->number[1] != 0;

	/* The one being flown is no more: it waits for what comes. */
	if (flies_mission(d))
		autopilot_hold(&d->vehicle);
	if (d->vehicle.pilot.route.owner == ROUTE_MISSION)
		d->vehicle.pilot.route.owner = ROUTE_NONE;
	drone_set_mission(d, &args->items, false);
	if (start)
		fly_mission(d, 0);
	return !start;
}

static int check_start(const struct drone *d, const struct command_args *args, struct err *err)
{
	(void)args;
	if (check_armed(d, err) == -1 || check_fix(d, err) == -1)
		return -1;
	if (d->plan_is_work || d->plan.mission.count == 0)
		return err_set(err, "%s has no mission: load one first", d->id);
	return check_flyable(d, &d->plan.mission, err);
}

static bool take_start(struct drone *d, const struct command_args *args)
{
	(void)args;
	fly_mission(d, 0);
	return true;
}

/* Not armed, it is on the ground anyway; only one that would take off by
 * itself again can be told to stay there. */
static int check_safe(const struct drone *d, const struct command_args *args, struct err *err)
{
	(void)args;
	if (check_alive(d, err) == -1)
		return -1;
	return d->vehicle.pilot.armed || !d->commanded ? 0 : not_armed(d, err);
}

static bool take_hold(struct drone *d, const struct command_args *args)
{
	(void)args;
	autopilot_hold(&d->vehicle);
	return !d->vehicle.flight.in_air;
}

static bool take_rtl(struct drone *d, const struct command_args *args)
{
	(void)args;
	if (!d->vehicle.pilot.armed)
		return true;
	autopilot_rtl(&d->vehicle);
	return false;
}

static bool take_land(struct drone *d, const struct command_args *args)
{
	(void)args;
	if (!d->vehicle.pilot.armed)
		return true;
	autopilot_land(&d->vehicle);
	return false;
}

static bool mission_waits(const struct drone *d)
{
	const struct autopilot *p = &d->vehicle.pilot;

	return p->route.owner == ROUTE_MISSION && p->armed;
}

static int check_resume(const struct drone *d, const struct command_args *args, struct err *err)
{
	(void)args;
	if (check_alive(d, err) == -1)
		return -1;
	return mission_waits(d) ? check_fix(d, err) : 0;
}

static bool take_resume(struct drone *d, const struct command_args *args)
{
	const struct route *r = &d->vehicle.pilot.route;

	(void)args;
	if (mission_waits(d)) {
		if (!flies_mission(d))
			fly_mission(d, r->index);
		return true;
	}
	if (d->commanded && r->owner == ROUTE_WORK && d->vehicle.flight.in_air)
		autopilot_route(&d->vehicle, ROUTE_WORK, &d->work.job, d->work.stops, r->index);
	d->commanded = false;
	return true;
}

static int check_speed_order(const struct drone *d, const struct command_args *args,
    struct err *err)
{
	return check_speed(d, number(args, 0), err);
}

static bool take_speed(struct drone *d, const struct command_args *args)
{
	d->vehicle.pilot.cruise = d->vehicle.pilot.speed = number(args, 0);
	return true;
}

static int check_home(const struct drone *d, const struct command_args *args, struct err *err)
{
	const struct vehicle *v = &d->vehicle;
	struct geo_point now = geo_from_xy(&v->frame, v->flight.x, v->flight.y);
	double away = geo_distance_m(now, (struct geo_point){ number(args, 0), number(args, 1) });

	if (away > v->model->range)
		return err_set(err, "that home is %.1f km away, and %s flies %.1f km at most",
		    away / 1000, d->id, v->model->range / 1000);
	if (known(args, 2) && fabs(number(args, 2) - v->ground) > HOME_RISE_MAX)
		return err_set(err, "the ground there is at about %.0f m, not at %.0f m", v->ground,
		    number(args, 2));
	return 0;
}

static bool take_home(struct drone *d, const struct command_args *args)
{
	struct vehicle *v = &d->vehicle;

	geo_to_xy(&v->frame, (struct geo_point){ number(args, 0), number(args, 1) }, &v->home_x,
	    &v->home_y);
	v->home_z = known(args, 2) ? number(args, 2) : v->ground;
	return true;
}

static bool take_video(struct drone *d, const struct command_args *args)
{
	d->video = args->number[0] != 0;
	d->video_fps = known(args, 1) ? number(args, 1) : VIDEO_FPS;
	return true;
}

static const struct order_row orders[CMD_COUNT] = {
	[CMD_ARM] = { check_arm, take_arm },
	[CMD_DISARM] = { check_disarm, take_off_motors },
	[CMD_TAKEOFF] = { check_takeoff, take_takeoff },
	[CMD_GOTO] = { check_goto, take_goto },
	[CMD_MISSION] = { check_mission, take_mission },
	[CMD_START] = { check_start, take_start },
	[CMD_HOLD] = { check_safe, take_hold },
	[CMD_RESUME] = { check_resume, take_resume },
	[CMD_RTL] = { check_safe, take_rtl },
	[CMD_LAND] = { check_safe, take_land },
	[CMD_SPEED] = { check_speed_order, take_speed },
	[CMD_HOME] = { check_home, take_home },
	[CMD_VIDEO] = { NULL, take_video },
	[CMD_KILL] = { NULL, take_off_motors },
};

int drone_check_command(const struct drone *d, enum command cmd,
    const struct command_args *args, struct err *err)
{
	if (cmd == CMD_RESUME && d->idle && !mission_waits(d) &&
	    !d->vehicle.pilot.crashed)
		return err_set(err, "%s has nothing to resume: no command interrupted a mission", d->id);
	return orders[cmd].check ? orders[cmd].check(d, args, err) : 0;
}

bool drone_command_replaces(const struct drone *d, enum command cmd,
    const struct command_args *args)
{
	if (cmd == CMD_MISSION && !(known(args, 1) && args->number[1] != 0))
		return flies_mission(d);
	if (cmd == CMD_RESUME)
		return !flies_mission(d);
	return command_table[cmd].flies || cmd == CMD_DISARM;
}

bool drone_take_command(struct drone *d, enum command cmd,
    const struct command_args *args)
{
	static const bool leaves_work[CMD_COUNT] = {
		[CMD_SPEED] = true, [CMD_HOME] = true, [CMD_VIDEO] = true, [CMD_RESUME] = true,
	};
	bool done, loads = cmd == CMD_MISSION && !(known(args, 1) && args->number[1] != 0);

	done = orders[cmd].take(d, args);
	if (!leaves_work[cmd] && !loads)
		d->commanded = true;
	return done;
}
