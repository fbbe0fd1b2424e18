/*
 * Sources of a daemon: connecting, greeting, loss and return, and whose a
 * drone is. See daemon.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define ASK_TIMEOUT_MS 5000
#define ASK_EVERY_MS 250

const char *const source_state_names[SOURCE_STATE_COUNT] = {
	[SOURCE_NEVER] = "never", [SOURCE_UP] = "up", [SOURCE_LOST] = "lost",
};

const char *source_label(const struct source *s)
{
	return *s->name ? s->name : s->config->name;
}

static int open_source(struct daemon *d, struct source *s, struct err *err)
{
	struct link_keys keys = { 0 };
	bool curve = *s->config->server_key != '\0';

	if (curve &&
	    link_client_keys(s->config->server_key, d->config->secret_key, &keys, err) == -1)
		return -1;
	if (feed_in_open(&s->feed, d->link, s->config->feed, curve ? &keys : NULL, err) == -1)
		return -1;
	return client_open(&s->client, d->link, s->config->control, curve ? &keys : NULL, err);
}

int sources_open(struct daemon *d, struct err *err)
{
	d->source_count = d->config->source_count;
	d->sources = xcalloc(d->source_count, sizeof(*d->sources));
	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];

		s->index = (int)i;
		s->time = s->sent = s->drones = KEY_NONE;
		s->config = &d->config->sources[i];
		if (open_source(d, s, err) == -1)
			return -1;
	}
	return 0;
}

static void drop_held(struct source *s)
{
	for (size_t i = 0; i < s->held_count; i++) {
		link_message_clear(s->held[i]);
		free(s->held[i]);
	}
	free(s->held);
	s->held = NULL;
	s->held_count = s->held_cap = 0;
}

void sources_close(struct daemon *d)
{
	for (size_t i = 0; i < d->source_count; i++) {
		feed_in_close(&d->sources[i].feed);
		client_close(&d->sources[i].client, d);
		drop_held(&d->sources[i]);
	}
	free(d->sources);
	d->sources = NULL;
	d->source_count = 0;
}

static void refuse_replay(struct daemon *d, struct source *s)
{
	if (!s->refused)
		daemon_event(d, "", SEVERITY_ERROR,
		    "source %s at %s offers a replay and is refused; set replay = yes in its section if that is meant",
		    source_label(s), s->config->feed);
	s->refused = true;
}

void source_learn(struct daemon *d, struct source *s, const char *name, int kind, uint64_t boot)
{
	bool restarted = s->boot && boot != s->boot;

	str_copy(s->name, sizeof(s->name), name);
	s->boot = boot;
	if (restarted) {
		daemon_event(d, "", SEVERITY_WARNING, "source %s has restarted", source_label(s));
		s->roster_wanted = true;
		s->follow_at_ms = 0;
		plan_fetch_all(d, s);
	}
	if (s->kind != kind) {
		s->kind = kind;
		if (kind == KIND_REPLAY && !s->config->replay)
			refuse_replay(d, s);
		else
			s->refused = false;
	}
	s->kind_known = true;
	/* What waited goes the way of the rest. */
	for (size_t i = 0; i < s->held_count; i++)
		ingest_message(d, s, s->held[i]);
	drop_held(s);
}

static void source_up(struct daemon *d, struct source *s)
{
	enum source_state before = s->state;

	s->state = SOURCE_UP;
	if (before == SOURCE_UP) {
		past_source_heard(d, s);
		return;
	}
	s->up_mono_ms = d->now_mono_ms;
	if (before == SOURCE_LOST)
		past_source_back(d, s);
	daemon_event(d, "", before == SOURCE_LOST ? SEVERITY_WARNING : SEVERITY_INFO,
	    "source %s at %s is %s", source_label(s), s->config->feed,
	    before == SOURCE_LOST ? "back" : "up");
	s->roster_wanted = true;
	s->relay_wanted = true;
	s->greeted = false;
	s->follow_at_ms = 0;
}

