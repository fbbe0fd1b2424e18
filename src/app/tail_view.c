/* Feed messages as lines: see tail_view.h. */
#include "app/tail_view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/send_args.h"
#include "base/clock.h"
#include "base/mem.h"
#include "proto/messages.h"
#include "proto/sample.h"

const char *const tail_fields[] = {
	"topic", "id", "mode_name",
	/* keys of the maps */
	"drone", "source", "kind", "drones", "sent", "severity", "text", "cmd", "by", "stage", "code",
	"rev", "rule", "level", "state", "since", "value", "limit", "depot", "weight_kg", "eta", NULL,
};

static enum topic_kind find_kind(const char *word, size_t len)
{
	for (int k = 0; k < TOPIC_COUNT; k++) {
		if (strlen(topic_name((enum topic_kind)k)) == len &&
		    memcmp(topic_name((enum topic_kind)k), word, len) == 0)
			return (enum topic_kind)k;
	}
	return TOPIC_COUNT;
}

int tail_topic_read(struct tail_topic *t, const char *word, struct err *err)
{
	const char *dot = strchr(word, '.');
	const char *id = dot ? dot + 1 : word;
	char shown[48];

	str_copy(shown, sizeof(shown), word);
	str_clean(shown);
	*t = (struct tail_topic){ .kind = TOPIC_COUNT };
	if (find_kind(word, strlen(word)) != TOPIC_COUNT) {
		t->kind = find_kind(word, strlen(word));
		return 0;
	}
	if (dot) {
		t->kind = find_kind(word, (size_t)(dot - word));
		if (t->kind == TOPIC_COUNT)
			return err_set(err,
			    "\"%s\" is no topic: a kind (tm hb ev cm pl al or vd), KIND.ID, or an id",
			    shown);
	}
	if (!str_copy(t->id, sizeof(t->id), id) ||
	    (*id && !send_is_pattern(id) && !id_valid(id, strlen(id))))
		return err_set(err, "\"%s\" names no drone: an id is 1 to %d of A-Z a-z 0-9 _ -, or a pattern with * ?",
		    shown, ID_MAX);
	if (!dot && !*id)
		return err_set(err, "an empty topic; leave it out for everything");
	return 0;
}

bool tail_topic_matches(const struct tail_topic *t, enum topic_kind kind, const char *id)
{
	if (t->kind != TOPIC_COUNT && t->kind != kind)
		return false;
	if (!*t->id)
		return true;
	return send_is_pattern(t->id) ? str_glob(t->id, id) : strcmp(t->id, id) == 0;
}

size_t tail_topic_prefixes(const struct tail_topic *t, char prefixes[TOPIC_COUNT][TOPIC_SIZE])
{
	size_t n = 0;

	for (int k = 0; k < TOPIC_COUNT; k++) {
		if (t->kind != TOPIC_COUNT && t->kind != (enum topic_kind)k)
			continue;
		topic_format(prefixes[n++], (enum topic_kind)k, send_is_pattern(t->id) ? "" : t->id);
	}
	return n;
}

static void put_time(struct buf *out, uint64_t ms)
{
	char text[TIME_TEXT_SIZE];

	if (ms > INT64_MAX)
		buf_add_str(out, "--:--:--.---");
	else
		buf_printf(out, "%s", time_format((int64_t)ms, text));
}

static void put_value(struct buf *out, const struct sample *s, enum field f, const char *before,
    int decimals, const char *unit)
{
	buf_add_str(out, before);
	field_write_short(out, s, f, decimals, unit);
}

static void sample_text(struct buf *out, const char *topic, const struct sample *s)
{
	put_time(out, (uint64_t)sample_time(s));
	buf_printf(out, " %s %" PRIu32 " %s", topic, sample_seq(s),
	    sample_has(s, FIELD_mode) ? mode_name(s->raw[FIELD_mode]) : "-");
	if (!sample_has(s, FIELD_flags))
		buf_add_str(out, " state-unknown");
	else
		buf_printf(out, "%s%s%s", sample_flag(s, FLAG_IN_AIR) ? " air" : " ground",
		    sample_flag(s, FLAG_ARMED) ? " armed" : "",
		    sample_flag(s, FLAG_FAILSAFE) ? " FAILSAFE" : "");
	if (sample_flag(s, FLAG_POSITION_VALID) && sample_has(s, FIELD_lat) && sample_has(s, FIELD_lon))
		buf_printf(out, " %.6f %.6f", sample_value(s, FIELD_lat), sample_value(s, FIELD_lon));
	else
		buf_add_str(out, " no-position");
	put_value(out, s, FIELD_height, " height ", 1, "m");
	put_value(out, s, FIELD_speed, " speed ", 1, "m/s");
	put_value(out, s, FIELD_course, " course ", 0, "");
	put_value(out, s, FIELD_battery, " battery ", 1, "%");
	put_value(out, s, FIELD_link, " link ", 0, "%");
	put_value(out, s, FIELD_sats, " sats ", 0, "");
	buf_add(out, "\n", 1);
}

