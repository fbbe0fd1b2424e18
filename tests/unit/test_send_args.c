/* The line of odyssey send: what is read, what is refused with which
 * sentence, whom patterns mean, what has to be confirmed. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "app/send_args.h"
#include "base/mem.h"

#define WORDS 16

/* A line cut at its spaces; _ stands for one. */
static int cut(const char *text, char *copy, char *words[WORDS])
{
	int n = 0;

	strcpy(copy, text);
	for (char *w = strtok(copy, " "); w; w = strtok(NULL, " ")) {
		for (char *c = w; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		words[n++] = w;
	}
	return n;
}

static const struct {
	const char *line;
	size_t drones;
	enum command cmd;
	double args[COMMAND_ARGS_MAX]; /* NAN: not given */
} right[] = {
	{ "D01 rtl", 1, CMD_RTL, { NAN, NAN, NAN, NAN } },
	{ "D01 D02 D03 hold", 3, CMD_HOLD, { NAN, NAN, NAN, NAN } },
	{ "* land", 1, CMD_LAND, { NAN, NAN, NAN, NAN } },
	{ "D[0-3]? hold", 1, CMD_HOLD, { NAN, NAN, NAN, NAN } },
	{ "hold hold", 1, CMD_HOLD, { NAN, NAN, NAN, NAN } },
	{ "D01 goto 47.1 9.5", 1, CMD_GOTO, { 47.1, 9.5, NAN, NAN } },
	{ "D01 goto 47.1 9.5 60", 1, CMD_GOTO, { 47.1, 9.5, 60, NAN } },
	{ "D01 goto 47.1 9.5 60 12", 1, CMD_GOTO, { 47.1, 9.5, 60, 12 } },
	{ "D01 goto -33.8 151.2 -5", 1, CMD_GOTO, { -33.8, 151.2, -5, NAN } },
	{ "D01 goto 47.1,9.5 60", 1, CMD_GOTO, { 47.1, 9.5, 60, NAN } },
	{ "D01 goto 47.1_9.5 60m 12m/s", 1, CMD_GOTO, { 47.1, 9.5, 60, 12 } },
	{ "D01 goto 47.1 9.5 speed=12", 1, CMD_GOTO, { 47.1, 9.5, NAN, 12 } },
	{ "D01 goto 47.1 9.5 speed=12 60", 1, CMD_GOTO, { 47.1, 9.5, 60, 12 } },
	{ "D01 goto speed=12 height=60 47.1 9.5", 1, CMD_GOTO, { 47.1, 9.5, 60, 12 } },
	{ "D01 goto lat=47.1 lon=9.5 60", 1, CMD_GOTO, { 47.1, 9.5, 60, NAN } },
	{ "D01 goto 47 30 N 9 30 E 60", 1, CMD_GOTO, { 47.5, 9.5, 60, NAN } },
	{ "D01 goto 47°30'N 9°30'E 60 5", 1, CMD_GOTO, { 47.5, 9.5, 60, 5 } },
	{ "D01 home 47.1 9.5", 1, CMD_HOME, { 47.1, 9.5, NAN, NAN } },
	{ "D01 home 47.1 9.5 450", 1, CMD_HOME, { 47.1, 9.5, 450, NAN } },
	{ "D01 takeoff 30", 1, CMD_TAKEOFF, { 30, NAN, NAN, NAN } },
	{ "D01 takeoff height=30m", 1, CMD_TAKEOFF, { 30, NAN, NAN, NAN } },
	{ "D01 disarm force", 1, CMD_DISARM, { 1, NAN, NAN, NAN } },
	{ "D01 disarm force=no", 1, CMD_DISARM, { 0, NAN, NAN, NAN } },
	{ "D01 video on", 1, CMD_VIDEO, { 1, NAN, NAN, NAN } },
	{ "D01 video off", 1, CMD_VIDEO, { 0, NAN, NAN, NAN } },
	{ "D01 video on 5", 1, CMD_VIDEO, { 1, 5, NAN, NAN } },
	{ "D01 speed 8", 1, CMD_SPEED, { 8, NAN, NAN, NAN } },
};

static const struct {
	const char *line, *says;
} wrong[] = {
	{ "", "which drone shall do what?" },
	{ "D01", "what shall D01 do?" },
	{ "rtl", "which drone shall rtl?" },
	{ "D01 got 47 9", "there is no command \"got\"; did you mean goto?" },
	{ "D01 D02 fly", "there is no command" },
	{ "D.1 rtl", "\"D.1\" is no drone id" },
	{ "012345678901234567890123456789012 rtl", "is no drone id" },
	{ "D01 goto", "goto needs a position" },
	{ "D01 goto 47.1", "is no position" },
	{ "D01 goto 91 0", "91 is no latitude" },
	{ "D01 goto 47.1 9.5 x", "height must be a number in m" },
	{ "D01 goto 47.1 9.5 60000", "height must be within -1000 to 10000 m" },
	{ "D01 goto 47.1 9.5 60 0", "speed must be within 0.1 to 300 m/s" },
	{ "D01 goto 47.1 9.5 60 nan", "speed must be a number" },
	{ "D01 goto 47.1 9.5 60 height=50", "height is given twice" },
	{ "D01 goto 47.1 9.5 60 5 5", "goto takes no \"5\"" },
	{ "D01 goto 47.1 9.5 colour=5", "height must be a number" },
	{ "D01 takeoff", "takeoff needs height (m): to climb to, above home" },
	{ "D01 takeoff 0", "height must be within 0.5" },
	{ "D01 video", "video needs on" },
	{ "D01 video 7", "on must be on or off" },
	{ "D01 rtl 5", "rtl takes no \"5\"" },
	{ "D01 mission", "mission needs a file" },
	{ "D01 mission start", "mission needs a file" },
	{ "D01 mission /no/such.plan", "/no/such.plan: No such file or directory" },
};

static void test_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		char copy[256], *words[WORDS];
		int n = cut(right[i].line, copy, words);
		struct send_line line;
		struct err err = { "" };

		if (send_line_read(&line, n, words, &err) == -1)
			fail_msg("%s: refused: %s", right[i].line, err.text);
		if (line.drone_count != right[i].drones || line.cmd != right[i].cmd)
			fail_msg("%s: %zu drones, %s", right[i].line, line.drone_count,
			    command_table[line.cmd].name);
		for (size_t k = 0; k < COMMAND_ARGS_MAX; k++) {
			bool given = !isnan(right[i].args[k]);

			if (line.args.has[k] != given ||
			    (given && fabs(line.args.number[k] - right[i].args[k]) > 1e-9))
				fail_msg("%s: argument %zu is %g", right[i].line, k, line.args.number[k]);
		}
		send_line_clear(&line);
	}
}

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char copy[256], *words[WORDS];
		int n = cut(wrong[i].line, copy, words);
		struct send_line line;
		struct err err = { "" };

		if (send_line_read(&line, n, words, &err) == 0)
			fail_msg("%s: taken", wrong[i].line);
		if (!strstr(err.text, wrong[i].says))
			fail_msg("%s: says \"%s\"", wrong[i].line, err.text);
		send_line_clear(&line);
	}
}

