/*
 * The feed's bodies other than the sample: what each holds, read and written
 * by one table of keys each.
 *
 * message_decode() checks what a receiver must check before it believes a
 * body: shape, keys, types, ranges, and that it is about what its topic says.
 */
#ifndef PROTO_MESSAGES_H
#define PROTO_MESSAGES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "proto/keys.h"
#include "proto/topic.h"
#include "proto/wire.h"

#define TEXT_SIZE 512       /* longest text kept of a message, with its 0 */
#define COMMAND_ID_SIZE 65  /* a UUID is 36; others are let through up to 64 */
#define NAME_SIZE 65        /* user names, rules, model names */

enum source_kind { KIND_UNKNOWN, KIND_SIM, KIND_BRIDGE, KIND_REPLAY, KIND_DAEMON, KIND_COUNT };
extern const char *const source_kind_names[KIND_COUNT + 1];

struct heartbeat {
	uint64_t v;          /* protocol version, 1 */
	char source[ID_SIZE];
	int kind;            /* enum source_kind */
	uint64_t boot;       /* s since 1970 */
	uint64_t time;       /* ms, the source's clock */
	uint64_t drones;
	uint64_t sent;       /* feed messages since boot before this one */
};

/* Severities of events, as in syslog (RFC 5424, table 2) and MAVLink. */
enum severity {
	SEVERITY_EMERGENCY, SEVERITY_ALERT, SEVERITY_CRITICAL, SEVERITY_ERROR,
	SEVERITY_WARNING, SEVERITY_NOTICE, SEVERITY_INFO, SEVERITY_DEBUG, SEVERITY_COUNT
};
/* "emergency" ... "debug"; "unknown" for any other number. */
const char *severity_name(uint64_t severity);

struct event {
	char drone[ID_SIZE]; /* "" where it concerns no drone */
	char source[ID_SIZE];
	uint64_t time;
	uint64_t severity;
	char text[TEXT_SIZE];
};

enum stage {
	STAGE_UNKNOWN, STAGE_SENT, STAGE_ACCEPTED, STAGE_REJECTED, STAGE_ACTIVE,
	STAGE_DONE, STAGE_FAILED, STAGE_TIMEOUT, STAGE_COUNT
};
extern const char *const stage_names[STAGE_COUNT + 1];

struct progress { /* cm */
	char id[COMMAND_ID_SIZE];
	char drone[ID_SIZE];
	char cmd[ID_SIZE];
	char by[NAME_SIZE];
	int stage;           /* enum stage */
	char code[ID_SIZE];  /* of the refusal; "" otherwise */
	uint64_t time;
	char text[TEXT_SIZE];
	char over[TEXT_SIZE];   /* what its giver was warned of; "" otherwise */
	char reason[TEXT_SIZE]; /* and why it was given all the same */
};

struct plan_changed { /* pl */
	char drone[ID_SIZE];
	uint64_t rev;
	uint64_t time;
};

enum alarm_level { LEVEL_UNKNOWN, LEVEL_WATCH, LEVEL_WARNING, LEVEL_CRITICAL, LEVEL_COUNT };
extern const char *const alarm_level_names[LEVEL_COUNT + 1];
enum alarm_state {
	ALARM_UNKNOWN, ALARM_RAISED, ALARM_ACKED, ALARM_RETURNED, ALARM_CLEARED, ALARM_SHELVED,
	ALARM_OUT, /* of service */
	ALARM_COUNT
};
extern const char *const alarm_state_names[ALARM_COUNT + 1];

struct alarm { /* al */
	char id[COMMAND_ID_SIZE];
	char rule[NAME_SIZE];
	char drone[ID_SIZE]; /* "" where it concerns no drone */
	int level;           /* enum alarm_level */
	int state;           /* enum alarm_state */
	uint64_t time, since;
	double value, limit;
	char text[TEXT_SIZE];
	char by[NAME_SIZE];
	uint64_t until;      /* end of its shelving; KEY_NONE: not shelved */
	char why[TEXT_SIZE]; /* of the shelving */
	uint64_t count;      /* times it came while it stood; KEY_NONE: not counted */
	char source[ID_SIZE]; /* the daemon that watches; "": whoever says so */
};

enum order_state {
	ORDER_UNKNOWN, ORDER_PENDING, ORDER_ASSIGNED, ORDER_PICKUP, ORDER_DELIVERING,
	ORDER_DELIVERED, ORDER_RETURNING, ORDER_DONE, ORDER_FAILED, ORDER_CANCELLED, ORDER_COUNT
};
extern const char *const order_state_names[ORDER_COUNT + 1];

struct order { /* or */
	char id[ID_SIZE];
	int state;           /* enum order_state */
	char drone[ID_SIZE];
	char depot[NAME_SIZE];
	double lat, lon, weight_kg;
	uint64_t time, eta;
	char text[TEXT_SIZE];
};

union message {
	struct heartbeat hb;
	struct event ev;
	struct progress cm;
	struct plan_changed pl;
	struct alarm al;
	struct order or;
};

/* The keys of a kind of body; *n is 0 for tm and vd, which are arrays. */
const struct key_desc *message_keys(enum topic_kind kind, size_t *n);

/* Reads a body of any kind but tm (see sample.h); vd is only checked.
 * 0, or -1 with *why. */
int message_decode(struct wire_doc *doc, enum topic_kind kind, const char *id, const void *body,
    size_t len, union message *out, struct reject *why);
/* Reads a map of that kind found inside another body, as `commands` has it. */
int message_read(const wire_value *map, enum topic_kind kind, void *out, struct reject *why);
/* Appends the body. in is the kind's struct. */
void message_encode(struct buf *b, enum topic_kind kind, const void *in);

#endif
