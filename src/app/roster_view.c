/* The fleet as a list: see roster_view.h. */
#include "app/roster_view.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/table.h"

/* Offsets below this are the heartbeat's own age, up to a second, and the
 * way; beyond it the source's clock is off. */
#define SKEW_MS 2000

struct entry {
	char id[ID_SIZE], model[NAME_SIZE], source[ID_SIZE];
	int kind;
	const wire_value *tm;
};

#define ROW(member, kind_, flag, ...)                                          \
	{ .key = #member, .type = kind_, .flags = flag,                        \
	  .offset = offsetof(struct entry, member),                            \
	  .size = sizeof(((struct entry *)0)->member), __VA_ARGS__ }

static const struct key_desc entry_keys[] = {
	ROW(id, KEY_ID, KEY_REQUIRED),
	ROW(model, KEY_TEXT, 0),
	ROW(source, KEY_ID, 0),
	ROW(kind, KEY_ENUM, 0, .names = source_kind_names),
	ROW(tm, KEY_VALUE, 0),
};

#undef ROW

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct roster_drone *)a)->id, ((const struct roster_drone *)b)->id);
}

int roster_view_read(const wire_value *reply, struct roster_view *r, struct err *err)
{
	const wire_value *list = wire_key(reply, "drones");
	size_t n = wire_count(list);

	*r = (struct roster_view){ 0 };
	if (!wire_is_array(list))
		return err_set(err, "the reply to roster has no drones");
	r->drones = xcalloc(n + 1, sizeof(*r->drones));
	for (size_t i = 0; i < n; i++) {
		struct roster_drone *d = &r->drones[r->count];
		struct reject why;
		struct entry e;

		if (keys_read(wire_at(list, i), entry_keys, ARRAY_LEN(entry_keys), &e, &why) == -1) {
			r->malformed++;
			continue;
		}
		*d = (struct roster_drone){ .kind = e.kind, .age_s = NAN };
		str_copy(d->id, sizeof(d->id), e.id);
		str_copy(d->model, sizeof(d->model), e.model);
		str_copy(d->source, sizeof(d->source), e.source);
		if (e.tm && !wire_is_nil(e.tm)) {
			d->has_sample = sample_read(e.tm, &d->sample, &why) == 0;
			r->malformed += !d->has_sample && wire_count(e.tm) > 0;
			if (!d->has_sample)
				d->sample.known = 0;
		}
		r->count++;
	}
	qsort(r->drones, r->count, sizeof(*r->drones), compare_ids);
	return 0;
}

void roster_view_clear(struct roster_view *r)
{
	free(r->drones);
	*r = (struct roster_view){ 0 };
}

const struct roster_drone *roster_view_find(const struct roster_view *r, const char *id)
{
	struct roster_drone key;

	if (!r->count || !str_copy(key.id, sizeof(key.id), id))
		return NULL;
	return bsearch(&key, r->drones, r->count, sizeof(key), compare_ids);
}

void source_skews_read(const wire_value *reply, int64_t now_ms, struct source_skews *skews)
{
	const wire_value *list = wire_key(reply, "sources");
	size_t n = wire_count(list);

	*skews = (struct source_skews){ .items = xcalloc(n + 1, sizeof(*skews->items)) };
	for (size_t i = 0; i < n; i++) {
		const wire_value *source = wire_at(list, i);
		struct source_skew *s = &skews->items[skews->count];
		const char *name, *state;
		size_t name_len, state_len;
		int64_t time;

		*s = (struct source_skew){ 0 };
		if (!wire_get_text(wire_key(source, "source"), &name, &name_len) ||
		    !str_copy_n(s->source, sizeof(s->source), name, name_len))
			continue;
		s->lost = wire_get_text(wire_key(source, "state"), &state, &state_len) &&
		    state_len == 4 && memcmp(state, "lost", 4) == 0;
		if (!s->lost && wire_get_int(wire_key(source, "time"), &time) &&
		    llabs(time - now_ms) > SKEW_MS)
			s->offset_ms = time - now_ms;
		skews->count++;
	}
}

void source_skews_clear(struct source_skews *skews)
{
	free(skews->items);
	*skews = (struct source_skews){ 0 };
}

void roster_view_age_skewed(struct roster_view *r, const struct source_skews *skews, int64_t now_ms,
    double stale_s, double lost_s)
{
	for (size_t i = 0; i < r->count; i++) {
		struct roster_drone *d = &r->drones[i];
		int64_t offset = 0;

		for (size_t k = 0; skews && k < skews->count; k++) {
			if (strcmp(skews->items[k].source, d->source) != 0)
				continue;
			offset = skews->items[k].offset_ms;
			d->source_lost = skews->items[k].lost;
			break;
		}
		if (!d->has_sample) {
			d->freshness = NEVER_HEARD;
			continue;
		}
		d->age_s = (double)(now_ms + offset - sample_time(&d->sample)) / 1000;
		d->age_s = d->age_s > 0 ? d->age_s : 0;
		d->freshness = d->source_lost || d->age_s >= lost_s ? LOST :
		    d->age_s >= stale_s				    ? STALE :
								      FRESH;
	}
}

