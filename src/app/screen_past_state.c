/* The model of the past: what the panes draw is taken over from the replay, all
 * of it after a leap, what happened on the way where it is played. */
#include "app/screen_past.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"

#define WORK_MS 40   /* of a turn spent on going forward */
#define BACK_MS 3000 /* farther back is sought, not stepped */
#define LEAP_MS (10 * 60 * 1000) /* farther on, too */
#define TRAILS_BACK_MS (60 * 1000) /* so far back, what is left of the trails is too short */

static void take_over(struct screen *s, size_t i)
{
	const struct replay_drone *from = replay_drone(s->replay->past, i);
	struct model *m = &s->ui.model;
	struct ui_drone *d = model_add(m, from->id);
	int64_t at = replay_position(s->replay->past);

	if (!d)
		return;
	/* Nobody had heard of it then. */
	d->dismissed = !from->sample.known;
	if (!from->sample.known) {
		d->sample.known = 0;
		return;
	}
	str_copy(d->source, sizeof(d->source), from->source);
	str_copy(d->model, sizeof(d->model), from->model);
	d->kind = from->kind;
	if (!d->sample.known || sample_boot(&d->sample) != sample_boot(&from->sample) ||
	    sample_seq(&d->sample) != sample_seq(&from->sample))
		model_sample(m, from->id, &from->sample, true, s->now_mono, at);
	d->arrived_mono = s->now_mono - (at > from->at_ms ? at - from->at_ms : 0);
}

void past_take_drones(struct screen *s)
{
	size_t n = replay_drone_count(s->replay->past);

	for (size_t i = 0; i < n; i++)
		take_over(s, i);
	s->ui.model.dropped = 0;
}

void past_forget_later(struct screen *s)
{
	for (size_t i = 0; i < s->ui.model.count; i++) {
		struct ui_drone *d = &s->ui.model.drones[i];

		d->home_lat = d->home_lon = NAN;
		d->sample.known = 0;
	}
}

/* Alarms, events and commands as they were; after a leap. */
int past_take_lists(struct screen *s, struct err *err)
{
	struct replay *r = s->replay->past;
	struct model *m = &s->ui.model;
	const struct alarm *alarms;
	const struct progress *commands;
	const struct order *orders;
	const struct event *events;
	size_t count, order_count, at = 0;

	m->alarm_count = 0;
	m->event_total = 0;
	ledger_clear(&m->ledger);
	m->ticked = false;
	if (replay_alarms(r, &alarms, &count, err) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		model_alarm(m, &alarms[i]);
	if (replay_commands(r, &commands, &count, err) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		model_progress(m, &commands[i], replay_position(r));
	if (replay_orders(r, MODEL_EVENTS_MAX / 2, &orders, &order_count, err) == -1 ||
	    replay_events(r, MODEL_EVENTS_MAX / 2, &events, &count, err) == -1)
		return -1;
	/* Both ascend in time. */
	for (size_t i = 0; i < count; i++) {
		while (at < order_count && orders[at].time <= events[i].time)
			model_order(m, &orders[at++]);
		model_message_event(m, &events[i]);
	}
	while (at < order_count)
		model_order(m, &orders[at++]);
	return 0;
}

int past_leap(struct screen *s, int64_t at, struct err *err)
{
	if (replay_seek(s->replay->past, at, err) == -1 || past_take_lists(s, err) == -1)
		return -1;
	past_forget_trails(s);
	past_forget_later(s);
	past_take_drones(s);
	return 0;
}

static void take_update(struct screen *s, const struct replay_update *u)
{
	struct model *m = &s->ui.model;
	struct ui_drone *d;

	m->messages++;
	switch (u->kind) {
	case REPLAY_SAMPLE:
		d = model_find(m, replay_drone(s->replay->past, u->drone)->id);
		if (d)
			trail_add(&d->trail, u->sample);
		break;
	case REPLAY_EVENT:
		model_message_event(m, &u->message->ev);
		break;
	case REPLAY_COMMAND:
		model_progress(m, &u->message->cm, u->at_ms);
		break;
	case REPLAY_ALARM:
		model_alarm(m, &u->message->al);
		break;
	case REPLAY_ORDER:
		model_order(m, &u->message->or);
		break;
	default:
		break;
	}
}

static int forward(struct screen *s, int64_t at, struct err *err)
{
	struct replay *r = s->replay->past;
	int64_t begin = clock_mono_ms();
	struct replay_update u;
	int more, n = 0;

	while ((more = replay_next(r, at, &u, err)) == 1) {
		take_update(s, &u);
		/* More than can be gone through: what lies between is not shown. */
		if (++n % 256 == 0 && clock_mono_ms() - begin > WORK_MS)
			return past_leap(s, at, err);
	}
	past_take_drones(s);
	return more;
}

static int backward(struct screen *s, int64_t at, struct err *err)
{
	struct replay *r = s->replay->past;
	bool told = false;
	struct replay_update u;
	int more;

	if (replay_position(r) - at > BACK_MS)
		return past_leap(s, at, err);
	while ((more = replay_prev(r, at, &u, err)) == 1)
		told = told || (u.kind != REPLAY_SAMPLE && u.kind != REPLAY_GAP);
	if (more == -1 || (told && past_take_lists(s, err) == -1))
		return -1;
	s->ui.model.ticked = false;
	past_forget_later(s);
	past_take_drones(s);
	past_cut_trails(s);
	if (s->replay->trails_ms - at > TRAILS_BACK_MS)
		past_forget_trails(s);
	return 0;
}

int past_move_to(struct screen *s, int64_t at, struct err *err)
{
	int64_t from = replay_position(s->replay->past);
	int result = at > from ? (at - from > LEAP_MS ? past_leap(s, at, err) : forward(s, at, err))
		     : at < from ? backward(s, at, err)
				 : 0;

	if (at == from)
		past_take_drones(s);
	s->ui.dirty = s->ui.dirty || at != from;
	return result;
}
