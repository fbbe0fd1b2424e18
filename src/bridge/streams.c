/*
 * Asking a vehicle for the messages that telemetry needs, at the rate wanted,
 * and again when they stop: SET_MESSAGE_INTERVAL for each, or
 * REQUEST_DATA_STREAM where that is not known.
 *
 * ArduPilot sends next to nothing unasked; PX4 sends much, at rates of its own.
 */
#include "base/mem.h"
#include "bridge/drone.h"

#define ASK_FIRST_WAIT_MS 2000
#define ASK_MAX_WAIT_MS 30000
/* Between two requests to one vehicle: its queue is short. */
#define ASK_APART_MS 30
#define UNSUPPORTED_WAIT_MS 300000

struct wanted {
	uint32_t id;
	double hz;        /* 0: the telemetry rate */
	bool once;        /* asked for singly (REQUEST_MESSAGE), till it came */
	uint8_t autopilot; /* 0: any */
};

static const struct wanted wanted[] = {
	{ MAV_GLOBAL_POSITION_INT, 0, false, 0 },
	{ MAV_ATTITUDE, 0, false, 0 },
	{ MAV_GPS_RAW_INT, 2, false, 0 },
	{ MAV_SYS_STATUS, 2, false, 0 },
	{ MAV_HOME_POSITION, 0, true, 0 },
	{ MAV_EXTENDED_SYS_STATE, 4, false, 0 },
	{ MAV_VFR_HUD, 4, false, 0 },
	{ MAV_MISSION_CURRENT, 2, false, 0 },
	{ MAV_BATTERY_STATUS, 1, false, 0 },
	{ MAV_WIND, 1, false, AUTOPILOT_ARDUPILOT },
	{ MAV_WIND_COV, 1, false, AUTOPILOT_PX4 },
	{ MAV_FENCE_STATUS, 1, false, AUTOPILOT_ARDUPILOT },
};

_Static_assert(ARRAY_LEN(wanted) <= STREAMS_MAX, "a state for each");

/* Of REQUEST_DATA_STREAM: extended status, position, extra 1 to 3. */
static const struct {
	uint8_t stream;
	double hz;
} old_streams[] = { { 2, 2 }, { 6, 0 }, { 10, 0 }, { 11, 4 }, { 12, 1 } };

static double rate_of(const struct bridge *b, double hz)
{
	return hz > 0 ? hz : b->settings->rate_hz;
}

void streams_reset(struct drone *d)
{
	for (size_t i = 0; i < STREAMS_MAX; i++)
		d->streams[i] = (struct stream){ 0 };
	d->old_streams = false;
}

void streams_heard(struct drone *d, uint32_t id, int64_t now_ms)
{
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (wanted[i].id == id) {
			d->streams[i].heard_ms = now_ms;
			d->streams[i].unsupported = false;
			d->streams[i].wait_ms = 0;
		}
	}
}

static bool missing(const struct bridge *b, const struct drone *d, size_t i)
{
	const struct stream *s = &d->streams[i];
	int64_t patience = 3000;

	if (wanted[i].autopilot && wanted[i].autopilot != d->vehicle.autopilot)
		return false;
	if (wanted[i].once)
		return !s->heard_ms;
	if (!s->asked_ms) /* it may come, but at whatever rate */
		return true;
	if (4000 / rate_of(b, wanted[i].hz) > patience)
		patience = (int64_t)(4000 / rate_of(b, wanted[i].hz));
	return b->now_ms - s->heard_ms > patience;
}

static void ask(struct bridge *b, struct drone *d, size_t i)
{
	struct mav_command_long m = {
		.target_system = d->vehicle.sys, .target_component = d->vehicle.comp,
		.command = wanted[i].once ? REQUEST_MESSAGE : SET_MESSAGE_INTERVAL,
		.param1 = (float)wanted[i].id,
		.param2 = wanted[i].once ? 0 : (float)(1e6 / rate_of(b, wanted[i].hz)),
	};

	bridge_send(b, d, MAV_COMMAND_LONG, &m);
}

static void ask_old(struct bridge *b, struct drone *d)
{
	for (size_t i = 0; i < ARRAY_LEN(old_streams); i++) {
		struct mav_request_data_stream m = {
			.req_message_rate = (uint16_t)(rate_of(b, old_streams[i].hz) + 0.5),
			.target_system = d->vehicle.sys, .target_component = d->vehicle.comp,
			.req_stream_id = old_streams[i].stream, .start_stop = 1,
		};

		if (!m.req_message_rate)
			m.req_message_rate = 1;
		bridge_send(b, d, MAV_REQUEST_DATA_STREAM, &m);
	}
}

void streams_tick(struct bridge *b, struct drone *d)
{
	if (d->active < 0 || d->silent || d->file_clock || !d->vehicle.known ||
	    b->now_ms - d->stream_asked_ms < ASK_APART_MS)
		return;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		struct stream *s = &d->streams[i];

		if (!missing(b, d, i) || (s->asked_ms && b->now_ms - s->asked_ms < s->wait_ms))
			continue;
		s->asked_ms = b->now_ms;
		s->wait_ms = s->wait_ms ? s->wait_ms * 2 : ASK_FIRST_WAIT_MS;
		if (s->wait_ms > ASK_MAX_WAIT_MS)
			s->wait_ms = ASK_MAX_WAIT_MS;
		if (s->unsupported)
			s->wait_ms = UNSUPPORTED_WAIT_MS;
		d->stream_asked_ms = b->now_ms;
		/* MAVLink 1 vehicles mostly know the old way only. */
		if (d->routes[d->active].version == 1 || d->old_streams) {
			if (i == 0 || i == 1) {
				ask_old(b, d);
				continue;
			}
		}
		ask(b, d, i);
		return;
	}
}

bool streams_ack(struct drone *d, const struct mav_command_ack *ack, int64_t now_ms)
{
	size_t newest = STREAMS_MAX;

	if (ack->command != SET_MESSAGE_INTERVAL && ack->command != REQUEST_MESSAGE)
		return false;
	/* It does not say which: the one asked for last. */
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (wanted[i].once == (ack->command == REQUEST_MESSAGE) && d->streams[i].asked_ms &&
		    (newest == STREAMS_MAX || d->streams[i].asked_ms > d->streams[newest].asked_ms))
			newest = i;
	}
	if (newest == STREAMS_MAX || ack->result == 0 || now_ms - d->streams[newest].asked_ms > 2000)
		return true;
	if (ack->result == 3 && wanted[newest].id == MAV_GLOBAL_POSITION_INT) {
		d->old_streams = true;
		d->streams[newest].asked_ms = 0;
	}
	/* Not yet is not never: PX4 denies a home that it has not got so far. */
	if (ack->result != 1 && (ack->result == 3 || !wanted[newest].once))
		d->streams[newest].unsupported = true;
	return true;
}
