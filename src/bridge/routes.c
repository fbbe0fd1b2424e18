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
#define SAY_AGAIN_MS 60000
#define APART_SAY_MS 1500

static struct route *find(struct drone *d, unsigned link, unsigned peer)
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

/* What tells vehicles apart. */
static void note_marks(struct route *r, const struct arrival *a, int64_t now_ms)
{
	const struct frame *f = &a->frame;
	uint32_t boot_ms;

	if (f->id == MAV_GLOBAL_POSITION_INT) {
		struct mav_global_position_int p;

		mav_unpack(f->id, f->payload, &p);
		r->has_place = p.lat || p.lon;
		r->lat = p.lat;
		r->lon = p.lon;
		r->place_ms = now_ms;
		boot_ms = p.time_boot_ms;
	} else if (f->id == MAV_ATTITUDE) {
		struct mav_attitude m;

		mav_unpack(f->id, f->payload, &m);
		boot_ms = m.time_boot_ms;
	} else if (f->id == MAV_HEARTBEAT) {
		struct mav_heartbeat h;

		mav_unpack(f->id, f->payload, &h);
		if (h.autopilot != AUTOPILOT_INVALID && h.type != TYPE_GCS) {
			r->autopilot = h.autopilot;
			r->type = h.type;
		}
		return;
	} else {
		return;
	}
	r->epoch_ms = a->data_ms - boot_ms;
	r->has_epoch = true;
}

static bool cannot_be_one(const struct route *x, const struct route *y, int64_t now_ms)
{
	if (x->autopilot && y->autopilot && (x->autopilot != y->autopilot || x->type != y->type))
		return true;
	if (x->has_epoch && y->has_epoch && llabs(x->epoch_ms - y->epoch_ms) > EPOCH_APART_MS)
		return true;
	return x->has_place && y->has_place && now_ms - x->place_ms < PLACE_FRESH_MS &&
	       now_ms - y->place_ms < PLACE_FRESH_MS &&
	       (labs((long)x->lat - y->lat) > PLACE_APART || labs((long)x->lon - y->lon) > PLACE_APART);
}

static void judge(struct bridge *b, struct drone *d, struct route *r)
{
	struct route *active = d->active >= 0 ? &d->routes[d->active] : NULL;
	char text[2][96];

	if (!active || active == r)
		return;
	if (b->now_ms - active->heard_ms > ROUTE_SILENT_MS) {
		r->barred = false;
		return;
	}
	if (!cannot_be_one(active, r, b->now_ms)) {
		r->barred = false;
		r->apart_ms = 0;
		return;
	}
	if (!r->barred)
		r->apart_ms = b->now_ms;
	/* A restart shows on one link before the other: not worth a word. */
	if (b->now_ms - r->apart_ms > APART_SAY_MS &&
	    (!d->same_id_ms || b->now_ms - d->same_id_ms > SAY_AGAIN_MS)) {
		d->same_id_ms = b->now_ms;
		bridge_event(b, d, SEVERITY_ERROR,
		    "two vehicles have the system id %u: %s is the one at %s, the one at %s is passed over; give it another id",
		    d->vehicle.sys, d->vehicle.id,
		    transport_peer_name(b->transports[active->link], active->peer, text[0]),
		    transport_peer_name(b->transports[r->link], r->peer, text[1]));
	}
	r->barred = true;
}

struct route *route_heard(struct bridge *b, struct drone *d, unsigned link, const struct arrival *a)
{
	struct route *r = find(d, link, a->peer);

	if (!r)
		r = add(b, d, link, a->peer);
	r->heard_ms = b->now_ms;
	if (a->frame.version > r->version)
		r->version = a->frame.version;
	count(r, &a->frame, b->now_ms);
	note_marks(r, a, b->now_ms);
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
