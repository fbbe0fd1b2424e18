/*
 * Commands through the daemon: checked in the protocol's order, handed to the
 * owning source with its clock's `expires`, answered once, followed to their
 * end. See daemon.h.
 *
 * Nothing here waits, and nothing looks at what else a drone is doing: hold,
 * rtl and land go out as they come in.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "base/mem.h"
#include "proto/commands.h"

/* A command may not be meant for later than this. */
#define EXPIRES_AHEAD_MS (3600 * 1000)
#define FOLLOW_EVERY_MS 5000
/* Sources tell of the last hour. */
#define FOLLOW_FOR_MS (3600 * 1000)
#define FOLLOW_TIMEOUT_MS 5000

/* A command whose source has not answered yet, and who waits for that. */
struct pending_command {
	struct pending_command *next;
	struct daemon *daemon;
	char id[COMMAND_ID_SIZE];
	struct progress cm; /* its words, stage and text to be filled in */
	int64_t keep_until_ms;
	bool timed_out;     /* told so; a late answer still counts */
	struct server_envelope *waiting; /* owned */
	size_t waiting_count, waiting_cap;
};

static void reply_accepted(struct daemon *d, struct server_envelope *envelope)
{
	buf_clear(&d->reply);
	reply_begin(&d->reply, 1);
	wire_put_text(&d->reply, "stage");
	wire_put_text(&d->reply, stage_names[STAGE_ACCEPTED]);
	server_reply(d->server, envelope, &d->reply);
}

static void reply_code(struct daemon *d, struct server_envelope *envelope, enum code code,
    const char *text)
{
	if (code == CODE_OK) {
		reply_accepted(d, envelope);
		return;
	}
	buf_clear(&d->reply);
	reply_error(&d->reply, code, text);
	server_reply(d->server, envelope, &d->reply);
}

/* Publishes, logs and remembers a stage of our own finding, if it is news. */
static void tell(struct daemon *d, struct progress *cm, enum stage stage, enum code code,
    const char *text)
{
	cm->stage = stage;
	cm->time = (uint64_t)d->now_ms;
	str_copy(cm->code, sizeof(cm->code), code_name(code));
	str_copy(cm->text, sizeof(cm->text), text);
	if (ingest_progress(d, cm))
		daemon_publish(d, TOPIC_CM, cm->drone, cm);
}

/* Every well-formed command that is refused is told to all. */
static void refuse(struct daemon *d, struct progress *cm, struct server_envelope *envelope,
    enum code code, const char *text)
{
	if (id_valid(cm->drone, strlen(cm->drone)))
		tell(d, cm, STAGE_REJECTED, code, text);
	reply_code(d, envelope, code, text);
}

static struct pending_command *find_pending(struct daemon *d, const char *id)
{
	struct pending_command *p = d->pending;

	while (p && strcmp(p->id, id) != 0)
		p = p->next;
	return p;
}

static void wait_for(struct pending_command *p, struct server_envelope *envelope)
{
	mem_grow(p->waiting, p->waiting_count, p->waiting_cap);
	p->waiting[p->waiting_count++] = *envelope;
}

static void answer_all(struct daemon *d, struct pending_command *p, enum code code,
    const char *text)
{
	for (size_t i = 0; i < p->waiting_count; i++)
		reply_code(d, &p->waiting[i], code, text);
	p->waiting_count = 0;
}

static void forget(struct daemon *d, struct pending_command *p)
{
	struct pending_command **at = &d->pending;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
	for (size_t i = 0; i < p->waiting_count; i++)
		server_envelope_clear(&p->waiting[i]);
	free(p->waiting);
	free(p);
}

static void keep_answer(struct daemon *d, const struct pending_command *p, enum code code,
    const char *text)
{
	struct history_answer row = { .code = (int)code, .keep_until_ms = p->keep_until_ms };

	ledger_answer(&d->ledger, p->id, code, text, p->keep_until_ms);
	str_copy(row.id, sizeof(row.id), p->id);
	str_copy(row.text, sizeof(row.text), text);
	history_put_answer(d->history, &row);
}

static void source_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct pending_command *p = user;
	struct daemon *d = context;
	struct reply reply;
	struct err err;

	if (result == CLIENT_GONE) {
		forget(p->daemon, p);
		return;
	}
	if (result == CLIENT_TIMEOUT) {
		static const char text[] =
		    "handed on, but the source did not answer in time: the outcome is unknown";

		p->timed_out = true;
		tell(d, &p->cm, STAGE_TIMEOUT, CODE_TIMEOUT, text);
		answer_all(d, p, CODE_TIMEOUT, text);
		return;
	}
	if (reply_parse(&d->answer_doc, body, len, &reply, &err) == -1) {
		tell(d, &p->cm, STAGE_TIMEOUT, CODE_TIMEOUT,
		    "the source's answer cannot be read: the outcome is unknown");
		answer_all(d, p, CODE_TIMEOUT, p->cm.text);
	} else {
		if (reply.code == CODE_OK || reply.code == CODE_REJECTED)
			keep_answer(d, p, reply.code, reply.text);
		tell(d, &p->cm, reply.code == CODE_OK ? STAGE_ACCEPTED : STAGE_REJECTED, reply.code,
		    reply.text);
		answer_all(d, p, reply.code, reply.text);
	}
	forget(d, p);
}

