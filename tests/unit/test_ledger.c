/* The ledger: stages only go forward, answers stand, refusals may be tried again. */
#include "unit.h"

#include "base/mem.h"
#include "command/ledger.h"

static struct progress stage(const char *id, enum stage s)
{
	struct progress cm = { .drone = "D01", .cmd = "hold", .stage = s, .time = 1000 };

	str_copy(cm.id, sizeof(cm.id), id);
	return cm;
}

static void test_stages(void **state)
{
	static const struct {
		const char *legend;
		size_t n;
		enum stage given[4];
		bool news[4];
		enum stage last;
	} cases[] = {
		{ "the usual way", 4, { STAGE_SENT, STAGE_ACCEPTED, STAGE_ACTIVE, STAGE_DONE },
		    { true, true, true, true }, STAGE_DONE },
		{ "the feed before the reply", 4, { STAGE_SENT, STAGE_ACTIVE, STAGE_ACCEPTED, STAGE_DONE },
		    { true, true, false, true }, STAGE_DONE },
		{ "the same twice", 4, { STAGE_SENT, STAGE_SENT, STAGE_ACCEPTED, STAGE_ACCEPTED },
		    { true, false, true, false }, STAGE_ACCEPTED },
		{ "late word after a time-out", 4, { STAGE_SENT, STAGE_TIMEOUT, STAGE_ACCEPTED, STAGE_FAILED },
		    { true, true, true, true }, STAGE_FAILED },
		{ "no time-out after an answer", 3, { STAGE_SENT, STAGE_ACCEPTED, STAGE_TIMEOUT },
		    { true, true, false }, STAGE_ACCEPTED },
		{ "an end is an end", 3, { STAGE_DONE, STAGE_FAILED, STAGE_ACTIVE },
		    { true, false, false }, STAGE_DONE },
		{ "refused before it flew, given again", 3, { STAGE_REJECTED, STAGE_SENT, STAGE_DONE },
		    { true, true, true }, STAGE_DONE },
		{ "a stage of a later protocol", 3, { STAGE_SENT, STAGE_UNKNOWN, STAGE_DONE },
		    { true, false, true }, STAGE_DONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ledger l = { 0 };

		for (size_t k = 0; k < cases[i].n; k++) {
			struct progress cm = stage("a", cases[i].given[k]);

			CHECK(cases[i].legend, ledger_apply(&l, &cm, 5) == cases[i].news[k]);
		}
		CHECK(cases[i].legend, ledger_find(&l, "a")->last.stage == (int)cases[i].last);
		ledger_clear(&l);
	}
}

static void test_answers_stand(void **state)
{
	struct ledger l = { 0 };
	struct progress cm = stage("a", STAGE_REJECTED);

	(void)state;
	ledger_apply(&l, &cm, 5);
	ledger_answer(&l, "a", CODE_REJECTED, "no fix", 1000);
	assert_non_null(ledger_answered(&l, "a", 1000));
	assert_string_equal(ledger_answered(&l, "a", 1000)->text, "no fix");
	assert_null(ledger_answered(&l, "a", 1001));
	assert_null(ledger_answered(&l, "b", 5));
	/* The drone itself refused: that id cannot start anew. */
	cm = stage("a", STAGE_SENT);
	assert_false(ledger_apply(&l, &cm, 6));
	ledger_clear(&l);
}

static void test_an_id_names_one_command(void **state)
{
	struct ledger l = { 0 };
	struct progress cm = stage("a", STAGE_ACCEPTED);

	(void)state;
	ledger_apply(&l, &cm, 5);
	cm.stage = STAGE_DONE;
	str_copy(cm.drone, sizeof(cm.drone), "D02");
	assert_false(ledger_apply(&l, &cm, 6));
	assert_string_equal(ledger_find(&l, "a")->last.drone, "D01");
	ledger_clear(&l);
}

static void test_abandon(void **state)
{
	struct ledger l = { 0 };
	struct progress cm = stage("a", STAGE_ACTIVE), lost = stage("a", STAGE_TIMEOUT);

	(void)state;
	assert_false(ledger_abandon(&l, &lost, 5));
	ledger_apply(&l, &cm, 5);
	assert_true(ledger_abandon(&l, &lost, 6));
	assert_false(ledger_abandon(&l, &lost, 7));
	cm.stage = STAGE_DONE;
	assert_true(ledger_apply(&l, &cm, 8));
	assert_false(ledger_abandon(&l, &lost, 9));
	ledger_clear(&l);
}

static void test_bounded_and_found_after_turning_over(void **state)
{
	struct ledger l = { 0 };
	char id[32];

	(void)state;
	for (int i = 0; i < LEDGER_MAX + 10; i++) {
		struct progress cm;

		snprintf(id, sizeof(id), "c%d", i);
		cm = stage(id, STAGE_SENT);
		assert_true(ledger_apply(&l, &cm, 5));
	}
	assert_int_equal(l.count, LEDGER_MAX);
	assert_null(ledger_find(&l, "c9"));
	assert_string_equal(ledger_find(&l, "c10")->last.id, "c10");
	assert_string_equal(ledger_find(&l, id)->last.id, id);
	assert_string_equal(ledger_at(&l, 0)->last.id, "c10");
	ledger_clear(&l);
}

static void test_write_filters(void **state)
{
	static const struct {
		const char *legend, *id, *drone;
		uint64_t since;
		size_t n;
	} cases[] = {
		{ "all", "", "", KEY_NONE, 3 },
		{ "one id", "b", "", KEY_NONE, 1 },
		{ "one drone", "", "D01", KEY_NONE, 3 },
		{ "another drone", "", "D9", KEY_NONE, 0 },
		{ "since", "", "", 2000, 1 },
	};
	struct ledger l = { 0 };
	struct progress cm;
	struct wire_doc doc;
	struct reject why;

	(void)state;
	wire_doc_init(&doc);
	for (int i = 0; i < 3; i++) {
		char id[2] = { (char)('a' + i), 0 };

		cm = stage(id, STAGE_SENT);
		cm.time = i == 1 ? 2000 : 1000;
		ledger_apply(&l, &cm, 5 + i);
	}
	ledger_answer(&l, "only-answered", CODE_OK, "", 1000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT;

		ledger_write(&l, &b, cases[i].id, cases[i].drone, cases[i].since);
		CHECK(cases[i].legend, wire_count(wire_parse(&doc, b.data, b.len, &why)) == cases[i].n);
		buf_free(&b);
	}
	wire_doc_clear(&doc);
	ledger_clear(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_answers_stand),
		cmocka_unit_test(test_an_id_names_one_command),
		cmocka_unit_test(test_abandon),
		cmocka_unit_test(test_bounded_and_found_after_turning_over),
		cmocka_unit_test(test_write_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
