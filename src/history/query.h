/*
 * SQL over the whole history, read-only.
 *
 *	telemetry  every sample: drone, boot, seq, time (ms since 1970), then the
 *	           fields of the protocol by name in degrees, metres, m/s, V, A, %;
 *	           hidden, but there by name: arrived (ms, the daemon's clock),
 *	           backfilled (1 where it was filled in later), length (elements
 *	           on the wire)
 *	events, commands, alarms, orders, flights, gaps, rejects, drones
 *
 * Statements may read and nothing else. A query on drone and time reads
 * only the rows it needs.
 */
#ifndef HISTORY_QUERY_H
#define HISTORY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct history_query;

enum query_type { QUERY_NULL, QUERY_INTEGER, QUERY_REAL, QUERY_TEXT, QUERY_BLOB };

struct query_value {
	enum query_type type;
	int64_t integer;
	double real;
	const void *data; /* TEXT (0 at its end) and BLOB */
	size_t len;
};

/* A callback that returns false ends the query; that is no error. */
struct query_sink {
	/* Once, before the rows, of which there may be none; may be NULL. */
	bool (*head)(void *context, const char *const *names, size_t n);
	bool (*row)(void *context, const struct query_value *values, size_t n);
	void *context;
};

int history_query_open(struct history_query **query, const char *dir, struct err *err);
void history_query_close(struct history_query **query);

/* Runs one statement, or several ended by ';', the rows of each given in turn. */
int history_query_run(struct history_query *query, const char *sql, const struct query_sink *sink,
    struct err *err);
/* From another thread or a signal handler: ends the query that runs. */
void history_query_interrupt(struct history_query *query);

#endif
