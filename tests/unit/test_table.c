/* Text tables: widths, alignment, hostile cells, colour. */
#include "unit.h"

#include <locale.h>
#include <stdlib.h>

#include "base/mem.h"
#include "format/table.h"

static const struct table_column columns[] = {
	{ "ID", TABLE_LEFT },
	{ "Battery", TABLE_RIGHT },
	{ "Text", TABLE_LEFT },
};

static void assert_table(const char *const *cells, size_t n, enum style style, bool colour,
    const char *want)
{
	struct buf out = BUF_INIT;
	struct table t;

	table_init(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++)
		table_cell(&t, style, "%s", cells[i]);
	table_write(&t, &out, colour);
	assert_string_equal(out.data, want);
	table_clear(&t);
	buf_free(&out);
}

static void test_aligned(void **state)
{
	static const char *const cells[] = { "D01", "87.1 %", "ok", "longer-name", "5.0 %", "" };

	(void)state;
	assert_table(cells, 6, STYLE_PLAIN, false,
	    "ID           Battery  Text\n"
	    "D01           87.1 %  ok\n"
	    "longer-name    5.0 %\n");
}

static void test_empty_cells_leave_no_spaces(void **state)
{
	static const char *const cells[] = { "", "", "x", "a", "", "" };

	(void)state;
	assert_table(cells, 6, STYLE_PLAIN, false,
	    "ID  Battery  Text\n"
	    "             x\n"
	    "a\n");
}

static void test_wide_characters(void **state)
{
	static const char *const cells[] = { "\343\203\211\343\203\255", "1", "x", "D\303\266", "2", "y" };

	(void)state;
	assert_table(cells, 6, STYLE_PLAIN, false,
	    "ID    Battery  Text\n"
	    "\343\203\211\343\203\255        1  x\n"
	    "D\303\266          2  y\n");
}

static void test_no_escape_gets_through(void **state)
{
	static const char *const cells[] = { "\033[2J", "\xff!", "a\nb" };

	(void)state;
	assert_table(cells, 3, STYLE_PLAIN, false,
	    "ID    Battery  Text\n"
	    "?[2J       ?!  a?b\n");
}

static void test_colour_is_round_the_word_only(void **state)
{
	static const char *const cells[] = { "a", "b", "c" };

	(void)state;
	assert_table(cells, 3, STYLE_BAD, true,
	    "\033[1mID\033[0m  \033[1mBattery\033[0m  \033[1mText\033[0m\n"
	    "\033[31ma\033[0m         \033[31mb\033[0m  \033[31mc\033[0m\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_empty_cells_leave_no_spaces),
		cmocka_unit_test(test_wide_characters),
		cmocka_unit_test(test_no_escape_gets_through),
		cmocka_unit_test(test_colour_is_round_the_word_only),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