static const struct {
	const char *line;
	const char *const known[4]; /* ended by NULL */
	const char *means, *says;
} expansions[] = {
	{ "* hold", { "A1", "A2", "B1" }, "A1 A2 B1", NULL },
	{ "A* hold", { "A1", "A2", "B1" }, "A1 A2", NULL },
	{ "B1 * hold", { "A1", "A2", "B1" }, "B1 A1 A2", NULL },
	{ "A1 A1 A? hold", { "A1", "A2", "B1" }, "A1 A2", NULL },
	{ "A1 hold", { "A1", "A10", NULL }, "A1", NULL },
	{ "[AB]1 hold", { "A1", "A2", "B1" }, "A1 B1", NULL },
	{ "C1 hold", { "A1", "A2", "B1" }, NULL, "no drone \"C1\"; did you mean A1?" },
	{ "A1 C* hold", { "A1", "A2", "B1" }, NULL, "called like \"C*\"" },
	{ "A1 hold", { NULL }, NULL, "there are no drones" },
};

static void test_whom_patterns_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(expansions); i++) {
		char copy[256], *words[WORDS];
		int n = cut(expansions[i].line, copy, words);
		struct buf got = BUF_INIT;
		struct send_target *targets;
		struct send_line line;
		struct err err = { "" };
		size_t count;

		assert_int_equal(send_line_read(&line, n, words, &err), 0);
		if (send_expand(&line, expansions[i].known, &targets, &count, &err) == -1) {
			if (!expansions[i].says || !strstr(err.text, expansions[i].says))
				fail_msg("%s: says \"%s\"", expansions[i].line, err.text);
		} else {
			for (size_t k = 0; k < count; k++)
				buf_printf(&got, "%s%s", k ? " " : "", targets[k].id);
			if (!expansions[i].means || strcmp(got.data, expansions[i].means) != 0)
				fail_msg("%s: means %s", expansions[i].line, got.data);
		}
		free(targets);
		buf_free(&got);
		send_line_clear(&line);
	}
}

