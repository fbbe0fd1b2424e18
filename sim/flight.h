/*
 * How a vehicle moves: a pure step from state to state within the limits of
 * its model. Nothing here knows of commands, missions or batteries.
 *
 * The frame is a plane: x east, y north, z up (above mean sea level), metres,
 * metres per second, radians; headings clockwise from north. The step is
 * meant for dt of at most FLIGHT_DT_MAX; callers cut longer times up.
 *
 * Two ways to fly. Hovering: velocity follows a setpoint with bounded
 * acceleration, braking so that it comes to rest at the target (v^2 = 2 a d).
 * On wings: airspeed along the nose, coordinated turns (rate = g tan(bank) /
 * airspeed), and a vector field that leads onto a clockwise loiter circle
 * around the target (Nelson et al., "Vector field path following for
 * miniature air vehicles", 2007). A wing ends a landing in a deep stall: slow,
 * nose up, sinking, which is flown as hovering.
 */
#ifndef SIM_FLIGHT_H
#define SIM_FLIGHT_H

#include <stdbool.h>

#include "base/rng.h"

#define FLIGHT_DT_MAX 0.1
#define GRAVITY 9.80665

enum model_kind { MODEL_QUAD, MODEL_WING, MODEL_VTOL, MODEL_COUNT };

struct flight_model {
	const char *name;
	bool hovers;           /* can stand still in the air */
	bool wings;            /* flies on wings when it has far to go */
	double accel;          /* m/s^2, horizontal, either way */
	double climb_accel;    /* m/s^2 */
	double climb, sink;    /* m/s */
	double speed_min;      /* on wings, m/s through the air; 0 without */
	double cruise;         /* m/s when nobody says otherwise */
	double speed_max;      /* m/s: hovering over ground, on wings through the air */
	double hover_speed;    /* fastest while hovering */
	double bank_max;       /* rad */
	double roll_rate;      /* rad/s */
	double yaw_rate;       /* rad/s, hovering */
	double loiter_radius;  /* m; 0 without wings */
	double range;          /* m from home that it accepts */
	double ceiling;        /* m above home that it accepts */
	/* Power at the battery, W: electronics, motors turning on the ground,
	 * hovering, flying on wings at cruise, for each m/s of climb, for each
	 * kg of payload while hovering. */
	double avionics_w, ready_w, hover_w, wing_w, climb_w, payload_w;
	double payload_kg;     /* what it can carry */
	int cells;             /* of the pack, in series */
	double capacity_mah;
	double resistance;     /* ohm, whole pack */
};

extern const struct flight_model flight_models[MODEL_COUNT];
/* MODEL_COUNT where no model has that name. */
enum model_kind flight_model_find(const char *name);

struct flight {
	double x, y, z;
	double vx, vy, vz; /* over ground */
	double heading;    /* [0, 2 pi) */
	double roll, pitch; /* right wing down, nose up */
	double airspeed;
	bool in_air;
	bool hovering;     /* not on wings */
	double impact;     /* m/s of the last touch down; 0 while in the air */
};

enum flight_goal {
	GOAL_OFF,   /* motors off: stands, or falls */
	GOAL_READY, /* motors turn, stays on the ground */
	GOAL_TO,    /* to the target; hover or loiter there */
	GOAL_THROUGH, /* to the target without stopping */
	GOAL_DOWN,  /* land at the target's x, y */
	GOAL_LEVEL, /* keep height, without knowing where it is */
};

struct setpoint {
	enum flight_goal goal;
	double x, y, z;
	double speed; /* m/s wanted; held within the model's */
};

/* What is around it: wind as a velocity, and the ground below. */
struct air {
	double wind_x, wind_y;
	double ground; /* m above sea */
};

struct flight flight_step(const struct flight_model *m, const struct flight *s,
    const struct setpoint *sp, const struct air *air, double dt, struct rng *rng);

/* W drawn at the battery. */
double flight_power(const struct flight_model *m, const struct flight *s, bool motors,
    double payload_kg);

/* m, of the tightest turn on wings at its present speed. */
double flight_turn_radius(const struct flight_model *m, const struct flight *s);

/* Into [0, 2 pi). */
double angle_wrap(double rad);
/* Into [-pi, pi). */
double angle_difference(double rad);

#endif
