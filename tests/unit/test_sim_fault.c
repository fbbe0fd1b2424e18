/* Faults: their spelling, and that garbage is never sound. */
#include "unit.h"

#include "base/mem.h"
#include "fault.h"
#include "proto/messages.h"
#include "proto/sample.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int kind; /* -1: refused */
		double value;
		const char *drone; /* or what the sentence says */
	} cases[] = {
		{ "drop=0.5", FAULT_DROP, 0.5, "" },
		{ "dup=1@D07", FAULT_DUP, 1, "D07" },
		{ "reorder=0", FAULT_REORDER, 0, "" },
		{ "garbage=1e-3", FAULT_GARBAGE, 1e-3, "" },
		{ "skew=-250@a-b_c", FAULT_SKEW, -250, "a-b_c" },
		{ "nogps=0.01", FAULT_NOGPS, 0.01, "" },
		{ "silence=0.2@X", FAULT_SILENCE, 0.2, "X" },
		{ "crash=0.3", FAULT_CRASH, 0.3, "" },
		{ "drop", -1, 0, "KIND=VALUE" },
		{ "", -1, 0, "KIND=VALUE" },
		{ "drop=", -1, 0, "0 to 1" },
		{ "drop=2", -1, 0, "0 to 1" },
		{ "drop=-0.1", -1, 0, "0 to 1" },
		{ "drop=half", -1, 0, "half" },
		{ "drop=nan", -1, 0, "nan" },
		{ "dorp=0.1", -1, 0, "did you mean drop" },
		{ "=0.1", -1, 0, "drop, dup" },
		{ "drop=0.1@", -1, 0, "no drone id" },
		{ "drop=0.1@no good", -1, 0, "no drone id" },
		{ "skew=1e12", -1, 0, "86400000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fault_spec spec;
		struct err err = { "" };
		int ret = fault_parse(cases[i].text, &spec, &err);

		CHECK(cases[i].text, (ret == 0) == (cases[i].kind >= 0));
		if (ret == 0) {
			CHECK(cases[i].text, (int)spec.kind == cases[i].kind);
			CHECK(cases[i].text, spec.value == cases[i].value);
			CHECK(cases[i].text, strcmp(spec.drone, cases[i].drone) == 0);
		} else {
			CHECK(err.text, strstr(err.text, cases[i].drone) != NULL);
		}
	}
}

static void test_garbage(void **state)
{
	struct buf topic = BUF_INIT, body = BUF_INIT;
	bool seen[REJECT_COUNT] = { false };
	struct wire_doc doc;
	struct rng rng;

	(void)state;
	wire_doc_init(&doc);
	rng_init(&rng, 1, 2);
	for (int i = 0; i < 5000; i++) {
		enum topic_kind kind;
		char id[ID_SIZE];
		struct reject why;
		struct sample s;
		union message m;
		int ret;

		garbage_make(&rng, "D01", &topic, &body);
		ret = topic_parse(topic.data, topic.len, &kind, id, &why);
		if (ret == 0)
			ret = kind == TOPIC_TM ? sample_decode(body.data, body.len, &s, &why)
					       : message_decode(&doc, kind, id, body.data, body.len, &m, &why);
		if (ret == 0)
			fail_msg("message %d on %s is sound", i, topic.data);
		seen[why.reason] = true;
	}
	for (int r = REJECT_TOPIC; r <= REJECT_RANGE; r++) {
		if (r != REJECT_TOO_BIG)
			CHECK(reject_name((enum reject_reason)r), seen[r]);
	}
	wire_doc_clear(&doc);
	buf_free(&topic);
	buf_free(&body);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests_name("sim fault", tests, NULL, NULL);
}
