/* Requests and replies of the control socket: see control.h. */
#include "proto/control.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/version.h"
#include "proto/commands.h"
#include "proto/fields.h"

static const struct {
	const char *name, *help;
} codes[CODE_COUNT] = {
	[CODE_OK] = { "", "" },
	[CODE_BAD_REQUEST] = { "bad-request",
	    "no map, or v, op or a key of the op missing or of the wrong type" },
	[CODE_BAD_VERSION] = { "bad-version", "v is not 1" },
	[CODE_UNKNOWN_OP] = { "unknown-op", "no such op here" },
	[CODE_UNKNOWN_DRONE] = { "unknown-drone", "no such drone here" },
	[CODE_UNKNOWN_COMMAND] = { "unknown-command", "no such command" },
	[CODE_BAD_ARGS] = { "bad-args", "an argument is missing, of the wrong type or out of range" },
	[CODE_FORBIDDEN] = { "forbidden", "not allowed for this client" },
	[CODE_EXPIRED] = { "expired", "arrived after expires; not flown" },
	[CODE_UNAVAILABLE] = { "unavailable",
	    "certainly not handed on: the source is not there" },
	[CODE_TIMEOUT] = { "timeout",
	    "handed on, no answer in time: the outcome is unknown; ask again with the same id" },
	[CODE_REJECTED] = { "rejected", "the drone refused; the text says why" },
};

#define ROW(member, kind, flag, ...)                                           \
	{ .key = #member, .type = kind, .flags = flag,                         \
	  .offset = offsetof(struct request, member),                          \
	  .size = sizeof(((struct request *)0)->member), __VA_ARGS__ }

static const struct key_desc command_keys[] = {
	ROW(id, KEY_TOKEN, KEY_REQUIRED, .help = "UUID that names the command for ever"),
	ROW(drone, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "who shall fly it"),
	ROW(cmd, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "a command's name"),
	ROW(args, KEY_VALUE, KEY_REQUIRED, .help = "map of its arguments"),
	ROW(by, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "who gives it"),
	ROW(expires, KEY_UINT, KEY_REQUIRED, .help = "not flown after this, ms, the source's clock"),
	ROW(over, KEY_TEXT, KEY_OMIT, .help = "what its giver was warned of; kept with the command"),
	ROW(reason, KEY_TEXT, KEY_OMIT, .help = "why it is given all the same"),
};

static const struct key_desc commands_keys[] = {
	ROW(id, KEY_TOKEN, KEY_OMIT, .help = "only this one"),
	ROW(drone, KEY_TEXT, KEY_OMIT, .help = "only this drone's"),
	ROW(since, KEY_UINT, KEY_OMIT, .help = "only those with a cm at or after this, ms"),
};

static const struct key_desc plan_keys[] = {
	ROW(drone, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "whose plan"),
};

static const struct key_desc backfill_keys[] = {
	ROW(drone, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "whose samples"),
	ROW(boot, KEY_UINT, KEY_REQUIRED, .max = UINT32_MAX, .help = "of which boot"),
	ROW(from, KEY_UINT, KEY_REQUIRED, .max = UINT32_MAX, .help = "first seq wanted"),
	ROW(to, KEY_UINT, KEY_REQUIRED, .max = UINT32_MAX, .help = "last seq wanted"),
};

static const struct key_desc alarms_keys[] = {
	ROW(drone, KEY_TEXT, KEY_OMIT, .help = "only this drone's"),
	ROW(state, KEY_TEXT, KEY_OMIT, .help = "only those in this state"),
	ROW(since, KEY_UINT, KEY_OMIT, .help = "only those that changed at or after this, ms"),
};

static const struct key_desc ack_keys[] = {
	ROW(id, KEY_TOKEN, KEY_OMIT, .help = "this alarm"),
	ROW(drone, KEY_TEXT, KEY_OMIT, .help = "or all of this drone"),
	ROW(all, KEY_BOOL, 0, .help = "or all there are"),
	ROW(by, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "who acknowledges"),
};

