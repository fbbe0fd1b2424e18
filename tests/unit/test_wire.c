/* MessagePack: the check against what the format's specification says, shortest
 * forms, typed access, JSON, and the hand-checked frames of tests/wire. */
#include "unit.h"

#include <dirent.h>
#include <math.h>

#include "base/mem.h"
#include "base/str.h"
#include "hex.h"
#include "proto/control.h"
#include "proto/messages.h"
#include "proto/sample.h"
#include "proto/topic.h"
#include "proto/wire.h"

#define GOOD REJECT_COUNT

static void test_check(void **state)
{
	static const struct {
		const char *legend, *hex;
		enum reject_reason want;
	} cases[] = {
		{ "empty", "", REJECT_TRUNCATED },
		{ "positive fixint", "00", GOOD },
		{ "largest positive fixint", "7f", GOOD },
		{ "negative fixint", "ff", GOOD },
		{ "nil", "c0", GOOD },
		{ "never used", "c1", REJECT_TRUNCATED },
		{ "false", "c2", GOOD },
		{ "true", "c3", GOOD },
		{ "bin 8", "c4 02 aa bb", GOOD },
		{ "bin 8 cut", "c4 02 aa", REJECT_TRUNCATED },
		{ "bin 16", "c5 0001 aa", GOOD },
		{ "bin 32", "c6 00000001 aa", GOOD },
		{ "bin 32 that lies", "c6 ffffffff aa", REJECT_TRUNCATED },
		{ "ext 8", "c7 01 05 aa", GOOD },
		{ "ext 8 of nothing", "c7 00 05", GOOD },
		{ "ext 8 without its type", "c7 00", REJECT_TRUNCATED },
		{ "ext 16", "c8 0001 05 aa", GOOD },
		{ "ext 32", "c9 00000001 05 aa", GOOD },
		{ "ext 32 that lies", "c9 ffffffff 05 aa", REJECT_TRUNCATED },
		{ "float 32", "ca 3fc00000", GOOD },
		{ "float 32 cut", "ca 3fc000", REJECT_TRUNCATED },
		{ "float 64", "cb 3ff8000000000000", GOOD },
		{ "float 64 cut", "cb 3ff80000000000", REJECT_TRUNCATED },
		{ "uint 8", "cc 80", GOOD }, { "uint 16", "cd 0100", GOOD },
		{ "uint 32", "ce 00010000", GOOD }, { "uint 64", "cf 0000000100000000", GOOD },
		{ "uint 64 cut", "cf 00000001000000", REJECT_TRUNCATED },
		{ "int 8", "d0 80", GOOD }, { "int 16", "d1 8000", GOOD },
		{ "int 32", "d2 80000000", GOOD }, { "int 64", "d3 8000000000000000", GOOD },
		{ "head alone", "cd", REJECT_TRUNCATED },
		{ "fixext 1", "d4 01 aa", GOOD }, { "fixext 2", "d5 01 aabb", GOOD },
		{ "fixext 4", "d6 01 aabbccdd", GOOD },
		{ "fixext 8", "d7 01 0011223344556677", GOOD },
		{ "fixext 16", "d8 01 00112233445566778899aabbccddeeff", GOOD },
		{ "fixext 16 cut", "d8 01 00112233445566778899aabbccddee", REJECT_TRUNCATED },
		{ "fixstr", "a3 616263", GOOD }, { "empty fixstr", "a0", GOOD },
		{ "fixstr cut", "a3 6162", REJECT_TRUNCATED },
		{ "str 8", "d9 01 61", GOOD }, { "str 16", "da 0001 61", GOOD },
		{ "str 32", "db 00000001 61", GOOD },
		{ "str 8 cut in its length", "d9", REJECT_TRUNCATED },
		{ "str 32 that lies", "db ffffffff 61", REJECT_TRUNCATED },
		{ "array", "92 01 02", GOOD }, { "empty array", "90", GOOD },
		{ "array one short", "92 01", REJECT_TRUNCATED },
		{ "array 16", "dc 0001 07", GOOD }, { "array 32", "dd 00000001 07", GOOD },
		{ "array 32 that promises 2^32 - 1", "dd ffffffff 01", REJECT_TRUNCATED },
		{ "map", "81 01 02", GOOD }, { "empty map", "80", GOOD },
		{ "map without its value", "81 01", REJECT_TRUNCATED },
		{ "map 16", "de 0001 01 02", GOOD }, { "map 32", "df 00000001 01 02", GOOD },
		{ "map 32 that promises 2^32 - 1", "df ffffffff 01", REJECT_TRUNCATED },
		{ "a container as key", "81 90 91 01", GOOD },
		{ "byte after the value", "90 00", REJECT_TRAILING },
		{ "two values", "01 02", REJECT_TRAILING },
		{ "depth 8", "91 91 91 91 91 91 91 90", GOOD },
		{ "depth 9", "91 91 91 91 91 91 91 91 90", REJECT_TOO_DEEP },
		{ "depth 9 of maps", "81 01 81 01 81 01 81 01 81 01 81 01 81 01 81 01 80",
		    REJECT_TOO_DEEP },
		{ "depth 8, then up and down again",
		    "92 91 91 91 91 91 91 90 91 91 91 91 91 91 90", GOOD },
		{ "a scalar at depth 8", "91 91 91 91 91 91 91 91 01", GOOD },
		{ "promise inside an array", "92 dd 00000010 01", REJECT_TRUNCATED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct reject why = { .reason = GOOD };
		struct wire_doc doc;
		const wire_value *v;
		/* Exactly as large as the bytes, so that the sanitizer sees a read past them. */
		void *exact = xmemdup(b.data, b.len);

		CHECK(cases[i].legend,
		    wire_check(exact, b.len, &why) == (cases[i].want == GOOD ? 0 : -1));
		CHECK(cases[i].legend, why.reason == cases[i].want);
		wire_doc_init(&doc);
		v = wire_parse(&doc, exact, b.len, &why);
		CHECK(cases[i].legend, (v != NULL) == (cases[i].want == GOOD));
		wire_doc_clear(&doc);
		free(exact);
		buf_free(&b);
	}
}

/* 150 bytes of arrays that each promise 2^32 - 1 elements made msgpack-c 4.0
 * reserve 62 GB; here they cost nothing. */
static void test_hostile(void **state)
{
	struct buf b = BUF_INIT;
	struct reject why;

	(void)state;
	assert_int_equal(wire_check(NULL, 0, &why), -1); /* an empty frame may have no address */
	while (b.len < 150)
		hex_add(&b, "dd ff ff ff ff");
	assert_int_equal(wire_check(b.data, b.len, &why), -1);
	assert_int_equal(why.reason, REJECT_TRUNCATED);
	buf_free(&b);
}

static void test_size_limit(void **state)
{
	size_t len = BODY_MAX + 1;
	unsigned char *p = xcalloc(len, 1);
	struct reject why;

	(void)state;
	/* bin 32 that fills the body to the last byte. */
	p[0] = 0xc6;
	for (size_t total = BODY_MAX; total <= BODY_MAX + 1; total++) {
		size_t n = total - 5;

		p[1] = (unsigned char)(n >> 24);
		p[2] = (unsigned char)(n >> 16);
		p[3] = (unsigned char)(n >> 8);
		p[4] = (unsigned char)n;
		assert_int_equal(wire_check(p, total, &why), total <= BODY_MAX ? 0 : -1);
	}
	assert_int_equal(why.reason, REJECT_TOO_BIG);
	free(p);
}

static void test_shortest(void **state)
{
	static const struct {
		int64_t v;
		const char *hex;
	} ints[] = {
		{ 0, "00" }, { 127, "7f" }, { 128, "cc 80" }, { 255, "cc ff" }, { 256, "cd 01 00" },
		{ 65535, "cd ff ff" }, { 65536, "ce 00 01 00 00" },
		{ 4294967295, "ce ff ff ff ff" }, { 4294967296, "cf 00 00 00 01 00 00 00 00" },
		{ INT64_MAX, "cf 7f ff ff ff ff ff ff ff" }, { -1, "ff" }, { -32, "e0" },
		{ -33, "d0 df" }, { -128, "d0 80" }, { -129, "d1 ff 7f" }, { -32768, "d1 80 00" },
		{ -32769, "d2 ff ff 7f ff" }, { INT32_MIN, "d2 80 00 00 00" },
		{ (int64_t)INT32_MIN - 1, "d3 ff ff ff ff 7f ff ff ff" },
		{ INT64_MIN, "d3 80 00 00 00 00 00 00 00" },
	};
	static const struct {
		const char *legend;
		size_t n;
		void (*put)(struct buf *b, size_t n);
		const char *hex;
	} heads[] = {
		{ "array 0", 0, wire_put_array, "90" }, { "array 15", 15, wire_put_array, "9f" },
		{ "array 16", 16, wire_put_array, "dc 00 10" },
		{ "array 65535", 65535, wire_put_array, "dc ff ff" },
		{ "array 65536", 65536, wire_put_array, "dd 00 01 00 00" },
		{ "map 0", 0, wire_put_map, "80" }, { "map 15", 15, wire_put_map, "8f" },
		{ "map 16", 16, wire_put_map, "de 00 10" },
		{ "map 65536", 65536, wire_put_map, "df 00 01 00 00" },
	};
	static const struct {
		size_t len;
		const char *head;
	} texts[] = {
		{ 0, "a0" }, { 31, "bf" }, { 32, "d9 20" }, { 255, "d9 ff" }, { 256, "da 01 00" },
		{ 65535, "da ff ff" }, { 65536, "db 00 01 00 00" },
	};
	struct buf b = BUF_INIT, want;
	char *many = xcalloc(65537, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ints); i++) {
		buf_clear(&b);
		wire_put_int(&b, ints[i].v);
		assert_string_equal(hex_show(b.data, b.len), ints[i].hex);
		if (ints[i].v >= 0) {
			buf_clear(&b);
			wire_put_uint(&b, (uint64_t)ints[i].v);
			assert_string_equal(hex_show(b.data, b.len), ints[i].hex);
		}
	}
	buf_clear(&b);
	wire_put_uint(&b, UINT64_MAX);
	assert_string_equal(hex_show(b.data, b.len), "cf ff ff ff ff ff ff ff ff");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		buf_clear(&b);
		heads[i].put(&b, heads[i].n);
		CHECK(heads[i].legend, strcmp(hex_show(b.data, b.len), heads[i].hex) == 0);
	}
	memset(many, 'x', 65536);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		buf_clear(&b);
		want = hex_buf(texts[i].head);
		wire_put_text_n(&b, many, texts[i].len);
		CHECK(texts[i].head, b.len == want.len + texts[i].len &&
		    memcmp(b.data, want.data, want.len) == 0);
		buf_free(&want);
	}
	buf_clear(&b);
	wire_put_bin(&b, "\x01\x02", 2);
	wire_put_nil(&b);
	wire_put_bool(&b, true);
	wire_put_bool(&b, false);
	wire_put_number(&b, 1.5);
	wire_put_number(&b, NAN);
	wire_put_number(&b, -INFINITY);
	assert_string_equal(hex_show(b.data, b.len),
	    "c4 02 01 02 c0 c3 c2 cb 3f f8 00 00 00 00 00 00 c0 c0");
	buf_free(&b);
	free(many);
}

