/* odyssey sql: one question to the whole history. */
#include "app/commands.h"
#include "app/history_args.h"
#include "app/rows_out.h"

int cmd_sql(struct app *app)
{
	struct history_query *query;
	struct rows_out out;
	struct query_sink sink;
	struct err err;
	int ret;

	if (app->args.operand_count != 1) {
		err_set(&err, "it takes one SQL statement in quotes, as in \"SELECT count(*) FROM telemetry\"");
		return app_usage_error("sql", &err);
	}
	if (history_args_open(app, &query, &err) == -1)
		return app_failure("sql", &err);
	rows_out_init(&out, stdout, &app->args, NULL);
	sink = rows_out_sink(&out);
	ret = history_query_run(query, app->args.operands[0], &sink, &err);
	rows_out_end(&out);
	history_query_close(&query);
	return ret == -1 ? app_failure("sql", &err) : EXIT_OK;
}
