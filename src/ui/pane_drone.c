/* One drone in detail: sparklines, then what it does, by the room there is. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/geo.h"
#include "ui/last_known.h"
#include "ui/sparkline.h"
#include "ui/ui.h"

static const struct spark {
	const char *label, *format; /* of the value's present */
	enum trail_value value;
	double low, high, span; /* sparkline_draw() */
} sparks[] = {
	{ "hgt", "%.0f m", TRAIL_HEIGHT, NAN, NAN, 10 },
	{ "bat", "%.0f %%", TRAIL_BATTERY, 0, 100, 0 },
	{ "spd", "%.1f m/s", TRAIL_SPEED, NAN, NAN, 4 },
	{ "link", "%.0f %%", TRAIL_LINK, 0, 100, 0 },
	{ "volt", "%.1f V", TRAIL_VOLTAGE, NAN, NAN, 1 },
	{ "sats", "%.0f", TRAIL_SATS, 0, 24, 0 },
};

/* A sample that is merely due is no silence. */
static int64_t silent_ms(const struct ui_drone *d)
{
	return (d->silent || d->health == HEALTH_STALE) && isfinite(d->age_s) ? (int64_t)(d->age_s * 1000) : 0;
}

static void draw_spark(
    struct canvas *c, int x, int y, int w, const struct ui_drone *d, const struct spark *s)
{
	double now = sample_value(&d->sample, trail_fields[s->value]);
	bool battery = s->value == TRAIL_BATTERY && *d->reason == 'b' && d->health >= HEALTH_WARN;
	bool old = d->silent || d->health == HEALTH_STALE;
	int value_w = 16, spark_w = w - 5 - value_w;
	char text[64] = "not known", more[48] = "";

	canvas_text(c, x, y, 4, ROLE_DIM, s->label);
	if (spark_w > 4)
		sparkline_draw(c, x + 5, y, spark_w,
		    battery ? ROLE_WARN
		    : old   ? ROLE_STALE
			    : ROLE_SPARK,
		    &d->trail, s->value, s->low, s->high, s->span, silent_ms(d));
	if (isfinite(now))
		snprintf(text, sizeof(text), s->format,
		    fabs(now) < (strstr(s->format, ".0") ? 0.5 : 0.05) ? 0 : now);
	if (s->value == TRAIL_HEIGHT && isfinite(sample_value(&d->sample, FIELD_climb)))
		snprintf(more, sizeof(more), " %+.1f",
		    round(sample_value(&d->sample, FIELD_climb) * 10) / 10 + 0.0);
	else if (s->value == TRAIL_VOLTAGE && isfinite(sample_value(&d->sample, FIELD_current)))
		snprintf(more, sizeof(more), " %.1f A", sample_value(&d->sample, FIELD_current));
	else if (s->value == TRAIL_SATS && isfinite(sample_value(&d->sample, FIELD_hdop)))
		snprintf(more, sizeof(more), " hdop %.1f", sample_value(&d->sample, FIELD_hdop));
	canvas_printf(c, x + 6 + (spark_w > 4 ? spark_w : 0), y,
	    w - 6 - (spark_w > 4 ? spark_w : 0),
	    battery ? ROLE_WARN
	    : old   ? ROLE_STALE
		    : ROLE_TEXT,
	    "%s%s", text, more);
}

static void put_home(const struct ui_drone *d, char *text, size_t size)
{
	double lat, lon, bearing, m;

	if (!isfinite(d->home_lat) || !model_position(d, &lat, &lon)) {
		str_copy(text, size, "not known");
		return;
	}
	m = geo_inverse((struct geo_point){ lat, lon },
	    (struct geo_point){ d->home_lat, d->home_lon }, &bearing);
	if (m < 3)
		str_copy(text, size, "here");
	else if (m < 995)
		snprintf(text, size, "%.0f m @ %03.0f\u00b0", m, bearing);
	else
		snprintf(text, size, "%.1f km @ %03.0f\u00b0", m / 1000, bearing);
}

