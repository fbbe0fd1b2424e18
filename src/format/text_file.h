/*
 * A file that somebody named, read whole: missions, zones. What is wrong with it
 * is one sentence, in the words of what the file should have been.
 */
#ifndef FORMAT_TEXT_FILE_H
#define FORMAT_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct text_file_words {
	size_t max;         /* bytes; a whole number of MiB */
	bool plain_only;    /* no FIFO either, which would be waited for */
	const char *remedy; /* where it cannot be opened: "name a file of zones" */
	const char *unfit;  /* where it is a directory: "is a directory; ..." */
	const char *over;   /* where it is over max: ", which no mission is" */
};

/* Appends the file to *text: 0, or -1 with a sentence that names the path. */
int text_file_read(const char *path, const struct text_file_words *words, struct buf *text,
    struct err *err);

#endif
