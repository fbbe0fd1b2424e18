/*
 * Feed topics: two letters, a dot, and the id of what it is about.
 */
#ifndef PROTO_TOPIC_H
#define PROTO_TOPIC_H

#include <stddef.h>

#include "base/str.h"
#include "proto/reject.h"

enum topic_kind {
	TOPIC_TM, /* telemetry sample of a drone */
	TOPIC_HB, /* heartbeat of a source */
	TOPIC_EV, /* event; no id where it concerns no drone */
	TOPIC_CM, /* command progress of a drone */
	TOPIC_PL, /* plan of a drone changed */
	TOPIC_AL, /* alarm; no id where it concerns no drone */
	TOPIC_OR, /* order */
	TOPIC_VD, /* video frame of a drone */
	TOPIC_COUNT,
	TOPIC_UNKNOWN = TOPIC_COUNT /* no topic of this version: let it pass by */
};

#define TOPIC_SIZE (3 + ID_SIZE)

/* "tm", "hb", ... */
const char *topic_name(enum topic_kind kind);
/* Splits a topic frame. TOPIC_UNKNOWN where the first three bytes are none of
 * ours, with id empty. -1 with *why where they are, but the id is none (only
 * ev and al may do without). */
int topic_parse(const void *data, size_t len, enum topic_kind *kind, char id[ID_SIZE],
    struct reject *why);
/* Writes "tm.D01" and returns its length. id may be "". */
size_t topic_format(char topic[TOPIC_SIZE], enum topic_kind kind, const char *id);

#endif
