/* Time on the screen: see timeline.h. */
#include "ui/timeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"

#define DAY_MS     86400000
#define LABEL_W    10 /* before and behind the slots: "13:33:27" and a blank each side */
#define NARROW     100
#define LABEL_SLIM 7

const char *const timeline_targets[] = { "event", "alarm", "command", "gap", "order", "sample", NULL };

void timeline_init(struct timeline *t)
{
	t->span_ms = TIMELINE_SPAN_MS;
	t->speed = 1;
	t->mark_in = t->mark_out = TIMELINE_NO_MARK;
}

int timeline_columns(int width)
{
	int label = width < NARROW ? LABEL_SLIM : LABEL_W, n = width - 2 * label;

	return n < 1 ? 1 : n > TIMELINE_SLOTS_MAX ? TIMELINE_SLOTS_MAX : n;
}

void timeline_seen(struct timeline *t, const struct model *m, int64_t now_ms)
{
	int64_t second = now_ms / 1000;
	struct timeline_second *s = &t->seen[second % TIMELINE_SEEN_MAX];

	if (s->second != second)
		*s = (struct timeline_second){ .second = second };
	if (m->messages > t->seen_messages)
		s->samples += (uint32_t)(m->messages - t->seen_messages);
	t->seen_messages = m->messages;
}

static char letter_of(enum health level)
{
	return level == HEALTH_OK ? 'i' : health_letters[level];
}

static struct timeline_slot *slot_at(struct timeline *t, int64_t ms)
{
	int column = timeline_column(t, (int)t->slot_count, ms);

	return column < 0 ? NULL : &t->slots[column];
}

static void put_event(struct timeline_slot *slot, char letter, bool alarm)
{
	static const char order[] = "i~!?X";

	if (!slot->event || strchr(order, letter) > strchr(order, slot->event))
		slot->event = letter;
	slot->alarm = slot->alarm || alarm;
}

void timeline_fill_seen(struct timeline *t, const struct model *m, int64_t now_ms)
{
	const struct ui_event *e;
	int64_t step;

	t->stored = false;
	t->to_ms = now_ms;
	t->from_ms = now_ms - t->span_ms;
	t->slot_count = (size_t)(t->wanted < 1 ? 1 : t->wanted);
	memset(t->slots, 0, sizeof(t->slots));
	step = t->span_ms / (int64_t)t->slot_count;
	for (size_t i = 0; i < TIMELINE_SEEN_MAX; i++) {
		struct timeline_slot *slot = slot_at(t, t->seen[i].second * 1000);

		if (!slot || !t->seen[i].second)
			continue;
		slot->samples += t->seen[i].samples;
		slot->recorded = slot->recorded || t->seen[i].samples;
	}
	/* Slots shorter than a second share it. */
	for (size_t i = 1; step < 1000 && i < t->slot_count; i++) {
		if (!t->slots[i].recorded)
			t->slots[i] = t->slots[i - 1];
	}
	for (size_t i = 0; (e = model_event_at(m, i)); i++) {
		struct timeline_slot *slot = slot_at(t, e->time_ms);

		if (slot)
			put_event(slot, letter_of(e->level), false);
	}
	for (size_t i = 0; i < m->alarm_count; i++) {
		const struct alarm *al = &m->alarms[i].alarm;
		struct timeline_slot *slot = al->since == KEY_NONE ? NULL
								   : slot_at(t, (int64_t)al->since);

		if (slot)
			put_event(slot, al->level == LEVEL_CRITICAL ? 'X' : '!', true);
	}
	for (size_t i = 0; i < m->ledger.count; i++) {
		struct timeline_slot *slot =
		    slot_at(t, (int64_t)ledger_at(&m->ledger, i)->last.time);

		if (slot)
			slot->commands++;
	}
}

void timeline_window(const struct timeline *t, int64_t *from_ms, int64_t *to_ms)
{
	int64_t first = t->first_ms, last = t->last_ms > first ? t->last_ms : first + 1000;
	int64_t span = t->span_ms < last - first ? t->span_ms : last - first;

	span = span < 1000 ? 1000 : span;
	/* It turns over when the playhead leaves it, so that it does not crawl. */
	if (t->to_ms - t->from_ms == span && t->at_ms >= t->from_ms && t->at_ms <= t->to_ms &&
	    t->from_ms >= first && t->to_ms <= last) {
		*from_ms = t->from_ms;
		*to_ms = t->to_ms;
		return;
	}
	*from_ms = t->at_ms - span / 2;
	if (*from_ms + span > last)
		*from_ms = last - span;
	if (*from_ms < first)
		*from_ms = first;
	*to_ms = *from_ms + span;
}

