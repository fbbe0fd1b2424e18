/* Rules run over subjects; samples, clock, happenings: see watch.h. */
#include "alarm/watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/watch_private.h"
#include "base/mem.h"

/* Whether it speaks of plain fields and flags alone; *fields is which. */
static bool is_plain(const struct rule *r, uint64_t *fields)
{
	uint64_t plain = 0, uses[2] = { r->when.uses[0] | r->clear.uses[0],
		r->when.uses[1] | r->clear.uses[1] };

	if (r->modes)
		uses[0] |= UINT64_C(1) << FIELD_mode;
	if (r->in_air >= 0 || r->armed >= 0)
		uses[0] |= UINT64_C(1) << FIELD_flags;
	for (int o = OPERAND_armed; o <= OPERAND_payload; o++) {
		if (uses[o >> 6] >> (o & 63) & 1) {
			uses[o >> 6] &= ~(UINT64_C(1) << (o & 63));
			uses[0] |= UINT64_C(1) << FIELD_flags;
		}
	}
	for (int i = 0; i < PLAIN_COUNT; i++)
		plain |= UINT64_C(1) << plain_fields[i];
	*fields = uses[0] & plain;
	return uses[1] == 0 && (uses[0] & ~plain) == 0;
}

static void sort_rule(struct watch *w, size_t rule)
{
	const struct rule *r = &w->rules.rules[rule];
	uint64_t bit = UINT64_C(1) << rule, fields;

	w->of[r->of] |= bit;
	w->by_sample |= r->by & BY_SAMPLE ? bit : 0;
	w->by_clock |= r->by & BY_CLOCK ? bit : 0;
	w->by_second |= r->by & BY_SECOND ? bit : 0;
	if (!is_plain(r, &fields)) {
		/* With the clock in it, the clock is what raises it. */
		w->not_plain |= r->by == BY_SAMPLE ? bit : 0;
		return;
	}
	for (int i = 0; i < PLAIN_COUNT; i++)
		w->plain[i] |= fields >> plain_fields[i] & 1 ? bit : 0;
}

struct watch *watch_new(const struct watch_settings *settings, struct rule_set *rules)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->rules = *rules;
	memset(rules, 0, sizeof(*rules));
	w->settings = *settings;
	str_copy(w->site_name, sizeof(w->site_name),
	    settings->site && *settings->site ? settings->site : "site");
	w->settings.site = w->site_name;
	w->free = NONE;
	for (size_t i = 0; i < w->rules.count; i++)
		sort_rule(w, i);
	w->site.of = OF_SITE;
	w->site.first = NONE;
	w->site.applies = w->of[OF_SITE];
	return w;
}

void watch_free(struct watch **wp)
{
	struct watch *w = *wp;

	if (!w)
		return;
	for (size_t i = 0; i < w->track_count; i++)
		track_clear(&w->tracks[i]);
	for (size_t i = 0; i < w->source_count; i++)
		free(w->sources[i].subject.holds);
	free(w->site.holds);
	free(w->tracks);
	free(w->sources);
	free(w->ones);
	free(w->found);
	separation_clear(&w->separation);
	alarms_clear(w);
	rule_set_clear(&w->rules);
	free(w);
	*wp = NULL;
}

/* Rules -------------------------------------------------------------------- */

/* `only`, as far as it is about what the drone does. */
static bool gate_open(const struct rule *r, struct view *view)
{
	if (r->modes && !(r->modes >> (int)operands_get(&view->v, (enum operand)FIELD_mode) & 1))
		return false;
	if (r->in_air >= 0 && operands_get(&view->v, OPERAND_in_air) != r->in_air)
		return false;
	return r->armed < 0 || operands_get(&view->v, OPERAND_armed) == r->armed;
}

static bool is_over(const struct rule *r, struct view *view)
{
	if (r->gated && !gate_open(r, view))
		return true;
	return condition_eval(&r->clear, &view->v) == (r->clear_negated ? TRUTH_FALSE : TRUTH_TRUE);
}

