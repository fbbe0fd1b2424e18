/* What the screen asks of the history besides playing it: the points of a
 * flight, and files of what is selected. */
#include <math.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/export_track.h"
#include "app/history_args.h"
#include "app/screen.h"
#include "app/screen_past.h"
#include "base/clock.h"
#include "base/mem.h"

/* "2026-11-21.db" */
static bool is_day_name(const char *name)
{
	int64_t ms;
	char text[11];

	return strlen(name) == 13 && strcmp(name + 10, ".db") == 0 &&
	       str_copy_n(text, sizeof(text), name, 10) && time_parse(text, &ms);
}

/* A day's file is asked with those beside it: a flight is kept with the day that it ends in. One
 * of another name is asked alone. */
static int open_query(struct screen *s, struct history_query **query, struct err *err)
{
	char dir[CONFIG_PATH_SIZE];
	const char *path, *name;
	struct stat st;

	if (screen_replay_path(s, &path, err) == -1)
		return -1;
	name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode) && is_day_name(name)) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(name - path), path);
		path = *dir ? dir : ".";
	}
	return history_query_open(query, path, err);
}

/* By how much the clock that the past goes by is ahead of the drone's, at the playhead: files and
 * flights are told in the drone's time. Less than a second is the way. */
static int64_t ahead_of(const struct screen *s, const char *drone)
{
	size_t i = s->ui.timeline.past ? replay_find_drone(s->replay->past, drone) : SIZE_MAX;
	const struct replay_drone *d = i == SIZE_MAX ? NULL : replay_drone(s->replay->past, i);
	int64_t ahead = d && d->sample.known ? d->at_ms - sample_time(&d->sample) : 0;

	return ahead > -AHEAD_MIN_MS && ahead < AHEAD_MIN_MS ? 0 : ahead;
}

struct found {
	char id[64], drone[ID_SIZE];
	int64_t from_ms, to_ms;
	bool any, on; /* found; not over yet */
};

static bool take_flight(void *context, const struct query_value *v, size_t n)
{
	struct found *f = context;

	if (n != 4 || v[0].type != QUERY_TEXT || v[1].type != QUERY_TEXT)
		return false;
	str_copy_n(f->id, sizeof(f->id), v[0].data, v[0].len);
	str_copy_n(f->drone, sizeof(f->drone), v[1].data, v[1].len);
	f->from_ms = v[2].integer;
	f->to_ms = v[3].integer;
	f->on = v[3].type == QUERY_NULL;
	f->any = true;
	return false;
}

/* A flight by its id, or the last a drone had begun by then. */
static int find_flight(
    struct history_query *query, const char *what, int64_t at_ms, struct found *f, struct err *err)
{
	struct query_sink sink = { .row = take_flight, .context = f };
	struct buf sql = BUF_INIT;
	int ret;

	buf_add_str(&sql, "SELECT id, drone, start, \"end\" FROM flights WHERE id = ");
	history_args_quote(&sql, what);
	buf_add_str(&sql, " OR (drone = ");
	history_args_quote(&sql, what);
	buf_printf(&sql, " AND start <= %" PRId64 ") ORDER BY start DESC LIMIT 1", at_ms);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	if (ret == 0 && !f->any)
		return err_set(err, "\"%.40s\" is no flight, and no drone with a flight before this; "
				    "odyssey flights lists them", what);
	return ret;
}

struct reading {
	struct flight_path *path;
	int64_t step_ms, last_ms, ahead_ms;
	int64_t time_ms, period_ms; /* of the sample before, and between it and its own before */
	int64_t boot, seq;
	bool broken;
};

static float number(const struct query_value *v)
{
	return v->type == QUERY_NULL ? NAN : v->type == QUERY_REAL ? (float)v->real : (float)v->integer;
}

static double degrees(const struct query_value *v)
{
	return v->type == QUERY_REAL ? v->real : v->type == QUERY_INTEGER ? (double)v->integer : NAN;
}

static bool take_point(void *context, const struct query_value *v, size_t n)
{
	struct reading *r = context;
	struct path_point p = { .lat = NAN, .lon = NAN };
	int64_t passed;
	bool valid;

	if (n != 9)
		return false;
	valid = v[6].type == QUERY_INTEGER && (v[6].integer & FLAG_POSITION_VALID);
	passed = v[0].integer - r->time_ms;
	r->broken = r->broken || v[7].integer != r->boot || v[8].integer != r->seq + 1 || !valid ||
		    (passed > TRAIL_SILENT_MS && r->period_ms < passed / 4);
	r->period_ms = r->time_ms ? passed : INT64_MAX;
	r->time_ms = v[0].integer;
	r->boot = v[7].integer;
	r->seq = v[8].integer;
	if (r->path->count && v[0].integer - r->last_ms < r->step_ms)
		return true;
	r->last_ms = v[0].integer;
	p.time_ms = v[0].integer + r->ahead_ms;
	if (valid) {
		p.lat = degrees(&v[1]);
		p.lon = degrees(&v[2]);
	}
	for (int i = 0; i < PATH_VALUES; i++)
		p.value[i] = number(&v[3 + i]);
	p.breaks = r->path->count && r->broken;
	r->broken = !valid;
	flight_path_put(r->path, &p);
	return r->path->count < PATH_POINTS_MAX + 2;
}