/* What a value is, and what it is not. */
static void test_access(void **state)
{
	static const struct {
		const char *legend, *hex;
		bool u, i, number, boolean, text, bin, nil, map, array;
	} cases[] = {
		{ .legend = "zero", .hex = "00", .u = true, .i = true, .number = true },
		{ .legend = "negative", .hex = "ff", .i = true, .number = true },
		{ .legend = "int 64 above 0", .hex = "d3 0000000000000001", .u = true, .i = true,
		    .number = true },
		{ .legend = "2^63 - 1", .hex = "cf 7fffffffffffffff", .u = true, .i = true,
		    .number = true },
		{ .legend = "2^63", .hex = "cf 8000000000000000", .u = true, .number = true },
		{ .legend = "float 32", .hex = "ca 3fc00000", .number = true },
		{ .legend = "float 64", .hex = "cb 3ff8000000000000", .number = true },
		{ .legend = "float without a fraction is no integer", .hex = "cb 3ff0000000000000",
		    .number = true },
		{ .legend = "NAN", .hex = "cb 7ff8000000000000" },
		{ .legend = "infinity", .hex = "cb 7ff0000000000000" },
		{ .legend = "float 32 infinity", .hex = "ca ff800000" },
		{ .legend = "true", .hex = "c3", .boolean = true },
		{ .legend = "text", .hex = "a1 61", .text = true },
		{ .legend = "text that is a number", .hex = "a1 31", .text = true },
		{ .legend = "bin", .hex = "c4 01 61", .bin = true },
		{ .legend = "nil", .hex = "c0", .nil = true },
		{ .legend = "map", .hex = "80", .map = true },
		{ .legend = "array", .hex = "90", .array = true },
		{ .legend = "ext", .hex = "d4 01 00" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct wire_doc doc;
		struct reject why;
		const wire_value *v;
		const char *text;
		const void *data;
		uint64_t u;
		int64_t n;
		double d = 77;
		bool flag;
		size_t len;

		wire_doc_init(&doc);
		v = wire_parse(&doc, b.data, b.len, &why);
		CHECK(cases[i].legend, v);
		CHECK(cases[i].legend, wire_get_uint(v, &u) == cases[i].u);
		CHECK(cases[i].legend, wire_get_int(v, &n) == cases[i].i);
		CHECK(cases[i].legend, wire_get_number(v, &d) == cases[i].number);
		/* Where it says no, nothing is written: callers keep their default. */
		CHECK(cases[i].legend, cases[i].number || d == 77);
		CHECK(cases[i].legend, wire_get_bool(v, &flag) == cases[i].boolean);
		CHECK(cases[i].legend, wire_get_text(v, &text, &len) == cases[i].text);
		CHECK(cases[i].legend, wire_get_bin(v, &data, &len) == cases[i].bin);
		CHECK(cases[i].legend, wire_is_nil(v) == cases[i].nil);
		CHECK(cases[i].legend, wire_is_map(v) == cases[i].map);
		CHECK(cases[i].legend, wire_is_array(v) == cases[i].array);
		wire_doc_clear(&doc);
		buf_free(&b);
	}
	assert_false(wire_is_nil(NULL) || wire_is_map(NULL) || wire_is_array(NULL));
	assert_null(wire_key(NULL, "v"));
	assert_null(wire_at(NULL, 0));
	assert_int_equal(wire_count(NULL), 0);
}

static void test_containers(void **state)
{
	/* {"a":1, "ab":2, 7:3, "a":4}, then [10, 20] into the same document. */
	struct buf b = hex_buf("84 a1 61 01 a2 6162 02 07 03 a1 61 04"), c = hex_buf("92 0a 14");
	struct wire_doc doc;
	struct reject why;
	const wire_value *v, *value;
	uint64_t u;

	(void)state;
	wire_doc_init(&doc);
	v = wire_parse(&doc, b.data, b.len, &why);
	assert_int_equal(wire_count(v), 4);
	assert_true(wire_get_uint(wire_key(v, "a"), &u) && u == 1); /* the first of two */
	assert_true(wire_get_uint(wire_key(v, "ab"), &u) && u == 2);
	assert_null(wire_key(v, ""));
	assert_null(wire_key(v, "abc"));
	assert_null(wire_at(v, 0));
	assert_true(wire_get_uint(wire_key_at(v, 2, &value), &u) && u == 7);
	assert_true(wire_get_uint(value, &u) && u == 3);
	assert_null(wire_key_at(v, 4, &value));
	v = wire_parse(&doc, c.data, c.len, &why);
	assert_int_equal(wire_count(v), 2);
	assert_true(wire_get_uint(wire_at(v, 1), &u) && u == 20);
	assert_null(wire_at(v, 2));
	assert_null(wire_key(v, "a"));
	assert_null(wire_key_at(v, 0, &value));
	wire_doc_clear(&doc);
	buf_free(&b);
	buf_free(&c);
}

static void test_json(void **state)
{
	static const struct {
		const char *hex, *json;
	} cases[] = {
		{ "c0", "null" }, { "c2", "false" }, { "c3", "true" },
		{ "cf ffffffffffffffff", "18446744073709551615" },
		{ "d3 8000000000000000", "-9223372036854775808" },
		{ "cb 3fb999999999999a", "0.1" }, { "cb 4048118fc504816f", "48.1372" },
		{ "cb 7ff8000000000000", "null" }, { "cb 3ff0000000000000", "1" },
		{ "a3 61 22 5c", "\"a\\\"\\\\\"" }, { "a3 0a 09 7f", "\"\\u000a\\u0009\\u007f\"" },
		{ "a2 c3a9", "\"\xc3\xa9\"" },
		{ "a1 ff", "\"/w==\"" }, /* no UTF-8: its bytes as base64 */
		{ "c4 00", "\"\"" }, { "c4 01 00", "\"AA==\"" }, { "c4 02 0001", "\"AAE=\"" },
		{ "c4 03 000102", "\"AAEC\"" }, { "c4 03 fbffbf", "\"+/+/\"" },
		{ "93 01 90 80", "[1,[],{}]" },
		{ "82 a1 61 01 a1 62 92 c0 c3", "{\"a\":1,\"b\":[null,true]}" },
		{ "81 05 06", "{\"5\":6}" }, { "81 91 01 06", "{\"[1]\":6}" },
		{ "d4 01 00", "null" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex), out = BUF_INIT;
		struct wire_doc doc;
		struct reject why;

		wire_doc_init(&doc);
		wire_to_json(wire_parse(&doc, b.data, b.len, &why), &out);
		assert_string_equal(out.data, cases[i].json);
		wire_doc_clear(&doc);
		buf_free(&out);
		buf_free(&b);
	}
}

/* A value read and put again is the same value in its shortest form. */
static void test_put_value(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "93 c0 c3 a1 61", "93 c0 c3 a1 61" },
		{ "81 a1 61 cb 3ff8000000000000", "81 a1 61 cb 3f f8 00 00 00 00 00 00" },
		{ "c4 01 ff", "c4 01 ff" }, { "cf 0000000000000001", "01" }, { "d3 ffffffffffffffff", "ff" },
		{ "dd 00000001 d9 01 61", "91 a1 61" }, { "d4 07 aa", "d4 07 aa" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].in), out = BUF_INIT;
		struct wire_doc doc;
		struct reject why;

		wire_doc_init(&doc);
		wire_put_value(&out, wire_parse(&doc, b.data, b.len, &why));
		assert_string_equal(hex_show(out.data, out.len), cases[i].out);
		wire_doc_clear(&doc);
		buf_free(&out);
		buf_free(&b);
	}
}