static const struct key_desc shelve_keys[] = {
	ROW(id, KEY_TOKEN, KEY_REQUIRED, .help = "the alarm"),
	ROW(until, KEY_UINT, KEY_OMIT, .help = "until then, ms since 1970, the daemon's clock"),
	ROW(minutes, KEY_NUMBER, KEY_OMIT, .help = "or for so long; one of the three must be there"),
	ROW(out, KEY_BOOL, KEY_OMIT, .help = "or out of service until its drone is back: only where that is away"),
	ROW(why, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "for what reason"),
	ROW(by, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "who shelves it"),
};

static const struct key_desc unshelve_keys[] = {
	ROW(id, KEY_TOKEN, KEY_REQUIRED, .help = "the alarm"),
	ROW(by, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "who takes it back"),
};

static const struct key_desc zones_keys[] = {
	ROW(from, KEY_UINT, KEY_OMIT, .help = "number of the first one wanted, from 0"),
	ROW(revision, KEY_TEXT, KEY_OMIT, .help = "what one has: none are sent where it is that still"),
};

static const struct key_desc events_keys[] = {
	ROW(drone, KEY_TEXT, KEY_OMIT, .help = "only this drone's"),
	ROW(limit, KEY_UINT, KEY_OMIT, .help = "at most so many, the newest; without it 200, never over 500"),
	ROW(before, KEY_UINT, KEY_OMIT, .help = "only those before the one with this number"),
};

#undef ROW

const struct op_desc op_table[OP_COUNT] = {
	[OP_HELLO] = { .name = "hello", .help = "who is there, its clock, its fields and commands" },
	[OP_ROSTER] = { .name = "roster", .help = "the drones, each with its last sample" },
	[OP_SOURCES] = { .name = "sources", .daemon_only = true,
	    .help = "where a daemon has its drones from" },
	[OP_COMMAND] = { .name = "command", .keys = command_keys, .n = ARRAY_LEN(command_keys),
	    .help = "give a command to a drone" },
	[OP_COMMANDS] = { .name = "commands", .keys = commands_keys, .n = ARRAY_LEN(commands_keys),
	    .help = "what became of commands" },
	[OP_PLAN] = { .name = "plan", .keys = plan_keys, .n = ARRAY_LEN(plan_keys),
	    .help = "mission, fence and rally points of a drone" },
	[OP_BACKFILL] = { .name = "backfill", .keys = backfill_keys, .n = ARRAY_LEN(backfill_keys),
	    .help = "samples once more" },
	[OP_ALARMS] = { .name = "alarms", .keys = alarms_keys, .n = ARRAY_LEN(alarms_keys),
	    .daemon_only = true, .help = "alarms that stand, and those that ended in the last hour" },
	[OP_ACK] = { .name = "ack", .keys = ack_keys, .n = ARRAY_LEN(ack_keys), .daemon_only = true,
	    .help = "acknowledge one alarm, those of a drone, or all" },
	[OP_SHELVE] = { .name = "shelve", .keys = shelve_keys, .n = ARRAY_LEN(shelve_keys),
	    .daemon_only = true, .help = "put an alarm aside until a time, or out of service" },
	[OP_UNSHELVE] = { .name = "unshelve", .keys = unshelve_keys, .n = ARRAY_LEN(unshelve_keys),
	    .daemon_only = true, .help = "take back an alarm that is shelved or out of service" },
	[OP_ZONES] = { .name = "zones", .keys = zones_keys, .n = ARRAY_LEN(zones_keys),
	    .daemon_only = true, .help = "the zones that are enforced, some at a time" },
	[OP_EVENTS] = { .name = "events", .keys = events_keys, .n = ARRAY_LEN(events_keys),
	    .daemon_only = true, .help = "what happened last" },
};

const char *code_name(enum code code)
{
	return codes[code].name;
}

const char *code_help(enum code code)
{
	return codes[code].help;
}

enum code code_find(const char *name)
{
	for (int c = CODE_BAD_REQUEST; c < CODE_COUNT; c++) {
		if (strcmp(codes[c].name, name) == 0)
			return (enum code)c;
	}
	return CODE_COUNT;
}

static enum op op_find(const char *name, size_t len)
{
	for (int o = 0; o < OP_COUNT; o++) {
		if (strlen(op_table[o].name) == len && memcmp(op_table[o].name, name, len) == 0)
			return (enum op)o;
	}
	return OP_COUNT;
}

