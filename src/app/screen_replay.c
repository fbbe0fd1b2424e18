/* Into the past and out of it, and the turns of the loop: see screen_replay.h. */
#include "app/screen_replay.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/screen_past.h"
#include "base/clock.h"
#include "base/mem.h"

#define REFRESH_MS 1000 /* what was written since */
#define REOPEN_MS  (10 * 60 * 1000) /* a past of which the oldest is dropped */

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

/* Until somebody answered, the configured daemon on this machine is meant. */
bool screen_replay_has(const struct screen *s)
{
	return s->replay->named || args_has(&s->app->args, "history") ||
	       (s->greeted ? s->history_here : !s->at.named && endpoint_is_here(s->at.feed));
}

int screen_replay_path(const struct screen *s, const char **path, struct err *err)
{
	const char *dir = s->replay->named ? s->replay->path : s->app->config.history_dir;
	struct stat st;

	if (!screen_replay_has(s)) {
		*path = screen_own_dir(s);
		return *path ? 0
			     : err_set(err, "the history of %s is not here: replay it where it is kept, "
					    "or name it with --history", s->at.feed);
	}
	if (stat(dir, &st) == -1)
		return err_set(err, "there is no history in %s yet", dir);
	*path = dir;
	return 0;
}

/* What is shown, or could be, is what the screen has kept itself. */
static bool is_own(const struct screen *s)
{
	return screen_own_dir(s) && strcmp(s->replay->path, screen_own_dir(s)) == 0;
}

static int open_past(struct screen *s, struct err *err)
{
	struct screen_replay *rp = s->replay;
	struct replay_options options = { .from_ms = INT64_MIN, .to_ms = INT64_MAX,
		.start_ms = -1 };

	if (rp->past)
		return 0;
	if (screen_replay_path(s, &options.path, err) == -1)
		return -1;
	str_copy(rp->path, sizeof(rp->path), options.path);
	if (replay_open(&rp->past, &options, err) == -1)
		return is_own(s) ? err_set(err, "nothing has come here yet, and the history of %s is elsewhere",
				       s->at.feed)
				 : -1;
	rp->refresh_mono = rp->open_mono = s->now_mono;
	rp->plan_serial = 0; /* no past has it */
	return 0;
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
	str_copy(t->source, sizeof(t->source), is_own(s) ? s->live->whom : rp->path);
}

/* How far back, and why no farther. */
static void show_reach(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	struct timeline *t = &s->ui.timeline;
	char clock[TIMELINE_TEXT];
	int64_t first, last;
	size_t open;

	*t->reach = '\0';
	if (!rp->past || !is_own(s) || !replay_range(rp->past, &first, &last))
		return;
	open = screen_own_open(s);
	timeline_clock(first, last, clock);
	if (open)
		snprintf(t->reach, sizeof(t->reach), "daemon elsewhere: since %.8s, %zu drone%s to come", clock,
		    open, open == 1 ? "" : "s");
	else
		snprintf(t->reach, sizeof(t->reach), "daemon elsewhere: since %.8s", clock);
}

/* The selection is by id: it stays where the same drone is in both, else it is what
 * it was there. */
static void swap_begin(struct screen *s)
{
	const struct ui_drone *d = ui_selected(&s->ui);

	str_copy(s->replay->selected[s->replay->shown], ID_SIZE, d ? d->id : "");
	if (s->ui.preview.active) {
		preview_close(&s->ui.preview);
		s->ui.mode = UI_KEYS;
	}
	s->ui.fleet.count = 0;
	s->ui.selected = NO_DRONE;
	s->ui.commands_top = 0;
}

static void swap_end(struct screen *s)
{
	bool shown = s->replay->shown;
	struct ui_drone *d = model_find(&s->ui.model, s->replay->selected[!shown]);

	if (!d)
		d = model_find(&s->ui.model, s->replay->selected[shown]);

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

	screen_own_look(s);
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
	swap_begin(s);
	rp->parked = *m;
	s->live = &rp->parked;
	model_init(m, rp->parked.stale_s, rp->parked.lost_s);
	m->link = LINK_LIVE;
	m->replay = m->roster_known = true;
	m->kind = KIND_REPLAY;
	str_copy(m->whom, sizeof(m->whom), rp->parked.whom);
	rp->shown = rp->been = true;
	/* What was said of live. */
	*s->ui.message = '\0';
	/* Whoever goes there is about to play, step or seek; but what is seen alone stays. */
	rp->focus = s->ui.focus;
	if (!s->ui.zoomed && s->ui.layout.size != LAYOUT_TINY)
		s->ui.focus = PANE_TIMELINE;
	if (past_leap(s, rp->head.at_ms, err) == -1)
		return -1;
	swap_end(s);
	return 0;
}

