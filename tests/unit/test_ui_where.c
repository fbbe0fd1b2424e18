/* Positions by words at the command line, and what is marked as wrong. */
#include "unit.h"

#include <math.h>

#include "ui/where.h"
#include "ui_fixture.h"

/* D07 is 300 m north and 200 m east of the home 47.3977 8.5456. */
static const struct {
	const char *legend, *words;
	int used; /* words that are the position, 0: refused */
	double north, east; /* m from home, of what is read */
	const char *says;
} cases[] = {
	{ "degrees", "47.3977 8.5456 60", 2, 0, 0, NULL },
	{ "one word, then a height", "47.3977,8.5456 60", 1, 0, 0, NULL },
	{ "degrees, minutes, seconds", "47\u00b023'51.72\"N 8\u00b032'44.16\"E 60", 2, 0, 0, NULL },
	{ "in words of their own", "47 23 51.72 N 8 32 44.16 E", 8, 0, 0, NULL },
	{ "MGRS in a word", "32TMT6571149460 60", 1, 0, 0, NULL },
	{ "MGRS in words", "32T MT 65711 49460 60", 4, 0, 0, NULL },
	{ "UTM", "32T 465711 5249461 60", 3, 0, 0, NULL },
	{ "the home", "@home 60", 1, 0, 0, NULL },
	{ "a drone", "@D07", 1, 300, 200, NULL },
	{ "so far from the drone", "+500m@090 60", 1, 300, 700, NULL },
	{ "kilometres", "+1.5km@180", 1, -1200, 200, NULL },
	{ "without a unit: metres", "+100@0", 1, 400, 200, NULL },
	{ "no way", "+500m@", 0, 0, 0, "\"+500m@\" is no way" },
	{ "a wrong unit", "+500ft@090", 0, 0, 0, "\"+500ft@090\" is no way" },
	{ "round and round", "+500m@400", 0, 0, 0, "0 to 360" },
	{ "too far", "+5000km@40", 0, 0, 0, "1000 km" },
	{ "no crosshair", "@cursor 60", 0, 0, 0, "no crosshair" },
	{ "nobody", "@nobody", 0, 0, 0, "\"@nobody\" is no drone" },
	{ "no latitude", "97.3 8.5", 0, 0, 0, "97.3 is no latitude" },
	{ "no position", "47.3 x", 0, 0, 0, "\"47.3 x\" is no position" },
	{ "nothing", "", 0, 0, 0, NULL },
};

static void words_are_positions(void **state)
{
	static struct ui ui;
	struct geo_frame frame = geo_frame_at((struct geo_point){ 47.3977, 8.5456 });

	(void)state;
	fixture_open(&ui, 120, 40);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[200], *words[16], *rest = text, *word;
		struct geo_point p, wanted = geo_from_xy(&frame, cases[i].east, cases[i].north);
		struct err err = { "" };
		int n = 0, used;

		str_copy(text, sizeof(text), cases[i].words);
		while ((word = strsep(&rest, " ")) && *word)
			words[n++] = word;
		used = where_read(&ui, ui_selected(&ui), n, words, &p, &err);
		if (used != cases[i].used)
			fail_msg("%s: %d words: %s", cases[i].legend, used, err.text);
		if (used && geo_distance_m(p, wanted) > 3)
			fail_msg("%s: %.6f %.6f is %.1f m off", cases[i].legend, p.lat, p.lon,
			    geo_distance_m(p, wanted));
		if (cases[i].says && !strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].legend, err.text);
	}
	ui_free(&ui);
}

/* The word that is wrong stands in the error's colour, and nothing else. */
static void the_wrong_word_is_marked(void **state)
{
	static const struct {
		const char *line, *wrong;
	} lines[] = {
		{ "gotoo D07", "gotoo" },
		{ "hold D99", "D99" },
		{ "go 97.3 8.5", "97.3" },
		{ "set theme blue", "blue" },
		{ "set colour blue", "colour" },
		{ "columns id,stat", "stat" },
		{ "wp add @nobody 50", "@nobody" },
		{ "layer roads off", "roads" },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char marked[200] = "";
		size_t n = 0;

		fixture_open(&ui, 160, 40);
		fixture_frame(&ui, 0);
		ui_run_line(&ui, lines[i].line);
		fixture_frame(&ui, 0);
		for (size_t x = 0; x < 1 + strlen(lines[i].line); x++) {
			const struct cell *cell = canvas_at(&ui.canvas, (int)x, 39);

			if (cell->role == ROLE_ERROR)
				marked[n++] = (char)cell->ch;
		}
		marked[n] = '\0';
		if (strcmp(marked, lines[i].wrong) != 0)
			fail_msg("%s: \"%s\" is marked: %s", lines[i].line, marked, ui.message);
		assert_int_equal(ui.mode, UI_LINE);
		assert_string_equal(ui.line.text, lines[i].line);
		ui_free(&ui);
	}
}

