/*
 * How the rows of a day's file are read: between past.c, the newest days, and
 * past_older.c, what is wanted of those before. Nobody else's.
 */
#ifndef HISTORY_PAST_PRIVATE_H
#define HISTORY_PAST_PRIVATE_H

#include "base/strmap.h"
#include "history/chunk.h"
#include "history/past.h"
#include "history/plain.h"

struct reading {
	sqlite3 *db;
	struct roster *roster;
	struct history_past *past;
	struct newest *newest;
	int64_t day;
	size_t *drones;        /* roster index + 1 by number in the file */
	size_t drone_cap;
	int64_t sealed[PLAIN_SLOTS];
	int64_t from_ms;       /* where the days that are read begin */
	bool one_boot;         /* of older days only that one is read: */
	size_t drone;
	uint32_t boot;
	bool any_plain;
	struct chunk chunk;    /* ready where columns is set */
	struct strmap earlier; /* rows of the days before, by id: earlier_begin() */
	bool damaged;
};

typedef void read_row(struct reading *r, sqlite3_stmt *stmt);

/* For each row of the query: SQLITE_OK or an error. */
int past_each(struct reading *r, const char *sql, read_row *row);
/* The file's number for that drone of the roster. */
void past_number_drone(struct reading *r, sqlite3_int64 number, size_t drone);
/* The first seq of a boot that is of the days read, or of none. */
void past_note_first(const struct reading *r, struct roster_boot *b, int64_t time_ms, uint32_t seq);
void past_clear_reading(struct reading *r);

/* Queries, and what takes their rows into the roster. */
#define SEALED_ROWS                                                                                \
	"SELECT drone, boot, first_seq, last_seq, count, last_arrived, id, first_time FROM sealed"    \
	" INDEXED BY sealed_by_drone"
void past_read_sealed(struct reading *r, sqlite3_stmt *stmt);
#define GAP_ROWS                                                                                   \
	"SELECT drone, boot, first_seq, last_seq, state = 'lost' FROM gaps WHERE state IN ('lost',"   \
	" 'open')"
void past_read_gap(struct reading *r, sqlite3_stmt *stmt);

#endif
