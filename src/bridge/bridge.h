/*
 * odyssey bridge: MAVLink vehicles as a source of the wire protocol.
 *
 * One loop, one thread: links in, feed and control out. Nothing in it waits
 * for a vehicle: whatever needs an answer has a deadline.
 */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "link/link.h"

#define BRIDGE_LINKS_MAX 64

struct bridge_settings {
	char name[ID_SIZE];
	const char *feed, *control;
	const char *links[BRIDGE_LINKS_MAX]; /* as transport.h has them */
	size_t link_count;
	char drone_names[256][ID_SIZE];      /* by system id; "" for M and the number */
	double rate_hz;
	uint8_t system;                      /* our own system id */
	const char *signing_key, *tlog_dir;  /* "" for none */
	const struct link_keys *keys;        /* may be NULL */
	const char *clients;                 /* file with the keys that may connect, or "" */
};

struct bridge;

/* Reads "1:alpha, 2:bravo" into drone_names: 0, or -1 with a sentence. */
int bridge_read_names(struct bridge_settings *s, const char *text, struct err *err);

/* Settings are borrowed until bridge_close(). 0, or -1 with a sentence. */
int bridge_open(struct bridge **b, const struct bridge_settings *settings, int64_t mono_ms,
    int64_t wall_ms, struct err *err);
/* Until stop_fd is readable, or, where only logs are played, until they end. */
void bridge_run(struct bridge *b, int stop_fd);
void bridge_close(struct bridge **b);

#endif
