/*
 * The fleet as it is known now: the newest sample of every drone, whose it
 * is, how old that is, and what of its samples is missing.
 *
 * Drones are found by id and numbered from 0 in the order they were first
 * seen; a number never changes while the program runs. Sources are numbers
 * that the caller gives meaning to; the lower one was named first.
 *
 * Old data never overwrites newer: a late sample fills its hole and changes
 * nothing else.
 */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"
#include "fleet/coverage.h"
#include "proto/messages.h"
#include "proto/sample.h"

#define FLEET_MAX 100000 /* drones; more are refused */
#define BOOTS_MAX 8      /* boots of a drone whose holes are remembered */
#define NO_SOURCE (-1)

struct drone {
	char id[ID_SIZE];
	uint32_t follower;   /* who was found after it when it was found last */
	int source;          /* whose it is, or NO_SOURCE */
	char model[NAME_SIZE];
	char origin[ID_SIZE]; /* the source that speaks for it, through daemons */
	int kind;            /* enum source_kind of the origin */
	double home_lat, home_lon, home_alt; /* NAN: not known */

	struct sample newest; /* known == 0: none yet */
	struct buf body;      /* of the newest sample, as it came */
	int64_t arrived_mono_ms, arrived_ms; /* of the newest */
	bool remembered;      /* the newest is of an earlier run: whatever comes takes its place */
	bool awaited;         /* not heard since its source is up, and that is not long enough to call it silent */
	double rate_hz;       /* of arrivals, smoothed; 0: not known yet */

	struct coverage *boots; /* owned; ascending boot, the last is the present one */
	size_t boot_count;
	uint64_t samples, late, duplicates;
	bool owner_refused_said; /* another source's offer of it was spoken of */

	/* For whoever asks for what is missing. */
	int64_t ask_at_ms; /* not before, monotonic */
	int ask_tries;     /* in a row that brought nothing */
	int64_t missing_since_ms;
	bool probe;        /* ask once what the source holds */
};

struct fleet {
	struct drone *drones; /* owned */
	size_t count, cap;
	size_t found;         /* last; the fleet comes round in nearly the same order */
	struct strmap by_id;
};

void fleet_clear(struct fleet *fleet);
/* NULL where there is none. Valid until the next fleet_add(). */
struct drone *fleet_find(struct fleet *fleet, const char *id);
/* The drone of that id, made if need be; NULL where the fleet is full. */
struct drone *fleet_add(struct fleet *fleet, const char *id);
/* The coverage of that boot, made if need be. A boot beyond BOOTS_MAX pushes
 * out the oldest. */
struct coverage *drone_coverage(struct drone *drone, uint32_t boot);

/* What came of a sample. */
struct applied {
	enum arrival arrival;
	bool current;   /* it is now the newest of the drone */
	bool new_boot;  /* the first seen of a boot */
	bool opened;    /* hole is what it skipped */
	struct range hole;
};

struct applied drone_apply(struct drone *drone, const struct sample *s, const void *body, size_t len,
    int64_t now_mono_ms, int64_t now_ms);
/* The same for a sample that was asked for: only the bookkeeping. */
struct applied drone_apply_backfill(struct drone *drone, const struct sample *s);

/* Drone indices in order of id; the caller frees. */
size_t *fleet_sorted(const struct fleet *fleet);

#endif
