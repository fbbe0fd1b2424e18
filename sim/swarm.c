/* The fleet: see swarm.h. Commands are in dispatch.c. */
#include "swarm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "picture.h"
#include "swarm_private.h"

#define SPACING_M 30.0           /* between neighbouring homes, about */
#define GOLDEN_ANGLE 137.50776405 /* deg */

int64_t swarm_clock_at_ms(const struct swarm *sw, int64_t us)
{
	return sw->settings.start_ms + us / 1000;
}

int64_t swarm_clock_ms(const struct swarm *sw)
{
	int64_t ms = swarm_clock_at_ms(sw, sw->now_us) + sw->skew_ms;

	return ms > 0 ? ms : 0; /* there is no time before 1970 on the wire */
}

void swarm_shift_clock(struct swarm *sw, int64_t ms)
{
	sw->settings.start_ms += ms;
}

struct drone *swarm_find(const struct swarm *sw, const char *id)
{
	size_t i = strmap_get(&sw->ids, id);

	return i == STRMAP_NONE ? NULL : &sw->drones[i];
}

void swarm_send(struct swarm *sw, const void *topic, size_t topic_len, const struct buf *body)
{
	sw->publish(sw->context, topic, topic_len, body->data, body->len);
	sw->sent++;
}

void swarm_send_message(struct swarm *sw, enum topic_kind kind, const char *id, const void *message)
{
	char topic[TOPIC_SIZE];
	size_t len = topic_format(topic, kind, id);

	buf_clear(&sw->body);
	message_encode(&sw->body, kind, message);
	swarm_send(sw, topic, len, &sw->body);
}

void swarm_send_plan(struct swarm *sw, const struct drone *d)
{
	struct plan_changed pl = { .rev = d->plan.rev, .time = (uint64_t)swarm_clock_ms(sw) };

	str_copy(pl.drone, sizeof(pl.drone), d->id);
	swarm_send_message(sw, TOPIC_PL, d->id, &pl);
}

static void send_event(struct swarm *sw, const struct drone *d, int severity, const char *text)
{
	struct event ev = { .time = (uint64_t)swarm_clock_ms(sw), .severity = (uint64_t)severity };

	str_copy(ev.drone, sizeof(ev.drone), d->id);
	str_copy(ev.source, sizeof(ev.source), sw->settings.name);
	str_copy(ev.text, sizeof(ev.text), text);
	swarm_send_message(sw, TOPIC_EV, d->id, &ev);
}

static void send_heartbeat(struct swarm *sw)
{
	struct heartbeat hb = {
		.v = PROTOCOL_VERSION,
		.kind = KIND_SIM,
		.boot = sw->boot,
		.time = (uint64_t)swarm_clock_ms(sw),
		.drones = sw->settings.drones,
		.sent = sw->sent,
	};

	str_copy(hb.source, sizeof(hb.source), sw->settings.name);
	swarm_send_message(sw, TOPIC_HB, sw->settings.name, &hb);
}

static void take_notes(struct swarm *sw, struct drone *d, const struct notes *notes)
{
	for (int i = 0; i < notes->count; i++) {
		const struct note *n = &notes->items[i];

		switch (n->kind) {
		case NOTE_EVENT:
			send_event(sw, d, n->severity, n->text);
			break;
		case NOTE_DONE:
			swarm_command_over(sw, d, STAGE_DONE, n->text);
			break;
		case NOTE_FAILED:
			swarm_command_over(sw, d, STAGE_FAILED, n->text);
			break;
		case NOTE_PLAN:
			/* An operator's mission stays in the plan until then. */
			if (!d->plan_is_work && d->plan.mission.count > 0)
				break;
			drone_set_mission(d, &d->work.job, true);
			swarm_send_plan(sw, d);
			break;
		}
	}
}

static void fly(struct swarm *sw, struct drone *d)
{
	double left = (double)(sw->now_us - d->stepped_us) / 1e6;
	struct notes notes = { .count = 0 };

	d->stepped_us = sw->now_us;
	while (left > 1e-9) {
		double dt = fmin(left, FLIGHT_DT_MAX);

		left -= dt;
		if (!d->commanded)
			work_step(&d->work, &d->vehicle, &sw->site, dt, &notes);
		autopilot_step(&d->vehicle, &sw->wind, dt, &notes);
		if (notes.count) {
			take_notes(sw, d, &notes);
			notes.count = 0;
		}
	}
}

