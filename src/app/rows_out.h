/*
 * Rows of a query as an aligned table, as CSV (RFC 4180) or as JSON lines.
 *
 *	struct rows_out out;
 *	rows_out_init(&out, stdout, &app->args);
 *	struct query_sink sink = rows_out_sink(&out);
 *	history_query_run(query, sql, &sink, &err);
 *	rows_out_end(&out);
 *
 * Unknown is "-" in a table, nothing in CSV, null in JSON; binary is shown in
 * hexadecimal. A table is written in pages, so that memory stays bounded.
 */
#ifndef APP_ROWS_OUT_H
#define APP_ROWS_OUT_H

#include "config/flags.h"
#include "format/table.h"
#include "history/query.h"

enum rows_format { ROWS_TABLE, ROWS_CSV, ROWS_JSON };

/* What a column is, beyond its type: how a person wants to read it. */
enum rows_kind {
	ROWS_PLAIN,
	ROWS_TIME, /* ms since 1970: RFC 3339 in a table and in CSV */
};

struct rows_out {
	FILE *out;
	enum rows_format format;
	bool colour;
	enum rows_kind *kinds;         /* by column; owned */
	char **names;                  /* owned */
	struct table_column *columns;  /* owned */
	size_t count;
	struct table table;
	size_t rows, page_rows;
	bool headed;
	const char *const *times;      /* names of ROWS_TIME columns, ended by NULL; may be NULL */
};

/* --csv and --json choose; a table otherwise. times is the caller's. */
void rows_out_init(struct rows_out *r, FILE *out, const struct args *args,
    const char *const *times);
struct query_sink rows_out_sink(struct rows_out *r);
/* Writes what is left and frees. */
void rows_out_end(struct rows_out *r);

#define FLAG_CSV { .name = "csv", .help = "comma-separated values with a header" }

#endif