static void sample_json(struct buf *out, const char *topic, const struct sample *s)
{
	buf_printf(out, "{\"topic\":\"%s\"", topic);
	for (int f = 0; f < FIELD_COUNT; f++) {
		buf_add(out, ",\"", 2);
		buf_add_str(out, field_table[f].name);
		buf_add(out, "\":", 2);
		field_write(out, s, (enum field)f, true);
	}
	buf_add(out, "}\n", 2);
}

static int sample_fields(struct buf *out, const char *topic, const char *id, const struct sample *s,
    bool json, const struct field_list *fields)
{
	size_t start = out->len, any = 0;

	buf_add_str(out, json ? "{" : "");
	for (size_t i = 0; i < fields->count; i++) {
		const char *name = fields->items[i].name, *text = NULL;

		if (fields->items[i].field == FIELD_COUNT) {
			if (strcmp(name, "topic") == 0)
				text = topic;
			else if (strcmp(name, "id") == 0 || strcmp(name, "drone") == 0)
				text = id;
			else if (strcmp(name, "mode_name") == 0)
				text = sample_has(s, FIELD_mode) ? mode_name(s->raw[FIELD_mode]) : NULL;
		} else {
			any = 1;
		}
		any |= strcmp(name, "mode_name") == 0;
		if (json)
			buf_printf(out, "%s\"%s\":", i ? "," : "", name);
		else if (i)
			buf_add(out, " ", 1);
		if (fields->items[i].field != FIELD_COUNT)
			field_write(out, s, fields->items[i].field, json);
		else if (text)
			buf_printf(out, json ? "\"%s\"" : "%s", text);
		else
			buf_add_str(out, json ? "null" : "-");
	}
	buf_add_str(out, json ? "}\n" : "\n");
	if (any)
		return 1;
	out->len = start;
	out->data[start] = '\0';
	return 0;
}

/* A scalar of a map for people: text without quotes, control characters gone. */
static void put_scalar(struct buf *out, const wire_value *v)
{
	const char *s;
	size_t len;

	if (!v || wire_is_nil(v)) {
		buf_add_str(out, "-");
	} else if (wire_get_text(v, &s, &len)) {
		char text[TEXT_SIZE];

		str_copy_n(text, sizeof(text), s, len);
		str_clean(text);
		buf_add_str(out, *text ? text : "-");
	} else {
		wire_to_json(v, out);
	}
}

static int map_fields(struct buf *out, const char *topic, const char *id, const wire_value *map,
    bool json, const struct field_list *fields)
{
	size_t start = out->len, any = 0;

	buf_add_str(out, json ? "{" : "");
	for (size_t i = 0; i < fields->count; i++) {
		const char *name = fields->items[i].name, *own = NULL;
		const wire_value *v = wire_key(map, name);

		if (strcmp(name, "topic") == 0)
			own = topic;
		else if (strcmp(name, "id") == 0 && !v)
			own = id;
		else
			any |= v != NULL;
		if (json)
			buf_printf(out, "%s\"%s\":", i ? "," : "", name);
		else if (i)
			buf_add(out, " ", 1);
		if (own)
			buf_printf(out, json ? "\"%s\"" : "%s", own);
		else if (json && v)
			wire_to_json(v, out);
		else if (json)
			buf_add_str(out, "null");
		else
			put_scalar(out, v);
	}
	buf_add_str(out, json ? "}\n" : "\n");
	if (any)
		return 1;
	out->len = start;
	out->data[start] = '\0';
	return 0;
}

static void put_text(struct buf *out, const char *before, const char *text)
{
	if (*text)
		buf_printf(out, "%s%s", before, text);
}

