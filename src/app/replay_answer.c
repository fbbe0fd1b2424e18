/* Requests to the past: see replay_answer.h. */
#include "app/replay_answer.h"

#include <string.h>

#include "proto/commands.h"

void replay_answer_init(struct replay_answer *a, struct replay *replay, uint32_t boot)
{
	*a = (struct replay_answer){ .replay = replay, .boot = boot };
	wire_doc_init(&a->doc);
}

void replay_answer_clear(struct replay_answer *a)
{
	wire_doc_clear(&a->doc);
	buf_free(&a->reply);
	buf_free(&a->body);
}

static const struct replay_drone *find(const struct replay_answer *a, const struct request *req,
    struct err *err)
{
	size_t i = replay_find_drone(a->replay, req->drone);

	if (i != REPLAY_NO_DRONE && replay_drone(a->replay, i)->sample.known)
		return replay_drone(a->replay, i);
	err_set(err, "there was no drone \"%s\" then", req->drone);
	return NULL;
}

static enum code hello(struct replay_answer *a, const struct request *req, struct err *err)
{
	(void)req, (void)err;
	hello_reply(&a->reply, REPLAY_NAME, KIND_REPLAY, a->boot, replay_position(a->replay), NULL);
	return CODE_OK;
}

static void put_pair(struct buf *b, const char *key, const char *text)
{
	wire_put_text(b, key);
	if (*text)
		wire_put_text(b, text);
	else
		wire_put_nil(b);
}

static void put_drone(struct buf *b, const struct replay_drone *d)
{
	const struct sample *s = &d->sample;

	wire_put_map(b, 6);
	put_pair(b, "id", d->id);
	put_pair(b, "model", d->model);
	put_pair(b, "source", *d->source ? d->source : REPLAY_NAME);
	put_pair(b, "kind", source_kind_names[KIND_REPLAY]);
	wire_put_text(b, "home");
	if (sample_has(s, FIELD_home_lat) && sample_has(s, FIELD_home_lon)) {
		wire_put_array(b, 3);
		wire_put_number(b, sample_value(s, FIELD_home_lat));
		wire_put_number(b, sample_value(s, FIELD_home_lon));
		wire_put_number(b, sample_value(s, FIELD_alt) - sample_value(s, FIELD_height));
	} else {
		wire_put_nil(b);
	}
	wire_put_text(b, "tm");
	sample_encode(b, s);
}

static enum code roster(struct replay_answer *a, const struct request *req, struct err *err)
{
	size_t count = replay_drone_count(a->replay), known = 0;

	(void)req, (void)err;
	for (size_t i = 0; i < count; i++)
		known += replay_drone(a->replay, i)->sample.known != 0;
	reply_begin(&a->reply, 1);
	wire_put_text(&a->reply, "drones");
	wire_put_array(&a->reply, known);
	for (size_t i = 0; i < count; i++) {
		if (replay_drone(a->replay, i)->sample.known)
			put_drone(&a->reply, replay_drone(a->replay, i));
	}
	return CODE_OK;
}

static bool asked_for(const struct progress *cm, const struct request *req)
{
	return (!*req->id || strcmp(req->id, cm->id) == 0) &&
	    (!*req->drone || strcmp(req->drone, cm->drone) == 0) &&
	    (req->since == KEY_NONE || cm->time >= req->since);
}

static enum code commands(struct replay_answer *a, const struct request *req, struct err *err)
{
	const struct progress *list;
	size_t count, n = 0;

	if (replay_commands(a->replay, &list, &count, err) == -1)
		return CODE_UNAVAILABLE;
	for (size_t i = 0; i < count; i++)
		n += asked_for(&list[i], req);
	reply_begin(&a->reply, 1);
	wire_put_text(&a->reply, "commands");
	wire_put_array(&a->reply, n);
	for (size_t i = 0; i < count; i++) {
		if (asked_for(&list[i], req))
			message_encode(&a->reply, TOPIC_CM, &list[i]);
	}
	return CODE_OK;
}

/* As its source had said it: also what this program has no name for. */
static enum code plan(struct replay_answer *a, const struct request *req, struct err *err)
{
	struct replay_plan then;
	int got;

