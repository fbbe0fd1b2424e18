/* Text: ids, bounded copies, UTF-8, what may not reach a terminal, numbers. */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/str.h"

#define TEN "0123456789"

static void test_ids(void **state)
{
	static const struct {
		const char *legend, *text;
		size_t len;
		bool valid;
	} cases[] = {
		{ "usual", "D01", 3, true },
		{ "all kinds of characters", "aZ_-09", 6, true },
		{ "one character", "x", 1, true },
		{ "empty", "", 0, false },
		{ "32 characters", TEN TEN TEN "ab", 32, true },
		{ "33 characters", TEN TEN TEN "abc", 33, false },
		{ "only the given length counts", "D01 nonsense", 3, true },
		{ "space", "D 1", 3, false },
		{ "dot", "D.1", 3, false },
		{ "a zero byte", "D\0001", 3, false },
		{ "newline at the end", "D01\n", 4, false },
		{ "umlaut", "D\xc3\xbc", 3, false },
		{ "just before A", "@", 1, false },
		{ "just after Z", "[", 1, false },
		{ "just before a", "`", 1, false },
		{ "just after z", "{", 1, false },
		{ "just before 0", "/", 1, false },
		{ "just after 9", ":", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(cases[i].legend, id_valid(cases[i].text, cases[i].len) == cases[i].valid);
}

static void test_copies(void **state)
{
	static const struct {
		const char *legend, *text;
		size_t size;
		const char *want;
		bool whole;
	} cases[] = {
		{ "fits", "abc", 8, "abc", true },
		{ "fits exactly", "abc", 4, "abc", true },
		{ "one too long", "abcd", 4, "abc", false },
		{ "room for the end only", "abc", 1, "", false },
		{ "empty", "", 1, "", true },
		{ "not in mid-character, 2 bytes", "ab\xc3\xa9", 4, "ab", false },
		{ "after a whole character", "a\xc3\xa9z", 4, "a\xc3\xa9", false },
		{ "not in mid-character, 4 bytes", "a\xf0\x9f\x9a\x81", 5, "a", false },
		{ "4 bytes that fit", "a\xf0\x9f\x9a\x81", 6, "a\xf0\x9f\x9a\x81", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char dst[16];

		memset(dst, 'x', sizeof(dst));
		CHECK(cases[i].legend,
		    str_copy(dst, cases[i].size, cases[i].text) == cases[i].whole);
		CHECK(cases[i].legend, strcmp(dst, cases[i].want) == 0);
		for (size_t k = cases[i].size; k < sizeof(dst); k++)
			CHECK(cases[i].legend, dst[k] == 'x');
	}
}

static void test_utf8(void **state)
{
	static const struct {
		const char *legend, *text;
		bool valid;
	} cases[] = {
		{ "ASCII", "plain", true },
		{ "empty", "", true },
		{ "2 bytes", "\xc3\xa9", true },
		{ "3 bytes", "\xe2\x82\xac", true },
		{ "4 bytes", "\xf0\x9f\x9a\x81", true },
		{ "last of 1, first of 2", "\x7f\xc2\x80", true },
		{ "last of 2, first of 3", "\xdf\xbf\xe0\xa0\x80", true },
		{ "last of 3, first of 4", "\xef\xbf\xbf\xf0\x90\x80\x80", true },
		{ "U+10FFFF", "\xf4\x8f\xbf\xbf", true },
		{ "past U+10FFFF", "\xf4\x90\x80\x80", false },
		{ "overlong 2", "\xc0\xaf", false },
		{ "overlong 2, c1", "\xc1\xbf", false },
		{ "overlong 3", "\xe0\x80\xaf", false },
		{ "overlong 4", "\xf0\x80\x80\xaf", false },
		{ "surrogate", "\xed\xa0\x80", false },
		{ "just before the surrogates", "\xed\x9f\xbf", true },
		{ "stray continuation", "a\x80", false },
		{ "cut after 1 of 2", "a\xc3", false },
		{ "cut after 2 of 3", "\xe2\x82", false },
		{ "cut after 3 of 4", "\xf0\x9f\x9a", false },
		{ "Latin-1", "caf\xe9", false },
		{ "fe", "\xfe", false },
		{ "ff", "\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(cases[i].legend,
		    utf8_valid(cases[i].text, strlen(cases[i].text)) == cases[i].valid);
	CHECK("a zero byte is a character", utf8_valid("a\0b", 3));
}

static void test_trim(void **state)
{
	static const struct {
		const char *legend, *text, *want;
	} cases[] = {
		{ "whole", "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "1 of 2", "caf\xc3", "caf" },
		{ "1 of 3", "x\xe2", "x" },
		{ "2 of 3", "x\xe2\x82", "x" },
		{ "3 of 3", "x\xe2\x82\xac", "x\xe2\x82\xac" },
		{ "3 of 4", "x\xf0\x9f\x9a", "x" },
		{ "4 of 4", "x\xf0\x9f\x9a\x81", "x\xf0\x9f\x9a\x81" },
		{ "nothing else", "\xf0\x9f", "" },
		{ "empty", "", "" },
		{ "ASCII", "abc", "abc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char s[16];

		strcpy(s, cases[i].text);
		str_trim_utf8(s);
		CHECK(cases[i].legend, strcmp(s, cases[i].want) == 0);
	}
}

static void test_clean(void **state)
{
	static const struct {
		const char *legend, *text, *want;
	} cases[] = {
		{ "harmless", "20 % caf\xc3\xa9 \xf0\x9f\x9a\x81", "20 % caf\xc3\xa9 \xf0\x9f\x9a\x81" },
		{ "escape", "\x1b[2Jgone", "?[2Jgone" },
		{ "newline and tab", "a\nb\tc\rd", "a?b?c?d" },
		{ "delete", "a\x7f", "a?" },
		{ "C1: CSI", "a\xc2\x9b" "2J", "a?2J" },
		{ "C1: first and last", "\xc2\x80\xc2\x9f", "??" },
		{ "no-break space is none", "\xc2\xa0", "\xc2\xa0" },
		{ "bidi override", "a\xe2\x80\xae" "b", "a?b" },
		{ "bidi marks", "\xe2\x80\x8e\xe2\x80\x8f", "??" },
		{ "bidi isolates", "\xe2\x81\xa6\xe2\x81\xa9", "??" },
		{ "before and after the isolates", "\xe2\x81\xa5\xe2\x81\xaa", "\xe2\x81\xa5\xe2\x81\xaa" },
		{ "no UTF-8", "a\xff\xfe" "b", "a??b" },
		{ "cut character", "ab\xe2\x82", "ab??" },
		{ "raw C1 byte", "a\x9b" "2J", "a?2J" },
		{ "empty", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char s[64];

		strcpy(s, cases[i].text);
		str_clean(s);
		CHECK(cases[i].legend, strcmp(s, cases[i].want) == 0);
	}
}

static void test_doubles(void **state)
{
	static const struct {
		const char *legend, *text;
		bool valid;
		double want;
	} cases[] = {
		{ "decimal", "48.1372", true, 48.1372 },
		{ "negative", "-11.5", true, -11.5 },
		{ "plus", "+3", true, 3 },
		{ "exponent", "1e-3", true, 0.001 },
		{ "no leading digit", ".5", true, 0.5 },
		{ "empty", "", false, 0 },
		{ "comma", "48,1", false, 0 },
		{ "space before", " 1", false, 0 },
		{ "space after", "1 ", false, 0 },
		{ "nan", "nan", false, 0 },
		{ "inf", "inf", false, 0 },
		{ "too large", "1e999", false, 0 },
		{ "hexadecimal", "0x10", false, 0 },
		{ "two points", "1.2.3", false, 0 },
		{ "a unit", "12m", false, 0 },
		{ "only signs", "+-", false, 0 },
		{ "only an exponent", "e5", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		double v = -77;

		CHECK(cases[i].legend, str_double(cases[i].text, &v) == cases[i].valid);
		CHECK(cases[i].legend, v == (cases[i].valid ? cases[i].want : -77));
	}
}

static void test_ints(void **state)
{
	static const struct {
		const char *legend, *text;
		int64_t min, max;
		bool valid;
		int64_t want;
	} cases[] = {
		{ "usual", "42", 0, 100, true, 42 },
		{ "lower bound", "0", 0, 100, true, 0 },
		{ "upper bound", "100", 0, 100, true, 100 },
		{ "below", "-1", 0, 100, false, 0 },
		{ "above", "101", 0, 100, false, 0 },
		{ "largest", "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
		{ "smallest", "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
		{ "too large", "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
		{ "fraction", "1.5", 0, 100, false, 0 },
		{ "empty", "", 0, 100, false, 0 },
		{ "space before", " 1", 0, 100, false, 0 },
		{ "space after", "1 ", 0, 100, false, 0 },
		{ "leading zero is decimal", "010", 0, 100, true, 10 },
		{ "hexadecimal", "0x10", 0, 100, false, 0 },
		{ "word", "ten", 0, 100, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t v = -77;

		CHECK(cases[i].legend,
		    str_int(cases[i].text, cases[i].min, cases[i].max, &v) == cases[i].valid);
		CHECK(cases[i].legend, v == (cases[i].valid ? cases[i].want : -77));
	}
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "arm", "disarm", "takeoff", "goto", "hold", "rtl", NULL };
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "takeof", "takeoff" }, { "takoff", "takeoff" }, { "hodl", "hold" }, { "rtl", "rtl" },
		{ "gotto", "goto" }, { "disarmm", "disarm" }, { "banana", NULL }, { "", NULL },
		{ "zzz", NULL },
	};
	char longest[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = str_nearest(cases[i].text, names);

		CHECK(cases[i].text, cases[i].want ? got && strcmp(got, cases[i].want) == 0 : !got);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CHECK("a very long word", !str_nearest(longest, names));
}

static void test_patterns(void **state)
{
	(void)state;
	CHECK("prefix", str_starts("tm.D01", "tm."));
	CHECK("the empty prefix", str_starts("tm.D01", ""));
	CHECK("shorter than its prefix", !str_starts("tm", "tm."));
	CHECK("glob: star", str_glob("D*", "D01"));
	CHECK("glob: question mark", str_glob("D0?", "D01"));
	CHECK("glob: set", str_glob("D0[12]", "D02"));
	CHECK("glob: case matters", !str_glob("d*", "D01"));
	CHECK("glob: all of it", !str_glob("D0", "D01"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_ints),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
