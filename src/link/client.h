/*
 * The control client: requests to one server, many at once, each with a
 * deadline of its own.
 *
 * A DEALER socket with a request number in the envelope, so that an answer is
 * never taken for that of another request and a lost one does not wedge the
 * socket. Requests are only handed to a connection that exists: without one
 * client_request() says so at once, and nothing stays behind to be sent when
 * the server comes back.
 */
#ifndef LINK_CLIENT_H
#define LINK_CLIENT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "link/link.h"

struct client;

/* How a request ended. */
enum client_result {
	CLIENT_ANSWERED, /* body and len are the reply */
	CLIENT_TIMEOUT,  /* handed on, no answer in time; one may still come as CLIENT_LATE */
	CLIENT_LATE,     /* the answer to a request that had timed out before */
	CLIENT_GONE,     /* after a time-out: no answer comes any more */
};

/* Called once with CLIENT_ANSWERED, or with CLIENT_TIMEOUT and then once more
 * with CLIENT_LATE or CLIENT_GONE; on closing, CLIENT_GONE alone. body is valid
 * during the call. user is what client_request() was given. */
typedef void client_answer(void *user, enum client_result result, const void *body, size_t len,
    void *context);

int client_open(struct client **client, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err);
/* Requests still open end with CLIENT_GONE and that context. */
void client_close(struct client **client, void *context);
void *client_pollable(struct client *client);

/* Hands a request on: 0, or -1 where there is no connection, and then it was
 * certainly not sent and answer is never called. user must stay valid until
 * the last call. */
int client_request(struct client *client, const struct buf *body, int64_t deadline_mono_ms,
    client_answer *answer, void *user);
/* Takes the answers that are there and ends what is overdue. */
void client_work(struct client *client, int64_t now_mono_ms, void *context);
/* When client_work() is next needed without an answer; INT64_MAX for never. */
int64_t client_deadline(const struct client *client);
size_t client_pending(const struct client *client);

/* How long after its time-out an answer is still taken. */
#define CLIENT_LATE_MS 60000

/* One request and its answer, waiting for it: the shell's way. Waits for a
 * connection too. 0 with *reply, or -1 with a sentence; *sent tells whether it
 * was handed on. */
int client_ask(struct client *client, const struct buf *body, int64_t timeout_ms,
    struct buf *reply, bool *sent, struct err *err);

#endif