static bool strikes(struct drone *d, enum fault_kind kind)
{
	return d->faults.value[kind] > 0 && rng_uniform(&d->fault_rng) < d->faults.value[kind];
}

static void restart(struct swarm *sw, struct drone *d)
{
	uint32_t now_s = (uint32_t)(swarm_clock_ms(sw) / 1000);

	d->boot = now_s > d->boot ? now_s : d->boot + 1;
	d->seq = d->video_seq = 0;
	d->restart_s = 0;
	d->vehicle.sensors.no_fix_s = rng_between(&d->fault_rng, 2, 4);
	d->vehicle.sensors.had_fix = false;
	d->vehicle.battery.used = 0;
	send_event(sw, d, SEVERITY_ERROR, "restarted");
}

/* Faults with a chance per second, and the ends of those that last. */
static void suffer(struct swarm *sw, struct drone *d, double dt)
{
	int64_t second = sw->now_us / 1000000;

	d->silent_s = fmax(d->silent_s - dt, 0);
	if (d->restart_s > 0 && (d->restart_s -= dt) <= 0)
		restart(sw, d);
	if (second == d->fault_second)
		return;
	d->fault_second = second;
	if (strikes(d, FAULT_NOGPS) && d->vehicle.sensors.no_fix_s == 0)
		d->vehicle.sensors.no_fix_s = rng_between(&d->fault_rng, 5, 20);
	if (strikes(d, FAULT_SILENCE) && d->silent_s == 0)
		d->silent_s = rng_between(&d->fault_rng, 3, 15);
	if (strikes(d, FAULT_CRASH) && d->restart_s == 0)
		d->restart_s = rng_between(&d->fault_rng, 3, 8);
}

static void radio(struct swarm *sw, struct drone *d)
{
	if (d->silent_s > 0 || strikes(d, FAULT_DROP))
		return;
	if (d->held_back.len == 0 && strikes(d, FAULT_REORDER)) {
		buf_add(&d->held_back, sw->body.data, sw->body.len);
		return;
	}
	swarm_send(sw, d->topic, d->topic_len, &sw->body);
	if (strikes(d, FAULT_DUP))
		swarm_send(sw, d->topic, d->topic_len, &sw->body);
	if (d->held_back.len) {
		swarm_send(sw, d->topic, d->topic_len, &d->held_back);
		buf_clear(&d->held_back);
	}
	if (strikes(d, FAULT_GARBAGE)) {
		garbage_make(&d->fault_rng, d->id, &sw->topic, &sw->body);
		swarm_send(sw, sw->topic.data, sw->topic.len, &sw->body);
	}
}

static void sample(struct swarm *sw, struct drone *d)
{
	int64_t time = swarm_clock_ms(sw) + (int64_t)d->faults.value[FAULT_SKEW];
	struct sample s;

	/* A clock that steps back goes on at last + 1. */
	if (time <= d->last_time)
		time = d->last_time + 1;
	d->last_time = time;
	drone_measure(d, time, &s);
	buf_clear(&sw->body);
	sample_encode(&sw->body, &s);
	backlog_add(&d->backlog, d->boot, d->seq, time, sw->body.data, sw->body.len);
	d->seq++;
	radio(sw, d);
}

/* [boot, seq, time, width, height, "jpeg", bin]; at most one at a flight step. */
static void film(struct swarm *sw, struct drone *d)
{
	const struct flight *f = &d->vehicle.flight;
	char topic[TOPIC_SIZE];

	if (sw->now_us < d->video_due_us)
		return;
	d->video_due_us = sw->now_us + (int64_t)(1e6 / d->video_fps);
	buf_clear(&sw->picture);
	picture_make(&sw->picture, f->roll, f->pitch, f->heading, d->video_seq);
	buf_clear(&sw->body);
	wire_put_array(&sw->body, 7);
	wire_put_uint(&sw->body, d->boot);
	wire_put_uint(&sw->body, d->video_seq++);
	wire_put_int(&sw->body, swarm_clock_ms(sw));
	wire_put_uint(&sw->body, PICTURE_WIDTH);
	wire_put_uint(&sw->body, PICTURE_HEIGHT);
	wire_put_text(&sw->body, "jpeg");
	wire_put_bin(&sw->body, sw->picture.data, sw->picture.len);
	swarm_send(sw, topic, topic_format(topic, TOPIC_VD, d->id), &sw->body);
}

