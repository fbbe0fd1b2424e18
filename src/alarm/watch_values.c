/* Operands of a subject at an instant: see watch_private.h. */
#include <math.h>
#include <string.h>

#include "alarm/watch_private.h"

#define SEPARATION_OLD_MS 5000

static double yes(bool b)
{
	return b ? 1 : 0;
}

static double flag_value(const struct sample *s, enum operand o)
{
	bool set = sample_flag(s, 1 << (o - OPERAND_armed)), known = sample_has(s, FIELD_flags);

	switch (o) {
	case OPERAND_armed:
	case OPERAND_in_air:
		return yes(set || !known);
	case OPERAND_position_valid:
		return yes(set && sample_has(s, FIELD_lat) && sample_has(s, FIELD_lon));
	case OPERAND_charging:
		return yes(set);
	default:
		return known ? yes(set) : NAN;
	}
}

/* Between the step of a source's clock and the heartbeat that tells of it, a
 * sample's time says nothing; nor does that of one from before the step. */
static bool time_doubtful(const struct view *view)
{
	int64_t stepped = view->source->stepped_ms, jumped = view->track->jumped_ms;

	return (stepped && view->drone->arrived_mono_ms <= stepped) ||
	       (jumped > stepped && view->now.mono_ms - jumped < CLOCK_DOUBT_MS);
}

static double age_s(const struct view *view)
{
	double arrived = (double)(view->now.mono_ms - view->drone->arrived_mono_ms) / 1000, own;

	if (!view->source || !view->source->now.clock_known || time_doubtful(view))
		return arrived;
	own = (double)(view->now.ms + view->source->now.offset_ms -
		       sample_time(&view->drone->newest)) /
	      1000;
	return fmax(arrived, own);
}

static double stale_s(const struct view *view)
{
	double s = view->w->settings.stale_s, rate = view->drone->rate_hz;

	return rate > 0 ? fmax(s, 3 / rate) : s;
}

static double missing(const struct drone *d)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->boot_count; i++)
		n += ranges_total(&d->boots[i].missing);
	return (double)n;
}

static void measure_energy(struct view *view, double distance_m, double bearing_deg)
{
	const struct sample *s = &view->drone->newest;
	struct energy_in in = {
		.battery = sample_value(s, FIELD_battery),
		.rate = energy_meter_rate(&view->track->meter),
		.travel_rate = energy_meter_travel_rate(&view->track->meter),
		.distance_m = distance_m,
		.bearing_deg = bearing_deg,
		.height_m = sample_value(s, FIELD_height),
		.airspeed = energy_meter_airspeed(&view->track->meter),
		.ground = energy_meter_ground(&view->track->meter),
		.wind = sample_value(s, FIELD_wind),
		.wind_from = sample_value(s, FIELD_wind_from),
		.speed = sample_value(s, FIELD_speed),
		.course = sample_value(s, FIELD_course),
	};

	energy_home(&in, &view->track->energy);
}

static void energy_values(struct view *view)
{
	struct track *t = view->track;
	double x, y;

	if (view->now.mono_ms >= t->energy_ms) {
		t->energy_ms = view->now.mono_ms + ENERGY_MS;
		if (track_home(t, view->drone, &x, &y))
			measure_energy(view, sqrt(x * x + y * y), atan2(-x, -y) * 180 / M_PI);
		else
			measure_energy(view, NAN, NAN);
	}
	operands_set(&view->v, OPERAND_battery_rate, energy_meter_rate(&t->meter) * 60);
	operands_set(&view->v, OPERAND_time_home_s, t->energy.time_home_s);
	operands_set(&view->v, OPERAND_energy_home, t->energy.home);
	operands_set(&view->v, OPERAND_energy_margin, t->energy.margin);
	operands_set(&view->v, OPERAND_endurance_s, t->energy.endurance_s);
	operands_set(&view->v, OPERAND_no_return_s, t->energy.no_return_s);
}

static double distance_home_m(const struct view *view)
{
	double x, y;

	return track_home(view->track, view->drone, &x, &y) ? sqrt(x * x + y * y) : NAN;
}

static double cross_track_m(const struct view *view)
{
	const struct leg *leg = &view->track->leg;
	const struct sample *s = &view->drone->newest;
	double x, y, dx, dy, length, t;

	if (leg->waypoint == 0)
		return NAN;
	geo_to_xy(&leg->frame, (struct geo_point){ (double)s->raw[FIELD_lat] * 1e-7,
		(double)s->raw[FIELD_lon] * 1e-7 }, &x, &y);
	dx = leg->bx - leg->ax;
	dy = leg->by - leg->ay;
	length = dx * dx + dy * dy;
	t = length > 0 ? ((x - leg->ax) * dx + (y - leg->ay) * dy) / length : 1;
	t = fmin(fmax(t, 0), 1);
	return hypot(x - leg->ax - t * dx, y - leg->ay - t * dy);
}

static bool first_of_two(const struct view *view)
{
	const struct track *t = view->track, *other;
	const struct drone *drones = view->fleet->drones;

	if (t->closest_to == NONE)
		return false;
	other = &view->w->tracks[t->closest_to];
	/* Where each is the other's nearest, one alarm is enough. */
	return other->closest_to != (uint32_t)(view->drone - drones) ||
	    strcmp(view->drone->id, drones[t->closest_to].id) < 0;
}

