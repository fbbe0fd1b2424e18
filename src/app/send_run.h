/*
 * Sending one command to many drones at once and following each to its end:
 * the loop behind `odyssey send`. What to send is settled before.
 */
#ifndef APP_SEND_RUN_H
#define APP_SEND_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/attach.h"
#include "app/send_advice.h"
#include "app/send_args.h"
#include "app/send_follow.h"

struct send_run {
	struct attach *at;
	const struct send_line *line;
	const struct send_target *targets;
	size_t count;
	const struct send_over *over; /* of each target, what was said against it; NULL: nothing */
	const char *reason;           /* why all the same; "" for none */
	bool wait, json;
	int64_t offset_ms;   /* the source's clock less ours */
	int64_t expires_ms;  /* after it is sent */
	int64_t answer_ms;   /* to wait for one answer */
	int64_t timeout_ms;  /* for all of it; INT64_MAX: none */
};

/* "ann@tower", as far as the machine knows. */
void send_name_user(char by[NAME_SIZE]);

/* Prints each stage as it comes, on stdout; returns the exit code. */
int send_run(const struct send_run *run);

#endif
