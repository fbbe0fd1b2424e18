/* What is remembered of a drone from sample to sample: see watch_private.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/watch_private.h"
#include "base/mem.h"

/* Moved by this much, it makes progress. */
#define PROGRESS_M 10.0
void minute_add(struct minute *m, int64_t second, uint32_t n)
{
	minute_total(m, second);
	m->counts[second % 60] += n;
	m->total += n;
}

uint64_t minute_total(struct minute *m, int64_t second)
{
	for (int i = 0; i < 60 && m->second < second; i++, m->second++) {
		uint32_t *old = &m->counts[(m->second + 1) % 60];

		m->total -= *old;
		*old = 0;
	}
	m->second = second > m->second ? second : m->second;
	return m->total;
}

const enum field plain_fields[PLAIN_COUNT] = {
	[PLAIN_battery] = FIELD_battery, [PLAIN_link] = FIELD_link, [PLAIN_sats] = FIELD_sats,
	[PLAIN_fix] = FIELD_fix, [PLAIN_hdop] = FIELD_hdop, [PLAIN_mode] = FIELD_mode,
	[PLAIN_flags] = FIELD_flags,
};

uint64_t track_plain(struct watch *w, struct track *t, const struct sample *s)
{
	uint64_t rules = 0;

	for (int i = 0; i < PLAIN_COUNT; i++) {
		int32_t raw =
		    sample_has(s, plain_fields[i]) ? (int32_t)s->raw[plain_fields[i]] : INT32_MIN;

		/* Whether it says where it is belongs to the flags: see position_valid. */
		if (i == PLAIN_flags && !(sample_has(s, FIELD_lat) && sample_has(s, FIELD_lon)))
			raw ^= 1 << 30;
		if (raw == t->plain[i])
			continue;
		t->plain[i] = raw;
		rules |= w->plain[i];
	}
	return rules;
}

/* That nobody knows what became of a command is known from the alarm alone after a
 * restart: only another command ends it. */
static void recall_unknown(struct watch *w, struct track *t)
{
	for (uint32_t i = t->subject.first; i != NONE; i = w->entries[i].next) {
		const struct entry *e = &w->entries[i];

		if (e->life.holds && e->rule >= 0 &&
		    condition_uses(&w->rules.rules[e->rule].when, OPERAND_command_unknown))
			t->unknown = true;
	}
}

struct track *track_of(
    struct watch *w, const struct fleet *fleet, size_t drone, struct watch_now now)
{
	const struct drone *d = &fleet->drones[drone];
	struct track *t;

	if (drone >= w->track_count) {
		size_t n = fleet->count > drone ? fleet->count : drone + 1;

		if (n > w->track_cap) {
			w->track_cap = n > 2 * w->track_cap ? n : 2 * w->track_cap;
			w->tracks = xreallocarray(w->tracks, w->track_cap, sizeof(*w->tracks));
		}
		memset(w->tracks + w->track_count, 0, (n - w->track_count) * sizeof(*w->tracks));
		w->track_count = n;
	}
	t = &w->tracks[drone];
	if (t->begun)
		return t;
	t->begun = true;
	t->closest_to = NONE;
	for (int i = 0; i < PLAIN_COUNT; i++)
		t->plain[i] = INT32_MAX; /* no field's value: the first sample runs all */
	t->subject.of = OF_DRONE;
	t->subject.first = NONE;
	t->subject.number = (uint32_t)drone;
	for (size_t r = 0; r < w->rules.count; r++) {
		if (w->rules.rules[r].of == OF_DRONE &&
		    rule_for_drone(&w->rules.rules[r], d->id, d->model))
			t->subject.applies |= UINT64_C(1) << r;
	}
	alarms_attach(w, &t->subject, d->id, now);
	recall_unknown(w, t);
	return t;
}

static void route_free(struct track *t)
{
	if (!t->route)
		return;
	free(t->route->points);
	free(t->route);
	t->route = NULL;
}

void track_clear(struct track *t)
{
	zones_forget(t);
	route_free(t);
	free(t->detail);
	free(t->subject.holds);
}

bool track_home(struct track *t, const struct drone *d, double *x, double *y)
{
	const struct sample *s = &d->newest;
	int64_t lat, lon;

	if (!sample_has(s, FIELD_lat) || !sample_has(s, FIELD_lon) ||
	    !sample_flag(s, FLAG_POSITION_VALID))
		return false;
	if (sample_has(s, FIELD_home_lat) && sample_has(s, FIELD_home_lon)) {
		lat = s->raw[FIELD_home_lat];
		lon = s->raw[FIELD_home_lon];
	} else if (!isnan(d->home_lat) && !isnan(d->home_lon)) {
		lat = llrint(d->home_lat * 1e7);
		lon = llrint(d->home_lon * 1e7);
	} else {
		return false;
	}
	if (lat != t->home_lat || lon != t->home_lon || t->home.m_per_deg_lat == 0) {
		t->home_lat = (int32_t)lat;
		t->home_lon = (int32_t)lon;
		t->home =
		    geo_frame_at((struct geo_point){ (double)lat * 1e-7, (double)lon * 1e-7 });
	}
	geo_to_xy(&t->home, (struct geo_point){ (double)s->raw[FIELD_lat] * 1e-7,
		(double)s->raw[FIELD_lon] * 1e-7 }, x, y);
	return true;
}

