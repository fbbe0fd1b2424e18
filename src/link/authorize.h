/*
 * Who may connect: the public keys of the clients of a CURVE server, checked
 * by a thread of its own that answers libzmq's ZAP requests (RFC 27/ZAP,
 * rfc.zeromq.org/spec/27).
 */
#ifndef LINK_AUTHORIZE_H
#define LINK_AUTHORIZE_H

#include "link/link.h"

struct authorize;

/* Reads path, one public key of 40 Z85 characters a line, '#' begins a
 * comment; from then on servers of this link refuse every other client. Before
 * the first server is opened. */
int authorize_start(struct authorize **a, struct link *link, const char *path, struct err *err);
void authorize_stop(struct authorize **a);

#endif
