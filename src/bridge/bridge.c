/* The bridge's loop: see bridge.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "bridge/drone.h"

#define TICK_MS 20
#define BEAT_MS 1000
#define COMPONENT_GCS 190      /* MAV_COMP_ID_MISSIONPLANNER */
/* Frames taken from a link before the others have their turn. */
#define FRAMES_A_TURN 500
/* A second of more than this from one link is a flood: 100 vehicles send some
 * 10,000. What is beyond is thrown away unread. */
#define FLOOD_FRAMES 40000
#define FLOOD_SAY_MS 60000
#define REQUESTS_MAX 200       /* answered in one go */
/* After frames came, others soon follow: they are left to gather for so long,
 * which costs less than a turn of the loop for each. Requests do not wait. */
#define REST_MS 2

void bridge_publish(struct bridge *b, enum topic_kind kind, const char *id, const void *message)
{
	buf_clear(&b->body);
	message_encode(&b->body, kind, message);
	feed_out_send(b->feed, kind, id, b->body.data, b->body.len);
}

void bridge_event(struct bridge *b, const struct drone *d, int severity, const char *fmt, ...)
{
	/* What a log says happened when it was written. */
	struct event ev = { .severity = (uint64_t)severity,
		.time = (uint64_t)(d && d->file_clock && d->time_ms ? d->time_ms : b->wall_ms) };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ev.text, sizeof(ev.text), fmt, ap);
	va_end(ap);
	str_trim_utf8(ev.text);
	str_copy(ev.source, sizeof(ev.source), b->settings->name);
	if (d)
		str_copy(ev.drone, sizeof(ev.drone), d->vehicle.id);
	bridge_publish(b, TOPIC_EV, ev.drone, &ev);
	log_info("%s%s%s", ev.drone, d ? ": " : "", ev.text);
}

static void keep(struct bridge *b, const uint8_t *bytes, size_t len)
{
	if (!b->tlog || b->tlog_failed)
		return;
	if (tlog_write(b->tlog, b->wall_ms * 1000, bytes, len) == -1) {
		b->tlog_failed = true;
		bridge_event(b, NULL, SEVERITY_ERROR, "the telemetry log is not kept any more: %s",
		    strerror(errno));
	}
}

bool bridge_send_on(struct bridge *b, unsigned link, unsigned peer, uint8_t version, uint32_t id,
    const void *message)
{
	struct frame_writer *w = &b->writers[link];
	uint8_t bytes[FRAME_MAX];
	size_t len;
	bool sign;

	if (!b->transports[link]->ops->send)
		return false;
	w->version = version == 1 && !b->signing.on ? 1 : 2;
	sign = b->signing.on;
	len = frame_write(w, id, message, sign, bytes);
	if (sign)
		len = signing_sign(&b->signing, (uint8_t)link, b->wall_ms, bytes, len);
	keep(b, bytes, len);
	return transport_send(b->transports[link], peer, bytes, len);
}

bool bridge_send(struct bridge *b, const struct drone *d, uint32_t id, const void *message)
{
	const struct route *r = d->active >= 0 ? &d->routes[d->active] : NULL;

	return r && bridge_send_on(b, r->link, r->peer, r->version, id, message);
}

