/* The screen's link: what it asks for, and what comes. */
#include "app/screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define GONE_MS           3500 /* three heartbeats missed */
#define CONNECT_EVERY_MS  20   /* tries while the first connection is made */
#define AGAIN_EVERY_MS    250  /* and once it was lost */
#define HELLO_EVERY_MS    500
#define ANSWER_MS         3000
#define SOURCES_EVERY_MS  5000
#define COMMANDS_EVERY_MS 4000
#define COMMANDS_BACK_MS  (3600 * 1000)
#define ROSTER_EVERY_MS   3000 /* while it does not know who somebody is */
#define PAST_S            300   /* of trails and sparklines */
#define PAST_DRONES       100   /* rows of the fleet whose past is asked for unasked */
#define TAKE_MAX          20000 /* messages a turn */

/* A reply that is right, parsed into s->doc, or NULL. */
const wire_value *screen_answer(
    struct screen *s, enum client_result result, const void *body, size_t len)
{
	struct reply reply;
	struct err err;

	if ((result != CLIENT_ANSWERED && result != CLIENT_LATE) ||
	    reply_parse(&s->doc, body, len, &reply, &err) == -1 || reply.code != CODE_OK)
		return NULL;
	return reply.body;
}

bool screen_ask(struct screen *s, const struct request *req, client_answer *answer, void *user)
{
	struct buf body = BUF_INIT;
	int result;

	request_encode(&body, req);
	result = client_request(s->client, &body, s->now_mono + ANSWER_MS, answer, user);
	buf_free(&body);
	return result == 0;
}

static void roster_entry(struct screen *s, const wire_value *entry)
{
	struct model *m = s->live;
	const char *text;
	char id[ID_SIZE];
	struct ui_drone *d;
	struct sample sample;
	struct reject why;
	const wire_value *home = wire_key(entry, "home");
	size_t len;

	if (!wire_get_text(wire_key(entry, "id"), &text, &len) || !id_valid(text, len))
		return;
	str_copy_n(id, sizeof(id), text, len);
	d = model_add(m, id);
	if (!d)
		return;
	if (wire_get_text(wire_key(entry, "model"), &text, &len))
		str_copy_n(d->model, sizeof(d->model), text, len);
	if (wire_get_text(wire_key(entry, "source"), &text, &len) && id_valid(text, len))
		str_copy_n(d->source, sizeof(d->source), text, len);
	str_clean(d->model);
	for (int k = 0; wire_get_text(wire_key(entry, "kind"), &text, &len) && k < KIND_COUNT;
	     k++) {
		if (strlen(source_kind_names[k]) == len &&
		    memcmp(source_kind_names[k], text, len) == 0)
			d->kind = k;
	}
	wire_get_number(wire_at(home, 0), &d->home_lat);
	wire_get_number(wire_at(home, 1), &d->home_lon);
	if (sample_read(wire_key(entry, "tm"), &sample, &why) == 0)
		model_sample(m, id, &sample, false, s->now_mono, s->now_ms);
}

static void roster_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	const wire_value *reply = screen_answer(s, result, body, len), *list;

	(void)context;
	if (result != CLIENT_LATE && result != CLIENT_GONE)
		s->roster_open = false;
	list = wire_key(reply, "drones");
	s->live->roster_known = s->live->roster_known || reply;
	for (size_t i = 0; i < wire_count(list); i++)
		roster_entry(s, wire_at(list, i));
}

static void sources_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	const wire_value *reply = screen_answer(s, result, body, len), *list;

	(void)context;
	if (result != CLIENT_LATE && result != CLIENT_GONE)
		s->sources_open = false;
	list = wire_key(reply, "sources");
	for (size_t i = 0; i < wire_count(list); i++) {
		const wire_value *entry = wire_at(list, i);
		const char *name, *state;
		size_t name_len, state_len;
		char id[ID_SIZE];
		int64_t time = 0;

		if (!wire_get_text(wire_key(entry, "source"), &name, &name_len) ||
		    !id_valid(name, name_len))
			continue;
		str_copy_n(id, sizeof(id), name, name_len);
		wire_get_int(wire_key(entry, "time"), &time);
		model_source(s->live, id,
		    wire_get_text(wire_key(entry, "state"), &state, &state_len) && state_len == 4 &&
			memcmp(state, "lost", 4) == 0,
		    time, s->now_ms);
	}
}

