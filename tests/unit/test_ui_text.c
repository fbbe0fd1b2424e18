/* Cells, keys and the line editor. */
#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/canvas.h"
#include "ui/key.h"
#include "ui/line_edit.h"
#include "ui/theme.h"

static const struct {
	const char *legend, *text, *shown; /* in a row of ten cells, from column 2 */
	int room, taken;
	enum charset charset;
} drawn[] = {
	{ "plain", "abc", "  abc", 8, 3, CHARSET_BRAILLE },
	{ "cut", "abcdefghij", "  abcd\u2026", 5, 5, CHARSET_BRAILLE },
	{ "fits exactly", "abcde", "  abcde", 5, 5, CHARSET_BRAILLE },
	{ "wide", "\u65e5\u672c", "  \u65e5\u672c", 8, 4, CHARSET_BRAILLE },
	{ "wide, cut in half", "\u65e5\u672c\u8a9e", "  \u65e5\u2026", 4, 3, CHARSET_BRAILLE },
	{ "combining", "e\u0301x", "  e\u0301x", 8, 2, CHARSET_BRAILLE },
	{ "control", "a\033[2Jb", "  a?[2Jb", 8, 6, CHARSET_BRAILLE },
	{ "C1",
	    "a\xc2\x9b"
	    "b",
	    "  a?b", 8, 3, CHARSET_BRAILLE },
	{ "bidi", "a\u202eb", "  a?b", 8, 3, CHARSET_BRAILLE },
	{ "no UTF-8",
	    "a\xff"
	    "b",
	    "  a\ufffd"
	    "b",
	    8, 3, CHARSET_BRAILLE },
	{ "no room", "abc", "", 0, 0, CHARSET_BRAILLE },
	{ "ascii", "\u2500\u2191\u25c6\u28ff\u00e9", "  -^*#?", 8, 5, CHARSET_ASCII },
	{ "blocks", "\u28ff\u2847", "  \u2588\u258c", 8, 2, CHARSET_BLOCK },
};

static void text_is_drawn(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	for (size_t i = 0; i < ARRAY_LEN(drawn); i++) {
		struct buf out = BUF_INIT;
		struct canvas c;
		int taken;

		canvas_init(&c, 10, 1);
		taken = canvas_text(&c, 2, 0, drawn[i].room, ROLE_TEXT, drawn[i].text);
		canvas_reduce(&c, drawn[i].charset);
		canvas_save(&c, &out);
		out.data[strcspn(out.data, "\n")] = '\0';
		if (strcmp(out.data, drawn[i].shown) != 0)
			fail_msg("%s: \"%s\"", drawn[i].legend, out.data);
		CHECK(drawn[i].legend, taken == drawn[i].taken);
		buf_free(&out);
		canvas_free(&c);
	}
}

static void nothing_is_drawn_outside(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 10, 3);
	canvas_clip(&c, (struct rect){ 2, 1, 4, 1 });
	for (int y = -3; y < 6; y++)
		canvas_text(&c, -4, y, 30, ROLE_TEXT, "xx\u65e5\u672cxxxxxxxxxxx");
	for (int y = 0; y < 3; y++) {
		for (int x = 0; x < 10; x++)
			assert_true((x >= 2 && x < 6 && y == 1) || c.cells[y * 10 + x].ch == ' ');
	}
	canvas_free(&c);
}

static const struct {
	const char *legend, *keys, *line; /* keys by name, blanks between */
	size_t at;
} edited[] = {
	{ "typed", "a b c", "abc", 3 },
	{ "in the middle", "a c Left b", "abc", 2 },
	{ "taken back", "a \u00e9 Backspace b", "ab", 2 },
	{ "a word", "a b Space c d C-w", "ab ", 3 },
	{ "all of it", "a b C-u", "", 0 },
	{ "the rest, and back", "a b Left C-k C-y C-y", "abb", 3 },
	{ "ends", "a b C-a x C-e y", "xaby", 4 },
	{ "history", "Up", "goto D02", 8 },
	{ "history, older", "Up Up", "hold", 4 },
	{ "history, by what was typed", "g Up Up", "goto D01", 8 },
	{ "history, back to what was typed", "g Up Down", "g", 1 },
	{ "searched", "C-r D 0 1", "goto D01", 8 },
	{ "delete", "a b Left Delete", "a", 1 },
};