int bridge_read_names(struct bridge_settings *s, const char *text, struct err *err)
{
	char copy[4096], *save = NULL;

	if (!str_copy(copy, sizeof(copy), text))
		return err_set(err, "[bridge] names is too long");
	for (char *p = strtok_r(copy, ", ", &save); p; p = strtok_r(NULL, ", ", &save)) {
		char *colon = strchr(p, ':');
		int64_t sys;

		if (colon)
			*colon = '\0';
		if (!colon || !str_int(p, 1, 255, &sys) || !id_valid(colon + 1, strlen(colon + 1)))
			return err_set(err,
			    "[bridge] names: \"%s%s%s\" is not SYSTEM:NAME, as in 1:alpha, 2:bravo", p,
			    colon ? ":" : "", colon ? colon + 1 : "");
		str_copy(s->drone_names[sys], ID_SIZE, colon + 1);
	}
	for (int i = 1; i < 256; i++) {
		char own[ID_SIZE];

		snprintf(own, sizeof(own), "M%d", i);
		for (int k = 1; k < 256 && !*s->drone_names[i]; k++) {
			if (strcmp(s->drone_names[k], own) == 0)
				return err_set(err, "[bridge] names: %d is called %s, as %d is by itself", k, own, i);
		}
		for (int k = i + 1; k < 256 && *s->drone_names[i]; k++) {
			if (strcmp(s->drone_names[i], s->drone_names[k]) == 0)
				return err_set(err, "[bridge] names: %d and %d are both called %s", i, k,
				    s->drone_names[i]);
		}
	}
	return 0;
}

/* A raw log of its own for each run. */
static int open_tlog(struct bridge *b, struct err *err)
{
	const char *dir = b->settings->tlog_dir;
	char day[TIME_TEXT_SIZE], *path;

	if (!*dir)
		return 0;
	time_format(b->wall_ms, day);
	for (char *p = day; *p; p++) {
		if (*p == ':')
			*p = '-';
	}
	path = xasprintf("%s/%s-%s.tlog", dir, b->settings->name, day);
	b->tlog = fopen(path, "wbx");
	if (!b->tlog)
		err_set(err, "the telemetry log %s cannot be made: %s", path, strerror(errno));
	free(path);
	return b->tlog ? 0 : -1;
}

static int open_links(struct bridge *b, struct err *err)
{
	size_t past = 0;

	for (size_t i = 0; i < b->settings->link_count; i++) {
		if (transport_open(&b->transports[i], b->settings->links[i], b->now_ms, err) == -1)
			return -1;
		b->writers[i] = (struct frame_writer){ .sys = b->settings->system,
			.comp = COMPONENT_GCS, .version = 2 };
		past += b->transports[i]->file_times;
		b->link_count++;
	}
	if (past && past != b->link_count)
		return err_set(err,
		    "times=file makes the bridge a replay of the past: all links must be logs with times=file then");
	b->kind = past ? KIND_REPLAY : KIND_BRIDGE;
	return 0;
}

int bridge_open(struct bridge **out, const struct bridge_settings *settings, int64_t mono_ms,
    int64_t wall_ms, struct err *err)
{
	struct bridge *b = xcalloc(1, sizeof(*b));

	*out = b;
	b->settings = settings;
	b->now_ms = mono_ms;
	b->wall_ms = wall_ms;
	b->boot = (uint32_t)(wall_ms / 1000);
	wire_doc_init(&b->doc);
	if (*settings->signing_key && signing_read_key(&b->signing, settings->signing_key, err) == -1)
		return -1;
	if (open_tlog(b, err) == -1 || open_links(b, err) == -1)
		return -1;
	b->link = link_new();
	if (*settings->clients &&
	    authorize_start(&b->authorize, b->link, settings->clients, err) == -1)
		return -1;
	if (feed_out_open(&b->feed, b->link, settings->feed, settings->keys, err) == -1)
		return -1;
	if (server_open(&b->server, b->link, settings->control, settings->keys, err) == -1)
		return -1;
	server_watch(b->server, b->link);
	return 0;
}

void bridge_close(struct bridge **bridge)
{
	struct bridge *b = *bridge;

	if (!b)
		return;
	for (int i = 0; i < 256; i++)
		drone_free(&b->drones[i]);
	for (size_t i = 0; i < BRIDGE_LINKS_MAX; i++)
		transport_close(&b->transports[i]);
	feed_out_close(&b->feed);
	server_close(&b->server);
	authorize_stop(&b->authorize);
	link_free(&b->link);
	ledger_clear(&b->ledger);
	wire_doc_clear(&b->doc);
	buf_free(&b->reply);
	buf_free(&b->body);
	if (b->tlog)
		fclose(b->tlog);
	free(b);
	*bridge = NULL;
}