void source_heartbeat(struct daemon *d, struct source *s, const struct heartbeat *hb)
{
	s->heartbeat_mono_ms = d->now_mono_ms;
	s->time = hb->time;
	s->sent = hb->sent;
	s->drones = hb->drones;
	source_clock_add(&s->clock, (int64_t)hb->time, d->now_ms);
	source_learn(d, s, hb->source, hb->kind, hb->boot);
	source_up(d, s);
	alarms_source(d, s);
}

static bool get_name(const wire_value *map, const char *key, char *out, size_t size)
{
	const char *text;
	size_t len;

	if (!wire_get_text(wire_key(map, key), &text, &len) || len >= size)
		return false;
	str_copy_n(out, size, text, len);
	str_clean(out);
	return true;
}

static int find_kind(const char *name)
{
	for (int k = 1; k < KIND_COUNT; k++) {
		if (strcmp(source_kind_names[k], name) == 0)
			return k;
	}
	return KIND_UNKNOWN;
}

static void hello_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct source *s = user;
	struct daemon *d = context;
	struct reply reply;
	char name[ID_SIZE], kind[16];
	struct err err;
	uint64_t boot, time;

	if (result == CLIENT_LATE || result == CLIENT_GONE)
		return;
	s->greeting = false;
	if (result != CLIENT_ANSWERED || reply_parse(&d->answer_doc, body, len, &reply, &err) == -1 ||
	    reply.code != CODE_OK)
		return;
	if (!get_name(reply.body, "source", name, sizeof(name)) || !id_valid(name, strlen(name)) ||
	    !get_name(reply.body, "kind", kind, sizeof(kind)) ||
	    !wire_get_uint(wire_key(reply.body, "boot"), &boot) ||
	    !wire_get_uint(wire_key(reply.body, "time"), &time) || time > INT64_MAX)
		return;
	s->time = time;
	source_clock_add(&s->clock, (int64_t)time, d->now_ms);
	if (s->state == SOURCE_NEVER) {
		/* It speaks: no need to wait for a first heartbeat. A source that
		 * was lost for want of heartbeats comes back by one alone. */
		s->heartbeat_mono_ms = d->now_mono_ms;
		str_copy(s->name, sizeof(s->name), name);
		source_up(d, s);
	}
	s->greeted = true;
	s->roster_wanted = true;
	source_learn(d, s, name, find_kind(kind), boot);
	alarms_source(d, s);
}

static void read_home(struct drone *drone, const wire_value *home)
{
	double lat, lon, alt;

	if (wire_get_number(wire_at(home, 0), &lat) && wire_get_number(wire_at(home, 1), &lon)) {
		drone->home_lat = lat;
		drone->home_lon = lon;
	}
	if (wire_get_number(wire_at(home, 2), &alt))
		drone->home_alt = alt;
}

/* Whose it is, kept over a restart. */
static void remember(struct daemon *d, const struct source *s, const struct drone *drone)
{
	struct history_drone stored = { .kind = drone->kind };

	if (s->kind == KIND_REPLAY)
		return;
	str_copy(stored.id, sizeof(stored.id), drone->id);
	str_copy(stored.source, sizeof(stored.source), source_label(s));
	str_copy(stored.feed, sizeof(stored.feed), s->config->feed);
	str_copy(stored.model, sizeof(stored.model), drone->model);
	history_put_drone(d->history, &stored, d->now_ms);
}

/* One drone of a source's roster: who it is. Its sample is not taken: what is
 * on the feed is newer, and this one may be old. */
static void read_roster_entry(struct daemon *d, struct source *s, const wire_value *entry)
{
	char id[ID_SIZE], kind[16];
	struct reject why;
	struct drone *drone;

	if (!get_name(entry, "id", id, sizeof(id)) || !id_valid(id, strlen(id)))
		return;
	drone = source_claim(d, s, id, &why);
	if (!drone)
		return;
	get_name(entry, "model", drone->model, sizeof(drone->model));
	if (get_name(entry, "kind", kind, sizeof(kind)))
		drone->kind = find_kind(kind);
	if (!get_name(entry, "source", drone->origin, sizeof(drone->origin)))
		str_copy(drone->origin, sizeof(drone->origin), s->name);
	read_home(drone, wire_key(entry, "home"));
	remember(d, s, drone);
}

