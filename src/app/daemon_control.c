/*
 * Requests of clients to the daemon. Everything that arrives is answered; what
 * has to wait for a source or a disk is answered later. See daemon.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "base/mem.h"
#include "proto/commands.h"

#define PLAN_TIMEOUT_MS 3000

typedef void op_handler(struct daemon *d, const struct request *req,
    struct server_envelope *envelope);

static void reply(struct daemon *d, struct server_envelope *envelope)
{
	server_reply(d->server, envelope, &d->reply);
}

static void refuse(struct daemon *d, struct server_envelope *envelope, enum code code,
    const char *text)
{
	buf_clear(&d->reply);
	reply_error(&d->reply, code, text);
	reply(d, envelope);
}

static void serve_hello(struct daemon *d, const struct request *req,
    struct server_envelope *envelope)
{
	(void)req;
	hello_reply(&d->reply, d->config->name, KIND_DAEMON, d->boot, d->now_ms,
	    *d->history_mark ? d->history_mark : NULL);
	reply(d, envelope);
}

static void put_text_or_nil(struct buf *b, const char *key, const char *text)
{
	wire_put_text(b, key);
	if (*text)
		wire_put_text(b, text);
	else
		wire_put_nil(b);
}

static void put_uint_or_nil(struct buf *b, const char *key, uint64_t v)
{
	wire_put_text(b, key);
	if (v != KEY_NONE)
		wire_put_uint(b, v);
	else
		wire_put_nil(b);
}

static void put_kind(struct buf *b, int kind)
{
	put_text_or_nil(b, "kind", kind == KIND_UNKNOWN ? "" : source_kind_names[kind]);
}

static void put_drone(struct buf *b, const struct drone *drone)
{
	double lat = drone->home_lat, lon = drone->home_lon;

	/* A home set in flight is in the samples only. */
	if (sample_has(&drone->newest, FIELD_home_lat) && sample_has(&drone->newest, FIELD_home_lon)) {
		lat = sample_value(&drone->newest, FIELD_home_lat);
		lon = sample_value(&drone->newest, FIELD_home_lon);
	}
	wire_put_map(b, 6);
	wire_put_text(b, "id");
	wire_put_text(b, drone->id);
	put_text_or_nil(b, "model", drone->model);
	put_text_or_nil(b, "source", drone->origin);
	put_kind(b, drone->kind);
	wire_put_text(b, "home");
	if (isnan(lat) || isnan(lon)) {
		wire_put_nil(b);
	} else {
		wire_put_array(b, 3);
		wire_put_number(b, lat);
		wire_put_number(b, lon);
		wire_put_number(b, drone->home_alt);
	}
	wire_put_text(b, "tm");
	if (drone->body.len)
		buf_add(b, drone->body.data, drone->body.len);
	else
		wire_put_nil(b);
}

static void serve_roster(struct daemon *d, const struct request *req,
    struct server_envelope *envelope)
{
	size_t *order = fleet_sorted(&d->fleet), offered = 0;

	(void)req;
	for (size_t i = 0; i < d->fleet.count; i++)
		offered += d->fleet.drones[i].source != NO_SOURCE;
	reply_begin(&d->reply, 1);
	wire_put_text(&d->reply, "drones");
	wire_put_array(&d->reply, offered);
	for (size_t i = 0; i < d->fleet.count; i++) {
		if (d->fleet.drones[order[i]].source != NO_SOURCE)
			put_drone(&d->reply, &d->fleet.drones[order[i]]);
	}
	free(order);
	reply(d, envelope);
}

static void serve_sources(struct daemon *d, const struct request *req,
    struct server_envelope *envelope)
{
	struct buf *b = &d->reply;

	(void)req;
	reply_begin(b, 1);
	wire_put_text(b, "sources");
	wire_put_array(b, d->source_count);
	for (size_t i = 0; i < d->source_count; i++) {
		const struct source *s = &d->sources[i];

		wire_put_map(b, 8);
		wire_put_text(b, "source");
		wire_put_text(b, source_label(s));
		put_kind(b, s->state == SOURCE_NEVER ? KIND_UNKNOWN : s->kind);
		wire_put_text(b, "feed");
		wire_put_text(b, s->config->feed);
		wire_put_text(b, "state");
		wire_put_text(b, source_state_names[s->state]);
		put_uint_or_nil(b, "drones", s->drones);
		put_uint_or_nil(b, "time", s->time);
		put_uint_or_nil(b, "sent", s->sent);
		wire_put_text(b, "received");
		wire_put_uint(b, s->received);
	}
	reply(d, envelope);
}

