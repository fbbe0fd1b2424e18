/* What speaks against a command: see advice.h. */
#include "alarm/advice.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/energy.h"
#include "base/geo.h"
#include "base/mem.h"

/* Farther off than this the ages of samples are uncertain. */
#define CLOCK_OFF_S 2.0
/* m/s over ground: hardly any drone is faster. What one does that was not seen to go
 * anywhere yet; so it takes at least as long. */
#define FASTEST 25.0

const struct advice_desc advice_table[ADVICE_COUNT] = {
	[ADVICE_LOST] = { "lost", LEVEL_CRITICAL, true, "it was not heard for long, or never" },
	[ADVICE_NO_FIX] = { "no-fix", LEVEL_CRITICAL, true, "it does not know where it is" },
	[ADVICE_STALE] = { "stale", LEVEL_WARNING, false, "it was not heard for a while" },
	[ADVICE_CLOCK] = { "clock", LEVEL_WATCH, false, "its clock is off" },
	[ADVICE_OUTSIDE] = { "outside", LEVEL_CRITICAL, true, "the place is not permitted" },
	[ADVICE_LEAVES] = { "leaves", LEVEL_CRITICAL, true, "the straight way leaves what is permitted" },
	[ADVICE_ENTERS] = { "enters", LEVEL_CRITICAL, true, "the straight way enters what is not permitted" },
	[ADVICE_CEILING] = { "ceiling", LEVEL_WARNING, true, "it is too high there or on the way" },
	[ADVICE_ENERGY] = { "energy", LEVEL_CRITICAL, true, "the charge is not enough for there and home" },
	[ADVICE_NOT_ARMED] = { "not-armed", LEVEL_WARNING, false, "it is not armed" },
	[ADVICE_ON_GROUND] = { "on-ground", LEVEL_WARNING, false, "it is on the ground" },
	[ADVICE_IN_AIR] = { "in-air", LEVEL_WARNING, false, "it flies already" },
	[ADVICE_FAILSAFE] = { "failsafe", LEVEL_WARNING, true, "its failsafe is active" },
	[ADVICE_NO_MISSION] = { "no-mission", LEVEL_WARNING, false, "it has no mission to fly" },
	[ADVICE_OTHER] = { "other", LEVEL_WARNING, true, "another operator's command is in progress" },
};

/* Where a command takes a drone. */
enum goes {
	GOES_NOWHERE,
	GOES_UP,       /* to arg 0 above where it is */
	GOES_POINT,    /* straight to args 0, 1 and height 2 */
	GOES_ITEMS,    /* along its items; with arg 1 from where it is */
	GOES_MISSION,  /* along the loaded mission */
	GOES_PLACE,    /* names a place, args 0 and 1, without flying there */
};

/* In which state it has to be. */
enum needs {
	NEEDS_NOTHING,
	NEEDS_FLYING,
	NEEDS_ARMED_ON_GROUND,
	NEEDS_LOOK, /* on the ground it may take off by itself */
};

/* hold, rtl, land and kill have no row: nothing is asked before them. */
static const struct command_rule {
	bool asked;    /* false: no advice whatever */
	bool position; /* it is flown, so its position counts */
	enum goes goes;
	enum needs needs;
} rules[CMD_COUNT] = {
	[CMD_ARM] = { true, true, GOES_NOWHERE, NEEDS_NOTHING },
	[CMD_DISARM] = { true, false, GOES_NOWHERE, NEEDS_NOTHING },
	[CMD_TAKEOFF] = { true, true, GOES_UP, NEEDS_ARMED_ON_GROUND },
	[CMD_GOTO] = { true, true, GOES_POINT, NEEDS_FLYING },
	[CMD_MISSION] = { true, true, GOES_ITEMS, NEEDS_NOTHING },
	[CMD_START] = { true, true, GOES_MISSION, NEEDS_NOTHING },
	[CMD_RESUME] = { true, true, GOES_NOWHERE, NEEDS_LOOK },
	[CMD_SPEED] = { true, false, GOES_NOWHERE, NEEDS_NOTHING },
	[CMD_HOME] = { true, false, GOES_PLACE, NEEDS_NOTHING },
	[CMD_VIDEO] = { false, false, GOES_NOWHERE, NEEDS_NOTHING },
};

static void say(struct advice_list *out, enum advice_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct advice_list *out, enum advice_code code, const char *fmt, ...)
{
	struct advice *a;
	va_list ap;

	for (size_t i = 0; i < out->count; i++) {
		if (out->items[i].code == code)
			return; /* the first leg that gives it is told */
	}
	a = &out->items[out->count++];
	a->code = code;
	va_start(ap, fmt);
	vsnprintf(a->text, sizeof(a->text), fmt, ap);
	va_end(ap);
	str_trim_utf8(a->text);
}

