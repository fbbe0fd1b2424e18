/* Bodies of the feed other than the sample, and topics. */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "hex.h"
#include "proto/messages.h"

#define GOOD REJECT_COUNT

static void test_topics(void **state)
{
	static const struct {
		const char *legend, *topic;
		size_t len;
		int ret;
		enum topic_kind kind;
		const char *id;
	} cases[] = {
		{ "sample", "tm.D01", 6, 0, TOPIC_TM, "D01" },
		{ "heartbeat", "hb.sim", 6, 0, TOPIC_HB, "sim" },
		{ "event of no drone", "ev.", 3, 0, TOPIC_EV, "" },
		{ "alarm of no drone", "al.", 3, 0, TOPIC_AL, "" },
		{ "event of a drone", "ev.D01", 6, 0, TOPIC_EV, "D01" },
		{ "progress", "cm.D01", 6, 0, TOPIC_CM, "D01" },
		{ "plan", "pl.D01", 6, 0, TOPIC_PL, "D01" },
		{ "order", "or.O7", 5, 0, TOPIC_OR, "O7" },
		{ "video", "vd.D01", 6, 0, TOPIC_VD, "D01" },
		{ "32 characters", "tm.0123456789012345678901234567890a", 35, 0, TOPIC_TM,
		    "0123456789012345678901234567890a" },
		{ "33 characters", "tm.0123456789012345678901234567890ab", 36, -1, TOPIC_TM, "" },
		{ "sample of nobody", "tm.", 3, -1, TOPIC_TM, "" },
		{ "heartbeat of nobody", "hb.", 3, -1, TOPIC_HB, "" },
		{ "progress of nobody", "cm.", 3, -1, TOPIC_CM, "" },
		{ "order of no id", "or.", 3, -1, TOPIC_OR, "" },
		{ "a dot in the id", "tm.D.1", 6, -1, TOPIC_TM, "" },
		{ "a zero in the id", "tm.D\0001", 6, -1, TOPIC_TM, "" },
		{ "a topic of a later version", "xx.D01", 6, 0, TOPIC_UNKNOWN, "" },
		{ "longer letters", "tmx.D01", 7, 0, TOPIC_UNKNOWN, "" },
		{ "upper case", "TM.D01", 6, 0, TOPIC_UNKNOWN, "" },
		{ "no dot", "tm", 2, 0, TOPIC_UNKNOWN, "" },
		{ "empty", "", 0, 0, TOPIC_UNKNOWN, "" },
		{ "binary", "\xff\xfe\xfd", 3, 0, TOPIC_UNKNOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum topic_kind kind;
		char id[ID_SIZE], text[TOPIC_SIZE];
		struct reject why;
		void *exact = xmemdup(cases[i].topic, cases[i].len);
		int ret = topic_parse(exact, cases[i].len, &kind, id, &why);

		CHECK(cases[i].legend, ret == cases[i].ret && kind == cases[i].kind);
		if (ret == -1)
			CHECK(cases[i].legend, why.reason == REJECT_TOPIC);
		else
			CHECK(cases[i].legend, strcmp(id, cases[i].id) == 0);
		if (ret == 0 && kind != TOPIC_UNKNOWN) {
			CHECK(cases[i].legend, topic_format(text, kind, id) == cases[i].len);
			CHECK(cases[i].legend, strcmp(text, cases[i].topic) == 0);
		}
		free(exact);
	}
}

/* Bodies as a list of key and value, both in hexadecimal after the key's text. */
struct pair {
	const char *key, *hex;
};

static enum reject_reason decode(enum topic_kind kind, const char *id, const struct pair *pairs,
    size_t n, union message *m)
{
	struct buf b = BUF_INIT;
	struct wire_doc doc;
	struct reject why = { .reason = GOOD };

	wire_put_map(&b, n);
	for (size_t i = 0; i < n; i++) {
		wire_put_text(&b, pairs[i].key);
		hex_add(&b, pairs[i].hex);
	}
	wire_doc_init(&doc);
	if (message_decode(&doc, kind, id, b.data, b.len, m, &why) == 0)
		why.reason = GOOD;
	wire_doc_clear(&doc);
	buf_free(&b);
	return why.reason;
}

#define T "a1 78" /* "x" */

/* A good body of each kind: its keys, which must be there, what else they take. */
static const struct {
	enum topic_kind kind;
	const char *id;
	struct pair pairs[16];
	const char *required; /* keys, a blank between */
} good[] = {
	{ TOPIC_HB, "x", { { "v", "01" }, { "source", T }, { "kind", "a3 73696d" }, { "boot", "05" },
	    { "time", "cd 1000" }, { "drones", "0c" }, { "sent", "00" } },
	    "v source kind boot time drones sent" },
	{ TOPIC_EV, "x", { { "drone", T }, { "source", T }, { "time", "05" }, { "severity", "06" },
	    { "text", T } }, "time severity text" },
	{ TOPIC_CM, "x", { { "id", T }, { "drone", T }, { "cmd", T }, { "by", T },
	    { "stage", "a4 646f6e65" }, { "time", "05" }, { "text", T }, { "over", T },
	    { "reason", T } },
	    "id drone cmd stage time" },
	{ TOPIC_PL, "x", { { "drone", T }, { "rev", "03" }, { "time", "05" } }, "drone rev time" },
	{ TOPIC_AL, "x", { { "id", T }, { "rule", T }, { "drone", T }, { "level", "a5 7761746368" },
	    { "state", "a6 726169736564" }, { "time", "05" }, { "since", "04" }, { "value", "13" },
	    { "limit", "ca 41a00000" }, { "text", T }, { "by", "c0" }, { "until", "09" },
	    { "why", T }, { "count", "02" }, { "source", T } }, "id rule level state time" },
	{ TOPIC_OR, "x", { { "id", T }, { "state", "a7 70656e64696e67" }, { "drone", T },
	    { "depot", T }, { "lat", "30" }, { "lon", "0b" }, { "weight_kg", "01" },
	    { "time", "05" }, { "eta", "09" }, { "text", T } }, "id state time" },
};

static size_t pair_count(const struct pair *p)
{
	size_t n = 0;

	while (n < 16 && p[n].key)
		n++;
	return n;
}

static bool is_required(const char *list, const char *key)
{
	char padded[128], word[32];

	snprintf(padded, sizeof(padded), " %s ", list);
	snprintf(word, sizeof(word), " %s ", key);
	return strstr(padded, word);
}

static void test_keys(void **state)
{
	(void)state;
	for (size_t g = 0; g < ARRAY_LEN(good); g++) {
		size_t n = pair_count(good[g].pairs);
		union message m;
		struct pair pairs[17];
		char legend[64];

		snprintf(legend, sizeof(legend), "%s as it is", topic_name(good[g].kind));
		CHECK(legend, decode(good[g].kind, good[g].id, good[g].pairs, n, &m) == GOOD);
		for (size_t i = 0; i < n; i++) {
			bool required = is_required(good[g].required, good[g].pairs[i].key);
			bool names_topic = strcmp(good[g].pairs[i].key,
			    good[g].kind == TOPIC_HB ? "source" : good[g].kind == TOPIC_OR ? "id" : "drone") == 0;

			memcpy(pairs, good[g].pairs, sizeof(good[g].pairs));
			snprintf(legend, sizeof(legend), "%s: %s nil", topic_name(good[g].kind),
			    pairs[i].key);
			pairs[i].hex = "c0";
			CHECK(legend, decode(good[g].kind, required || !names_topic ? "x" : "", pairs, n,
			    &m) == (required ? REJECT_MISSING : GOOD));
			snprintf(legend, sizeof(legend), "%s: %s an array", topic_name(good[g].kind),
			    pairs[i].key);
			pairs[i].hex = "90";
			CHECK(legend, decode(good[g].kind, "x", pairs, n, &m) == REJECT_TYPE);
			snprintf(legend, sizeof(legend), "%s: %s not there", topic_name(good[g].kind),
			    pairs[i].key);
			pairs[i] = pairs[n - 1];
			CHECK(legend, decode(good[g].kind, required || !names_topic ? "x" : "", pairs,
			    n - 1, &m) == (required ? REJECT_MISSING : GOOD));
		}
		/* A key of a later version passes by. */
		memcpy(pairs, good[g].pairs, sizeof(good[g].pairs));
		pairs[n] = (struct pair){ "new", "91 91 01" };
		snprintf(legend, sizeof(legend), "%s with a new key", topic_name(good[g].kind));
		CHECK(legend, decode(good[g].kind, "x", pairs, n + 1, &m) == GOOD);
		/* What the topic says and the body must be the same. */
		snprintf(legend, sizeof(legend), "%s under another's topic", topic_name(good[g].kind));
		CHECK(legend, decode(good[g].kind, "y", good[g].pairs, n, &m) == REJECT_TOPIC);
	}
}

static void test_values(void **state)
{
	static const struct {
		const char *legend;
		size_t body;
		struct pair with;
		const char *topic_id;
		enum reject_reason want;
	} cases[] = {
		{ "an unknown kind of source", 0, { "kind", T }, "x", GOOD },
		{ "boot of a uint32", 0, { "boot", "ce ffffffff" }, "x", GOOD },
		{ "boot past a uint32", 0, { "boot", "cf 0000000100000000" }, "x", REJECT_RANGE },
		{ "negative time", 0, { "time", "ff" }, "x", REJECT_TYPE },
		{ "float time", 0, { "time", "cb 3ff0000000000000" }, "x", REJECT_TYPE },
		{ "time past int64", 0, { "time", "cf ffffffffffffffff" }, "x", REJECT_RANGE },
		{ "a source that is no id", 0, { "source", "a1 20" }, "x", REJECT_TEXT },
		{ "a source as binary", 0, { "source", "c4 01 78" }, "x", REJECT_TYPE },
		{ "severity of a later version", 1, { "severity", "09" }, "x", GOOD },
		{ "event text no UTF-8", 1, { "text", "a1 ff" }, "x", REJECT_TEXT },
		{ "event text with a zero", 1, { "text", "a1 00" }, "x", REJECT_TEXT },
		{ "event of no drone, said by an empty text", 1, { "drone", "a0" }, "", GOOD },
		{ "event of no drone under a drone's topic", 1, { "drone", "c0" }, "x", REJECT_TOPIC },
		{ "event of a drone under no drone's topic", 1, { "drone", T }, "", REJECT_TOPIC },
		{ "a stage of a later version", 2, { "stage", T }, "x", GOOD },
		{ "a command id of 64", 2, { "id", "d9 40"
		    "30303030303030303030303030303030 30303030303030303030303030303030"
		    "30303030303030303030303030303030 30303030303030303030303030303030" }, "x", GOOD },
		{ "a command id of 65", 2, { "id", "d9 41"
		    "30303030303030303030303030303030 30303030303030303030303030303030"
		    "30303030303030303030303030303030 30303030303030303030303030303030 30" }, "x",
		    REJECT_TEXT },
		{ "an empty command id", 2, { "id", "a0" }, "x", REJECT_TEXT },
		{ "an empty drone of a command", 2, { "drone", "a0" }, "", REJECT_TEXT },
		{ "a negative rev", 3, { "rev", "ff" }, "x", REJECT_TYPE },
		{ "a value that is not finite", 4, { "value", "cb 7ff0000000000000" }, "x", REJECT_RANGE },
		{ "a limit NAN", 4, { "limit", "ca 7fc00000" }, "x", REJECT_RANGE },
		{ "a value as text", 4, { "value", "a1 31" }, "x", REJECT_TYPE },
		{ "order without a position", 5, { "lat", "c0" }, "x", GOOD },
		{ "order of a state to come", 5, { "state", T }, "x", GOOD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pair pairs[16];
		size_t n = pair_count(good[cases[i].body].pairs);
		union message m;

		memcpy(pairs, good[cases[i].body].pairs, sizeof(pairs));
		for (size_t k = 0; k < n; k++) {
			if (strcmp(pairs[k].key, cases[i].with.key) == 0)
				pairs[k].hex = cases[i].with.hex;
		}
		CHECK(cases[i].legend, decode(good[cases[i].body].kind, cases[i].topic_id, pairs, n,
		    &m) == cases[i].want);
	}
}

static void test_shapes(void **state)
{
	static const struct {
		const char *legend;
		enum topic_kind kind;
		const char *hex;
		enum reject_reason want;
	} cases[] = {
		{ "an array for a map", TOPIC_HB, "91 01", REJECT_SHAPE },
		{ "nil for a map", TOPIC_EV, "c0", REJECT_SHAPE },
		{ "an empty map", TOPIC_CM, "80", REJECT_MISSING },
		{ "garbage", TOPIC_EV, "c1", REJECT_TRUNCATED },
		{ "keys that are no text", TOPIC_PL, "81 01 02", REJECT_MISSING },
		{ "video", TOPIC_VD, "97 01 02 03 04 05 a4 6a706567 c4 01 ff", GOOD },
		{ "video of a later version", TOPIC_VD, "98 01 02 03 04 05 a4 6a706567 c4 01 ff c0", GOOD },
		{ "video too short", TOPIC_VD, "96 01 02 03 04 05 a4 6a706567", REJECT_MISSING },
		{ "video with its picture as text", TOPIC_VD, "97 01 02 03 04 05 a4 6a706567 a1 61",
		    REJECT_TYPE },
		{ "video of negative width", TOPIC_VD, "97 01 02 03 ff 05 a4 6a706567 c4 01 ff",
		    REJECT_TYPE },
		{ "a map for video", TOPIC_VD, "80", REJECT_SHAPE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex);
		struct wire_doc doc;
		struct reject why = { .reason = GOOD };
		union message m;

		wire_doc_init(&doc);
		CHECK(cases[i].legend, (message_decode(&doc, cases[i].kind, "x", b.data, b.len, &m,
		    &why) == 0) == (cases[i].want == GOOD));
		CHECK(cases[i].legend, why.reason == cases[i].want);
		wire_doc_clear(&doc);
		buf_free(&b);
	}
}

/* Text from outside cannot drive a terminal, and long text is cut whole. */
static void test_text(void **state)
{
	struct buf b = BUF_INIT;
	char longest[TEXT_SIZE + 100];
	struct wire_doc doc;
	struct reject why;
	union message m;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "\x1b[2J", 4);
	memcpy(longest + TEXT_SIZE - 2, "\xe2\x82\xac", 3); /* would be cut in its middle */
	wire_put_map(&b, 3);
	wire_put_text(&b, "time");
	wire_put_uint(&b, 1);
	wire_put_text(&b, "severity");
	wire_put_uint(&b, 1);
	wire_put_text(&b, "text");
	wire_put_text_n(&b, longest, sizeof(longest));
	wire_doc_init(&doc);
	assert_int_equal(message_decode(&doc, TOPIC_EV, "", b.data, b.len, &m, &why), 0);
	assert_int_equal(strlen(m.ev.text), TEXT_SIZE - 2);
	assert_memory_equal(m.ev.text, "?[2Jx", 5);
	wire_doc_clear(&doc);
	buf_free(&b);
}

/* What is written reads back the same; what is unknown is nil or left out. */
static void test_round_trips(void **state)
{
	static const struct progress cm = { .id = "u", .drone = "D01", .cmd = "goto", .by = "ops",
		.stage = STAGE_REJECTED, .code = "bad-args", .time = 77, .text = "no lat" };
	static const struct heartbeat hb = { 1, "sim", KIND_SIM, 5, 6, 7, 8 };
	static const struct event ev = { "", "sim", 9, SEVERITY_WARNING, "text" };
	struct alarm al = { .id = "a", .rule = "r", .level = LEVEL_CRITICAL, .state = ALARM_RAISED,
		.time = 3, .since = KEY_NONE, .value = NAN, .limit = 2.5, .until = KEY_NONE,
		.count = KEY_NONE };
	const struct alarm shelved = { .id = "a", .rule = "r", .drone = "D01", .level = LEVEL_WATCH,
		.state = ALARM_SHELVED, .time = 3, .since = 2, .value = 1, .limit = 2, .by = "jk",
		.until = 9, .why = "on the pad", .count = 4, .source = "site" };
	const struct progress over = { .id = "u", .drone = "D01", .cmd = "goto", .by = "jk",
		.stage = STAGE_SENT, .time = 7, .over = "outside", .reason = "survey" };
	struct order or = { .id = "o", .state = ORDER_PENDING, .lat = 48, .lon = 11,
		.weight_kg = NAN, .time = 4, .eta = KEY_NONE };
	const struct plan_changed pl = { "D01", 3, 4 };
	/* Read from a later version: what it said is not known, but still said. */
	const struct heartbeat later = { .v = 1, .source = "sim", .kind = KIND_UNKNOWN };
	const struct {
		enum topic_kind kind;
		const char *id, *json;
		const void *in;
	} cases[] = {
		{ TOPIC_CM, "D01", "{\"id\":\"u\",\"drone\":\"D01\",\"cmd\":\"goto\",\"by\":\"ops\","
		    "\"stage\":\"rejected\",\"code\":\"bad-args\",\"time\":77,\"text\":\"no lat\"}", &cm },
		{ TOPIC_HB, "sim", "{\"v\":1,\"source\":\"sim\",\"kind\":\"sim\",\"boot\":5,\"time\":6,"
		    "\"drones\":7,\"sent\":8}", &hb },
		{ TOPIC_HB, "sim", "{\"v\":1,\"source\":\"sim\",\"kind\":\"unknown\",\"boot\":0,\"time\":0,"
		    "\"drones\":0,\"sent\":0}", &later },
		{ TOPIC_EV, "", "{\"drone\":null,\"source\":\"sim\",\"time\":9,\"severity\":4,"
		    "\"text\":\"text\"}", &ev },
		{ TOPIC_PL, "D01", "{\"drone\":\"D01\",\"rev\":3,\"time\":4}", &pl },
		{ TOPIC_AL, "", "{\"id\":\"a\",\"rule\":\"r\",\"drone\":null,\"level\":\"critical\","
		    "\"state\":\"raised\",\"time\":3,\"since\":null,\"value\":null,\"limit\":2.5,"
		    "\"text\":\"\",\"by\":null}", &al },
		{ TOPIC_AL, "D01", "{\"id\":\"a\",\"rule\":\"r\",\"drone\":\"D01\",\"level\":\"watch\","
		    "\"state\":\"shelved\",\"time\":3,\"since\":2,\"value\":1,\"limit\":2,\"text\":\"\","
		    "\"by\":\"jk\",\"until\":9,\"why\":\"on the pad\",\"count\":4,\"source\":\"site\"}",
		    &shelved },
		{ TOPIC_CM, "D01", "{\"id\":\"u\",\"drone\":\"D01\",\"cmd\":\"goto\",\"by\":\"jk\","
		    "\"stage\":\"sent\",\"time\":7,\"text\":\"\",\"over\":\"outside\","
		    "\"reason\":\"survey\"}", &over },
		{ TOPIC_OR, "o", "{\"id\":\"o\",\"state\":\"pending\",\"drone\":null,\"depot\":null,"
		    "\"lat\":48,\"lon\":11,\"weight_kg\":null,\"time\":4,\"eta\":null,\"text\":\"\"}", &or },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT, again = BUF_INIT, json = BUF_INIT;
		struct wire_doc doc;
		struct reject why;
		union message m;

		wire_doc_init(&doc);
		message_encode(&b, cases[i].kind, cases[i].in);
		assert_int_equal(message_decode(&doc, cases[i].kind, cases[i].id, b.data, b.len, &m,
		    &why), 0);
		message_encode(&again, cases[i].kind, &m);
		assert_int_equal(again.len, b.len);
		assert_memory_equal(again.data, b.data, b.len);
		wire_to_json(wire_parse(&doc, b.data, b.len, &why), &json);
		assert_string_equal(json.data, cases[i].json);
		wire_doc_clear(&doc);
		buf_free(&b);
		buf_free(&again);
		buf_free(&json);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_topics),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_round_trips),
	};

	return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
