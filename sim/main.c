/*
 * odyssey-sim: a fleet that flies. This file owns the loop: it paces
 * simulated time by the wall, and hands requests to the fleet and its
 * messages to the feed.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/version.h"
#include "control.h"
#include "swarm.h"
#include "link/authorize.h"
#include "link/feed.h"
#include "link/server.h"
#include "options.h"

/* Flown at most in one go before requests are looked at: wall time, and flight
 * steps, which is what counts where the machine does not keep up. */
#define SLICE_US 5000
#define SLICE_STEPS 20000
/* Further behind than this it lets the time go rather than catch up. */
#define BEHIND_MAX_US 2000000
/* The wall clock may be that far off before the fleet's follows. */
#define CLOCK_SLACK_MS 3
/* Sleeps are no shorter: what comes due meanwhile goes out together. Where samples are
 * many waking up costs all who read them more than the message, and they wait longer. */
#define SLEEP_MIN_US 700
#define SLEEP_BUSY_US 3000
#define BUSY_RATE 50000.0 /* samples a second that make it that long */
#define REQUESTS_MAX 200 /* answered in one go */

struct sim {
	struct options options;
	struct link *link;
	struct feed_out *feed;
	struct server *server;
	struct authorize *authorize; /* NULL: whoever knows our key may connect */
	struct swarm *fleet;
	struct wire_doc doc;
	struct buf reply;
	struct buf burst;   /* messages of this turn: two lengths, topic, body each */
	int signals, timer;
	int64_t started_us; /* monotonic clock at simulated time 0 */
	int64_t end_us;     /* simulated; INT64_MAX for never */
};

static void publish(void *context, const void *topic, size_t topic_len, const void *body,
    size_t len)
{
	struct sim *sim = context;
	size_t lengths[2] = { topic_len, len };

	buf_add(&sim->burst, lengths, sizeof(lengths));
	buf_add(&sim->burst, topic, topic_len);
	buf_add(&sim->burst, body, len);
}

/* What a turn brought goes out at once: made and sent one by one, each message would
 * wake the library's thread, and everybody's who reads them. */
static void send_burst(struct sim *sim)
{
	size_t lengths[2];

	for (size_t at = 0; at < sim->burst.len; at += lengths[0] + lengths[1]) {
		const char *p = sim->burst.data + at;

		memcpy(lengths, p, sizeof(lengths));
		at += sizeof(lengths);
		p += sizeof(lengths);
		feed_out_send_raw(sim->feed, p, lengths[0], p + lengths[0], lengths[1]);
	}
	buf_clear(&sim->burst);
}

/* Simulated time that should have passed by now, us. */
static int64_t due_us(const struct sim *sim)
{
	return (int64_t)((double)(clock_mono_us() - sim->started_us) * sim->options.speedup);
}

/* Real time and no epoch: the fleet's clock is the wall's, also after that
 * was set or the program stood still. */
static void follow_wall(struct sim *sim)
{
	int64_t before, wall, off;

	if (sim->options.speedup != 1 || sim->options.fleet.start_ms >= 0)
		return;
	before = clock_mono_us();
	wall = clock_wall_ms();
	/* Held up between the two clocks: the difference would say nothing. */
	if (clock_mono_us() - before > 500)
		return;
	off = wall - swarm_clock_at_ms(sim->fleet, before - sim->started_us);
	if (off > CLOCK_SLACK_MS || off < -CLOCK_SLACK_MS)
		swarm_shift_clock(sim->fleet, off);
}

/* Simulated time 0 is now, after whatever it took to make the fleet, and at the
 * turn of a millisecond: what is off here is latency to all who watch. */
static void start_clock(struct sim *sim)
{
	int64_t wall = clock_wall_ms(), now = wall;

	while (sim->options.fleet.start_ms < 0 && now == wall)
		now = clock_wall_ms();
	sim->started_us = clock_mono_us();
	if (sim->options.fleet.start_ms < 0)
		swarm_shift_clock(sim->fleet, now - swarm_clock_at_ms(sim->fleet, 0));
}

/* Flies what is due, a slice at most. */
static void fly(struct sim *sim)
{
	int64_t due = due_us(sim);
	int64_t slice = (int64_t)fmin(SLICE_US * fmax(sim->options.speedup, 1),
	    SLICE_STEPS * sim->fleet->round_us / sim->options.fleet.drones);
	int64_t behind = due - sim->fleet->now_us;

	if ((double)behind > BEHIND_MAX_US * fmax(sim->options.speedup, 1)) {
		sim->started_us += (int64_t)((double)behind / sim->options.speedup);
		due = sim->fleet->now_us;
	} else if (behind > slice) {
		due = sim->fleet->now_us + slice;
	}
	swarm_advance(sim->fleet, due < sim->end_us ? due : sim->end_us - 1);
	if (behind < slice || behind > BEHIND_MAX_US)
		follow_wall(sim);
}

static double sleep_min_us(const struct options *o)
{
	double rate = o->fleet.drones * o->fleet.rate_hz * o->speedup;

	return fmin(fmax(SLEEP_BUSY_US * rate / BUSY_RATE, SLEEP_MIN_US), SLEEP_BUSY_US);
}

/* Sets the timer to when something is next due; false where that is now. A
 * poll's timeout is whole milliseconds, as much as the daemon may take. */
