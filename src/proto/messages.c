/* The feed's bodies other than the sample: see messages.h. */
#include "proto/messages.h"

#include <string.h>

#include "base/mem.h"

const char *const source_kind_names[KIND_COUNT + 1] = {
	"unknown", "sim", "bridge", "replay", "daemon", NULL,
};
const char *const stage_names[STAGE_COUNT + 1] = {
	"unknown", "sent", "accepted", "rejected", "active", "done", "failed", "timeout", NULL,
};
const char *const alarm_level_names[LEVEL_COUNT + 1] = {
	"unknown", "watch", "warning", "critical", NULL,
};
const char *const alarm_state_names[ALARM_COUNT + 1] = {
	"unknown", "raised", "acked", "returned", "cleared", "shelved", "out-of-service", NULL,
};
const char *const order_state_names[ORDER_COUNT + 1] = {
	"unknown", "pending", "assigned", "pickup", "delivering", "delivered", "returning", "done",
	"failed", "cancelled", NULL,
};

#define ROW(str, member, kind, flag, ...)                                      \
	{ .key = #member, .type = kind, .flags = flag,                         \
	  .offset = offsetof(struct str, member),                              \
	  .size = sizeof(((struct str *)0)->member), __VA_ARGS__ }

static const struct key_desc heartbeat_keys[] = {
	ROW(heartbeat, v, KEY_UINT, KEY_REQUIRED, .help = "protocol version, 1"),
	ROW(heartbeat, source, KEY_ID, KEY_REQUIRED, .help = "the source's name"),
	ROW(heartbeat, kind, KEY_ENUM, KEY_REQUIRED, .names = source_kind_names,
	    .help = "what kind of source speaks"),
	ROW(heartbeat, boot, KEY_UINT, KEY_REQUIRED, .max = UINT32_MAX,
	    .help = "when it started, seconds since 1970"),
	ROW(heartbeat, time, KEY_UINT, KEY_REQUIRED, .help = "its clock, ms since 1970"),
	ROW(heartbeat, drones, KEY_UINT, KEY_REQUIRED, .help = "drones it offers"),
	ROW(heartbeat, sent, KEY_UINT, KEY_REQUIRED,
	    .help = "feed messages since boot before this one"),
};

static const struct key_desc event_keys[] = {
	ROW(event, drone, KEY_ID, 0, .help = "nil where it concerns no drone"),
	ROW(event, source, KEY_ID, 0, .help = "who says so"),
	ROW(event, time, KEY_UINT, KEY_REQUIRED, .help = "ms since 1970"),
	ROW(event, severity, KEY_UINT, KEY_REQUIRED, .help = "0 emergency to 7 debug"),
	ROW(event, text, KEY_TEXT, KEY_REQUIRED | KEY_EMPTY, .help = "what happened"),
};

static const struct key_desc progress_keys[] = {
	ROW(progress, id, KEY_TOKEN, KEY_REQUIRED, .help = "the command's UUID"),
	ROW(progress, drone, KEY_ID, KEY_REQUIRED, .help = "the drone it is for"),
	ROW(progress, cmd, KEY_TOKEN, KEY_REQUIRED, .help = "the command's name"),
	ROW(progress, by, KEY_TEXT, KEY_EMPTY, .help = "who gave it"),
	ROW(progress, stage, KEY_ENUM, KEY_REQUIRED, .names = stage_names,
	    .help = "how far it is"),
	ROW(progress, code, KEY_TOKEN, KEY_OMIT, .help = "why it was refused, if it was"),
	ROW(progress, time, KEY_UINT, KEY_REQUIRED, .help = "ms since 1970"),
	ROW(progress, text, KEY_TEXT, KEY_EMPTY, .help = "the same for a person"),
	ROW(progress, over, KEY_TEXT, KEY_OMIT, .help = "what its giver was warned of"),
	ROW(progress, reason, KEY_TEXT, KEY_OMIT, .help = "why it was given all the same"),
};

static const struct key_desc plan_keys[] = {
	ROW(plan_changed, drone, KEY_ID, KEY_REQUIRED, .help = "whose plan"),
	ROW(plan_changed, rev, KEY_UINT, KEY_REQUIRED, .help = "revision, greater each time"),
	ROW(plan_changed, time, KEY_UINT, KEY_REQUIRED, .help = "ms since 1970"),
};

