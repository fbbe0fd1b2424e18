/*
 * Requests and replies of the control socket: the ops with their keys, the
 * refusal codes, and the bodies that more than one program builds.
 *
 * A server parses, looks at the op, and appends one reply:
 *
 *	struct request req;
 *	if (request_parse(&doc, body, len, &req, &code, &err) == -1)
 *		reply_error(&out, code, err.text);
 */
#ifndef PROTO_CONTROL_H
#define PROTO_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/ranges.h"
#include "proto/keys.h"
#include "proto/messages.h"
#include "proto/wire.h"

#define PROTOCOL_VERSION 1

enum code {
	CODE_OK, /* no refusal */
	CODE_BAD_REQUEST, CODE_BAD_VERSION, CODE_UNKNOWN_OP, CODE_UNKNOWN_DRONE,
	CODE_UNKNOWN_COMMAND, CODE_BAD_ARGS, CODE_FORBIDDEN, CODE_EXPIRED, CODE_UNAVAILABLE,
	CODE_TIMEOUT, CODE_REJECTED,
	CODE_COUNT
};
/* "bad-request" and so on; "" for CODE_OK. */
const char *code_name(enum code code);
/* CODE_COUNT for a word that is none. */
enum code code_find(const char *name);
const char *code_help(enum code code);

enum op {
	OP_HELLO, OP_ROSTER, OP_SOURCES, OP_COMMAND, OP_COMMANDS, OP_PLAN, OP_BACKFILL,
	OP_ALARMS, OP_ACK, OP_SHELVE, OP_UNSHELVE, OP_ZONES, OP_EVENTS, OP_COUNT
};

struct request {
	enum op op;
	char id[COMMAND_ID_SIZE];
	char drone[NAME_SIZE]; /* wider than an id, so that a long one is unknown, not cut */
	char cmd[NAME_SIZE];
	const wire_value *args; /* of the document */
	char by[NAME_SIZE];
	uint64_t expires, since;
	uint64_t boot, from, to;
	char over[TEXT_SIZE], reason[TEXT_SIZE];
	char state[ID_SIZE];
	uint64_t until;
	double minutes; /* NAN: not given */
	char why[TEXT_SIZE];
	bool all, out;
	char revision[ID_SIZE];
	uint64_t before, limit;
};

struct op_desc {
	const char *name;
	const struct key_desc *keys; /* beside v and op; into struct request */
	size_t n;
	bool daemon_only;
	const char *help;
};

extern const struct op_desc op_table[OP_COUNT];

/* Checks in the protocol's order, bad-request, bad-version, unknown-op: 0, or
 * -1 with the code and a sentence. Members no key of the op fills are empty,
 * KEY_NONE or NAN. req->args lives as long as the document's parse. */
int request_parse(struct wire_doc *doc, const void *body, size_t len, struct request *req,
    enum code *code, struct err *err);

/* Begins {v:1, op, …}; the caller appends `pairs` more pairs. */
void request_begin(struct buf *b, enum op op, size_t pairs);
/* A whole request from its struct. A `command` needs req->args; one whose
 * args are not parsed but just written, as command_args_write() does, takes
 * the bytes of the map instead. */
void request_encode(struct buf *b, const struct request *req);
void request_encode_command(struct buf *b, const struct request *req, const struct buf *args);

/* Begins {v:1, ok:true, …}; the caller appends `pairs` more pairs. */
void reply_begin(struct buf *b, size_t pairs);
void reply_error(struct buf *b, enum code code, const char *text);

/* A reply as its receiver sees it. code is CODE_OK where ok is true; a code
 * of a later version reads as CODE_REJECTED with its text. -1 where the body
 * is no reply at all. */
struct reply {
	enum code code;
	char text[TEXT_SIZE];
	const wire_value *body;
};
int reply_parse(struct wire_doc *doc, const void *body, size_t len, struct reply *reply,
    struct err *err);

/* The whole reply to `hello`; history is the mark of the one it writes, NULL: none. */
void hello_reply(struct buf *b, const char *source, enum source_kind kind, uint32_t boot,
    int64_t time_ms, const char *history);

/* A backfill reply, gathered sample by sample and then written. */
#define BACKFILL_MAX 2000 /* samples in one reply */

struct backfill_held {
	uint32_t boot, oldest, newest;
};

struct backfill {
	struct buf samples; /* bodies end to end, ascending seq */
	size_t count;
	bool more;
	struct backfill_held *held; /* owned */
	size_t held_count, held_cap;
	struct ranges lost;
};

void backfill_add_sample(struct backfill *bf, const void *body, size_t len);
void backfill_add_held(struct backfill *bf, uint32_t boot, uint32_t oldest, uint32_t newest);
void backfill_reply(struct buf *b, const struct backfill *bf);
void backfill_clear(struct backfill *bf);

#endif
