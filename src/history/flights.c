/* Flights found in samples: see flights.h. */
#include "history/flights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

const char *const flight_end_names[FLIGHT_END_COUNT] = {
	"", "landed", "emergency", "restarted", "lost", "none",
};

static struct geo_point position(const struct sample *s)
{
	struct geo_point p = { NAN, NAN };

	if (sample_flag(s, FLAG_POSITION_VALID) && sample_has(s, FIELD_lat) &&
	    sample_has(s, FIELD_lon)) {
		p.lat = sample_value(s, FIELD_lat);
		p.lon = sample_value(s, FIELD_lon);
	}
	return p;
}

/* Metres north or east that are certainly less than the step: no need for
 * the geodesic, which takes longer than all the rest. */
static bool near(struct geo_point a, struct geo_point b)
{
	const double lat = FLIGHT_STEP_M / 2 / 111700.0;

	return fabs(a.lat - b.lat) < lat && fabs(a.lon - b.lon) < lat;
}

/* Along the ellipsoid; by the flat frame where that is as good and ten times quicker. */
static double step_m(struct geo_point a, struct geo_point b)
{
	struct geo_frame frame;
	double x, y;

	if (fabs(a.lat) > 85 || fabs(a.lat - b.lat) > 0.01 || fabs(a.lon - b.lon) > 0.01)
		return geo_distance_m(a, b);
	frame = geo_frame_at(a);
	geo_to_xy(&frame, b, &x, &y);
	return sqrt(x * x + y * y);
}

static void move(struct flight *f, struct geo_point p)
{
	double step;

	if (isnan(p.lat))
		return;
	if (isnan(f->from.lat))
		f->from = p;
	if (isnan(f->to.lat))
		f->to = p;
	if (near(f->to, p))
		return;
	step = step_m(f->to, p);
	if (step < FLIGHT_STEP_M)
		return;
	f->distance_m += step;
	f->to = p;
}

static void count(struct flight_tracker *t, const struct sample *s)
{
	struct flight *f = &t->flight;
	double height = sample_value(s, FIELD_height);

	move(f, position(s));
	if (!isnan(height) && !(height <= f->highest_m))
		f->highest_m = height;
	if (sample_has(s, FIELD_battery))
		f->battery_end = sample_value(s, FIELD_battery);
	if (sample_has(s, FIELD_used))
		f->used_end = sample_value(s, FIELD_used);
	if (sample_flag(s, FLAG_IN_AIR)) {
		f->flown = true;
		t->ground_since_ms = 0;
	} else if (!t->ground_since_ms) {
		t->ground_since_ms = sample_time(s);
	}
	f->last_seq = sample_seq(s);
	f->last_ms = sample_time(s);
}

static void begin(struct flight_tracker *t, const char *drone, const struct sample *s)
{
	struct flight *f = &t->flight;
	char text[TIME_TEXT_SIZE];

	*f = (struct flight){
		.boot = sample_boot(s),
		.start_ms = sample_time(s),
		.from = { NAN, NAN },
		.to = { NAN, NAN },
		.highest_m = NAN,
		.battery_start = sample_value(s, FIELD_battery),
		.battery_end = NAN,
		.used_start = sample_value(s, FIELD_used),
		.used_end = NAN,
	};
	str_copy(f->drone, sizeof(f->drone), drone);
	time_format(f->start_ms, text);
	if (strlen(text) == 24 && text[10] == 'T')
		snprintf(f->id, sizeof(f->id), "%s-%.4s%.2s%.2sT%.2s%.2s%.2s", drone, text,
		    text + 5, text + 8, text + 11, text + 14, text + 17);
	else
		snprintf(f->id, sizeof(f->id), "%s-%lld", drone, (long long)f->start_ms);
	t->on = true;
	t->ground_since_ms = 0;
	count(t, s);
}

static bool finish(struct flight_tracker *t, enum flight_end ended, int64_t at_ms,
    struct flight *out)
{
	t->flight.ended = t->flight.flown ? ended : FLIGHT_NONE;
	t->flight.end_ms = at_ms;
	t->on = false;
	*out = t->flight;
	return true;
}

bool flights_sample(struct flight_tracker *t, const char *drone, const struct sample *s,
    struct flight *out)
{
	bool active = sample_flag(s, FLAG_ARMED) || sample_flag(s, FLAG_IN_AIR);
	bool flown = t->flight.flown;

	if (t->any && (sample_boot(s) < t->boot ||
			  (sample_boot(s) == t->boot && sample_seq(s) <= t->seq)))
		return false;
	t->any = true;
	t->boot = sample_boot(s);
	t->seq = sample_seq(s);
	t->time_ms = sample_time(s);
	if (!t->on) {
		if (!active)
			return false;
		begin(t, drone, s);
		*out = t->flight;
		return true;
	}
	if (sample_boot(s) != t->flight.boot)
		return finish(t, FLIGHT_RESTARTED, t->flight.last_ms, out);
	if (sample_time(s) < t->flight.start_ms ||
	    sample_time(s) - t->flight.last_ms > FLIGHT_SILENT_MS)
		return finish(t, FLIGHT_LOST, t->flight.last_ms, out);
	/* Without flags nothing is known of ground or air. */
	if (!sample_has(s, FIELD_flags))
		return false;
	count(t, s);
	if (!active || (t->flight.flown && t->ground_since_ms &&
			   sample_time(s) - t->ground_since_ms >= FLIGHT_GROUND_MS))
		return finish(t,
		    sample_has(s, FIELD_mode) && s->raw[FIELD_mode] == MODE_EMERGENCY
			? FLIGHT_EMERGENCY
			: FLIGHT_LANDED,
		    t->ground_since_ms ? t->ground_since_ms : sample_time(s), out);
	*out = t->flight;
	return t->flight.flown && !flown;
}

void flights_resume(struct flight_tracker *t, const struct flight *stored)
{
	*t = (struct flight_tracker){
		.on = true,
		.any = true,
		.boot = stored->boot,
		.seq = stored->last_seq,
		.time_ms = stored->last_ms,
		.flight = *stored,
	};
}
