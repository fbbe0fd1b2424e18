/* The past as a source: see replay_serve.h. */
#include "app/replay_serve.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/process.h"
#include "app/replay_answer.h"
#include "app/replay_plans.h"
#include "base/clock.h"
#include "base/endpoint.h"
#include "base/log.h"
#include "link/authorize.h"
#include "link/feed.h"
#include "replay/playhead.h"

#define BEAT_MS 1000
#define TICK_MS 5
#define REST_MS 100
/* Handed on before requests have their turn. */
#define UPDATES_A_TURN 20000
#define REQUESTS_A_TURN 100

struct serving {
	struct replay *replay;
	struct playhead head;
	struct replay_answer answer;
	struct replay_plans plans;
	struct link *link;
	struct authorize *authorize;
	struct feed_out *feed;
	struct server *server;
	struct buf body;
	int64_t beat_ms;
	char unread[200]; /* why a day is not told, as it was logged */
};

static const char *endpoint_of(const struct app *app, const char *flag, const char *otherwise)
{
	const char *text = args_get(&app->args, flag);

	return text ? text : otherwise;
}

static int open_sockets(struct serving *s, const struct app *app, struct err *err)
{
	char control[ENDPOINT_SIZE];
	const char *feed = endpoint_of(app, "feed", "tcp://127.0.0.1:7630"), *given;
	const struct config *c = &app->config;
	struct link_keys keys = { 0 };
	bool curve = *c->secret_key != '\0';

	if (endpoint_check(feed, ENDPOINT_BIND, err) == -1)
		return -1;
	endpoint_control_of(feed, control);
	given = endpoint_of(app, "control", control);
	if (!curve && !args_has(&app->args, "insecure") &&
	    (!endpoint_is_local(feed) || !endpoint_is_local(given)))
		return err_set(err,
		    "%s can be reached from other machines: set [security] secret_key, or say --insecure",
		    endpoint_is_local(feed) ? given : feed);
	if (curve && link_server_keys(c->secret_key, &keys, err) == -1)
		return -1;
	s->link = link_new();
	if (*c->clients && authorize_start(&s->authorize, s->link, c->clients, err) == -1)
		return -1;
	if (feed_out_open(&s->feed, s->link, feed, curve ? &keys : NULL, err) == -1 ||
	    server_open(&s->server, s->link, given, curve ? &keys : NULL, err) == -1)
		return -1;
	log_notice("the past is offered at %s, requests at %s", feed, given);
	return 0;
}

static void close_all(struct serving *s)
{
	feed_out_close(&s->feed);
	server_close(&s->server);
	authorize_stop(&s->authorize);
	link_free(&s->link);
	replay_answer_clear(&s->answer);
	replay_plans_clear(&s->plans);
	buf_free(&s->body);
}

static void publish(struct serving *s, enum topic_kind kind, const char *id, const void *message)
{
	buf_clear(&s->body);
	message_encode(&s->body, kind, message);
	feed_out_send(s->feed, kind, id, s->body.data, s->body.len);
}

static void tell(struct serving *s, const struct replay_update *u)
{
	const union message *m = u->message;

	switch (u->kind) {
	case REPLAY_SAMPLE:
		buf_clear(&s->body);
		replay_sample_body(s->replay, &s->body);
		feed_out_send(s->feed, TOPIC_TM, replay_drone(s->replay, u->drone)->id, s->body.data,
		    s->body.len);
		break;
	case REPLAY_EVENT:
		publish(s, TOPIC_EV, m->ev.drone, &m->ev);
		break;
	case REPLAY_COMMAND:
		publish(s, TOPIC_CM, m->cm.drone, &m->cm);
		break;
	case REPLAY_ALARM:
		publish(s, TOPIC_AL, m->al.drone, &m->al);
		break;
	case REPLAY_ORDER:
		publish(s, TOPIC_OR, m->or.id, &m->or);
		break;
	case REPLAY_PLAN:
		if (replay_plans_changed(&s->plans, s->replay, u->drone, u->arrived_ms))
			publish(s, TOPIC_PL, m->pl.drone, &m->pl);
		break;
	case REPLAY_GAP: /* what is not there is not told */
	case REPLAY_KIND_COUNT:
		break;
	}
}

/* After a leap: those that are others now than was told. */
static int tell_plans(struct serving *s, struct err *err)
{
	struct plan_changed pl;
	size_t at = 0;
	int more;

	while ((more = replay_plans_next(&s->plans, s->replay, &at, &pl, err)) == 1)
		publish(s, TOPIC_PL, pl.drone, &pl);
	return more;
}