static void commands_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	const wire_value *reply = screen_answer(s, result, body, len), *list;

	(void)context;
	if (result != CLIENT_LATE && result != CLIENT_GONE)
		s->commands_open = false;
	list = wire_key(reply, "commands");
	for (size_t i = 0; i < wire_count(list); i++) {
		union message m;
		struct reject why;

		if (message_read(wire_at(list, i), TOPIC_CM, &m, &why) == 0) {
			screen_own_listed(s, TOPIC_CM, &m);
			model_progress(s->live, &m.cm, s->now_ms);
			screen_send_progress(s, &m.cm);
		}
	}
}

static void ask_commands(struct screen *s)
{
	struct request req = { .op = OP_COMMANDS };

	req.since = (uint64_t)(s->now_ms + s->live->offset_ms - COMMANDS_BACK_MS);
	s->commands_mono = s->now_mono;
	s->commands_open = screen_ask(s, &req, commands_answered, s);
}

static void ask_roster(struct screen *s)
{
	s->roster_mono = s->now_mono;
	s->roster_open = screen_ask(s, &(struct request){ .op = OP_ROSTER }, roster_answered, s);
}

/* A hello after a silence: everything is asked for anew. */
static void arrived(struct screen *s)
{
	struct model *m = s->live;

	for (size_t i = 0; i < m->count; i++) {
		m->drones[i].filling = false;
		m->drones[i].plan_wanted = false;
	}
	s->backfill_open = false;
	s->backfill_next = 0;
	screen_own_arrived(s);
	ask_roster(s);
	s->sources_mono = 0;
	ask_commands(s);
	screen_alarms_tick(s, true);
	screen_zones_want(s);
	screen_events_ask(s);
}

static void hello_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	struct model *m = s->live;
	const wire_value *reply;
	struct hello hello;
	struct err err;

	(void)context;
	if (result == CLIENT_GONE)
		return;
	if (result != CLIENT_LATE)
		s->hello_open = false;
	reply = result == CLIENT_ANSWERED ? screen_answer(s, result, body, len) : NULL;
	if (!reply)
		return;
	if (hello_read(reply, s->hello_ms, s->now_ms, &hello, &err) == -1) {
		ui_say(&s->ui, ROLE_ERROR, "%s: %s", s->at.control, err.text);
		return;
	}
	str_copy(m->whom, sizeof(m->whom), hello.source);
	m->kind = hello.kind;
	m->replay = hello.kind == KIND_REPLAY;
	m->offset_ms = hello.offset_ms;
	m->heard_mono = s->now_mono;
	s->boot = hello.boot;
	s->history_here = *hello.history &&
			  history_mark_is(s->app->config.history_dir, hello.history);
	s->greeted = true;
	screen_own_hello(s, &hello);
	screen_replay_whose(s);
	/* Once it was silent, that it answers is not enough: its feed must be
	 * heard again. */
	if (m->link == LINK_GONE && m->messages == s->gone_messages)
		return;
	if (m->link != LINK_LIVE) {
		model_set_link(m, LINK_LIVE, s->now_ms);
		arrived(s);
	}
	s->ui.dirty = true;
}

static void ask_hello(struct screen *s)
{
	s->hello_ms = s->now_ms;
	s->hello_open = screen_ask(s, &(struct request){ .op = OP_HELLO }, hello_answered, s);
}

static void past_answered(struct screen *s, struct ui_drone *d, const wire_value *reply)
{
	const wire_value *list = wire_key(reply, "samples");
	struct sample sample;
	struct reject why;

	for (size_t i = 0; i < wire_count(list); i++) {
		if (sample_read(wire_at(list, i), &sample, &why) == 0) {
			trail_add(&d->trail, &sample);
			energy_meter_sample(&d->past_meter, &sample);
		}
	}
	s->ui.dirty = true;
}

/* It goes on from its past: what came live meanwhile is less than the meter bridges. */
static void past_whole(struct ui_drone *d)
{
	if (d->past_meter.last_ms && d->past_meter.start_ms < d->meter.start_ms)
		d->meter = d->past_meter;
	d->past_meter = (struct energy_meter){ 0 };
	d->filled = true;
	d->filling = false;
}

struct past {
	struct screen *screen;
	size_t drone;
	uint32_t boot, from, to;
};

static void backfill_ask(struct screen *s, const struct past *p);

