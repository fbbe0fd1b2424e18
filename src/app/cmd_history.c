/* odyssey history: what is stored, day by day, and whether it is whole. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/history_args.h"
#include "base/mem.h"
#include "format/table.h"
#include "history/verify.h"
#include "proto/wire.h"

static void size_text(char text[24], int64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double v = (double)bytes;
	size_t u = 0;

	for (; v >= 1000 && u < ARRAY_LEN(units) - 1; u++)
		v /= 1000;
	snprintf(text, 24, u ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static void print_table(const struct history_day *days, size_t n)
{
	static const struct table_column columns[] = {
		{ "DAY", TABLE_LEFT }, { "SIZE", TABLE_RIGHT }, { "SAMPLES", TABLE_RIGHT },
		{ "B/SAMPLE", TABLE_RIGHT }, { "DRONES", TABLE_RIGHT }, { "FLIGHTS", TABLE_RIGHT },
		{ "EVENTS", TABLE_RIGHT }, { "COMMANDS", TABLE_RIGHT }, { "MISSING", TABLE_RIGHT },
		{ "LOST", TABLE_RIGHT }, { "REJECTS", TABLE_RIGHT }, { "STATE", TABLE_LEFT },
	};
	struct buf out = BUF_INIT;
	struct table t;

	table_init(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++) {
		const struct history_day *d = &days[i];
		char size[24];

		size_text(size, d->bytes);
		table_cell(&t, STYLE_PLAIN, "%s", *d->date ? d->date : d->name);
		table_cell(&t, STYLE_PLAIN, "%s", size);
		table_cell(&t, STYLE_PLAIN, "%" PRIu64, d->samples);
		if (d->samples)
			table_cell(&t, STYLE_PLAIN, "%.1f", (double)d->bytes / (double)d->samples);
		else
			table_cell(&t, STYLE_PLAIN, "-");
		table_cell(&t, STYLE_PLAIN, "%" PRIu64, d->drones);
		table_cell(&t, STYLE_PLAIN, "%" PRIu64, d->flights);
		table_cell(&t, STYLE_PLAIN, "%" PRIu64, d->events);
		table_cell(&t, STYLE_PLAIN, "%" PRIu64, d->commands);
		table_cell(&t, d->gaps_open ? STYLE_WARN : STYLE_PLAIN, "%" PRIu64, d->gaps_open);
		table_cell(&t, d->gaps_lost ? STYLE_WARN : STYLE_PLAIN, "%" PRIu64, d->gaps_lost);
		table_cell(&t, STYLE_PLAIN, "%" PRIu64, d->rejects);
		if (*d->trouble)
			table_cell(&t, STYLE_BAD, "%s", d->trouble);
		else
			table_cell(&t, STYLE_PLAIN, "%s", d->finished ? "finished" : "in use");
	}
	table_write(&t, &out, table_wants_colour(stdout));
	fputs(out.data, stdout);
	table_clear(&t);
	buf_free(&out);
}

static void print_json(const struct history_day *days, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct history_day *d = &days[i];
		struct buf line = BUF_INIT;

		buf_add_str(&line, "{\"day\":");
		wire_json_text(&line, d->date, strlen(d->date));
		buf_add_str(&line, ",\"file\":");
		wire_json_text(&line, d->name, strlen(d->name));
		buf_printf(&line,
		    ",\"bytes\":%" PRId64 ",\"samples\":%" PRIu64 ",\"plain\":%" PRIu64
		    ",\"drones\":%" PRIu64 ",\"flights\":%" PRIu64 ",\"events\":%" PRIu64
		    ",\"commands\":%" PRIu64 ",\"rejects\":%" PRIu64 ",\"missing\":%" PRIu64
		    ",\"lost\":%" PRIu64 ",\"finished\":%s,\"trouble\":",
		    d->bytes, d->samples, d->plain, d->drones, d->flights, d->events, d->commands,
		    d->rejects, d->gaps_open, d->gaps_lost, d->finished ? "true" : "false");
		if (*d->trouble)
			wire_json_text(&line, d->trouble, strlen(d->trouble));
		else
			buf_add_str(&line, "null");
		printf("%s}\n", line.data);
		buf_free(&line);
	}
}

static int list(struct app *app)
{
	struct history_day *days;
	bool trouble = false;
	struct err err;
	size_t n;

	if (history_list_days(app->config.history_dir, &days, &n, &err) == -1)
		return app_failure("history", &err);
	if (args_has(&app->args, "json"))
		print_json(days, n);
	else
		print_table(days, n);
	for (size_t i = 0; i < n; i++)
		trouble = trouble || *days[i].trouble;
	free(days);
	return trouble ? EXIT_FAILED : EXIT_OK;
}

static void print_fault(void *context, const char *name, const char *text)
{
	(void)context;
	printf("%s: %s\n", name, text);
}

static int verify(struct app *app)
{
	struct history_verified v;
	struct err err;

	if (history_verify(app->config.history_dir, print_fault, NULL, &v, &err) == -1)
		return app_failure("history", &err);
	printf("%" PRIu64 " day%s, %" PRIu64 " samples, %" PRIu64 " sealed rows read: %" PRIu64
	       " wrong\n",
	    v.days, v.days == 1 ? "" : "s", v.samples, v.sealed_rows, v.faults);
	return v.faults ? EXIT_FAILED : EXIT_OK;
}

int cmd_history(struct app *app)
{
	const char *what = app->args.operand_count ? app->args.operands[0] : "list";
	struct err err;

	if (app->args.operand_count <= 1 && strcmp(what, "list") == 0)
		return list(app);
	if (app->args.operand_count <= 1 && strcmp(what, "verify") == 0)
		return verify(app);
	err_set(&err, "it takes verify or nothing, and not \"%s\"",
	    app->args.operand_count > 1 ? app->args.operands[1] : what);
	return app_usage_error("history", &err);
}