/* Counts a frame; true where the link floods and it is to be thrown away. */
static bool floods(struct bridge *b, unsigned link)
{
	struct flood *f = &b->floods[link];

	if (b->transports[link]->ops == &transport_tlog)
		return false;
	if (b->now_ms - f->since_ms >= 1000) {
		f->since_ms = b->now_ms;
		f->frames = 0;
	}
	if (++f->frames <= FLOOD_FRAMES)
		return false;
	if (!f->said_ms || b->now_ms - f->said_ms > FLOOD_SAY_MS) {
		f->said_ms = b->now_ms;
		bridge_event(b, NULL, SEVERITY_ERROR,
		    "the link %s floods: over %d frames a second; what is beyond is thrown away",
		    b->transports[link]->spec, FLOOD_FRAMES);
	}
	return true;
}

/* False where more may wait. */
static bool read_link(struct bridge *b, unsigned link)
{
	struct arrival a;

	for (int i = 0; i < FRAMES_A_TURN; i++) {
		if (!transport_receive(b->transports[link], b->now_ms, b->wall_ms, &a))
			return true;
		b->received++;
		if (floods(b, link))
			continue;
		keep(b, a.frame.raw, a.frame.raw_len);
		ingest(b, link, &a);
	}
	return false;
}

static void heartbeat(struct bridge *b)
{
	struct heartbeat hb = { .v = PROTOCOL_VERSION, .kind = (int)b->kind, .boot = b->boot,
		.time = (uint64_t)b->wall_ms, .drones = b->drone_count, .sent = feed_out_sent(b->feed) };

	/* A replay's clock is the playhead's. */
	for (size_t i = 0; b->kind == KIND_REPLAY && i < b->drone_count; i++) {
		const struct drone *d = b->drones[b->order[i]];

		if (i == 0 || (uint64_t)d->time_ms > hb.time)
			hb.time = (uint64_t)d->time_ms;
	}
	str_copy(hb.source, sizeof(hb.source), b->settings->name);
	bridge_publish(b, TOPIC_HB, hb.source, &hb);
}

/* Ours, once to each peer, and only while somebody is there to command:
 * autopilots have failsafes for a ground station that is gone. */
static void station_heartbeat(struct bridge *b)
{
	static const struct mav_heartbeat beat = { .type = TYPE_GCS, .autopilot = AUTOPILOT_INVALID,
		.system_status = STATE_ACTIVE, .mavlink_version = 3 };
	bool served[BRIDGE_LINKS_MAX][TRANSPORT_PEERS] = { { false } };

	if (!server_clients(b->server))
		return;
	for (size_t i = 0; i < b->drone_count; i++) {
		const struct drone *d = b->drones[b->order[i]];
		const struct route *r = d->active >= 0 ? &d->routes[d->active] : NULL;

		if (!r || d->file_clock || served[r->link][r->peer])
			continue;
		served[r->link][r->peer] = true;
		bridge_send_on(b, r->link, r->peer, r->version, MAV_HEARTBEAT, &beat);
	}
}

/* Whom we call knows of us only once we have spoken. */
static void knock(struct bridge *b)
{
	struct mav_timesync m = { .ts1 = b->wall_ms * 1000000 };

	for (unsigned i = 0; i < b->link_count; i++) {
		if (b->transports[i]->ops == &transport_udpout &&
		    b->now_ms - b->transports[i]->peers[0].heard_ms > SILENT_MS)
			bridge_send_on(b, i, 0, 2, MAV_TIMESYNC, &m);
	}
}

