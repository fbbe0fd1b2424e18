/* A fleet made by hand, for tests of the screen: the same every time. */
#ifndef TESTS_UI_FIXTURE_H
#define TESTS_UI_FIXTURE_H

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/key.h"
#include "ui/ui.h"

#define FIXTURE_MS 1795255407000 /* 2026-11-21T10:03:27Z */
#define FIXTURE_MONO 1000000

static const struct fixture_drone {
	const char *id;
	double north, east, height, speed, heading, battery, age_s;
	enum mode mode;
	bool air;
} fixture_drones[] = {
	{ "D01", 400, -700, 60, 11.9, 42, 81, 0.2, MODE_MISSION, true },
	{ "D02", 100, -600, 60, 12.0, 44, 77, 0.2, MODE_MISSION, true },
	{ "D03", 900, -200, 88, 0, 10, 54, 41, MODE_MISSION, true },
	{ "D04", 700, -500, 75, 0.2, 310, 69, 0.3, MODE_HOLD, true },
	{ "D05", 800, 300, 60, 12.2, 131, 72, 0.2, MODE_MISSION, true },
	{ "D06", 1000, -900, 90, 14.8, 265, 44, 0.3, MODE_RTL, true },
	{ "D07", 300, 200, 61, 12.4, 213, 24, 0.4, MODE_MISSION, true },
	{ "D08", -400, 0, 60, 11.7, 178, 66, 0.2, MODE_MISSION, true },
	{ "D09", -600, 250, 60, 12.1, 180, 63, 4.4, MODE_MISSION, true },
	{ "D10", -200, -800, 0, 0, 0, 98, 0.9, MODE_IDLE, false },
	{ "D11", -300, 700, 12, 1.1, 90, 9, 0.3, MODE_LAND, true },
	{ "D12", -200, -803, 0, 0, 0, 97, 0.8, MODE_IDLE, false },
};

static struct sample fixture_sample(const struct fixture_drone *f, uint32_t seq, int64_t time)
{
	struct geo_frame frame = geo_frame_at((struct geo_point){ 47.3977, 8.5456 });
	struct geo_point p = geo_from_xy(&frame, f->east, f->north);
	struct sample s = { 0 };

	sample_set(&s, FIELD_boot, 1795250000);
	sample_set(&s, FIELD_seq, seq);
	sample_set(&s, FIELD_time, time);
	sample_set_value(&s, FIELD_lat, p.lat);
	sample_set_value(&s, FIELD_lon, p.lon);
	sample_set_value(&s, FIELD_height, f->height);
	sample_set_value(&s, FIELD_speed, f->speed);
	sample_set_value(&s, FIELD_course, f->heading);
	sample_set_value(&s, FIELD_heading, f->heading);
	sample_set_value(&s, FIELD_battery, f->battery);
	sample_set_value(&s, FIELD_voltage, 14.6);
	sample_set_value(&s, FIELD_link, 92);
	sample_set_value(&s, FIELD_sats, 17);
	sample_set_value(&s, FIELD_hdop, 0.7);
	sample_set(&s, FIELD_mode, f->mode);
	sample_set(&s, FIELD_flags, FLAG_POSITION_VALID | (f->air ? FLAG_ARMED | FLAG_IN_AIR : 0));
	sample_set_value(&s, FIELD_waypoint, f->mode == MODE_MISSION ? 4 : 0);
	sample_set_value(&s, FIELD_waypoints, 9);
	sample_set_value(&s, FIELD_home_lat, 47.3977);
	sample_set_value(&s, FIELD_home_lon, 8.5456);
	return s;
}

/* "CMD DRONE..." without arguments: enough for what is tested here. */
static int fixture_parse(struct ui *ui, int count, char **words, struct intent *out, struct err *err)
{
	out->cmd = command_find(words[0]);
	out->drones = xcalloc((size_t)count, sizeof(*out->drones));
	for (int i = 1; i < count; i++) {
		struct ui_drone *d = model_find(&ui->model, words[i]);

		if (!d)
			return err_set(err, "there is no drone \"%s\"", words[i]);
		out->drones[out->count++] = (size_t)(d - ui->model.drones);
	}
	if (count == 1) {
		free(out->drones);
		out->drones = ui_targets(ui, &out->count);
	}
	return 0;
}

static void fixture_open(struct ui *ui, int w, int h)
{
	struct event ev = { .drone = "D06", .time = FIXTURE_MS - 325000, .severity = SEVERITY_INFO,
		.text = "returned to launch on operator command" };
	struct progress cm = { .id = "c1", .drone = "D06", .cmd = "rtl", .by = "jk", .stage = STAGE_ACTIVE,
		.time = FIXTURE_MS - 325000, .text = "" };
	struct alarm al = { .id = "a1", .rule = "battery", .drone = "D11", .level = LEVEL_CRITICAL,
		.state = ALARM_RAISED, .time = FIXTURE_MS - 8000, .since = FIXTURE_MS - 8000,
		.text = "battery 9 %, forced landing in 20 s" };
	struct heartbeat hb = { .v = 1, .source = "harbour-survey", .kind = KIND_DAEMON, .time = FIXTURE_MS };
	struct model *m = &ui->model;

	setlocale(LC_ALL, "C.UTF-8");
	ui_init(ui, 3, 10);
	ui->hooks.parse = fixture_parse;
	str_copy(ui->by, sizeof(ui->by), "jk");
	ui->rtt_ms = 84;
	ui_resize(ui, w, h, 2);
	model_set_link(m, LINK_LIVE, FIXTURE_MS - 600000);
	model_heartbeat(m, &hb, FIXTURE_MONO, FIXTURE_MS);
	for (size_t i = 0; i < ARRAY_LEN(fixture_drones); i++) {
		const struct fixture_drone *f = &fixture_drones[i];
		int64_t age = (int64_t)(f->age_s * 1000);
		struct ui_drone *d = model_add(m, f->id);

		d->kind = KIND_BRIDGE;
		str_copy(d->source, sizeof(d->source), "bridge");
		str_copy(d->model, sizeof(d->model), "quad");
		d->filled = d->plan_wanted = true;
		for (uint32_t k = 0; k < 60; k++) {
			struct fixture_drone past = *f;
			struct sample s;

			past.north -= (59 - k) * f->speed * cos(f->heading * 3.14159265 / 180);
			past.east -= (59 - k) * f->speed * sin(f->heading * 3.14159265 / 180);
			past.battery += (59 - k) * (f->air ? 0.1 : 0);
			s = fixture_sample(&past, k, FIXTURE_MS - age - (59 - (int64_t)k) * 1000);
			model_sample(m, f->id, &s, true, FIXTURE_MONO - age, FIXTURE_MS - age);
		}
	}
	model_message_event(m, &ev);
	model_progress(m, &cm, FIXTURE_MS);
	m->watched = true;
	model_alarm(m, &al);
	m->roster_known = true;
	m->dropped = 0;
	m->messages = 0;
	m->rate_mono = FIXTURE_MONO;
	m->rate = 96;
	ui_tick(ui, FIXTURE_MONO, FIXTURE_MS);
	ui_select(ui, (size_t)(model_find(m, "D07") - m->drones));
}

static inline void fixture_frame(struct ui *ui, int64_t later_ms)
{
	ui_tick(ui, FIXTURE_MONO + later_ms, FIXTURE_MS + later_ms);
	ui_draw(ui);
}

static inline void fixture_keys(struct ui *ui, const char *keys)
{
	while (*keys)
		ui_key(ui, canvas_next(&keys), FIXTURE_MONO);
}

#endif