int timeline_column(const struct timeline *t, int columns, int64_t ms)
{
	int64_t span = t->to_ms - t->from_ms;
	int column;

	if (span <= 0 || ms < t->from_ms || ms > t->to_ms)
		return -1;
	column = (int)((double)(ms - t->from_ms) / (double)span * columns);
	return column >= columns ? columns - 1 : column;
}

const char *timeline_clock(int64_t ms, int64_t day_of, char text[TIMELINE_TEXT])
{
	char full[TIME_TEXT_SIZE];

	time_format(ms, full);
	if (day_of != INT64_MIN && day_of / DAY_MS != ms / DAY_MS)
		snprintf(text, TIMELINE_TEXT, "%.5s %.8s", full + 5, full + 11);
	else
		snprintf(text, TIMELINE_TEXT, "%.8s", full + 11);
	return text;
}

const char *timeline_speed(double speed, char text[TIMELINE_TEXT])
{
	snprintf(text, TIMELINE_TEXT, "\u00d7%g%s", fabs(speed), speed < 0 ? " backward" : "");
	return text;
}

void timeline_travel(struct ui *ui, const struct travel *travel)
{
	struct err err = { "" };

	if (!ui->hooks.travel)
		ui_say(ui, ROLE_ERROR, "there is no history here to go back to");
	else if (ui->hooks.travel(ui, travel, &err) == -1)
		ui_say(ui, ROLE_ERROR, "%s", err.text);
	ui->dirty = true;
}

void action_travel_play(struct ui *ui, int arg)
{
	(void)arg;
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_PLAY });
}

void action_travel_step(struct ui *ui, int samples)
{
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_STEP, .value = samples });
}

void action_travel_by(struct ui *ui, int seconds)
{
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_BY, .ms = seconds * 1000LL });
}

void action_travel_event(struct ui *ui, int backward)
{
	timeline_travel(ui,
	    &(struct travel){ .verb = TRAVEL_FIND, .target = "event", .backward = backward });
}

void action_travel_pace(struct ui *ui, int faster)
{
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_PACE, .value = faster });
}

void action_travel_reverse(struct ui *ui, int arg)
{
	(void)arg;
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_REVERSE });
}

void action_travel_mark(struct ui *ui, int which)
{
	static const enum travel_verb verbs[] = { TRAVEL_MARK_IN, TRAVEL_MARK_OUT, TRAVEL_UNMARK };

	timeline_travel(ui, &(struct travel){ .verb = verbs[which] });
}

void action_travel_loop(struct ui *ui, int arg)
{
	(void)arg;
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_LOOP });
}

void action_travel_live(struct ui *ui, int arg)
{
	(void)arg;
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_LIVE });
}

void action_travel_end(struct ui *ui, int last)
{
	timeline_travel(
	    ui, &(struct travel){ .verb = TRAVEL_PERCENT, .value = last ? 100 : 0 });
}

void action_travel_zoom(struct ui *ui, int step)
{
	struct timeline *t = &ui->timeline;
	int64_t all = t->past ? t->last_ms - t->first_ms : TIMELINE_SPAN_MS;

	/* No key without effect. */
	if (t->past && t->span_ms > all)
		t->span_ms = all;
	t->span_ms = !step ? all : step > 0 ? t->span_ms / 2 : t->span_ms * 2;
	if (t->past && t->span_ms > all)
		t->span_ms = all;
	if (t->span_ms < TIMELINE_SPAN_MIN_MS)
		t->span_ms = TIMELINE_SPAN_MIN_MS;
	/* What was seen here goes no farther back. */
	if (!t->past && !t->stored && t->span_ms > TIMELINE_SPAN_MS)
		t->span_ms = TIMELINE_SPAN_MS;
	t->from_ms = t->to_ms = 0;
}

void timeline_click(struct ui *ui, struct rect r, int x)
{
	const struct timeline *t = &ui->timeline;
	int columns = timeline_columns(r.w), left = (r.w - columns) / 2;
	int column = x - r.x - left;

	if (column < 0 || column >= columns || t->to_ms <= t->from_ms)
		return;
	timeline_travel(ui,
	    &(struct travel){ .verb = TRAVEL_TO,
		.ms = t->from_ms + (int64_t)((double)(t->to_ms - t->from_ms) *
					     (column + 0.5) / columns) });
}
