/*
 * Which links lead to a vehicle, which is the best, and whether it is one
 * vehicle at all: two with the same system id show by clocks, places or kinds
 * that cannot be one vehicle's. The one heard first keeps the drone.
 */
#include <stdlib.h>

#include "bridge/drone.h"

/* A route silent for so long is no choice while another is heard. */
#define ROUTE_SILENT_MS 2500
#define ROUTE_FORGET_MS 60000
#define WINDOW_MS 5000
/* Losing that much less is worth a change. */
#define LOSS_BETTER 0.15
/* Clocks of one vehicle, seen over two links, differ by the links' delay. */
#define EPOCH_APART_MS 5000
/* Farther apart within 2 s than any vehicle flies: 0.005 degrees, 500 m. */
#define PLACE_APART 50000
#define PLACE_FRESH_MS 2000
/* A clock that is not heard for so long has stopped. */
#define CLOCK_QUIET_MS 1500
/* A vehicle that starts anew may have stopped one clock long ago, and its other link
 * tells only what was true then. */
#define MARK_FRESH_MS 8000
#define ASK_MARKS_MS 2000
/* Heard beside the first for so long, it was not the first started anew. */
#define STRANGER_MS 5000
#define SAY_AGAIN_MS 60000
#define APART_SAY_MS 1500

struct route *route_find(struct drone *d, unsigned link, unsigned peer)
{
	for (size_t i = 0; i < d->route_count; i++) {
		if (d->routes[i].link == link && d->routes[i].peer == peer)
			return &d->routes[i];
	}
	return NULL;
}

static struct route *add(struct bridge *b, struct drone *d, unsigned link, unsigned peer)
{
	size_t at = d->route_count;

	/* The longest silent gives way, but never the one in use. */
	if (at == ROUTES_MAX) {
		at = d->active == 0 ? 1 : 0;
		for (size_t i = 0; i < ROUTES_MAX; i++) {
			if ((int)i != d->active && d->routes[i].heard_ms < d->routes[at].heard_ms)
				at = i;
		}
	} else {
		d->route_count++;
	}
	d->routes[at] = (struct route){ .link = link, .peer = peer, .window_ms = b->now_ms };
	return &d->routes[at];
}

static void count(struct route *r, const struct frame *f, int64_t now_ms)
{
	uint8_t gap = (uint8_t)(f->seq - r->seq - 1);

	/* Half of the numbers ahead is behind: late, or started anew. */
	if (r->has_seq && gap < 128)
		r->lost += gap;
	r->got++;
	r->seq = f->seq;
	r->has_seq = true;
	if (now_ms - r->window_ms >= WINDOW_MS) {
		r->loss = (double)r->lost / (r->got + r->lost);
		r->got = r->lost = 0;
		r->window_ms = now_ms;
	}
}

static void say_same_id(struct bridge *b, struct drone *d, const struct route *first,
    const struct route *other)
{
	char text[2][96];

	if (d->same_id_ms && b->now_ms - d->same_id_ms <= SAY_AGAIN_MS)
		return;
	d->same_id_ms = b->now_ms;
	if (first == other)
		bridge_event(b, d, SEVERITY_ERROR,
		    "two vehicles have the system id %u, both at %s: what they say cannot be told apart; give one another id",
		    d->vehicle.sys, transport_peer_name(b->transports[first->link], first->peer, text[0]));
	else
		bridge_event(b, d, SEVERITY_ERROR,
		    "two vehicles have the system id %u: %s is the one at %s, the one at %s is passed over; give it another id",
		    d->vehicle.sys, d->vehicle.id,
		    transport_peer_name(b->transports[first->link], first->peer, text[0]),
		    transport_peer_name(b->transports[other->link], other->peer, text[1]));
}

/* False for the time of another clock than this route's: of a second vehicle on it,
 * or of this one started anew, which shows by the old clock not going on. */
static bool note_clock(struct bridge *b, struct drone *d, struct route *r, const struct arrival *a,
    uint32_t boot_ms)
{
	int64_t epoch = a->data_ms - boot_ms, since = a->data_ms - r->epoch_data_ms;

	if (r->has_epoch && llabs(epoch - r->epoch_ms) > EPOCH_APART_MS && since >= 0 &&
	    since < CLOCK_QUIET_MS) {
		if (!r->stray_ms || b->now_ms - r->stray_ms > MARK_FRESH_MS)
			r->stray_since_ms = b->now_ms;
		r->stray_ms = b->now_ms;
		return false;
	}
	if (r->stray_ms && b->now_ms - r->stray_ms < APART_SAY_MS &&
	    b->now_ms - r->stray_since_ms > APART_SAY_MS && since < CLOCK_QUIET_MS && !d->file_clock)
		say_same_id(b, d, r, r);
	r->epoch_ms = epoch;
	r->epoch_at_ms = b->now_ms;
	r->epoch_data_ms = a->data_ms;
	r->has_epoch = true;
	return true;
}

/* What tells vehicles apart. False for what another one said on the same route. */
static bool note_marks(struct bridge *b, struct drone *d, struct route *r, const struct arrival *a)
{
	const struct frame *f = &a->frame;

	if (f->id == MAV_GLOBAL_POSITION_INT) {
		struct mav_global_position_int p;

		mav_unpack(f->id, f->payload, &p);
		if (!note_clock(b, d, r, a, p.time_boot_ms))
			return false;
		r->has_place = p.lat || p.lon;
		r->lat = p.lat;
		r->lon = p.lon;
		r->place_ms = b->now_ms;
	} else if (f->id == MAV_ATTITUDE) {
		struct mav_attitude m;

		mav_unpack(f->id, f->payload, &m);
		return note_clock(b, d, r, a, m.time_boot_ms);
	} else if (f->id == MAV_HEARTBEAT) {
		struct mav_heartbeat h;

		mav_unpack(f->id, f->payload, &h);
		r->autopilot = h.autopilot;
		r->type = h.type;
	}
	return true;
}

