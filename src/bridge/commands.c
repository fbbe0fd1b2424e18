/*
 * Commands at the control socket: the protocol's checks in its order, the
 * ledger, and each stage told on the feed. How a command is flown: jobs.c.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "bridge/drone.h"

#define EXPIRES_AHEAD_MS (3600 * 1000)
/* Nothing heard of a vehicle for so long: it is not there. */
#define GONE_MS 10000

void job_free(struct job *j)
{
	mission_clear(&j->items);
	server_envelope_clear(&j->envelope);
	*j = (struct job){ 0 };
}

void job_reply(struct bridge *b, struct job *j, enum code code, const char *text)
{
	struct buf reply = BUF_INIT;

	if (!j->owes_reply)
		return;
	if (code == CODE_OK) {
		reply_begin(&reply, 1);
		wire_put_text(&reply, "stage");
		wire_put_text(&reply, stage_names[STAGE_ACCEPTED]);
	} else {
		reply_error(&reply, code, text);
	}
	server_reply(b->server, &j->envelope, &reply);
	j->envelope = (struct server_envelope){ 0 };
	j->owes_reply = false;
	buf_free(&reply);
}

static void publish_stage(struct bridge *b, struct progress *cm)
{
	bool news;

	cm->time = (uint64_t)b->wall_ms;
	news = cm->stage == STAGE_TIMEOUT ? ledger_abandon(&b->ledger, cm, b->wall_ms)
					  : ledger_apply(&b->ledger, cm, b->wall_ms);
	/* Nobody has heard of it yet: then it cannot be abandoned either. */
	if (!news && cm->stage == STAGE_TIMEOUT && !ledger_find(&b->ledger, cm->id))
		news = ledger_apply(&b->ledger, cm, b->wall_ms);
	if (news)
		bridge_publish(b, TOPIC_CM, cm->drone, cm);
}

static struct progress progress_of(const char *id, const char *drone, const char *cmd,
    const char *by, enum stage stage, enum code code, const char *text)
{
	struct progress cm = { .stage = stage };

	str_copy(cm.id, sizeof(cm.id), id);
	str_copy(cm.drone, sizeof(cm.drone), drone);
	str_copy(cm.cmd, sizeof(cm.cmd), *cmd ? cmd : "?");
	str_copy(cm.by, sizeof(cm.by), by);
	if (code != CODE_OK)
		str_copy(cm.code, sizeof(cm.code), code_name(code));
	str_copy(cm.text, sizeof(cm.text), text);
	return cm;
}

void job_stage(struct bridge *b, struct drone *d, struct job *j, enum stage stage,
    enum code code, const char *text)
{
	struct progress cm = progress_of(j->id, d->vehicle.id, command_table[j->cmd].name, j->by,
	    stage, code, text);

	publish_stage(b, &cm);
	if (stage == STAGE_ACCEPTED)
		ledger_answer(&b->ledger, j->id, CODE_OK, "", j->keep_until_ms);
	else if (stage == STAGE_REJECTED && code == CODE_REJECTED)
		ledger_answer(&b->ledger, j->id, code, text, j->keep_until_ms);
}

/* The command with that id that is still being carried out. */
static struct job *find_job(struct bridge *b, const char *id, struct drone **drone)
{
	for (size_t i = 0; i < b->drone_count; i++) {
		struct drone *d = b->drones[b->order[i]];

		for (size_t k = 0; k < JOBS_MAX; k++) {
			if (d->jobs[k].phase != JOB_FREE && strcmp(d->jobs[k].id, id) == 0) {
				*drone = d;
				return &d->jobs[k];
			}
		}
	}
	return NULL;
}

