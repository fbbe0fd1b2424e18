/* What was known last of a drone: see last_known.h. */
#include "ui/last_known.h"

#include <math.h>
#include <stdio.h>

#include "base/str.h"
#include "ui/drain.h"

/* Slower than that it only hovered: how fast it flies was not seen. */
#define LEAST_SPEED 1.0 /* m/s */
#define MOVES_S 1.0 /* silent for less, it is where it was */

/* The fastest of the last minutes, or of the last sample. */
static double fastest(const struct ui_drone *d, double speed)
{
	const struct trail *t = &d->trail;
	double most = speed;

	for (size_t i = 0; i < t->count; i++) {
		double v = t->points[i].value[TRAIL_SPEED];

		if (isfinite(v) && !(most >= v))
			most = v;
	}
	return most;
}

/* Age of the newest position there is. */
static double position_age(const struct ui_drone *d, double age_s)
{
	const struct trail *t = &d->trail;

	if (sample_flag(&d->sample, FLAG_POSITION_VALID))
		return age_s;
	for (size_t i = t->count; i-- > 0;) {
		if (isfinite(t->points[i].lat))
			return age_s +
			       (double)(sample_time(&d->sample) - t->points[i].time_ms) / 1000;
	}
	return age_s;
}

void last_known(const struct ui_drone *d, struct last_known *out)
{
	const struct sample *s = &d->sample;
	double going_s;

	*out = (struct last_known){ .age_s = d->age_s, .endurance_s = NAN, .left_s = NAN,
		.radius_m = NAN, .home_m = NAN, .home_s = NAN };
	out->speed = sample_value(s, FIELD_speed);
	out->course = sample_value(s, FIELD_course);
	out->climb = sample_value(s, FIELD_climb);
	out->height = sample_value(s, FIELD_height);
	out->battery = sample_value(s, FIELD_battery);
	out->link = sample_value(s, FIELD_link);
	out->maybe_air = sample_maybe_in_air(s);
	out->placed = s->known && model_position(d, &out->at.lat, &out->at.lon);
	out->drain = drone_drain(d);
	out->fastest = fastest(d, out->speed);
	if (out->drain > 0 && isfinite(out->battery)) {
		out->endurance_s = out->battery / out->drain;
		out->left_s = out->endurance_s - out->age_s;
	}
	if (!out->placed || !isfinite(out->age_s))
		return;
	out->position_age_s = position_age(d, out->age_s);
	/* Without charge it goes no further. */
	going_s = out->position_age_s;
	if (isfinite(out->endurance_s) && going_s > out->endurance_s)
		going_s = out->endurance_s;
	if (out->maybe_air && out->fastest >= LEAST_SPEED)
		out->radius_m = out->fastest * going_s;
	out->ghost_known = out->maybe_air && isfinite(out->speed) && isfinite(out->course);
	if (out->ghost_known)
		out->ghost = geo_direct(out->at, out->course, out->speed * going_s);
	if (isfinite(d->home_lat) && isfinite(d->home_lon)) {
		double bearing;

		out->home_known = true;
		out->home_m = geo_inverse(
		    out->at, (struct geo_point){ d->home_lat, d->home_lon }, &bearing);
		if (out->fastest >= LEAST_SPEED)
			out->home_s = out->home_m / out->fastest;
	}
}

bool last_known_moves(const struct last_known *k)
{
	return k->placed && k->maybe_air && k->age_s >= MOVES_S;
}

static void put_s(double s, char text[32])
{
	if (s < 100)
		snprintf(text, 32, "%.0f s", s);
	else if (s < 6000)
		snprintf(text, 32, "%d min %02d s", (int)s / 60, (int)s % 60);
	else
		snprintf(text, 32, "%.1f h", s / 3600);
}

static void put_m(double m, char text[32])
{
	snprintf(text, 32, m < 995 ? "%.0f m" : "%.1f km", m < 995 ? m : m / 1000);
}

static void put_place(struct geo_point p, char text[48])
{
	snprintf(text, 48, "%.5f %c  %.5f %c", fabs(p.lat), p.lat < 0 ? 'S' : 'N', fabs(p.lon),
	    p.lon < 0 ? 'W' : 'E');
}

/* "12.4 m/s", or "? m/s" where it is not known. */
static void put_value(double v, const char *format, const char *unit, char text[32])
{
	char number[24] = "?";

	if (isfinite(v))
		snprintf(number, sizeof(number), format, v);
	snprintf(text, 32, "%s%s", number, unit);
}

