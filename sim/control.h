/* The control socket's requests to the fleet, and its replies. */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "swarm.h"

/* Appends the reply to a request body, whatever it is. doc is scratch that
 * the caller keeps. */
void swarm_answer(struct swarm *sw, struct wire_doc *doc, const void *body, size_t len,
    struct buf *reply);

#endif
