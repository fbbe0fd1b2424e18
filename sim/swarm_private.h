/* What swarm.c and dispatch.c have of each other; nobody else includes it. */
#ifndef SIM_SWARM_PRIVATE_H
#define SIM_SWARM_PRIVATE_H

#include "swarm.h"

/* Publishes and counts. */
void swarm_send(struct swarm *sw, const void *topic, size_t topic_len, const struct buf *body);
void swarm_send_message(struct swarm *sw, enum topic_kind kind, const char *id, const void *message);
/* pl: the plan of that drone changed. */
void swarm_send_plan(struct swarm *sw, const struct drone *d);

/* The flying command in progress, if there is one, ends in that stage. */
void swarm_command_over(struct swarm *sw, struct drone *d, int stage, const char *text);

#endif