static const struct key_desc alarm_keys[] = {
	ROW(alarm, id, KEY_TOKEN, KEY_REQUIRED, .help = "of this alarm, for life"),
	ROW(alarm, rule, KEY_TOKEN, KEY_REQUIRED, .help = "the rule that raised it"),
	ROW(alarm, drone, KEY_ID, 0, .help = "nil where it concerns no drone"),
	ROW(alarm, level, KEY_ENUM, KEY_REQUIRED, .names = alarm_level_names, .help = "how bad"),
	ROW(alarm, state, KEY_ENUM, KEY_REQUIRED, .names = alarm_state_names,
	    .help = "where in its life"),
	ROW(alarm, time, KEY_UINT, KEY_REQUIRED, .help = "of this change, ms since 1970"),
	ROW(alarm, since, KEY_UINT, 0, .help = "when it was raised, ms since 1970"),
	ROW(alarm, value, KEY_NUMBER, 0, .help = "what was measured"),
	ROW(alarm, limit, KEY_NUMBER, 0, .help = "what was allowed"),
	ROW(alarm, text, KEY_TEXT, KEY_EMPTY, .help = "the same for a person"),
	ROW(alarm, by, KEY_TEXT, 0, .help = "who acknowledged or shelved it, or took it out of service"),
	ROW(alarm, until, KEY_UINT, KEY_OMIT, .help = "when its shelving ends, ms since 1970"),
	ROW(alarm, why, KEY_TEXT, KEY_OMIT, .help = "why it was shelved, or taken out of service"),
	ROW(alarm, count, KEY_UINT, KEY_OMIT, .help = "how often it was raised while it stood"),
	ROW(alarm, source, KEY_ID, KEY_OMIT, .help = "the daemon that watches"),
};

static const struct key_desc order_keys[] = {
	ROW(order, id, KEY_ID, KEY_REQUIRED, .help = "the order"),
	ROW(order, state, KEY_ENUM, KEY_REQUIRED, .names = order_state_names, .help = "how far"),
	ROW(order, drone, KEY_ID, 0, .help = "who flies it, once assigned"),
	ROW(order, depot, KEY_TEXT, 0, .help = "where the goods are"),
	ROW(order, lat, KEY_NUMBER, 0, .help = "destination, degrees"),
	ROW(order, lon, KEY_NUMBER, 0, .help = "destination, degrees"),
	ROW(order, weight_kg, KEY_NUMBER, 0, .help = "of the goods"),
	ROW(order, time, KEY_UINT, KEY_REQUIRED, .help = "of this change, ms since 1970"),
	ROW(order, eta, KEY_UINT, 0, .help = "expected delivery, ms since 1970"),
	ROW(order, text, KEY_TEXT, KEY_EMPTY, .help = "the same for a person"),
};

#undef ROW

/* Each kind's keys, and where the id is that its topic must name. */
static const struct {
	const struct key_desc *keys;
	size_t n, id_offset;
} bodies[TOPIC_COUNT] = {
	[TOPIC_HB] = { heartbeat_keys, ARRAY_LEN(heartbeat_keys), offsetof(struct heartbeat, source) },
	[TOPIC_EV] = { event_keys, ARRAY_LEN(event_keys), offsetof(struct event, drone) },
	[TOPIC_CM] = { progress_keys, ARRAY_LEN(progress_keys), offsetof(struct progress, drone) },
	[TOPIC_PL] = { plan_keys, ARRAY_LEN(plan_keys), offsetof(struct plan_changed, drone) },
	[TOPIC_AL] = { alarm_keys, ARRAY_LEN(alarm_keys), offsetof(struct alarm, drone) },
	[TOPIC_OR] = { order_keys, ARRAY_LEN(order_keys), offsetof(struct order, id) },
};

const char *severity_name(uint64_t severity)
{
	static const char *const names[SEVERITY_COUNT] = {
		"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug",
	};

	return severity < SEVERITY_COUNT ? names[severity] : "unknown";
}

const struct key_desc *message_keys(enum topic_kind kind, size_t *n)
{
	*n = bodies[kind].n;
	return bodies[kind].keys;
}

/* [boot, seq, time, width, height, "jpeg", bin] */
static int check_video(const wire_value *v, struct reject *why)
{
	const char *text;
	const void *data;
	size_t len;
	uint64_t u;

	if (!wire_is_array(v))
		return reject_set(why, REJECT_SHAPE, "a video frame is an array");
	if (wire_count(v) < 7)
		return reject_set(why, REJECT_MISSING, "a video frame has 7 elements");
	for (size_t i = 0; i < 5; i++) {
		if (!wire_get_uint(wire_at(v, i), &u))
			return reject_set(why, REJECT_TYPE, "element %zu is no number", i);
	}
	if (!wire_get_text(wire_at(v, 5), &text, &len) || !wire_get_bin(wire_at(v, 6), &data, &len))
		return reject_set(why, REJECT_TYPE, "format and picture must be text and binary");
	return 0;
}

int message_read(const wire_value *map, enum topic_kind kind, void *out, struct reject *why)
{
	return keys_read(map, bodies[kind].keys, bodies[kind].n, out, why);
}

int message_decode(struct wire_doc *doc, enum topic_kind kind, const char *id, const void *body,
    size_t len, union message *out, struct reject *why)
{
	const wire_value *v = wire_parse(doc, body, len, why);

	if (!v)
		return -1;
	if (kind == TOPIC_VD)
		return check_video(v, why);
	if (message_read(v, kind, out, why) == -1)
		return -1;
	if (strcmp((const char *)out + bodies[kind].id_offset, id) != 0)
		return reject_set(why, REJECT_TOPIC, "the topic says \"%s\", the body \"%s\"", id,
		    (const char *)out + bodies[kind].id_offset);
	return 0;
}

void message_encode(struct buf *b, enum topic_kind kind, const void *in)
{
	keys_write(b, bodies[kind].keys, bodies[kind].n, in);
}