static void roster_answered(void *user, enum client_result result, const void *body, size_t len,
    void *context)
{
	struct source *s = user;
	struct daemon *d = context;
	const wire_value *drones;
	struct reply reply;
	struct err err;

	if (result == CLIENT_LATE || result == CLIENT_GONE)
		return;
	s->listing = false;
	if (result != CLIENT_ANSWERED || reply_parse(&d->answer_doc, body, len, &reply, &err) == -1 ||
	    reply.code != CODE_OK || s->refused)
		return;
	drones = wire_key(reply.body, "drones");
	s->drones = wire_count(drones);
	s->roster_wanted = false;
	for (size_t i = 0; i < wire_count(drones) && wire_is_array(drones); i++)
		read_roster_entry(d, s, wire_at(drones, i));
}

static void ask(struct daemon *d, struct source *s, enum op op, client_answer *answer, bool *busy)
{
	struct buf body = BUF_INIT;

	request_begin(&body, op, 0);
	*busy = client_request(s->client, &body, d->now_mono_ms + ASK_TIMEOUT_MS, answer, s) == 0;
	buf_free(&body);
}

int64_t sources_tick(struct daemon *d)
{
	int64_t next = d->now_mono_ms + 1000;

	for (size_t i = 0; i < d->source_count; i++) {
		struct source *s = &d->sources[i];

		if (s->state == SOURCE_UP && d->now_mono_ms - s->heartbeat_mono_ms > SOURCE_LOST_MS) {
			s->state = SOURCE_LOST;
			s->greeted = false;
			alarms_source(d, s);
			daemon_event(d, "", SEVERITY_ERROR,
			    "source %s at %s is lost: no heartbeat for %.1f s", source_label(s),
			    s->config->feed, (double)SOURCE_LOST_MS / 1000);
		}
		if (d->now_mono_ms >= s->ask_at_ms) {
			s->ask_at_ms = d->now_mono_ms + ASK_EVERY_MS;
			if (!s->greeted && !s->greeting)
				ask(d, s, OP_HELLO, hello_answered, &s->greeting);
			if (s->greeted && s->roster_wanted && !s->listing)
				ask(d, s, OP_ROSTER, roster_answered, &s->listing);
		}
		if (!s->greeted || s->roster_wanted)
			next = s->ask_at_ms < next ? s->ask_at_ms : next;
	}
	return next;
}

/* A later-named source had it first, and the daemon is young: the config's
 * order decides. */
static bool may_take_over(struct daemon *d, const struct source *s, const struct drone *drone)
{
	return s->index < drone->source && d->now_mono_ms - d->started_mono_ms < SETTLE_MS;
}

struct drone *source_claim(struct daemon *d, struct source *s, const char *id, struct reject *why)
{
	struct drone *drone = fleet_find(&d->fleet, id);

	if (drone && drone->source == s->index)
		return drone;
	if (!drone)
		drone = fleet_add(&d->fleet, id);
	if (!drone) {
		reject_set(why, REJECT_OWNER, "the fleet is full: %d drones", FLEET_MAX);
		return NULL;
	}
	if (drone->source == NO_SOURCE || may_take_over(d, s, drone)) {
		if (drone->source != NO_SOURCE)
			daemon_event(d, id, SEVERITY_WARNING,
			    "drone %s belongs to source %s, which is named before %s", id,
			    source_label(s), source_label(&d->sources[drone->source]));
		drone->source = s->index;
		drone->kind = s->kind;
		drone->owner_refused_said = false;
		str_copy(drone->origin, sizeof(drone->origin), source_label(s));
		s->roster_wanted = true;
		remember(d, s, drone);
		return drone;
	}
	reject_set(why, REJECT_OWNER, "drone %s belongs to source %s", id,
	    source_label(&d->sources[drone->source]));
	return NULL;
}
