/*
 * A drone: a vehicle with a name, a plan, a memory of what it sent, and the
 * troubles that faults give its radio and its clock.
 */
#ifndef SIM_DRONE_H
#define SIM_DRONE_H

#include "autopilot.h"
#include "base/str.h"
#include "fault.h"
#include "proto/commands.h"
#include "proto/sample.h"
#include "proto/topic.h"
#include "fleet/backlog.h"
#include "vehicle.h"
#include "work.h"

#define NO_COMMAND SIZE_MAX

struct drone {
	struct vehicle vehicle;
	uint32_t boot, seq;      /* of the next sample */
	int64_t last_time;       /* ms, of the last sample */
	int64_t stepped_us;      /* simulated time its state is of */
	bool idle;               /* never works by itself */
	bool commanded;          /* obeys an operator; does no work of its own until resume */
	bool video;              /* sends pictures */
	double video_fps;
	uint32_t video_seq;      /* of the next picture, from 0 with each boot */
	int64_t video_due_us;    /* simulated time of the next picture */
	size_t command;          /* the flying command in progress, in the logbook */
	struct faults faults;
	double silent_s, restart_s; /* radio silent; off, until it starts again */
	int64_t fault_second;    /* last second whose chances were drawn */
	struct rng fault_rng;
	struct buf held_back;    /* sample to be published after the next one */
	struct backlog backlog;
	struct plan plan;        /* as the `plan` op tells it */
	bool plan_is_work;       /* plan.mission is a copy of the job in hand */
	struct work work;
	char id[ID_SIZE];
	char topic[TOPIC_SIZE];  /* "tm.D01" */
	size_t topic_len;
};

/* At home, charged, disarmed. */
void drone_init(struct drone *d, const char *id, enum model_kind kind, struct geo_point home,
    double ground, uint64_t seed, unsigned index);
void drone_clear(struct drone *d);

/* A new mission in its plan. */
void drone_set_mission(struct drone *d, const struct mission *m, bool is_work);

/* Whether it takes a command now: 0, or -1 with the sentence that says why
 * not. The safe three are never refused to an armed drone. */
int drone_check_command(const struct drone *d, enum command cmd,
    const struct command_args *args, struct err *err);
/* Carries out a command that was checked. True where it is done already,
 * false where notes will tell. */
bool drone_take_command(struct drone *d, enum command cmd,
    const struct command_args *args);
/* Whether that command, taken, ends the flying command in progress. */
bool drone_command_replaces(const struct drone *d, enum command cmd,
    const struct command_args *args);

/* What it measures now, as it goes on the wire. */
void drone_measure(const struct drone *d, int64_t time_ms, struct sample *s);

#endif
