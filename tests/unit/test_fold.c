/* Text and tables that fit a terminal. */
#include "unit.h"

#include <locale.h>

#include "base/mem.h"
#include "format/fold.h"

static void test_text(void **state)
{
	static const struct {
		const char *legend, *text;
		int width, at, indent;
		const char *want;
	} cases[] = {
		{ "nothing", "", 40, 0, 2, "\n" },
		{ "it fits to the column", "one two three four 20", 21, 0, 2, "one two three four 20\n" },
		{ "it does not", "one two three four  20", 20, 0, 2, "one two three four\n  20\n" },
		{ "further lines are indented", "aaaa bbbb cccc dddd eeee ffff gggg hhhh", 24, 0, 4,
		    "aaaa bbbb cccc dddd eeee\n    ffff gggg hhhh\n" },
		{ "something is before", "aaaa bbbb cccc", 20, 10, 0, " aaaa bbbb\ncccc\n" },
		{ "no width", "one two three four five six", 0, 0, 2, "one two three four five six\n" },
		{ "narrower than anybody reads", "one two three four five six", 10, 0, 2,
		    "one two three four five six\n" },
		{ "a word that is too long", "see aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd there", 30, 0, 2,
		    "see\n  aaaaaaaaaabbbbbbbbbbcccccccc\n  ccdddddddddd there\n" },
		{ "wide characters", "\u6f22\u5b57\u6f22\u5b57 \u6f22\u5b57\u6f22\u5b57 \u6f22\u5b57\u6f22\u5b57", 20, 0,
		    0, "\u6f22\u5b57\u6f22\u5b57 \u6f22\u5b57\u6f22\u5b57\n\u6f22\u5b57\u6f22\u5b57\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT;

		fold_text(&out, cases[i].text, STYLE_PLAIN, false, cases[i].width, cases[i].at, cases[i].indent);
		if (strcmp(out.data, cases[i].want) != 0)
			fail_msg("%s:\n%s", cases[i].legend, out.data);
		buf_free(&out);
	}
}

static void test_table(void **state)
{
	static const struct table_column columns[] = {
		{ "LEVEL", TABLE_LEFT }, { "DRONE", TABLE_LEFT }, { "AGE", TABLE_RIGHT }, { "STATE", TABLE_LEFT },
		{ "TEXT", TABLE_LEFT },
	};
	static const struct {
		const char *legend;
		int width;
		const char *want; /* NULL: what table_write() has */
	} cases[] = {
		{ "no terminal: as ever", 0, NULL },
		{ "all of it fits: as ever", 100, NULL },
		{ "not the text", 60,
		    "LEVEL     DRONE     AGE  STATE\n"
		    "    TEXT\n"
		    "critical  D07       5 s  raised\n"
		    "    battery 4 %: land it now, here\n"
		    "watch     D1234  12 min  shelved by ann: the pad is wet\n"
		    "    stale\n" },
		{ "nor the state", 40,
		    "LEVEL     DRONE     AGE\n"
		    "    STATE  TEXT\n"
		    "critical  D07       5 s\n"
		    "    raised  battery 4 %: land it now,\n"
		    "    here\n"
		    "watch     D1234  12 min\n"
		    "    shelved by ann: the pad is wet\n"
		    "    stale\n" },
	};
	struct table t;

	(void)state;
	table_init(&t, columns, ARRAY_LEN(columns));
	table_cell(&t, STYLE_BAD, "critical");
	table_cell(&t, STYLE_PLAIN, "D07");
	table_cell(&t, STYLE_PLAIN, "5 s");
	table_cell(&t, STYLE_BOLD, "raised");
	table_cell(&t, STYLE_PLAIN, "battery 4 %%: land it now, here");
	table_cell(&t, STYLE_PLAIN, "watch");
	table_cell(&t, STYLE_PLAIN, "D1234");
	table_cell(&t, STYLE_PLAIN, "12 min");
	table_cell(&t, STYLE_DIM, "shelved by ann: the pad is wet");
	table_cell(&t, STYLE_PLAIN, "stale");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT, plain = BUF_INIT;

		fold_table(&t, &out, false, cases[i].width);
		table_write(&t, &plain, false);
		if (strcmp(out.data, cases[i].want ? cases[i].want : plain.data) != 0)
			fail_msg("%s:\n%s", cases[i].legend, out.data);
		for (char *line = out.data, *end; cases[i].width && *line; line = end + 1) {
			end = strchr(line, '\n');
			CHECK(cases[i].legend, end - line <= cases[i].width && (end == line || end[-1] != ' '));
		}
		buf_free(&out);
		buf_free(&plain);
	}
	table_clear(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_table),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
