/*
 * Endpoints as people write them: tcp://HOST:PORT and ipc://PATH.
 */
#ifndef BASE_ENDPOINT_H
#define BASE_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define ENDPOINT_SIZE 256

enum endpoint_use { ENDPOINT_BIND, ENDPOINT_CONNECT };

/* The default ports of the protocol, feed first, control one above. */
#define PORT_DAEMON 7600
#define PORT_SIM 7610
#define PORT_BRIDGE 7620
#define PORT_REPLAY 7630

/* 0, or -1 with a sentence that names the endpoint and the remedy. Binding
 * takes "*" for a host; a port of 0 is refused. */
int endpoint_check(const char *endpoint, enum endpoint_use use, struct err *err);
/* True for ipc:// and for tcp:// on 127.x.x.x, localhost or [::1]: nobody
 * outside this machine gets there. */
bool endpoint_is_local(const char *endpoint);
/* The control endpoint that goes with a feed: the next port, or the path with
 * ".control" behind it. The feed must have passed endpoint_check(). */
void endpoint_control_of(const char *feed, char control[ENDPOINT_SIZE]);
/* Splits "FEED" or "FEED,CONTROL" and checks both for connecting; CONTROL is
 * derived where it is left out. */
int endpoint_split(const char *pair, char feed[ENDPOINT_SIZE], char control[ENDPOINT_SIZE],
    struct err *err);

#endif
