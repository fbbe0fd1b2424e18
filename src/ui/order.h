/*
 * A command for drones as a value: what the command line makes, the preview
 * shows, and the loop sends.
 */
#ifndef UI_ORDER_H
#define UI_ORDER_H

#include <stddef.h>

#include "base/buf.h"
#include "proto/commands.h"

struct order {
	enum command cmd;
	struct command_args args;
	size_t *drones; /* owned; numbers in the model */
	size_t count;
	struct buf notes; /* what a file left out: a sentence a line */
};

void order_clear(struct order *o);

#endif
