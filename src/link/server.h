/*
 * The control server: a ROUTER socket that answers REQ and DEALER clients.
 *
 * Each request comes with its envelope, the frames before the body, which go
 * back unchanged in front of the reply. A reply may be sent later and in any
 * order; a client that has gone by then is no error.
 */
#ifndef LINK_SERVER_H
#define LINK_SERVER_H

#include "base/buf.h"
#include "base/err.h"
#include "link/link.h"

struct server;

/* Where a reply goes. Plain memory: copy it, keep it, free it by
 * server_envelope_clear(). */
struct server_envelope {
	unsigned char *bytes; /* owned; frames with their lengths */
	size_t len;
};

int server_open(struct server **server, struct link *link, const char *endpoint,
    const struct link_keys *keys, struct err *err);
void server_close(struct server **server);
void *server_pollable(struct server *server);

/* Takes the next request if there is one: its body (the last frame, valid until
 * the next call) and its envelope, which the caller owns. Messages of one
 * frame only, which no reply could reach, are dropped and counted. */
bool server_receive(struct server *server, const void **body, size_t *len,
    struct server_envelope *envelope);
/* Sends the reply and frees the envelope. */
void server_reply(struct server *server, struct server_envelope *envelope, const struct buf *reply);
void server_envelope_clear(struct server_envelope *envelope);

/* Counts clients from now on; call it right after server_open(), and
 * server_clients() or server_receive() often, for what is counted must be taken. */
void server_watch(struct server *server, struct link *link);
/* How many clients are connected now; 0 without server_watch(). */
size_t server_clients(struct server *server);

#endif
