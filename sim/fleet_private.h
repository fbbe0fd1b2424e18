/* What fleet.c and dispatch.c have of each other; nobody else includes it. */
#ifndef SIM_FLEET_PRIVATE_H
#define SIM_FLEET_PRIVATE_H

#include "fleet.h"

/* Publishes and counts. */
void fleet_send(struct fleet *f, const void *topic, size_t topic_len, const struct buf *body);
void fleet_send_message(struct fleet *f, enum topic_kind kind, const char *id, const void *message);
/* pl: the plan of that drone changed. */
void fleet_send_plan(struct fleet *f, const struct drone *d);

/* The flying command in progress, if there is one, ends in that stage. */
void fleet_command_over(struct fleet *f, struct drone *d, int stage, const char *text);

#endif
