/*
 * MessagePack bodies: checked, read, written. The one door to msgpack-c.
 *
 * Reading: wire_parse() first walks the bytes with a bounded stack and checks
 * that every length fits what is there, and only then lets msgpack-c unpack
 * them, so that its memory is bounded by the size of the body (msgpack-c 4.0
 * reserves what an array header promises). The values point into the bytes
 * and the document; both must outlive them.
 *
 *	struct wire_doc doc;
 *	wire_doc_init(&doc);
 *	const wire_value *map = wire_parse(&doc, data, len, &why);
 *	...
 *	wire_doc_clear(&doc);
 *
 * A document can be parsed into again; that ends the values of the last parse.
 *
 * Writing appends to a struct buf; the caller keeps the counts right.
 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/reject.h"

#define BODY_MAX (4u << 20) /* largest body in bytes */
#define DEPTH_MAX 8         /* deepest nesting: a lone array is 1 */

struct msgpack_object;
typedef struct msgpack_object wire_value;

struct wire_doc {
	void *zone; /* msgpack-c's; kept between parses */
	void *root;
};

void wire_doc_init(struct wire_doc *doc);
void wire_doc_clear(struct wire_doc *doc);

/* The value that the bytes hold, or NULL with *why filled in. */
const wire_value *wire_parse(struct wire_doc *doc, const void *data, size_t len,
    struct reject *why);

/* The check alone: 0, or -1 with *why. Reads each byte at most once. */
int wire_check(const void *data, size_t len, struct reject *why);

/* What a value is. All take NULL and then say false. */
bool wire_is_nil(const wire_value *v);
bool wire_is_map(const wire_value *v);
bool wire_is_array(const wire_value *v);
bool wire_is_float(const wire_value *v);
/* Typed access: false where the value is of another type. */
bool wire_get_uint(const wire_value *v, uint64_t *out);
bool wire_get_int(const wire_value *v, int64_t *out);
/* Integers are accepted too; never NAN or infinite. */
bool wire_get_number(const wire_value *v, double *out);
bool wire_get_bool(const wire_value *v, bool *out);
/* Not 0-terminated; any bytes. */
bool wire_get_text(const wire_value *v, const char **text, size_t *len);
bool wire_get_bin(const wire_value *v, const void **data, size_t *len);
/* Elements of an array, pairs of a map; 0 for anything else. */
size_t wire_count(const wire_value *v);
/* NULL past the end or where v is no array. */
const wire_value *wire_at(const wire_value *v, size_t i);
/* The first value under that key; NULL where there is none or v is no map. */
const wire_value *wire_key(const wire_value *v, const char *key);
/* Pair i of a map. */
const wire_value *wire_key_at(const wire_value *v, size_t i, const wire_value **value);

void wire_put_map(struct buf *b, size_t pairs);
void wire_put_array(struct buf *b, size_t elements);
void wire_put_nil(struct buf *b);
void wire_put_bool(struct buf *b, bool v);
void wire_put_uint(struct buf *b, uint64_t v);
void wire_put_int(struct buf *b, int64_t v);
/* float64; nil where v is not finite. */
void wire_put_number(struct buf *b, double v);
void wire_put_text(struct buf *b, const char *s);
void wire_put_text_n(struct buf *b, const char *s, size_t len);
void wire_put_bin(struct buf *b, const void *data, size_t len);
/* A value again as it was read. */
void wire_put_value(struct buf *b, const wire_value *v);

/* One line of JSON; binary as a base64 text, other things JSON lacks as
 * text. For people and programs to look at, and for tests. */
void wire_to_json(const wire_value *v, struct buf *out);
void wire_json_text(struct buf *out, const char *s, size_t len);

#endif
