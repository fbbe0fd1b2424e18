/* Text tables: see table.h. */
#include "format/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/str.h"

#define GAP 2 /* spaces between columns */

/* SGR sequences, ECMA-48; the 16 colours every terminal has. */
static const char *const style_codes[STYLE_COUNT] = {
	[STYLE_PLAIN] = "",
	[STYLE_BOLD] = "\033[1m",
	[STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m",
	[STYLE_WARN] = "\033[33m",
	[STYLE_BAD] = "\033[31m",
};

int text_width(const char *s)
{
	mbstate_t state = { 0 };
	size_t left = strlen(s);
	int width = 0;

	while (left > 0) {
		wchar_t c;
		size_t n = mbrtowc(&c, s, left, &state);

		if (n == (size_t)-1 || n == (size_t)-2) {
			memset(&state, 0, sizeof(state));
			n = 1;
			width++;
		} else {
			int w = wcwidth(c);

			width += w > 0 ? w : 0;
		}
		s += n;
		left -= n;
	}
	return width;
}

void style_write(struct buf *out, enum style style, const char *text, bool colour)
{
	if (!colour || style == STYLE_PLAIN)
		buf_add_str(out, text);
	else
		buf_printf(out, "%s%s\033[0m", style_codes[style], text);
}

bool table_wants_colour(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(stream)) && (!no_color || !*no_color) && term && *term &&
	    strcmp(term, "dumb") != 0;
}

void table_init(struct table *t, const struct table_column *columns, size_t column_count)
{
	*t = (struct table){ .columns = columns, .column_count = column_count };
}

void table_cell(struct table *t, enum style style, const char *fmt, ...)
{
	struct table_cell *cell;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_trim_utf8(text);
	str_clean(text);
	mem_grow(t->cells, t->cell_count, t->cell_cap);
	cell = &t->cells[t->cell_count++];
	*cell = (struct table_cell){ t->text.len, text_width(text), style };
	buf_add(&t->text, text, strlen(text) + 1);
}

static void pad(struct buf *out, int n)
{
	if (n > 0)
		buf_printf(out, "%*s", n, "");
}

/* Padding is only written when something follows, so that no line ends in spaces. */
void table_write_row(const struct table *t, const int *widths, const struct table_cell *cells,
    struct buf *out, bool colour)
{
	int owed = 0;

	for (size_t i = 0; i < t->column_count; i++) {
		const char *text = cells ? t->text.data + cells[i].offset : t->columns[i].title;
		int width = cells ? cells[i].width : text_width(text);

		if (t->columns[i].align == TABLE_RIGHT)
			owed += widths[i] - width;
		if (width > 0) {
			pad(out, owed);
			style_write(out, cells ? cells[i].style : STYLE_BOLD, text, colour);
			owed = 0;
		} else {
			owed += width;
		}
		owed += GAP;
		if (t->columns[i].align == TABLE_LEFT)
			owed += widths[i] - width;
	}
	buf_add(out, "\n", 1);
}

int *table_widths(const struct table *t)
{
	int *widths = xcalloc(t->column_count + 1, sizeof(*widths));
	size_t rows = t->column_count ? t->cell_count / t->column_count : 0;

	for (size_t i = 0; i < t->column_count; i++) {
		widths[i] = text_width(t->columns[i].title);
		for (size_t r = 0; r < rows; r++) {
			int w = t->cells[r * t->column_count + i].width;

			widths[i] = w > widths[i] ? w : widths[i];
		}
	}
	return widths;
}

void table_write(const struct table *t, struct buf *out, bool colour)
{
	size_t rows = t->column_count ? t->cell_count / t->column_count : 0;
	int *widths = table_widths(t);

	table_write_row(t, widths, NULL, out, colour);
	for (size_t r = 0; r < rows; r++)
		table_write_row(t, widths, t->cells + r * t->column_count, out, colour);
	free(widths);
}

void table_clear(struct table *t)
{
	free(t->cells);
	buf_free(&t->text);
	*t = (struct table){ 0 };
}