static void map_text(struct buf *out, enum topic_kind kind, const char *topic, const union message *m)
{
	switch (kind) {
	case TOPIC_HB:
		put_time(out, m->hb.time);
		buf_printf(out, " %s %s, %" PRIu64 " drones, %" PRIu64 " messages sent", topic,
		    source_kind_names[m->hb.kind], m->hb.drones, m->hb.sent);
		break;
	case TOPIC_EV:
		put_time(out, m->ev.time);
		buf_printf(out, " %s %s: %s", topic, severity_name(m->ev.severity), m->ev.text);
		break;
	case TOPIC_CM:
		put_time(out, m->cm.time);
		buf_printf(out, " %s %s %s", topic, m->cm.cmd, stage_names[m->cm.stage]);
		put_text(out, " ", m->cm.code);
		put_text(out, ", by ", m->cm.by);
		put_text(out, ": ", m->cm.text);
		break;
	case TOPIC_PL:
		put_time(out, m->pl.time);
		buf_printf(out, " %s plan changed, revision %" PRIu64, topic, m->pl.rev);
		break;
	case TOPIC_AL:
		put_time(out, m->al.time);
		buf_printf(out, " %s %s %s %s", topic, alarm_level_names[m->al.level], m->al.rule,
		    alarm_state_names[m->al.state]);
		put_text(out, ": ", m->al.text);
		put_text(out, ", by ", m->al.by);
		break;
	case TOPIC_OR:
		put_time(out, m->or.time);
		buf_printf(out, " %s %s", topic, order_state_names[m->or.state]);
		put_text(out, ", ", m->or.drone);
		put_text(out, ": ", m->or.text);
		break;
	default:
		break;
	}
	buf_add(out, "\n", 1);
}

static void map_json(struct buf *out, const char *topic, const wire_value *map)
{
	size_t at;

	buf_printf(out, "{\"topic\":\"%s\"%s", topic, wire_count(map) ? "," : "");
	at = out->len;
	wire_to_json(map, out);
	/* The map's own brace goes: its pairs follow ours. */
	memmove(out->data + at, out->data + at + 1, out->len - at);
	out->len--;
	buf_add(out, "\n", 1);
}

/* A picture is not for a line of text: its head only, and how big it is. */
static int video_line(struct buf *out, const char *topic, const wire_value *v, bool json,
    const struct field_list *fields)
{
	uint64_t n[5] = { 0 };
	const void *data;
	size_t len = 0;

	if (fields)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(n); i++)
		wire_get_uint(wire_at(v, i), &n[i]);
	wire_get_bin(wire_at(v, 6), &data, &len);
	if (json) {
		buf_printf(out,
		    "{\"topic\":\"%s\",\"boot\":%" PRIu64 ",\"seq\":%" PRIu64 ",\"time\":%" PRIu64
		    ",\"width\":%" PRIu64 ",\"height\":%" PRIu64 ",\"bytes\":%zu}\n",
		    topic, n[0], n[1], n[2], n[3], n[4], len);
	} else {
		put_time(out, n[2]);
		buf_printf(out, " %s %" PRIu64 " picture, %" PRIu64 " x %" PRIu64 ", %zu bytes\n", topic,
		    n[1], n[3], n[4], len);
	}
	return 1;
}

int tail_line(struct buf *out, struct wire_doc *doc, enum topic_kind kind, const char *id,
    const void *body, size_t len, bool json, const struct field_list *fields, struct reject *why)
{
	char topic[TOPIC_SIZE];
	union message m;

	topic_format(topic, kind, id);
	if (kind == TOPIC_TM) {
		struct sample s;

		if (sample_decode(body, len, &s, why) == -1)
			return -1;
		if (fields)
			return sample_fields(out, topic, id, &s, json, fields);
		if (json)
			sample_json(out, topic, &s);
		else
			sample_text(out, topic, &s);
		return 1;
	}
	if (message_decode(doc, kind, id, body, len, &m, why) == -1)
		return -1;
	if (kind == TOPIC_VD || json || fields) {
		const wire_value *v = wire_parse(doc, body, len, why);

		if (!v)
			return -1;
		if (kind == TOPIC_VD)
			return video_line(out, topic, v, json, fields);
		if (fields)
			return map_fields(out, topic, id, v, json, fields);
		map_json(out, topic, v);
	} else {
		map_text(out, kind, topic, &m);
	}
	return 1;
}
