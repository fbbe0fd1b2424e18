/* Conditions of alarm rules: what they say, what they refuse, and where. */
#include "unit.h"

#include <math.h>

#include "alarm/rule.h"
#include "base/mem.h"
#include "base/rng.h"

/* battery 10, height 120, speed unknown, mode rtl, in the air, armed unknown,
 * hdop 2.5, sats 15, fix 3; everything else unknown. */
static void fill(struct operands *v, enum operand o)
{
	static const struct { int operand; double value; } known[] = {
		{ FIELD_battery, 10 }, { FIELD_height, 120 }, { FIELD_mode, MODE_RTL },
		{ OPERAND_in_air, 1 }, { FIELD_hdop, 2.5 }, { FIELD_sats, 15 }, { FIELD_fix, 3 },
		{ OPERAND_failsafe, 0 }, { OPERAND_age_s, 4 }, { OPERAND_stale_s, 3 },
		{ FIELD_climb, -2.5 },
	};

	operands_set(v, o, NAN);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if ((int)o == known[i].operand)
			operands_set(v, o, known[i].value);
	}
}

static enum truth ask(const struct condition *c)
{
	struct operands v = { .fill = fill };

	return condition_eval(c, &v);
}

static void test_answers(void **state)
{
	static const struct {
		const char *text;
		enum truth truth;
	} cases[] = {
		{ "battery < 15", TRUTH_TRUE },
		{ "battery < 10", TRUTH_FALSE },
		{ "battery <= 10", TRUTH_TRUE },
		{ "battery > 9.9", TRUTH_TRUE },
		{ "battery >= 11", TRUTH_FALSE },
		{ "battery = 10", TRUTH_TRUE },
		{ "battery == 10", TRUTH_TRUE },
		{ "battery != 10", TRUTH_FALSE },
		{ "15 > battery", TRUTH_TRUE },
		{ "10 <= battery", TRUTH_TRUE },
		{ "10 < battery", TRUTH_FALSE },
		{ "battery < 15 %", TRUTH_TRUE },
		{ "height > 100 m and in_air", TRUTH_TRUE },
		{ "battery<15% and in_air", TRUTH_TRUE },
		{ "climb < -2", TRUTH_TRUE },
		{ "climb < -2.6e0", TRUTH_FALSE },
		{ "in_air", TRUTH_TRUE },
		{ "not in_air", TRUTH_FALSE },
		{ "not not in_air", TRUTH_TRUE },
		{ "failsafe", TRUTH_FALSE },
		{ "mode = rtl", TRUTH_TRUE },
		{ "mode != rtl", TRUTH_FALSE },
		{ "mode = hold or mode = rtl", TRUTH_TRUE },
		{ "mode = unknown", TRUTH_FALSE },
		{ "age_s > stale_s", TRUTH_TRUE },
		{ "age_s < stale_s", TRUTH_FALSE },
		/* Three values: not known stays not known, unless the rest decides. */
		{ "speed > 5", TRUTH_UNKNOWN },
		{ "not speed > 5", TRUTH_UNKNOWN },
		{ "armed", TRUTH_UNKNOWN },
		{ "speed > 5 and in_air", TRUTH_UNKNOWN },
		{ "in_air and speed > 5", TRUTH_UNKNOWN },
		{ "speed > 5 and failsafe", TRUTH_FALSE },
		{ "failsafe and speed > 5", TRUTH_FALSE },
		{ "speed > 5 or in_air", TRUTH_TRUE },
		{ "in_air or speed > 5", TRUTH_TRUE },
		{ "speed > 5 or failsafe", TRUTH_UNKNOWN },
		{ "speed > 5 or armed", TRUTH_UNKNOWN },
		{ "speed > 5 and armed", TRUTH_UNKNOWN },
		{ "known speed", TRUTH_FALSE },
		{ "unknown speed", TRUTH_TRUE },
		{ "unknown speed and in_air", TRUTH_TRUE },
		{ "known battery", TRUTH_TRUE },
		/* not before and before or; parentheses before all. */
		{ "in_air or failsafe and failsafe", TRUTH_TRUE },
		{ "(in_air or failsafe) and failsafe", TRUTH_FALSE },
		{ "not failsafe and in_air", TRUTH_TRUE },
		{ "not (failsafe and in_air)", TRUTH_TRUE },
		{ "((((battery < 15))))", TRUTH_TRUE },
		{ "  battery\t<15 ", TRUTH_TRUE },
	};
	struct condition c;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (condition_parse(&c, cases[i].text, &err) == -1)
			fail_msg("%s: %s", cases[i].text, err.text);
		CHECK(cases[i].text, ask(&c) == cases[i].truth);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "ends at column 1 where an operand" },
		{ "batery < 15", "no operand \"batery\" (column 1); did you mean battery?" },
		{ "in_air and zzzzzz", "no operand \"zzzzzz\" (column 12); odyssey-alarms(5)" },
		{ "battery", "battery (column 1) is no yes or no: compare it with a number" },
		{ "mode", "compare it with a mode" },
		{ "battery <", "ends at column 10 where a number" },
		{ "battery < 15 in_air", "\"in_air\" at column 14: battery is in %" },
		{ "sats < 5 m", "\"m\" at column 10: sats is a number without a unit" },
		{ "battery < 15 and", "ends at column 17 where" },
		{ "(battery < 15", "ends at column 14 where \")\"" },
		{ "battery < 15)", "\")\" at column 13" },
		{ "mode = flying", "\"flying\" at column 8 stands where a mode" },
		{ "mode < rtl", "a mode is = or != another (column 6)" },
		{ "1 < 2", "\"2\" at column 5 stands where an operand" },
		{ "battery < mode", "battery and mode (column 9) cannot be compared" },
		{ "battery < 1.2.3", "\"1.2.3\" at column 11 is no number" },
		{ "battery < 15 & in_air", "\"&\" at column 14 means nothing here" },
		{ "battery < 1e999", "is no number" },
		{ "not", "ends at column 4" },
		{ "in_air in_air",
		    "\"in_air\" at column 8 stands where \"and\", \"or\" or the end" },
		{ "known 5", "\"5\" at column 7 stands where an operand" },
		{ "((((((((((((((((((in_air))))))))))))))))))", "nested deeper than 16 at column" },
	};
	struct condition c;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(cases[i].text, condition_parse(&c, cases[i].text, &err) == -1);
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, err.text,
			    cases[i].says);
	}
}