static bool fresh(const struct route *r, int64_t now_ms)
{
	return r->has_epoch && now_ms - r->epoch_at_ms < MARK_FRESH_MS;
}

static bool cannot_be_one(const struct route *x, const struct route *y, int64_t now_ms)
{
	if (x->autopilot && y->autopilot && (x->autopilot != y->autopilot || x->type != y->type))
		return true;
	if (fresh(x, now_ms) && fresh(y, now_ms) && llabs(x->epoch_ms - y->epoch_ms) > EPOCH_APART_MS)
		return true;
	return x->has_place && y->has_place && now_ms - x->place_ms < PLACE_FRESH_MS &&
	       now_ms - y->place_ms < PLACE_FRESH_MS &&
	       (labs((long)x->lat - y->lat) > PLACE_APART || labs((long)x->lon - y->lon) > PLACE_APART);
}

static void judge(struct bridge *b, struct drone *d, struct route *r)
{
	struct route *active = d->active >= 0 ? &d->routes[d->active] : NULL;

	if (!active || active == r)
		return;
	if (b->now_ms - active->heard_ms > ROUTE_SILENT_MS) {
		/* One that was another beside the first is so still: the first may come
		 * back. What went apart just before may be the first, started anew. */
		if (active->heard_ms - r->apart_ms < STRANGER_MS ||
		    b->now_ms - active->heard_ms > ROUTE_FORGET_MS)
			r->barred = false;
		return;
	}
	if (!cannot_be_one(active, r, b->now_ms)) {
		/* What has not told its clock lately has not shown that it is one either. */
		if (fresh(active, b->now_ms) && fresh(r, b->now_ms)) {
			r->barred = false;
			r->apart_ms = 0;
		}
		return;
	}
	if (!r->barred)
		r->apart_ms = b->now_ms;
	/* A restart shows on one link before the other: not worth a word. */
	if (b->now_ms - r->apart_ms > APART_SAY_MS)
		say_same_id(b, d, active, r);
	r->barred = true;
}

void routes_ask(struct bridge *b, struct drone *d)
{
	if (d->file_clock || !d->vehicle.known)
		return;
	for (size_t i = 0; i < d->route_count; i++) {
		struct route *r = &d->routes[i];
		struct mav_command_long m = { .command = REQUEST_MESSAGE,
			.param1 = MAV_GLOBAL_POSITION_INT, .target_system = d->vehicle.sys,
			.target_component = d->vehicle.comp };

		if ((int)i == d->active || r->version == 1 || b->now_ms - r->heard_ms > ROUTE_SILENT_MS ||
		    b->now_ms - r->epoch_at_ms < ASK_MARKS_MS || b->now_ms - r->asked_ms < ASK_MARKS_MS)
			continue;
		r->asked_ms = b->now_ms;
		bridge_send_on(b, r->link, r->peer, r->version, MAV_COMMAND_LONG, &m);
	}
}

struct route *route_heard(struct bridge *b, struct drone *d, unsigned link, const struct arrival *a)
{
	struct route *r = route_find(d, link, a->peer);

	if (!r)
		r = add(b, d, link, a->peer);
	r->heard_ms = b->now_ms;
	if (a->frame.version > r->version)
		r->version = a->frame.version;
	count(r, &a->frame, b->now_ms);
	if (!note_marks(b, d, r, a))
		return NULL;
	judge(b, d, r);
	return r->barred ? NULL : r;
}

static bool usable(const struct route *r, int64_t now_ms)
{
	return !r->barred && now_ms - r->heard_ms <= ROUTE_SILENT_MS;
}

static void forget(struct drone *d, int64_t now_ms)
{
	for (size_t i = d->route_count; i-- > 0;) {
		if ((int)i == d->active || now_ms - d->routes[i].heard_ms <= ROUTE_FORGET_MS)
			continue;
		d->routes[i] = d->routes[--d->route_count];
		if (d->active == (int)d->route_count)
			d->active = (int)i;
	}
}

void routes_choose(struct bridge *b, struct drone *d)
{
	struct route *active = d->active >= 0 ? &d->routes[d->active] : NULL;
	int best = -1;
	char text[2][96];

	for (size_t i = 0; i < d->route_count; i++) {
		if (usable(&d->routes[i], b->now_ms) &&
		    (best < 0 || d->routes[i].loss < d->routes[best].loss))
			best = (int)i;
	}
	if (best < 0 || best == d->active) {
		forget(d, b->now_ms);
		return;
	}
	if (active && usable(active, b->now_ms) && active->loss - d->routes[best].loss < LOSS_BETTER)
		return;
	/* A barred stranger never takes over by this: usable() is false of it. */
	if (active)
		bridge_event(b, d, SEVERITY_WARNING, "link changed from %s to %s%s",
		    transport_peer_name(b->transports[active->link], active->peer, text[0]),
		    transport_peer_name(b->transports[d->routes[best].link], d->routes[best].peer, text[1]),
		    usable(active, b->now_ms) ? ", which loses less" : ": nothing heard on the first");
	d->active = best;
	forget(d, b->now_ms);
}
