/* What becomes of one command: stories of replies, stages and silence. */
#include "unit.h"

#include <stdlib.h>

#include "app/send_follow.h"
#include "base/mem.h"

/* A story: + ok reply, ! rejected, t code timeout, x code expired, u code
 * unavailable, q no answer in time, n no connection, r sent once more; and
 * stages: S sent, A accepted, V active, D done, F failed, R rejected, T timeout,
 * O somebody else's. */
static const struct {
	const char *legend, *story;
	enum command cmd;
	bool wait;
	enum outcome outcome;
	bool ended, succeeded, may_repeat;
} stories[] = {
	{ "accepted is enough", "+", CMD_GOTO, false, OUTCOME_ACCEPTED, true, true, false },
	{ "accepted is not the end", "+", CMD_GOTO, true, OUTCOME_ACCEPTED, false, false, false },
	{ "to the end", "+AVD", CMD_GOTO, true, OUTCOME_DONE, true, true, false },
	{ "the feed overtakes the reply", "SAV+", CMD_GOTO, true, OUTCOME_ACTIVE, false, false, false },
	{ "done before the reply", "AVD+", CMD_GOTO, true, OUTCOME_DONE, true, true, false },
	{ "failed", "+VF", CMD_GOTO, true, OUTCOME_FAILED, true, false, false },
	{ "an end is an end", "+DF", CMD_GOTO, true, OUTCOME_DONE, true, true, false },
	{ "rejected", "!", CMD_GOTO, true, OUTCOME_REJECTED, true, false, false },
	{ "rejected on the feed", "R", CMD_GOTO, true, OUTCOME_REJECTED, true, false, false },
	{ "expired", "x", CMD_GOTO, false, OUTCOME_EXPIRED, true, false, false },
	{ "not handed on", "u", CMD_GOTO, false, OUTCOME_UNAVAILABLE, true, false, false },
	{ "no connection", "n", CMD_GOTO, false, OUTCOME_UNAVAILABLE, true, false, false },
	{ "handed on once, the repeat not", "qru", CMD_GOTO, false, OUTCOME_UNKNOWN, false, false, true },
	{ "no answer", "q", CMD_GOTO, false, OUTCOME_UNKNOWN, false, false, true },
	{ "no answer, three times", "qrqrq", CMD_GOTO, false, OUTCOME_UNKNOWN, false, false, false },
	{ "the daemon had none", "t", CMD_GOTO, false, OUTCOME_UNKNOWN, false, false, true },
	{ "a timeout on the feed", "T", CMD_GOTO, true, OUTCOME_UNKNOWN, false, false, true },
	{ "unknown is overridden", "tA", CMD_GOTO, false, OUTCOME_ACCEPTED, true, true, false },
	{ "unknown is overridden by a failure", "tF", CMD_GOTO, true, OUTCOME_FAILED, true, false, false },
	{ "a late timeout changes nothing", "+T", CMD_GOTO, true, OUTCOME_ACCEPTED, false, false, false },
	{ "silence after the stages changes nothing", "AVq", CMD_GOTO, true, OUTCOME_ACTIVE, false, false, false },
	{ "arm is not repeated", "q", CMD_ARM, false, OUTCOME_UNKNOWN, false, false, false },
	{ "takeoff is not repeated", "t", CMD_TAKEOFF, true, OUTCOME_UNKNOWN, false, false, false },
	{ "start is not repeated", "q", CMD_START, false, OUTCOME_UNKNOWN, false, false, false },
	{ "a mission with start is not repeated", "q", CMD_MISSION, false, OUTCOME_UNKNOWN, false, false, false },
	{ "somebody else's", "+O", CMD_GOTO, true, OUTCOME_ACCEPTED, false, false, false },
};

static void tell(struct follow *f, char event)
{
	static const struct {
		char letter;
		int stage;
	} stages[] = {
		{ 'S', STAGE_SENT }, { 'A', STAGE_ACCEPTED }, { 'V', STAGE_ACTIVE }, { 'D', STAGE_DONE },
		{ 'F', STAGE_FAILED }, { 'R', STAGE_REJECTED }, { 'T', STAGE_TIMEOUT }, { 'O', STAGE_DONE },
	};
	static const struct {
		char letter;
		enum code code;
	} replies[] = {
		{ '+', CODE_OK }, { '!', CODE_REJECTED }, { 't', CODE_TIMEOUT }, { 'x', CODE_EXPIRED },
		{ 'u', CODE_UNAVAILABLE },
	};
	struct progress cm = { .id = "id" };

	str_copy(cm.drone, sizeof(cm.drone), "D01");
	if (event == 'O')
		str_copy(cm.id, sizeof(cm.id), "other");
	for (size_t i = 0; i < ARRAY_LEN(stages); i++) {
		if (stages[i].letter == event) {
			cm.stage = stages[i].stage;
			follow_progress(f, &cm);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		if (replies[i].letter == event) {
			follow_reply(f, replies[i].code, "text");
			return;
		}
	}
	if (event == 'q')
		follow_timeout(f, 3);
	else if (event == 'n')
		follow_not_sent(f);
	else
		f->tries++;
}

static void test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		struct command_args args = { .number = { [1] = 1 } };
		struct follow f;

		follow_start(&f, "id", "D01", stories[i].cmd, &args, stories[i].wait);
		for (const char *e = stories[i].story; *e; e++)
			tell(&f, *e);
		if (f.outcome != stories[i].outcome || f.ended != stories[i].ended ||
		    follow_succeeded(&f) != stories[i].succeeded ||
		    follow_may_repeat(&f) != stories[i].may_repeat)
			fail_msg("%s (%s): %s, ended %d, succeeded %d, may repeat %d", stories[i].legend,
			    stories[i].story, outcome_names[f.outcome], f.ended, follow_succeeded(&f),
			    follow_may_repeat(&f));
	}
}

static void test_wrong_input_is_told_apart(void **state)
{
	struct command_args args = { 0 };
	struct follow f;

	(void)state;
	for (int c = CODE_BAD_REQUEST; c < CODE_COUNT; c++) {
		bool wrong = c == CODE_UNKNOWN_DRONE || c == CODE_UNKNOWN_COMMAND || c == CODE_BAD_ARGS;

		follow_start(&f, "id", "D01", CMD_GOTO, &args, false);
		follow_reply(&f, (enum code)c, "\033[2J");
		assert_int_equal(follow_was_wrong_input(&f), wrong);
		assert_string_equal(f.text, "?[2J");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_wrong_input_is_told_apart),
	};

	return cmocka_run_group_tests_name("send_follow", tests, NULL, NULL);
}
