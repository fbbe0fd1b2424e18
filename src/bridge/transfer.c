/* The mission protocol: see transfer.h. */
#include "bridge/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const results[] = {
	"accepted", "error", "unsupported frame", "unsupported command", "no space", "invalid",
	"invalid param1", "invalid param2", "invalid param3", "invalid param4", "invalid latitude",
	"invalid longitude", "invalid height", "item out of sequence", "denied", "cancelled",
};

const char *mission_result_text(uint8_t result)
{
	return result < ARRAY_LEN(results) ? results[result] : "refused";
}

bool transfer_busy(const struct transfer *t)
{
	return t->state == TRANSFER_UP || t->state == TRANSFER_DOWN;
}

void transfer_clear(struct transfer *t)
{
	free(t->items);
	*t = (struct transfer){ 0 };
}

static void fail(struct transfer *t, bool timed_out, const char *text)
{
	err_set(&t->why, "%s", text);
	t->timed_out = timed_out;
	t->state = TRANSFER_FAILED;
}

static void send_count(struct transfer *t, transfer_send *send, void *context)
{
	struct mav_mission_count m = { .count = (uint16_t)t->count, .target_system = t->sys,
		.target_component = t->comp, .mission_type = t->type };

	send(context, MAV_MISSION_COUNT, &m);
}

static void send_item(struct transfer *t, size_t i, transfer_send *send, void *context)
{
	send(context, MAV_MISSION_ITEM_INT, &t->items[i]);
}

static void send_list(struct transfer *t, transfer_send *send, void *context)
{
	struct mav_mission_request_list m = { t->sys, t->comp, t->type };

	send(context, MAV_MISSION_REQUEST_LIST, &m);
}

static void send_request(struct transfer *t, transfer_send *send, void *context)
{
	struct mav_mission_request_int m = { (uint16_t)t->next, t->sys, t->comp, t->type };

	send(context, MAV_MISSION_REQUEST_INT, &m);
}

static void send_ack(struct transfer *t, uint8_t result, transfer_send *send, void *context)
{
	struct mav_mission_ack m = { .target_system = t->sys, .target_component = t->comp,
		.type = result, .mission_type = t->type };

	send(context, MAV_MISSION_ACK, &m);
}

static void begin(struct transfer *t, enum transfer_state state, uint8_t sys, uint8_t comp,
    enum mission_type type, int64_t now_ms)
{
	transfer_clear(t);
	t->state = state;
	t->up = state == TRANSFER_UP;
	t->sys = sys;
	t->comp = comp;
	t->type = (uint8_t)type;
	t->heard_ms = now_ms;
	t->due_ms = now_ms + TRANSFER_WAIT_MS;
	t->tries = 1;
}

void transfer_upload(struct transfer *t, uint8_t sys, uint8_t comp, enum mission_type type,
    struct mav_mission_item_int *items, size_t count, int64_t now_ms, transfer_send *send,
    void *context)
{
	begin(t, TRANSFER_UP, sys, comp, type, now_ms);
	t->items = items;
	t->count = count;
	for (size_t i = 0; i < count; i++) {
		items[i].seq = (uint16_t)i;
		items[i].target_system = sys;
		items[i].target_component = comp;
		items[i].mission_type = (uint8_t)type;
	}
	send_count(t, send, context);
}

void transfer_download(struct transfer *t, uint8_t sys, uint8_t comp, enum mission_type type,
    int64_t now_ms, transfer_send *send, void *context)
{
	begin(t, TRANSFER_DOWN, sys, comp, type, now_ms);
	send_list(t, send, context);
}

void transfer_cancel(struct transfer *t, transfer_send *send, void *context)
{
	if (transfer_busy(t))
		send_ack(t, MISSION_CANCELLED, send, context);
	transfer_clear(t);
}

static bool mine(const struct transfer *t, uint8_t type, uint8_t target, uint8_t own)
{
	return type == t->type && (target == own || target == 0);
}

static bool take_request(struct transfer *t, const struct mav_mission_request *m, uint8_t own,
    int64_t now_ms, transfer_send *send, void *context)
{
	if (t->state != TRANSFER_UP || !mine(t, m->mission_type, m->target_system, own))
		return false;
	t->begun = true;
	t->verifying = false;
	t->heard_ms = now_ms;
	if (m->seq >= t->count) {
		fail(t, false, "it asks for an item that is not there");
		send_ack(t, 13, send, context);
		return true;
	}
	t->next = m->seq;
	t->tries = 1;
	t->due_ms = now_ms + TRANSFER_WAIT_MS;
	send_item(t, m->seq, send, context);
	return true;
}

static bool take_ack(struct transfer *t, const struct mav_mission_ack *m, uint8_t own)
{
	if (!transfer_busy(t) || !mine(t, m->mission_type, m->target_system, own))
		return false;
	if (m->type == MISSION_ACCEPTED && t->state == TRANSFER_UP) {
		/* An ACK of before, while items are still to come, is not ours. */
		if (t->count && t->next + 1 < t->count)
			return false;
		t->state = TRANSFER_DONE;
	} else if (m->type != MISSION_ACCEPTED && !t->verifying) {
		fail(t, false, mission_result_text(m->type));
	}
	return true;
}