static int go_live(struct screen *s, struct err *err)
{
	struct screen_replay *rp = s->replay;

	if (!s->client && screen_link_open(s, err) == -1)
		return -1;
	playhead_play(&rp->head, false);
	swap_begin(s);
	model_free(&s->ui.model);
	s->ui.model = rp->parked;
	s->live = &s->ui.model;
	rp->parked = (struct model){ 0 };
	rp->shown = false;
	if (s->ui.focus == PANE_TIMELINE)
		s->ui.focus = rp->focus;
	swap_end(s);
	ui_say(&s->ui, ROLE_TEXT, "live; R goes back to the same moment");
	return 0;
}

void screen_replay_whose(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	const char *path;
	struct err err;

	if (!rp->past || (screen_replay_path(s, &path, &err) == 0 && strcmp(path, rp->path) == 0))
		return;
	if (rp->shown) {
		(void)go_live(s, &err);
		ui_say(&s->ui, ROLE_WARN, "back to live: what was shown is not the past of %s", s->live->whom);
	}
	replay_close(&rp->past);
	rp->been = rp->tried = false;
	rp->slots_count = 0;
	s->ui.timeline.stored = false;
}

/* What was dropped from a short past, its headers still know. */
static int reopen(struct screen *s, struct err *err)
{
	struct screen_replay *rp = s->replay;

	replay_close(&rp->past);
	if (open_past(s, err) == -1) {
		if (rp->shown)
			(void)go_live(s, &(struct err){ "" });
		return -1;
	}
	return rp->shown ? past_leap(s, rp->head.at_ms, err) : 0;
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
	if (past_go(s, t, err) == -1)
		return -1;
	if (past_move_to(s, playhead_tick(&rp->head, clock_mono_us()), err) == -1)
		return -1;
	show_state(s);
	return 0;
}

/* Once, of each day. */
static void say_unread(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	const char *why = replay_unread(rp->past);

	if (strncmp(rp->unread, why, sizeof(rp->unread) - 1) == 0)
		return;
	str_copy(rp->unread, sizeof(rp->unread), why);
	if (*why)
		ui_say(&s->ui, ROLE_ERROR, "%s", why);
}

int64_t screen_replay_tick(struct screen *s)
{
	struct screen_replay *rp = s->replay;
	int64_t first, last;
	struct err err = { "" };

	/* Who looks at the line in live sees what the history has. */
	if (s->ui.focus == PANE_TIMELINE)
		screen_own_look(s);
	if (!rp->past && (!rp->tried || screen_own_dir(s)) && s->ui.focus == PANE_TIMELINE &&
	    s->now_mono - rp->open_mono > REFRESH_MS) {
		rp->tried = true;
		rp->open_mono = s->now_mono;
		open_past(s, &err);
	}
	if (rp->past && is_own(s) && s->now_mono - rp->open_mono > REOPEN_MS && reopen(s, &err) == -1)
		ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
	show_reach(s);
	if (!rp->past)
		return INT64_MAX;
	if (s->now_mono - rp->refresh_mono > REFRESH_MS) {
		rp->refresh_mono = s->now_mono;
		if (replay_refresh(rp->past, &err) == 1 && rp->shown &&
		    replay_range(rp->past, &first, &last)) {
			playhead_range(&rp->head, first, last);
			/* Who stands still sees what came for that moment. */
			if (is_own(s) && rp->came && !rp->head.playing && past_leap(s, rp->head.at_ms, &err) == -1)
				ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
			/* It is stored a little later than it comes. */
			rp->came = screen_own_came(s);
		}
	}
	if (rp->shown) {
		if (past_move_to(s, playhead_tick(&rp->head, clock_mono_us()), &err) == -1) {
			playhead_play(&rp->head, false);
			ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
		}
		say_unread(s);
		past_fill_trails(s);
		past_take_plan(s);
		show_state(s);
	}
	past_fill_timeline(s);
	return rp->shown && rp->head.playing ? s->now_mono + 20 : INT64_MAX;
}