static void serve_commands(struct daemon *d, const struct request *req,
    struct server_envelope *envelope)
{
	reply_begin(&d->reply, 1);
	wire_put_text(&d->reply, "commands");
	ledger_write(&d->ledger, &d->reply, req->id, req->drone, req->since);
	reply(d, envelope);
}

static void serve_backfill(struct daemon *d, const struct request *req,
    struct server_envelope *envelope)
{
	struct stored_request wanted = {
		.boot = (uint32_t)req->boot, .from = (uint32_t)req->from, .to = (uint32_t)req->to,
	};
	const struct drone *drone = fleet_find(&d->fleet, req->drone);

	if (!drone || drone->source == NO_SOURCE) {
		refuse(d, envelope, CODE_UNKNOWN_DRONE, "there is no such drone");
		return;
	}
	if (req->from > req->to) {
		refuse(d, envelope, CODE_BAD_ARGS, "from must not be greater than to");
		return;
	}
	str_copy(wanted.drone, sizeof(wanted.drone), req->drone);
	wanted.envelope = *envelope;
	if (!stored_samples_ask(d->stored, &wanted))
		refuse(d, envelope, CODE_UNAVAILABLE,
		    "too many requests for stored samples wait already; ask again later");
}

/* Who waits for a source's answer. */
struct handed_on {
	struct server_envelope envelope;
};

static void source_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct handed_on *h = user;
	struct daemon *d = context;
	struct reply answer;
	struct err err;

	if (result == CLIENT_TIMEOUT) {
		refuse(d, &h->envelope, CODE_TIMEOUT, "the source did not answer in time");
		return; /* the last call frees h */
	}
	if (result != CLIENT_ANSWERED) {
		server_envelope_clear(&h->envelope);
		free(h);
		return;
	}
	if (reply_parse(&d->answer_doc, body, len, &answer, &err) == -1) {
		refuse(d, &h->envelope, CODE_UNAVAILABLE, "the source's answer cannot be read");
	} else {
		buf_clear(&d->reply);
		buf_add(&d->reply, body, len);
		reply(d, &h->envelope);
	}
	free(h);
}

void control_hand_on(struct daemon *d, struct source *s, const struct request *req, int64_t timeout_ms,
    struct server_envelope *envelope)
{
	struct handed_on *h = xcalloc(1, sizeof(*h));
	struct buf body = BUF_INIT;

	h->envelope = *envelope;
	request_encode(&body, req);
	if (client_request(s->client, &body, d->now_mono_ms + timeout_ms, source_answered, h) == -1) {
		free(h);
		refuse(d, envelope, CODE_UNAVAILABLE, "the source that it concerns is not there");
	}
	buf_free(&body);
}

/* A plan is asked of the source each time: what the vehicle really has. */
static void serve_plan(struct daemon *d, const struct request *req,
    struct server_envelope *envelope)
{
	const struct drone *drone = fleet_find(&d->fleet, req->drone);

	if (!drone || drone->source == NO_SOURCE)
		refuse(d, envelope, CODE_UNKNOWN_DRONE, "there is no such drone");
	else
		control_hand_on(d, &d->sources[drone->source], req, PLAN_TIMEOUT_MS, envelope);
}

static op_handler *const handlers[OP_COUNT] = {
	[OP_HELLO] = serve_hello,       [OP_ROSTER] = serve_roster,
	[OP_SOURCES] = serve_sources,   [OP_COMMAND] = command_request,
	[OP_COMMANDS] = serve_commands, [OP_PLAN] = serve_plan,
	[OP_BACKFILL] = serve_backfill, [OP_ALARMS] = alarms_request,
	[OP_ACK] = alarms_request,      [OP_SHELVE] = alarms_request,
	[OP_UNSHELVE] = alarms_request, [OP_ZONES] = zones_request,
	[OP_EVENTS] = events_request,
};

static void serve_one(struct daemon *d, const void *body, size_t len,
    struct server_envelope *envelope)
{
	struct request req;
	enum code code;
	struct err err;

	buf_clear(&d->reply);
	if (request_parse(&d->doc, body, len, &req, &code, &err) == -1)
		refuse(d, envelope, code, err.text);
	else
		handlers[req.op](d, &req, envelope);
}

void control_serve(struct daemon *d, size_t max)
{
	struct server_envelope envelope;
	const void *body;
	size_t len;

	while (max-- > 0 && server_receive(d->server, &body, &len, &envelope))
		serve_one(d, body, len, &envelope);
}

void control_stored(struct daemon *d)
{
	struct stored_request stored;

	while (stored_samples_next(d->stored, &stored)) {
		server_reply(d->server, &stored.envelope, &stored.reply);
		buf_free(&stored.reply);
	}
}
