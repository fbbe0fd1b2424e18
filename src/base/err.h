/*
 * Recoverable errors: the caller owns the text, the callee fills it.
 *
 *	struct err err;
 *	if (thing_open(&thing, path, &err) == -1)
 *		log_error("%s", err.text);
 *
 * A text is one sentence for a person: what went wrong, where, and what to
 * do about it, without a full stop at its end. A function that takes a
 * `struct err *` returns 0, or -1 with the text set.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

struct err {
	char text[512]; /* cut at a character boundary if longer */
};

/* Sets the text and returns -1, so that `return err_set(...)` fails. */
int err_set(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