static void say_age(char *text, size_t size, double s)
{
	if (s < 120)
		snprintf(text, size, "%.0f s", s);
	else if (s < 7200)
		snprintf(text, size, "%.0f min", s / 60);
	else
		snprintf(text, size, "%.0f h", s / 3600);
}

static bool heard(const struct advice_in *in)
{
	return in->sample && in->sample->known;
}

static void about_position(const struct advice_in *in, struct advice_list *out)
{
	struct zone_fix fix;
	char age[24];

	if (!heard(in)) {
		say(out, ADVICE_LOST, "it was never heard of");
		return;
	}
	say_age(age, sizeof(age), in->age_s);
	zone_fix_of(&fix, in->drone, in->sample);
	if (!(in->age_s < in->lost_s))
		say(out, ADVICE_LOST, "it is lost: last heard of %s ago", age);
	else if (isnan(fix.lat) || isnan(fix.lon))
		say(out, ADVICE_NO_FIX, "it does not know where it is (no fix)");
	else if (!(in->age_s < in->stale_s))
		say(out, ADVICE_STALE, "its position is %s old", age);
	if (fabs(in->clock_off_s) > CLOCK_OFF_S)
		say(out, ADVICE_CLOCK, "its clock is %.1f s off, so its position may be older than it seems",
		    fabs(in->clock_off_s));
}

static void about_state(const struct advice_in *in, const struct command_rule *rule,
    struct advice_list *out)
{
	const struct sample *s = in->sample;

	if (!heard(in) || !sample_has(s, FIELD_flags))
		return;
	if (rule->needs == NEEDS_FLYING && !sample_flag(s, FLAG_ARMED))
		say(out, ADVICE_NOT_ARMED, "it is not armed; arm it and take off first");
	else if (rule->needs == NEEDS_FLYING && !sample_flag(s, FLAG_IN_AIR))
		say(out, ADVICE_ON_GROUND, "it is on the ground; take off first");
	if (rule->needs == NEEDS_LOOK && !sample_flag(s, FLAG_IN_AIR))
		say(out, ADVICE_ON_GROUND, "it is on the ground, and may take off by itself");
	if (rule->needs == NEEDS_ARMED_ON_GROUND && sample_flag(s, FLAG_IN_AIR))
		say(out, ADVICE_IN_AIR, "it is in the air already");
	else if (rule->needs == NEEDS_ARMED_ON_GROUND && !sample_flag(s, FLAG_ARMED))
		say(out, ADVICE_NOT_ARMED, "it is not armed; arm it first");
	if (rule->position && sample_flag(s, FLAG_FAILSAFE))
		say(out, ADVICE_FAILSAFE, "its failsafe is active: it acts by itself (%s)",
		    mode_name(sample_has(s, FIELD_mode) ? s->raw[FIELD_mode] : MODE_UNKNOWN));
	if (rule->goes == GOES_MISSION && sample_has(s, FIELD_waypoints) &&
	    s->raw[FIELD_waypoints] == 0 && !(in->plan && in->plan->mission.count))
		say(out, ADVICE_NO_MISSION, "it has no mission; load one first");
}

/* One leg of the way: what it meets. point is from 1 of several, 0 alone. */
static void about_way(const struct advice_in *in, const struct zone_fix *from,
    const struct zone_fix *to, size_t point, struct advice_list *out)
{
	char words[ZONE_WORDS_SIZE], which[40] = "", high[ZONE_HEIGHT_SIZE], low[ZONE_HEIGHT_SIZE];
	const char *place = point ? "it" : "the place";
	struct zone_way way;
	struct zone_view zone;

	zone_check_way(in->zones, in->own, from, to, in->now_ms, &way);
	if (point)
		snprintf(which, sizeof(which), "point %zu: ", point);
	if (way.ends_in.set)
		say(out, ADVICE_OUTSIDE, "%s%s is in %s", which, place, zone_words(way.ends_in, words));
	else if (way.ends_beyond.set)
		say(out, ADVICE_OUTSIDE, "%s%s is outside %s", which, place,
		    zone_words(way.ends_beyond, words));
	else if (way.leaves.set && !way.starts_beyond)
		say(out, ADVICE_LEAVES, "%sthe straight way there leaves %s", which,
		    zone_words(way.leaves, words));
	if (way.enters.set && !way.ends_in.set) {
		zone_at(way.enters.set, way.enters.index, in->now_ms, &zone);
		say(out, ADVICE_ENTERS, "%sthe straight way there goes through %s (%s to %s)", which,
		    zone_words(way.enters, words),
		    isnan(zone.floor.m) ? "ground" : zone_height_format(zone.floor, low),
		    zone_height_format(zone.ceiling, high));
	}
	if (way.over.set) {
		zone_at(way.over.set, way.over.index, in->now_ms, &zone);
		say(out, ADVICE_CEILING, "%sit is %.0f m above the ceiling of %s, %s", which, way.over_m,
		    zone_words(way.over, words), zone_height_format(zone.ceiling, high));
	}
}

