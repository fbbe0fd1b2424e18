/*
 * Opening ZeroMQ sockets: the options that all of ours have. For link/ alone.
 */
#ifndef LINK_SOCKET_H
#define LINK_SOCKET_H

#include "base/err.h"
#include "link/link.h"

/* The context inside. */
void *link_context(struct link *link);

/* A socket of that ZeroMQ type with lingering, heartbeats, size limit, queue
 * length and keys set; server tells which side of CURVE it plays. Ends the
 * program only where no socket can be made at all (file descriptors). */
void *socket_new(struct link *link, int type, int queue, const struct link_keys *keys, bool server,
    struct err *err);
/* Binds or connects: 0, or -1 with a sentence naming the endpoint; closes the
 * socket then. */
int socket_bind(void *s, const char *endpoint, struct err *err);
int socket_connect(void *socket, const char *endpoint, struct err *err);

#endif