static void backfill_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct past p = *(struct past *)user;
	struct screen *s = p.screen;
	struct ui_drone *d = &s->live->drones[p.drone];
	const wire_value *reply = screen_answer(s, result, body, len), *list;
	bool more = false;

	(void)context;
	if (result == CLIENT_TIMEOUT) {
		/* Its late answer may still come: the rest of the past waits no longer. */
		s->backfill_open = false;
		d->filling = false;
		return;
	}
	free(user);
	if (!reply) {
		if (result == CLIENT_ANSWERED)
			d->filled = true; /* refused: it keeps none */
		if (result != CLIENT_GONE)
			s->backfill_open = false;
		return;
	}
	past_answered(s, d, reply);
	screen_own_samples(s, p.drone, wire_key(reply, "samples"));
	list = wire_key(reply, "samples");
	wire_get_bool(wire_key(reply, "more"), &more);
	if (more && wire_count(list)) {
		struct sample last;
		struct reject why;

		if (sample_read(wire_at(list, wire_count(list) - 1), &last, &why) == 0 &&
		    sample_seq(&last) >= p.from) {
			p.from = sample_seq(&last) + 1;
			backfill_ask(s, &p);
			return;
		}
	}
	past_whole(d);
	s->backfill_open = false;
}

static void backfill_ask(struct screen *s, const struct past *p)
{
	struct request req = { .op = OP_BACKFILL };
	struct past *own = xmemdup(p, sizeof(*p));

	str_copy(req.drone, sizeof(req.drone), s->live->drones[p->drone].id);
	req.boot = p->boot;
	req.from = p->from;
	req.to = p->to;
	s->backfill_open = screen_ask(s, &req, backfill_answered, own);
	s->live->drones[p->drone].filling = s->backfill_open;
	if (!s->backfill_open)
		free(own);
}

void screen_link_backfill(struct screen *s, size_t drone)
{
	const struct ui_drone *d = &s->live->drones[drone];
	struct past p = { .screen = s, .drone = drone };
	double samples;

	if (!d->sample.known)
		return;
	/* What its rate is shows in the first samples; ten a second until then. */
	samples = PAST_S / (d->period_s > 0.01 ? d->period_s : 0.1);
	p.boot = sample_boot(&d->sample);
	p.to = sample_seq(&d->sample);
	p.from = samples < p.to ? p.to - (uint32_t)samples : 0;
	backfill_ask(s, &p);
}

static void plan_answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct past p = *(struct past *)user;
	struct screen *s = p.screen;
	struct ui_drone *d = &s->live->drones[p.drone];
	const wire_value *reply = screen_answer(s, result, body, len);
	struct plan plan;
	struct err err;

	(void)context;
	if (result == CLIENT_TIMEOUT)
		return;
	free(user);
	/* A replay that has none here: what it had elsewhere is of another time. */
	if (result == CLIENT_ANSWERED && (s->live->replay || d->kind == KIND_REPLAY)) {
		plan_clear(&d->plan);
		d->plan_known = false;
		d->plan_missing = !reply;
	}
	if (!reply)
		return;
	if (plan_read(reply, &plan, &err) == -1) {
		plan_clear(&plan);
		return;
	}
	screen_own_plan(s, p.drone, &plan, reply);
	plan_clear(&d->plan);
	d->plan = plan;
	d->plan_known = true;
	s->ui.dirty = true;
}

void screen_link_plan(struct screen *s, size_t drone)
{
	struct request req = { .op = OP_PLAN };
	struct past *own = xcalloc(1, sizeof(*own));

	own->screen = s;
	own->drone = drone;
	str_copy(req.drone, sizeof(req.drone), s->live->drones[drone].id);
	if (!screen_ask(s, &req, plan_answered, own)) {
		s->live->drones[drone].plan_wanted = false;
		free(own);
	}
}

int screen_link_open(struct screen *s, struct err *err)
{
	if (attach_client(&s->at, &s->client, err) == -1 ||
	    attach_feed(&s->at, &s->feed, err) == -1)
		return -1;
	return 0;
}

void screen_link_close(struct screen *s)
{
	client_close(&s->at.client, NULL);
	s->client = NULL;
	feed_in_close(&s->feed);
	wire_doc_clear(&s->doc);
}

/* The past of those at the top of the table, one after the other. */
static void fill_next(struct screen *s)
{
	const struct fleet_view *f = &s->ui.fleet;

	/* The table is then of others. */
	if (s->ui.timeline.past)
		return;
	while (s->backfill_next < f->count && s->backfill_next < PAST_DRONES) {
		size_t i = f->order[s->backfill_next++];
		const struct ui_drone *d = &s->live->drones[i];

		if (d->filled || d->filling || !d->sample.known)
			continue;
		screen_link_backfill(s, i);
		return;
	}
}

/* Whom the roster has not told of yet: what they are, and whose. */
static bool any_stranger(const struct model *m)
{
	for (size_t i = 0; i < m->count; i++) {
		if (!*m->drones[i].source)
			return true;
	}
	return false;
}