static double separation(const struct view *view, enum operand o)
{
	const struct track *t = view->track;

	if (t->closest_ms == 0 || view->now.mono_ms - t->closest_ms > SEPARATION_OLD_MS)
		return NAN;
	switch (o) {
	case OPERAND_separation_m:
		return (double)t->closest_m;
	case OPERAND_separation_s:
		return (double)t->closest_s;
	default:
		return yes(first_of_two(view));
	}
}

static double drone_value(struct view *view, enum operand o)
{
	const struct sample *s = &view->drone->newest;
	const struct track *t = view->track;

	if (o >= OPERAND_armed && o <= OPERAND_payload)
		return flag_value(s, o);
	switch (o) {
	case OPERAND_age_s:
		return age_s(view);
	case OPERAND_stale_s:
		return stale_s(view);
	case OPERAND_lost_s:
		return fmax(view->w->settings.lost_s, stale_s(view));
	case OPERAND_rate_hz:
		return view->drone->rate_hz > 0 ? view->drone->rate_hz : NAN;
	case OPERAND_missing:
		return missing(view->drone);
	case OPERAND_distance_home_m:
		return distance_home_m(view);
	case OPERAND_separation_m:
	case OPERAND_separation_s:
	case OPERAND_separation_first:
		return separation(view, o);
	case OPERAND_cross_track_m:
		return cross_track_m(view);
	case OPERAND_no_progress_s:
		return t->moved_ms ? (double)(sample_time(s) - t->moved_ms) / 1000 : NAN;
	case OPERAND_command_failed:
		return yes(t->failed_ms && view->now.mono_ms - t->failed_ms < COMMAND_FAILED_MS);
	case OPERAND_command_unknown:
		return yes(t->unknown);
	default:
		return NAN;
	}
}

static double source_value(const struct view *view, enum operand o)
{
	struct watched_source *s = view->source;

	if (!s || s->now.replay)
		return NAN;
	switch (o) {
	case OPERAND_source_up:
		if (!s->now.up && !s->now.heard &&
		    view->now.mono_ms - s->since_ms < SOURCE_PATIENCE_MS)
			return NAN;
		return yes(s->now.up);
	case OPERAND_clock_skew_s:
		return s->now.clock_known ? fabs((double)s->now.offset_ms) / 1000 : NAN;
	case OPERAND_rejects_min:
		return (double)minute_total(&s->rejects, view->now.mono_ms / 1000);
	default:
		return NAN;
	}
}

static double site_value(const struct view *view, enum operand o)
{
	if (o == OPERAND_history_out)
		return yes(view->w->history_out);
	if (o == OPERAND_alarms_10min)
		return (double)raises_within(view->w, 0, RAISES_MS, view->now.ms);
	return NAN;
}

static double field_value(const struct sample *s, enum operand o)
{
	/* A mode that nobody says, or that has no name here, is the mode "unknown". */
	if (o == (enum operand)FIELD_mode) {
		int64_t mode = sample_has(s, FIELD_mode) ? s->raw[FIELD_mode] : MODE_UNKNOWN;

		return mode < MODE_COUNT ? (double)mode : MODE_UNKNOWN;
	}
	return sample_has(s, (enum field)o) ? (double)s->raw[o] * field_table[o].scale : NAN;
}

static void fill(struct operands *v, enum operand o)
{
	struct view *view = (struct view *)v;
	enum operand_of of = o <= OPERAND_payload ? OF_DRONE : operand_desc(o)->of;

	if (of == OF_SITE)
		operands_set(v, o, site_value(view, o));
	else if (of == OF_SOURCE)
		operands_set(v, o, source_value(view, o));
	else if (!view->drone || !view->drone->newest.known)
		operands_set(v, o, NAN);
	else if (o < (enum operand)FIELD_COUNT)
		operands_set(v, o, field_value(&view->drone->newest, o));
	else if (o >= OPERAND_time_home_s && o <= OPERAND_no_return_s)
		energy_values(view);
	else if (o >= OPERAND_fence_margin_m && o <= OPERAND_height_over_ceiling_m)
		zones_values(view);
	else
		operands_set(v, o, drone_value(view, o));
}

void view_init(struct view *view, struct watch *w, const struct fleet *fleet, size_t drone,
    int source, struct watch_now now)
{
	view->v.have[0] = view->v.have[1] = 0;
	view->v.fill = fill;
	view->w = w;
	view->fleet = fleet;
	view->drone = drone == WATCH_NO_DRONE ? NULL : &fleet->drones[drone];
	view->track = drone == WATCH_NO_DRONE ? NULL : &w->tracks[drone];
	view->source = source >= 0 && (size_t)source < w->source_count && w->sources[source].begun
			   ? &w->sources[source] : NULL;
	view->now = now;
}

struct rule_names view_names(struct view *view, const struct rule *r)
{
	struct rule_names names = { 0 };

	if (view->source) {
		names.source = view->source->now.name;
		names.detail = view->source->detail;
	}
	if (view->track) {
		names.detail = view->track->detail;
		names.zone = zones_name(view->track, r);
		if (view->track->closest_to != NONE)
			names.other = view->fleet->drones[view->track->closest_to].id;
	}
	if (condition_uses(&r->when, OPERAND_history_out)) {
		names.detail = view->w->history_detail;
	} else if (r->of == OF_SITE) {
		alarms_summary(view->w, view->w->summary, sizeof(view->w->summary));
		names.detail = view->w->summary;
	}
	return names;
}
