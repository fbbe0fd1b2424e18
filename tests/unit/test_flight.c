/* The flight step and the autopilot: limits, arriving, coming home, failsafes. */
#include "unit.h"

#include <math.h>

#include "autopilot.h"
#include "base/mem.h"

#define DT 0.1
#define EPS 1e-6

static const struct geo_point vaduz = { 47.1410, 9.5209 };

static const struct wind calm = { 0, 0, 0 };
static const struct wind windy = { 4, -3, 1 };

static void make(struct vehicle *v, enum model_kind kind, uint64_t seed)
{
	vehicle_init(v, kind, vaduz, 455, seed, 1);
}

/* Steps until a note of that kind comes; false if none does in time. */
static bool run_until(struct vehicle *v, const struct wind *wind, enum note_kind kind, double limit_s)
{
	for (double t = 0; t < limit_s; t += DT) {
		struct notes notes = { .count = 0 };

		autopilot_step(v, wind, DT, &notes);
		for (int i = 0; i < notes.count; i++) {
			if (notes.items[i].kind == kind)
				return true;
		}
	}
	return false;
}

static void run(struct vehicle *v, const struct wind *wind, double seconds)
{
	struct notes notes = { .count = 0 };

	for (double t = 0; t < seconds; t += DT) {
		autopilot_step(v, wind, DT, &notes);
		notes.count = 0;
	}
}

static void bring_up(struct vehicle *v, const struct wind *wind, double height)
{
	autopilot_arm(v);
	autopilot_takeoff(v, height);
	CHECK(v->model->name, run_until(v, wind, NOTE_DONE, 120));
}

static double distance_to(const struct vehicle *v, double x, double y)
{
	return hypot(v->flight.x - x, v->flight.y - y);
}

/* Whatever it is told, it stays within what its model can do. */
static void check_limits(const struct flight_model *m, const struct flight *was,
    const struct flight *is, const struct air *air, double dt)
{
	double dvx = is->vx - was->vx, dvy = is->vy - was->vy;
	const char *legend = m->name;

	CHECK(legend, is->vz <= m->climb + EPS && is->vz >= -m->sink - EPS);
	CHECK(legend, fabs(is->roll) <= m->bank_max + EPS && fabs(is->pitch) <= m->bank_max + EPS);
	CHECK(legend, fabs(is->roll - was->roll) <= m->roll_rate * dt + EPS || !is->in_air ||
			  !was->in_air);
	CHECK(legend, is->z >= air->ground - EPS);
	CHECK(legend, is->heading >= 0 && is->heading < 2 * M_PI);
	if (!is->in_air || !was->in_air)
		return;
	CHECK(legend, fabs(is->vz - was->vz) <= m->climb_accel * dt + EPS);
	if (is->hovering && was->hovering) {
		CHECK(legend, hypot(dvx, dvy) <= m->accel * dt + EPS);
		CHECK(legend, hypot(is->vx, is->vy) <= m->speed_max + EPS);
	} else if (!is->hovering) {
		CHECK(legend, is->airspeed <= m->speed_max + EPS);
	}
	if (!is->hovering && !was->hovering)
		CHECK(legend, fabs(is->airspeed - was->airspeed) <= m->accel * dt + EPS);
}

static void test_limits(void **state)
{
	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		const struct flight_model *m = &flight_models[kind];
		struct flight s = { .z = 455, .hovering = m->hovers };
		struct setpoint sp = { .goal = GOAL_TO, .z = 500, .speed = m->cruise };
		struct gust gust = { 0, 0 };
		struct rng rng;

		rng_init(&rng, 7, (uint64_t)kind);
		for (int i = 0; i < 60000; i++) {
			struct air air;
			struct flight next;
			double dt = i % 7 ? FLIGHT_DT_MAX : rng_between(&rng, 0.001, FLIGHT_DT_MAX);

			if (rng_next(&rng) % 150 == 0)
				sp = (struct setpoint){
					.goal = (enum flight_goal)(GOAL_READY + rng_next(&rng) % 5),
					.x = s.x + rng_between(&rng, -900, 900),
					.y = s.y + rng_between(&rng, -900, 900),
					.z = rng_between(&rng, 400, 900),
					.speed = rng_between(&rng, 0.1, 400),
				};
			gust_step(&gust, &windy, dt, &rng);
			air = wind_at(&windy, &gust, s.z - 455, 455);
			next = flight_step(m, &s, &sp, &air, dt, &rng);
			check_limits(m, &s, &next, &air, dt);
			s = next;
		}
	}
}

/* The same arguments give the same state. */
static void test_pure(void **state)
{
	struct flight s = { .z = 500, .vx = 3, .in_air = true, .hovering = true };
	struct setpoint sp = { GOAL_TO, 100, 50, 520, 10 };
	struct air air = { 1, 2, 455 };
	struct rng a, b;
	struct flight x, y;

	(void)state;
	rng_init(&a, 3, 4);
	rng_init(&b, 3, 4);
	x = flight_step(&flight_models[MODEL_QUAD], &s, &sp, &air, DT, &a);
	y = flight_step(&flight_models[MODEL_QUAD], &s, &sp, &air, DT, &b);
	assert_true(x.x == y.x && x.y == y.y && x.z == y.z && x.vx == y.vx && x.heading == y.heading);
	assert_true(s.z == 500 && s.vx == 3);
}

