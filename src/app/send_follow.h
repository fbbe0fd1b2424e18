/*
 * What becomes of one command to one drone: a state machine fed by replies,
 * `cm` messages and the passing of time. It does no input or output.
 *
 * It ends in one word: done, accepted (where nobody waits for more), failed,
 * rejected, expired, unavailable, or unknown where nobody answered. Unknown is
 * overridden by whatever comes later.
 */
#ifndef APP_SEND_FOLLOW_H
#define APP_SEND_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/commands.h"
#include "proto/control.h"
#include "proto/messages.h"

#define FOLLOW_TRIES 3 /* times a command is sent, all with the same id */

enum outcome {
	OUTCOME_NONE,        /* nothing is known yet */
	OUTCOME_SENT,        /* a daemon handed it on */
	OUTCOME_UNKNOWN,     /* handed on, nobody answered */
	OUTCOME_ACCEPTED,
	OUTCOME_ACTIVE,
	OUTCOME_DONE,
	OUTCOME_FAILED,
	OUTCOME_REJECTED,
	OUTCOME_EXPIRED,     /* came too late and was not flown */
	OUTCOME_UNAVAILABLE, /* certainly not handed on */
	OUTCOME_COUNT
};
extern const char *const outcome_names[OUTCOME_COUNT];

struct follow {
	char id[COMMAND_ID_SIZE];
	char drone[ID_SIZE];
	enum command cmd;
	bool wait;             /* to the end, not only until it is accepted */
	bool may_repeat;
	enum outcome outcome;
	enum code code;        /* of a refusal */
	char text[TEXT_SIZE];  /* what was said with it */
	int tries;
	bool ended;
};

/* id and drone are copied. */
void follow_start(struct follow *f, const char *id, const char *drone, enum command cmd,
    const struct command_args *args, bool wait);
/* All return true where there is something new to say. */
bool follow_reply(struct follow *f, enum code code, const char *text);
bool follow_progress(struct follow *f, const struct progress *cm);
/* No answer in time. */
bool follow_timeout(struct follow *f, double after_s);
/* There was no connection to send it by. */
bool follow_not_sent(struct follow *f);

/* Whether the same request, with the same id, may go out once more now. */
bool follow_may_repeat(const struct follow *f);
/* True if the outcome is what was asked for. */
bool follow_succeeded(const struct follow *f);
/* True if it was refused for what was typed: no such drone or command, or
 * wrong arguments. */
bool follow_was_wrong_input(const struct follow *f);

#endif
