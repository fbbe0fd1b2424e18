/* Bodies as JSON, for people, programs and tests: see wire.h. */
#include <inttypes.h>
#include <math.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "proto/wire.h"

void wire_json_text(struct buf *out, const char *s, size_t len)
{
	buf_add(out, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, s + i, 1);
	}
	buf_add(out, "\"", 1);
}

static void json_base64(struct buf *out, const uint8_t *p, size_t len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	buf_add(out, "\"", 1);
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char four[4];

		if (i + 1 < len)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < len)
			v |= p[i + 2];
		four[0] = digits[v >> 18];
		four[1] = digits[v >> 12 & 63];
		four[2] = i + 1 < len ? digits[v >> 6 & 63] : '=';
		four[3] = i + 2 < len ? digits[v & 63] : '=';
		buf_add(out, four, 4);
	}
	buf_add(out, "\"", 1);
}

/* The shortest decimal that reads back as the same number. */
static void json_number(struct buf *out, double v)
{
	char text[40];

	if (!isfinite(v)) {
		buf_add_str(out, "null");
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof(text), "%.*g", precision, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_add_str(out, text);
}

/* Depth is bounded by DEPTH_MAX: the value went through wire_check. */
void wire_to_json(const wire_value *v, struct buf *out)
{
	switch (v->type) {
	case MSGPACK_OBJECT_BOOLEAN:
		buf_add_str(out, v->via.boolean ? "true" : "false");
		break;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		buf_printf(out, "%" PRIu64, v->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		buf_printf(out, "%" PRId64, v->via.i64);
		break;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		json_number(out, v->via.f64);
		break;
	case MSGPACK_OBJECT_STR:
		if (utf8_valid(v->via.str.ptr, v->via.str.size))
			wire_json_text(out, v->via.str.ptr, v->via.str.size);
		else
			json_base64(out, (const uint8_t *)v->via.str.ptr, v->via.str.size);
		break;
	case MSGPACK_OBJECT_BIN:
		json_base64(out, (const uint8_t *)v->via.bin.ptr, v->via.bin.size);
		break;
	case MSGPACK_OBJECT_ARRAY:
		buf_add(out, "[", 1);
		for (size_t i = 0; i < v->via.array.size; i++) {
			if (i)
				buf_add(out, ",", 1);
			wire_to_json(&v->via.array.ptr[i], out);
		}
		buf_add(out, "]", 1);
		break;
	case MSGPACK_OBJECT_MAP:
		buf_add(out, "{", 1);
		for (size_t i = 0; i < v->via.map.size; i++) {
			const msgpack_object *k = &v->via.map.ptr[i].key;

			if (i)
				buf_add(out, ",", 1);
			if (k->type == MSGPACK_OBJECT_STR) {
				wire_to_json(k, out);
			} else {
				struct buf key = BUF_INIT;

				wire_to_json(k, &key);
				wire_json_text(out, key.data, key.len);
				buf_free(&key);
			}
			buf_add(out, ":", 1);
			wire_to_json(&v->via.map.ptr[i].val, out);
		}
		buf_add(out, "}", 1);
		break;
	default: /* nil, and extension types, which nothing of ours uses */
		buf_add_str(out, "null");
		break;
	}
}
