/*
 * What drones were to fly and where they might: the table `plans` of a day's
 * file.
 *
 * A row is written where it says something else than the drone's newest row in
 * that file, however often the same is told. A file that is begun takes the
 * plans over from the day before, as of its day's beginning, with its first
 * commit; so it tells alone what was in force from the first moment on. Plans
 * of drones that nobody has heard for two days are left behind.
 */
#ifndef HISTORY_PLANS_H
#define HISTORY_PLANS_H

#include "history/record.h"
#include "history/store.h"

/* Of all that is taken over; what a fleet has beyond that is told when it next changes. */
#define PLANS_CARRY_BYTES (64u << 20)

/* In a transaction of the store: SQLITE_OK or an error. */
int plans_write(struct store *store, const struct record *record);
/* From store->plans_from; a file that cannot be read has nothing to give. */
int plans_carry(struct store *store, const struct roster *roster);

#endif
