/* Requests in the order of their checks, replies, hello, backfill. */
#include "unit.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"
#include "hex.h"
#include "proto/commands.h"
#include "proto/control.h"
#include "proto/fields.h"
#include "proto/sample.h"

#define V1 "a1 76 01"
#define OP "a2 6f70"
#define ID "a2 6964"
#define DRONE "a5 64726f6e65"
#define CMD "a3 636d64"
#define ARGS "a4 61726773"
#define BY "a2 6279"
#define EXPIRES "a7 65787069726573"
#define COMMAND "a7 636f6d6d616e64"
#define HELLO "a5 68656c6c6f"
#define PLAN "a4 706c616e"
#define BACKFILL "a8 6261636b66696c6c"
#define BOOT "a4 626f6f74"
#define FROM "a4 66726f6d"
#define TO "a2 746f"
#define X "a1 78"
#define ACK "a3 61636b"
#define SHELVE "a6 7368656c7665"
#define MINUTES "a7 6d696e75746573"
#define WHY "a3 776879"

static void test_requests(void **state)
{
	static const struct {
		const char *legend, *hex;
		enum code want;
	} cases[] = {
		{ "hello", "82" V1 OP HELLO, CODE_OK },
		{ "hello with more", "83" V1 OP HELLO X "05", CODE_OK },
		{ "nothing", "", CODE_BAD_REQUEST },
		{ "no MessagePack", "c1", CODE_BAD_REQUEST },
		{ "two values", "80 80", CODE_BAD_REQUEST },
		{ "nil", "c0", CODE_BAD_REQUEST },
		{ "an array", "92" V1 OP, CODE_BAD_REQUEST },
		{ "an empty map", "80", CODE_BAD_REQUEST },
		{ "no v", "81" OP HELLO, CODE_BAD_REQUEST },
		{ "v nil", "82 a1 76 c0" OP HELLO, CODE_BAD_REQUEST },
		{ "v text", "82 a1 76 a1 31" OP HELLO, CODE_BAD_REQUEST },
		{ "v true", "82 a1 76 c3" OP HELLO, CODE_BAD_REQUEST },
		{ "v 2", "82 a1 76 02" OP HELLO, CODE_BAD_VERSION },
		{ "v 0", "82 a1 76 00" OP HELLO, CODE_BAD_VERSION },
		{ "v -1", "82 a1 76 ff" OP HELLO, CODE_BAD_VERSION },
		{ "no op", "81" V1, CODE_BAD_REQUEST },
		{ "op a number", "82" V1 OP "05", CODE_BAD_REQUEST },
		{ "op binary", "82" V1 OP "c4 01 78", CODE_BAD_REQUEST },
		{ "op unknown", "82" V1 OP X, CODE_UNKNOWN_OP },
		{ "op empty", "82" V1 OP "a0", CODE_UNKNOWN_OP },
		{ "op hello and more letters", "82" V1 OP "a6 68656c6c6f73", CODE_UNKNOWN_OP },
		{ "op no UTF-8", "82" V1 OP "a1 ff", CODE_UNKNOWN_OP },
		{ "v 2 and op unknown", "82 a1 76 02" OP X, CODE_BAD_VERSION },
		{ "v 2 and a key missing: bad-request is first", "82 a1 76 02" OP PLAN, CODE_BAD_REQUEST },
		{ "plan", "83" V1 OP PLAN DRONE X, CODE_OK },
		{ "plan of nobody", "82" V1 OP PLAN, CODE_BAD_REQUEST },
		{ "plan of 5", "83" V1 OP PLAN DRONE "05", CODE_BAD_REQUEST },
		{ "plan of no id: unknown, not malformed", "83" V1 OP PLAN DRONE "a1 20", CODE_OK },
		{ "command", "88" V1 OP COMMAND ID X DRONE X CMD X ARGS "80" BY X EXPIRES "05", CODE_OK },
		{ "command without id", "87" V1 OP COMMAND DRONE X CMD X ARGS "80" BY X EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command with an empty id",
		    "88" V1 OP COMMAND ID "a0" DRONE X CMD X ARGS "80" BY X EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command without drone", "87" V1 OP COMMAND ID X CMD X ARGS "80" BY X EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command without cmd", "87" V1 OP COMMAND ID X DRONE X ARGS "80" BY X EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command without args", "87" V1 OP COMMAND ID X DRONE X CMD X BY X EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command with args an array",
		    "88" V1 OP COMMAND ID X DRONE X CMD X ARGS "90" BY X EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command without by", "87" V1 OP COMMAND ID X DRONE X CMD X ARGS "80" EXPIRES "05",
		    CODE_BAD_REQUEST },
		{ "command without expires", "87" V1 OP COMMAND ID X DRONE X CMD X ARGS "80" BY X,
		    CODE_BAD_REQUEST },
		{ "command with expires as text",
		    "88" V1 OP COMMAND ID X DRONE X CMD X ARGS "80" BY X EXPIRES X, CODE_BAD_REQUEST },
		{ "backfill", "86" V1 OP BACKFILL DRONE X BOOT "05" FROM "00" TO "09", CODE_OK },
		{ "backfill to the end", "86" V1 OP BACKFILL DRONE X BOOT "05" FROM "00" TO "ce ffffffff",
		    CODE_OK },
		{ "backfill past a uint32", "86" V1 OP BACKFILL DRONE X BOOT "05" FROM "00" TO
		    "cf 0000000100000000", CODE_BAD_REQUEST },
		{ "backfill without to", "85" V1 OP BACKFILL DRONE X BOOT "05" FROM "00",
		    CODE_BAD_REQUEST },
		{ "backfill from -1", "86" V1 OP BACKFILL DRONE X BOOT "05" FROM "ff" TO "09",
		    CODE_BAD_REQUEST },
		{ "commands", "82" V1 OP "a8 636f6d6d616e6473", CODE_OK },
		{ "commands of a drone", "83" V1 OP "a8 636f6d6d616e6473" DRONE X, CODE_OK },
		{ "commands of nil", "83" V1 OP "a8 636f6d6d616e6473" DRONE "c0", CODE_OK },
		{ "commands of 5", "83" V1 OP "a8 636f6d6d616e6473" DRONE "05", CODE_BAD_REQUEST },
		{ "roster", "82" V1 OP "a6 726f73746572", CODE_OK },
		{ "sources", "82" V1 OP "a7 736f7572636573", CODE_OK },
		{ "command with a reason", "89" V1 OP COMMAND ID X DRONE X CMD X ARGS "80" BY X EXPIRES "05"
		    "a6 726561736f6e" X, CODE_OK },
		{ "command with a reason that is none", "89" V1 OP COMMAND ID X DRONE X CMD X ARGS "80" BY X
		    EXPIRES "05 a6 726561736f6e 05", CODE_BAD_REQUEST },
		{ "alarms", "82" V1 OP "a6 616c61726d73", CODE_OK },
		{ "alarms of a drone in a state", "84" V1 OP "a6 616c61726d73" DRONE X "a5 7374617465" X,
		    CODE_OK },
		{ "alarms since a word", "83" V1 OP "a6 616c61726d73 a5 73696e6365" X, CODE_BAD_REQUEST },
		{ "ack of one", "84" V1 OP ACK ID X BY X, CODE_OK },
		{ "ack of all", "84" V1 OP ACK "a3 616c6c c3" BY X, CODE_OK },
		{ "ack by nobody", "83" V1 OP ACK ID X, CODE_BAD_REQUEST },
		{ "ack of 5", "84" V1 OP ACK ID "05" BY X, CODE_BAD_REQUEST },
		{ "ack of all said in a number", "84" V1 OP ACK "a3 616c6c 01" BY X, CODE_BAD_REQUEST },
		{ "shelve", "86" V1 OP SHELVE ID X MINUTES "0a" WHY X BY X, CODE_OK },
		{ "shelve for half a minute", "86" V1 OP SHELVE ID X MINUTES "cb 3fe0000000000000" WHY X BY X,
		    CODE_OK },
		{ "shelve until", "86" V1 OP SHELVE ID X "a5 756e74696c cd 1000" WHY X BY X, CODE_OK },
		{ "shelve for no reason", "85" V1 OP SHELVE ID X MINUTES "0a" BY X, CODE_BAD_REQUEST },
		{ "shelve of no id", "85" V1 OP SHELVE MINUTES "0a" WHY X BY X, CODE_BAD_REQUEST },
		{ "shelve for NAN", "86" V1 OP SHELVE ID X MINUTES "cb 7ff8000000000000" WHY X BY X,
		    CODE_BAD_REQUEST },
		{ "unshelve", "84" V1 OP "a8 756e7368656c7665" ID X BY X, CODE_OK },
		{ "unshelve by nobody", "83" V1 OP "a8 756e7368656c7665" ID X, CODE_BAD_REQUEST },
		{ "nested too deep", "83" V1 OP HELLO X "91 91 91 91 91 91 91 90", CODE_BAD_REQUEST },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct wire_doc doc;
		struct request req;
		struct err err = { "" };
		enum code code;
		int ret;

		wire_doc_init(&doc);
		ret = request_parse(&doc, b.data, b.len, &req, &code, &err);
		if (code != cases[i].want)
			fail_msg("%s: %s (%s)", cases[i].legend, code_name(code), err.text);
		CHECK(cases[i].legend, (ret == 0) == (code == CODE_OK));
		CHECK(cases[i].legend, ret == 0 || *err.text);
		if (ret == 0) { /* written again it is the same request */
			struct buf c = BUF_INIT;
			struct request back;
			struct wire_doc other;

			request_encode(&c, &req);
			wire_doc_init(&other);
			CHECK(cases[i].legend, request_parse(&other, c.data, c.len, &back, &code, &err) == 0);
			req.args = back.args = NULL; /* of different documents */
			CHECK(cases[i].legend, memcmp(&req, &back, sizeof(req)) == 0);
			wire_doc_clear(&other);
			buf_free(&c);
		}
		wire_doc_clear(&doc);
		buf_free(&b);
	}
}

