/*
 * One vehicle: the state that flight, battery, sensors and autopilot share.
 * Who it is, what it tells and who commands it is the drone's (drone.h).
 */
#ifndef SIM_VEHICLE_H
#define SIM_VEHICLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/geo.h"
#include "base/rng.h"
#include "battery.h"
#include "flight.h"
#include "proto/plan.h"
#include "sensors.h"
#include "wind.h"

/* What happened during a step, for the fleet to publish: bounded, and cleared
 * by whoever reads it. */
enum note_kind {
	NOTE_EVENT,  /* text with a severity */
	NOTE_DONE,   /* the flying command in progress is done */
	NOTE_FAILED, /* it is not going to be; text says why */
	NOTE_PLAN,   /* the plan is another one */
};

#define NOTES_MAX 8
#define NOTE_TEXT_SIZE 120

struct notes {
	struct note {
		enum note_kind kind;
		int severity; /* enum severity, of an event */
		char text[NOTE_TEXT_SIZE];
	} items[NOTES_MAX];
	int count;
};

/* Over NOTES_MAX in one step: the last is dropped. */
void note_add(struct notes *notes, enum note_kind kind, int severity, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

enum activity {
	ACT_WAIT,    /* on the ground */
	ACT_TAKEOFF,
	ACT_GOTO,
	ACT_HOLD,
	ACT_ROUTE,
	ACT_RTL,
	ACT_LAND,
	ACT_DEAD,    /* motors off in the air, or what is left after that */
	ACT_COUNT
};

/* What to do at an item of a route beside flying there. */
enum stop { STOP_NONE, STOP_LOAD, STOP_UNLOAD };

enum route_leg { LEG_FLY, LEG_STAY, LEG_DOWN, LEG_HANDLE, LEG_UP };
enum route_owner { ROUTE_NONE, ROUTE_MISSION, ROUTE_WORK };

struct route {
	enum route_owner owner;        /* ROUTE_NONE: finished, or none yet */
	const struct mission *mission; /* the owner's */
	const uint8_t *stops;          /* enum stop for each item, or NULL */
	size_t index;                  /* item being flown, from 0 */
	enum route_leg leg;
	double wait_s;                 /* still to stay */
};

struct autopilot {
	enum activity activity;
	bool armed;
	bool crashed;
	double x, y, z;     /* target, flight frame */
	double cruise;      /* m/s, what it flies unless told otherwise */
	double speed;       /* m/s of this activity */
	bool keep_height;   /* the goto named no height */
	bool climbed;       /* rtl: high enough to fly home */
	struct route route;
	bool low, critical; /* failsafes that have struck on this flight */
	bool lost;          /* holding for want of a position */
	double check_s;     /* until the battery is judged again */
};

struct vehicle {
	const struct flight_model *model;
	struct geo_frame frame; /* plane of flight, around its first home */
	double ground;          /* m above sea, everywhere but at home */
	double home_x, home_y, home_z;
	struct flight flight;
	struct battery battery;
	struct sensors sensors;
	struct gust gust;
	struct air air;
	struct autopilot pilot;
	double payload_kg;
	bool charging;
	struct rng rng;
};

/* On the ground at home with a full battery. */
void vehicle_init(struct vehicle *v, enum model_kind kind, struct geo_point home, double ground,
    uint64_t seed, uint64_t stream);
double vehicle_height(const struct vehicle *v); /* m above home */
double vehicle_home_distance(const struct vehicle *v);
/* Standing within a few metres of home, where the charger is. */
bool vehicle_at_home(const struct vehicle *v);
/* Share of the battery needed to fly that far and climb that high. */
double vehicle_charge_for(const struct vehicle *v, double distance, double climb);
/* m above sea of the ground at x, y: home's own height near home. */
double vehicle_ground_at(const struct vehicle *v, double x, double y);

#endif