int request_parse(struct wire_doc *doc, const void *body, size_t len, struct request *req,
    enum code *code, struct err *err)
{
	struct reject why;
	const wire_value *map = wire_parse(doc, body, len, &why);
	const char *name;
	size_t name_len;
	int64_t v;

	memset(req, 0, sizeof(*req));
	req->expires = req->since = req->boot = req->from = req->to = req->until = KEY_NONE;
	req->before = req->limit = KEY_NONE;
	req->minutes = NAN;
	*code = CODE_BAD_REQUEST;
	if (!map)
		return err_set(err, "the request is not well-formed MessagePack (%s: %s)",
		    reject_name(why.reason), why.detail);
	if (!wire_is_map(map))
		return err_set(err, "a request must be a map");
	if (!wire_get_int(wire_key(map, "v"), &v))
		return err_set(err, "v must be there and a number: the protocol version, %d",
		    PROTOCOL_VERSION);
	if (!wire_get_text(wire_key(map, "op"), &name, &name_len))
		return err_set(err, "op must be there and a text: what is asked for");
	req->op = op_find(name, name_len);
	if (req->op != OP_COUNT &&
	    keys_read(map, op_table[req->op].keys, op_table[req->op].n, req, &why) == -1)
		return err_set(err, "%s: %s", op_table[req->op].name, why.detail);
	if (req->op == OP_COMMAND && !wire_is_map(req->args))
		return err_set(err, "command: args must be a map");
	*code = CODE_BAD_VERSION;
	if (v != PROTOCOL_VERSION)
		return err_set(err, "this speaks protocol version %d, not %lld", PROTOCOL_VERSION,
		    (long long)v);
	*code = CODE_UNKNOWN_OP;
	if (req->op == OP_COUNT) {
		char shown[40];

		str_copy_n(shown, sizeof(shown), name, name_len);
		str_clean(shown);
		return err_set(err, "there is no op \"%s\"", shown);
	}
	*code = CODE_OK;
	return 0;
}

void request_begin(struct buf *b, enum op op, size_t pairs)
{
	wire_put_map(b, 2 + pairs);
	wire_put_text(b, "v");
	wire_put_uint(b, PROTOCOL_VERSION);
	wire_put_text(b, "op");
	wire_put_text(b, op_table[op].name);
}

void request_encode(struct buf *b, const struct request *req)
{
	const struct op_desc *d = &op_table[req->op];

	request_begin(b, req->op, keys_count(d->keys, d->n, req));
	keys_write_pairs(b, d->keys, d->n, req);
}

void request_encode_command(struct buf *b, const struct request *req, const struct buf *args)
{
	/* The arguments count, though there is no value of them yet. */
	request_begin(b, OP_COMMAND, keys_count(command_keys, ARRAY_LEN(command_keys), req));
	for (size_t i = 0; i < ARRAY_LEN(command_keys); i++) {
		if (command_keys[i].type == KEY_VALUE) {
			wire_put_text(b, command_keys[i].key);
			buf_add(b, args->data, args->len);
		} else {
			keys_write_pairs(b, &command_keys[i], 1, req);
		}
	}
}

void reply_begin(struct buf *b, size_t pairs)
{
	wire_put_map(b, 2 + pairs);
	wire_put_text(b, "v");
	wire_put_uint(b, PROTOCOL_VERSION);
	wire_put_text(b, "ok");
	wire_put_bool(b, true);
}

void reply_error(struct buf *b, enum code code, const char *text)
{
	wire_put_map(b, 4);
	wire_put_text(b, "v");
	wire_put_uint(b, PROTOCOL_VERSION);
	wire_put_text(b, "ok");
	wire_put_bool(b, false);
	wire_put_text(b, "code");
	wire_put_text(b, codes[code].name);
	wire_put_text(b, "text");
	wire_put_text(b, text);
}

int reply_parse(struct wire_doc *doc, const void *body, size_t len, struct reply *reply,
    struct err *err)
{
	struct reject why;
	const wire_value *map = wire_parse(doc, body, len, &why);
	const char *text;
	size_t n;
	uint64_t v;
	bool ok;