static void test_takeoff(void **state)
{
	static const double heights[] = { 0.5, 3, 30, 120 };

	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		for (size_t i = 0; i < ARRAY_LEN(heights); i++) {
			struct vehicle v;

			make(&v, (enum model_kind)kind, 11 + i);
			bring_up(&v, &windy, heights[i]);
			CHECK(v.model->name, fabs(vehicle_height(&v) - heights[i]) < 1);
			if (heights[i] < 3)
				continue;
			for (int t = 0; t < 20; t++) {
				run(&v, &windy, 2);
				CHECK(v.model->name, fabs(vehicle_height(&v) - heights[i]) < 1);
			}
		}
	}
}

static void test_goto_arrives(void **state)
{
	static const struct { const char *legend; double x, y, height, speed; } cases[] = {
		{ "near", 5, 3, NAN, NAN }, { "north", 0, 600, 60, NAN },
		{ "far, slow", -400, -500, 20, 13 }, { "down", 200, 0, 8, NAN },
		{ "far", 3000, 1000, 90, NAN },
		{ "as fast as it goes", 900, 900, 60, 100 },
	};

	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			struct vehicle v;
			double d, off;

			make(&v, (enum model_kind)kind, 100 + i);
			bring_up(&v, &windy, 40);
			autopilot_goto(&v, cases[i].x, cases[i].y, cases[i].height, cases[i].speed);
			CHECK(cases[i].legend, run_until(&v, &windy, NOTE_DONE, 600));
			d = distance_to(&v, cases[i].x, cases[i].y);
			off = v.model->hovers ? 3 : 0.25 * v.model->loiter_radius;
			CHECK(cases[i].legend, fabs(d - (v.model->hovers ? 0 : v.model->loiter_radius)) < off);
			if (!isnan(cases[i].height))
				CHECK(cases[i].legend, fabs(vehicle_height(&v) - cases[i].height) < 2);
			/* And it stays. */
			run(&v, &windy, 60);
			d = distance_to(&v, cases[i].x, cases[i].y);
			CHECK(cases[i].legend, fabs(d - (v.model->hovers ? 0 : v.model->loiter_radius)) < off);
		}
	}
}

/* Any route ends, however its items lie. */
static void test_routes_end(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 31, 1);
	for (int n = 0; n < 120; n++) {
		struct mission_item items[8];
		struct mission mission = { items, 1 + rng_next(&rng) % 8 };
		double spread = n % 3 == 0 ? 0.0005 : 0.006;
		struct vehicle v;

		make(&v, (enum model_kind)(n % MODEL_COUNT), (uint64_t)n);
		for (size_t i = 0; i < mission.count; i++) {
			items[i] = (struct mission_item){
				.lat = vaduz.lat + rng_between(&rng, -spread, spread),
				.lon = vaduz.lon + rng_between(&rng, -spread, spread),
				.height = rng_between(&rng, 4, 120),
				.speed = rng_next(&rng) % 3 ? NAN : rng_between(&rng, v.model->hovers ? 1 : 12, v.model->speed_max),
				.hold = rng_next(&rng) % 4 ? 0 : 3,
			};
		}
		autopilot_arm(&v);
		autopilot_route(&v, ROUTE_MISSION, &mission, NULL, 0);
		for (int t = 0; t < 40 && v.pilot.route.owner != ROUTE_NONE; t++) {
			v.battery.charge = 1;
			run(&v, n & 1 ? &windy : &calm, 120);
		}
		CHECK(v.model->name, v.pilot.route.owner == ROUTE_NONE && v.flight.in_air);
	}
}

static void test_rtl_lands_at_home(void **state)
{
	static const struct { double x, y, height; } from[] = {
		{ 700, 300, 50 }, { -20, 10, 12 }, { 0, 3, 100 }, { -1500, 900, 30 },
	};

	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		for (size_t i = 0; i < ARRAY_LEN(from); i++) {
			struct vehicle v;

			make(&v, (enum model_kind)kind, 200 + i);
			bring_up(&v, &windy, from[i].height);
			autopilot_goto(&v, from[i].x, from[i].y, NAN, NAN);
			CHECK(v.model->name, run_until(&v, &windy, NOTE_DONE, 400));
			autopilot_rtl(&v);
			CHECK(v.model->name, run_until(&v, &windy, NOTE_DONE, 400));
			CHECK(v.model->name, !v.flight.in_air && !v.pilot.armed);
			CHECK(v.model->name, vehicle_home_distance(&v) < 5 && vehicle_at_home(&v));
			CHECK(v.model->name, v.flight.impact < 2.5 && !v.pilot.crashed);
		}
	}
}