static void heartbeat(struct serving *s, int64_t mono_ms)
{
	struct heartbeat hb = { .v = PROTOCOL_VERSION, .kind = KIND_REPLAY, .boot = s->answer.boot,
		.time = (uint64_t)replay_position(s->replay), .sent = feed_out_sent(s->feed) };

	if (s->beat_ms && mono_ms - s->beat_ms < BEAT_MS)
		return;
	s->beat_ms = mono_ms;
	for (size_t i = 0; i < replay_drone_count(s->replay); i++)
		hb.drones += replay_drone(s->replay, i)->sample.known != 0;
	str_copy(hb.source, sizeof(hb.source), REPLAY_NAME);
	publish(s, TOPIC_HB, hb.source, &hb);
}

/* What was written meanwhile, where a daemon goes on writing. */
static int look_again(struct serving *s, struct err *err)
{
	int64_t first, last;
	int changed = replay_refresh(s->replay, err);

	if (changed == 1 && replay_range(s->replay, &first, &last)) {
		playhead_range(&s->head, first, last);
		/* It stood at what was the end. */
		if (s->head.at_ms < last)
			playhead_play(&s->head, true);
	}
	return changed;
}

/* To where the playhead is now. True where more is due than was handed on. */
static int play(struct serving *s, bool *behind, struct err *err)
{
	int64_t at = playhead_tick(&s->head, clock_mono_us());
	struct replay_update u;
	int more = 0;

	*behind = false;
	if (s->head.jumped)
		return replay_seek(s->replay, at - 1, err) == -1 ? -1 : tell_plans(s, err);
	for (int i = 0; i < UPDATES_A_TURN; i++) {
		more = replay_next(s->replay, at, &u, err);
		if (more != 1)
			return more;
		tell(s, &u);
	}
	*behind = true;
	return 0;
}

/* Once, of each day. */
static void log_unread(struct serving *s)
{
	const char *why = replay_unread(s->replay);

	if (strncmp(s->unread, why, sizeof(s->unread) - 1) == 0)
		return;
	str_copy(s->unread, sizeof(s->unread), why);
	if (*why)
		log_warning("%s", why);
}

static int run(struct serving *s, int stop_fd, struct err *err)
{
	int64_t looked_ms = clock_mono_ms();
	bool behind = false;

	for (;;) {
		struct link_item items[2] = { { .socket = server_pollable(s->server) }, { .fd = stop_fd } };
		int64_t now = clock_mono_ms();
		bool was_behind = behind;

		heartbeat(s, now);
		if (now - looked_ms >= BEAT_MS) {
			looked_ms = now;
			if (look_again(s, err) == -1)
				return -1;
		}
		if (play(s, &behind, err) == -1)
			return -1;
		log_unread(s);
		/* A pace that cannot be kept is not made up for later. */
		if (behind && was_behind)
			playhead_seek(&s->head, replay_position(s->replay));
		link_poll(items, 2, behind ? 0 : s->head.playing ? TICK_MS : REST_MS);
		if (items[1].ready)
			return 0;
		for (int i = 0; items[0].ready && i < REQUESTS_A_TURN; i++) {
			if (!replay_answer(&s->answer, s->server, s->feed))
				break;
		}
	}
}

int replay_serve(struct app *app, const struct replay_args *args, struct replay *replay)
{
	struct serving s = { .replay = replay };
	int64_t first, last;
	int signals, code = EXIT_FAILED;
	struct err err;

	replay_answer_init(&s.answer, replay, (uint32_t)(clock_wall_ms() / 1000));
	replay_plans_begin(&s.plans, replay);
	replay_range(replay, &first, &last);
	playhead_begin(&s.head, first, last, args->start_ms);
	if (args->end_ms != INT64_MAX) {
		playhead_mark_in(&s.head, args->start_ms);
		playhead_mark_out(&s.head, args->end_ms);
	}
	playhead_set_speed(&s.head, args->speed);
	s.head.loop = args->loop;
	signals = process_signals(&err);
	if (signals != -1 && open_sockets(&s, app, &err) == 0) {
		playhead_play(&s.head, true);
		if (run(&s, signals, &err) == 0)
			code = EXIT_OK;
	}
	close_all(&s);
	if (signals != -1)
		close(signals);
	return code == EXIT_OK ? code : app_failure("replay", &err);
}
