/* Flights over the map and their profile, beside golden pictures in
 * tests/golden/ui. UPDATE_GOLDEN=1 writes them anew. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "ui_fixture.h"
#include "ui_golden.h"

/* Up, along, a hole of a minute, back and down, in ten minutes. */
static void lay(struct ui *ui)
{
	struct flight_path *path = flight_paths_add(&ui->paths, "D07-20261121T095300");
	struct geo_frame frame = geo_frame_at((struct geo_point){ 47.3977, 8.5456 });

	assert_non_null(path);
	str_copy(path->drone, sizeof(path->drone), "D07");
	for (int i = 0; i < 600; i += 2) {
		double away = i < 300 ? i : 600 - i;
		struct geo_point at = geo_from_xy(&frame, 3 * away - 300, 2 * away - (i < 300 ? 0 : 150));
		struct path_point p = { .time_ms = FIXTURE_MS - (600 - i) * 1000,
			.lat = at.lat,
			.lon = at.lon,
			.value = { (float)fmin(away, 80), (float)(away > 2 ? 12 : 0),
			    (float)(95 - i / 10.0) } };

		if (i > 320 && i < 380)
			continue;
		p.breaks = i == 380;
		flight_path_put(path, &p);
	}
}

static int lay_by_name(struct ui *ui, const char *what, struct err *err)
{
	if (strcmp(what, "D07") != 0)
		return err_set(err, "\"%s\" is no flight", what);
	lay(ui);
	return 0;
}

static void paths_look_as_before(void **state)
{
	static const struct {
		const char *name;
		int w, h;
		const char *lines[3];
		enum charset charset;
	} cases[] = {
		{ "path-small", 80, 24, { "path D07" }, CHARSET_BRAILLE },
		{ "path-medium", 120, 40, { "path D07", "path colour battery" }, CHARSET_BRAILLE },
		{ "path-large", 200, 60, { "path D07", "path colour speed", "path over distance" },
		    CHARSET_BRAILLE },
		{ "path-ascii", 120, 40, { "path D07" }, CHARSET_ASCII },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fixture_open(&ui, cases[i].w, cases[i].h);
		ui.hooks.path = lay_by_name;
		ui.charset = cases[i].charset;
		fixture_frame(&ui, 0);
		for (size_t k = 0; k < 3 && cases[i].lines[k]; k++)
			ui_run_line(&ui, cases[i].lines[k]);
		assert_string_equal(ui.message, "");
		/* The playhead of what is shown is three minutes back. */
		ui.timeline.past = ui.model.replay = true;
		ui.timeline.at_ms = FIXTURE_MS - 180000;
		fixture_frame(&ui, -180000);
		golden_compare(&ui.canvas, cases[i].name, "test_ui_path");
		ui_free(&ui);
	}
}

static void a_hole_is_no_way_flown(void **state)
{
	static struct ui ui;
	const struct flight_path *path;
	double with_hole;

	(void)state;
	fixture_open(&ui, 80, 24);
	lay(&ui);
	path = flight_paths_of(&ui.paths, "D07");
	assert_non_null(path);
	with_hole = path->points[path->count - 1].along_m;
	/* 270 and 220 seconds at 3.6 m/s each, but for the hole. */
	assert_true(with_hole > 1700 && with_hole < 2100);
	assert_null(flight_paths_of(&ui.paths, "D01"));
	/* The same flight again takes its own place. */
	lay(&ui);
	assert_int_equal(ui.paths.count, 1);
	flight_paths_clear(&ui.paths);
	assert_null(flight_paths_of(&ui.paths, "D07"));
	ui_free(&ui);
}

/* The point behind a hole may have no height yet: the hole is one all the same. */
static void a_profile_does_not_close_a_hole(void **state)
{
	static struct ui ui;
	const struct flight_path *path;
	int gaps = 0, bars = 0;

	(void)state;
	fixture_open(&ui, 80, 24);
	path = flight_paths_add(&ui.paths, "D07-1");
	assert_non_null(path);
	for (int i = 0; i < 60; i += 1) {
		struct path_point p = { .time_ms = FIXTURE_MS + i * 1000, .lat = 47, .lon = 8,
			.value = { i == 40 ? NAN : 50, 10, 80 }, .breaks = i == 40 };

		if (i < 20 || i >= 40)
			flight_path_put(&ui.paths.list[0], &p);
	}
	canvas_clear(&ui.canvas);
	flight_profile_draw(&ui.canvas, (struct rect){ 0, 0, 66, 3 }, path, false, 0);
	for (int x = 5; x < 66; x++) {
		uint32_t ch = canvas_at(&ui.canvas, x, 0)->ch;

		gaps += ch == 0xb7;
		bars += ch >= 0x2581 && ch <= 0x2588;
	}
	/* A second a column. */
	if (gaps < 20 || gaps > 22 || bars < 37 || bars > 40)
		fail_msg("%d columns of a gap and %d bars", gaps, bars);
	ui_free(&ui);
}

static void lines_say_what_is_wrong(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "path", "drones or flights" },
		{ "path Z99", "\"Z99\" is no flight" },
		{ "path colour pink", "\"pink\"" },
		{ "path over water", "time or distance" },
		{ "export", "one file" },
		{ "export a.txt", ".csv" },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fixture_open(&ui, 80, 24);
		ui.hooks.path = lay_by_name;
		ui_run_line(&ui, cases[i].line);
		if (!strstr(ui.message, cases[i].says))
			fail_msg("%s: says \"%s\"", cases[i].line, ui.message);
		assert_int_equal(ui.request_count, 0);
		ui_free(&ui);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_look_as_before),
		cmocka_unit_test(a_hole_is_no_way_flown),
		cmocka_unit_test(a_profile_does_not_close_a_hole),
		cmocka_unit_test(lines_say_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
