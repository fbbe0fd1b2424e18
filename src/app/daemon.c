/* The daemon's loop: see daemon.h. */
#include "app/daemon.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/endpoint.h"
#include "base/log.h"
#include "base/mem.h"

/* Messages of one source in a turn, so that no source starves the others. */
#define FEED_BATCH 512
#define CONTROL_BATCH 64
#define HEARTBEAT_MS 1000
/* After a turn that brought messages the loop rests, so that the next one takes
 * a handful: waking up costs ten times what a message does. The more there
 * were the longer, for then waking is what the load is made of. */
#define REST_US 1000
#define REST_BUSY_US 4000
#define BUSY_MESSAGES 30
/* When it ends: at most so long for what has arrived already. */
#define DRAIN_MS 300

/* Ends in the log when nothing else can be told. */
static const enum log_level event_levels[SEVERITY_COUNT] = {
	[SEVERITY_EMERGENCY] = LOG_ERROR, [SEVERITY_ALERT] = LOG_ERROR,
	[SEVERITY_CRITICAL] = LOG_ERROR,  [SEVERITY_ERROR] = LOG_ERROR,
	[SEVERITY_WARNING] = LOG_WARNING, [SEVERITY_NOTICE] = LOG_NOTICE,
	[SEVERITY_INFO] = LOG_NOTICE,     [SEVERITY_DEBUG] = LOG_DEBUG,
};

static void read_clocks(struct daemon *d)
{
	d->now_ms = clock_wall_ms();
	d->now_mono_ms = clock_mono_ms();
}

void daemon_publish(struct daemon *d, enum topic_kind kind, const char *id, const void *message)
{
	buf_clear(&d->out_body);
	message_encode(&d->out_body, kind, message);
	feed_out_send(d->out, kind, id, d->out_body.data, d->out_body.len);
}

void daemon_event(struct daemon *d, const char *drone, enum severity severity, const char *fmt, ...)
{
	struct event ev = { .time = (uint64_t)d->now_ms, .severity = severity };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ev.text, sizeof(ev.text), fmt, ap);
	va_end(ap);
	str_trim_utf8(ev.text);
	str_copy(ev.drone, sizeof(ev.drone), drone);
	str_copy(ev.source, sizeof(ev.source), d->config->name);
	log_line(event_levels[severity], "%s", ev.text);
	history_put_event(d->history, &ev, d->now_ms);
	event_log_add(&d->events, &ev);
	daemon_publish(d, TOPIC_EV, drone, &ev);
}

static int check_exposure(const struct config *c, const char *endpoint, struct err *err)
{
	if (endpoint_is_local(endpoint) || *c->secret_key)
		return 0;
	if (!c->insecure)
		return err_set(err,
		    "%s can be reached from other machines: set [security] secret_key, or say --insecure",
		    endpoint);
	log_warning("%s can be reached from other machines without keys, as --insecure says",
	    endpoint);
	return 0;
}

static int open_sockets(struct daemon *d, struct err *err)
{
	const struct config *c = d->config;
	struct link_keys keys = { 0 };
	bool curve = *c->secret_key != '\0';

	if (curve && link_server_keys(c->secret_key, &keys, err) == -1)
		return -1;
	if (*c->clients && authorize_start(&d->authorize, d->link, c->clients, err) == -1)
		return -1;
	if (feed_out_open(&d->out, d->link, c->feed, curve ? &keys : NULL, err) == -1)
		return -1;
	return server_open(&d->server, d->link, c->control, curve ? &keys : NULL, err);
}

int daemon_check(const struct config *config, struct err *err)
{
	if (check_exposure(config, config->feed, err) == -1)
		return -1;
	return check_exposure(config, config->control, err);
}

static int open_history(struct daemon *d, struct err *err)
{
	struct history_options options = {
		.dir = d->config->history_dir,
		.commit_ms = (int64_t)d->config->commit_ms,
		.queue_bytes = (size_t)(d->config->queue_mb * 1e6),
		/* Half a day is one: only 0 is for ever. */
		.keep_days = (int)ceil(d->config->keep_days),
		.keep_gb = d->config->keep_gb,
	};

	if (history_open(&d->history, &options, err) == -1)
		return -1;
	past_mark(d);
	return stored_samples_start(&d->stored, d->config->history_dir, err);
}

int daemon_open(struct daemon *d, const struct config *config, struct err *err)
{
	d->config = config;
	wire_doc_init(&d->doc);
	wire_doc_init(&d->answer_doc);
	read_clocks(d);
	d->started_mono_ms = d->now_mono_ms;
	d->boot = (uint32_t)(d->now_ms / 1000);
	d->link = link_new();
	if (open_sockets(d, err) == -1 || sources_open(d, err) == -1 || alarms_open(d, err) == -1 ||
	    open_history(d, err) == -1)
		return -1;
	past_restore(d);
	events_restore(d);
	return 0;
}

