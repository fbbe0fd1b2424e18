/* Bytes written as hexadecimal text, blanks between them as one likes. */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <ctype.h>
#include <stdlib.h>

#include "base/buf.h"

/* Appends the bytes; stops at '#' or the end of the text. */
static inline void hex_add(struct buf *b, const char *text)
{
	while (*text && *text != '#') {
		char digits[3] = { text[0], text[1], 0 };
		unsigned char byte;

		if (isspace((unsigned char)*text)) {
			text++;
			continue;
		}
		byte = (unsigned char)strtoul(digits, NULL, 16);
		buf_add(b, &byte, 1);
		text += 2;
	}
}

static inline struct buf hex_buf(const char *text)
{
	struct buf b = BUF_INIT;

	buf_add(&b, "", 0);
	hex_add(&b, text);
	return b;
}

/* The bytes as "92 01 c0", in memory that lasts until the next call. */
static inline const char *hex_show(const void *data, size_t len)
{
	static char text[3 * 256 + 1];
	const unsigned char *p = data;
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < len && n + 4 < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, i ? " %02x" : "%02x", p[i]);
	return text;
}

#endif
