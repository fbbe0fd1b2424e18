/* The past on the screen: see screen_replay.h. */
#include "app/screen_replay.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/screen.h"
#include "base/clock.h"
#include "base/mem.h"
#include "replay/playhead.h"
#include "replay/replay.h"

#define REFRESH_MS   1000  /* what was written since */
#define TIMELINE_MS  1000  /* its slots, while nothing else changes */
#define WORK_MS      40    /* of a turn spent on going forward */
#define BACK_MS      3000  /* farther back is sought, not stepped */
#define TRAIL_BACK_MS (300 * 1000)
#define TRAIL_WORK_MS 12
#define TRAILS_MAX   200
#define STEP_MAX     200000 /* updates looked at for the next sample of one drone */

struct screen_replay {
	bool named;          /* the history was, by odyssey replay */
	char path[CONFIG_PATH_SIZE];
	struct replay *past; /* NULL: not open */
	struct playhead head;
	bool been;           /* there is a moment to go back to */
	bool shown;
	struct model parked; /* live, while the past is shown */
	int64_t refresh_mono, timeline_mono;
	int64_t slots_from, slots_to;
	size_t slots_count;
	size_t trail_next;   /* row of the fleet whose trail is due; TRAILS_MAX: none */
	int64_t trails_ms;   /* where they were filled */
	bool tried;          /* to open it for the timeline of live */
};

struct screen *screen_of(struct ui *ui)
{
	return (struct screen *)((char *)ui - offsetof(struct screen, ui));
}

void screen_replay_init(struct screen *s)
{
	s->replay = xcalloc(1, sizeof(*s->replay));
	s->replay->trail_next = TRAILS_MAX;
	s->live = &s->ui.model;
	s->ui.hooks.travel = screen_travel;
	s->ui.hooks.path = screen_path;
}

void screen_replay_close(struct screen *s)
{
	struct screen_replay *rp = s->replay;

	if (!rp)
		return;
	if (rp->shown)
		model_free(&rp->parked);
	replay_close(&rp->past);
	free(rp);
	s->replay = NULL;
	s->live = &s->ui.model;
}

static bool endpoint_is_here(const char *endpoint)
{
	return str_starts(endpoint, "ipc://") || str_starts(endpoint, "tcp://127.") ||
	       str_starts(endpoint, "tcp://localhost:");
}

int screen_replay_path(const struct screen *s, const char **path, struct err *err)
{
	const char *dir = s->replay->named ? s->replay->path : s->app->config.history_dir;
	struct stat st;

	if (!s->replay->named && !args_has(&s->app->args, "history") &&
	    (s->at.named || !endpoint_is_here(s->at.feed)))
		return err_set(err,
		    "the history of %s is not here: replay it where it is kept, or name it with --history",
		    s->at.feed);
	if (stat(dir, &st) == -1)
		return err_set(err, "there is no history in %s yet", dir);
	*path = dir;
	return 0;
}

static int open_past(struct screen *s, struct err *err)
{
	struct screen_replay *rp = s->replay;
	struct replay_options options = { .from_ms = INT64_MIN, .to_ms = INT64_MAX };

	if (rp->past)
		return 0;
	if (screen_replay_path(s, &options.path, err) == -1)
		return -1;
	str_copy(rp->path, sizeof(rp->path), options.path);
	if (replay_open(&rp->past, &options, err) == -1)
		return -1;
	rp->refresh_mono = s->now_mono;
	return 0;
}

/* ---- the model of the past ---- */

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

static void take_over_all(struct screen *s)
{
	size_t n = replay_drone_count(s->replay->past);

	for (size_t i = 0; i < n; i++)
		take_over(s, i);
	s->ui.model.dropped = 0;
}

static void take_over_order(struct model *m, const struct order *o)
{
	char text[TEXT_SIZE + ID_SIZE + 40];

	snprintf(text, sizeof(text), "order %s %s%s%s", o->id, order_state_names[o->state],
	    *o->text ? ": " : "", o->text);
	model_event(m, (int64_t)o->time, o->drone, HEALTH_OK, text);
}

