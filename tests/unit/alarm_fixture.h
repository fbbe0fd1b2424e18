/* A fleet of simulated facts under a watch: for the tests of alarms. */
#ifndef TESTS_ALARM_FIXTURE_H
#define TESTS_ALARM_FIXTURE_H

#include <math.h>
#include <stdlib.h>

#include "alarm/watch.h"

struct scene {
	struct fleet fleet;
	struct watch *watch;
	struct watch_now now;
	struct watch_source source;
	uint32_t skip; /* samples that do not arrive before the next */
};

/* A drone that is all right: in the air, 500 m north of home, all known. */
static inline struct sample sound_sample(const struct scene *s)
{
	struct sample m = { 0 };

	sample_set(&m, FIELD_boot, 1000);
	sample_set(&m, FIELD_seq, 0);
	sample_set(&m, FIELD_time, s->now.ms);
	sample_set_value(&m, FIELD_lat, 47.0045);
	sample_set_value(&m, FIELD_lon, 9.5);
	sample_set_value(&m, FIELD_alt, 500);
	sample_set_value(&m, FIELD_height, 50);
	sample_set_value(&m, FIELD_speed, 10);
	sample_set_value(&m, FIELD_climb, 0);
	sample_set_value(&m, FIELD_course, 90);
	sample_set_value(&m, FIELD_heading, 90);
	sample_set_value(&m, FIELD_battery, 80);
	sample_set_value(&m, FIELD_link, 90);
	sample_set_value(&m, FIELD_sats, 14);
	sample_set_value(&m, FIELD_fix, 3);
	sample_set_value(&m, FIELD_hdop, 0.8);
	sample_set_value(&m, FIELD_mode, MODE_HOLD);
	sample_set(&m, FIELD_flags, FLAG_ARMED | FLAG_IN_AIR | FLAG_POSITION_VALID | FLAG_HOME_SET);
	sample_set_value(&m, FIELD_home_lat, 47);
	sample_set_value(&m, FIELD_home_lon, 9.5);
	sample_set_value(&m, FIELD_airspeed, 10);
	return m;
}

static inline struct scene scene_open(const struct rule_words *own, size_t n)
{
	struct scene s = { .now = { 1700000000000, 5000000 },
		.source = { .name = "sim", .up = true, .heard = true, .clock_known = true } };
	struct watch_settings settings = { .stale_s = 3, .lost_s = 10, .site = "here" };
	struct rule_set rules;
	struct err err;

	if (rule_set_build(&rules, own, n, &err) == -1)
		fail_msg("the rules: %s", err.text);
	s.watch = watch_new(&settings, &rules);
	watch_source(s.watch, 0, &s.source, s.now);
	return s;
}

static inline void scene_close(struct scene *s)
{
	watch_free(&s->watch);
	fleet_clear(&s->fleet);
}

static inline void scene_wait(struct scene *s, int64_t ms)
{
	s->now.ms += ms;
	s->now.mono_ms += ms;
}

/* The clock goes on by ms, in steps, without samples. */
static inline void scene_quiet(struct scene *s, int64_t ms)
{
	for (int64_t t = 0; t < ms; t += 250) {
		scene_wait(s, 250);
		watch_tick(s->watch, &s->fleet, s->now);
	}
}

static inline void scene_sample(struct scene *s, const char *id, struct sample m)
{
	struct drone *d = fleet_add(&s->fleet, id);

	d->source = 0;
	sample_set(&m, FIELD_seq, d->newest.known && sample_boot(&d->newest) == sample_boot(&m)
	    ? sample_seq(&d->newest) + 1 + s->skip : 0);
	s->skip = 0;
	sample_set(&m, FIELD_time, s->now.ms);
	if (drone_apply(d, &m, "x", 1, s->now.mono_ms, s->now.ms).current)
		watch_sample(s->watch, &s->fleet, (size_t)(d - s->fleet.drones), s->now);
}

/* n samples, 100 ms apart, with the clock's turns between. */
static inline void scene_fly(struct scene *s, const char *id, struct sample m, int n)
{
	for (int i = 0; i < n; i++) {
		scene_wait(s, 100);
		scene_sample(s, id, m);
		watch_tick(s->watch, &s->fleet, s->now);
	}
}

/* How many changes of that rule to that state there were since last asked;
 * takes all. rule NULL: any; state 0: any. The last is kept in *last. */
static inline int scene_told(struct scene *s, const char *rule, int state, struct watch_alarm *last)
{
	struct watch_alarm a;
	int n = 0;

	while (watch_next(s->watch, &a)) {
		if ((rule && strcmp(a.al.rule, rule) != 0) || (state && a.al.state != state))
			continue;
		n++;
		if (last)
			*last = a;
	}
	return n;
}

/* Whether an alarm of that rule stands whose condition holds. */
static inline bool scene_stands(struct scene *s, const char *rule)
{
	size_t n;
	struct watch_alarm *list = watch_standing(s->watch, s->now, &n);
	bool found = false;

	for (size_t i = 0; i < n; i++)
		found |= strcmp(list[i].al.rule, rule) == 0 && list[i].holds;
	free(list);
	return found;
}

#endif