static void columns_change_while_it_runs(void **state)
{
	static const struct {
		const char *line, *columns; /* NULL: refused */
	} lines[] = {
		{ "columns id,state,wind", "id,state,wind" },
		{ "columns +link", "id,state,wind,link" },
		{ "columns +link", "id,state,wind,link" },
		{ "columns -state +age", "id,wind,link,age" },
		{ "columns +nothing", NULL },
		{ "columns -mode", NULL },
		{ "set columns id", "id" },
		{ "columns -id", NULL },
		{ "columns default", "id,state,mode,height,battery,speed,heading,age" },
	};
	static struct ui ui;
	char text[256] = "";

	(void)state;
	fixture_open(&ui, 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		ui_run_line(&ui, lines[i].line);
		if (!lines[i].columns) {
			CHECK(lines[i].line, ui.message_role == ROLE_ERROR);
			continue;
		}
		fixture_frame(&ui, 0);
		text[0] = '\0';
		for (int c = 0; c < ui.fleet.columns.count; c++) {
			strcat(text, c ? "," : "");
			strcat(text, ui.fleet.columns.items[c].name);
		}
		if (strcmp(text, lines[i].columns) != 0)
			fail_msg("%s: %s", lines[i].line, text);
	}
	ui_free(&ui);
}

static void places_and_lists_are_completed(void **state)
{
	static const struct {
		const char *typed, *line;
	} lines[] = {
		{ "goto D07 @cur", "goto D07 @cursor " },
		{ "goto D07 @D1", "goto D07 @D10" }, /* of three */
		{ "goto D07 @D12", "goto D07 @D12 " },
		{ "columns id,batt", "columns id,battery " },
		{ "set columns id,+batt", "set columns id,+battery " },
		{ "set mo", "set mouse " },
		{ "lay", "layer " },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		fixture_open(&ui, 120, 40);
		ui_key(&ui, ':', FIXTURE_MONO);
		fixture_keys(&ui, lines[i].typed);
		ui_key(&ui, K_TAB, FIXTURE_MONO);
		if (strcmp(ui.line.text, lines[i].line) != 0)
			fail_msg("%s: %s", lines[i].typed, ui.line.text);
		ui_free(&ui);
	}
}

static void tab_goes_through_what_is_shown(void **state)
{
	static const struct {
		const char *typed, *keys; /* T Tab, S Shift-Tab */
		const char *line;
	} lines[] = {
		{ "select D1", "T", "select D10" },
		{ "select D1", "TT", "select D11" },
		{ "select D1", "TTTT", "select D10" },
		{ "select D1", "S", "select D12" },
		{ "select D1", "TS", "select D12" },
		{ "select D0", "TTx", "select D02x" },
		{ "set theme ", "TTT", "set theme mono" },
		{ "nothing ", "T", "nothing " },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		fixture_open(&ui, 120, 40);
		ui_key(&ui, ':', FIXTURE_MONO);
		fixture_keys(&ui, lines[i].typed);
		for (const char *k = lines[i].keys; *k; k++) {
			ui_key(&ui, *k == 'T' ? K_TAB : *k == 'S' ? K_BACK_TAB : (uint32_t)*k,
			    FIXTURE_MONO);
			fixture_frame(&ui, 0);
		}
		if (strcmp(ui.line.text, lines[i].line) != 0)
			fail_msg("%s, %s: %s", lines[i].typed, lines[i].keys, ui.line.text);
		assert_int_equal(ui.line.len, strlen(ui.line.text));
		ui_free(&ui);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_positions),
		cmocka_unit_test(the_wrong_word_is_marked),
		cmocka_unit_test(columns_change_while_it_runs),
		cmocka_unit_test(places_and_lists_are_completed),
		cmocka_unit_test(tab_goes_through_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