/* True once the condition has held for long enough. */
static bool counts(struct subject *s, int rule, const struct rule *r, struct view *view,
    bool sample, size_t rule_count)
{
	uint64_t bit = UINT64_C(1) << rule;
	enum truth truth = !r->gated || gate_open(r, view) ? condition_eval(&r->when, &view->v)
							   : TRUTH_FALSE;

	if (truth == TRUTH_FALSE) {
		if (s->pending & bit) {
			s->pending &= ~bit;
			if (s->holds)
				s->holds[rule].count = 0;
		}
		return false;
	}
	if (truth == TRUTH_UNKNOWN)
		return false;
	if (r->hold_ms == 0 && r->hold_samples <= 1)
		return true;
	if (!s->holds)
		s->holds = xcalloc(rule_count, sizeof(*s->holds));
	if (!pending_step(
		&s->holds[rule], truth, r->hold_ms, r->hold_samples, sample, view->now.mono_ms)) {
		s->pending |= bit;
		return false;
	}
	s->pending &= ~bit;
	s->holds[rule].count = 0;
	return true;
}

static void run_standing(
    struct watch *w, struct subject *s, int rule, struct view *view, bool sample)
{
	const struct rule *r = &w->rules.rules[rule];
	struct entry *e = alarm_of(w, s, rule);
	bool changed = false;

	if (e->life.holds) {
		changed = is_over(r, view) && life_condition(&e->life, false);
	} else if (counts(s, rule, r, view, sample, w->rules.count)) {
		changed = life_condition(&e->life, true);
		alarm_again(w, e, view);
	}
	if (changed)
		alarm_tell(w, e, view->now);
}

static void run(struct watch *w, struct subject *s, uint64_t rules, struct view *view, bool sample)
{
	for (uint64_t left = rules & s->applies; left; left &= left - 1) {
		int rule = __builtin_ctzll(left);

		if (s->standing >> rule & 1)
			run_standing(w, s, rule, view, sample);
		else if (counts(s, rule, &w->rules.rules[rule], view, sample, w->rules.count) &&
		    !alarm_raise(w, s, rule, view))
			s->pending |= UINT64_C(1) << rule; /* no room: tried again */
	}
}

/* Samples ------------------------------------------------------------------ */

static bool is_replay(const struct watch *w, const struct drone *d)
{
	return d->kind == KIND_REPLAY || (d->source >= 0 && (size_t)d->source < w->source_count &&
	    w->sources[d->source].now.replay);
}

void watch_sample(struct watch *w, const struct fleet *fleet, size_t drone, struct watch_now now)
{
	const struct drone *d = &fleet->drones[drone];
	struct track *t = track_of(w, fleet, drone, now);
	struct view view;

	if (is_replay(w, d))
		return;
	track_sample(t, d, now);
	view_init(&view, w, fleet, drone, d->source, now);
	/* What is pending or stands is looked at whatever changed: what the clock
	 * raised, a sample may end. */
	run(w, &t->subject, w->not_plain | track_plain(w, t, &d->newest) | t->subject.standing |
	    t->subject.pending, &view, true);
	if (t->subject.out)
		alarms_back(w, &t->subject, now);
}

/* The clock ---------------------------------------------------------------- */

/* Whether it is in the air, where, and of late enough. */
static bool is_flying(const struct watch *w, const struct drone *d, struct watch_now now)
{
	const struct sample *s = &d->newest;

	return s->known && !is_replay(w, d) && sample_flag(s, FLAG_IN_AIR) &&
	       sample_flag(s, FLAG_POSITION_VALID) && sample_has(s, FIELD_lat) &&
	       sample_has(s, FIELD_lon) &&
	       (double)(now.mono_ms - d->arrived_mono_ms) < w->settings.stale_s * 1000;
}

