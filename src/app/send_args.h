/*
 * The line of `odyssey send`: DRONE... CMD ARGS, read by the command table;
 * which drones a pattern means; and what a person has to confirm.
 *
 * Arguments come in the table's order, or by name as in speed=12. A position
 * is whatever format/position.h takes, in one word or several. A switch is
 * on/off, yes/no, or its own name ("mission FILE start", "disarm force").
 */
#ifndef APP_SEND_ARGS_H
#define APP_SEND_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "proto/commands.h"

struct send_line {
	char **drones; /* ids and patterns; argv's; not owned */
	size_t drone_count;
	enum command cmd;
	struct command_args args;
	struct buf notes; /* of the mission file: a sentence a line; data is NULL for none */
};

/* 0, or -1 with a sentence. send_line_clear() frees in either case. */
int send_line_read(struct send_line *line, int count, char **words, struct err *err);
void send_line_clear(struct send_line *line);

/* True for a word with * ? or [ in it. */
bool send_is_pattern(const char *word);
/* True if the drones are known without a roster: no pattern among them. */
bool send_all_named(const struct send_line *line);

struct send_target {
	char id[ID_SIZE];
	bool maybe_in_air;  /* not known to be on the ground */
	bool surely_in_air; /* known to fly, by a fresh sample */
};

/* Every drone meant, each once, in the order named. known (n ids ended by
 * NULL) are the drones that are there, or NULL where nobody asked: then names
 * stand for themselves and there are no patterns. *targets is the caller's to
 * free in either case. -1 with a sentence where something means no drone. */
int send_expand(const struct send_line *line, const char *const *known,
    struct send_target **targets, size_t *count, struct err *err);

/* What has to be confirmed before it is sent. */
struct send_need {
	bool yes;   /* dangerous to at least one: --yes or y */
	bool count; /* to several: --count or the number typed */
};

/* 0 with *need, or -1 where it is never sent to so many. */
int send_need(const struct send_line *line, const struct send_target *targets, size_t count,
    struct send_need *need, struct err *err);

#endif