/* The request again with the source's time in `expires`. */
static int hand_on(struct daemon *d, struct source *s, const struct request *req,
    struct pending_command *p)
{
	struct request theirs = *req;
	int64_t expires = (int64_t)req->expires + source_clock_offset(&s->clock);
	struct buf body = BUF_INIT;
	int ret;

	theirs.expires = expires > 0 ? (uint64_t)expires : 0;
	request_encode(&body, &theirs);
	ret = client_request(s->client, &body,
	    d->now_mono_ms + (int64_t)(d->config->answer_s * 1000), source_answered, p);
	buf_free(&body);
	return ret;
}

static void fill_progress(struct progress *cm, const struct request *req)
{
	memset(cm, 0, sizeof(*cm));
	str_copy(cm->id, sizeof(cm->id), req->id);
	str_copy(cm->drone, sizeof(cm->drone), req->drone);
	str_copy(cm->cmd, sizeof(cm->cmd), req->cmd);
	str_copy(cm->by, sizeof(cm->by), req->by);
	str_copy(cm->over, sizeof(cm->over), req->over);
	str_copy(cm->reason, sizeof(cm->reason), req->reason);
}

/* Given over a warning: who, what and why is for everybody to read. */
static void tell_reason(struct daemon *d, const struct progress *cm)
{
	if (*cm->over || *cm->reason)
		daemon_event(d, cm->drone, SEVERITY_NOTICE, "%s sent %s to %s over: %s; reason: %s",
		    *cm->by ? cm->by : "somebody", cm->cmd, cm->drone,
		    *cm->over ? cm->over : "a warning", *cm->reason ? cm->reason : "none given");
}

/* What of the protocol's order of checks needs only the request. */
static enum code check(struct daemon *d, const struct request *req, const struct drone *drone,
    struct err *err)
{
	enum command cmd = command_find(req->cmd);
	struct command_args args;
	int ret;

	if (!drone || drone->source == NO_SOURCE) {
		err_set(err, "there is no drone %s", req->drone);
		return CODE_UNKNOWN_DRONE;
	}
	if (cmd == CMD_COUNT) {
		err_set(err, "there is no command \"%s\"", req->cmd);
		return CODE_UNKNOWN_COMMAND;
	}
	ret = command_args_read(cmd, req->args, &args, err);
	command_args_clear(&args);
	if (ret == -1)
		return CODE_BAD_ARGS;
	if (req->expires > (uint64_t)d->now_ms + EXPIRES_AHEAD_MS) {
		err_set(err, "expires is more than an hour ahead");
		return CODE_BAD_ARGS;
	}
	if (d->sources[drone->source].kind == KIND_REPLAY) {
		err_set(err, "%s is a replay: the past takes no commands", req->drone);
		return CODE_FORBIDDEN;
	}
	if (req->expires < (uint64_t)d->now_ms) {
		err_set(err, "the command came %" PRIu64 " ms after it expired and was not flown",
		    (uint64_t)d->now_ms - req->expires);
		return CODE_EXPIRED;
	}
	return CODE_OK;
}

void command_request(struct daemon *d, const struct request *req, struct server_envelope *envelope)
{
	const struct ledger_row *answered = ledger_answered(&d->ledger, req->id, d->now_ms);
	struct pending_command *p = find_pending(d, req->id);
	const struct drone *drone = fleet_find(&d->fleet, req->drone);
	struct progress cm;
	enum code code;
	struct err err;

	if (answered) {
		reply_code(d, envelope, answered->code, answered->text);
		return;
	}
	if (p && !p->timed_out) {
		wait_for(p, envelope);
		return;
	}
	fill_progress(&cm, req);
	code = check(d, req, drone, &err);
	if (code != CODE_OK) {
		refuse(d, &cm, envelope, code, err.text);
		return;
	}
	p = xcalloc(1, sizeof(*p));
	p->daemon = d;
	p->cm = cm;
	p->keep_until_ms = (int64_t)req->expires + ANSWER_KEEP_MS;
	str_copy(p->id, sizeof(p->id), req->id);
	if (hand_on(d, &d->sources[drone->source], req, p) == -1) {
		free(p);
		refuse(d, &cm, envelope, CODE_UNAVAILABLE,
		    "the drone's source is not there; the command was not handed on");
		return;
	}
	wait_for(p, envelope);
	p->next = d->pending;
	d->pending = p;
	tell(d, &p->cm, STAGE_SENT, CODE_OK, "");
	tell_reason(d, &p->cm);
}