/* Too long, too many parts: refused, never cut. */
static void test_bounds(void **state)
{
	char text[CONDITION_TEXT_MAX + 100] = "in_air";
	struct condition c;
	struct err err;

	(void)state;
	for (int i = 0; i < CONDITION_NODES_MAX / 2 - 1; i++)
		strcat(text, " or in_air");
	assert_int_equal(condition_parse(&c, text, &err), 0);
	assert_int_equal(ask(&c), TRUTH_TRUE);
	strcat(text, " or in_air");
	assert_int_equal(condition_parse(&c, text, &err), -1);
	assert_non_null(strstr(err.text, "more than 64 parts"));
	memset(text, ' ', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(condition_parse(&c, text, &err), -1);
	assert_non_null(strstr(err.text, "longer than"));
}

static void test_measure(void **state)
{
	static const struct {
		const char *text;
		int measure;
		double limit;
	} cases[] = {
		{ "in_air and battery < 15 and height > 3", FIELD_battery, 15 },
		{ "40 > link", FIELD_link, 40 },
		{ "age_s > stale_s", OPERAND_age_s, 3 },
		{ "mode = rtl", OPERAND_COUNT, NAN },
		{ "failsafe", OPERAND_COUNT, NAN },
	};
	struct condition c, other;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct operands v = { .fill = fill };
		double limit;

		assert_int_equal(condition_parse(&c, cases[i].text, &err), 0);
		CHECK(cases[i].text, (int)condition_measure(&c) == cases[i].measure);
		limit = condition_limit(&c, &v);
		CHECK(
		    cases[i].text, isnan(cases[i].limit) ? isnan(limit) : limit == cases[i].limit);
	}
	assert_int_equal(condition_parse(&c, "in_air and battery < 9", &err), 0);
	assert_int_equal(ask(&c), TRUTH_FALSE);
	assert_true(condition_with_limit(&c, 11, &other));
	assert_int_equal(ask(&other), TRUTH_TRUE);
	assert_int_equal(condition_parse(&c, "age_s > stale_s", &err), 0);
	assert_false(condition_with_limit(&c, 11, &other));
}

/* Rules ---------------------------------------------------------------------- */

static void test_built_in_rules_are_sound(void **state)
{
	struct rule_set set;
	struct err err;

	(void)state;
	if (rule_set_build(&set, NULL, 0, &err) == -1)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < set.count; i++) {
		const struct rule *r = &set.rules[i];

		CHECK(r->name, rules_builtin[i].help && *rules_builtin[i].help);
		CHECK(r->name, r->level > LEVEL_UNKNOWN && r->level < LEVEL_COUNT);
		CHECK(r->name, strchr(r->text, ':') || strchr(r->text, ';'));
		CHECK(r->name, strlen(r->text) < 110);
		for (size_t j = 0; j < i; j++)
			CHECK(r->name, strcmp(set.rules[j].name, r->name) != 0);
	}
	rule_set_clear(&set);
}

