/* Commands, from the request to their last stage: the other half of fleet.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fleet_private.h"

#define EXPIRES_AHEAD_MS (3600 * 1000) /* further ahead is bad-args */

static void advance_stage(struct fleet *f, struct ledger_entry *e, int stage, enum code code,
    const char *text)
{
	struct progress cm;

	ledger_set(e, stage, code, fleet_clock_ms(f), text);
	ledger_progress(e, &cm);
	fleet_send_message(f, TOPIC_CM, e->drone, &cm);
}

void fleet_command_over(struct fleet *f, struct drone *d, int stage, const char *text)
{
	struct ledger_entry *e = ledger_at(&f->ledger, d->command);

	d->command = NO_COMMAND;
	if (e)
		advance_stage(f, e, stage, CODE_OK, text);
}

/* Everything a command is checked for once its id is known to be new. */
static enum code check(struct fleet *f, const struct request *req, struct drone **drone,
    enum command *cmd, struct command_args *args, struct err *err)
{
	int64_t now = fleet_clock_ms(f);

	*drone = fleet_find(f, req->drone);
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

static void take(struct fleet *f, struct drone *d, enum command cmd,
    const struct command_args *args, struct ledger_entry *e, size_t number)
{
	bool done;

	if (d->command != NO_COMMAND && drone_command_replaces(d, cmd, args)) {
		char text[64];

		snprintf(text, sizeof(text), "replaced by %s", command_table[cmd].name);
		fleet_command_over(f, d, STAGE_FAILED, text);
	}
	advance_stage(f, e, STAGE_ACCEPTED, CODE_OK, "taken");
	advance_stage(f, e, STAGE_ACTIVE, CODE_OK, "under way");
	done = drone_take_command(d, cmd, args);
	if (cmd == CMD_MISSION)
		fleet_send_plan(f, d);
	if (done)
		advance_stage(f, e, STAGE_DONE, CODE_OK, command_table[cmd].done_when);
	else
		d->command = number;
}

static void enter(struct ledger_entry *e, const struct request *req)
{
	str_copy(e->drone, sizeof(e->drone), req->drone);
	str_copy(e->cmd, sizeof(e->cmd), *req->cmd ? req->cmd : "?");
	str_copy(e->by, sizeof(e->by), req->by);
	e->expires = (int64_t)req->expires;
}

enum code fleet_command(struct fleet *f, const struct request *req, struct err *err)
{
	struct command_args args = { 0 };
	struct ledger_entry *e;
	struct drone *d;
	enum command cmd;
	enum code code;
	size_t number;

	e = ledger_find(&f->ledger, req->id, &number);
	if (e && e->answered) {
		if (e->answer != CODE_OK)
			err_set(err, "%s", e->answer_text);
		return e->answer;
	}
	code = check(f, req, &d, &cmd, &args, err);
	/* A name that is no id has no topic to be published under. */
	if (d || id_valid(req->drone, strlen(req->drone))) {
		e = ledger_enter(&f->ledger, req->id, fleet_clock_ms(f), &number);
		enter(e, req);
		e->answered = code == CODE_OK || code == CODE_REJECTED;
		e->answer = code;
		if (code != CODE_OK) {
			if (e->answered)
				e->answer_text = xstrdup(err->text);
			advance_stage(f, e, STAGE_REJECTED, code, err->text);
		} else {
			take(f, d, cmd, &args, e, number);
		}
	}
	command_args_clear(&args);
	return code;
}