struct trip {
	struct zone_fix at; /* where it is by now */
	double seconds;     /* flown so far; NAN: not known */
	double airspeed, ground; /* m/s that it was seen to travel at; NAN: not known */
	double wind, wind_from;
};

/* Seconds for a leg in the wind of now; speed is what it was told to go at over ground. */
static double leg_s(const struct trip *t, const struct zone_fix *to, double height_m, double speed)
{
	bool proven = !isnan(t->airspeed) || !isnan(t->ground);
	/* Its speed over ground has the wind in it. */
	struct energy_in e = {
		.battery = NAN, .rate = NAN, .height_m = height_m,
		.airspeed = !proven ? FASTEST : isnan(t->airspeed) ? t->ground : t->airspeed,
		.ground = t->ground,
		.wind = isnan(t->airspeed) ? NAN : t->wind, .wind_from = t->wind_from,
		.speed = NAN, .course = NAN,
	};
	struct energy_out out;

	e.distance_m = geo_inverse((struct geo_point){ t->at.lat, t->at.lon },
	    (struct geo_point){ to->lat, to->lon }, &e.bearing_deg);
	energy_home(&e, &out);
	return isnan(speed) ? out.time_home_s : fmax(out.time_home_s, e.distance_m / speed);
}

static void about_energy(const struct advice_in *in, const struct trip *t, struct advice_list *out)
{
	double battery, rate, back, takes;
	struct zone_fix home;

	if (!heard(in) || !in->meter)
		return;
	battery = sample_value(in->sample, FIELD_battery);
	rate = energy_meter_travel_rate(in->meter);
	if (isnan(rate))
		rate = energy_meter_rate(in->meter);
	home = t->at;
	home.lat = isnan(in->home_lat) ? sample_value(in->sample, FIELD_home_lat) : in->home_lat;
	home.lon = isnan(in->home_lon) ? sample_value(in->sample, FIELD_home_lon) : in->home_lon;
	if (isnan(battery) || isnan(rate) || isnan(home.lat) || isnan(home.lon) || isnan(t->at.lat) ||
	    isnan(t->at.lon))
		return;
	back = leg_s(t, &home, isnan(t->at.height) ? 0 : fmax(t->at.height, 0), NAN);
	takes = (t->seconds + back) * rate;
	if (takes > battery - ENERGY_RESERVE)
		say(out, ADVICE_ENERGY, "there and home takes %s%.0f %% of charge%s, and %.0f %% is left (%.0f %% "
		    "is kept back)", isnan(t->airspeed) ? "at least " : "", fmin(takes, 999),
		    isnan(t->airspeed) ? "" : " in the wind of now", battery, ENERGY_RESERVE);
}

static struct zone_fix place_of(const struct trip *t, double lat, double lon, double height)
{
	struct zone_fix to = t->at;

	to.lat = lat;
	to.lon = lon;
	if (!isnan(height)) {
		to.height = height;
		to.alt = height + t->at.home_alt;
	}
	return to;
}

static void fly_leg(const struct advice_in *in, struct trip *t, const struct zone_fix *to, double hold,
    double speed, size_t point, struct advice_list *out)
{
	about_way(in, &t->at, to, point, out);
	t->seconds += hold + (isnan(t->at.lat) ? NAN : leg_s(t, to, 0, speed));
	t->at = *to;
}

static void fly_items(const struct advice_in *in, struct trip *t, const struct mission *m, bool from_here,
    struct advice_list *out)
{
	struct zone_fix nowhere = t->at;

	nowhere.lat = nowhere.lon = NAN;
	if (!from_here)
		t->at = nowhere; /* the first point alone, then from point to point */
	for (size_t i = 0; i < m->count; i++) {
		const struct mission_item *p = &m->items[i];
		struct zone_fix to = place_of(t, p->lat, p->lon, p->height);

		fly_leg(in, t, &to, p->hold, p->speed, i + 1, out);
	}
	if (m->count && from_here)
		about_energy(in, t, out);
}

