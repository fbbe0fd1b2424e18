/* odyssey export: a flight, or a drone between two times, for other programs. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/history_args.h"
#include "base/clock.h"
#include "format/track.h"

struct export {
	char drone[ID_SIZE];
	int64_t from, to;
	char name[128];
	bool found;
	struct track_info info;      /* the writer's as long as it writes */
	struct track_writer *writer; /* begun with the first sample */
	const char *format;
	FILE *out;
	uint64_t samples;
};

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

/* A row of telemetry, in the order of the field table, as a sample again. */
static bool take_sample(void *context, const struct query_value *v, size_t n)
{
	struct export *e = context;
	struct sample s = { 0 };
	struct err err;

	/* The format was checked before. */
	e->info = (struct track_info){ .name = e->name, .drone = e->drone };
	if (!e->writer && track_open(&e->writer, e->format, e->out, &e->info, &err) == -1)
		return false;
	for (size_t f = 0; f < n && f < FIELD_COUNT; f++) {
		if (v[f].type == QUERY_NULL)
			continue;
		/* time is in ms, as on the wire; the others in their unit */
		if (f == FIELD_time)
			sample_set(&s, FIELD_time, v[f].integer);
		else
			sample_set_value(&s, (enum field)f,
			    v[f].type == QUERY_REAL ? v[f].real : (double)v[f].integer);
	}
	track_add(e->writer, &s);
	e->samples++;
	return true;
}

static int write_samples(struct history_query *query, struct export *e, struct err *err)
{
	struct query_sink sink = { .row = take_sample, .context = e };
	struct buf sql = BUF_INIT;
	struct err close_err;
	int ret;

	for (int f = 0; f < FIELD_COUNT; f++)
		buf_printf(&sql, "%s%s", f ? "," : "SELECT ", field_table[f].name);
	buf_add_str(&sql, " FROM telemetry WHERE drone = ");
	history_args_quote(&sql, e->drone);
	buf_printf(&sql, " AND time BETWEEN %" PRId64 " AND %" PRId64 " ORDER BY boot, seq", e->from,
	    e->to);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	if (e->writer && track_close(&e->writer, &close_err) == -1 && ret == 0) {
		*err = close_err;
		ret = -1;
	}
	if (ret == 0 && e->samples == 0)
		return err_set(err, "the history has no sample of %s in that time", e->drone);
	return ret;
}

/* Into a file beside the one named, which takes its place only when it is
 * whole: nothing is half exported. */
static int write_file(struct history_query *query, struct export *e, const char *path,
    struct err *err)
{
	char part[CONFIG_PATH_SIZE];
	mode_t mask = umask(0);
	struct err why = { "" };
	int fd;

	umask(mask);
	if (snprintf(part, sizeof(part), "%s.XXXXXX", path) >= (int)sizeof(part))
		return err_set(err, "--output: the path is too long");
	fd = mkstemp(part);
	e->out = fd == -1 ? NULL : fdopen(fd, "w");
	if (!e->out)
		return err_set(err, "%s cannot be written: %s", path, strerror(errno));
	/* mkstemp() makes it for us alone; it shall be a file like any other. */
	if (fchmod(fd, 0666 & ~mask) == -1 || write_samples(query, e, &why) == -1) {
		if (e->samples)
			err_set(err, "%s: %s", path, why.text);
		else
			*err = why;
		fclose(e->out);
		unlink(part);
		return -1;
	}
	if (fclose(e->out) == EOF || rename(part, path) == -1) {
		err_set(err, "%s cannot be written: %s", path, strerror(errno));
		unlink(part);
		return -1;
	}
	return 0;
}

static bool is_format(const char *format)
{
	for (size_t i = 0; track_format_names[i]; i++) {
		if (strcmp(track_format_names[i], format) == 0)
			return true;
	}
	return false;
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
	if (!is_format(format)) {
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
		ret = path ? write_file(query, &e, path, &err) : write_samples(query, &e, &err);
	history_query_close(&query);
	return ret == -1 ? app_failure("export", &err) : EXIT_OK;
}
