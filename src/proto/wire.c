/* MessagePack bodies: see wire.h. */
#include "proto/wire.h"

#include <inttypes.h>
#include <math.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/*
 * The check. What each first byte means is the MessagePack specification's
 * table of formats (github.com/msgpack/msgpack, spec.md).
 */

static uint64_t big_endian(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

struct head {
	size_t bytes;      /* of the head, with its length field */
	uint64_t payload;  /* bytes that follow it */
	uint64_t children; /* values that follow it */
	bool container;
};

/* Formats 0xc0 to 0xdf: size of the length field, fixed payload, and what the
 * length counts: b bytes, a array elements, m map pairs, - never used. */
static const struct {
	uint8_t length_bytes, payload;
	char counts;
} formats[32] = {
	/* nil, never used, false, true */
	{ 0, 0, 0 }, { 0, 0, '-' }, { 0, 0, 0 }, { 0, 0, 0 },
	/* bin 8, 16, 32; ext 8, 16, 32 with a type byte */
	{ 1, 0, 'b' }, { 2, 0, 'b' }, { 4, 0, 'b' },
	{ 1, 1, 'b' }, { 2, 1, 'b' }, { 4, 1, 'b' },
	/* float 32, 64; uint 8 to 64; int 8 to 64 */
	{ 0, 4, 0 }, { 0, 8, 0 },
	{ 0, 1, 0 }, { 0, 2, 0 }, { 0, 4, 0 }, { 0, 8, 0 },
	{ 0, 1, 0 }, { 0, 2, 0 }, { 0, 4, 0 }, { 0, 8, 0 },
	/* fixext 1 to 16 with a type byte */
	{ 0, 2, 0 }, { 0, 3, 0 }, { 0, 5, 0 }, { 0, 9, 0 }, { 0, 17, 0 },
	/* str 8, 16, 32; array 16, 32; map 16, 32 */
	{ 1, 0, 'b' }, { 2, 0, 'b' }, { 4, 0, 'b' },
	{ 2, 0, 'a' }, { 4, 0, 'a' }, { 2, 0, 'm' }, { 4, 0, 'm' },
};

/* False where the head itself does not fit or has no meaning. */
static bool read_head(const uint8_t *p, size_t left, struct head *h)
{
	uint8_t first = p[0];
	uint64_t n;

	*h = (struct head){ .bytes = 1 };
	if (first < 0x80 || first >= 0xe0)
		return true;
	if (first < 0x90) {
		h->children = 2u * (first & 0x0f);
		h->container = true;
	} else if (first < 0xa0) {
		h->children = first & 0x0f;
		h->container = true;
	} else if (first < 0xc0) {
		h->payload = first & 0x1f;
	} else {
		size_t wide = formats[first - 0xc0].length_bytes;
		char counts = formats[first - 0xc0].counts;

		if (counts == '-' || left < 1 + wide)
			return false;
		n = big_endian(p + 1, wide);
		h->bytes += wide;
		h->payload = formats[first - 0xc0].payload;
		if (counts == 'b')
			h->payload += n;
		h->container = counts == 'a' || counts == 'm';
		if (h->container)
			h->children = counts == 'm' ? 2 * n : n;
	}
	return true;
}

int wire_check(const void *data, size_t len, struct reject *why)
{
	const uint8_t *p = len ? data : (const void *)"", *end = p + len;
	uint64_t open[DEPTH_MAX + 1]; /* values still to come, per level */
	size_t depth = 0;

	if (len > BODY_MAX)
		return reject_set(why, REJECT_TOO_BIG, "%zu bytes, at most %u", len, BODY_MAX);
	open[0] = 1;
	for (;;) {
		struct head h;

		while (open[depth] == 0) {
			if (depth == 0) {
				if (p != end)
					return reject_set(why, REJECT_TRAILING,
					    "%zu bytes after the value", (size_t)(end - p));
				return 0;
			}
			depth--;
		}
		if (p == end || !read_head(p, (size_t)(end - p), &h))
			return reject_set(why, REJECT_TRUNCATED, "ends or breaks at byte %zu of %zu",
			    len - (size_t)(end - p), len);
		p += h.bytes;
		/* Each value takes a byte at least: a promise of more is a lie. */
		if (h.payload > (size_t)(end - p) || h.children > (size_t)(end - p))
			return reject_set(why, REJECT_TRUNCATED,
			    "promises %" PRIu64 " at byte %zu of %zu", h.payload + h.children,
			    len - (size_t)(end - p), len);
		p += h.payload;
		open[depth]--;
		if (h.container) {
			if (++depth > DEPTH_MAX)
				return reject_set(why, REJECT_TOO_DEEP, "nested deeper than %d",
				    DEPTH_MAX);
			open[depth] = h.children;
		}
	}
}

void wire_doc_init(struct wire_doc *doc)
{
	doc->zone = msgpack_zone_new(MSGPACK_ZONE_CHUNK_SIZE);
	doc->root = xcalloc(1, sizeof(msgpack_object));
	if (!doc->zone)
		xmalloc(SIZE_MAX); /* ends the program with the sentence for it */
}

void wire_doc_clear(struct wire_doc *doc)
{
	if (doc->zone)
		msgpack_zone_free(doc->zone);
	free(doc->root);
	*doc = (struct wire_doc){ 0 };
}

const wire_value *wire_parse(struct wire_doc *doc, const void *data, size_t len,
    struct reject *why)
{
	size_t off = 0;
	msgpack_unpack_return ret;

	if (wire_check(data, len, why) == -1)
		return NULL;
	msgpack_zone_clear(doc->zone);
	ret = msgpack_unpack(data, len, &off, doc->zone, doc->root);
	if ((ret != MSGPACK_UNPACK_SUCCESS && ret != MSGPACK_UNPACK_EXTRA_BYTES) || off != len) {
		reject_set(why, REJECT_TRUNCATED, "not MessagePack");
		return NULL;
	}
	return doc->root;
}

bool wire_is_nil(const wire_value *v)
{
	return v && v->type == MSGPACK_OBJECT_NIL;
}

bool wire_is_map(const wire_value *v)
{
	return v && v->type == MSGPACK_OBJECT_MAP;
}

bool wire_is_array(const wire_value *v)
{
	return v && v->type == MSGPACK_OBJECT_ARRAY;
}

bool wire_is_float(const wire_value *v)
{
	return v && (v->type == MSGPACK_OBJECT_FLOAT32 || v->type == MSGPACK_OBJECT_FLOAT64);
}

bool wire_get_uint(const wire_value *v, uint64_t *out)
{
	if (!v || v->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
		return false;
	*out = v->via.u64;
	return true;
}

bool wire_get_int(const wire_value *v, int64_t *out)
{
	if (!v)
		return false;
	if (v->type == MSGPACK_OBJECT_NEGATIVE_INTEGER) {
		*out = v->via.i64;
		return true;
	}
	if (v->type == MSGPACK_OBJECT_POSITIVE_INTEGER && v->via.u64 <= INT64_MAX) {
		*out = (int64_t)v->via.u64;
		return true;
	}
	return false;
}

bool wire_get_number(const wire_value *v, double *out)
{
	if (!v)
		return false;
	switch (v->type) {
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		*out = (double)v->via.u64;
		return true;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		*out = (double)v->via.i64;
		return true;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		if (!isfinite(v->via.f64))
			return false;
		*out = v->via.f64;
		return true;
	default:
		return false;
	}
}

bool wire_get_bool(const wire_value *v, bool *out)
{
	if (!v || v->type != MSGPACK_OBJECT_BOOLEAN)
		return false;
	*out = v->via.boolean;
	return true;
}

bool wire_get_text(const wire_value *v, const char **text, size_t *len)
{
	if (!v || v->type != MSGPACK_OBJECT_STR)
		return false;
	*text = v->via.str.ptr;
	*len = v->via.str.size;
	return true;
}

bool wire_get_bin(const wire_value *v, const void **data, size_t *len)
{
	if (!v || v->type != MSGPACK_OBJECT_BIN)
		return false;
	*data = v->via.bin.ptr;
	*len = v->via.bin.size;
	return true;
}

size_t wire_count(const wire_value *v)
{
	if (wire_is_array(v))
		return v->via.array.size;
	return wire_is_map(v) ? v->via.map.size : 0;
}

const wire_value *wire_at(const wire_value *v, size_t i)
{
	return wire_is_array(v) && i < v->via.array.size ? &v->via.array.ptr[i] : NULL;
}

const wire_value *wire_key(const wire_value *v, const char *key)
{
	size_t len = strlen(key);

	if (!wire_is_map(v))
		return NULL;
	for (size_t i = 0; i < v->via.map.size; i++) {
		const msgpack_object *k = &v->via.map.ptr[i].key;

		if (k->type == MSGPACK_OBJECT_STR && k->via.str.size == len &&
		    memcmp(k->via.str.ptr, key, len) == 0)
			return &v->via.map.ptr[i].val;
	}
	return NULL;
}

const wire_value *wire_key_at(const wire_value *v, size_t i, const wire_value **value)
{
	if (!wire_is_map(v) || i >= v->via.map.size)
		return NULL;
	*value = &v->via.map.ptr[i].val;
	return &v->via.map.ptr[i].key;
}

static int append(void *data, const char *bytes, size_t len)
{
	buf_add(data, bytes, len);
	return 0;
}

static msgpack_packer packer(struct buf *b)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, b, append);
	return pk;
}

