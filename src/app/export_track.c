/* One drone's samples into a file: see export_track.h. */
#include "app/export_track.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/history_args.h"

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

int export_track_write(struct history_query *query, struct export *e, struct err *err)
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

int export_track_file(struct history_query *query, struct export *e, const char *path,
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
	if (fchmod(fd, 0666 & ~mask) == -1 || export_track_write(query, e, &why) == -1) {
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

bool export_is_format(const char *format)
{
	for (size_t i = 0; track_format_names[i]; i++) {
		if (strcmp(track_format_names[i], format) == 0)
			return true;
	}
	return false;
}