/* Alarms, events and commands as they were; after a leap. */
static int take_over_lists(struct screen *s, struct err *err)
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
	if (replay_orders(r, &orders, &order_count, err) == -1 ||
	    replay_events(r, MODEL_EVENTS_MAX / 2, &events, &count, err) == -1)
		return -1;
	/* Both ascend in time. */
	for (size_t i = 0; i < count; i++) {
		while (at < order_count && orders[at].time <= events[i].time)
			take_over_order(m, &orders[at++]);
		model_message_event(m, &events[i]);
	}
	while (at < order_count)
		take_over_order(m, &orders[at++]);
	return 0;
}

static void forget_trails(struct screen *s)
{
	for (size_t i = 0; i < s->ui.model.count; i++)
		s->ui.model.drones[i].trail.count = 0;
	s->replay->trail_next = 0;
	s->replay->trails_ms = replay_position(s->replay->past);
}

static bool take_point(void *context, const struct sample *sample, int64_t at_ms, bool backfilled)
{
	struct trail *trail = context;

	(void)at_ms;
	(void)backfilled;
	trail_add(trail, sample);
	return true;
}

static void fill_trail(struct screen *s, size_t drone)
{
	struct ui_drone *d = &s->ui.model.drones[drone];
	size_t i = replay_find_drone(s->replay->past, d->id);
	int64_t at = replay_position(s->replay->past);
	struct err err;

	if (i != SIZE_MAX && d->sample.known)
		replay_trail(s->replay->past, i, at - TRAIL_BACK_MS, TRAIL_STEP_MS, take_point,
		    &d->trail, &err);
}

/* A few each turn, the selected one first. */
static void fill_trails(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	const struct fleet_view *f = &s->ui.fleet;
	int64_t begin = clock_mono_ms();

	if (rp->trail_next == 0 && s->ui.selected < s->ui.model.count)
		fill_trail(s, s->ui.selected);
	while (rp->trail_next < f->count && rp->trail_next < TRAILS_MAX) {
		fill_trail(s, f->order[rp->trail_next++]);
		if (clock_mono_ms() - begin > TRAIL_WORK_MS)
			return;
	}
	/* The table is made with the next frame. */
	if (f->count)
		rp->trail_next = TRAILS_MAX;
}

static void cut_trails(struct screen *s)
{
	for (size_t i = 0; i < s->ui.model.count; i++) {
		struct ui_drone *d = &s->ui.model.drones[i];

		while (d->sample.known && d->trail.count &&
		       d->trail.points[d->trail.count - 1].time_ms > sample_time(&d->sample))
			d->trail.count--;
	}
}

static int leap(struct screen *s, int64_t at, struct err *err)
{
	if (replay_seek(s->replay->past, at, err) == -1 || take_over_lists(s, err) == -1)
		return -1;
	forget_trails(s);
	take_over_all(s);
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
		take_over_order(m, &u->message->or);
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
			return leap(s, at, err);
	}
	take_over_all(s);
	return more;
}

static int backward(struct screen *s, int64_t at, struct err *err)
{
	struct replay *r = s->replay->past;
	bool told = false;
	struct replay_update u;
	int more;

	if (replay_position(r) - at > BACK_MS)
		return leap(s, at, err);
	while ((more = replay_prev(r, at, &u, err)) == 1)
		told = told || (u.kind != REPLAY_SAMPLE && u.kind != REPLAY_GAP);
	if (more == -1 || (told && take_over_lists(s, err) == -1))
		return -1;
	s->ui.model.ticked = false;
	take_over_all(s);
	cut_trails(s);
	if (s->replay->trails_ms - at > 60000)
		forget_trails(s);
	return 0;
}

static int move_to(struct screen *s, int64_t at, struct err *err)
{
	int64_t from = replay_position(s->replay->past);
	int result = at > from ? (at - from > 600000 ? leap(s, at, err) : forward(s, at, err))
		     : at < from ? backward(s, at, err)
				 : 0;

	if (at == from)
		take_over_all(s);
	s->ui.dirty = s->ui.dirty || at != from;
	return result;
}

/* ---- in and out ---- */

static void show_state(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	struct timeline *t = &s->ui.timeline;

	t->past = rp->shown;
	if (!rp->shown)
		return;
	t->at_ms = rp->head.at_ms;
	t->first_ms = rp->head.first_ms;
	t->last_ms = rp->head.last_ms;
	t->speed = rp->head.speed;
	t->playing = rp->head.playing;
	t->loop = rp->head.loop;
	t->mark_in = rp->head.mark_in == PLAYHEAD_NO_MARK ? TIMELINE_NO_MARK : rp->head.mark_in;
	t->mark_out = rp->head.mark_out == PLAYHEAD_NO_MARK ? TIMELINE_NO_MARK : rp->head.mark_out;
	t->live_below = s->client != NULL;
	t->live_news = 0;
	for (int level = 0; level < LEVEL_COUNT; level++)
		t->live_news += rp->parked.news[level];
	str_copy(t->source, sizeof(t->source), rp->path);
}