void roster_view_age(struct roster_view *r, int64_t now_ms, double stale_s, double lost_s)
{
	roster_view_age_skewed(r, NULL, now_ms, stale_s, lost_s);
}

const char *freshness_name(enum freshness f)
{
	static const char *const names[] = {
		[FRESH] = "fresh", [STALE] = "stale", [LOST] = "lost", [NEVER_HEARD] = "never heard",
	};

	return names[f];
}

static const enum style freshness_styles[] = {
	[FRESH] = STYLE_PLAIN, [STALE] = STYLE_WARN, [LOST] = STYLE_BAD, [NEVER_HEARD] = STYLE_DIM,
};

static void format_age(double age_s, char *text, size_t size)
{
	if (isnan(age_s))
		snprintf(text, size, "-");
	else if (age_s < 10)
		snprintf(text, size, "%.1f s", age_s);
	else if (age_s < 120)
		snprintf(text, size, "%.0f s", age_s);
	else if (age_s < 7200)
		snprintf(text, size, "%.0f min", age_s / 60);
	else if (age_s < 172800)
		snprintf(text, size, "%.0f h", age_s / 3600);
	else
		snprintf(text, size, "%.0f d", age_s / 86400);
}

/* In the air, armed, or on the ground: in words, unknown said as such. */
static const char *flight_state(const struct sample *s)
{
	if (!sample_has(s, FIELD_flags))
		return "unknown";
	if (sample_flag(s, FLAG_FAILSAFE))
		return sample_flag(s, FLAG_IN_AIR) ? "air FAILSAFE" : "ground FAILSAFE";
	if (sample_flag(s, FLAG_IN_AIR))
		return "air";
	return sample_flag(s, FLAG_ARMED) ? "armed" : sample_flag(s, FLAG_CHARGING) ? "charging" : "ground";
}

static void number_cell(struct table *t, enum style style, const struct sample *s, enum field f,
    int decimals, const char *unit)
{
	struct buf text = BUF_INIT;

	field_write_short(&text, s, f, decimals, unit);
	table_cell(t, style, "%s", text.data);
	buf_free(&text);
}

static void drone_row(struct table *t, const struct roster_drone *d)
{
	const struct sample *s = &d->sample;
	enum style style = d->freshness == FRESH ? STYLE_PLAIN : STYLE_DIM;
	double lat = sample_value(s, FIELD_lat), lon = sample_value(s, FIELD_lon);
	double battery = sample_value(s, FIELD_battery);
	char age[32];

	format_age(d->age_s, age, sizeof(age));
	table_cell(t, style, "%s", d->id);
	table_cell(t, style, "%s", *d->model ? d->model : "-");
	table_cell(t, style, "%s", *d->source ? d->source : "-");
	table_cell(t, style, "%s", sample_has(s, FIELD_mode) ? mode_name(s->raw[FIELD_mode]) : "-");
	table_cell(t, style, "%s", d->has_sample ? flight_state(s) : "-");
	number_cell(t, style == STYLE_PLAIN && battery < 20 ? STYLE_WARN : style, s, FIELD_battery, 1,
	    "%");
	number_cell(t, style, s, FIELD_height, 1, "m");
	number_cell(t, style, s, FIELD_speed, 1, "m/s");
	if (!d->has_sample)
		table_cell(t, style, "-");
	else if (isnan(lat) || isnan(lon) || !sample_flag(s, FLAG_POSITION_VALID))
		table_cell(t, style, "no position");
	else
		table_cell(t, style, "%.6f %.6f", lat, lon);
	number_cell(t, style, s, FIELD_link, 0, "%");
	number_cell(t, style, s, FIELD_sats, 0, "");
	if (d->freshness == NEVER_HEARD)
		table_cell(t, freshness_styles[d->freshness], "never heard");
	else
		table_cell(t, freshness_styles[d->freshness], "%s%s%s", age,
		    d->freshness == FRESH ? "" : " ",
		    d->freshness == FRESH ? "" :
		    d->source_lost	  ? "lost (its source is gone)" :
					    freshness_name(d->freshness));
}

