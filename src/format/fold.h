/*
 * Text that fits a terminal: lines end between words, never within one.
 */
#ifndef FORMAT_FOLD_H
#define FORMAT_FOLD_H

#include <stdio.h>

#include "base/buf.h"
#include "format/table.h"

/* Columns of the terminal behind the stream; 0 where it is none, or does not say. */
int fold_width(FILE *stream);

/* Appends the text, its words in the style, in lines of at most `width` columns, and
 * ends the last. The cursor stands at column `at`; further lines begin at `indent`. A word
 * that is longer than a line is cut into lines of its own. width 0: one line. */
void fold_text(struct buf *out, const char *text, enum style style, bool colour, int width, int at,
    int indent);

/* A table as table_write() has it where it fits. Where it does not, the columns
 * that do stay, and what is in the others follows below each row, folded, under
 * titles of their own. */
void fold_table(const struct table *t, struct buf *out, bool colour, int width);

#endif
