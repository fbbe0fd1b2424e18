/*
 * Maps of the protocol as tables: a row for each key says its type, where in
 * a struct it goes and whether it must be there. The same rows read, write
 * and document a body.
 *
 * Absent or nil (or, for an id or a token that may be absent, an empty text)
 * becomes: "" for text, NAN for a number, KEY_NONE for an unsigned, false, 0
 * (always "unknown") for an enumeration, NULL for a raw value. Writing turns
 * them back: into nil, or nothing where the row says OMIT.
 * Keys that no row names are passed over.
 */
#ifndef PROTO_KEYS_H
#define PROTO_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/reject.h"
#include "proto/wire.h"

#define KEY_NONE UINT64_MAX

enum key_type {
	KEY_ID,     /* char[ID_SIZE]: [A-Za-z0-9_-]{1,32} */
	KEY_TEXT,   /* char[size]: UTF-8, cut to fit, control characters replaced */
	KEY_TOKEN,  /* char[size]: UTF-8, refused where it does not fit */
	KEY_UINT,   /* uint64_t */
	KEY_NUMBER, /* double, finite */
	KEY_BOOL,   /* bool */
	KEY_ENUM,   /* int: index into names, 0 for a word that is not there */
	KEY_VALUE,  /* const wire_value *: as it is, valid as long as the document */
};

enum key_flag {
	KEY_REQUIRED = 1 << 0,
	KEY_OMIT = 1 << 1,  /* not written where unknown, rather than as nil */
	KEY_EMPTY = 1 << 2, /* a text that is empty is written so, not as nil */
};

struct key_desc {
	const char *key;
	enum key_type type;
	unsigned flags;
	size_t offset, size; /* offsetof, sizeof of the member */
	uint64_t max;        /* KEY_UINT: largest allowed; 0 is no limit */
	const char *const *names; /* KEY_ENUM: ended by NULL; names[0] is "unknown" */
	const char *help;
};

/* Reads a map into *out, every row's member set: 0, or -1 with *why. */
int keys_read(const wire_value *map, const struct key_desc *keys, size_t n, void *out,
    struct reject *why);
/* How many pairs the rows make, and the pairs themselves, for a map whose head
 * the caller writes. */
size_t keys_count(const struct key_desc *keys, size_t n, const void *in);
void keys_write_pairs(struct buf *b, const struct key_desc *keys, size_t n, const void *in);
/* The rows as a map of their own. */
void keys_write(struct buf *b, const struct key_desc *keys, size_t n, const void *in);

#endif