static void separation_of(struct watch *w, const struct fleet *fleet, struct watch_now now)
{
	size_t n = 0;

	if (w->ones_cap < fleet->count) {
		w->ones_cap = fleet->count;
		w->ones = xreallocarray(w->ones, w->ones_cap, sizeof(*w->ones));
		w->found = xreallocarray(w->found, w->ones_cap, sizeof(*w->found));
	}
	for (size_t i = 0; i < fleet->count; i++) {
		const struct drone *d = &fleet->drones[i];
		double speed = sample_value(&d->newest, FIELD_speed);
		double course = sample_value(&d->newest, FIELD_course) * M_PI / 180;
		double climb = sample_value(&d->newest, FIELD_climb);
		bool moves = !isnan(speed) && !isnan(course);

		if (!is_flying(w, d, now))
			continue;
		w->ones[n++] = (struct separation_one){
			.lat = sample_value(&d->newest, FIELD_lat),
			.lon = sample_value(&d->newest, FIELD_lon),
			.alt = sample_value(&d->newest, FIELD_alt),
			.east = moves ? speed * sin(course) : 0,
			.north = moves ? speed * cos(course) : 0,
			.up = isnan(climb) ? 0 : climb,
			.drone = (uint32_t)i,
		};
	}
	separation_round(&w->separation, w->ones, n, w->found);
	for (size_t i = 0; i < fleet->count; i++)
		track_of(w, fleet, i, now)->closest_ms = 0;
	for (size_t i = 0; i < n; i++) {
		struct track *t = &w->tracks[w->ones[i].drone];

		t->closest_ms = now.mono_ms;
		t->closest_m = (float)w->found[i].closest_m;
		t->closest_s = (float)w->found[i].closest_s;
		t->closest_to = w->found[i].other == SEPARATION_NOBODY
				    ? NONE
				    : w->ones[w->found[i].other].drone;
	}
}

static void run_site(struct watch *w, const struct fleet *fleet, struct watch_now now)
{
	struct view view;

	view_init(&view, w, fleet, WATCH_NO_DRONE, NO_SOURCE, now);
	run(w, &w->site, w->of[OF_SITE], &view, false);
	if (now.mono_ms < w->reword_ms)
		return;
	w->reword_ms = now.mono_ms + REWORD_MS;
	alarms_reword(w, &w->site, &view);
}

static void run_source(struct watch *w, const struct fleet *fleet, int source, struct watch_now now)
{
	struct view view;

	view_init(&view, w, fleet, WATCH_NO_DRONE, source, now);
	if (view.source)
		run(w, &view.source->subject, w->of[OF_SOURCE], &view, false);
	if (view.source && view.source->subject.out && view.source->now.up)
		alarms_back(w, &view.source->subject, now);
}

static void run_drone(struct watch *w, const struct fleet *fleet, size_t drone, uint64_t rules,
    struct watch_now now)
{
	struct track *t = track_of(w, fleet, drone, now);
	struct view view;

	if (!fleet->drones[drone].newest.known || fleet->drones[drone].awaited ||
	    is_replay(w, &fleet->drones[drone]))
		return;
	if (now.mono_ms >= t->second_ms) {
		t->second_ms = now.mono_ms + SECOND_MS;
		rules |= w->by_second;
	}
	view_init(&view, w, fleet, drone, fleet->drones[drone].source, now);
	run(w, &t->subject, rules, &view, false);
}

/* The next part of the fleet. */
static void run_part(struct watch *w, const struct fleet *fleet, struct watch_now now)
{
	size_t from = fleet->count * w->part / PARTS, to = fleet->count * (w->part + 1) / PARTS;

	for (size_t i = from; i < to; i++)
		run_drone(w, fleet, i, w->by_clock, now);
	w->part = (w->part + 1) % PARTS;
}

int64_t watch_tick(struct watch *w, const struct fleet *fleet, struct watch_now now)
{
	int64_t late = now.mono_ms - w->tick_ms;

	if (late < 0)
		return w->tick_ms;
	w->tick_ms = now.mono_ms + TICK_MS;
	if (now.mono_ms >= w->second_ms) {
		w->second_ms = now.mono_ms + SECOND_MS;
		separation_of(w, fleet, now);
	}
	/* Sources first, for a lost source takes its drones' alarms along. */
	if (w->part == 0 || late >= TICK_MS) {
		alarms_clock(w, now);
		for (size_t i = 0; i < w->source_count; i++)
			run_source(w, fleet, (int)i, now);
		run_site(w, fleet, now);
	}
	/* Called seldom, it has more to do at a time. */
	for (int64_t i = 0; i <= late / TICK_MS && i < PARTS; i++)
		run_part(w, fleet, now);
	return w->tick_ms;
}

/* Sources and happenings --------------------------------------------------- */

static struct watched_source *source_of(struct watch *w, int source, struct watch_now now)
{
	struct watched_source *s;

	if ((size_t)source >= w->source_count) {
		w->sources = xreallocarray(w->sources, (size_t)source + 1, sizeof(*w->sources));
		memset(w->sources + w->source_count, 0,
		    ((size_t)source + 1 - w->source_count) * sizeof(*w->sources));
		w->source_count = (size_t)source + 1;
	}
	s = &w->sources[source];
	if (s->begun)
		return s;
	s->begun = true;
	s->since_ms = now.mono_ms;
	s->subject.of = OF_SOURCE;
	s->subject.number = (uint32_t)source;
	s->subject.first = NONE;
	return s;
}