int64_t screen_link_tick(struct screen *s)
{
	struct model *m = s->live;

	if (!s->client)
		return INT64_MAX;
	if (m->link == LINK_LIVE && s->now_mono - m->heard_mono > GONE_MS) {
		model_set_link(m, LINK_GONE, s->now_ms);
		s->gone_messages = m->messages;
		s->ui.dirty = true;
	}
	if (m->link != LINK_LIVE && !s->hello_open && s->now_mono >= s->try_mono) {
		ask_hello(s);
		s->try_mono = s->now_mono + (s->hello_open                   ? HELLO_EVERY_MS
						: m->link == LINK_CONNECTING ? CONNECT_EVERY_MS
									     : AGAIN_EVERY_MS);
	}
	if (m->link == LINK_LIVE && m->kind == KIND_DAEMON && !s->sources_open &&
	    s->now_mono - s->sources_mono > SOURCES_EVERY_MS) {
		s->sources_mono = s->now_mono;
		s->sources_open =
		    screen_ask(s, &(struct request){ .op = OP_SOURCES }, sources_answered, s);
	}
	if (m->link == LINK_LIVE && s->open_commands && !s->commands_open &&
	    s->now_mono - s->commands_mono > COMMANDS_EVERY_MS)
		ask_commands(s);
	if (m->link == LINK_LIVE && !s->roster_open &&
	    s->now_mono - s->roster_mono > ROSTER_EVERY_MS && any_stranger(m))
		ask_roster(s);
	if (m->link == LINK_LIVE) {
		screen_alarms_tick(s, false);
		screen_zones_tick(s);
	}
	if (m->link == LINK_LIVE && !s->backfill_open && !s->roster_open)
		fill_next(s);
	screen_own_tick(s);
	return m->link == LINK_LIVE ? s->now_mono + 250 : s->try_mono;
}

static void take_heartbeat(struct screen *s, const struct heartbeat *hb)
{
	struct model *m = s->live;
	bool restarted = s->boot && hb->boot != s->boot && strcmp(hb->source, m->whom) == 0;

	model_heartbeat(m, hb, s->now_mono, s->now_ms);
	if (restarted && m->link == LINK_LIVE) {
		s->boot = hb->boot;
		/* It says again who it is. */
		ask_hello(s);
		arrived(s);
	}
}

static void take(struct screen *s, const struct link_message *msg)
{
	struct model *m = s->live;
	enum topic_kind kind;
	char id[ID_SIZE];
	struct reject why;
	union message body;
	struct sample sample;
	struct ui_drone *d;

	m->messages++;
	m->heard_mono = s->now_mono;
	if (msg->frames != 2 || topic_parse(msg->topic, msg->topic_len, &kind, id, &why) == -1) {
		m->malformed++;
		return;
	}
	if (kind == TOPIC_UNKNOWN || kind == TOPIC_VD)
		return;
	if (kind == TOPIC_TM) {
		if (sample_decode(msg->body, msg->body_len, &sample, &why) == -1) {
			m->malformed++;
			return;
		}
		model_sample(m, id, &sample, true, s->now_mono, s->now_ms);
		screen_own_sample(s, id, &sample, msg->body, msg->body_len);
		return;
	}
	if (message_decode(&s->doc, kind, id, msg->body, msg->body_len, &body, &why) == -1) {
		m->malformed++;
		return;
	}
	screen_own_message(s, kind, &body);
	switch (kind) {
	case TOPIC_HB:
		take_heartbeat(s, &body.hb);
		break;
	case TOPIC_EV:
		model_message_event(m, &body.ev);
		break;
	case TOPIC_CM:
		model_progress(m, &body.cm, s->now_ms);
		screen_send_progress(s, &body.cm);
		s->ui.dirty = true;
		break;
	case TOPIC_OR:
		model_order(m, &body.or);
		break;
	case TOPIC_AL:
		model_alarm(m, &body.al);
		s->ui.dirty = true;
		break;
	case TOPIC_PL:
		d = model_find(m, id);
		if (d) {
			d->plan_wanted = false;
			screen_own_plan_changed(s, (size_t)(d - m->drones));
		}
		break;
	default:
		break;
	}
}

void screen_link_take(struct screen *s)
{
	struct link_message msg;
	int n = 0;

	if (!s->client)
		return;
	link_message_init(&msg);
	while (n++ < TAKE_MAX && feed_in_receive(s->feed, &msg))
		take(s, &msg);
	link_message_clear(&msg);
	client_work(s->client, s->now_mono, s);
}