static void test_land_and_hold(void **state)
{
	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		struct vehicle v;

		make(&v, (enum model_kind)kind, 300);
		bring_up(&v, &windy, 40);
		autopilot_goto(&v, 800, 0, NAN, NAN);
		run(&v, &windy, 20);
		autopilot_hold(&v);
		CHECK(v.model->name, run_until(&v, &windy, NOTE_DONE, 60));
		CHECK(v.model->name, fabs(vehicle_height(&v) - 40) < 2);
		autopilot_land(&v);
		CHECK(v.model->name, run_until(&v, &windy, NOTE_DONE, 120));
		CHECK(v.model->name, !v.flight.in_air && !v.pilot.armed && !v.pilot.crashed);
	}
}

static void test_energy_only_falls(void **state)
{
	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		struct vehicle v;
		double last;

		make(&v, (enum model_kind)kind, 400);
		bring_up(&v, &windy, 50);
		autopilot_goto(&v, 1200, 0, NAN, NAN);
		for (last = v.battery.charge; v.flight.in_air; last = v.battery.charge) {
			run(&v, &windy, DT);
			CHECK(v.model->name, v.battery.charge < last || !v.flight.in_air);
			CHECK(v.model->name, v.battery.current > 0 || !v.flight.in_air);
			if (v.battery.charge < 0.5 && v.pilot.activity == ACT_HOLD)
				autopilot_rtl(&v);
		}
		/* And on the charger it rises again. */
		last = v.battery.charge;
		run(&v, &windy, 60);
		CHECK(v.model->name, v.charging && v.battery.current < 0 && v.battery.charge > last);
	}
}

static void test_battery_failsafes(void **state)
{
	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		struct vehicle v;

		make(&v, (enum model_kind)kind, 500);
		bring_up(&v, &calm, 50);
		autopilot_goto(&v, 900, 0, NAN, NAN);
		CHECK(v.model->name, run_until(&v, &calm, NOTE_DONE, 300));
		v.battery.charge = CHARGE_RESERVE;
		CHECK(v.model->name, run_until(&v, &calm, NOTE_FAILED, 5));
		CHECK(v.model->name, v.pilot.activity == ACT_RTL);
		CHECK(v.model->name, run_until(&v, &calm, NOTE_DONE, 300) && vehicle_at_home(&v));

		make(&v, (enum model_kind)kind, 501);
		bring_up(&v, &calm, 50);
		autopilot_goto(&v, 900, 0, NAN, NAN);
		CHECK(v.model->name, run_until(&v, &calm, NOTE_DONE, 300));
		v.battery.charge = CHARGE_CRITICAL - 0.01;
		CHECK(v.model->name, run_until(&v, &calm, NOTE_FAILED, 5));
		CHECK(v.model->name, v.pilot.activity == ACT_LAND);
		CHECK(v.model->name, run_until(&v, &calm, NOTE_DONE, 120));
		CHECK(v.model->name, !v.flight.in_air && !v.pilot.crashed);
	}
}

static void test_lost_position_holds(void **state)
{
	(void)state;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		struct vehicle v;

		make(&v, (enum model_kind)kind, 600);
		bring_up(&v, &calm, 50);
		autopilot_goto(&v, 2000, 0, NAN, NAN);
		run(&v, &calm, 20);
		v.sensors.no_fix_s = 15;
		run(&v, &calm, 2);
		CHECK(v.model->name, autopilot_mode(&v) == MODE_HOLD && v.pilot.lost);
		run(&v, &calm, 12);
		CHECK(v.model->name, fabs(vehicle_height(&v) - 50) < 5);
		/* With a position again it goes on where it was going. */
		CHECK(v.model->name, run_until(&v, &calm, NOTE_DONE, 400));
		CHECK(v.model->name, distance_to(&v, 2000, 0) < 100);
	}
}

static void test_motors_off_falls(void **state)
{
	struct vehicle v;

	(void)state;
	make(&v, MODEL_QUAD, 700);
	bring_up(&v, &calm, 40);
	autopilot_off(&v);
	run(&v, &calm, 1);
	assert_true(v.flight.vz < -8 && v.flight.in_air);
	run(&v, &calm, 5);
	assert_true(v.pilot.crashed && !v.flight.in_air);
	assert_int_equal(autopilot_mode(&v), MODE_EMERGENCY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_pure),
		cmocka_unit_test(test_takeoff),
		cmocka_unit_test(test_goto_arrives),
		cmocka_unit_test(test_routes_end),
		cmocka_unit_test(test_rtl_lands_at_home),
		cmocka_unit_test(test_land_and_hold),
		cmocka_unit_test(test_energy_only_falls),
		cmocka_unit_test(test_battery_failsafes),
		cmocka_unit_test(test_lost_position_holds),
		cmocka_unit_test(test_motors_off_falls),
	};

	return cmocka_run_group_tests_name("flight", tests, NULL, NULL);
}
