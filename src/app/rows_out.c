/* Rows of a query for people and programs: see rows_out.h. */
#include "app/rows_out.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "proto/wire.h"

#define PAGE_ROWS 5000

void rows_out_init(struct rows_out *r, FILE *out, const struct args *args,
    const char *const *times)
{
	*r = (struct rows_out){ .out = out, .times = times };
	r->format = args_has(args, "json") ? ROWS_JSON : args_has(args, "csv") ? ROWS_CSV : ROWS_TABLE;
	r->colour = table_wants_colour(out);
}

static void write_page(struct rows_out *r)
{
	struct buf text = BUF_INIT;
	const char *body;

	table_write(&r->table, &text, r->colour);
	/* The header stands once, above the first page. */
	body = text.data;
	if (r->headed && body)
		body = strchr(body, '\n') ? strchr(body, '\n') + 1 : body;
	if (body)
		fputs(body, r->out);
	r->headed = true;
	r->page_rows = 0;
	buf_free(&text);
	table_clear(&r->table);
	table_init(&r->table, r->columns, r->count);
}

static void forget_columns(struct rows_out *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->names[i]);
	free(r->names);
	free(r->kinds);
	free(r->columns);
	r->names = NULL;
	r->kinds = NULL;
	r->columns = NULL;
	r->count = 0;
}

static void end_statement(struct rows_out *r)
{
	if (r->format == ROWS_TABLE && r->count) {
		if (r->page_rows || !r->headed)
			write_page(r);
		table_clear(&r->table);
	}
	forget_columns(r);
}

static bool is_time(const struct rows_out *r, const char *name)
{
	for (size_t i = 0; r->times && r->times[i]; i++) {
		if (strcmp(r->times[i], name) == 0)
			return true;
	}
	return false;
}

static bool needs_quotes(const char *s, size_t len)
{
	return len == 0 || memchr(s, ',', len) || memchr(s, '"', len) || memchr(s, '\n', len) ||
	       memchr(s, '\r', len);
}

static void csv_text(struct rows_out *r, const char *s, size_t len)
{
	if (!needs_quotes(s, len)) {
		fwrite(s, 1, len, r->out);
		return;
	}
	fputc('"', r->out);
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			fputc('"', r->out);
		fputc(s[i], r->out);
	}
	fputc('"', r->out);
}

static bool head(void *context, const char *const *names, size_t n)
{
	struct rows_out *r = context;

	end_statement(r);
	r->headed = false;
	r->count = n;
	r->names = xcalloc(n, sizeof(*r->names));
	r->kinds = xcalloc(n, sizeof(*r->kinds));
	r->columns = xcalloc(n, sizeof(*r->columns));
	for (size_t i = 0; i < n; i++) {
		r->names[i] = xstrdup(names[i]);
		r->kinds[i] = is_time(r, names[i]) ? ROWS_TIME : ROWS_PLAIN;
		r->columns[i] = (struct table_column){ r->names[i], TABLE_LEFT };
		if (r->format == ROWS_CSV) {
			fputs(i ? "," : "", r->out);
			csv_text(r, names[i], strlen(names[i]));
		}
	}
	if (r->format == ROWS_CSV)
		fputs("\r\n", r->out);
	else if (r->format == ROWS_TABLE)
		table_init(&r->table, r->columns, n);
	return !ferror(r->out);
}

/* Binary that is plain text is shown as such: topics and the like. */
static bool is_printable(const struct query_value *v)
{
	const unsigned char *p = v->data;

	for (size_t i = 0; i < v->len; i++) {
		if (p[i] < 0x20 || p[i] > 0x7e)
			return false;
	}
	return v->len > 0;
}

/* The shortest of the two that reads back as the same number. */
static void real_text(struct buf *b, double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.15g", v);
	if (strtod(text, NULL) != v)
		snprintf(text, sizeof(text), "%.17g", v);
	buf_add_str(b, text);
}

/* The value as text, without any quoting. */
static void value_text(struct buf *b, const struct query_value *v, enum rows_kind kind)
{
	char text[TIME_TEXT_SIZE];

	switch (v->type) {
	case QUERY_NULL:
		break;
	case QUERY_INTEGER:
		if (kind == ROWS_TIME)
			buf_add_str(b, time_format(v->integer, text));
		else
			buf_printf(b, "%" PRId64, v->integer);
		break;
	case QUERY_REAL:
		real_text(b, v->real);
		break;
	case QUERY_TEXT:
		buf_add(b, v->data, v->len);
		break;
	case QUERY_BLOB:
		if (is_printable(v)) {
			buf_add(b, v->data, v->len);
			break;
		}
		for (size_t i = 0; i < v->len; i++)
			buf_printf(b, "%02x", ((const unsigned char *)v->data)[i]);
		break;
	}
}

static void json_row(struct rows_out *r, const struct query_value *values)
{
	struct buf line = BUF_INIT, text = BUF_INIT;

	buf_add(&line, "{", 1);
	for (size_t i = 0; i < r->count; i++) {
		if (i)
			buf_add(&line, ",", 1);
		wire_json_text(&line, r->names[i], strlen(r->names[i]));
		buf_add(&line, ":", 1);
		buf_clear(&text);
		value_text(&text, &values[i], ROWS_PLAIN);
		if (values[i].type == QUERY_NULL ||
		    (values[i].type == QUERY_REAL && !isfinite(values[i].real)))
			buf_add_str(&line, "null");
		else if (values[i].type == QUERY_INTEGER || values[i].type == QUERY_REAL)
			buf_add(&line, text.data, text.len);
		else
			wire_json_text(&line, text.data ? text.data : "", text.len);
	}
	buf_add(&line, "}\n", 2);
	fwrite(line.data, 1, line.len, r->out);
	buf_free(&line);
	buf_free(&text);
}

static bool row(void *context, const struct query_value *values, size_t n)
{
	struct rows_out *r = context;
	struct buf text = BUF_INIT;

	r->rows++;
	if (r->format == ROWS_JSON) {
		json_row(r, values);
		return !ferror(r->out);
	}
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		value_text(&text, &values[i], r->kinds[i]);
		if (r->format == ROWS_CSV) {
			fputs(i ? "," : "", r->out);
			if (values[i].type != QUERY_NULL)
				csv_text(r, text.data ? text.data : "", text.len);
		} else {
			/* A column of numbers stands to the right. */
			if (values[i].type == QUERY_INTEGER || values[i].type == QUERY_REAL)
				r->columns[i].align = r->kinds[i] == ROWS_TIME ? TABLE_LEFT : TABLE_RIGHT;
			table_cell(&r->table, STYLE_PLAIN, "%s", text.len ? text.data : "-");
		}
	}
	if (r->format == ROWS_CSV)
		fputs("\r\n", r->out);
	else if (++r->page_rows == PAGE_ROWS)
		write_page(r);
	buf_free(&text);
	return !ferror(r->out);
}

struct query_sink rows_out_sink(struct rows_out *r)
{
	return (struct query_sink){ .head = head, .row = row, .context = r };
}

void rows_out_end(struct rows_out *r)
{
	end_statement(r);
}
