/*
 * Stored samples, read: of one drone or all, of a boot, of ranges of seq and
 * time, plain and sealed alike, from one day's file. What reads for people
 * (SQL, export, replay) and for other programs (backfill) goes through here.
 *
 *	scan_open(&scan, db, &filter, COLUMNS_ALL);
 *	while ((rc = scan_next(scan)) == 1)
 *		...scan_chunk(scan)->columns[FIELD_lat][scan_index(scan)]...
 *	scan_close(&scan);
 *
 * Samples come by drone (in no order of theirs), and of a drone by sealed row, then plain,
 * each in order of seq; where rows overlap (something was filled in later) that is not
 * the order of all. No sample comes twice. A scan reads from one state of the
 * file, whatever is written meanwhile, if the caller has a transaction open.
 */
#ifndef HISTORY_SCAN_H
#define HISTORY_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "history/chunk.h"
#include "history/schema.h"

struct scan_filter {
	const char *drone;            /* NULL: all */
	bool one_boot;
	uint32_t boot;
	int64_t first_seq, last_seq;  /* inclusive */
	int64_t first_ms, last_ms;    /* of time; inclusive */
	bool plain_only;              /* what is not sealed yet */
};

#define SCAN_ALL { .last_seq = UINT32_MAX, .first_ms = INT64_MIN, .last_ms = INT64_MAX }

struct scan;

/* SQLITE_OK or an error. The filter is copied; db must outlive the scan. */
int scan_open(struct scan **scan, sqlite3 *db, const struct scan_filter *filter, uint64_t columns);
/* Moves to the next sample: 1, 0 where there is none, -1 on an error. */
int scan_next(struct scan *scan);
void scan_close(struct scan **scan);

/* The sample: its place in a chunk that is good until the next scan_next(). */
const struct chunk *scan_chunk(const struct scan *scan);
size_t scan_index(const struct scan *scan);
const char *scan_drone(const struct scan *scan);
/* Of a scan that returned -1. */
int scan_error(const struct scan *scan);

#endif