static void put_position(const struct ui_drone *d, char *text, size_t size)
{
	double lat, lon;

	if (!model_position(d, &lat, &lon)) {
		str_copy(text, size, "not known");
		return;
	}
	snprintf(text, size, "%.5f %c  %.5f %c%s", fabs(lat), lat < 0 ? 'S' : 'N', fabs(lon),
	    lon < 0 ? 'W' : 'E',
	    sample_flag(&d->sample, FLAG_POSITION_VALID) ? "" : "  (last known)");
}

static void put_task(const struct ui_drone *d, char *text, size_t size)
{
	double at = sample_value(&d->sample, FIELD_waypoint),
	       of = sample_value(&d->sample, FIELD_waypoints);
	double speed = sample_value(&d->sample, FIELD_speed), lat, lon;
	size_t i = at > 0 ? (size_t)at - 1 : SIZE_MAX;
	int n;

	if (!(of > 0)) {
		str_copy(text, size, "no mission");
		return;
	}
	n = snprintf(text, size, "wp %.0f/%.0f%s", isnan(at) ? 0 : at, of,
	    d->plan_missing ? "  mission not recorded" : "");
	if (d->plan_known && i < d->plan.mission.count && model_position(d, &lat, &lon)) {
		double m = geo_distance_m((struct geo_point){ lat, lon },
		    (struct geo_point){
			d->plan.mission.items[i].lat, d->plan.mission.items[i].lon });

		n += snprintf(text + n, size - (size_t)n, "  next %.0f m", m);
		if (speed > 1)
			snprintf(text + n, size - (size_t)n, "  eta %.0f s", m / speed);
	}
}

static void put_mode(const struct ui_drone *d, char *text, size_t size)
{
	const struct sample *s = &d->sample;
	bool known = sample_has(s, FIELD_flags);

	snprintf(text, size, "%s  %s  %s%s%s",
	    mode_name(sample_has(s, FIELD_mode) ? s->raw[FIELD_mode] : 0),
	    !known                       ? "armed?"
	    : sample_flag(s, FLAG_ARMED) ? "armed"
					 : "disarmed",
	    !known                        ? "in the air?"
	    : sample_flag(s, FLAG_IN_AIR) ? "in the air"
					  : "on the ground",
	    sample_flag(s, FLAG_FAILSAFE) ? "  FAILSAFE" : "",
	    sample_flag(s, FLAG_PAYLOAD) ? "  payload" : "");
}

static void put_seen(const struct ui_drone *d, char *text, size_t size)
{
	char age[32] = "never";

	if (isfinite(d->age_s))
		snprintf(age, sizeof(age), d->age_s < 1 ? "now" : "%.0f s ago", d->age_s);
	snprintf(text, size, "%s   seq %u   %s %s", age,
	    d->sample.known ? sample_seq(&d->sample) : 0,
	    d->kind == KIND_SIM ? "SIMULATED by" : "from", *d->source ? d->source : "?");
}

static void put_wind(const struct ui_drone *d, char *text, size_t size)
{
	double wind = sample_value(&d->sample, FIELD_wind),
	       from = sample_value(&d->sample, FIELD_wind_from);

	if (isnan(wind))
		str_copy(text, size, "not known");
	else
		snprintf(text, size, "%.1f m/s from %03.0f\u00b0   fix %s", wind,
		    isnan(from) ? 0 : from,
		    fix_name(sample_has(&d->sample, FIELD_fix) ? d->sample.raw[FIELD_fix] : -1));
}

static const struct {
	const char *label;
	void (*put)(const struct ui_drone *d, char *text, size_t size);
} facts[] = {
	{ "pos", put_position },
	{ "task", put_task },
	{ "mode", put_mode },
	{ "home", put_home },
	{ "seen", put_seen },
	{ "wind", put_wind },
};

