/*
 * Text tables for people: columns as wide as their widest cell on a terminal
 * (wcwidth, so that CJK and accents line up), numbers to the right, a header.
 *
 *	static const struct table_column columns[] = { { "ID", TABLE_LEFT }, ... };
 *	struct table t;
 *	table_init(&t, columns, ARRAY_LEN(columns));
 *	table_cell(&t, STYLE_PLAIN, "%s", id);	one for each column, row by row
 *	table_write(&t, &out, table_wants_colour(stdout));
 *	table_clear(&t);
 *
 * Cells may come from outside: control characters in them are replaced.
 * Colour only ever repeats what a word says already.
 */
#ifndef FORMAT_TABLE_H
#define FORMAT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT };

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_COUNT };

struct table_column {
	const char *title;
	enum table_align align;
};

struct table {
	const struct table_column *columns; /* the caller's */
	size_t column_count;
	struct table_cell {
		size_t offset; /* into text; 0 ends it */
		int width;     /* terminal columns */
		enum style style;
	} *cells; /* owned */
	size_t cell_count, cell_cap;
	struct buf text;
};

void table_init(struct table *t, const struct table_column *columns, size_t column_count);
void table_cell(struct table *t, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends header and complete rows; no spaces at line ends. */
void table_write(const struct table *t, struct buf *out, bool colour);
void table_clear(struct table *t);

/* In pieces: the columns each column takes, the caller's to free; and one row, the titles where
 * cells is NULL. */
int *table_widths(const struct table *t);
void table_write_row(const struct table *t, const int *widths, const struct table_cell *cells,
    struct buf *out, bool colour);

/* Columns that UTF-8 text takes on a terminal; a byte that is no character
 * takes one. */
int text_width(const char *s);
/* Appends text in a style, plain where colour is false. */
void style_write(struct buf *out, enum style style, const char *text, bool colour);
/* A terminal that takes colour, and NO_COLOR unset or empty (no-color.org). */
bool table_wants_colour(FILE *stream);

#endif