/* A file of tests/wire: see its README. */
struct golden {
	char topic[64], expect[32];
	char *json;
	struct buf bytes;
};

static struct golden golden_read(const char *path)
{
	struct golden g = { .bytes = BUF_INIT };
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;

	if (!f)
		fail_msg("%s cannot be opened: run from the root of the source", path);
	while (getline(&line, &cap, f) != -1) {
		line[strcspn(line, "\n")] = '\0';
		if (str_starts(line, "topic "))
			str_copy(g.topic, sizeof(g.topic), line + 6);
		else if (str_starts(line, "expect "))
			str_copy(g.expect, sizeof(g.expect), line + 7);
		else if (str_starts(line, "json "))
			g.json = xstrdup(line + 5);
		else if (!str_starts(line, "shortest "))
			hex_add(&g.bytes, line);
	}
	free(line);
	fclose(f);
	return g;
}

/* What the programs say of it: "ok", a reject reason or a refusal code. */
static const char *golden_verdict(const struct golden *g, struct wire_doc *doc)
{
	struct reject why;
	struct sample s;
	union message m;
	enum topic_kind kind;
	char id[ID_SIZE];
	int ret;

	if (strcmp(g->topic, "request") == 0) {
		struct request req;
		struct err err;
		enum code code;

		ret = request_parse(doc, g->bytes.data, g->bytes.len, &req, &code, &err);
		return ret == 0 ? "ok" : code_name(code);
	}
	if (strcmp(g->topic, "reply") == 0) {
		struct reply reply;
		struct err err;

		ret = reply_parse(doc, g->bytes.data, g->bytes.len, &reply, &err);
		return ret == 0 ? "ok" : "no reply";
	}
	ret = topic_parse(g->topic, strlen(g->topic), &kind, id, &why);
	if (ret == 0 && kind == TOPIC_TM)
		ret = sample_decode(g->bytes.data, g->bytes.len, &s, &why);
	else if (ret == 0)
		ret = message_decode(doc, kind, id, g->bytes.data, g->bytes.len, &m, &why);
	return ret == 0 ? "ok" : reject_name(why.reason);
}