void wire_put_map(struct buf *b, size_t pairs)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_map(&pk, pairs);
}

void wire_put_array(struct buf *b, size_t elements)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_array(&pk, elements);
}

void wire_put_nil(struct buf *b)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_nil(&pk);
}

void wire_put_bool(struct buf *b, bool v)
{
	msgpack_packer pk = packer(b);

	if (v)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
}

void wire_put_uint(struct buf *b, uint64_t v)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_uint64(&pk, v);
}

void wire_put_int(struct buf *b, int64_t v)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_int64(&pk, v);
}

void wire_put_number(struct buf *b, double v)
{
	msgpack_packer pk = packer(b);

	if (isfinite(v))
		msgpack_pack_double(&pk, v);
	else
		msgpack_pack_nil(&pk);
}

void wire_put_text_n(struct buf *b, const char *s, size_t len)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_str(&pk, len);
	msgpack_pack_str_body(&pk, s, len);
}

void wire_put_text(struct buf *b, const char *s)
{
	wire_put_text_n(b, s, strlen(s));
}

void wire_put_bin(struct buf *b, const void *data, size_t len)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_bin(&pk, len);
	msgpack_pack_bin_body(&pk, data, len);
}

void wire_put_value(struct buf *b, const wire_value *v)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_object(&pk, *v);
}
