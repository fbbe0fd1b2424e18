/*
 * A day's file as its writer has it: connection, statements, the numbers of
 * the drones, and what of each slot is not sealed yet.
 *
 * Functions that touch the file return SQLITE_OK or SQLite's extended code; a
 * transaction that fails leaves nothing behind.
 */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include <sys/types.h>

#include "history/batch.h"
#include "history/roster.h"
#include "history/schema.h"

enum store_statement {
	STORE_BEGIN, STORE_COMMIT, STORE_ROLLBACK, STORE_PUT_PLAIN, STORE_GET_PLAIN,
	STORE_DROP_PLAIN, STORE_PUT_SLOT, STORE_PUT_MARK, STORE_PUT_SEALED, STORE_NEXT_SEALED,
	STORE_GET_SEALED, STORE_DROP_SEALED, STORE_PUT_DRONE, STORE_PUT_REJECT,
	STORE_PUT_ANSWER, STORE_PUT_FLIGHT, STORE_DROP_FLIGHT, STORE_DROP_FLIGHTS, STORE_PUT_GAP, STORE_FIND_GAPS,
	STORE_DROP_GAP, STORE_KEEP_PLAN, STORE_FIND_PLAN, STORE_PUT_EVENT, STORE_PUT_COMMAND, STORE_PUT_ALARM, STORE_PUT_ORDER,
	STORE_STATEMENT_COUNT
};

struct store_slot {
	uint64_t first;    /* oldest commit with rows of it that are not sealed */
	size_t bytes;      /* of them; 0: none */
	int64_t since_ms;  /* monotonic, when the oldest was put */
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[STORE_STATEMENT_COUNT];
	int64_t day;
	char *path;
	dev_t device;      /* what file it was that was opened, and its log */
	ino_t inode, log_inode;
	uint64_t commits;  /* number of the next */
	uint64_t dropped;  /* plain rows of commits before this are gone */
	struct store_slot slots[PLAIN_SLOTS];
	int64_t longest;   /* ms, of a sealed row */
	int64_t longest_stored;
	uint32_t *numbers; /* by roster index; 0: not in the file yet */
	size_t number_cap;
	uint32_t next_number;
	size_t *fresh;     /* roster indices to be written with the next batch, each once: */
	bool *is_fresh;    /* by roster index, as numbers */
	size_t fresh_count, fresh_cap;
	int log_pages;     /* written since the last checkpoint, about */
	struct plain_list read; /* scratch of a seal */
	char *plans_from;  /* file whose plans are so still; taken over with the next batch */
};

/* Opens or makes the file and reads where it stands. */
enum schema_trouble store_open(struct store **store, const char *dir, int64_t day,
    struct roster *roster, int64_t mono_ms, struct err *err);
/* Leaves the file in one piece where the disk allows it. */
void store_close(struct store **store);
/* The file is still the one in the directory. */
bool store_in_place(const struct store *store);
/* Its log is; where it is not, what is written would be lost with the next kill. */
bool store_log_in_place(const struct store *store);
/* For one whose log was taken away: what that held goes into the file as far as
 * readers allow, and the file is closed, to be opened with a new log. */
void store_leave_log(struct store **store);

/* The drone's number in this file, given where it has none. */
uint32_t store_number(struct store *store, size_t drone);
/* Writes the drone's row again with the next batch. */
void store_tell_drone(struct store *store, size_t drone);

/* One transaction with all of the batch. */
int store_write(struct store *store, const struct batch *batch, const struct roster *roster,
    int64_t mono_ms);
/* True if the file has the batch that would be the next already: its commit
 * was answered with an error but had come to pass. */
bool store_has_next(struct store *store);
int store_put_flight(struct store *store, const struct flight *flight);
/* One transaction: these in place of the drone's flights with samples from there on. */
int store_replace_flights(struct store *store, const char *drone, uint32_t boot, uint32_t seq,
    const struct flight *flights, size_t n);

/* For seal.c: steps a statement that gives no rows, and resets it. */
int store_step(sqlite3_stmt *stmt);
int store_begin(struct store *store);
/* Commits, or rolls back where rc or the commit is no success. */
int store_end(struct store *store, int rc);

/* Copies the log into the file once it is long; false where that failed. */
bool store_checkpoint(struct store *store, bool whole);

#endif
