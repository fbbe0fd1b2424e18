/*
 * A growing run of bytes, used for text and for wire bodies alike.
 *
 *	struct buf b = BUF_INIT;
 *	buf_printf(&b, "%d", 42);
 *	...use b.data, b.len...
 *	buf_free(&b);
 *
 * Invariant: after any append data[len] is 0, so text can be printed as it
 * stands. Before the first append data is NULL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;
};

#define BUF_INIT { NULL, 0, 0 }

void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Empties it and keeps the memory. */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);
/* Hands the bytes (0 at the end) to the caller, who frees them. */
char *buf_detach(struct buf *b);

#endif
