/* The control socket's requests: see control.h. */
#include "control.h"

#include <string.h>

#include "base/mem.h"

static enum code answer_hello(struct swarm *sw, const struct request *req, struct buf *reply,
    struct err *err)
{
	(void)req;
	(void)err;
	hello_reply(reply, sw->settings.name, KIND_SIM, sw->boot, swarm_clock_ms(sw), NULL);
	return CODE_OK;
}

static void put_drone(const struct swarm *sw, const struct drone *d, struct buf *reply)
{
	const struct vehicle *v = &d->vehicle;
	struct geo_point home = geo_from_xy(&v->frame, v->home_x, v->home_y);
	const void *tm;
	size_t len;

	wire_put_map(reply, 6);
	wire_put_text(reply, "id");
	wire_put_text(reply, d->id);
	wire_put_text(reply, "model");
	wire_put_text(reply, v->model->name);
	wire_put_text(reply, "source");
	wire_put_text(reply, sw->settings.name);
	wire_put_text(reply, "kind");
	wire_put_text(reply, source_kind_names[KIND_SIM]);
	wire_put_text(reply, "home");
	wire_put_array(reply, 3);
	wire_put_number(reply, home.lat);
	wire_put_number(reply, home.lon);
	wire_put_number(reply, v->home_z);
	wire_put_text(reply, "tm");
	tm = backlog_newest(&d->backlog, &len);
	if (tm)
		buf_add(reply, tm, len);
	else
		wire_put_nil(reply);
}

static enum code answer_roster(struct swarm *sw, const struct request *req, struct buf *reply,
    struct err *err)
{
	(void)req;
	(void)err;
	reply_begin(reply, 1);
	wire_put_text(reply, "drones");
	wire_put_array(reply, sw->settings.drones);
	/* Ids are numbered with leading zeros: their order is by id. */
	for (unsigned i = 0; i < sw->settings.drones; i++)
		put_drone(sw, &sw->drones[i], reply);
	return CODE_OK;
}

static enum code answer_command(struct swarm *sw, const struct request *req, struct buf *reply,
    struct err *err)
{
	enum code code = swarm_command(sw, req, err);

	if (code != CODE_OK)
		return code;
	reply_begin(reply, 1);
	wire_put_text(reply, "stage");
	wire_put_text(reply, stage_names[STAGE_ACCEPTED]);
	return CODE_OK;
}

static enum code answer_commands(struct swarm *sw, const struct request *req, struct buf *reply,
    struct err *err)
{
	(void)err;
	reply_begin(reply, 1);
	wire_put_text(reply, "commands");
	logbook_write(&sw->logbook, req->id, req->drone, req->since, reply);
	return CODE_OK;
}

static struct drone *find(struct swarm *sw, const struct request *req, struct err *err)
{
	struct drone *d = swarm_find(sw, req->drone);

	if (!d)
		err_set(err, "there is no drone \"%s\" here", req->drone);
	return d;
}

static enum code answer_plan(struct swarm *sw, const struct request *req, struct buf *reply,
    struct err *err)
{
	struct drone *d = find(sw, req, err);

	if (!d)
		return CODE_UNKNOWN_DRONE;
	reply_begin(reply, PLAN_PAIRS);
	plan_write_pairs(reply, &d->plan);
	return CODE_OK;
}

static enum code answer_backfill(struct swarm *sw, const struct request *req, struct buf *reply,
    struct err *err)
{
	struct drone *d = find(sw, req, err);
	struct backfill bf = { 0 };

	if (!d)
		return CODE_UNKNOWN_DRONE;
	backlog_backfill(&d->backlog, (uint32_t)req->boot, (uint32_t)req->from, (uint32_t)req->to, &bf);
	backfill_reply(reply, &bf);
	backfill_clear(&bf);
	return CODE_OK;
}

void swarm_answer(struct swarm *sw, struct wire_doc *doc, const void *body, size_t len,
    struct buf *reply)
{
	static enum code (*const answers[OP_COUNT])(struct swarm *, const struct request *,
	    struct buf *, struct err *) = {
		[OP_HELLO] = answer_hello, [OP_ROSTER] = answer_roster,
		[OP_COMMAND] = answer_command, [OP_COMMANDS] = answer_commands,
		[OP_PLAN] = answer_plan, [OP_BACKFILL] = answer_backfill,
	};
	struct request req;
	struct err err;
	enum code code;

	if (request_parse(doc, body, len, &req, &code, &err) == 0) {
		if (answers[req.op]) {
			code = answers[req.op](sw, &req, reply, &err);
		} else {
			code = CODE_UNKNOWN_OP;
			err_set(&err, "%s is asked of a daemon; this is a simulator",
			    op_table[req.op].name);
		}
	}
	if (code != CODE_OK)
		reply_error(reply, code, err.text);
}
