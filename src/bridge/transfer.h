/*
 * The mission protocol with one vehicle: a list of items up or down, either of
 * mission, fence or rally points (MAVLink guide, "Mission Protocol").
 *
 * Up: COUNT, then the vehicle asks item by item (ArduPilot by MISSION_REQUEST,
 * PX4 by MISSION_REQUEST_INT; both are answered by MISSION_ITEM_INT) and ends
 * with ACK. Down: REQUEST_LIST, COUNT, each item asked for, ACK from us. What
 * gets no answer is said again, up to TRANSFER_TRIES times; where the last ACK of
 * an upload is lost, the vehicle is asked how many items it holds.
 *
 * No input or output: what is to be sent goes to a callback.
 */
#ifndef BRIDGE_TRANSFER_H
#define BRIDGE_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "bridge/frame.h"

#define TRANSFER_TRIES 5
#define TRANSFER_WAIT_MS 1500
#define TRANSFER_ITEM_WAIT_MS 250
/* A vehicle that began to ask and then asks no more: ArduPilot gives up after 8 s. */
#define TRANSFER_SILENT_MS 9000

enum mission_type { MISSION_TYPE_MISSION, MISSION_TYPE_FENCE, MISSION_TYPE_RALLY, MISSION_TYPE_COUNT };

enum transfer_state { TRANSFER_IDLE, TRANSFER_UP, TRANSFER_DOWN, TRANSFER_DONE, TRANSFER_FAILED };

/* MAV_MISSION_RESULT */
enum { MISSION_ACCEPTED = 0, MISSION_CANCELLED = 15 };

struct transfer {
	enum transfer_state state;
	bool up;                         /* what a finished one was */
	uint8_t type, sys, comp;
	struct mav_mission_item_int *items; /* owned */
	size_t count, next;              /* next: item sent or wanted */
	bool begun;                      /* up: the vehicle has asked; down: count is known */
	bool verifying;                  /* up: asked what it has, for want of an ACK */
	int tries;
	int64_t due_ms, heard_ms;
	struct err why;                  /* TRANSFER_FAILED */
	bool timed_out;                  /* failed for want of an answer */
};

typedef void transfer_send(void *context, uint32_t id, const void *message);

/* Takes items over. */
void transfer_upload(struct transfer *t, uint8_t sys, uint8_t comp, enum mission_type type,
    struct mav_mission_item_int *items, size_t count, int64_t now_ms, transfer_send *send,
    void *context);
void transfer_download(struct transfer *t, uint8_t sys, uint8_t comp, enum mission_type type,
    int64_t now_ms, transfer_send *send, void *context);
/* Gives up, and tells the vehicle. */
void transfer_cancel(struct transfer *t, transfer_send *send, void *context);
void transfer_clear(struct transfer *t);
bool transfer_busy(const struct transfer *t);

/* A frame of the vehicle: true if it was about this transfer. own: our system
 * id, to pass over what is meant for others. */
bool transfer_take(struct transfer *t, const struct frame *f, uint8_t own, int64_t now_ms,
    transfer_send *send, void *context);
void transfer_tick(struct transfer *t, int64_t now_ms, transfer_send *send, void *context);

/* "accepted", "no space" and so on: MAV_MISSION_RESULT in words. */
const char *mission_result_text(uint8_t result);

#endif
