/* What the commands over the history share: see history_args.h. */
#include "app/history_args.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/str.h"

int history_args_open(const struct app *app, struct history_query **query, struct err *err)
{
	struct stat st;

	if (stat(app->config.history_dir, &st) == -1 || !S_ISDIR(st.st_mode))
		return err_set(err,
		    "there is no history in %s; name its directory with --history",
		    app->config.history_dir);
	return history_query_open(query, app->config.history_dir, err);
}

int history_args_time(const struct app *app, const char *flag, int64_t *ms, struct err *err)
{
	const char *text = args_get(&app->args, flag);
	int64_t ago;

	if (!text || time_parse(text, ms))
		return 0;
	if (duration_parse(text[0] == '-' ? text + 1 : text, &ago)) {
		*ms = clock_wall_ms() - ago;
		return 0;
	}
	return err_set(err,
	    "--%s must be a time such as 2026-11-21T09:00Z, or how long ago such as 30m, and \"%s\" is neither",
	    flag, text);
}

void history_args_quote(struct buf *sql, const char *text)
{
	buf_add(sql, "'", 1);
	for (; *text; text++)
		buf_add(sql, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
	buf_add(sql, "'", 1);
}

static bool take_ahead(void *context, const struct query_value *v, size_t n)
{
	if (n == 1 && v[0].type == QUERY_INTEGER)
		*(int64_t *)context = v[0].integer;
	return false;
}

int history_args_ahead(struct history_query *query, const char *drone, int64_t from_ms, int64_t to_ms,
    int64_t *ahead_ms, struct err *err)
{
	struct query_sink sink = { .row = take_ahead, .context = ahead_ms };
	struct buf sql = BUF_INIT;
	int ret;

	*ahead_ms = 0;
	buf_add_str(&sql, "SELECT min(arrived - time) FROM telemetry WHERE NOT backfilled AND drone = ");
	history_args_quote(&sql, drone);
	buf_printf(&sql, " AND time BETWEEN %" PRId64 " AND %" PRId64, from_ms, to_ms);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	if (*ahead_ms > -AHEAD_MIN_MS && *ahead_ms < AHEAD_MIN_MS)
		*ahead_ms = 0;
	return ret;
}

int history_args_drones(const struct app *app, struct buf *sql, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < app->args.given_count; i++) {
		const struct arg_given *given = &app->args.given[i];

		if (strcmp(given->flag->name, "drone") != 0)
			continue;
		if (!id_valid(given->value, strlen(given->value)))
			return err_set(err, "--drone must be an id, and \"%s\" is none", given->value);
		buf_add_str(sql, n++ ? "," : " AND drone IN (");
		history_args_quote(sql, given->value);
	}
	if (n)
		buf_add(sql, ")", 1);
	return 0;
}