static void test_configured_rules(void **state)
{
	static const struct rule_words own[] = {
		{ .name = "battery-low",
		    .when = "battery < 25 and in_air",
		    .clear = "30",
		    .latch = -1 },
		{ .name = "link-weak", .off = true, .latch = -1 },
		{ .name = "low-flight",
		    .when = "height < 10 and mode = mission",
		    .hold = "2m",
		    .level = "watch",
		    .only = "D0* model:quad, armed mission rtl",
		    .text = "{height} m, under {limit}",
		    .latch = 1 },
	};
	struct rule_set set;
	const struct rule *r;
	struct err err;

	(void)state;
	assert_int_equal(rule_set_build(&set, own, ARRAY_LEN(own), &err), 0);
	r = rule_find(&set, "battery-low");
	assert_true(r->when.nodes[r->when.measure].number == 25 &&
		    r->clear.nodes[r->clear.measure].number == 30);
	assert_int_equal(r->level, LEVEL_WARNING); /* as built in */
	assert_int_equal(r->hold_samples, 3);
	assert_null(rule_find(&set, "link-weak"));
	r = rule_find(&set, "low-flight");
	assert_int_equal(r->hold_ms, 120000);
	assert_true(r->latch);
	assert_int_equal(r->modes, 1 << MODE_MISSION | 1 << MODE_RTL);
	assert_int_equal(r->armed, 1);
	assert_int_equal(r->in_air, -1);
	assert_true(rule_for_drone(r, "D07", "wing") && rule_for_drone(r, "E1", "quad"));
	assert_false(rule_for_drone(r, "E1", "wing"));
	rule_set_clear(&set);
}

static void test_refused_rules(void **state)
{
	static const struct {
		struct rule_words rule;
		const char *says;
	} cases[] = {
		{ { .name = "x" }, "alarm x: when: nothing is said" },
		{ { .name = "x", .when = "batery < 1" },
		    "alarm x: when: there is no operand \"batery\"" },
		{ { .name = "x y", .when = "in_air" }, "alarm \"x y\": a name is" },
		{ { .name = "x", .when = "in_air", .level = "warn" },
		    "level: \"warn\" is no level" },
		{ { .name = "x", .when = "in_air", .hold = "5 apples" },
		    "for: \"5 apples\" is neither" },
		{ { .name = "x", .when = "in_air", .hold = "0x" }, "for: " },
		{ { .name = "x", .when = "in_air", .hold = "25h" }, "for: " },
		{ { .name = "x", .when = "in_air", .clear = "12" },
		    "clear: \"12\" is a number, and `when`" },
		{ { .name = "x", .when = "in_air", .clear = "batt > 3" },
		    "clear: there is no operand" },
		{ { .name = "x", .when = "in_air", .text = "{oops}" }, "text: {oops} at column 1" },
		{ { .name = "x", .when = "in_air", .text = "a {battery" },
		    "text: the { at column 3 has no }" },
		{ { .name = "x", .when = "not source_up", .only = "rtl" },
		    "only: a mode or state is a drone's" },
		{ { .name = "x", .when = "not source_up", .hold = "3x" },
		    "a count is of a drone's samples" },
	};
	struct rule_set set;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(cases[i].says, rule_set_build(&set, &cases[i].rule, 1, &err) == -1);
		if (!strstr(err.text, cases[i].says))
			fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].says);
	}
}

static void test_texts(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "battery {battery} %, limit {limit}", "battery 10.0 %, limit 15.0" },
		{ "{-climb} m/s down", "2.50 m/s down" },
		{ "mode {mode}, {speed} m/s, {other} of {zone}", "mode rtl, ? m/s, D02 of ?" },
		{ "in the air: {in_air}", "in the air: yes" },
		{ "plain", "plain" }, { "{battery}{battery}", "10.010.0" },
	};
	struct rule_names names = { .other = "D02" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_words w = {
			.name = "x", .when = "battery < 15", .text = cases[i].text
		};
		struct operands v = { .fill = fill };
		struct rule_set set;
		char text[TEXT_SIZE];

		assert_int_equal(rule_set_build(&set, &w, 1, &err), 0);
		rule_say(rule_find(&set, "x"), &v, &names, text);
		assert_string_equal(text, cases[i].said);
		rule_set_clear(&set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_measure),
		cmocka_unit_test(test_built_in_rules_are_sound),
		cmocka_unit_test(test_configured_rules),
		cmocka_unit_test(test_refused_rules),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
