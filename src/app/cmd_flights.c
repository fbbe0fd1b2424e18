/* odyssey flights: from arming or leaving the ground to landing, a line each. */
#include <inttypes.h>

#include "app/commands.h"
#include "app/history_args.h"
#include "app/rows_out.h"

static const char *const times[] = { "start", "end", NULL };

static int build(struct app *app, struct buf *sql, struct err *err)
{
	int64_t since = 0, until = INT64_MAX;

	if (history_args_time(app, "since", &since, err) == -1 ||
	    history_args_time(app, "until", &until, err) == -1)
		return -1;
	buf_printf(sql,
	    "SELECT id, drone, start, \"end\", round((coalesce(\"end\", last_time) - start) / 1000.0) AS seconds,"
	    " round(distance) AS distance_m, round(highest, 1) AS highest_m,"
	    " round(battery_used, 1) AS battery_used, coalesce(ended,"
	    " 'in the air ' || strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', last_time / 1000, 'unixepoch')) AS ended"
	    " FROM flights WHERE start <= %" PRId64 " AND coalesce(\"end\", last_time) >= %" PRId64,
	    until, since);
	if (!args_has(&app->args, "all"))
		buf_add_str(sql, " AND flown");
	if (history_args_drones(app, sql, err) == -1)
		return -1;
	buf_add_str(sql, " ORDER BY start, drone");
	return 0;
}

int cmd_flights(struct app *app)
{
	struct history_query *query;
	struct buf sql = BUF_INIT;
	struct rows_out out;
	struct query_sink sink;
	struct err err;
	int ret;

	if (app->args.operand_count) {
		err_set(&err, "it takes no \"%s\"; a drone is chosen with --drone", app->args.operands[0]);
		return app_usage_error("flights", &err);
	}
	if (build(app, &sql, &err) == -1) {
		buf_free(&sql);
		return app_usage_error("flights", &err);
	}
	if (history_args_open(app, &query, &err) == -1) {
		buf_free(&sql);
		return app_failure("flights", &err);
	}
	rows_out_init(&out, stdout, &app->args, times);
	sink = rows_out_sink(&out);
	ret = history_query_run(query, sql.data, &sink, &err);
	rows_out_end(&out);
	history_query_close(&query);
	buf_free(&sql);
	return ret == -1 ? app_failure("flights", &err) : EXIT_OK;
}
