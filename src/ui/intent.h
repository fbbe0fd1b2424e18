/*
 * A command for drones as a value: what the command line makes, the preview
 * shows, and the loop sends.
 */
#ifndef UI_INTENT_H
#define UI_INTENT_H

#include <stddef.h>

#include "base/buf.h"
#include "proto/commands.h"

struct intent {
	enum command cmd;
	struct command_args args;
	size_t *drones; /* owned; numbers in the model */
	size_t count;
	struct buf notes; /* what a file left out: a sentence a line */
	char over[500], reason[200]; /* what was warned of, and why it is given all the same */
};

void intent_clear(struct intent *o);

#endif