/* Of one that is lost: what was known last, and what follows from it. */
static void draw_card(struct canvas *c, struct rect r, const struct ui_drone *d)
{
	struct last_known_line lines[LAST_KNOWN_LINES];
	struct last_known k;
	int n;

	last_known(d, &k);
	if (r.h - 1 < 4) {
		/* Side by side: where it was and how it was, where it may be and how long. */
		static const int order[] = { 0, 3, 1, 2 };

		last_known_lines(d, &k, lines, LAST_KNOWN_LINES);
		for (int i = 0; i < 4 && i / 2 < r.h - 1; i++) {
			const struct last_known_line *l = &lines[order[i]];
			int x = r.x + 1 + i % 2 * (r.w * 11 / 20), end = i % 2 ? r.x + r.w : r.x + r.w * 11 / 20;

			canvas_text(c, x, r.y + 1 + i / 2, 5, ROLE_DIM, l->label);
			canvas_text(c, x + 5, r.y + 1 + i / 2, end - x - 6,
			    l->warn ? ROLE_WARN : ROLE_LOST, l->text);
		}
		return;
	}
	n = last_known_lines(d, &k, lines, r.h - 1);
	for (int i = 0; i < n; i++) {
		canvas_text(c, r.x + 2, r.y + 1 + i, 5, ROLE_DIM, lines[i].label);
		canvas_text(c, r.x + 7, r.y + 1 + i, r.w - 8,
		    lines[i].warn ? ROLE_WARN : ROLE_LOST, lines[i].text);
	}
	if (r.h - 1 >= n + 3) {
		/* How it came to that. */
		draw_spark(c, r.x + 1, r.y + n + 2, r.w - 3, d, &sparks[0]);
		draw_spark(c, r.x + 1, r.y + n + 3, r.w - 3, d, &sparks[1]);
	}
}

void pane_drone_draw(struct canvas *c, struct rect r, const struct ui *ui)
{
	const struct ui_drone *d =
	    ui->selected < ui->model.count ? &ui->model.drones[ui->selected] : NULL;
	char name[ID_SIZE + 8], right[160], task[80], home[48], state[128] = "";
	const struct flight_path *path;
	int y = r.y + 1, n = sizeof(sparks) / sizeof(sparks[0]);

	if (!d) {
		layout_title(c, r, ui->focus == PANE_DRONE, 3, "DRONE", "", "");
		canvas_text(c, r.x + 1, y, r.w - 2, ROLE_DIM,
		    "none is selected: choose one in the fleet (2)");
		return;
	}
	str_copy(name, sizeof(name), d->id);
	if (d->health != HEALTH_OK)
		snprintf(state, sizeof(state), "%c %s: %s", health_letters[d->health],
		    health_names[d->health], d->reason);
	put_task(d, task, sizeof(task));
	put_home(d, home, sizeof(home));
	snprintf(right, sizeof(right), "%s \u00b7 home %s", task, home);
	layout_title(c, r, ui->focus == PANE_DRONE, 3, name, state, r.h < 8 ? right : d->model);
	path = flight_paths_of(&ui->paths, d->id);
	if (!path && d->silent && d->sample.known) {
		draw_card(c, r, d);
		return;
	}
	if (path) {
		int rows = r.h < 8 ? r.h - 1 : r.h - 1 < 15 ? 6 : 9;

		flight_profile_draw(c, (struct rect){ r.x + 1, y, r.w - 2, rows }, path,
		    ui->paths.over_distance, ui->model.now_ms);
		y += rows;
		n = 0;
	}
	if (r.h < 8) {
		/* Two columns of sparklines. */
		int w = (r.w - 4) / 2;

		for (int i = 0; i < n && y < r.y + r.h; i++) {
			draw_spark(c, r.x + 1 + (i % 2) * (w + 2), y, w, d, &sparks[i]);
			y += i % 2;
		}
		return;
	}
	for (int i = 0; i < n && y < r.y + r.h; i++, y++)
		draw_spark(c, r.x + 2, y, r.w - 3, d, &sparks[i]);
	y += y + (int)(sizeof(facts) / sizeof(facts[0])) < r.y + r.h;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && y < r.y + r.h; i++, y++) {
		char text[160];

		facts[i].put(d, text, sizeof(text));
		canvas_text(c, r.x + 2, y, 5, ROLE_DIM, facts[i].label);
		canvas_text(c, r.x + 7, y, r.w - 8, d->silent ? ROLE_LOST : ROLE_TEXT, text);
	}
}