static bool take_count(struct transfer *t, const struct mav_mission_count *m, uint8_t own,
    int64_t now_ms, transfer_send *send, void *context)
{
	if (t->state == TRANSFER_UP && t->verifying && m->count == t->count &&
	    mine(t, m->mission_type, m->target_system, own)) {
		send_ack(t, MISSION_ACCEPTED, send, context);
		t->state = TRANSFER_DONE;
		return true;
	}
	if (t->state != TRANSFER_DOWN || t->begun || !mine(t, m->mission_type, m->target_system, own))
		return false;
	t->begun = true;
	t->heard_ms = now_ms;
	t->count = m->count;
	t->items = xcalloc(t->count, sizeof(*t->items));
	t->tries = 1;
	t->due_ms = now_ms + TRANSFER_ITEM_WAIT_MS;
	if (t->count) {
		send_request(t, send, context);
	} else {
		send_ack(t, MISSION_ACCEPTED, send, context);
		t->state = TRANSFER_DONE;
	}
	return true;
}

static bool take_item(struct transfer *t, const struct mav_mission_item_int *m, uint8_t own,
    int64_t now_ms, transfer_send *send, void *context)
{
	if (t->state != TRANSFER_DOWN || !t->begun || !mine(t, m->mission_type, m->target_system, own))
		return false;
	t->heard_ms = now_ms;
	if (m->seq != t->next) /* one that was asked for twice */
		return true;
	t->items[t->next++] = *m;
	t->tries = 1;
	t->due_ms = now_ms + TRANSFER_ITEM_WAIT_MS;
	if (t->next < t->count) {
		send_request(t, send, context);
	} else {
		send_ack(t, MISSION_ACCEPTED, send, context);
		t->state = TRANSFER_DONE;
	}
	return true;
}

/* Old autopilots answer MISSION_REQUEST_INT by the float item. */
static struct mav_mission_item_int as_int(const struct mav_mission_item *m)
{
	struct mav_mission_item_int i = {
		.param1 = m->param1, .param2 = m->param2, .param3 = m->param3, .param4 = m->param4,
		.z = m->z, .seq = m->seq, .command = m->command, .target_system = m->target_system,
		.target_component = m->target_component, .frame = m->frame, .current = m->current,
		.autocontinue = m->autocontinue, .mission_type = m->mission_type,
	};

	if (m->x >= -90 && m->x <= 90 && m->y >= -180 && m->y <= 180) {
		i.x = (int32_t)((double)m->x * 1e7);
		i.y = (int32_t)((double)m->y * 1e7);
	}
	return i;
}

bool transfer_take(struct transfer *t, const struct frame *f, uint8_t own, int64_t now_ms,
    transfer_send *send, void *context)
{
	union {
		struct mav_mission_request request;
		struct mav_mission_ack ack;
		struct mav_mission_count count;

		struct mav_mission_item_int item;
	} m;
	struct mav_mission_item old;

	if (!transfer_busy(t) || f->sys != t->sys)
		return false;
	switch (f->id) {
	case MAV_MISSION_REQUEST:
	case MAV_MISSION_REQUEST_INT: /* of the same layout */
		mav_unpack(MAV_MISSION_REQUEST, f->payload, &m.request);
		return take_request(t, &m.request, own, now_ms, send, context);
	case MAV_MISSION_ACK:
		mav_unpack(f->id, f->payload, &m.ack);
		return take_ack(t, &m.ack, own);
	case MAV_MISSION_COUNT:
		mav_unpack(f->id, f->payload, &m.count);
		return take_count(t, &m.count, own, now_ms, send, context);
	case MAV_MISSION_ITEM:
		mav_unpack(f->id, f->payload, &old);
		m.item = as_int(&old);
		return take_item(t, &m.item, own, now_ms, send, context);
	case MAV_MISSION_ITEM_INT:
		mav_unpack(f->id, f->payload, &m.item);
		return take_item(t, &m.item, own, now_ms, send, context);
	default:
		return false;
	}
}

void transfer_tick(struct transfer *t, int64_t now_ms, transfer_send *send, void *context)
{
	if (!transfer_busy(t) || now_ms < t->due_ms)
		return;
	if (t->up && t->begun && t->next + 1 < t->count) {
		/* It asks again by itself. */
		if (now_ms - t->heard_ms > TRANSFER_SILENT_MS)
			fail(t, true, "it stopped asking for items");
		else
			t->due_ms = now_ms + TRANSFER_ITEM_WAIT_MS;
		return;
	}
	if (t->tries >= TRANSFER_TRIES) {
		fail(t, true, "no answer");
		return;
	}
	t->tries++;
	t->due_ms = now_ms + (t->up || !t->begun ? TRANSFER_WAIT_MS : TRANSFER_ITEM_WAIT_MS);
	if (t->up && t->begun) {
		/* All went out, and no ACK came: ask what it has. Sending the last
		 * item once more would be an error to ArduPilot. */
		t->verifying = true;
		send_list(t, send, context);
	} else if (t->up)
		send_count(t, send, context);
	else if (t->begun)
		send_request(t, send, context);
	else
		send_list(t, send, context);
}
