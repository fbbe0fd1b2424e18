/*
 * What the alarm rules cost: a fleet that flies, every rule on, fences of 100
 * zones of 500 points, two drones in three on a mission with a plan. Prints
 * JSON: us of CPU a sample without and with the watch, and the longest turn
 * of its clock in ms.
 *
 *	alarm_bench [DRONES] [SECONDS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alarm/watch.h"
#include "alarm/zones.h"
#include "base/mem.h"
#include "base/rng.h"

#define HZ 10
#define ZONES 100
#define ZONE_POINTS 500
#define EPOCH 1700000000000

struct flying {
	double lat, lon, course, battery;
	int parked;
};

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void fill_sample(struct sample *s, const struct flying *f, uint32_t seq, int64_t time_ms)
{
	memset(s, 0, sizeof(*s));
	sample_set(s, FIELD_boot, 1000);
	sample_set(s, FIELD_seq, seq);
	sample_set(s, FIELD_time, time_ms);
	sample_set(s, FIELD_lat, llrint(f->lat * 1e7));
	sample_set(s, FIELD_lon, llrint(f->lon * 1e7));
	sample_set(s, FIELD_alt, 55000);
	sample_set(s, FIELD_height, f->parked ? 0 : 5000);
	sample_set(s, FIELD_speed, f->parked ? 0 : 1000);
	sample_set(s, FIELD_climb, 0);
	sample_set(s, FIELD_course, lrint(f->course * 100));
	sample_set(s, FIELD_heading, 0);
	sample_set(s, FIELD_battery, lrint(f->battery * 10));
	sample_set(s, FIELD_voltage, 22000);
	sample_set(s, FIELD_link, 80);
	sample_set(s, FIELD_sats, 14);
	sample_set(s, FIELD_fix, 3);
	sample_set(s, FIELD_hdop, 80);
	sample_set(s, FIELD_mode, f->parked ? MODE_IDLE : MODE_MISSION);
	sample_set(s, FIELD_flags, f->parked ? FLAG_POSITION_VALID | FLAG_HOME_SET
		: FLAG_ARMED | FLAG_IN_AIR | FLAG_POSITION_VALID | FLAG_HOME_SET);
	sample_set(s, FIELD_waypoint, f->parked ? 0 : 1);
	sample_set(s, FIELD_waypoints, 2);
	sample_set(s, FIELD_home_lat, 470000000);
	sample_set(s, FIELD_home_lon, 95000000);
	sample_set(s, FIELD_airspeed, 1000);
	sample_set(s, FIELD_wind, 500);
	sample_set(s, FIELD_wind_from, 27000);
	sample_set(s, FIELD_used, 1000);
}

static struct zone_set *make_zones(void)
{
	struct zone_set *set = zone_set_new();
	struct zone_section section = { .name = "bench", .kind = ZONE_OUT, .floor = ZONE_NO_HEIGHT,
		.ceiling = ZONE_NO_HEIGHT };
	struct err err;

	for (int row = 0; row < 10; row++) {
		struct zone zones[ZONES / 10];
		struct zone_ring rings[ZONES / 10];

		for (int z = 0; z < ZONES / 10; z++) {
			struct geo_frame f =
			    geo_frame_at((struct geo_point){ 46.5 + 0.1 * row, 9 + 0.1 * z });

			rings[z] =
			    (struct zone_ring){ xcalloc(ZONE_POINTS, sizeof(struct geo_point)),
				    ZONE_POINTS };
			zones[z] = (struct zone){ .kind = ZONE_OUT, .floor = ZONE_NO_HEIGHT,
				.ceiling = ZONE_NO_HEIGHT, .rings = &rings[z], .ring_count = 1 };
			snprintf(zones[z].name, sizeof(zones[z].name), "z%d-%d", row, z);
			for (int i = 0; i < ZONE_POINTS; i++) {
				double a = 2 * M_PI * i / ZONE_POINTS, r = 900 + 200 * sin(9 * a);

				rings[z].points[i] = geo_from_xy(&f, r * cos(a), r * sin(a));
			}
		}
		snprintf(section.name, sizeof(section.name), "s%d", row);
		if (zone_set_add(set, &section, zones, ZONES / 10, NULL, &err) == -1) {
			fprintf(stderr, "alarm_bench: %s\n", err.text);
			exit(1);
		}
		for (int z = 0; z < ZONES / 10; z++)
			free(rings[z].points);
	}
	return set;
}

/* us a sample; the clock's longest turn into *turn_ms. */
static double run(unsigned drones, unsigned seconds, bool watching, double *turn_ms, size_t *alarms)
{
	struct watch_settings settings = { .stale_s = 3, .lost_s = 10 };
	struct watch_source source = {
		.name = "bench", .up = true, .heard = true, .clock_known = true
	};
	struct mission_item items[2] = { { .lat = 47, .lon = 9.6 }, { .lat = 47.1, .lon = 9.6 } };
	struct plan plan = { .mission = { items, 2 } };
	struct flying *all = xcalloc(drones, sizeof(*all));
	struct fleet fleet = { 0 };
	struct zone_set *zones = make_zones();
	struct watch_now now = { EPOCH, 1000000 };
	struct watch_alarm alarm;
	struct rule_set rules;
	struct watch *w;
	struct rng rng;
	struct err err;
	double spent = 0, begin, longest = 0;
	char id[ID_SIZE];

	rng_init(&rng, 3, 0);
	rule_set_build(&rules, NULL, 0, &err);
	w = watch_new(&settings, &rules);
	watch_source(w, 0, &source, now);
	watch_zones(w, zones);
	for (unsigned i = 0; i < drones; i++) {
		all[i] =
		    (struct flying){ rng_between(&rng, 46.6, 47.4), rng_between(&rng, 9.1, 9.9),
			    rng_between(&rng, 0, 359), rng_between(&rng, 60, 100), i % 3 == 0 };
		snprintf(id, sizeof(id), "D%05u", i);
		fleet_add(&fleet, id)->source = 0;
		if (watching && !all[i].parked)
			watch_plan(w, &fleet, i, &plan, now);
	}
	for (uint32_t round = 0; round < seconds * HZ; round++) {
		now.ms += 1000 / HZ;
		now.mono_ms += 1000 / HZ;
		begin = cpu_us();
		for (unsigned i = 0; i < drones; i++) {
			struct flying *f = &all[i];
			struct sample s;

			if (!f->parked) {
				f->lat += cos(f->course * M_PI / 180) * 1e-5;
				f->lon += sin(f->course * M_PI / 180) * 1.4e-5;
				f->course = fmod(f->course + 0.1, 359.9);
				f->battery -= 0.004;
			}
			fill_sample(&s, f, round, now.ms);
			drone_apply(&fleet.drones[i], &s, "0123456789", 10, now.mono_ms, now.ms);
			if (watching)
				watch_sample(w, &fleet, i, now);
		}
		spent += cpu_us() - begin;
		begin = cpu_us();
		if (watching)
			watch_tick(w, &fleet, now);
		longest = fmax(longest, cpu_us() - begin);
		while (watch_next(w, &alarm))
			*alarms += alarm.al.state == ALARM_RAISED;
		spent += cpu_us() - begin;
	}
	*turn_ms = longest / 1000;
	watch_free(&w);
	zone_set_free(&zones);
	fleet_clear(&fleet);
	free(all);
	return spent / ((double)drones * seconds * HZ);
}

int main(int argc, char **argv)
{
	unsigned drones = argc > 1 ? (unsigned)atoi(argv[1]) : 5000;
	unsigned seconds = argc > 2 ? (unsigned)atoi(argv[2]) : 20;
	size_t alarms = 0;
	double turn_ms, without = run(drones, seconds, false, &turn_ms, &alarms);
	double with = run(drones, seconds, true, &turn_ms, &alarms);

	printf("{\"rules_us\": %.3f, \"without_us\": %.3f, \"turn_ms\": %.2f, \"alarms\": %zu}\n",
	    with - without, without, turn_ms, alarms);
	return 0;
}
