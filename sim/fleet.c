/* The fleet: see fleet.h. Commands are in dispatch.c. */
#include "fleet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fleet_private.h"

#define SPACING_M 30.0           /* between neighbouring homes, about */
#define GOLDEN_ANGLE 137.50776405 /* deg */

int64_t fleet_clock_ms(const struct fleet *f)
{
	return f->settings.start_ms + f->now_us / 1000 + f->skew_ms;
}

void fleet_shift_clock(struct fleet *f, int64_t ms)
{
	f->settings.start_ms += ms;
}

struct drone *fleet_find(const struct fleet *f, const char *id)
{
	size_t i = strmap_get(&f->ids, id);

	return i == STRMAP_NONE ? NULL : &f->drones[i];
}

void fleet_send(struct fleet *f, const void *topic, size_t topic_len, const struct buf *body)
{
	f->publish(f->context, topic, topic_len, body->data, body->len);
	f->sent++;
}

void fleet_send_message(struct fleet *f, enum topic_kind kind, const char *id, const void *message)
{
	char topic[TOPIC_SIZE];
	size_t len = topic_format(topic, kind, id);

	buf_clear(&f->body);
	message_encode(&f->body, kind, message);
	fleet_send(f, topic, len, &f->body);
}

void fleet_send_plan(struct fleet *f, const struct drone *d)
{
	struct plan_changed pl = { .rev = d->plan.rev, .time = (uint64_t)fleet_clock_ms(f) };

	str_copy(pl.drone, sizeof(pl.drone), d->id);
	fleet_send_message(f, TOPIC_PL, d->id, &pl);
}

static void send_event(struct fleet *f, const struct drone *d, int severity, const char *text)
{
	struct event ev = { .time = (uint64_t)fleet_clock_ms(f), .severity = (uint64_t)severity };

	str_copy(ev.drone, sizeof(ev.drone), d->id);
	str_copy(ev.source, sizeof(ev.source), f->settings.name);
	str_copy(ev.text, sizeof(ev.text), text);
	fleet_send_message(f, TOPIC_EV, d->id, &ev);
}

static void send_heartbeat(struct fleet *f)
{
	struct heartbeat hb = {
		.v = PROTOCOL_VERSION,
		.kind = KIND_SIM,
		.boot = f->boot,
		.time = (uint64_t)fleet_clock_ms(f),
		.drones = f->settings.drones,
		.sent = f->sent,
	};

	str_copy(hb.source, sizeof(hb.source), f->settings.name);
	fleet_send_message(f, TOPIC_HB, f->settings.name, &hb);
}

static void take_notes(struct fleet *f, struct drone *d, const struct notes *notes)
{
	for (int i = 0; i < notes->count; i++) {
		const struct note *n = &notes->items[i];

		switch (n->kind) {
		case NOTE_EVENT:
			send_event(f, d, n->severity, n->text);
			break;
		case NOTE_DONE:
			fleet_command_over(f, d, STAGE_DONE, n->text);
			break;
		case NOTE_FAILED:
			fleet_command_over(f, d, STAGE_FAILED, n->text);
			break;
		case NOTE_PLAN:
			/* An operator's mission stays in the plan until then. */
			if (!d->plan_is_work && d->plan.mission.count > 0)
				break;
			drone_set_mission(d, &d->work.job, true);
			fleet_send_plan(f, d);
			break;
		}
	}
}

static void fly(struct fleet *f, struct drone *d)
{
	double left = (double)(f->now_us - d->stepped_us) / 1e6;
	struct notes notes = { .count = 0 };

	d->stepped_us = f->now_us;
	while (left > 1e-9) {
		double dt = fmin(left, FLIGHT_DT_MAX);

		left -= dt;
		if (!d->commanded)
			work_step(&d->work, &d->vehicle, &f->site, dt, &notes);
		autopilot_step(&d->vehicle, &f->wind, dt, &notes);
		if (notes.count) {
			take_notes(f, d, &notes);
			notes.count = 0;
		}
	}
}

static bool strikes(struct drone *d, enum fault_kind kind)
{
	return d->faults.value[kind] > 0 && rng_uniform(&d->fault_rng) < d->faults.value[kind];
}

static void restart(struct fleet *f, struct drone *d)
{
	uint32_t now_s = (uint32_t)(fleet_clock_ms(f) / 1000);

	d->boot = now_s > d->boot ? now_s : d->boot + 1;
	d->seq = 0;
	d->restart_s = 0;
	d->vehicle.sensors.no_fix_s = rng_between(&d->fault_rng, 2, 4);
	d->vehicle.sensors.had_fix = false;
	d->vehicle.battery.used = 0;
	send_event(f, d, SEVERITY_ERROR, "restarted");
}

