/*
 * What speaks against a command that odyssey send is about to give: gathers what
 * is known of each drone, asks alarm/advice.h, prints it, and says whether a
 * reason is missing.
 */
#ifndef APP_SEND_ADVICE_H
#define APP_SEND_ADVICE_H

#include "app/attach.h"
#include "app/roster_view.h"
#include "app/send_args.h"

/* One drone's warnings as they go over the wire; "" for none. */
struct send_over {
	char text[TEXT_SIZE];
};

/* Prints to stderr, a line a warning. *over, of one for each target, is the caller's to free;
 * reason is what --reason says, "" for none. 0, or -1 with a sentence where a reason
 * is needed and not given. */
int send_advice(struct attach *at, const struct config *config, const struct hello *hello,
    const struct roster_view *roster, const struct send_line *line, const struct send_target *targets,
    size_t count, const char *reason, struct send_over **over, struct err *err);

#endif
