/*
 * Frames in: which vehicle they are of, what they change, and the samples and
 * events that come of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bridge/drone.h"

#define FOREIGN_SAY_MS 10000
#define REFUSED_SAY_MS 60000
#define REFUSED_HEARD_MS 3000

static int by_id(const void *x, const void *y, void *bridge)
{
	const struct bridge *b = bridge;

	return strcmp(b->drones[*(const uint8_t *)x]->vehicle.id,
	    b->drones[*(const uint8_t *)y]->vehicle.id);
}

static struct drone *add_drone(struct bridge *b, uint8_t sys)
{
	struct drone *d = xcalloc(1, sizeof(*d));
	char id[ID_SIZE];

	backlog_init(&d->backlog, BACKLOG_BYTES);
	snprintf(id, sizeof(id), "M%u", sys);
	vehicle_begin(&d->vehicle, sys, *b->settings->drone_names[sys] ? b->settings->drone_names[sys]
								      : id, b->boot);
	d->active = -1;
	d->transfer_job = JOBS_MAX;
	d->interrupted = CMD_COUNT;
	d->plan_wanted = (1u << MISSION_TYPE_COUNT) - 1;
	d->plan_total = UINT16_MAX;
	b->drones[sys] = d;
	b->order[b->drone_count++] = sys;
	qsort_r(b->order, b->drone_count, sizeof(*b->order), by_id, b);
	return d;
}

void drone_free(struct drone **drone)
{
	struct drone *d = *drone;

	if (!d)
		return;
	for (size_t i = 0; i < JOBS_MAX; i++)
		job_free(&d->jobs[i]);
	vehicle_clear(&d->vehicle);
	buf_free(&d->last_sample);
	backlog_clear(&d->backlog);
	transfer_clear(&d->transfer);
	plan_clear(&d->plan);
	free(d->upload_item_of);
	free(d);
	*drone = NULL;
}

struct drone *bridge_find(const struct bridge *b, const char *id)
{
	for (size_t i = 0; i < b->drone_count; i++) {
		if (strcmp(b->drones[b->order[i]]->vehicle.id, id) == 0)
			return b->drones[b->order[i]];
	}
	return NULL;
}

static void take_sample(struct bridge *b, struct drone *d)
{
	struct sample s;

	vehicle_sample(&d->vehicle, d->data_ms, d->time_ms, &s);
	buf_clear(&d->last_sample);
	sample_encode(&d->last_sample, &s);
	feed_out_send(b->feed, TOPIC_TM, d->vehicle.id, d->last_sample.data, d->last_sample.len);
	backlog_add(&d->backlog, sample_boot(&s), sample_seq(&s), b->now_ms, d->last_sample.data,
	    d->last_sample.len);
	d->sampled_data_ms = d->data_ms;
	d->has_sampled = true;
}

/* A sample when a position comes, at the rate wanted at most; where none
 * come, with whatever else tells something, a little later. */
static void maybe_sample(struct bridge *b, struct drone *d, unsigned change)
{
	double period = 1000 / b->settings->rate_hz;
	int64_t since = d->data_ms - d->sampled_data_ms;
	bool position = change & CHANGE_POSITION;

	if (!d->vehicle.known || !(change & CHANGE_STATE))
		return;
	/* Positions come with jitter: one a little early is not for the bin. */
	if (d->has_sampled && since >= 0 && (double)since < (position ? 0.7 : 1.5) * period &&
	    !(change & (CHANGE_MODE | CHANGE_ARMED | CHANGE_FAILSAFE | CHANGE_LANDED)))
		return;
	take_sample(b, d);
}

static void say_changes(struct bridge *b, struct drone *d, unsigned change)
{
	const struct vehicle *v = &d->vehicle;
	char scratch[24];

	if (change & CHANGE_FIRST)
		bridge_event(b, d, SEVERITY_NOTICE, "%s %s, system id %u, mode %s, %s",
		    v->autopilot == AUTOPILOT_PX4 ? "PX4" : v->autopilot == AUTOPILOT_ARDUPILOT
			? "ArduPilot" : "autopilot of an unknown kind", model_name(v->type), v->sys,
		    vehicle_mode_name(v, scratch), vehicle_armed(v) ? "armed" : "disarmed");
	if (change & CHANGE_MODE)
		bridge_event(b, d, SEVERITY_INFO, "mode %s%s",
		    vehicle_mode_name(v, scratch), d->file_clock ||
			jobs_explain_mode(d, vehicle_mode(v, d->data_ms)) ? "" : ", not by a command from here");
	if (change & CHANGE_ARMED)
		bridge_event(b, d, SEVERITY_NOTICE, "%s",
		    vehicle_armed(v) ? "armed" : "disarmed");
	if (change & CHANGE_FAILSAFE)
		bridge_event(b, d, vehicle_failsafe(v) ? SEVERITY_CRITICAL : SEVERITY_NOTICE, "%s",
		    vehicle_failsafe(v) ? "failsafe" : "failsafe over");
	if (change & CHANGE_BREACH)
		bridge_event(b, d, v->fence.breach_status ? SEVERITY_CRITICAL : SEVERITY_NOTICE,
		    "%s", v->fence.breach_status ? "fence breached" : "within its fence again");
	if (change & CHANGE_TYPE)
		bridge_event(b, d, SEVERITY_WARNING, "it is now a %s", model_name(v->type));
	if (change & CHANGE_REBOOT)
		bridge_event(b, d, SEVERITY_WARNING, "its autopilot has started anew");
}

