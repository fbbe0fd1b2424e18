/*
 * Sealing: plain rows become one compressed row a drone and boot.
 *
 * It goes slot by slot, a slot when its oldest row is SEAL_MS old or when it
 * has SEAL_BYTES, between two commits on the writer's own connection: WAL has
 * one writer anyway, and a slot takes some milliseconds. Plain rows are not
 * deleted one by one: the transaction that adds a slot's sealed rows also
 * says up to which commit its plain ones are done, and those of commits that
 * are done in all slots go, a run of whole pages. So at any point of a crash
 * a sample is in exactly one place for whoever reads.
 *
 * Measured with 500 simulated drones at 10 Hz: rows of 30 s take 8.3 bytes a
 * sample, of 60 s 7.9, of 90 s 7.8; but of the file's pages, into which they have to
 * fit, 10.3, 11.0 and 9.0. One moment of the whole fleet means that a row of each drone
 * is decoded, 21 ms of CPU at 30 s and as much more as rows are longer. So rows are kept
 * short, and only what is shorter yet (slow feeds, samples that were filled in) is
 * merged, up to SEAL_MERGED samples, when the day is over.
 */
#ifndef HISTORY_SEAL_H
#define HISTORY_SEAL_H

#include "history/chunk.h"
#include "history/store.h"

#define SEAL_MS 30000
#define SEAL_BYTES (3u << 20)
/* A hole in seq wider than this begins a new row. */
#define SEAL_HOLE 1000
/* Samples of a merged row. */
#define SEAL_MERGED 300

/* The slot that is due most, or -1: with rows of that age, or many. */
int seal_due(const struct store *store, int64_t mono_ms, int64_t age_ms);
/* One transaction: the slot's plain rows sealed, and, given a roster, its drones'
 * flights that are still on stored as they stand. SQLITE_OK or an error; rows that cannot
 * be read are SQLITE_CORRUPT. */
int seal_slot(struct store *store, unsigned slot, struct chunk *chunk, const struct roster *roster);

/* Where merging a day that is over stands: rows of drones before this one,
 * and of it those that end by that time, are merged. Begin with { 1, INT64_MIN }. */
struct seal_merge {
	uint32_t drone;
	int64_t after;
};

/* One transaction of about that many samples: short rows that follow one
 * another become one. Over when m->drone is store->next_number. */
int seal_merge(struct store *store, struct seal_merge *m, size_t samples, struct chunk *from,
    struct chunk *into);

#endif
