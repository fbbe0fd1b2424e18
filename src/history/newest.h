/*
 * The newest sample of each drone that the last days hold, for who starts again: what a
 * drone that is silent now said last. A sealed row is noted by its id and decoded at the end,
 * once for each drone, whatever the days hold.
 */
#ifndef HISTORY_NEWEST_H
#define HISTORY_NEWEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/history.h"
#include "history/sqlite.h"

struct newest_mark {
	bool any;
	uint32_t boot, seq;
	int64_t day, row;   /* of the sealed row; row 0: the sample is here */
	int64_t arrived_ms;
	uint16_t len;
	unsigned char body[HISTORY_NEWEST_MAX];
};

/* By index of the roster. */
struct newest {
	struct newest_mark **marks;
	size_t cap;
};

/* A sealed row that ends with that sample. */
void newest_sealed(struct newest *n, size_t drone, uint32_t boot, uint32_t seq, int64_t day,
    int64_t row);
/* A sample that is not sealed. */
void newest_plain(struct newest *n, size_t drone, uint32_t boot, uint32_t seq, const void *body,
    size_t len, int64_t arrived_ms);
/* Decodes the rows of that day: what cannot be read is left out. */
void newest_load(struct newest *n, sqlite3 *db, int64_t day);
void newest_clear(struct newest *n);

#endif