static bool goes_somewhere(int64_t mode)
{
	return mode == MODE_TAKEOFF || mode == MODE_GOTO || mode == MODE_MISSION ||
	       mode == MODE_RTL || mode == MODE_LAND;
}

static void note_progress(struct track *t, const struct sample *s, int64_t mode)
{
	double height = sample_value(s, FIELD_height), x, y;

	if (!goes_somewhere(mode) || !sample_flag(s, FLAG_POSITION_VALID) ||
	    !sample_has(s, FIELD_lat) || !sample_has(s, FIELD_lon)) {
		t->moved_ms = 0;
		return;
	}
	/* A degree is 111 km nearly enough here, and never less than it looks. */
	x = ((double)s->raw[FIELD_lon] * 1e-7 - t->moved_lon) * 111320 * t->moved_cos;
	y = ((double)s->raw[FIELD_lat] * 1e-7 - t->moved_lat) * 111320;
	if (t->moved_ms && mode == t->mode && x * x + y * y < PROGRESS_M * PROGRESS_M &&
	    !(fabs(height - t->moved_height) >= PROGRESS_M))
		return;
	t->moved_ms = sample_time(s);
	t->moved_lat = (double)s->raw[FIELD_lat] * 1e-7;
	t->moved_lon = (double)s->raw[FIELD_lon] * 1e-7;
	t->moved_cos = cos(t->moved_lat * M_PI / 180);
	t->moved_height = height;
}

/* The line it should be on: from the item before, or, where it did not come
 * from there, from where it was. */
static void note_leg(struct track *t, const struct sample *s, int64_t mode)
{
	struct geo_point from, to;
	int64_t at;
	bool next;

	if (mode != MODE_MISSION || !t->route || !sample_has(s, FIELD_waypoint) ||
	    !sample_flag(s, FLAG_POSITION_VALID) || !sample_has(s, FIELD_lat) ||
	    !sample_has(s, FIELD_lon)) {
		t->leg.waypoint = 0;
		return;
	}
	at = s->raw[FIELD_waypoint];
	if (at == t->leg.waypoint)
		return;
	next = t->leg.waypoint && at == t->leg.waypoint + 1;
	t->leg.waypoint = 0;
	if (at < 1 || (size_t)at > t->route->count)
		return;
	to = t->route->points[at - 1];
	from = next ? t->route->points[at - 2]
		    : (struct geo_point){ (double)s->raw[FIELD_lat] * 1e-7,
			      (double)s->raw[FIELD_lon] * 1e-7 };
	t->leg.waypoint = (uint16_t)at;
	t->leg.frame = geo_frame_at(to);
	geo_to_xy(&t->leg.frame, from, &t->leg.ax, &t->leg.ay);
	t->leg.bx = t->leg.by = 0;
}

void track_sample(struct track *t, const struct drone *d, struct watch_now now)
{
	const struct sample *s = &d->newest;
	int64_t mode = sample_has(s, FIELD_mode) ? s->raw[FIELD_mode] : MODE_UNKNOWN;

	if (t->time_ms && t->time_ms - sample_time(s) > CLOCK_STEP_MS)
		t->jumped_ms = now.mono_ms;
	t->time_ms = sample_time(s);
	energy_meter_sample(&t->meter, s);
	note_progress(t, s, mode);
	note_leg(t, s, mode);
	t->mode = (uint8_t)mode;
}

void watch_plan(struct watch *w, const struct fleet *fleet, size_t drone, const struct plan *plan,
    struct watch_now now)
{
	struct track *t = track_of(w, fleet, drone, now);

	route_free(t);
	t->leg.waypoint = 0;
	zones_plan(t, plan);
	if (!plan || plan->mission.count == 0)
		return;
	t->route = xcalloc(1, sizeof(*t->route));
	t->route->count = plan->mission.count;
	t->route->points = xcalloc(plan->mission.count, sizeof(*t->route->points));
	for (size_t i = 0; i < plan->mission.count; i++)
		t->route->points[i] = (struct geo_point){ plan->mission.items[i].lat,
			plan->mission.items[i].lon };
}