/* The selection is by id, and stays where the same drone is in both. */
static void swap_begin(struct screen *s, char id[ID_SIZE])
{
	const struct ui_drone *d = ui_selected(&s->ui);

	str_copy(id, ID_SIZE, d ? d->id : "");
	if (s->ui.preview.active) {
		preview_close(&s->ui.preview);
		s->ui.mode = UI_KEYS;
	}
	s->ui.fleet.count = 0;
	s->ui.selected = NO_DRONE;
	s->ui.commands_top = 0;
}

static void swap_end(struct screen *s, const char *id)
{
	struct ui_drone *d = *id ? model_find(&s->ui.model, id) : NULL;

	if (d)
		s->ui.selected = (size_t)(d - s->ui.model.drones);
	s->ui.model.now_mono = s->now_mono;
	s->replay->slots_count = 0;
	s->ui.timeline.stored = false;
	s->ui.timeline.from_ms = s->ui.timeline.to_ms = 0;
	show_state(s);
	s->ui.dirty = true;
}

static int go_back(struct screen *s, int64_t at, struct err *err)
{
	struct screen_replay *rp = s->replay;
	struct model *m = &s->ui.model;
	int64_t first, last;
	char id[ID_SIZE];

	if (open_past(s, err) == -1)
		return -1;
	if (replay_refresh(rp->past, err) == -1)
		return -1;
	if (!replay_range(rp->past, &first, &last))
		return err_set(err, "nothing is recorded there in %s", rp->path);
	if (!rp->been)
		playhead_begin(&rp->head, first, last, at);
	else
		playhead_range(&rp->head, first, last);
	playhead_seek(&rp->head, at);
	swap_begin(s, id);
	rp->parked = *m;
	s->live = &rp->parked;
	model_init(m, rp->parked.stale_s, rp->parked.lost_s);
	m->link = LINK_LIVE;
	m->replay = m->roster_known = true;
	m->kind = KIND_REPLAY;
	str_copy(m->whom, sizeof(m->whom), rp->parked.whom);
	rp->shown = rp->been = true;
	if (leap(s, rp->head.at_ms, err) == -1)
		return -1;
	swap_end(s, id);
	return 0;
}

static int go_live(struct screen *s, struct err *err)
{
	struct screen_replay *rp = s->replay;
	char id[ID_SIZE];

	if (!s->client && screen_link_open(s, err) == -1)
		return -1;
	playhead_play(&rp->head, false);
	swap_begin(s, id);
	model_free(&s->ui.model);
	s->ui.model = rp->parked;
	s->live = &s->ui.model;
	rp->parked = (struct model){ 0 };
	rp->shown = false;
	swap_end(s, id);
	ui_say(&s->ui, ROLE_TEXT, "live; R goes back to the same moment");
	return 0;
}

int screen_replay_start(struct screen *s, struct screen_past *past, struct err *err)
{
	struct screen_replay *rp = s->replay;

	rp->past = past->replay;
	past->replay = NULL;
	rp->named = true;
	rp->refresh_mono = s->now_mono;
	str_copy(rp->path, sizeof(rp->path), past->path);
	if (go_back(s, past->at_ms, err) == -1)
		return -1;
	if (past->end_ms != INT64_MAX) {
		playhead_mark_in(&rp->head, past->at_ms);
		playhead_mark_out(&rp->head, past->end_ms);
	}
	playhead_set_speed(&rp->head, past->speed);
	rp->head.loop = past->loop;
	playhead_play(&rp->head, true);
	s->ui.focus = PANE_TIMELINE;
	show_state(s);
	return 0;
}

/* ---- what is asked for ---- */

