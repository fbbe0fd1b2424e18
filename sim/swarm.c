/* The fleet: see swarm.h. It is made in muster.c; commands are in dispatch.c. */
#include "swarm.h"

#include <math.h>

#include "picture.h"
#include "swarm_private.h"

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