static void put_was(const struct last_known *k, char *text, size_t size)
{
	char height[32], speed[32], course[32], climb[32] = "";

	put_value(k->height, "%.0f", " m", height);
	put_value(k->speed, "%.1f", " m/s", speed);
	put_value(k->course, "%03.0f", "\u00b0", course);
	if (fabs(k->climb) >= 0.05)
		put_value(k->climb, "  %+.1f", " up", climb);
	snprintf(text, size, "%s high  %s  %s%s", height, speed, course, climb);
}

static void put_doing(const struct ui_drone *d, const struct last_known *k, char *text, size_t size)
{
	const struct sample *s = &d->sample;
	double at = sample_value(s, FIELD_waypoint), of = sample_value(s, FIELD_waypoints);
	char point[32] = "";

	if (at > 0 && of > 0)
		snprintf(point, sizeof(point), " %.0f/%.0f", at, of);
	snprintf(text, size, "%s%s  %s%s",
	    mode_name(sample_has(s, FIELD_mode) ? s->raw[FIELD_mode] : 0), point,
	    !sample_has(s, FIELD_flags) ? "in the air?"
	    : k->maybe_air              ? "in the air"
					: "on the ground",
	    sample_flag(s, FLAG_FAILSAFE) ? "  FAILSAFE" : "");
}

static bool put_charge(const struct last_known *k, char *text, size_t size)
{
	char battery[32], time[32];

	put_value(k->battery, "%.0f", " % then", battery);
	if (isnan(k->left_s)) {
		snprintf(text, size, "%s  how long: not known", battery);
		return false;
	}
	put_s(fabs(k->left_s), time);
	if (k->left_s > 0)
		snprintf(text, size, "%s  %s left", battery, time);
	else
		snprintf(text, size, "%s  used up %s ago", battery, time);
	return k->left_s < 120;
}

static void put_now(const struct last_known *k, char *text, size_t size)
{
	char place[48], within[32] = "?";

	if (!k->placed) {
		str_copy(text, size, "its position was never known");
	} else if (!k->maybe_air) {
		str_copy(text, size, "it was on the ground: where it was");
	} else {
		if (isfinite(k->radius_m))
			put_m(k->radius_m, within);
		str_copy(place, sizeof(place), "not known");
		if (k->ghost_known)
			put_place(k->ghost, place);
		snprintf(text, size, "%s  within %s", place, within);
	}
}

static bool put_home(const struct last_known *k, char *text, size_t size)
{
	char far[32], time[32] = "time not known";
	bool late = k->home_s > k->endurance_s;

	if (!k->home_known) {
		str_copy(text, size, "not known");
		return false;
	}
	if (k->home_m < 3) {
		str_copy(text, size, "it was there");
		return false;
	}
	put_m(k->home_m, far);
	if (isfinite(k->home_s))
		put_s(k->home_s, time);
	snprintf(text, size, "%s from there, %s%s%s", far, isfinite(k->home_s) ? "in " : "", time,
	    late ? ": more than the charge lasted" : "");
	return late;
}

int last_known_lines(const struct ui_drone *d, const struct last_known *k,
    struct last_known_line *lines, int max)
{
	struct last_known_line all[LAST_KNOWN_LINES] = { { .label = "last" }, { .label = "now?" },
		{ .label = "bat" }, { .label = "was" }, { .label = "did" }, { .label = "home" },
		{ .label = "link" }, { .label = "self" } };
	char place[48] = "never known", age[32] = "never heard", link[32];
	const size_t size = sizeof(all[0].text);
	int n = max < LAST_KNOWN_LINES ? max : LAST_KNOWN_LINES;

	if (k->placed)
		put_place(k->at, place);
	if (isfinite(k->age_s))
		put_s(k->placed ? k->position_age_s : k->age_s, age);
	snprintf(all[0].text, size, "%s  %s%s", place, age, isfinite(k->age_s) ? " ago" : "");
	put_now(k, all[1].text, size);
	all[2].warn = put_charge(k, all[2].text, size);
	put_was(k, all[3].text, size);
	put_doing(d, k, all[4].text, size);
	all[5].warn = put_home(k, all[5].text, size);
	put_value(k->link, "%.0f", " % then", link);
	snprintf(all[6].text, size, "%s  seq %u", link, d->sample.known ? sample_seq(&d->sample) : 0);
	str_copy(all[7].text, size, sample_flag(&d->sample, FLAG_FAILSAFE)
					? "its failsafe was active already"
					: "it tells not what it does alone");
	for (int i = 0; i < n; i++)
		lines[i] = all[i];
	return n;
}
