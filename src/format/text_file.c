/* A file read whole: see text_file.h. */
#include "format/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int text_file_read(const char *path, const struct text_file_words *words, struct buf *text,
    struct err *err)
{
	struct stat st;
	char chunk[16384];
	size_t n;
	FILE *in;
	int result = 0;

	in = fopen(path, "re");
	if (!in)
		return err_set(err, "%s: %s; %s", path, strerror(errno), words->remedy);
	if (fstat(fileno(in), &st) == 0 &&
	    (S_ISDIR(st.st_mode) || (words->plain_only && !S_ISREG(st.st_mode))))
		result = err_set(err, "%s: %s", path, words->unfit);
	while (result == 0 && (n = fread(chunk, 1, sizeof(chunk), in)) > 0) {
		buf_add(text, chunk, n);
		if (text->len > words->max)
			result = err_set(err, "%s: is over %zu MiB%s", path, words->max >> 20,
			    words->over);
	}
	if (result == 0 && ferror(in))
		result = err_set(err, "%s: cannot be read: %s", path, strerror(errno));
	fclose(in);
	return result;
}
