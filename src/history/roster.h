/*
 * The drones the writer knows: what is stored of each boot (so that nothing is
 * stored twice), whose it is, and its flight. Filled from the files at open,
 * kept up to date by what is written.
 */
#ifndef HISTORY_ROSTER_H
#define HISTORY_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ranges.h"
#include "base/strmap.h"
#include "history/flights.h"
#include "history/history.h"

struct again_hole;

struct roster_boot {
	uint32_t boot;
	struct ranges stored, lost;
	/* While files are read: gap rows in state open, and the lowest seq of a time within the
	 * days that are read. */
	struct ranges open;
	uint32_t first_seq;
	bool first_known;
	int64_t newest_ms; /* arrival */
};

struct roster_drone {
	struct history_drone info; /* source "" where nobody told */
	int64_t told_ms;           /* when; 0 never */
	struct roster_boot *boots; /* ascending */
	size_t boot_count, boot_cap;
	struct flight_tracker tracker;
	struct again_hole *hole;   /* again.h; NULL: none */
	uint32_t follower;         /* who was looked up after it when it was last */
};

struct roster {
	struct roster_drone *drones;
	size_t count, cap;
	size_t found;             /* last; the fleet comes round in nearly the same order */
	struct strmap ids;
};

/* Index of the drone, added where it is new. */
size_t roster_drone(struct roster *r, const char *id);
/* Its boot, added where it is new; valid until the next call for that drone. */
struct roster_boot *roster_boot(struct roster_drone *d, uint32_t boot);
/* NULL where it has none. */
struct roster_boot *roster_find_boot(struct roster_drone *d, uint32_t boot);
/* Notes the sample as stored; false where it was already. */
bool roster_store(struct roster_drone *d, uint32_t boot, uint32_t seq, int64_t arrived_ms);
/* Forgets boots whose newest row came before that time, and their ranges. */
void roster_forget(struct roster *r, int64_t before_ms);
/* Forgets what is stored of every drone, and keeps the drones. */
void roster_forget_rows(struct roster *r);
void roster_clear(struct roster *r);

#endif