enum { G = 0, A = 1, U = 2 }; /* on the ground, in the air, unknown */

static const struct {
	const char *legend, *line;
	int states[2];
	size_t count;
	bool refused, yes, counted;
} needs[] = {
	{ "hold at once to several", "* hold", { A, U }, 2, false, false, false },
	{ "land at once to several", "* land", { A, G }, 2, false, false, false },
	{ "goto to one", "D goto 1 2", { U }, 1, false, false, false },
	{ "goto to two", "D E goto 1 2", { A, A }, 2, true, false, false },
	{ "home to two", "D E home 1 2", { G, G }, 2, true, false, false },
	{ "kill to one", "D kill", { A }, 1, false, true, false },
	{ "kill to two", "D E kill", { A, A }, 2, true, false, false },
	{ "arm", "D arm", { G }, 1, false, true, false },
	{ "arm two", "D E arm", { G, G }, 2, false, true, true },
	{ "disarm on the ground", "D disarm", { G }, 1, false, false, false },
	{ "disarm in the air", "D disarm", { A }, 1, false, true, false },
	{ "disarm, unknown", "D disarm", { U }, 1, false, true, false },
	{ "disarm two, one in the air", "D E disarm", { G, A }, 2, false, true, true },
	{ "start in the air", "D start", { A }, 1, false, false, false },
	{ "start on the ground", "D start", { G }, 1, false, true, false },
	{ "start, unknown", "D start", { U }, 1, false, true, false },
	{ "speed to two", "D E speed 5", { A, A }, 2, false, false, true },
	{ "resume to two", "D E resume", { A, A }, 2, false, false, true },
};

static void test_what_is_confirmed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		char copy[256], *words[WORDS];
		int n = cut(needs[i].line, copy, words);
		struct send_target targets[2];
		struct send_line line;
		struct send_need need;
		struct err err;

		assert_int_equal(send_line_read(&line, n, words, &err), 0);
		for (size_t k = 0; k < 2; k++)
			targets[k] = (struct send_target){
				.maybe_in_air = needs[i].states[k] != G,
				.surely_in_air = needs[i].states[k] == A,
			};
		if ((send_need(&line, targets, needs[i].count, &need, &err) == -1) != needs[i].refused)
			fail_msg("%s: refused or not", needs[i].legend);
		if (!needs[i].refused &&
		    (need.yes != needs[i].yes || need.count != needs[i].counted))
			fail_msg("%s: yes %d, count %d", needs[i].legend, need.yes, need.count);
		send_line_clear(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_whom_patterns_mean),
		cmocka_unit_test(test_what_is_confirmed),
	};

	return cmocka_run_group_tests_name("send_args", tests, NULL, NULL);
}