static void test_goldens(void **state)
{
	DIR *dir = opendir("tests/wire");
	struct dirent *e;
	size_t n = 0;

	(void)state;
	if (!dir)
		fail_msg("there is no tests/wire here: run from the root of the source");
	while ((e = readdir(dir))) {
		char path[300];
		struct golden g;
		struct wire_doc doc;
		struct reject why;
		struct buf json = BUF_INIT;
		const wire_value *v;

		if (!str_glob("*.hex", e->d_name))
			continue;
		snprintf(path, sizeof(path), "tests/wire/%s", e->d_name);
		g = golden_read(path);
		wire_doc_init(&doc);
		if (strcmp(golden_verdict(&g, &doc), g.expect) != 0)
			fail_msg("%s: read as %s, should be %s", path, golden_verdict(&g, &doc),
			    g.expect);
		v = wire_parse(&doc, g.bytes.data, g.bytes.len, &why);
		if (g.json) {
			CHECK(path, v);
			wire_to_json(v, &json);
			if (strcmp(json.data, g.json) != 0)
				fail_msg("%s: holds\n%s\nshould hold\n%s", path, json.data, g.json);
		}
		wire_doc_clear(&doc);
		buf_free(&json);
		buf_free(&g.bytes);
		free(g.json);
		n++;
	}
	closedir(dir);
	assert_true(n >= 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_shortest),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_containers),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_put_value),
		cmocka_unit_test(test_goldens),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
