/*
 * What a vehicle holds: mission, fence and rally points, read when it is first
 * heard and again when it says that they changed, and offered as its plan.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bridge/drone.h"
#include "bridge/plan_items.h"

#define FIRST_WAIT_MS 2500   /* telemetry is asked for first */
#define AGAIN_MS 20000
#define TRIES_MAX 4

static const char *const type_names[MISSION_TYPE_COUNT] = { "mission", "fence", "rally points" };

void plans_send(void *context, uint32_t id, const void *message)
{
	struct plan_sender *s = context;

	bridge_send(s->bridge, s->drone, id, message);
}

void plans_changed(struct bridge *b, struct drone *d)
{
	struct plan_changed pl = { .time = (uint64_t)b->wall_ms };

	d->plan.rev++;
	pl.rev = d->plan.rev;
	str_copy(pl.drone, sizeof(pl.drone), d->vehicle.id);
	bridge_publish(b, TOPIC_PL, d->vehicle.id, &pl);
}

static void set_items(struct drone *d, uint16_t *item_of, size_t count)
{
	free(d->vehicle.item_of);
	d->vehicle.item_of = item_of;
	d->vehicle.item_of_count = count;
	d->vehicle.item_count = d->plan.mission.count;
	d->vehicle.items_known = true;
	d->plan_read[MISSION_TYPE_MISSION] = true;
}

void plans_uploaded(struct bridge *b, struct drone *d, const struct mission *m)
{
	mission_clear(&d->plan.mission);
	d->plan.mission = mission_copy(m);
	set_items(d, d->upload_item_of, d->upload_item_count);
	d->upload_item_of = NULL;
	d->uploaded_ms = b->now_ms;
	/* The ids and the total change because of us. */
	d->plan_ids[MISSION_TYPE_MISSION] = 0;
	d->plan_total = UINT16_MAX;
	d->plan_wanted &= ~(1u << MISSION_TYPE_MISSION);
	plans_changed(b, d);
}

static void read_over(struct bridge *b, struct drone *d)
{
	struct transfer *t = &d->transfer;
	double home = dialect_home_alt(&d->vehicle, d->data_ms);
	enum mission_type type = t->type;
	bool first = !d->plan_read[type];

	d->plan_wanted &= ~(1u << type);
	d->plan_tries[type] = 0;
	d->plan_read[type] = true;
	if (type == MISSION_TYPE_MISSION) {
		uint16_t *item_of;

		mission_clear(&d->plan.mission);
		mission_from_items(t->items, t->count, dialect_home_item(d->vehicle.family), home,
		    &d->plan.mission, &item_of);
		set_items(d, item_of, t->count);
	} else if (type == MISSION_TYPE_FENCE) {
		fences_from_items(t->items, t->count, &d->plan);
	} else {
		rallies_from_items(t->items, t->count, home, &d->plan);
	}
	/* Nothing where nothing was known is no news. */
	if (t->count || !first)
		plans_changed(b, d);
}

static void read_failed(struct bridge *b, struct drone *d)
{
	enum mission_type type = d->transfer.type;

	if (++d->plan_tries[type] >= TRIES_MAX || !d->transfer.timed_out) {
		d->plan_wanted &= ~(1u << type);
		/* Unsupported is how many say that they have no fence or rally points. */
		if (d->transfer.timed_out || type == MISSION_TYPE_MISSION)
			bridge_event(b, d, SEVERITY_NOTICE, "its %s cannot be read: %s",
			    type_names[type], d->transfer.why.text);
	}
	d->plan_at_ms = b->now_ms + (d->transfer.timed_out ? AGAIN_MS : 500);
}

/* MISSION_CURRENT tells that what it holds is not what we read. */
static void look_for_changes(struct drone *d, const struct frame *f, int64_t now_ms)
{
	struct mav_mission_current m;
	uint32_t ids[MISSION_TYPE_COUNT];

	mav_unpack(f->id, f->payload, &m);
	ids[MISSION_TYPE_MISSION] = m.mission_id;
	ids[MISSION_TYPE_FENCE] = m.fence_id;
	ids[MISSION_TYPE_RALLY] = m.rally_points_id;
	for (int type = 0; type < MISSION_TYPE_COUNT; type++) {
		if (d->plan_read[type] && ids[type] && d->plan_ids[type] &&
		    ids[type] != d->plan_ids[type])
			d->plan_wanted |= 1u << type;
		if (ids[type])
			d->plan_ids[type] = ids[type];
	}
	if (f->version == 2 && f->len > 2 && m.total != UINT16_MAX) {
		if (d->plan_read[MISSION_TYPE_MISSION] && d->plan_total != UINT16_MAX &&
		    m.total != d->plan_total && now_ms - d->uploaded_ms > 5000)
			d->plan_wanted |= 1u << MISSION_TYPE_MISSION;
		d->plan_total = m.total;
	}
}

void plans_take(struct bridge *b, struct drone *d, const struct frame *f)
{
	struct plan_sender sender = { b, d };

	if (f->id == MAV_MISSION_CURRENT) {
		look_for_changes(d, f, b->now_ms);
		return;
	}
	if (!transfer_take(&d->transfer, f, b->settings->system, b->now_ms, plans_send, &sender) &&
	    f->id == MAV_MISSION_ACK && !transfer_busy(&d->transfer)) {
		struct mav_mission_ack m;

		/* Somebody else gave it a new plan. */
		mav_unpack(f->id, f->payload, &m);
		if (m.type == MISSION_ACCEPTED && m.mission_type < MISSION_TYPE_COUNT &&
		    m.target_system != b->settings->system && m.target_system != 0)
			d->plan_wanted |= 1u << m.mission_type;
	}
}

void plans_tick(struct bridge *b, struct drone *d)
{
	struct plan_sender sender = { b, d };
	struct transfer *t = &d->transfer;

	transfer_tick(t, b->now_ms, plans_send, &sender);
	if (t->state == TRANSFER_DONE || t->state == TRANSFER_FAILED) {
		if (d->transfer_job < JOBS_MAX)
			jobs_transfer_over(b, d);
		else if (t->state == TRANSFER_DONE)
			read_over(b, d);
		else
			read_failed(b, d);
		transfer_clear(t);
		d->transfer_job = JOBS_MAX;
	}
	if (!d->plan_wanted || transfer_busy(t) || d->file_clock || d->silent || d->active < 0)
		return;
	if (!d->plan_at_ms)
		d->plan_at_ms = b->now_ms + FIRST_WAIT_MS;
	if (b->now_ms < d->plan_at_ms)
		return;
	for (int type = 0; type < MISSION_TYPE_COUNT; type++) {
		/* MAVLink 1 has missions only. */
		if (type && d->routes[d->active].version == 1)
			d->plan_wanted &= ~(1u << type);
		if (!(d->plan_wanted >> type & 1))
			continue;
		transfer_download(t, d->vehicle.sys, d->vehicle.comp, type, b->now_ms, plans_send,
		    &sender);
		return;
	}
}