/* Asked again while it is carried out: the same command, and a second answer. */
static void asked_again(struct bridge *b, struct job *j, struct server_envelope *envelope)
{
	char text[64];

	snprintf(text, sizeof(text), "asked again; the answer goes to the newer request");
	job_reply(b, j, CODE_TIMEOUT, text);
	j->envelope = *envelope;
	j->owes_reply = true;
	*envelope = (struct server_envelope){ 0 };
	if (j->accepted)
		job_reply(b, j, CODE_OK, "");
	else if (j->unknown)
		job_reply(b, j, CODE_TIMEOUT, "the vehicle has not answered yet; the outcome is unknown");
}

static bool is_safe_three(enum command cmd)
{
	return cmd == CMD_HOLD || cmd == CMD_RTL || cmd == CMD_LAND;
}

static enum code check_vehicle(struct bridge *b, struct drone *d, enum command cmd,
    struct err *err)
{
	if (b->kind == KIND_REPLAY) {
		err_set(err, "%s is a recording and takes no commands", d->vehicle.id);
		return CODE_REJECTED;
	}
	if (d->file_clock) {
		err_set(err, "%s is played from a log and takes no commands", d->vehicle.id);
		return CODE_REJECTED;
	}
	if (d->active < 0 || (!is_safe_three(cmd) && b->now_ms - d->heard_ms > GONE_MS)) {
		err_set(err, "%s has not been heard for %" PRId64 " s", d->vehicle.id,
		    (b->now_ms - d->heard_ms) / 1000);
		return CODE_UNAVAILABLE;
	}
	if (!dialect_command(d->vehicle.family, cmd) && cmd != CMD_RESUME) {
		err_set(err, "%s, a %s, has no command %s that the bridge knows", d->vehicle.id,
		    model_name(d->vehicle.type), command_table[cmd].name);
		return CODE_REJECTED;
	}
	return CODE_OK;
}

static enum code check(struct bridge *b, const struct request *req, struct drone **drone,
    enum command *cmd, struct command_args *args, struct err *err)
{
	*drone = bridge_find(b, req->drone);
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
	if (req->expires > INT64_MAX || (int64_t)req->expires > b->wall_ms + EXPIRES_AHEAD_MS) {
		err_set(err, "expires is more than an hour ahead");
		return CODE_BAD_ARGS;
	}
	if ((int64_t)req->expires < b->wall_ms) {
		err_set(err, "the command came %" PRId64 " ms after it expired; it is not flown",
		    b->wall_ms - (int64_t)req->expires);
		return CODE_EXPIRED;
	}
	return check_vehicle(b, *drone, *cmd, err);
}

static double number(const struct command_args *args, size_t i)
{
	return args->has[i] ? args->number[i] : NAN;
}

static struct goal goal_of(enum command cmd, const struct command_args *args)
{
	struct goal g = { .cmd = cmd, .lat = NAN, .lon = NAN, .height = NAN, .alt = NAN, .speed = NAN };

	switch (cmd) {
	case CMD_DISARM:
		g.force = args->has[0] && args->number[0] != 0;
		break;
	case CMD_TAKEOFF:
		g.height = number(args, 0);
		break;
	case CMD_GOTO:
		g.lat = number(args, 0);
		g.lon = number(args, 1);
		g.height = number(args, 2);
		g.speed = number(args, 3);
		break;
	case CMD_MISSION:
		g.start = args->has[1] && args->number[1] != 0;
		break;
	case CMD_SPEED:
		g.speed = number(args, 0);
		break;
	case CMD_HOME:
		g.lat = number(args, 0);
		g.lon = number(args, 1);
		g.alt = number(args, 2);
		break;
	default:
		break;
	}
	return g;
}

/* A free job; for hold, rtl and land the oldest makes room. */
static struct job *free_job(struct bridge *b, struct drone *d, enum command cmd)
{
	struct job *oldest = NULL;

	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &d->jobs[i];

		if (j->phase == JOB_FREE)
			return j;
		if (!oldest || j->begun_ms < oldest->begun_ms)
			oldest = j;
	}
	if (!is_safe_three(cmd))
		return NULL;
	job_reply(b, oldest, CODE_TIMEOUT, "too many commands at once; the outcome is unknown");
	job_stage(b, d, oldest, STAGE_TIMEOUT, CODE_OK, "no longer followed: too many commands at once");
	job_free(oldest);
	return oldest;
}