void watch_source(struct watch *w, int source, const struct watch_source *is, struct watch_now now)
{
	struct watched_source *s = source_of(w, source, now);
	bool named = strcmp(s->now.name, is->name) != 0;

	if (s->now.clock_known && is->clock_known &&
	    llabs(is->offset_ms - s->now.offset_ms) > CLOCK_STEP_MS)
		s->stepped_ms = now.mono_ms;
	s->now = *is;
	if (!named)
		return;
	for (size_t r = 0; r < w->rules.count; r++) {
		if (w->rules.rules[r].of == OF_SOURCE &&
		    rule_for_drone(&w->rules.rules[r], is->name, ""))
			s->subject.applies |= UINT64_C(1) << r;
	}
	alarms_attach(w, &s->subject, is->name, now);
}

static void command_outcome(struct track *t, enum happening what, const char *text,
    struct watch_now now)
{
	bool bad = what != HAPPENING_COMMAND_DONE;

	t->failed_ms = what == HAPPENING_COMMAND_FAILED ? now.mono_ms : 0;
	t->unknown = what == HAPPENING_COMMAND_UNKNOWN;
	free(t->detail);
	t->detail = NULL;
	if (bad) {
		t->detail = xcalloc(1, DETAIL_SIZE);
		str_copy(t->detail, DETAIL_SIZE, text);
	}
}

void watch_happening(struct watch *w, const struct fleet *fleet, enum happening what, size_t drone,
    int source, const char *text, struct watch_now now)
{
	struct watched_source *s;

	switch (what) {
	case HAPPENING_COMMAND_FAILED:
	case HAPPENING_COMMAND_UNKNOWN:
	case HAPPENING_COMMAND_DONE:
		if (drone == WATCH_NO_DRONE)
			return;
		command_outcome(track_of(w, fleet, drone, now), what, text, now);
		run_drone(w, fleet, drone, w->by_clock | w->by_second, now);
		break;
	case HAPPENING_REJECT:
		if (source < 0)
			return;
		s = source_of(w, source, now);
		minute_add(&s->rejects, now.mono_ms / 1000, 1);
		str_copy(s->detail, sizeof(s->detail), text);
		run_source(w, fleet, source, now);
		break;
	case HAPPENING_HISTORY_OUT:
	case HAPPENING_HISTORY_BACK:
		w->history_out = what == HAPPENING_HISTORY_OUT;
		str_copy(w->history_detail, sizeof(w->history_detail), w->history_out ? text : "");
		run_site(w, fleet, now);
		break;
	default:
		break;
	}
}

void watch_progress(struct watch *w, const struct fleet *fleet, size_t drone,
    const struct progress *cm, struct watch_now now)
{
	enum happening what;
	char text[TEXT_SIZE + 2 * ID_SIZE];

	switch (cm->stage) {
	case STAGE_FAILED:
		/* The words are the protocol's: somebody wanted it so. */
		if (str_starts(cm->text, "replaced by "))
			return;
		what = HAPPENING_COMMAND_FAILED;
		break;
	case STAGE_TIMEOUT:
		what = HAPPENING_COMMAND_UNKNOWN;
		break;
	case STAGE_ACCEPTED:
	case STAGE_ACTIVE:
	case STAGE_DONE:
		what = HAPPENING_COMMAND_DONE;
		break;
	default:
		return;
	}
	snprintf(text, sizeof(text), "%s %s, %s", cm->cmd,
	    what == HAPPENING_COMMAND_FAILED ? "failed" : "was not answered", cm->text);
	watch_happening(w, fleet, what, drone, NO_SOURCE, text, now);
}

double watch_operand(struct watch *w, const struct fleet *fleet, size_t drone, enum operand o,
    struct watch_now now)
{
	struct view view;

	if (drone != WATCH_NO_DRONE)
		track_of(w, fleet, drone, now);
	view_init(&view, w, fleet, drone,
	    drone == WATCH_NO_DRONE ? NO_SOURCE : fleet->drones[drone].source, now);
	return operands_get(&view.v, o);
}