/* Faults with a chance per second, and the ends of those that last. */
static void suffer(struct fleet *f, struct drone *d, double dt)
{
	int64_t second = f->now_us / 1000000;

	d->silent_s = fmax(d->silent_s - dt, 0);
	if (d->restart_s > 0 && (d->restart_s -= dt) <= 0)
		restart(f, d);
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

static void radio(struct fleet *f, struct drone *d)
{
	if (d->silent_s > 0 || strikes(d, FAULT_DROP))
		return;
	if (d->held_back.len == 0 && strikes(d, FAULT_REORDER)) {
		buf_add(&d->held_back, f->body.data, f->body.len);
		return;
	}
	fleet_send(f, d->topic, d->topic_len, &f->body);
	if (strikes(d, FAULT_DUP))
		fleet_send(f, d->topic, d->topic_len, &f->body);
	if (d->held_back.len) {
		fleet_send(f, d->topic, d->topic_len, &d->held_back);
		buf_clear(&d->held_back);
	}
	if (strikes(d, FAULT_GARBAGE)) {
		garbage_make(&d->fault_rng, d->id, &f->topic, &f->body);
		fleet_send(f, f->topic.data, f->topic.len, &f->body);
	}
}

static void sample(struct fleet *f, struct drone *d)
{
	int64_t time = fleet_clock_ms(f) + (int64_t)d->faults.value[FAULT_SKEW];
	struct sample s;

	/* A clock that steps back goes on at last + 1. */
	if (time <= d->last_time)
		time = d->last_time + 1;
	d->last_time = time;
	drone_measure(d, time, &s);
	buf_clear(&f->body);
	sample_encode(&f->body, &s);
	ring_add(&d->ring, d->boot, d->seq, time, f->body.data, f->body.len);
	d->seq++;
	radio(f, d);
}

static int64_t slot_us(const struct fleet *f)
{
	return (int64_t)((double)f->round * f->round_us + f->phase_us[f->order[f->slot]]);
}

static void do_slot(struct fleet *f)
{
	unsigned i = f->order[f->slot];
	struct drone *d = &f->drones[i];
	double dt = (double)(f->now_us - d->stepped_us) / 1e6;

	fly(f, d);
	suffer(f, d, dt);
	if (f->round % f->every == f->sampled_in[i] && d->restart_s <= 0)
		sample(f, d);
	if (++f->slot == f->settings.drones) {
		f->slot = 0;
		f->round++;
	}
}

int64_t fleet_next_us(const struct fleet *f)
{
	int64_t slot = slot_us(f);

	return slot < f->next_heartbeat_us ? slot : f->next_heartbeat_us;
}

void fleet_advance(struct fleet *f, int64_t until_us)
{
	int64_t next;

	while ((next = fleet_next_us(f)) <= until_us) {
		f->now_us = next;
		if (next == f->next_heartbeat_us) {
			send_heartbeat(f);
			f->next_heartbeat_us += 1000000;
		} else {
			do_slot(f);
		}
	}
	/* Commands come at whole milliseconds. */
	if (until_us / 1000 * 1000 > f->now_us)
		f->now_us = until_us / 1000 * 1000;
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
static void make_timetable(struct fleet *f)
{
	unsigned n = f->settings.drones;
	struct phase *phases = xcalloc(n, sizeof(*phases));
	double period_us = 1e6 / f->settings.rate_hz;

	f->every = (unsigned)ceil(FLIGHT_HZ / f->settings.rate_hz - 1e-9);
	f->every = f->every ? f->every : 1;
	f->round_us = period_us / f->every;
	f->order = xcalloc(n, sizeof(*f->order));
	f->phase_us = xcalloc(n, sizeof(*f->phase_us));
	f->sampled_in = xcalloc(n, sizeof(*f->sampled_in));
	for (unsigned i = 0; i < n; i++) {
		double instant = period_us * i / n;
		unsigned round = (unsigned)(instant / f->round_us);

		round = round < f->every ? round : f->every - 1;
		f->sampled_in[i] = round;
		f->phase_us[i] = instant - round * f->round_us;
		phases[i] = (struct phase){ f->phase_us[i], i };
	}
	qsort(phases, n, sizeof(*phases), by_phase);
	for (unsigned j = 0; j < n; j++)
		f->order[j] = phases[j].drone;
	free(phases);
}

/* Homes on a sunflower's spiral: even spacing, any number. */
static struct geo_point home_of(const struct fleet *f, unsigned i)
{
	struct geo_point p = geo_direct(f->settings.home, fmod(GOLDEN_ANGLE * i, 360),
	    SPACING_M * sqrt(i));

	return (struct geo_point){ round(p.lat * 1e7) / 1e7, round(p.lon * 1e7) / 1e7 };
}

static void make_drone(struct fleet *f, unsigned i, int width, struct rng *rng)
{
	static const enum model_kind mix[] = { MODEL_QUAD, MODEL_WING, MODEL_QUAD, MODEL_VTOL };
	const struct fleet_settings *set = &f->settings;
	struct drone *d = &f->drones[i];
	char id[2 * ID_SIZE];
	enum model_kind kind = set->model == MODEL_COUNT ? mix[i % ARRAY_LEN(mix)] : set->model;
	/* The first few set out at once, the others over the next minutes. */
	double first_s = i < 4 ? 2 + 3.0 * i : rng_between(rng, 5, 240);

	snprintf(id, sizeof(id), "%s%0*u", set->prefix, width, i + 1);
	drone_init(d, id, kind, home_of(f, i), set->ground, set->seed, i);
	ring_init(&d->ring, (size_t)(set->backfill_mb * 1048576 / set->drones));
	work_init(&d->work, first_s, i, set->seed);
	d->boot = f->boot;
	d->idle = d->commanded = set->idle;
	if (!set->idle)
		d->vehicle.battery.charge = i < 4 ? 0.95 : rng_between(rng, 0.6, 1);
	d->stepped_us = 0;
	strmap_set(&f->ids, d->id, i);
}

static int make_faults(struct fleet *f, struct err *err)
{
	for (size_t i = 0; i < f->settings.fault_count; i++) {
		const struct fault_spec *spec = &f->settings.faults[i];
		size_t only = strmap_get(&f->ids, spec->drone);

		if (*spec->drone && only == STRMAP_NONE)
			return err_set(err, "--fault %s: there is no drone %s; they are %s to %s",
			    fault_table[spec->kind].name, spec->drone, f->drones[0].id,
			    f->drones[f->settings.drones - 1].id);
		if (*spec->drone) {
			f->drones[only].faults.value[spec->kind] = spec->value;
		} else if (spec->kind == FAULT_SKEW) {
			f->skew_ms = (int64_t)spec->value;
		} else {
			for (unsigned d = 0; d < f->settings.drones; d++)
				f->drones[d].faults.value[spec->kind] = spec->value;
		}
	}
	return 0;
}

int fleet_new(struct fleet **fleet, const struct fleet_settings *settings, fleet_publish *publish,
    void *context, struct err *err)
{
	struct fleet *f = xcalloc(1, sizeof(*f));
	struct rng rng;
	int width = snprintf(NULL, 0, "%u", settings->drones);

	*fleet = f;
	f->settings = *settings;
	f->publish = publish;
	f->context = context;
	f->boot = (uint32_t)(settings->start_ms / 1000);
	width = width < 2 ? 2 : width;
	if (strlen(settings->prefix) + (size_t)width > ID_MAX) {
		err_set(err, "--prefix %s is too long: an id has at most %d characters, %d of them digits here",
		    settings->prefix, ID_MAX, width);
		fleet_free(fleet);
		return -1;
	}
	rng_init(&rng, settings->seed, 0);
	f->wind = wind_of_day(&rng);
	work_site_init(&f->site, settings->home, &rng);
	f->drones = xcalloc(settings->drones, sizeof(*f->drones));
	for (unsigned i = 0; i < settings->drones; i++)
		make_drone(f, i, width, &rng);
	make_timetable(f);
	if (make_faults(f, err) == -1) {
		fleet_free(fleet);
		return -1;
	}
	f->settings.faults = NULL;
	return 0;
}

void fleet_free(struct fleet **fleet)
{
	struct fleet *f = *fleet;

	if (!f)
		return;
	for (unsigned i = 0; f->drones && i < f->settings.drones; i++)
		drone_clear(&f->drones[i]);
	free(f->drones);
	strmap_clear(&f->ids);
	ledger_clear(&f->ledger);
	free(f->order);
	free(f->phase_us);
	free(f->sampled_in);
	buf_free(&f->body);
	buf_free(&f->topic);
	free(f);
	*fleet = NULL;
}
