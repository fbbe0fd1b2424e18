/* The control socket's requests and their replies. */
#include <string.h>

#include "bridge/drone.h"

static enum code answer_hello(struct bridge *b, const struct request *req, struct err *err)
{
	(void)req, (void)err;
	hello_reply(&b->reply, b->settings->name, b->kind, b->boot, b->wall_ms, NULL);
	return CODE_OK;
}

static void put_text_pair(struct buf *out, const char *key, const char *value)
{
	wire_put_text(out, key);
	wire_put_text(out, value);
}

static void put_drone(struct bridge *b, const struct drone *d)
{
	struct buf *out = &b->reply;
	double lat, lon, alt;

	wire_put_map(out, 6);
	put_text_pair(out, "id", d->vehicle.id);
	put_text_pair(out, "model", model_name(d->vehicle.type));
	put_text_pair(out, "source", b->settings->name);
	put_text_pair(out, "kind", source_kind_names[b->kind]);
	wire_put_text(out, "home");
	if (vehicle_home(&d->vehicle, &lat, &lon, &alt)) {
		wire_put_array(out, 3);
		wire_put_number(out, lat);
		wire_put_number(out, lon);
		wire_put_number(out, alt);
	} else {
		wire_put_nil(out);
	}
	wire_put_text(out, "tm");
	if (d->last_sample.len)
		buf_add(out, d->last_sample.data, d->last_sample.len);
	else
		wire_put_nil(out);
}

static enum code answer_roster(struct bridge *b, const struct request *req, struct err *err)
{
	(void)req, (void)err;
	reply_begin(&b->reply, 1);
	wire_put_text(&b->reply, "drones");
	wire_put_array(&b->reply, b->drone_count);
	for (size_t i = 0; i < b->drone_count; i++)
		put_drone(b, b->drones[b->order[i]]);
	return CODE_OK;
}

static enum code answer_commands(struct bridge *b, const struct request *req, struct err *err)
{
	(void)err;
	reply_begin(&b->reply, 1);
	wire_put_text(&b->reply, "commands");
	ledger_write(&b->ledger, &b->reply, req->id, req->drone, req->since);
	return CODE_OK;
}

static struct drone *find(struct bridge *b, const struct request *req, struct err *err)
{
	struct drone *d = bridge_find(b, req->drone);

	if (!d)
		err_set(err, "there is no drone \"%s\" here", req->drone);
	return d;
}

static enum code answer_plan(struct bridge *b, const struct request *req, struct err *err)
{
	struct drone *d = find(b, req, err);

	if (!d)
		return CODE_UNKNOWN_DRONE;
	reply_begin(&b->reply, PLAN_PAIRS);
	plan_write_pairs(&b->reply, &d->plan);
	return CODE_OK;
}

static enum code answer_backfill(struct bridge *b, const struct request *req, struct err *err)
{
	struct drone *d = find(b, req, err);
	struct backfill bf = { 0 };

	if (!d)
		return CODE_UNKNOWN_DRONE;
	backlog_backfill(&d->backlog, (uint32_t)req->boot, (uint32_t)req->from, (uint32_t)req->to,
	    &bf);
	backfill_reply(&b->reply, &bf);
	backfill_clear(&bf);
	return CODE_OK;
}

void bridge_answer(struct bridge *b, const void *body, size_t len, struct server_envelope *envelope)
{
	static enum code (*const answers[OP_COUNT])(struct bridge *, const struct request *,
	    struct err *) = {
		[OP_HELLO] = answer_hello, [OP_ROSTER] = answer_roster,
		[OP_COMMANDS] = answer_commands, [OP_PLAN] = answer_plan,
		[OP_BACKFILL] = answer_backfill,
	};
	struct request req;
	struct err err;
	enum code code;

	buf_clear(&b->reply);
	if (request_parse(&b->doc, body, len, &req, &code, &err) == 0) {
		if (req.op == OP_COMMAND) { /* answered when the vehicle has */
			bridge_command(b, &req, envelope);
			return;
		}
		if (answers[req.op]) {
			code = answers[req.op](b, &req, &err);
		} else {
			code = CODE_UNKNOWN_OP;
			err_set(&err, "%s is asked of a daemon; this is a bridge", op_table[req.op].name);
		}
	}
	if (code != CODE_OK)
		reply_error(&b->reply, code, err.text);
	server_reply(b->server, envelope, &b->reply);
}
