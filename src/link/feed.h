/*
 * Feeds: the publishing and the subscribing end.
 *
 * Queues are bounded by FEED_QUEUE messages per peer. A subscriber that does
 * not keep up loses messages, counted nowhere but visible to it as holes in
 * seq; the publisher and the other subscribers notice nothing.
 */
#ifndef LINK_FEED_H
#define LINK_FEED_H

#include "base/buf.h"
#include "base/err.h"
#include "link/link.h"
#include "proto/topic.h"

#define FEED_QUEUE 100000 /* messages; some 2 s of 5,000 drones at 10 Hz */

struct feed_out;

/* Binds a PUB socket. keys may be NULL. -1 with a sentence that names the
 * endpoint (taken, not permitted, no such address). */
int feed_out_open(struct feed_out **out, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err);
void feed_out_close(struct feed_out **out);
/* Sends topic and body; copies both. */
void feed_out_send(struct feed_out *out, enum topic_kind kind, const char *id, const void *body,
    size_t len);
/* Sends bytes as they are, whatever they are: the garbage fault's way. */
void feed_out_send_raw(struct feed_out *out, const void *topic, size_t topic_len, const void *body,
    size_t len);
/* Sends a received message on, the same bytes; leaves it cleared. */
void feed_out_forward(struct feed_out *out, struct link_message *m);
/* Messages sent since it was opened: `sent` of the heartbeat. */
uint64_t feed_out_sent(const struct feed_out *out);

struct feed_in;

/* Connects a SUB socket that takes everything, now or whenever the publisher
 * appears, and again after it went; silent peers are noticed in 10 s. */
int feed_in_open(struct feed_in **in, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err);
void feed_in_close(struct feed_in **in);
/* Only topics that begin so; the first call ends taking everything. */
void feed_in_subscribe(struct feed_in *in, const char *prefix);
/* Takes the next message if there is one. */
bool feed_in_receive(struct feed_in *in, struct link_message *m);
void *feed_in_pollable(struct feed_in *in);

#endif