static bool is_of(const struct daemon *d, const struct source *s, const struct ledger_row *row)
{
	size_t i = strmap_get(&d->fleet.by_id, row->last.drone);

	return i != STRMAP_NONE && d->fleet.drones[i].source == s->index;
}

static bool is_open(const struct daemon *d, const struct source *s, const struct ledger_row *row)
{
	return row->last.stage != STAGE_UNKNOWN && !stage_is_final(row->last.stage) &&
	       row->touched_ms + FOLLOW_FOR_MS > d->now_ms && is_of(d, s, row);
}

/* What was taken before the source started, it knows nothing of. */
static void abandon_forgotten(struct daemon *d, struct source *s)
{
	int64_t started = (int64_t)s->boot * 1000 - source_clock_offset(&s->clock);

	for (size_t i = 0; i < d->ledger.count; i++) {
		const struct ledger_row *row = ledger_at(&d->ledger, i);
		struct progress cm = row->last;

		if (!is_open(d, s, row) || find_pending(d, cm.id) || row->touched_ms >= started)
			continue;
		cm.stage = STAGE_TIMEOUT;
		cm.time = (uint64_t)d->now_ms;
		str_copy(cm.code, sizeof(cm.code), code_name(CODE_TIMEOUT));
		str_copy(cm.text, sizeof(cm.text),
		    "the source has restarted and knows nothing of it: the outcome is unknown");
		if (!ledger_abandon(&d->ledger, &cm, d->now_ms))
			continue;
		history_put_progress(d->history, &cm, d->now_ms);
		daemon_publish(d, TOPIC_CM, cm.drone, &cm);
		daemon_event(d, cm.drone, SEVERITY_ERROR, "%s of %s: %s", cm.cmd, cm.drone, cm.text);
	}
}

/* Stages that the feed did not bring: a message was dropped, or came while we
 * were not there. */
static void follow_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct source *s = user;
	struct daemon *d = context;
	const wire_value *commands;
	struct reply reply;
	struct reject why;
	struct err err;

	if (result == CLIENT_LATE || result == CLIENT_GONE)
		return;
	s->following = false;
	if (result != CLIENT_ANSWERED || reply_parse(&d->answer_doc, body, len, &reply, &err) == -1 ||
	    reply.code != CODE_OK)
		return;
	commands = wire_key(reply.body, "commands");
	for (size_t i = 0; i < wire_count(commands) && wire_is_array(commands); i++) {
		struct progress cm;
		const struct ledger_row *row;

		if (message_read(wire_at(commands, i), TOPIC_CM, &cm, &why) == -1)
			continue;
		row = ledger_find(&d->ledger, cm.id);
		if (row && is_open(d, s, row) && ingest_progress(d, &cm))
			daemon_publish(d, TOPIC_CM, cm.drone, &cm);
	}
	abandon_forgotten(d, s);
}

int64_t command_tick(struct daemon *d)
{
	int64_t next = d->now_mono_ms + FOLLOW_EVERY_MS;

	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];
		struct request req = { .op = OP_COMMANDS, .since = KEY_NONE };
		struct buf body = BUF_INIT;
		bool open = false;

		if (s->following || s->state != SOURCE_UP || d->now_mono_ms < s->follow_at_ms)
			continue;
		s->follow_at_ms = d->now_mono_ms + FOLLOW_EVERY_MS;
		for (size_t r = 0; r < d->ledger.count && !open; r++) {
			const struct ledger_row *row = ledger_at(&d->ledger, r);

			/* Rows stand in the order they were given: the first open
			 * one is the oldest. A minute's grace for clocks. */
			open = is_open(d, s, row);
			req.since = (uint64_t)(row->touched_ms + source_clock_offset(&s->clock));
			req.since -= req.since > 60000 ? 60000 : req.since;
		}
		if (!open)
			continue;
		request_encode(&body, &req);
		s->following = client_request(s->client, &body, d->now_mono_ms + FOLLOW_TIMEOUT_MS,
				   follow_answered, s) == 0;
		buf_free(&body);
	}
	return next;
}

void command_close(struct daemon *d)
{
	/* Whoever waits is told what is known: it was handed on. The rows end
	 * with their clients. */
	for (struct pending_command *p = d->pending; p; p = p->next)
		answer_all(d, p, CODE_TIMEOUT,
		    "the daemon ends before the source answered: the outcome is unknown");
}