static bool set_timer(const struct sim *sim)
{
	double us = (double)(swarm_next_us(sim->fleet) - due_us(sim)) / sim->options.speedup;
	struct itimerspec at = { .it_value = { 0, 0 } };

	if (us <= 0)
		return false;
	us = fmin(fmax(us, sleep_min_us(&sim->options)), 1e9);
	at.it_value.tv_sec = (time_t)(us / 1e6);
	at.it_value.tv_nsec = (long)(fmod(us, 1e6) * 1000);
	return timerfd_settime(sim->timer, 0, &at, NULL) == 0;
}

static void answer(struct sim *sim)
{
	struct server_envelope envelope;
	const void *body;
	size_t len;

	for (int i = 0; i < REQUESTS_MAX && server_receive(sim->server, &body, &len, &envelope); i++) {
		buf_clear(&sim->reply);
		swarm_answer(sim->fleet, &sim->doc, body, len, &sim->reply);
		server_reply(sim->server, &envelope, &sim->reply);
	}
}

static void run(struct sim *sim)
{
	struct link_item items[] = {
		{ .socket = server_pollable(sim->server) },
		{ .fd = sim->signals },
		{ .fd = sim->timer },
	};

	sim->end_us = sim->options.duration_s > 0 ? (int64_t)(sim->options.duration_s * 1e6)
						 : INT64_MAX;
	while (swarm_next_us(sim->fleet) < sim->end_us) {
		link_poll(items, 3, set_timer(sim) ? -1 : 0);
		if (items[1].ready)
			return;
		if (items[0].ready)
			answer(sim);
		fly(sim);
		send_burst(sim);
	}
}

static int open_all(struct sim *sim, struct err *err)
{
	const struct options *o = &sim->options;
	struct swarm_settings settings = o->fleet;
	struct link_keys keys;
	bool curve = *o->secret_key != '\0';
	sigset_t stop;

	/* Before the library starts its threads, so that they block them too. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	sim->signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	if (sim->signals == -1)
		return err_set(err, "signals cannot be waited for: %s", strerror(errno));
	sim->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (sim->timer == -1)
		return err_set(err, "time cannot be waited for: %s", strerror(errno));
	sim->link = link_new();
	if (settings.start_ms < 0)
		settings.start_ms = clock_wall_ms();
	if (swarm_new(&sim->fleet, &settings, publish, sim, err) == -1)
		return -1;
	if (curve && link_server_keys(o->secret_key, &keys, err) == -1)
		return -1;
	if (*o->clients && authorize_start(&sim->authorize, sim->link, o->clients, err) == -1)
		return -1;
	if (feed_out_open(&sim->feed, sim->link, o->feed, curve ? &keys : NULL, err) == -1)
		return -1;
	return server_open(&sim->server, sim->link, o->control, curve ? &keys : NULL, err);
}

/* A run shorter than a second outlasts it, so that the next one has a greater
 * boot; by now the sockets are free. */
static void outlast_boot(uint32_t boot)
{
	int64_t left = (int64_t)boot * 1000 + 1000 - clock_wall_ms();

	if (left > 0 && left <= 1000)
		usleep((useconds_t)left * 1000);
}

static void close_all(struct sim *sim)
{
	uint32_t boot = sim->server ? sim->fleet->boot : 0;

	feed_out_close(&sim->feed);
	server_close(&sim->server);
	authorize_stop(&sim->authorize);
	link_free(&sim->link);
	if (boot && sim->options.fleet.start_ms < 0)
		outlast_boot(boot);
	swarm_free(&sim->fleet);
	wire_doc_clear(&sim->doc);
	buf_free(&sim->reply);
	buf_free(&sim->burst);
	options_clear(&sim->options);
	if (sim->signals >= 0)
		close(sim->signals);
	if (sim->timer >= 0)
		close(sim->timer);
}

static void say_start(const struct sim *sim)
{
	const struct options *o = &sim->options;

	if (!*o->secret_key && (!endpoint_is_local(o->feed) || !endpoint_is_local(o->control)))
		log_warning("insecure: whoever reaches %s and %s sees and commands the drones", o->feed,
		    o->control);
	log_notice("%u drones at %g Hz, feed %s, control %s", o->fleet.drones, o->fleet.rate_hz,
	    o->feed, o->control);
}

static void print_help(void)
{
	printf("usage: odyssey-sim [OPTION...]\n"
	       "A simulated fleet of drones: publishes telemetry, takes commands.\n\n");
	flags_print_help(stdout, option_flags);
}

int main(int argc, char **argv)
{
	struct sim sim = { .signals = -1, .timer = -1 };
	struct err err;
	int status = 0;

	if (options_parse(&sim.options, argc - 1, argv + 1, &err) == -1) {
		fprintf(stderr, "odyssey-sim: %s\n", err.text);
		options_clear(&sim.options);
		return 2;
	}
	if (sim.options.help || sim.options.version) {
		if (sim.options.help)
			print_help();
		else
			printf("odyssey-sim %s\n", ODYSSEY_VERSION);
		options_clear(&sim.options);
		return 0;
	}
	wire_doc_init(&sim.doc);
	if (open_all(&sim, &err) == 0) {
		say_start(&sim);
		start_clock(&sim);
		run(&sim);
	} else {
		fprintf(stderr, "odyssey-sim: %s\n", err.text);
		/* A wrong option shows only once the fleet is made; what the
		 * machine refuses is a failure. */
		status = sim.fleet ? 1 : 2;
	}
	close_all(&sim);
	return status;
}
