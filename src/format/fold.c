/* Text that fits a terminal: see fold.h. */
#include "format/fold.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/str.h"

#define GAP 2    /* as between the columns of a table */
#define INDENT 4 /* of what is below a row */
#define LEAST 20 /* columns; narrower is not folded to */

int fold_width(FILE *stream)
{
	struct winsize size;

	if (!isatty(fileno(stream)) || ioctl(fileno(stream), TIOCGWINSZ, &size) == -1)
		return 0;
	return size.ws_col;
}

/* Lines in work. */
struct fold {
	struct buf *out;
	int width, indent;
	int at;       /* column of the cursor */
	int line;     /* words on this line; what is before counts as one */
	bool colour;
};

static void put(struct fold *f, const char *text, size_t len, int width, enum style style)
{
	char word[1024];

	str_copy_n(word, sizeof(word), text, len);
	style_write(f->out, style, word, f->colour);
	f->at += width;
	f->line++;
}

static void blanks(struct fold *f, int n)
{
	if (n > 0)
		buf_printf(f->out, "%*s", n, "");
	f->at += n > 0 ? n : 0;
}

static void next_line(struct fold *f)
{
	buf_add_str(f->out, "\n");
	f->at = 0;
	f->line = 0;
	blanks(f, f->indent);
}

/* Bytes of as much of the word as `columns` hold, a character at least. */
static size_t fitting(const char *word, size_t len, int columns)
{
	mbstate_t state = { 0 };
	size_t at = 0;

	while (at < len) {
		wchar_t c;
		size_t n = mbrtowc(&c, word + at, len - at, &state);
		int w;

		if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
			memset(&state, 0, sizeof(state));
			n = 1;
			w = 1;
		} else {
			w = wcwidth(c) > 0 ? wcwidth(c) : 0;
		}
		if (at && w > columns)
			break;
		columns -= w;
		at += n;
	}
	return at;
}

static int width_of(const char *word, size_t len)
{
	char copy[1024];

	str_copy_n(copy, sizeof(copy), word, len);
	return text_width(copy);
}

static void add_word(struct fold *f, const char *word, size_t len, int gap, enum style style)
{
	int w = width_of(word, len);

	if (f->width && f->line && f->at + gap + w > f->width)
		next_line(f);
	else if (f->line)
		blanks(f, gap);
	while (f->width && w > f->width - f->at) {
		size_t n = fitting(word, len, f->width - f->at);

		put(f, word, n, width_of(word, n), style);
		word += n;
		len -= n;
		w = width_of(word, len);
		if (!len)
			return;
		next_line(f);
	}
	put(f, word, len, w, style);
}

static void add_text(struct fold *f, const char *text, int gap, enum style style)
{
	while (*(text += strspn(text, " ")) != '\0') {
		size_t len = strcspn(text, " ");

		/* A word of more than what is copied at a time is no word. */
		if (len > 1000)
			len = fitting(text, len, 900);
		add_word(f, text, len, gap, style);
		gap = 1;
		text += len;
	}
}

void fold_text(struct buf *out, const char *text, enum style style, bool colour, int width, int at,
    int indent)
{
	struct fold f = { .out = out, .width = width, .indent = indent, .at = at, .line = at > 0,
		.colour = colour };

	if (width < LEAST || indent > width / 2)
		f.width = 0;
	add_text(&f, text, at > 0, style);
	buf_add_str(out, "\n");
}

/* Columns that fit beside each other, from the left. */
static size_t columns_that_fit(const struct table *t, const int *widths, int width)
{
	int used = 0;
	size_t n = 0;

	while (n < t->column_count && used + (n ? GAP : 0) + widths[n] <= width)
		used += (n ? GAP : 0) + widths[n], n++;
	return n;
}

static void below(const struct table *t, const struct table_cell *cells, size_t from, struct buf *out,
    bool colour, int width)
{
	struct fold f = { .out = out, .width = width, .indent = INDENT, .colour = colour };

	blanks(&f, INDENT);
	for (size_t i = from; i < t->column_count; i++) {
		if (cells)
			add_text(&f, t->text.data + cells[i].offset, GAP, cells[i].style);
		else
			add_text(&f, t->columns[i].title, GAP, STYLE_BOLD);
	}
	buf_add_str(out, "\n");
}

void fold_table(const struct table *t, struct buf *out, bool colour, int width)
{
	size_t rows = t->column_count ? t->cell_count / t->column_count : 0, fit;
	int *widths = table_widths(t);
	struct table left;

	fit = columns_that_fit(t, widths, width);
	free(widths);
	if (width < LEAST || fit == t->column_count || !fit) {
		table_write(t, out, colour);
		return;
	}
	/* The columns that stay are a table of their own, a row of it at a time. */
	table_init(&left, t->columns, fit);
	for (size_t r = 0; r < rows; r++) {
		for (size_t i = 0; i < fit; i++) {
			const struct table_cell *cell = &t->cells[r * t->column_count + i];

			table_cell(&left, cell->style, "%s", t->text.data + cell->offset);
		}
	}
	widths = table_widths(&left);
	table_write_row(&left, widths, NULL, out, colour);
	below(t, NULL, fit, out, colour, width);
	for (size_t r = 0; r < rows; r++) {
		table_write_row(&left, widths, left.cells + r * fit, out, colour);
		below(t, t->cells + r * t->column_count, fit, out, colour, width);
	}
	free(widths);
	table_clear(&left);
}