/* The goal and the steps of `resume`. */
static int resume(struct drone *d, struct job *j, struct err *err)
{
	enum mode mode = vehicle_mode(&d->vehicle, d->data_ms);

	if (d->interrupted == CMD_GOTO) {
		j->goal = d->interrupted_goal;
		j->row = dialect_command(d->vehicle.family, CMD_GOTO);
		return 0;
	}
	if (d->interrupted != CMD_MISSION || !dialect_resume_mission(d->vehicle.family))
		return err_set(err, "%s has nothing to resume: no command interrupted a mission",
		    d->vehicle.id);
	if (mode == MODE_MISSION)
		return err_set(err, "%s flies its mission already", d->vehicle.id);
	j->row = dialect_resume_mission(d->vehicle.family);
	return 0;
}

static enum code begin(struct bridge *b, struct drone *d, enum command cmd,
    const struct command_args *args, const struct request *req, struct server_envelope *envelope,
    struct err *err)
{
	struct job *j = free_job(b, d, cmd);

	if (!j) {
		err_set(err, "%s already carries out %d commands", d->vehicle.id, JOBS_MAX);
		return CODE_REJECTED;
	}
	*j = (struct job){ .cmd = cmd, .goal = goal_of(cmd, args), .begun_ms = b->now_ms,
		.serial = ++d->job_serial,
		.keep_until_ms = (int64_t)req->expires + ANSWER_KEEP_MS };
	j->row = dialect_command(d->vehicle.family, cmd);
	if (cmd == CMD_RESUME && resume(d, j, err) == -1) {
		*j = (struct job){ 0 };
		return CODE_REJECTED;
	}
	str_copy(j->id, sizeof(j->id), req->id);
	str_copy(j->by, sizeof(j->by), req->by);
	if (cmd == CMD_MISSION)
		j->items = mission_copy(&args->items);
	j->envelope = *envelope;
	j->owes_reply = true;
	*envelope = (struct server_envelope){ 0 };
	job_begin(b, d, j);
	return CODE_OK;
}

static void refuse(struct bridge *b, const struct request *req, struct server_envelope *envelope,
    enum code code, const char *text, bool stands)
{
	struct buf reply = BUF_INIT;

	/* A name that is no id has no topic to be published under. */
	if (!stands && id_valid(req->drone, strlen(req->drone))) {
		struct progress cm = progress_of(req->id, req->drone, req->cmd, req->by, STAGE_REJECTED,
		    code, text);

		publish_stage(b, &cm);
		if (code == CODE_REJECTED)
			ledger_answer(&b->ledger, req->id, code, text,
			    (int64_t)req->expires + ANSWER_KEEP_MS);
	}
	reply_error(&reply, code, text);
	server_reply(b->server, envelope, &reply);
	buf_free(&reply);
}

void bridge_command(struct bridge *b, const struct request *req, struct server_envelope *envelope)
{
	const struct ledger_row *row = ledger_answered(&b->ledger, req->id, b->wall_ms);
	struct command_args args = { 0 };
	struct drone *d;
	struct job *j;
	enum command cmd;
	enum code code;
	struct err err;

	if (row && row->code != CODE_OK) {
		refuse(b, req, envelope, row->code, row->text, true);
		return;
	}
	if (row) {
		struct job answered = { .owes_reply = true, .envelope = *envelope };

		job_reply(b, &answered, CODE_OK, "");
		return;
	}
	j = find_job(b, req->id, &d);
	if (j) {
		asked_again(b, j, envelope);
		return;
	}
	code = check(b, req, &d, &cmd, &args, &err);
	if (code == CODE_OK)
		code = begin(b, d, cmd, &args, req, envelope, &err);
	if (code != CODE_OK)
		refuse(b, req, envelope, code, err.text, false);
	command_args_clear(&args);
}
