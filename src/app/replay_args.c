/* The line of `odyssey replay`: see replay_args.h. */
#include "app/replay_args.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "app/history_args.h"
#include "base/clock.h"
#include "replay/playhead.h"

#define HOUR_MS (60 * 60 * (int64_t)1000)

static int read_drones(const struct app *app, struct replay_args *a, struct err *err)
{
	for (size_t i = 0; i < app->args.given_count; i++) {
		const struct arg_given *given = &app->args.given[i];

		if (strcmp(given->flag->name, "drone") != 0)
			continue;
		if (!id_valid(given->value, strlen(given->value)))
			return err_set(err, "--drone must be an id, and \"%s\" is none", given->value);
		if (a->options.drone_count == REPLAY_DRONES_MAX)
			return err_set(err, "--drone is given more than %d times; leave it out for all",
			    REPLAY_DRONES_MAX);
		a->drones[a->options.drone_count++] = given->value;
	}
	a->options.drones = a->drones;
	return 0;
}

static bool take_flight(void *context, const struct query_value *v, size_t n)
{
	struct replay_args *a = context;

	if (n != 3 || v[0].type != QUERY_TEXT)
		return false;
	str_copy_n(a->drone, sizeof(a->drone), v[0].data, v[0].len);
	a->start_ms = v[1].integer;
	a->end_ms = v[2].integer;
	return false;
}

static int find_flight(const struct app *app, const char *id, struct replay_args *a,
    struct err *err)
{
	struct query_sink sink = { .row = take_flight, .context = a };
	struct history_query *query;
	struct buf sql = BUF_INIT;
	int64_t ahead_ms = 0;
	struct stat st;
	int ret;

	if (stat(a->options.path, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(err, "a flight is looked up in a history's directory, and %s is a file; "
				    "name a time instead of \"%s\"", a->options.path, id);
	if (history_args_open(app, &query, err) == -1)
		return -1;
	buf_add_str(&sql, "SELECT drone, start, coalesce(\"end\", last_time) FROM flights WHERE id = ");
	history_args_quote(&sql, id);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	/* A flight is told in its drone's time, and the past goes by the daemon's. */
	if (ret == 0 && *a->drone)
		ret = history_args_ahead(query, a->drone, a->start_ms, a->end_ms, &ahead_ms, err);
	a->start_ms += ahead_ms;
	a->end_ms += ahead_ms;
	history_query_close(&query);
	if (ret == 0 && !*a->drone)
		ret = err_set(err, "there is no flight \"%s\"; odyssey flights lists them", id);
	return ret;
}

/* Where play begins, from the operand: 0, or -1. INT64_MIN: nothing was said. */
static int read_from(const struct app *app, struct replay_args *a, bool *usage, struct err *err)
{
	const char *text = app->args.operand_count ? app->args.operands[0] : NULL;
	int64_t ago;

	a->start_ms = INT64_MIN;
	if (!text || time_parse(text, &a->start_ms))
		return 0;
	if (duration_parse(text[0] == '-' ? text + 1 : text, &ago)) {
		a->start_ms = clock_wall_ms() - ago;
		return 0;
	}
	*usage = !strchr(text, '-');
	if (*usage)
		return err_set(err, "FROM is a time such as 2026-11-20T13:40Z, how long ago such as -30m, or "
				    "a flight, and \"%s\" is none of them", text);
	return find_flight(app, text, a, err);
}

static int place(const struct replay *r, struct replay_args *a, struct err *err)
{
	char text[TIME_TEXT_SIZE], last_text[TIME_TEXT_SIZE];
	int64_t first, last;

	if (!replay_range(r, &first, &last))
		return err_set(err, "nothing was recorded in %s%s", a->options.path,
		    a->options.drone_count ? " of those drones" : "");
	if (a->start_ms == INT64_MIN)
		a->start_ms = last - HOUR_MS;
	if (a->start_ms > last)
		return err_set(err, "nothing was recorded after %s; the last is of %s",
		    time_format(a->start_ms, text), time_format(last, last_text));
	if (a->start_ms < first)
		a->start_ms = first;
	return 0;
}

static bool take_any(void *context, const struct query_value *v, size_t n)
{
	(void)v;
	(void)n;
	*(bool *)context = true;
	return false;
}

/* A drone that was mistyped would be an empty screen. It may be of days that are not open. */
static int check_drones(const struct replay *r, const struct replay_args *a, struct err *err)
{
	struct history_query *query = NULL;
	int ret = 0;

	for (size_t i = 0; i < a->options.drone_count && ret == 0; i++) {
		bool any = replay_find_drone(r, a->options.drones[i]) != REPLAY_NO_DRONE;
		struct query_sink sink = { .row = take_any, .context = &any };
		struct buf sql = BUF_INIT;

		if (any)
			continue;
		buf_add_str(&sql, "SELECT 1 FROM drones WHERE id = ");
		history_args_quote(&sql, a->options.drones[i]);
		if (query || history_query_open(&query, a->options.path, err) == 0)
			ret = history_query_run(query, sql.data, &sink, err);
		else
			any = false;
		buf_free(&sql);
		if (ret == 0 && !any)
			ret = err_set(err, "nothing was recorded of drone %s in %s; odyssey flights, or odyssey "
					   "sql \"SELECT id FROM drones\", lists whom there is",
			    a->options.drones[i], a->options.path);
	}
	history_query_close(&query);
	return ret;
}

int replay_args_open(const struct app *app, struct replay_args *a, struct replay **replay,
    bool *usage, struct err *err)
{
	*replay = NULL;
	*usage = true;
	*a = (struct replay_args){ .speed = 1, .end_ms = INT64_MAX,
		.options = { .path = app->config.history_dir, .from_ms = INT64_MIN, .to_ms = INT64_MAX } };
	a->loop = args_has(&app->args, "loop");
	a->serve = args_has(&app->args, "serve");
	if (app->args.operand_count > 1)
		return err_set(err, "it takes one FROM, and \"%s\" is another", app->args.operands[1]);
	if (args_number(&app->args, "speed", PLAYHEAD_SPEED_MIN, PLAYHEAD_SPEED_MAX, &a->speed, err) == -1 ||
	    read_drones(app, a, err) == -1)
		return -1;
	*usage = false;
	if (read_from(app, a, usage, err) == -1)
		return -1;
	a->options.start_ms = a->start_ms == INT64_MIN ? -HOUR_MS : a->start_ms;
	if (replay_open(replay, &a->options, err) == -1)
		return -1;
	if (place(*replay, a, err) == -1 || check_drones(*replay, a, err) == -1 || replay_seek(*replay, a->start_ms - 1, err) == -1) {
		replay_close(replay);
		return -1;
	}
	return 0;
}
