/* odyssey export: a flight, or a drone between two times, for other programs. */
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/export_track.h"
#include "app/history_args.h"
#include "base/clock.h"

static bool take_flight(void *context, const struct query_value *v, size_t n)
{
	struct export *e = context;

	if (n != 3 || v[0].type != QUERY_TEXT)
		return false;
	str_copy_n(e->drone, sizeof(e->drone), v[0].data, v[0].len);
	e->from = v[1].integer;
	e->to = v[2].integer;
	e->found = true;
	return false;
}

/* The flight's drone and times: 0, or -1 where there is no such flight. */
static int find_flight(struct history_query *query, const char *id, struct export *e,
    struct err *err)
{
	struct query_sink sink = { .row = take_flight, .context = e };
	struct buf sql = BUF_INIT;
	int ret;

	buf_add_str(&sql, "SELECT drone, start, coalesce(\"end\", last_time) FROM flights WHERE id = ");
	history_args_quote(&sql, id);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	if (ret == -1)
		return -1;
	if (!e->found)
		return err_set(err, "there is no flight \"%s\"; odyssey flights lists them", id);
	snprintf(e->name, sizeof(e->name), "flight %s", id);
	return 0;
}

static int read_range(const struct app *app, struct export *e, struct err *err)
{
	const char *drone = args_get(&app->args, "drone");
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];

	if (!drone || !args_has(&app->args, "from"))
		return err_set(err,
		    "it takes a flight (odyssey flights lists them), or --drone ID --from TIME [--to TIME]");
	if (!id_valid(drone, strlen(drone)))
		return err_set(err, "--drone must be an id, and \"%s\" is none", drone);
	str_copy(e->drone, sizeof(e->drone), drone);
	e->to = clock_wall_ms();
	if (history_args_time(app, "from", &e->from, err) == -1 ||
	    history_args_time(app, "to", &e->to, err) == -1)
		return -1;
	if (e->from > e->to)
		return err_set(err, "--from must not be later than --to");
	snprintf(e->name, sizeof(e->name), "%s from %s to %s", drone, time_format(e->from, from),
	    time_format(e->to, to));
	return 0;
}

int cmd_export(struct app *app)
{
	const char *format = args_get(&app->args, "format"), *path = args_get(&app->args, "output");
	bool flight = app->args.operand_count == 1;
	struct history_query *query;
	struct export e = { 0 };
	struct err err;
	int ret = -1;

	format = format ? format : "csv";
	e.format = format;
	e.out = stdout;
	if (!export_is_format(format)) {
		err_set(&err, "--format must be csv, geojson, kml or gpx, and \"%s\" is not", format);
		return app_usage_error("export", &err);
	}
	if (app->args.operand_count > 1) {
		err_set(&err, "it takes one flight at a time");
		return app_usage_error("export", &err);
	}
	if (!flight && read_range(app, &e, &err) == -1)
		return app_usage_error("export", &err);
	if (history_args_open(app, &query, &err) == -1)
		return app_failure("export", &err);
	if (!flight || find_flight(query, app->args.operands[0], &e, &err) == 0)
		ret = path ? export_track_file(query, &e, path, &err) : export_track_write(query, &e, &err);
	history_query_close(&query);
	return ret == -1 ? app_failure("export", &err) : EXIT_OK;
}
