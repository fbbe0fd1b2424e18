/* The list of alarms and events: see alarm_list.h. */
#include "ui/alarm_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

static int64_t now_of(const struct model *m)
{
	return m->now_ms + m->offset_ms;
}

static int64_t since_of(const struct alarm *al)
{
	return (int64_t)(al->since != KEY_NONE ? al->since : al->time);
}

static int compare(const void *a, const void *b)
{
	const struct alarm_row *x = a, *y = b;

	if (x->level != y->level)
		return y->level - x->level;
	if (x->asks != y->asks)
		return (int)y->asks - (int)x->asks;
	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? 1 : -1;
	return (x->index < y->index) - (x->index > y->index);
}

static struct alarm_row *add(struct alarm_view *v)
{
	mem_grow(v->rows, v->count, v->cap);
	v->rows[v->count] = (struct alarm_row){ 0 };
	return &v->rows[v->count++];
}

static void count(struct alarm_view *v, const struct model *m)
{
	v->alarms = v->unacked = v->shelved = v->out = v->recent = 0;
	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		v->recent += now_of(m) - since_of(al) <= ALARM_FLOOD_MS;
		v->unacked += alarm_unacked(al);
		v->alarms += alarm_stands(al) || alarm_unacked(al);
		v->shelved += al->state == ALARM_SHELVED;
		v->out += al->state == ALARM_OUT;
	}
	v->flood = v->recent > ALARM_FLOOD;
}

static void add_standing(struct alarm_view *v, const struct model *m)
{
	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		if (!alarm_stands(al) && !alarm_unacked(al))
			continue;
		*add(v) = (struct alarm_row){ .kind = ROW_ALARM, .index = i, .level = al->level,
			.asks = alarm_unacked(al), .time_ms = since_of(al), .count = 1,
			.unacked = alarm_unacked(al) };
	}
	if (v->count)
		qsort(v->rows, v->count, sizeof(*v->rows), compare);
}

/* Alarms of a rule become one row, where the first of them is. */
static void group(struct alarm_view *v, const struct model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++) {
		const char *rule = m->alarms[v->rows[i].index].alarm.rule;
		struct alarm_row row = v->rows[i];
		size_t first = SIZE_MAX;

		for (size_t k = 0; k < n && first == SIZE_MAX; k++) {
			if (v->rows[k].kind == ROW_GROUP &&
			    strcmp(m->alarms[v->rows[k].index].alarm.rule, rule) == 0)
				first = k;
		}
		if (first != SIZE_MAX)
			continue;
		for (size_t k = i + 1; k < v->count && strcmp(v->open, rule) != 0; k++) {
			if (strcmp(m->alarms[v->rows[k].index].alarm.rule, rule) != 0)
				continue;
			row.count++;
			row.unacked += v->rows[k].unacked;
		}
		/* Opened, or few: as they are. */
		if (row.count >= ALARM_GROUP_MIN)
			row.kind = ROW_GROUP;
		else
			row = v->rows[i];
		v->rows[n++] = row;
	}
	v->count = n;
}

/* Those that are shelved, or out of service. */
static void add_aside(struct alarm_view *v, const struct model *m, int state)
{
	size_t first = v->count;

	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		if (al->state == state)
			*add(v) = (struct alarm_row){ .kind = ROW_ALARM, .index = i,
				.level = al->level, .time_ms = since_of(al), .count = 1 };
	}
	if (v->count > first)
		qsort(v->rows + first, v->count - first, sizeof(*v->rows), compare);
}

static void add_past(struct alarm_view *v, const struct model *m)
{
	size_t first = v->count;

	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		if (al->state == ALARM_CLEARED)
			*add(v) = (struct alarm_row){ .kind = ROW_ALARM, .index = i,
				.time_ms = since_of(al), .count = 1 };
	}
	for (size_t i = 0; model_event_at(m, i); i++)
		*add(v) = (struct alarm_row){ .kind = ROW_EVENT,
			.index = (size_t)(m->event_total - m->events_inserted - 1 - i),
			.time_ms = model_event_at(m, i)->time_ms };
	/* Of one instant, events stand as they came. */
	if (v->count > first)
		qsort(v->rows + first, v->count - first, sizeof(*v->rows), compare);
}

struct ui_alarm *alarm_list_alarm(const struct model *m, const struct alarm_row *row)
{
	return row->kind == ROW_ALARM || row->kind == ROW_GROUP ? &m->alarms[row->index] : NULL;
}

const struct ui_event *alarm_list_event(const struct model *m, const struct alarm_row *row)
{
	return row->kind == ROW_EVENT
		   ? model_event_at(m,
			 (size_t)(m->event_total - m->events_inserted - 1 - row->index))
		   : NULL;
}

static bool is_at(const struct alarm_view *v, const struct model *m, const struct alarm_row *row)
{
	const struct alarm *al;

	if (row->kind != v->cursor.kind)
		return false;
	if (row->kind == ROW_EVENT)
		return row->index == v->cursor.number;
	al = &m->alarms[row->index].alarm;
	return strcmp(v->cursor.id, row->kind == ROW_GROUP ? al->rule : al->id) == 0;
}