static int step(struct screen *s, int samples, struct err *err)
{
	struct screen_replay *rp = s->replay;
	const struct ui_drone *d = ui_selected(&s->ui);
	size_t only = d ? replay_find_drone(rp->past, d->id) : SIZE_MAX;
	struct replay_update u;
	int more = 1;

	playhead_play(&rp->head, false);
	for (int n = 0; n < STEP_MAX && more == 1; n++) {
		more = samples > 0 ? replay_next(rp->past, INT64_MAX, &u, err)
				   : replay_prev(rp->past, INT64_MIN, &u, err);
		if (more == 1 && u.kind == REPLAY_SAMPLE && (only == SIZE_MAX || u.drone == only))
			break;
	}
	if (more == -1)
		return -1;
	playhead_seek(&rp->head,
	    more != 1 ? (samples > 0 ? rp->head.last_ms : rp->head.first_ms) : u.at_ms);
	/* One at the same moment, or the one that has just not happened. */
	if (replay_seek(rp->past, more == 1 && samples < 0 ? u.at_ms - 1 : rp->head.at_ms, err) == -1)
		return -1;
	playhead_seek(&rp->head, replay_position(rp->past));
	if (take_over_lists(s, err) == -1)
		return -1;
	take_over_all(s);
	cut_trails(s);
	return 0;
}

static int find_one(
    struct screen *s, enum replay_target target, bool back, int64_t *at, bool *any, struct err *err)
{
	int64_t found;
	int result = replay_find(s->replay->past, target, back, &found, err);

	if (result == 1 && (!*any || (back ? found > *at : found < *at))) {
		*at = found;
		*any = true;
	}
	return result;
}

static int find(struct screen *s, const struct travel *t, struct err *err)
{
	static const struct {
		const char *name;
		enum replay_target targets[2];
		int count;
	} rows[] = {
		{ "event", { REPLAY_NEXT_EVENT, REPLAY_NEXT_ALARM }, 2 },
		{ "alarm", { REPLAY_NEXT_ALARM }, 1 },
		{ "command", { REPLAY_NEXT_COMMAND }, 1 },
		{ "gap", { REPLAY_NEXT_GAP }, 1 },
		{ "order", { REPLAY_NEXT_ORDER }, 1 },
		{ "sample", { REPLAY_NEXT_SAMPLE }, 1 },
	};
	bool any = false;
	int64_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, t->target) != 0)
			continue;
		for (int k = 0; k < rows[i].count; k++) {
			if (find_one(s, rows[i].targets[k], t->backward, &at, &any, err) == -1)
				return -1;
		}
	}
	if (!any)
		return err_set(err, "there is no %s %s in what is recorded", t->target,
		    t->backward ? "before this" : "after this");
	playhead_seek(&s->replay->head, at);
	return 0;
}

static void say_bounds(struct screen *s, int64_t wanted)
{
	const struct playhead *h = &s->replay->head;
	char text[TIME_TEXT_SIZE];

	if (wanted < h->first_ms || wanted > h->last_ms)
		ui_say(&s->ui, ROLE_WARN, "what is recorded %s at %.19sZ",
		    wanted < h->first_ms ? "begins" : "ends",
		    time_format(wanted < h->first_ms ? h->first_ms : h->last_ms, text));
}

static int go(struct screen *s, const struct travel *t, struct err *err)
{
	struct playhead *h = &s->replay->head;
	int64_t to;

	switch (t->verb) {
	case TRAVEL_PLAY:
		playhead_play(h, !h->playing);
		break;
	case TRAVEL_PAUSE:
		playhead_play(h, false);
		break;
	case TRAVEL_STEP:
		return step(s, (int)t->value, err);
	case TRAVEL_BY:
	case TRAVEL_TO:
		to = t->verb == TRAVEL_BY ? h->at_ms + t->ms : t->ms;
		playhead_seek(h, to);
		say_bounds(s, to);
		break;
	case TRAVEL_PERCENT:
		playhead_seek(h,
		    h->first_ms + (int64_t)((double)(h->last_ms - h->first_ms) * t->value / 100));
		break;
	case TRAVEL_FIND:
		return find(s, t, err);
	case TRAVEL_PACE:
		playhead_faster(h, t->value > 0);
		break;
	case TRAVEL_SPEED:
		playhead_set_speed(h, t->value);
		playhead_play(h, true);
		break;
	case TRAVEL_REVERSE:
		playhead_reverse(h);
		break;
	case TRAVEL_MARK_IN:
		playhead_mark_in(h, t->ms ? t->ms : h->at_ms);
		break;
	case TRAVEL_MARK_OUT:
		playhead_mark_out(h, t->ms ? t->ms : h->at_ms);
		break;
	case TRAVEL_UNMARK:
		playhead_clear_marks(h);
		break;
	case TRAVEL_LOOP:
		h->loop = !h->loop;
		ui_say(&s->ui, ROLE_TEXT, !h->loop ? "no loop" :
		    h->mark_in == PLAYHEAD_NO_MARK || h->mark_out == PLAYHEAD_NO_MARK
			? "loops over all there is; [ and ] mark less"
			: "loops between the marks");
		break;
	case TRAVEL_LIVE:
	case TRAVEL_ENTER:
		break;
	}
	return 0;
}