static void take_text(struct bridge *b, struct drone *d, const struct frame *f)
{
	struct mav_statustext m;
	struct status_text text;

	if (f->id == MAV_STATUSTEXT) {
		mav_unpack(f->id, f->payload, &m);
		texts_add(&d->texts, f->comp, &m, d->data_ms);
	}
	while (texts_take(&d->texts, d->data_ms, &text)) {
		d->said[d->said_next] = (struct said){ b->now_ms, text };
		d->said_next = (d->said_next + 1) % SAID_MAX;
		bridge_event(b, d, text.severity, "%s", text.text);
	}
}

/* Commands of others to it, or its answers to them. */
static void foreign_command(struct bridge *b, struct drone *d, uint8_t station, unsigned command)
{
	if (d->file_clock || station == b->settings->system ||
	    (d->foreign_ms && b->now_ms - d->foreign_ms < FOREIGN_SAY_MS))
		return;
	d->foreign_ms = b->now_ms;
	if (command)
		bridge_event(b, d, SEVERITY_WARNING,
		    "ground station %u commands it too (MAV_CMD %u)", station, command);
	else
		bridge_event(b, d, SEVERITY_WARNING, "ground station %u commands it too",
		    station);
}

static bool routine(uint16_t command)
{
	return command == SET_MESSAGE_INTERVAL || command == REQUEST_MESSAGE || command == 520;
}

static void take_ack(struct bridge *b, struct drone *d, const struct frame *f)
{
	struct mav_command_ack ack;

	mav_unpack(f->id, f->payload, &ack);
	if (ack.target_system && ack.target_system != b->settings->system) {
		if (!routine(ack.command))
			foreign_command(b, d, ack.target_system, ack.command);
		return;
	}
	if (!streams_ack(d, &ack, b->now_ms))
		jobs_ack(b, d, &ack);
}

static void answer_timesync(struct bridge *b, unsigned link, const struct arrival *a,
    uint8_t version)
{
	struct mav_timesync m, reply;

	mav_unpack(MAV_TIMESYNC, a->frame.payload, &m);
	if (m.tc1 != 0)
		return;
	reply = (struct mav_timesync){ .tc1 = b->wall_ms * 1000000, .ts1 = m.ts1,
		.target_system = a->frame.sys, .target_component = a->frame.comp };
	bridge_send_on(b, link, a->peer, version, MAV_TIMESYNC, &reply);
}

static void reboot(struct drone *d)
{
	streams_reset(d);
	d->plan_wanted = (1u << MISSION_TYPE_COUNT) - 1;
	d->vehicle.reached = -1;
	d->vehicle.has[HEARD_HOME] = false;
}

static void take_frame(struct bridge *b, struct drone *d, unsigned link, const struct arrival *a)
{
	unsigned change = vehicle_apply(&d->vehicle, &a->frame, a->data_ms);
	const struct frame *f = &a->frame;

	streams_heard(d, f->id, b->now_ms);
	take_text(b, d, f);
	switch (f->id) {
	case MAV_COMMAND_ACK:
		take_ack(b, d, f);
		break;
	case MAV_TIMESYNC:
		answer_timesync(b, link, a, f->version);
		break;
	case MAV_MISSION_REQUEST: case MAV_MISSION_REQUEST_INT: case MAV_MISSION_ACK:
	case MAV_MISSION_COUNT: case MAV_MISSION_ITEM: case MAV_MISSION_ITEM_INT:
	case MAV_MISSION_CURRENT:
		plans_take(b, d, f);
		break;
	default:
		break;
	}
	if (change & CHANGE_REBOOT)
		reboot(d);
	/* What was interrupted in one flight is not taken up in the next. */
	if (change & CHANGE_ARMED && !vehicle_armed(&d->vehicle))
		d->interrupted = CMD_COUNT;
	if (change & ~(unsigned)(CHANGE_STATE | CHANGE_POSITION | CHANGE_LANDED))
		say_changes(b, d, change);
	/* What ends a command is seen before its end is told. */
	maybe_sample(b, d, change);
	if (change)
		jobs_state(b, d);
}

/* Where the commands of others name whom they are for. */
static uint8_t target_of(const struct frame *f, unsigned *command)
{
	static const struct {
		uint32_t id;
		uint8_t target, command; /* offsets; 0: says none */
	} rows[] = {
		{ MAV_COMMAND_LONG, 30, 28 }, { MAV_COMMAND_INT, 30, 28 }, { MAV_SET_MODE, 4, 0 },
		{ MAV_MISSION_COUNT, 2, 0 }, { MAV_MISSION_CLEAR_ALL, 0, 0 },
		{ MAV_MISSION_SET_CURRENT, 2, 0 }, { MAV_PARAM_SET, 4, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].id != f->id)
			continue;
		*command = rows[i].command ? f->payload[rows[i].command] |
						 (unsigned)f->payload[rows[i].command + 1] << 8 : 0;
		return f->payload[rows[i].target];
	}
	return 0;
}

