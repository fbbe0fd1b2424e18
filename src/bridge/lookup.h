/*
 * The addresses of a host name, looked up beside the loop: a name server that does
 * not answer must hold up nobody's `hold`. By glibc's getaddrinfo_a(3).
 */
#ifndef BRIDGE_LOOKUP_H
#define BRIDGE_LOOKUP_H

#include <netdb.h>

#include "base/err.h"

struct lookup;

/*
 * Asks, or looks whether the answer to an earlier call is there: 0 with addresses
 * for the caller to free with freeaddrinfo(), or -1 with a sentence that names
 * `what`: not found, or not known yet; call again later. *l is NULL at first and
 * is kept between calls; they are all about the same host. Waits 20 ms at most.
 */
int lookup_addresses(struct lookup **l, const char *what, const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **found, struct err *err);
void lookup_end(struct lookup **l);

#endif