static int64_t slot_us(const struct swarm *sw)
{
	return (int64_t)((double)sw->round * sw->round_us + sw->phase_us[sw->order[sw->slot]]);
}

static void do_slot(struct swarm *sw)
{
	unsigned i = sw->order[sw->slot];
	struct drone *d = &sw->drones[i];
	double dt = (double)(sw->now_us - d->stepped_us) / 1e6;

	fly(sw, d);
	suffer(sw, d, dt);
	if (sw->round % sw->every == sw->sampled_in[i] && d->restart_s <= 0)
		sample(sw, d);
	if (d->video && d->restart_s <= 0 && d->silent_s <= 0)
		film(sw, d);
	if (++sw->slot == sw->settings.drones) {
		sw->slot = 0;
		sw->round++;
	}
}

int64_t swarm_next_us(const struct swarm *sw)
{
	int64_t slot = slot_us(sw);

	return slot < sw->next_heartbeat_us ? slot : sw->next_heartbeat_us;
}

void swarm_advance(struct swarm *sw, int64_t until_us)
{
	int64_t next;

	while ((next = swarm_next_us(sw)) <= until_us) {
		sw->now_us = next;
		if (next == sw->next_heartbeat_us) {
			send_heartbeat(sw);
			sw->next_heartbeat_us += 1000000;
		} else {
			do_slot(sw);
		}
	}
	/* Commands come at whole milliseconds. */
	if (until_us / 1000 * 1000 > sw->now_us)
		sw->now_us = until_us / 1000 * 1000;
}

/*
 * Making it.
 */

/* Whoever sorts: drones by phase, then by number. */
struct phase {
	double us;
	unsigned drone;
};

static int by_phase(const void *a, const void *b)
{
	const struct phase *x = a, *y = b;

	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return (x->drone > y->drone) - (x->drone < y->drone);
}

/* Drone i is sampled i/n of a period after the first, whatever the rate; its
 * flight steps are that instant and whole rounds from it. */
static void make_timetable(struct swarm *sw)
{
	unsigned n = sw->settings.drones;
	struct phase *phases = xcalloc(n, sizeof(*phases));
	double period_us = 1e6 / sw->settings.rate_hz;

	sw->every = (unsigned)ceil(FLIGHT_HZ / sw->settings.rate_hz - 1e-9);
	sw->every = sw->every ? sw->every : 1;
	sw->round_us = period_us / sw->every;
	sw->order = xcalloc(n, sizeof(*sw->order));
	sw->phase_us = xcalloc(n, sizeof(*sw->phase_us));
	sw->sampled_in = xcalloc(n, sizeof(*sw->sampled_in));
	for (unsigned i = 0; i < n; i++) {
		double instant = period_us * i / n;
		unsigned round = (unsigned)(instant / sw->round_us);

		round = round < sw->every ? round : sw->every - 1;
		sw->sampled_in[i] = round;
		sw->phase_us[i] = instant - round * sw->round_us;
		phases[i] = (struct phase){ sw->phase_us[i], i };
	}
	qsort(phases, n, sizeof(*phases), by_phase);
	for (unsigned j = 0; j < n; j++)
		sw->order[j] = phases[j].drone;
	free(phases);
}

/* Homes on a sunflower's spiral: even spacing, any number. */
static struct geo_point home_of(const struct swarm *sw, unsigned i)
{
	struct geo_point p = geo_direct(sw->settings.home, fmod(GOLDEN_ANGLE * i, 360),
	    SPACING_M * sqrt(i));

	return (struct geo_point){ round(p.lat * 1e7) / 1e7, round(p.lon * 1e7) / 1e7 };
}