static double arg(const struct advice_in *in, size_t i)
{
	return in->args && in->args->has[i] ? in->args->number[i] : NAN;
}

static void trip_begin(const struct advice_in *in, struct trip *t)
{
	const struct sample *s = in->sample;

	*t = (struct trip){
		.seconds = 0, .airspeed = NAN, .ground = NAN, .wind = NAN, .wind_from = NAN,
	};
	if (!heard(in)) {
		t->at = (struct zone_fix){
			.drone = in->drone, .lat = NAN, .lon = NAN, .alt = NAN, .height = NAN, .home_alt = NAN,
		};
		return;
	}
	zone_fix_of(&t->at, in->drone, s);
	t->at.home_alt = t->at.alt - t->at.height;
	if (in->meter) {
		t->airspeed = energy_meter_airspeed(in->meter);
		t->ground = energy_meter_ground(in->meter);
	}
	t->wind = sample_value(s, FIELD_wind);
	t->wind_from = sample_value(s, FIELD_wind_from);
}

static void about_place(const struct advice_in *in, enum goes goes, struct advice_list *out)
{
	struct zone_fix to;
	struct trip t;

	trip_begin(in, &t);
	switch (goes) {
	case GOES_UP:
		to = place_of(&t, t.at.lat, t.at.lon, arg(in, 0));
		about_way(in, &t.at, &to, 0, out);
		break;
	case GOES_POINT:
		to = place_of(&t, arg(in, 0), arg(in, 1), arg(in, 2));
		fly_leg(in, &t, &to, 0, arg(in, 3), 0, out);
		about_energy(in, &t, out);
		break;
	case GOES_PLACE:
		to = place_of(&t, arg(in, 0), arg(in, 1), 0);
		t.at.lat = t.at.lon = NAN;
		about_way(in, &t.at, &to, 0, out);
		break;
	case GOES_ITEMS:
		if (in->args)
			fly_items(in, &t, &in->args->items, arg(in, 1) == 1, out);
		break;
	case GOES_MISSION:
		if (in->plan)
			fly_items(in, &t, &in->plan->mission, true, out);
		break;
	default:
		break;
	}
}

static void about_others(const struct advice_in *in, struct advice_list *out)
{
	const struct progress *cm = in->open;
	char age[24];

	if (!cm || (in->by && strcmp(cm->by, in->by) == 0))
		return;
	say_age(age, sizeof(age), fmax((double)(in->now_ms - (int64_t)cm->time) / 1000, 0));
	say(out, ADVICE_OTHER, "%.60s of %.64s is in progress (%s, %s ago)", cm->cmd,
	    *cm->by ? cm->by : "somebody", stage_names[cm->stage], age);
}

static int by_code(const void *a, const void *b)
{
	const struct advice *x = a, *y = b;

	return (x->code > y->code) - (x->code < y->code);
}

bool advice_asks(enum command cmd)
{
	return rules[cmd].asked;
}

bool advice_asks_energy(enum command cmd)
{
	enum goes goes = rules[cmd].goes;

	return rules[cmd].asked && (goes == GOES_POINT || goes == GOES_ITEMS || goes == GOES_MISSION);
}

void advise(const struct advice_in *in, struct advice_list *out)
{
	const struct command_rule *rule = &rules[in->cmd];

	out->count = 0;
	out->needs_reason = false;
	out->level = LEVEL_UNKNOWN;
	if (!rule->asked)
		return;
	/* A mission that is only loaded is not flown yet. */
	if (rule->position && (rule->goes != GOES_ITEMS || arg(in, 1) == 1))
		about_position(in, out);
	about_place(in, rule->goes, out);
	about_state(in, rule, out);
	if (command_table[in->cmd].flies)
		about_others(in, out);
	qsort(out->items, out->count, sizeof(out->items[0]), by_code);
	for (size_t i = 0; i < out->count; i++) {
		const struct advice_desc *d = &advice_table[out->items[i].code];

		out->needs_reason |= d->reason;
		out->level = d->level > out->level ? d->level : out->level;
	}
}

const char *advice_codes(const struct advice_list *list, char text[ADVICE_CODES_SIZE])
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list->count && len < ADVICE_CODES_SIZE; i++)
		len += (size_t)snprintf(text + len, ADVICE_CODES_SIZE - len, "%s%s", i ? ", " : "",
		    advice_table[list->items[i].code].name);
	return text;
}