int screen_travel(struct ui *ui, const struct travel *t, struct err *err)
{
	struct screen *s = screen_of(ui);
	struct screen_replay *rp = s->replay;
	bool entered = false;

	if (t->verb == TRAVEL_LIVE) {
		if (rp->shown)
			return go_live(s, err);
		if (!rp->been)
			return err_set(err, "there is no moment to go back to yet: the arrows in the "
					    "timeline (6) lead into the past");
		return go_back(s, rp->head.at_ms, err);
	}
	if (!rp->shown) {
		if (go_back(s, s->now_ms, err) == -1)
			return -1;
		entered = true;
	}
	/* To stop live is to be in the past, standing. */
	if (entered && t->verb == TRAVEL_PLAY)
		return 0;
	if (go(s, t, err) == -1)
		return -1;
	if (move_to(s, playhead_tick(&rp->head, clock_mono_us()), err) == -1)
		return -1;
	show_state(s);
	return 0;
}

/* ---- as time goes ---- */

static void put_slots(struct timeline *t, const struct replay_bucket *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool critical = (b[i].alarms && b[i].level == LEVEL_CRITICAL) ||
				(b[i].events && b[i].severity <= SEVERITY_CRITICAL);

		t->slots[i] = (struct timeline_slot){ .samples = b[i].samples,
			.alarm = b[i].alarms > 0,
			.commands = (uint16_t)(b[i].commands < 1000 ? b[i].commands : 1000),
			.gap = b[i].gap,
			.recorded = b[i].recorded,
			.event = critical ? 'X'
				 : b[i].alarms || (b[i].events && b[i].severity <= SEVERITY_WARNING)
				     ? '!'
				 : b[i].events || b[i].orders ? 'i'
							      : 0 };
	}
}

static void fill_timeline(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	struct timeline *t = &s->ui.timeline;
	struct replay_bucket *buckets;
	int64_t from = s->now_ms - t->span_ms, to = s->now_ms;
	size_t n = t->wanted < 1 ? 1 : (size_t)t->wanted;
	struct err err;

	if (rp->shown)
		timeline_window(t, &from, &to);
	if (rp->shown && from == rp->slots_from && to == rp->slots_to && n == rp->slots_count &&
	    s->now_mono - rp->timeline_mono < TIMELINE_MS)
		return;
	if (!rp->shown && rp->slots_count == n && s->now_mono - rp->timeline_mono < TIMELINE_MS)
		return;
	buckets = xcalloc(n, sizeof(*buckets));
	if (replay_timeline(rp->past, from, to, buckets, n, &err) == 0) {
		put_slots(t, buckets, n);
		t->slot_count = rp->slots_count = n;
		t->from_ms = rp->slots_from = from;
		t->to_ms = rp->slots_to = to;
		t->stored = true;
	} else {
		ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
	}
	rp->timeline_mono = s->now_mono;
	free(buckets);
}

int64_t screen_replay_tick(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	int64_t first, last;
	struct err err = { "" };

	/* Who looks at the line in live sees what the history has. */
	if (!rp->past && !rp->tried && s->ui.focus == PANE_TIMELINE) {
		rp->tried = true;
		open_past(s, &err);
	}
	if (!rp->past)
		return INT64_MAX;
	if (s->now_mono - rp->refresh_mono > REFRESH_MS) {
		rp->refresh_mono = s->now_mono;
		if (replay_refresh(rp->past, &err) == 1 && rp->shown &&
		    replay_range(rp->past, &first, &last))
			playhead_range(&rp->head, first, last);
	}
	if (rp->shown) {
		if (move_to(s, playhead_tick(&rp->head, clock_mono_us()), &err) == -1) {
			playhead_play(&rp->head, false);
			ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
		}
		fill_trails(s);
		show_state(s);
	}
	fill_timeline(s);
	return rp->shown && rp->head.playing ? s->now_mono + 20 : INT64_MAX;
}