static void tick_links(struct bridge *b)
{
	for (size_t i = 0; i < b->link_count; i++) {
		struct err why = { "" };
		bool was_up = b->transports[i]->ever_up;

		switch (transport_tick(b->transports[i], b->now_ms, &why)) {
		case TRANSPORT_UP:
			if (!b->transports[i]->ops->datagrams)
				bridge_event(b, NULL, SEVERITY_NOTICE, "link %s is %s", b->transports[i]->spec,
				    was_up ? "back" : "up");
			break;
		case TRANSPORT_DOWN:
			bridge_event(b, NULL, SEVERITY_WARNING, "link %s is down; it is tried again",
			    b->transports[i]->spec);
			break;
		case TRANSPORT_NOTHING:
			break;
		}
	}
}

static void tick_drone(struct bridge *b, struct drone *d)
{
	routes_choose(b, d);
	routes_ask(b, d);
	if (!d->silent && d->heard_ms && b->now_ms - d->heard_ms > SILENT_MS) {
		d->silent = true;
		bridge_event(b, d, SEVERITY_WARNING, "%s is silent: nothing heard for %d s", d->vehicle.id,
		    SILENT_MS / 1000);
	}
	streams_tick(b, d);
	plans_tick(b, d);
	jobs_tick(b, d);
}

static void tick(struct bridge *b)
{
	if (b->now_ms - b->tick_ms < TICK_MS)
		return;
	b->tick_ms = b->now_ms;
	tick_links(b);
	for (size_t i = 0; i < b->drone_count; i++)
		tick_drone(b, b->drones[b->order[i]]);
	if (b->now_ms - b->beat_ms >= BEAT_MS) {
		b->beat_ms += BEAT_MS;
		if (b->now_ms - b->beat_ms >= BEAT_MS)
			b->beat_ms = b->now_ms;
		heartbeat(b);
		station_heartbeat(b);
		knock(b);
		if (b->tlog)
			fflush(b->tlog);
	}
}

static void answer(struct bridge *b)
{
	struct server_envelope envelope;
	const void *body;
	size_t len;

	for (int i = 0; i < REQUESTS_MAX && server_receive(b->server, &body, &len, &envelope); i++)
		bridge_answer(b, body, len, &envelope);
}

static int wait_ms(const struct bridge *b, bool idle)
{
	int64_t until = b->tick_ms + (b->drone_count ? TICK_MS : 5 * TICK_MS);

	if (!idle)
		return 0;
	for (size_t i = 0; i < b->link_count; i++) {
		int64_t due = transport_due_ms(b->transports[i]);

		until = due < until ? due : until;
	}
	return until <= b->now_ms ? 0 : (int)(until - b->now_ms);
}

/* True where there were only logs, and all have been played. */
static bool all_over(const struct bridge *b)
{
	for (size_t i = 0; i < b->link_count; i++) {
		if (!transport_over(b->transports[i]))
			return false;
	}
	return b->link_count > 0;
}

void bridge_run(struct bridge *b, int stop_fd)
{
	struct link_item items[2 + BRIDGE_LINKS_MAX];
	bool idle = true, busy = false;

	b->beat_ms = b->now_ms - BEAT_MS;
	while (!all_over(b)) {
		size_t n = 2;
		uint64_t received;

		memset(items, 0, sizeof(items));
		items[0].socket = server_pollable(b->server);
		items[1].fd = stop_fd;
		for (size_t i = 0; i < b->link_count; i++) {
			items[n].fd = transport_fd(b->transports[i], &items[n].want_write);
			n += items[n].fd != -1;
		}
		if (busy && idle)
			link_poll(items, 2, REST_MS);
		else
			link_poll(items, n, wait_ms(b, idle));
		b->now_ms = clock_mono_ms();
		b->wall_ms = clock_wall_ms();
		if (items[1].ready)
			return;
		if (items[0].ready)
			answer(b);
		received = b->received;
		idle = true;
		for (unsigned i = 0; i < b->link_count; i++) {
			int fd = b->transports[i]->fd;

			idle = read_link(b, i) && idle;
			if (fd != -1 && b->transports[i]->fd == -1)
				bridge_event(b, NULL, SEVERITY_WARNING, "link %s is down; it is tried again",
				    b->transports[i]->spec);
		}
		busy = b->received != received;
		tick(b);
	}
}