static void make_drone(struct swarm *sw, unsigned i, int width, struct rng *rng)
{
	static const enum model_kind mix[] = { MODEL_QUAD, MODEL_WING, MODEL_QUAD, MODEL_VTOL };
	const struct swarm_settings *set = &sw->settings;
	struct drone *d = &sw->drones[i];
	char id[2 * ID_SIZE];
	enum model_kind kind = set->model == MODEL_COUNT ? mix[i % ARRAY_LEN(mix)] : set->model;
	/* The first few set out at once, the others over the next minutes. */
	double first_s = i < 4 ? 2 + 3.0 * i : rng_between(rng, 5, 240);

	snprintf(id, sizeof(id), "%s%0*u", set->prefix, width, i + 1);
	drone_init(d, id, kind, home_of(sw, i), set->ground, set->seed, i);
	backlog_init(&d->backlog, (size_t)(set->backfill_mb * 1048576 / set->drones));
	work_init(&d->work, first_s, i, set->seed);
	d->boot = sw->boot;
	d->idle = d->commanded = set->idle;
	if (!set->idle)
		d->vehicle.battery.charge = i < 4 ? 0.95 : rng_between(rng, 0.6, 1);
	d->stepped_us = 0;
	strmap_set(&sw->ids, d->id, i);
}

static int make_faults(struct swarm *sw, struct err *err)
{
	for (size_t i = 0; i < sw->settings.fault_count; i++) {
		const struct fault_spec *spec = &sw->settings.faults[i];
		size_t only = strmap_get(&sw->ids, spec->drone);

		if (*spec->drone && only == STRMAP_NONE)
			return err_set(err, "--fault %s: there is no drone %s; they are %s to %s",
			    fault_table[spec->kind].name, spec->drone, sw->drones[0].id,
			    sw->drones[sw->settings.drones - 1].id);
		if (*spec->drone) {
			sw->drones[only].faults.value[spec->kind] = spec->value;
		} else if (spec->kind == FAULT_SKEW) {
			sw->skew_ms = (int64_t)spec->value;
		} else {
			for (unsigned d = 0; d < sw->settings.drones; d++)
				sw->drones[d].faults.value[spec->kind] = spec->value;
		}
	}
	return 0;
}

int swarm_new(struct swarm **swarm, const struct swarm_settings *settings, swarm_publish *publish,
    void *context, struct err *err)
{
	struct swarm *sw = xcalloc(1, sizeof(*sw));
	struct rng rng;
	int width = snprintf(NULL, 0, "%u", settings->drones);

	*swarm = sw;
	sw->settings = *settings;
	sw->publish = publish;
	sw->context = context;
	sw->boot = (uint32_t)(settings->start_ms / 1000);
	width = width < 2 ? 2 : width;
	if (strlen(settings->prefix) + (size_t)width > ID_MAX) {
		err_set(err, "--prefix %s is too long: an id has at most %d characters, %d of them digits here",
		    settings->prefix, ID_MAX, width);
		swarm_free(swarm);
		return -1;
	}
	rng_init(&rng, settings->seed, 0);
	sw->wind = wind_of_day(&rng);
	work_site_init(&sw->site, settings->home, &rng);
	sw->drones = xcalloc(settings->drones, sizeof(*sw->drones));
	for (unsigned i = 0; i < settings->drones; i++)
		make_drone(sw, i, width, &rng);
	make_timetable(sw);
	if (make_faults(sw, err) == -1) {
		swarm_free(swarm);
		return -1;
	}
	sw->settings.faults = NULL;
	return 0;
}

void swarm_free(struct swarm **swarm)
{
	struct swarm *sw = *swarm;

	if (!sw)
		return;
	for (unsigned i = 0; sw->drones && i < sw->settings.drones; i++)
		drone_clear(&sw->drones[i]);
	free(sw->drones);
	strmap_clear(&sw->ids);
	logbook_clear(&sw->logbook);
	free(sw->order);
	free(sw->phase_us);
	free(sw->sampled_in);
	buf_free(&sw->body);
	buf_free(&sw->topic);
	buf_free(&sw->picture);
	free(sw);
	*swarm = NULL;
}