	if (!find(a, req, err))
		return CODE_UNKNOWN_DRONE;
	got = replay_plan(a->replay, replay_find_drone(a->replay, req->drone), &then, err);
	if (got == 0)
		err_set(err, "what %s was to fly then is not recorded", req->drone);
	if (got != 1)
		return CODE_UNAVAILABLE;
	reply_begin(&a->reply, wire_count(then.kept));
	plan_kept_pairs(&a->reply, then.kept);
	return CODE_OK;
}

static enum code backfill(struct replay_answer *a, const struct request *req, struct err *err)
{
	struct backfill bf = { 0 };
	enum code code = CODE_OK;

	if (!find(a, req, err))
		return CODE_UNKNOWN_DRONE;
	if (replay_backfill(a->replay, replay_find_drone(a->replay, req->drone), (uint32_t)req->boot,
		(uint32_t)req->from, (uint32_t)req->to, &bf, err) == -1)
		code = CODE_UNAVAILABLE;
	else
		backfill_reply(&a->reply, &bf);
	backfill_clear(&bf);
	return code;
}

/* Why not, in the protocol's order. */
static enum code refuse(struct replay_answer *a, const struct request *req, struct err *err)
{
	enum command cmd = command_find(req->cmd);
	struct command_args args;
	int ret;

	if (!find(a, req, err))
		return CODE_UNKNOWN_DRONE;
	if (cmd == CMD_COUNT) {
		err_set(err, "there is no command \"%s\"", req->cmd);
		return CODE_UNKNOWN_COMMAND;
	}
	ret = command_args_read(cmd, req->args, &args, err);
	command_args_clear(&args);
	if (ret == -1)
		return CODE_BAD_ARGS;
	err_set(err, "%s is a replay: the past takes no commands", req->drone);
	return CODE_FORBIDDEN;
}

static void tell_refusal(struct replay_answer *a, struct feed_out *feed, const struct request *req,
    enum code code, const char *text)
{
	struct progress cm = { .stage = STAGE_REJECTED, .time = (uint64_t)replay_position(a->replay) };

	/* A drone that is none has no topic. */
	if (!id_valid(req->drone, strlen(req->drone)))
		return;
	str_copy(cm.id, sizeof(cm.id), req->id);
	str_copy(cm.drone, sizeof(cm.drone), req->drone);
	str_copy(cm.cmd, sizeof(cm.cmd), req->cmd);
	str_copy(cm.by, sizeof(cm.by), req->by);
	str_copy(cm.code, sizeof(cm.code), code_name(code));
	str_copy(cm.text, sizeof(cm.text), text);
	buf_clear(&a->body);
	message_encode(&a->body, TOPIC_CM, &cm);
	feed_out_send(feed, TOPIC_CM, cm.drone, a->body.data, a->body.len);
}

bool replay_answer(struct replay_answer *a, struct server *server, struct feed_out *feed)
{
	static enum code (*const answers[OP_COUNT])(struct replay_answer *, const struct request *,
	    struct err *) = {
		[OP_HELLO] = hello, [OP_ROSTER] = roster, [OP_COMMANDS] = commands,
		[OP_PLAN] = plan, [OP_BACKFILL] = backfill, [OP_COMMAND] = refuse,
	};
	struct server_envelope envelope;
	struct request req;
	const void *body;
	struct err err;
	enum code code;
	size_t len;

	if (!server_receive(server, &body, &len, &envelope))
		return false;
	buf_clear(&a->reply);
	if (request_parse(&a->doc, body, len, &req, &code, &err) == 0) {
		if (answers[req.op]) {
			code = answers[req.op](a, &req, &err);
		} else {
			code = CODE_UNKNOWN_OP;
			err_set(&err, "%s is asked of a daemon; this is a replay", op_table[req.op].name);
		}
		if (req.op == OP_COMMAND)
			tell_refusal(a, feed, &req, code, err.text);
	}
	if (code != CODE_OK) {
		buf_clear(&a->reply);
		reply_error(&a->reply, code, err.text);
	}
	server_reply(server, &envelope, &a->reply);
	return true;
}
