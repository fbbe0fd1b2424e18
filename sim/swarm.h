/*
 * The simulated fleet (src/fleet is what watchers know of one): every drone
 * stepped and sampled at its instants, in the order of
 * simulated time, and everything that goes on the feed.
 *
 * Knows no clock and no socket: the caller advances simulated time, and takes
 * messages through a callback. What it publishes depends on its settings, its
 * seed, and the commands with the times they came at, and on nothing else.
 *
 * Each drone flies FLIGHT_HZ steps a second or more and is sampled at the
 * rate asked for; sampling instants are spread evenly over the period.
 */
#ifndef SIM_SWARM_H
#define SIM_SWARM_H

#include "base/strmap.h"
#include "drone.h"
#include "logbook.h"

#define SWARM_DRONES_MAX 10000
#define FLIGHT_HZ 10.0

struct swarm_settings {
	unsigned drones;
	double rate_hz;
	uint64_t seed;
	struct geo_point home;
	double ground;               /* m above sea */
	char prefix[ID_SIZE];
	char name[ID_SIZE];          /* of the source */
	enum model_kind model;       /* MODEL_COUNT: mixed */
	bool idle;
	double backfill_mb;
	int64_t start_ms;            /* the clock at the beginning */
	const struct fault_spec *faults; /* borrowed during swarm_new() */
	size_t fault_count;
};

/* Topic and body, to be copied. */
typedef void swarm_publish(void *context, const void *topic, size_t topic_len, const void *body,
    size_t len);

struct swarm {
	struct swarm_settings settings;
	struct drone *drones;        /* owned */
	struct strmap ids;           /* id to index */
	struct wind wind;
	struct work_site site;
	struct logbook logbook;
	uint32_t boot;
	int64_t now_us;              /* simulated, since the beginning */
	int64_t skew_ms;
	uint64_t sent;               /* messages published */
	/* The timetable: slot j of each round of flight steps is drone order[j]'s. */
	unsigned *order;
	double *phase_us;            /* by drone, within a round */
	unsigned *sampled_in;        /* by drone, round of each `every` with a sample */
	unsigned every;              /* rounds for a sample */
	double round_us;
	uint64_t round;
	unsigned slot;
	int64_t next_heartbeat_us;
	swarm_publish *publish;
	void *context;
	struct buf body, topic, picture; /* scratch */
};

/* -1 with a sentence where a fault names no drone of it, or ids get too long. */
int swarm_new(struct swarm **swarm, const struct swarm_settings *settings, swarm_publish *publish,
    void *context, struct err *err);
void swarm_free(struct swarm **swarm);

/* When something is next to be done, us of simulated time. */
int64_t swarm_next_us(const struct swarm *sw);
/* Does everything up to and including that time. */
void swarm_advance(struct swarm *sw, int64_t until_us);
/* The source's clock, ms since 1970. */
int64_t swarm_clock_ms(const struct swarm *sw);
/* The same without skew, at any simulated time. */
int64_t swarm_clock_at_ms(const struct swarm *sw, int64_t us);
/* Puts the clock forward or back without flying. */
void swarm_shift_clock(struct swarm *sw, int64_t ms);

struct drone *swarm_find(const struct swarm *sw, const char *id);
/* A command as the protocol has it: CODE_OK, or the code with a sentence; its
 * progress goes on the feed. */
enum code swarm_command(struct swarm *sw, const struct request *req, struct err *err);

#endif