void roster_view_write_table(const struct roster_view *r, struct buf *out, bool colour)
{
	static const struct table_column columns[] = {
		{ "ID", TABLE_LEFT }, { "MODEL", TABLE_LEFT }, { "SOURCE", TABLE_LEFT },
		{ "MODE", TABLE_LEFT }, { "STATE", TABLE_LEFT }, { "BATTERY", TABLE_RIGHT },
		{ "HEIGHT", TABLE_RIGHT }, { "SPEED", TABLE_RIGHT }, { "POSITION", TABLE_LEFT },
		{ "LINK", TABLE_RIGHT }, { "SATS", TABLE_RIGHT }, { "AGE", TABLE_LEFT },
	};
	struct table t;

	table_init(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < r->count; i++)
		drone_row(&t, &r->drones[i]);
	table_write(&t, out, colour);
	table_clear(&t);
}

/* What a roster has beside telemetry: one row a name. */
enum own { OWN_ID, OWN_MODEL, OWN_SOURCE, OWN_KIND, OWN_STATE, OWN_AGE, OWN_MODE_NAME, OWN_COUNT };

const char *const roster_fields[] = {
	[OWN_ID] = "id", [OWN_MODEL] = "model", [OWN_SOURCE] = "source", [OWN_KIND] = "kind",
	[OWN_STATE] = "state", [OWN_AGE] = "age", [OWN_MODE_NAME] = "mode_name", [OWN_COUNT] = NULL,
};

static enum own find_own(const char *name)
{
	int i = 0;

	while (i < OWN_COUNT && strcmp(roster_fields[i], name) != 0)
		i++;
	return (enum own)i;
}

static void write_own(struct buf *out, const struct roster_drone *d, enum own own, bool json)
{
	const char *text = "";

	switch (own) {
	case OWN_ID:
		text = d->id;
		break;
	case OWN_MODEL:
		text = d->model;
		break;
	case OWN_SOURCE:
		text = d->source;
		break;
	case OWN_KIND:
		text = source_kind_names[d->kind];
		break;
	case OWN_STATE:
		text = freshness_name(d->freshness);
		break;
	case OWN_MODE_NAME:
		text = sample_has(&d->sample, FIELD_mode) ? mode_name(d->sample.raw[FIELD_mode]) : "";
		break;
	case OWN_AGE:
		if (isnan(d->age_s))
			buf_add_str(out, json ? "null" : "-");
		else
			buf_printf(out, "%.3f", d->age_s);
		return;
	case OWN_COUNT:
		return;
	}
	if (!json)
		buf_add_str(out, *text ? text : "-");
	else if (*text)
		wire_json_text(out, text, strlen(text));
	else
		buf_add_str(out, "null");
}

void roster_view_write_fields(const struct roster_view *r, const struct field_list *fields, struct buf *out,
    bool colour)
{
	struct table_column columns[FIELD_LIST_MAX];
	struct buf cell = BUF_INIT;
	struct table t;

	for (size_t i = 0; i < fields->count; i++) {
		bool number = fields->items[i].field != FIELD_COUNT ||
		    find_own(fields->items[i].name) == OWN_AGE;

		columns[i] = (struct table_column){ fields->items[i].name,
			number ? TABLE_RIGHT : TABLE_LEFT };
	}
	table_init(&t, columns, fields->count);
	for (size_t d = 0; d < r->count; d++) {
		for (size_t i = 0; i < fields->count; i++) {
			buf_clear(&cell);
			if (fields->items[i].field != FIELD_COUNT)
				field_write(&cell, &r->drones[d].sample, fields->items[i].field, false);
			else
				write_own(&cell, &r->drones[d], find_own(fields->items[i].name), false);
			table_cell(&t, STYLE_PLAIN, "%s", cell.data);
		}
	}
	table_write(&t, out, colour);
	table_clear(&t);
	buf_free(&cell);
}

static void json_pair(struct buf *out, const struct roster_drone *d, const char *name,
    enum field field, bool first)
{
	buf_printf(out, "%s\"%s\":", first ? "" : ",", name);
	if (field != FIELD_COUNT)
		field_write(out, &d->sample, field, true);
	else
		write_own(out, d, find_own(name), true);
}

void roster_view_write_json(const struct roster_view *r, const struct field_list *fields, struct buf *out)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct roster_drone *d = &r->drones[i];

		buf_add(out, "{", 1);
		for (size_t k = 0; fields && k < fields->count; k++)
			json_pair(out, d, fields->items[k].name, fields->items[k].field, k == 0);
		for (int o = 0; !fields && o < OWN_COUNT; o++)
			json_pair(out, d, roster_fields[o], FIELD_COUNT, o == 0);
		for (int f = 0; !fields && f < FIELD_COUNT; f++)
			json_pair(out, d, field_table[f].name, (enum field)f, false);
		buf_add_str(out, "}\n");
	}
}