	memset(reply, 0, sizeof(*reply));
	if (!map)
		return err_set(err, "the reply is not well-formed (%s)", why.detail);
	if (!wire_get_uint(wire_key(map, "v"), &v) || v != PROTOCOL_VERSION ||
	    !wire_get_bool(wire_key(map, "ok"), &ok))
		return err_set(err, "the reply is not of protocol version %d", PROTOCOL_VERSION);
	reply->body = map;
	if (ok)
		return 0;
	reply->code = CODE_REJECTED;
	if (wire_get_text(wire_key(map, "code"), &text, &n)) {
		char name[ID_SIZE];

		str_copy_n(name, sizeof(name), text, n);
		reply->code = code_find(name);
		if (reply->code == CODE_COUNT)
			reply->code = CODE_REJECTED;
	}
	if (wire_get_text(wire_key(map, "text"), &text, &n)) {
		str_copy_n(reply->text, sizeof(reply->text), text, n);
		str_clean(reply->text);
	}
	return 0;
}

static void put_fields(struct buf *b)
{
	wire_put_array(b, FIELD_COUNT);
	for (int f = 0; f < FIELD_COUNT; f++) {
		wire_put_array(b, 3);
		wire_put_text(b, field_table[f].name);
		wire_put_text(b, field_table[f].unit);
		wire_put_number(b, field_table[f].scale);
	}
}

static void put_commands(struct buf *b)
{
	wire_put_array(b, CMD_COUNT);
	for (int c = 0; c < CMD_COUNT; c++) {
		const struct command_desc *d = &command_table[c];
		size_t n = command_arg_count((enum command)c);

		wire_put_array(b, 3);
		wire_put_text(b, d->name);
		wire_put_text(b, danger_names[d->danger]);
		wire_put_array(b, n);
		for (size_t i = 0; i < n; i++) {
			wire_put_array(b, 4);
			wire_put_text(b, d->args[i].name);
			wire_put_text(b, arg_type_names[d->args[i].type]);
			wire_put_text(b, d->args[i].unit);
			wire_put_bool(b, d->args[i].required);
		}
	}
}

void hello_reply(struct buf *b, const char *source, enum source_kind kind, uint32_t boot,
    int64_t time_ms, const char *history)
{
	reply_begin(b, history ? 8 : 7);
	if (history) {
		wire_put_text(b, "history");
		wire_put_text(b, history);
	}
	wire_put_text(b, "source");
	wire_put_text(b, source);
	wire_put_text(b, "kind");
	wire_put_text(b, source_kind_names[kind]);
	wire_put_text(b, "version");
	wire_put_text(b, ODYSSEY_VERSION);
	wire_put_text(b, "boot");
	wire_put_uint(b, boot);
	wire_put_text(b, "time");
	wire_put_int(b, time_ms);
	wire_put_text(b, "fields");
	put_fields(b);
	wire_put_text(b, "commands");
	put_commands(b);
}

void backfill_add_sample(struct backfill *bf, const void *body, size_t len)
{
	buf_add(&bf->samples, body, len);
	bf->count++;
}

void backfill_add_held(struct backfill *bf, uint32_t boot, uint32_t oldest, uint32_t newest)
{
	mem_grow(bf->held, bf->held_count, bf->held_cap);
	bf->held[bf->held_count++] = (struct backfill_held){ boot, oldest, newest };
}

void backfill_reply(struct buf *b, const struct backfill *bf)
{
	reply_begin(b, 4);
	wire_put_text(b, "samples");
	wire_put_array(b, bf->count);
	buf_add(b, bf->samples.data, bf->samples.len);
	wire_put_text(b, "more");
	wire_put_bool(b, bf->more);
	wire_put_text(b, "held");
	wire_put_array(b, bf->held_count);
	for (size_t i = 0; i < bf->held_count; i++) {
		wire_put_array(b, 3);
		wire_put_uint(b, bf->held[i].boot);
		wire_put_uint(b, bf->held[i].oldest);
		wire_put_uint(b, bf->held[i].newest);
	}
	wire_put_text(b, "lost");
	wire_put_array(b, bf->lost.count);
	for (size_t i = 0; i < bf->lost.count; i++) {
		wire_put_array(b, 2);
		wire_put_uint(b, bf->lost.items[i].from);
		wire_put_uint(b, bf->lost.items[i].to);
	}
}

void backfill_clear(struct backfill *bf)
{
	buf_free(&bf->samples);
	free(bf->held);
	ranges_clear(&bf->lost);
	memset(bf, 0, sizeof(*bf));
}
