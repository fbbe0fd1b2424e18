/*
 * Feed messages as lines: which are wanted, and how each reads for people or
 * programs.
 */
#ifndef APP_TAIL_VIEW_H
#define APP_TAIL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "app/field_list.h"
#include "base/buf.h"
#include "base/err.h"
#include "proto/topic.h"
#include "proto/wire.h"

/* What one word on the command line asks for. */
struct tail_topic {
	enum topic_kind kind;  /* TOPIC_COUNT: of any kind */
	char id[ID_SIZE * 4];  /* exact, or a pattern; "" for any */
};

/* "tm", "tm.D01", "D01", "tm.D*", "D*": a kind, a whole topic, or an id of
 * whatever kind. 0, or -1 with a sentence. */
int tail_topic_read(struct tail_topic *t, const char *word, struct err *err);
/* Exactly: tm.D1 is not tm.D10. */
bool tail_topic_matches(const struct tail_topic *t, enum topic_kind kind, const char *id);
/* The subscriptions that bring it, as prefixes: how many, at most
 * TOPIC_COUNT. */
size_t tail_topic_prefixes(const struct tail_topic *t, char prefixes[TOPIC_COUNT][TOPIC_SIZE]);

/* The names that --fields takes beside telemetry fields; ended by NULL. */
extern const char *const tail_fields[];

/* Appends the message as a line. fields may be NULL for all. Returns 1 if it
 * did, 0 where the message has none of the fields, -1 with *why where it is
 * malformed. */
int tail_line(struct buf *out, struct wire_doc *doc, enum topic_kind kind, const char *id,
    const void *body, size_t len, bool json, const struct field_list *fields, struct reject *why);

#endif