/* Frames of ground stations and radios, which are no vehicles. */
static void take_other(struct bridge *b, unsigned link, const struct arrival *a)
{
	const struct frame *f = &a->frame;
	unsigned command = 0;
	uint8_t target;
	char text[96];

	if (f->id == MAV_HEARTBEAT) {
		struct mav_heartbeat h;

		mav_unpack(f->id, f->payload, &h);
		if (h.type == TYPE_GCS && !b->stations[f->sys]) {
			b->stations[f->sys] = true;
			bridge_event(b, NULL, f->sys == b->settings->system ? SEVERITY_WARNING : SEVERITY_NOTICE,
			    "another ground station, system id %u%s, is on %s", f->sys,
			    f->sys == b->settings->system ? " like ours: give the bridge another (system)" : "",
			    transport_peer_name(b->transports[link], a->peer, text));
		}
		return;
	}
	if (f->id == MAV_RADIO_STATUS || f->id == MAV_RADIO) {
		/* A radio speaks for its link: for each vehicle that is flown over it. */
		for (size_t i = 0; i < b->drone_count; i++) {
			struct drone *d = b->drones[b->order[i]];

			if (d->active >= 0 && d->routes[d->active].link == link &&
			    d->routes[d->active].peer == a->peer)
				vehicle_apply(&d->vehicle, f, a->data_ms);
		}
		return;
	}
	target = target_of(f, &command);
	if (target && b->drones[target] && !routine((uint16_t)command))
		foreign_command(b, b->drones[target], f->sys, command);
}

/* What rides along with the autopilot under its system id: its words count, and
 * its questions, but it tells neither where the vehicle is nor that it lives. */
static void take_passenger(struct bridge *b, struct drone *d, unsigned link, const struct arrival *a)
{
	const struct route *r = route_find(d, link, a->peer);

	/* By another link than the best it comes a second time. */
	if (r && d->active >= 0 && r != &d->routes[d->active])
		return;
	if (a->frame.id == MAV_STATUSTEXT)
		take_text(b, d, &a->frame);
	else if (a->frame.id == MAV_TIMESYNC)
		answer_timesync(b, link, a, a->frame.version);
}

/* A wrong key looks like a vehicle that is not there: a word to who looks for it. One
 * that is heard by right frames needs none for the few that came twice. */
static void say_refused(struct bridge *b, unsigned link, const struct arrival *a)
{
	const struct drone *d = b->drones[a->frame.sys];
	int64_t *said = &b->unsigned_ms[a->frame.sys];
	char text[96];

	if (a->frame.id != MAV_HEARTBEAT || (d && b->now_ms - d->heard_ms < REFUSED_HEARD_MS) ||
	    (*said && b->now_ms - *said < REFUSED_SAY_MS))
		return;
	*said = b->now_ms;
	bridge_event(b, d, SEVERITY_WARNING, "system id %u at %s is not heard: its frames are %s", a->frame.sys,
	    transport_peer_name(b->transports[link], a->peer, text),
	    frame_is_signed(&a->frame) ? "signed with another key, or of an old time" : "not signed");
}

void ingest(struct bridge *b, unsigned link, const struct arrival *a)
{
	bool from_file = b->transports[link]->ops == &transport_tlog;
	struct drone *d = b->drones[a->frame.sys];
	struct route *r;

	if (!signing_accepts(&b->signing, &a->frame, b->wall_ms)) {
		say_refused(b, link, a);
		return;
	}
	/* Only an autopilot's heartbeat makes a drone. */
	if (!d && vehicle_beats(&a->frame)) {
		d = add_drone(b, a->frame.sys);
		d->file_clock = from_file;
	}
	if (!d || a->frame.id == MAV_RADIO_STATUS || a->frame.id == MAV_RADIO) {
		take_other(b, link, a);
		return;
	}
	/* A log and a live link cannot be one vehicle's: the first has it. */
	if (d->file_clock != from_file)
		return;
	if (!vehicle_own(&d->vehicle, &a->frame)) {
		take_passenger(b, d, link, a);
		return;
	}
	r = route_heard(b, d, link, a);
	if (!r)
		return;
	if (d->active < 0)
		routes_choose(b, d);
	/* What comes by another link comes by the best one too. */
	if (d->active < 0 || r != &d->routes[d->active])
		return;
	d->heard_ms = b->now_ms;
	d->data_ms = a->data_ms;
	d->time_ms = a->time_ms;
	if (d->silent) {
		d->silent = false;
		bridge_event(b, d, SEVERITY_NOTICE, "%s is heard again", d->vehicle.id);
	}
	take_frame(b, d, link, a);
}
