/* The alarms in the model: see model.h. */
#include "ui/model_alarms.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/model.h"

struct ui_alarm *model_find_alarm(struct model *m, const char *id)
{
	for (size_t i = 0; i < m->alarm_count; i++) {
		if (strcmp(m->alarms[i].alarm.id, id) == 0)
			return &m->alarms[i];
	}
	return NULL;
}

/* How much it matters that it is kept. */
static int weight(const struct alarm *al)
{
	if (al->state == ALARM_CLEARED)
		return 0;
	return 1 + al->level * 2 + alarm_unacked(al);
}

/* Where all places are taken: that of the one that matters least, the oldest of
 * those; NULL where that would be the new one. */
static struct ui_alarm *make_room(struct model *m, const struct alarm *al)
{
	struct ui_alarm *least = &m->alarms[0];

	for (size_t i = 1; i < m->alarm_count; i++) {
		struct ui_alarm *a = &m->alarms[i];
		int w = weight(&a->alarm), v = weight(&least->alarm);

		if (w < v || (w == v && a->number < least->number))
			least = a;
	}
	m->alarms_left_out++;
	return weight(al) < weight(&least->alarm) ? NULL : least;
}

static void put(struct model *m, const struct alarm *al, bool feed)
{
	struct ui_alarm *a = model_find_alarm(m, al->id);
	bool first = !a;

	if (a && !feed && al->time < a->alarm.time) {
		a->told = true;
		return;
	}
	if (!a && m->alarm_count == MODEL_ALARMS_MAX) {
		a = make_room(m, al);
		if (!a)
			return;
	} else if (!a) {
		mem_grow(m->alarms, m->alarm_count, m->alarm_cap);
		a = &m->alarms[m->alarm_count++];
	}
	if (first)
		*a = (struct ui_alarm){ .number = ++m->alarm_numbers };
	/* What stood when the screen was opened is seen, not heard. */
	if (al->state == ALARM_RAISED && !m->replay && (feed || m->watched) &&
	    (first || !alarm_stands(&a->alarm)))
		m->news[al->level]++;
	a->alarm = *al;
	str_clean(a->alarm.text);
	str_clean(a->alarm.by);
	str_clean(a->alarm.why);
	str_clean(a->alarm.rule);
	a->told = true;
}

void model_alarm(struct model *m, const struct alarm *al)
{
	put(m, al, true);
}

void model_alarms_begin(struct model *m)
{
	for (size_t i = 0; i < m->alarm_count; i++)
		m->alarms[i].told = false;
}

void model_alarms_entry(struct model *m, const struct alarm *al)
{
	put(m, al, false);
}

void model_alarms_end(struct model *m, bool complete)
{
	size_t n = 0;

	m->watched = true;
	for (size_t i = 0; complete && i < m->alarm_count; i++) {
		if (m->alarms[i].told)
			m->alarms[n++] = m->alarms[i];
	}
	if (complete) {
		m->alarm_count = n;
		m->alarms_left_out = 0;
	}
}

/* That it is silent is told by its age, which is of now. */
static bool is_of_silence(const char *rule)
{
	static const char *const rules[] = { "stale", "lost", "lost-ground" };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (strcmp(rules[i], rule) == 0)
			return true;
	}
	return false;
}

void model_alarms_judge(struct model *m)
{
	for (size_t i = 0; i < m->count; i++)
		m->drones[i].alarm_level = LEVEL_UNKNOWN;
	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;
		struct ui_drone *d;

		if (!alarm_stands(al) || !*al->drone || is_of_silence(al->rule))
			continue;
		d = model_find(m, al->drone);
		if (!d || al->level <= d->alarm_level)
			continue;
		d->alarm_level = al->level;
		str_copy(d->alarm_text, sizeof(d->alarm_text), al->text);
		str_trim_utf8(d->alarm_text);
	}
}