static void test_codes(void **state)
{
	static const char *const page[] = { "bad-request", "bad-version", "unknown-op",
		"unknown-drone", "unknown-command", "bad-args", "forbidden", "expired", "unavailable",
		"timeout", "rejected" };

	(void)state;
	assert_int_equal(CODE_COUNT - 1, ARRAY_LEN(page));
	for (size_t i = 0; i < ARRAY_LEN(page); i++) {
		assert_string_equal(code_name((enum code)(i + 1)), page[i]);
		assert_int_equal(code_find(page[i]), i + 1);
	}
	assert_int_equal(code_find(""), CODE_COUNT);
	assert_int_equal(code_find("worse"), CODE_COUNT);
}

static void test_replies(void **state)
{
	static const struct {
		const char *legend, *hex;
		int ret;
		enum code code;
		const char *text;
	} cases[] = {
		{ "ok", "82" V1 "a2 6f6b c3", 0, CODE_OK, "" },
		{ "refused", "84" V1 "a2 6f6b c2 a4 636f6465 a7 65787069726564 a4 74657874 a1 78", 0,
		    CODE_EXPIRED, "x" },
		{ "a code of a later version", "84" V1 "a2 6f6b c2 a4 636f6465 a1 78 a4 74657874 a1 79",
		    0, CODE_REJECTED, "y" },
		{ "refused without code or text", "82" V1 "a2 6f6b c2", 0, CODE_REJECTED, "" },
		{ "text that would drive a terminal", "83" V1 "a2 6f6b c2 a4 74657874 a1 1b", 0,
		    CODE_REJECTED, "?" },
		{ "ok missing", "81" V1, -1, CODE_OK, "" },
		{ "v missing", "81 a2 6f6b c3", -1, CODE_OK, "" },
		{ "v 2", "82 a1 76 02 a2 6f6b c3", -1, CODE_OK, "" },
		{ "ok a number", "82" V1 "a2 6f6b 01", -1, CODE_OK, "" },
		{ "no map", "90", -1, CODE_OK, "" },
		{ "garbage", "c1", -1, CODE_OK, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct wire_doc doc;
		struct reply reply;
		struct err err;

		wire_doc_init(&doc);
		CHECK(cases[i].legend, reply_parse(&doc, b.data, b.len, &reply, &err) == cases[i].ret);
		if (cases[i].ret == 0)
			CHECK(cases[i].legend, reply.code == cases[i].code &&
			    strcmp(reply.text, cases[i].text) == 0);
		wire_doc_clear(&doc);
		buf_free(&b);
	}
}

static void test_error_round_trip(void **state)
{
	(void)state;
	for (int c = CODE_BAD_REQUEST; c < CODE_COUNT; c++) {
		struct buf b = BUF_INIT;
		struct wire_doc doc;
		struct reply reply;
		struct err err;

		wire_doc_init(&doc);
		reply_error(&b, (enum code)c, "because");
		assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
		assert_int_equal(reply.code, c);
		assert_string_equal(reply.text, "because");
		wire_doc_clear(&doc);
		buf_free(&b);
	}
}

static void test_hello(void **state)
{
	struct buf b = BUF_INIT, json = BUF_INIT;
	struct wire_doc doc;
	struct reply reply;
	struct err err;
	uint64_t u;

	(void)state;
	hello_reply(&b, "sim", KIND_SIM, 5, 1795252504250, NULL);
	wire_doc_init(&doc);
	assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
	assert_true(wire_get_uint(wire_key(reply.body, "time"), &u) && u == 1795252504250);
	assert_int_equal(wire_count(wire_key(reply.body, "fields")), FIELD_COUNT);
	assert_int_equal(wire_count(wire_key(reply.body, "commands")), CMD_COUNT);
	wire_to_json(wire_at(wire_key(reply.body, "fields"), 3), &json);
	assert_string_equal(json.data, "[\"lat\",\"deg\",1e-07]");
	buf_clear(&json);
	wire_to_json(wire_at(wire_key(reply.body, "commands"), CMD_DISARM), &json);
	assert_string_equal(json.data, "[\"disarm\",\"air\",[[\"force\",\"bool\",\"\",false]]]");
	wire_doc_clear(&doc);
	buf_free(&b);
	buf_free(&json);
}

static void test_backfill(void **state)
{
	struct buf b = BUF_INIT, json = BUF_INIT, one = hex_buf("93 07 01 0a");
	struct backfill bf = { 0 };
	struct wire_doc doc;
	struct reply reply;
	struct err err;

	(void)state;
	wire_doc_init(&doc);
	backfill_reply(&b, &bf);
	assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
	wire_to_json(reply.body, &json);
	assert_string_equal(json.data,
	    "{\"v\":1,\"ok\":true,\"samples\":[],\"more\":false,\"held\":[],\"lost\":[]}");
	backfill_add_sample(&bf, one.data, one.len);
	backfill_add_sample(&bf, one.data, one.len);
	backfill_add_held(&bf, 7, 1, 9);
	ranges_add(&bf.lost, 2, 3);
	bf.more = true;
	buf_clear(&b);
	buf_clear(&json);
	backfill_reply(&b, &bf);
	assert_int_equal(reply_parse(&doc, b.data, b.len, &reply, &err), 0);
	wire_to_json(reply.body, &json);
	assert_string_equal(json.data, "{\"v\":1,\"ok\":true,\"samples\":[[7,1,10],[7,1,10]],"
	    "\"more\":true,\"held\":[[7,1,9]],\"lost\":[[2,3]]}");
	backfill_clear(&bf);
	assert_int_equal(bf.count, 0);
	wire_doc_clear(&doc);
	buf_free(&b);
	buf_free(&json);
	buf_free(&one);
}

/* A command whose args are written and not parsed: the same request. */
static void test_command_from_bytes(void **state)
{
	struct request req = { .op = OP_COMMAND, .id = "u", .drone = "D01", .cmd = "takeoff",
		.by = "ops", .expires = 99, .since = KEY_NONE, .boot = KEY_NONE, .from = KEY_NONE,
		.to = KEY_NONE, .until = KEY_NONE, .before = KEY_NONE, .limit = KEY_NONE, .over = "outside the fence", .reason = "survey" }, back;
	struct command_args args = { .has = { true }, .number = { 20 } };
	struct buf b = BUF_INIT, map = BUF_INIT;
	struct wire_doc doc;
	struct err err;
	enum code code;

	(void)state;
	command_args_write(&map, CMD_TAKEOFF, &args);
	request_encode_command(&b, &req, &map);
	wire_doc_init(&doc);
	assert_int_equal(request_parse(&doc, b.data, b.len, &back, &code, &err), 0);
	memset(&args, 0, sizeof(args));
	assert_int_equal(command_args_read(CMD_TAKEOFF, back.args, &args, &err), 0);
	assert_true(args.has[0] && args.number[0] == 20);
	back.args = NULL;
	assert_true(isnan(back.minutes));
	back.minutes = req.minutes = 0;
	assert_memory_equal(&back, &req, sizeof(req));
	wire_doc_clear(&doc);
	buf_free(&b);
	buf_free(&map);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_error_round_trip),
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_backfill),
		cmocka_unit_test(test_command_from_bytes),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
