/* What is asked of the playhead: steps, leaps, pace, marks; and what it answers. */
#include "app/screen_past.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define STEP_MAX 200000 /* updates looked at for the next sample of one drone */

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
	if (past_take_lists(s, err) == -1)
		return -1;
	past_forget_later(s);
	past_take_drones(s);
	past_cut_trails(s);
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

/* What an update is, in a line. False where it is none of that kind. */
static bool describe(const struct screen *s, const struct replay_update *u, enum replay_target target,
    char *text, size_t size)
{
	const union message *m = u->message;
	const char *drone = u->drone == REPLAY_NO_DRONE ? "" : replay_drone(s->replay->past, u->drone)->id;

	if (u->kind == REPLAY_GAP && target == REPLAY_NEXT_GAP)
		snprintf(text, size, "%u samples of %s %s: %s", u->gap->to - u->gap->from + 1, u->gap->drone,
		    u->gap->lost ? "are lost" : "are missing", u->gap->why);
	else if (u->kind == REPLAY_ALARM && target == REPLAY_NEXT_ALARM && m->al.state == ALARM_RAISED)
		snprintf(text, size, "alarm: %s %.200s", *drone ? drone : "site", m->al.text);
	else if (u->kind == REPLAY_COMMAND && target == REPLAY_NEXT_COMMAND)
		snprintf(text, size, "command: %s %s %s, by %s", m->cm.cmd, drone, stage_names[m->cm.stage],
		    m->cm.by);
	else if (u->kind == REPLAY_ORDER && target == REPLAY_NEXT_ORDER)
		snprintf(text, size, "order %s %s %s", m->or.id, order_state_names[m->or.state], drone);
	else if (u->kind == REPLAY_EVENT && target == REPLAY_NEXT_EVENT && m->ev.severity <= SEVERITY_WARNING)
		snprintf(text, size, "event: %s %.200s", drone, m->ev.text);
	else
		return false;
	return true;
}

/* Goes there, and says what it is: the list may be full of other things. */
static int go_and_say(struct screen *s, const enum replay_target *targets, int count, int64_t at, struct err *err)
{
	struct replay *r = s->replay->past;
	char text[300] = "";
	struct replay_update u;
	int more = 1;

	if (replay_seek(r, at - 1, err) == -1)
		return -1;
	while (!*text && (more = replay_next(r, at, &u, err)) == 1) {
		for (int k = 0; k < count && !*text; k++)
			(void)describe(s, &u, targets[k], text, sizeof(text));
	}
	if (more == -1 || past_leap(s, at, err) == -1)
		return -1;
	if (!*text && targets[0] == REPLAY_NEXT_GAP)
		str_copy(text, sizeof(text), "from here on nothing was recorded of any drone");
	str_clean(text);
	str_trim_utf8(text);
	if (*text)
		ui_say(&s->ui, ROLE_TEXT, "%s", text);
	playhead_seek(&s->replay->head, at);
	return 0;
}

static int find(struct screen *s, const struct travel *t, struct err *err)
{
	static const struct {
		const char *name, *none;
		enum replay_target targets[2];
		int count;
	} rows[] = {
		{ "event", "no alarm, warning or worse", { REPLAY_NEXT_EVENT, REPLAY_NEXT_ALARM }, 2 },
		{ "alarm", "no alarm", { REPLAY_NEXT_ALARM }, 1 },
		{ "command", "no command", { REPLAY_NEXT_COMMAND }, 1 },
		{ "gap", "no gap", { REPLAY_NEXT_GAP }, 1 },
		{ "order", "no order", { REPLAY_NEXT_ORDER }, 1 },
		{ "sample", "no sample", { REPLAY_NEXT_SAMPLE }, 1 },
	};
	bool any = false;
	int64_t at = 0;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(rows) && strcmp(rows[i].name, t->target) != 0)
		i++;
	for (int k = 0; k < rows[i].count; k++) {
		if (find_one(s, rows[i].targets[k], t->backward, &at, &any, err) == -1)
			return -1;
	}
	if (!any)
		return err_set(err, "there is %s %s in what is recorded", rows[i].none,
		    t->backward ? "before this" : "after this");
	return go_and_say(s, rows[i].targets, rows[i].count, at, err);
}

static void say_bounds(struct screen *s, int64_t wanted)
{
	const struct playhead *h = &s->replay->head;
	char text[TIME_TEXT_SIZE];

	if (wanted < h->first_ms || wanted > h->last_ms)
		ui_say(&s->ui, ROLE_WARN, "what is %s %s at %.19sZ",
		    *s->ui.timeline.reach ? "known here" : "recorded",
		    wanted < h->first_ms ? "begins" : "ends",
		    time_format(wanted < h->first_ms ? h->first_ms : h->last_ms, text));
}

int past_go(struct screen *s, const struct travel *t, struct err *err)
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