static void lines_are_edited(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edited); i++) {
		char keys[200], *rest = keys, *key;
		struct line_edit l;

		line_init(&l);
		line_set(&l, "goto D01");
		line_remember(&l);
		line_set(&l, "hold");
		line_remember(&l);
		line_set(&l, "goto D02");
		line_remember(&l);
		line_set(&l, "");
		str_copy(keys, sizeof(keys), edited[i].keys);
		while ((key = strsep(&rest, " ")))
			line_key(&l, key_find(key));
		if (strcmp(l.text, edited[i].line) != 0 || l.at != edited[i].at)
			fail_msg("%s: \"%s\" at %zu", edited[i].legend, l.text, l.at);
		line_free(&l);
	}
}

static void a_line_is_never_too_long(void **state)
{
	struct line_edit l;

	(void)state;
	line_init(&l);
	for (int i = 0; i < 3000; i++)
		line_key(&l, 0x20ac);
	assert_true(l.len < LINE_SIZE && strlen(l.text) == l.len && utf8_valid(l.text, l.len));
	line_free(&l);
}

static void the_history_is_a_private_file(void **state)
{
	char dir[] = "/tmp/odyssey-line-XXXXXX", path[64];
	struct line_edit l;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/commands", dir);
	line_init(&l);
	line_load(&l, path);
	line_set(&l, "hold D01");
	line_remember(&l);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	line_free(&l);
	line_init(&l);
	line_load(&l, path);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.history[0], "hold D01");
	line_free(&l);
	unlink(path);
	rmdir(dir);
}

static void utf8_comes_byte_by_byte(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t last;
	} cases[] = {
		{ "a", 'a' },
		{ "\u00e9", 0xe9 },
		{ "\u20ac", 0x20ac },
		{ "\U0001f680", 0x1f680 },
		{ "\xff", 0xfffd },
		{ "\xc3"
		  "a",
		    'a' },
		{ "\xe2\x82\xff", 0xfffd },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct utf8_decoder d = { 0 };
		uint32_t ch = 0;

		for (const char *p = cases[i].bytes; *p; p++)
			ch = utf8_feed(&d, (unsigned char)*p);
		assert_int_equal(ch, cases[i].last);
	}
}

/* Nothing is unreadable: no look has one colour on itself, and plain blue is
 * nowhere. */
static void every_look_can_be_read(void **state)
{
	static const int colours[] = { 256, 16, 8, 0 };
	static const uint16_t grounds[] = { 0, GROUND_SELECTED, GROUND_CURSOR, GROUND_OVERLAY };

	(void)state;
	for (int t = 0; t < THEME_COUNT; t++) {
		for (size_t c = 0; c < ARRAY_LEN(colours); c++) {
			for (uint16_t role = 0; role < GROUND_SELECTED; role++) {
				for (size_t g = 0; g < ARRAY_LEN(grounds); g++) {
					struct look look =
					    theme_look((enum theme)t, colours[c], role, grounds[g]);

					assert_true(
					    look.fg == COLOUR_DEFAULT || look.fg != look.bg);
					assert_true(look.fg != 4 && look.fg != 12);
					assert_true(colours[c] == 256 || look.fg < 16);
				}
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_drawn),
		cmocka_unit_test(nothing_is_drawn_outside),
		cmocka_unit_test(lines_are_edited),
		cmocka_unit_test(a_line_is_never_too_long),
		cmocka_unit_test(the_history_is_a_private_file),
		cmocka_unit_test(utf8_comes_byte_by_byte),
		cmocka_unit_test(every_look_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
