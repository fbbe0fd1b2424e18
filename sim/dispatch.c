/* Commands, from the request to their last stage: the other half of swarm.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "swarm_private.h"

#define EXPIRES_AHEAD_MS (3600 * 1000) /* further ahead is bad-args */

static void advance_stage(struct swarm *sw, struct logbook_entry *e, int stage, enum code code,
    const char *text)
{
	struct progress cm;

	logbook_set(e, stage, code, swarm_clock_ms(sw), text);
	logbook_progress(e, &cm);
	swarm_send_message(sw, TOPIC_CM, e->drone, &cm);
}

void swarm_command_over(struct swarm *sw, struct drone *d, int stage, const char *text)
{
	struct logbook_entry *e = logbook_at(&sw->logbook, d->command);

	d->command = NO_COMMAND;
	if (e)
		advance_stage(sw, e, stage, CODE_OK, text);
}

/* Everything a command is checked for once its id is known to be new. */
static enum code check(struct swarm *sw, const struct request *req, struct drone **drone,
    enum command *cmd, struct command_args *args, struct err *err)
{
	int64_t now = swarm_clock_ms(sw);

	*drone = swarm_find(sw, req->drone);
	*cmd = command_find(req->cmd);
	if (!*drone) {
		err_set(err, "there is no drone \"%s\" here", req->drone);
		return CODE_UNKNOWN_DRONE;
	}
	if (*cmd == CMD_COUNT) {
		err_set(err, "there is no command \"%s\"", req->cmd);
		return CODE_UNKNOWN_COMMAND;
	}
	if (command_args_read(*cmd, req->args, args, err) == -1)
		return CODE_BAD_ARGS;
	if ((int64_t)req->expires > now + EXPIRES_AHEAD_MS) {
		err_set(err, "expires is %" PRId64 " s ahead, and may be an hour at most",
		    ((int64_t)req->expires - now) / 1000);
		return CODE_BAD_ARGS;
	}
	if ((int64_t)req->expires < now) {
		err_set(err, "the command came %" PRId64 " ms after it expired; it is not flown",
		    now - (int64_t)req->expires);
		return CODE_EXPIRED;
	}
	if (drone_check_command(*drone, *cmd, args, err) == -1)
		return CODE_REJECTED;
	return CODE_OK;
}

static void take(struct swarm *sw, struct drone *d, enum command cmd,
    const struct command_args *args, struct logbook_entry *e, size_t number)
{
	bool done;

	if (d->command != NO_COMMAND && drone_command_replaces(d, cmd, args)) {
		char text[64];

		snprintf(text, sizeof(text), "replaced by %s", command_table[cmd].name);
		swarm_command_over(sw, d, STAGE_FAILED, text);
	}
	advance_stage(sw, e, STAGE_ACCEPTED, CODE_OK, "taken");
	advance_stage(sw, e, STAGE_ACTIVE, CODE_OK, "under way");
	done = drone_take_command(d, cmd, args);
	if (cmd == CMD_MISSION)
		swarm_send_plan(sw, d);
	if (done)
		advance_stage(sw, e, STAGE_DONE, CODE_OK, command_table[cmd].done_when);
	else
		d->command = number;
}

static void enter(struct logbook_entry *e, const struct request *req)
{
	str_copy(e->drone, sizeof(e->drone), req->drone);
	str_copy(e->cmd, sizeof(e->cmd), *req->cmd ? req->cmd : "?");
	str_copy(e->by, sizeof(e->by), req->by);
	e->expires = (int64_t)req->expires;
}

enum code swarm_command(struct swarm *sw, const struct request *req, struct err *err)
{
	struct command_args args = { 0 };
	struct logbook_entry *e;
	struct drone *d;
	enum command cmd;
	enum code code;
	size_t number;

	e = logbook_find(&sw->logbook, req->id, &number);
	if (e && e->answered) {
		if (e->answer != CODE_OK)
			err_set(err, "%s", e->answer_text);
		return e->answer;
	}
	code = check(sw, req, &d, &cmd, &args, err);
	/* A name that is no id has no topic to be published under. */
	if (d || id_valid(req->drone, strlen(req->drone))) {
		e = logbook_enter(&sw->logbook, req->id, swarm_clock_ms(sw), &number);
		enter(e, req);
		e->answered = code == CODE_OK || code == CODE_REJECTED;
		e->answer = code;
		if (code != CODE_OK) {
			if (e->answered)
				e->answer_text = xstrdup(err->text);
			advance_stage(sw, e, STAGE_REJECTED, code, err->text);
		} else {
			take(sw, d, cmd, &args, e, number);
		}
	}
	command_args_clear(&args);
	return code;
}