void alarm_list_go(struct alarm_view *v, const struct model *m, size_t row)
{
	const struct alarm_row *r;

	if (row >= v->count)
		return;
	r = &v->rows[row];
	v->at = row;
	v->cursor = (struct alarm_cursor){ .kind = r->kind, .number = r->index };
	if (r->kind != ROW_EVENT)
		str_copy(v->cursor.id, sizeof(v->cursor.id),
		    r->kind == ROW_GROUP ? m->alarms[r->index].alarm.rule
					 : m->alarms[r->index].alarm.id);
}

void alarm_list_update(struct alarm_view *v, const struct model *m)
{
	size_t i = 0;

	v->count = 0;
	count(v, m);
	add_standing(v, m);
	if (v->flood)
		group(v, m);
	add_aside(v, m, ALARM_SHELVED);
	add_aside(v, m, ALARM_OUT);
	v->standing = v->count;
	add_past(v, m);
	if (v->cursor.kind == ROW_NONE) {
		v->at = 0;
		return;
	}
	while (i < v->count && !is_at(v, m, &v->rows[i]))
		i++;
	if (i < v->count)
		v->at = i;
	else if (v->count) /* it was grouped, or is forgotten: whatever is at its place */
		alarm_list_go(v, m, v->at < v->count ? v->at : v->count - 1);
	else
		v->cursor.kind = ROW_NONE;
}

void alarm_list_free(struct alarm_view *v)
{
	free(v->rows);
	*v = (struct alarm_view){ 0 };
}

/* 13:49:40, or 13:49. */
static void clock_text(int64_t ms, int digits, char text[TIME_TEXT_SIZE])
{
	char full[TIME_TEXT_SIZE];

	time_format(ms, full);
	snprintf(text, TIME_TEXT_SIZE, "%.*s", digits, full + 11);
}

static void put_lasting(char *text, size_t size, int64_t ms)
{
	int64_t s = ms > 0 ? ms / 1000 : 0;

	if (s < 120)
		snprintf(text, size, "%lld s", (long long)s);
	else if (s < 7200)
		snprintf(text, size, "%lld min", (long long)s / 60);
	else
		snprintf(text, size, "%lld h", (long long)s / 3600);
}

const char *alarm_state_text(
    const struct model *m, const struct alarm *al, bool wide, char text[ALARM_STATE_SIZE])
{
	char clock[TIME_TEXT_SIZE], lasting[32];
	int who = (int)strcspn(al->by, "@");

	who = who > 12 ? 12 : who;
	text[0] = '\0';
	clock_text((int64_t)al->time, 8, clock);
	put_lasting(lasting, sizeof(lasting), now_of(m) - since_of(al));
	if (al->state == ALARM_RAISED)
		snprintf(text, ALARM_STATE_SIZE, "UNACKED %s", lasting);
	else if (al->state == ALARM_RETURNED)
		snprintf(text, ALARM_STATE_SIZE, "UNACKED, over");
	else if (al->state == ALARM_ACKED)
		snprintf(text, ALARM_STATE_SIZE, wide ? "acked %.*s %s" : "acked %.*s", who, al->by,
		    clock);
	else if (al->state == ALARM_CLEARED)
		snprintf(text, ALARM_STATE_SIZE, "cleared %s", clock);
	if (al->state == ALARM_SHELVED && al->until != KEY_NONE) {
		clock_text((int64_t)al->until, 5, clock);
		snprintf(text, ALARM_STATE_SIZE, "shelved till %s", clock);
	} else if (al->state == ALARM_SHELVED) {
		snprintf(text, ALARM_STATE_SIZE, "shelved");
	} else if (al->state == ALARM_OUT) {
		snprintf(text, ALARM_STATE_SIZE, "out of service");
	}
	return text;
}

void alarm_full_text(const struct model *m, const struct ui_alarm *a, char *text, size_t size)
{
	const struct alarm *al = &a->alarm;
	char lasting[32];
	int n;

	put_lasting(lasting, sizeof(lasting), now_of(m) - since_of(al));
	n = snprintf(text, size, "%s", *al->text ? al->text : al->rule);
	if (n < (int)size && al->count != KEY_NONE && al->count > 1)
		n += snprintf(text + n, size - (size_t)n, "  \u00d7%llu",
		    (unsigned long long)al->count);
	if (n < (int)size && a->chattering)
		n += snprintf(text + n, size - (size_t)n, "  chattering");
	if (n < (int)size && a->standing_long)
		n += snprintf(text + n, size - (size_t)n, "  stands for %s", lasting);
	if (n < (int)size && (al->state == ALARM_SHELVED || al->state == ALARM_OUT) && *al->why)
		snprintf(text + n, size - (size_t)n, "  (%.*s: %s)", (int)strcspn(al->by, "@"),
		    al->by, al->why);
	str_trim_utf8(text);
}

void alarm_group_text(
    const struct model *m, const struct alarm_row *row, char *text, size_t size)
{
	const char *rule = m->alarms[row->index].alarm.rule;
	int n = snprintf(text, size, "%zu alarms of ", row->count);

	for (const char *p = rule; *p && n + 1 < (int)size; p++)
		text[n++] = *p == '-' || *p == '_' ? ' ' : *p;
	n += snprintf(text + n, size - (size_t)n, ":");
	for (size_t i = 0; i < m->alarm_count && n < (int)size - 40; i++) {
		const struct alarm *al = &m->alarms[i].alarm;

		if (strcmp(al->rule, rule) == 0 && (alarm_stands(al) || alarm_unacked(al)))
			n += snprintf(text + n, size - (size_t)n, " %s",
			    *al->drone ? al->drone : "site");
	}
}