static int read_path(
    struct history_query *query, const struct found *f, int64_t ahead_ms, struct flight_path *path,
    struct err *err)
{
	struct reading r = { .path = path, .ahead_ms = ahead_ms, .step_ms = (f->to_ms - f->from_ms) / PATH_POINTS_MAX };
	struct query_sink sink = { .row = take_point, .context = &r };
	struct buf sql = BUF_INIT;
	int ret;

	str_copy(path->drone, sizeof(path->drone), f->drone);
	path->from_ms = f->from_ms + ahead_ms;
	path->to_ms = f->to_ms + ahead_ms;
	buf_add_str(&sql, "SELECT time, lat, lon, height, speed, battery, flags, boot, seq FROM telemetry "
			  "WHERE drone = ");
	history_args_quote(&sql, f->drone);
	buf_printf(&sql, " AND time BETWEEN %" PRId64 " AND %" PRId64 " ORDER BY boot, seq", f->from_ms,
	    f->to_ms);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	return ret;
}

int screen_path(struct ui *ui, const char *what, struct err *err)
{
	struct screen *s = screen_of(ui);
	struct history_query *query;
	struct found f = { 0 };
	struct flight_path *path;
	int64_t ahead_ms = 0;
	int ret;

	if (open_query(s, &query, err) == -1)
		return -1;
	/* Live, whatever is told has begun. */
	ret = find_flight(query, what,
	    ui->timeline.past ? ui->timeline.at_ms - ahead_of(s, what) : INT64_MAX, &f, err);
	if (ret == 0)
		ret = history_args_ahead(query, f.drone, f.from_ms, f.on ? INT64_MAX : f.to_ms, &ahead_ms, err);
	/* Of one that is still on all there is. */
	if (ret == 0 && f.on)
		f.to_ms = (ui->timeline.past ? ui->timeline.last_ms : s->now_ms) - ahead_ms;
	if (ret == 0) {
		path = flight_paths_add(&ui->paths, f.id);
		ret = path ? read_path(query, &f, ahead_ms, path, err)
			   : err_set(err, "%d flights are laid already; :path off takes them away", PATHS_MAX);
		if (ret == 0)
			ui_say(ui, ROLE_TEXT, "flight %s: %zu points, %.1f km", f.id, path->count,
			    path->count ? path->points[path->count - 1].along_m / 1000 : 0);
	}
	history_query_close(&query);
	return ret;
}

/* FILE-D07.csv where more than one drone is meant. */
static void path_for(char *out, size_t size, const char *path, const char *drone, bool many)
{
	const char *dot = strrchr(path, '.');

	if (many)
		snprintf(out, size, "%.*s-%s%s", (int)(dot - path), path, drone, dot);
	else
		str_copy(out, size, path);
}

static int export_all(struct screen *s, struct history_query *query, const char *path, int64_t from,
    int64_t to, uint64_t *samples, size_t *files, struct err *err)
{
	size_t count, *drones = ui_targets(&s->ui, &count);
	int ret = count ? 0 : err_set(err, "no drone is selected to export");

	for (size_t i = 0; ret == 0 && i < count; i++) {
		const char *drone = s->ui.model.drones[drones[i]].id;
		int64_t ahead = ahead_of(s, drone);
		struct export e = { .from = from - ahead, .to = to - ahead,
			.format = strrchr(path, '.') + 1 };
		char file[512], a[TIME_TEXT_SIZE], b[TIME_TEXT_SIZE];

		str_copy(e.drone, sizeof(e.drone), drone);
		snprintf(e.name, sizeof(e.name), "%s from %s to %s", e.drone, time_format(from, a),
		    time_format(to, b));
		path_for(file, sizeof(file), path, e.drone, count > 1);
		ret = export_track_file(query, &e, file, err);
		*samples += e.samples;
		(*files)++;
	}
	free(drones);
	return ret;
}

void screen_export(struct screen *s, const char *path)
{
	const struct timeline *t = &s->ui.timeline;
	bool marked = t->past && t->mark_in != TIMELINE_NO_MARK && t->mark_out != TIMELINE_NO_MARK;
	int64_t from = marked ? t->mark_in : t->from_ms, to = marked ? t->mark_out : t->to_ms;
	struct history_query *query;
	uint64_t samples = 0;
	size_t files = 0;
	struct err err;

	if (open_query(s, &query, &err) == -1) {
		ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
		return;
	}
	if (export_all(s, query, path, from, to, &samples, &files, &err) == -1)
		ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
	else
		ui_say(&s->ui, ROLE_TEXT, "%" PRIu64 " samples %s in %s%s", samples,
		    marked ? "between the marks" : "of the time shown", path,
		    files > 1 ? ", a file for each drone, its id before the ending" : "");
	history_query_close(&query);
}