static size_t count_drones(const struct daemon *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->fleet.count; i++)
		n += d->fleet.drones[i].source != NO_SOURCE;
	return n;
}

static int64_t heartbeat_tick(struct daemon *d)
{
	if (d->now_mono_ms >= d->heartbeat_at_ms) {
		struct heartbeat hb = {
			.v = PROTOCOL_VERSION,
			.kind = KIND_DAEMON,
			.boot = d->boot,
			.time = (uint64_t)d->now_ms,
			.drones = count_drones(d),
			.sent = feed_out_sent(d->out),
		};

		str_copy(hb.source, sizeof(hb.source), d->config->name);
		daemon_publish(d, TOPIC_HB, hb.source, &hb);
		/* On the second's grid, but never two to make up for a pause. */
		d->heartbeat_at_ms += HEARTBEAT_MS;
		if (d->heartbeat_at_ms <= d->now_mono_ms)
			d->heartbeat_at_ms = d->now_mono_ms + HEARTBEAT_MS;
	}
	return d->heartbeat_at_ms;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Everything that is due by the clock; returns when the next thing is. */
static int64_t tick(struct daemon *d)
{
	int64_t next = heartbeat_tick(d);

	next = earlier(next, sources_tick(d));
	next = earlier(next, command_tick(d));
	next = earlier(next, holes_tick(d));
	next = earlier(next, alarms_tick(d));
	for (size_t i = 0; i < d->source_count; i++)
		next = earlier(next, client_deadline(d->sources[i].client));
	return next;
}

/* Takes from each source in turn; true if one may have more. */
static bool take_feeds(struct daemon *d, const struct link_item *feeds)
{
	bool more = false;

	for (size_t i = 0; i < d->source_count; i++) {
		if (!feeds || feeds[i].ready)
			more |= ingest_feed(d, &d->sources[i], FEED_BATCH);
	}
	return more;
}

static uint64_t count_received(const struct daemon *d)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->source_count; i++)
		n += d->sources[i].received;
	return n;
}

/* What the loop waits for, beside the sources. */
enum { ITEM_SIGNAL, ITEM_HISTORY, ITEM_STORED, ITEM_CONTROL, ITEM_COUNT };

static void work(struct daemon *d, const struct link_item *items, bool *more)
{
	read_clocks(d);
	*more = take_feeds(d, items + ITEM_COUNT);
	alarms_tell(d);
	for (size_t i = 0; i < d->source_count; i++)
		client_work(d->sources[i].client, d->now_mono_ms, d);
	control_serve(d, CONTROL_BATCH);
	if (items[ITEM_STORED].ready)
		control_stored(d);
	if (items[ITEM_HISTORY].ready)
		past_notices(d);
}

/* What had arrived when the word to stop came still counts. */
static void drain(struct daemon *d)
{
	int64_t until = clock_mono_ms() + DRAIN_MS;

	while (clock_mono_ms() < until && take_feeds(d, NULL))
		read_clocks(d);
}

static void rest(uint64_t messages, bool more)
{
	if (messages && !more)
		usleep(messages < BUSY_MESSAGES ? REST_US : REST_BUSY_US);
}

void daemon_run(struct daemon *d, int signal_fd)
{
	size_t n = ITEM_COUNT + 2 * d->source_count;
	struct link_item *items = xcalloc(n, sizeof(*items)), *feeds = items + ITEM_COUNT;
	bool more = false;
	uint64_t received = 0;

	items[ITEM_SIGNAL].fd = signal_fd;
	items[ITEM_HISTORY].fd = history_fd(d->history);
	items[ITEM_STORED].fd = stored_samples_fd(d->stored);
	items[ITEM_CONTROL].socket = server_pollable(d->server);
	for (size_t i = 0; i < d->source_count; i++) {
		feeds[i].socket = feed_in_pollable(d->sources[i].feed);
		feeds[d->source_count + i].socket = client_pollable(d->sources[i].client);
	}
	for (;;) {
		int64_t wait = tick(d) - clock_mono_ms();

		wait = more || wait < 0 ? 0 : earlier(wait, 1000);
		link_poll(items, n, (int)wait);
		if (items[ITEM_SIGNAL].ready)
			break;
		work(d, items, &more);
		rest(count_received(d) - received, more);
		received = count_received(d);
	}
	drain(d);
	free(items);
}

void daemon_close(struct daemon *d)
{
	command_close(d);
	alarms_close(d);
	stored_samples_stop(&d->stored);
	sources_close(d);
	server_close(&d->server);
	feed_out_close(&d->out);
	authorize_stop(&d->authorize);
	history_close(&d->history);
	link_free(&d->link);
	fleet_clear(&d->fleet);
	ledger_clear(&d->ledger);
	event_log_clear(&d->events);
	wire_doc_clear(&d->doc);
	wire_doc_clear(&d->answer_doc);
	buf_free(&d->out_body);
	buf_free(&d->reply);
}
