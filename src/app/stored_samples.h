/*
 * Answers `backfill` from the history, in a thread of its own, so that
 * reading a disk never holds up the loop.
 *
 * Requests queue up to STORED_QUEUE; further ones are refused, so that a
 * client that asks faster than the disk reads cannot fill the memory.
 */
#ifndef APP_STORED_SAMPLES_H
#define APP_STORED_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "link/server.h"

#define STORED_QUEUE 1000

struct stored_samples;

struct stored_request {
	char drone[ID_SIZE];
	uint32_t boot, from, to;
	struct server_envelope envelope;
	struct buf reply; /* whole, once answered */
};

int stored_samples_start(struct stored_samples **s, const char *history_dir, struct err *err);
/* Ends the thread; requests still queued are dropped. */
void stored_samples_stop(struct stored_samples **s);
/* Readable when answers wait. */
int stored_samples_fd(struct stored_samples *s);
/* Takes the request over (its envelope too), or returns false where the queue
 * is full. */
bool stored_samples_ask(struct stored_samples *s, struct stored_request *request);
/* The next answered request, which the caller owns, or false. */
bool stored_samples_next(struct stored_samples *s, struct stored_request *request);

#endif
