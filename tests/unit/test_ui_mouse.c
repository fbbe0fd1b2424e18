/* The mouse: the terminal's reports, and what they do. */
#include "unit.h"

#include "ui_fixture.h"

static const struct {
	const char *legend, *bytes; /* behind ESC [ < */
	int result;
	struct mouse mouse;
} reports[] = {
	{ "a click", "0;12;5M", 1, { MOUSE_CLICK, 11, 4 } },
	{ "with Shift", "4;12;5M", 1, { MOUSE_CLICK, 11, 4 } },
	{ "released", "0;12;5m", -1, { 0 } },
	{ "the right button", "2;12;5M", -1, { 0 } },
	{ "wheel up", "64;1;1M", 1, { MOUSE_WHEEL_UP, 0, 0 } },
	{ "wheel down", "65;200;60M", 1, { MOUSE_WHEEL_DOWN, 199, 59 } },
	{ "wheel to the side", "66;1;1M", -1, { 0 } },
	{ "moved", "35;1;1M", -1, { 0 } },
	{ "column 0", "0;0;5M", -1, { 0 } },
	{ "huge numbers", "0;99999999999999;5M", 1, { MOUSE_CLICK, 99998, 4 } },
	{ "too few", "0;12M", -1, { 0 } },
	{ "letters", "0;1x", -1, { 0 } },
	{ "not ended", "0;12;5", 0, { 0 } },
};

static void reports_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
		struct mouse_decoder d;
		struct mouse m = { 0 };
		int result = 0;

		mouse_begin(&d);
		for (const char *b = reports[i].bytes; *b && result == 0; b++)
			result = mouse_feed(&d, (unsigned char)*b, &m);
		CHECK(reports[i].legend, result == reports[i].result);
		if (result == 1) {
			CHECK(reports[i].legend, m.act == reports[i].mouse.act);
			CHECK(reports[i].legend, m.x == reports[i].mouse.x);
			CHECK(reports[i].legend, m.y == reports[i].mouse.y);
		}
	}
}

static void act(struct ui *ui, enum mouse_act what, int x, int y)
{
	const struct mouse m = { what, x, y };

	ui_mouse(ui, &m, FIXTURE_MONO);
	fixture_frame(ui, 0);
}

static void it_selects_zooms_and_sends_nothing(void **state)
{
	static struct ui ui;
	struct rect fleet, map;
	struct geo_point p;
	double x, y, zoom;
	size_t third;

	(void)state;
	fixture_open(&ui, 120, 50); /* so high that rows are free below the fleet */
	fixture_frame(&ui, 0);
	fleet = ui.layout.pane[PANE_FLEET];
	map = ui.layout.pane[PANE_MAP];
	third = ui.fleet.order[2];
	/* Off until it is asked for. */
	act(&ui, MOUSE_CLICK, fleet.x + 3, fleet.y + 4);
	assert_string_equal(ui_selected(&ui)->id, "D07");
	ui_run_line(&ui, "set mouse on");
	act(&ui, MOUSE_CLICK, fleet.x + 3, fleet.y + 4);
	assert_int_equal(ui.selected, third);
	/* Title, header and what is below the last row are no drone. */
	act(&ui, MOUSE_CLICK, fleet.x + 3, fleet.y);
	act(&ui, MOUSE_CLICK, fleet.x + 3, fleet.y + 1);
	if (fleet.h > 2 + (int)ui.fleet.count)
		act(&ui, MOUSE_CLICK, fleet.x + 3, fleet.y + fleet.h - 1);
	assert_int_equal(ui.selected, third);

	assert_true(model_position(model_find(&ui.model, "D05"), &p.lat, &p.lon));
	map_view_project(&ui.map.view, p, &x, &y);
	act(&ui, MOUSE_CLICK, map.x + (int)(x / 2) + 1, map.y + 1 + (int)(y / 4));
	assert_string_equal(ui_selected(&ui)->id, "D05");
	assert_int_equal(ui.focus, PANE_MAP);
	zoom = ui.map.view.zoom;
	act(&ui, MOUSE_WHEEL_UP, map.x + 10, map.y + 10);
	assert_true(ui.map.view.zoom > zoom);

	act(&ui, MOUSE_WHEEL_DOWN, fleet.x + 3, fleet.y + 4);
	assert_string_not_equal(ui_selected(&ui)->id, "D05");

	/* A preview takes keys only. */
	fixture_keys(&ui, "H");
	fixture_frame(&ui, 0);
	ui_shown(&ui);
	third = ui.selected;
	for (int row = 0; row < 40; row++) {
		for (int col = 0; col < 120; col += 3)
			act(&ui, MOUSE_CLICK, col, row);
	}
	assert_int_equal(ui.mode, UI_PREVIEW);
	assert_int_equal(ui.selected, third);
	assert_int_equal(ui.request_count, 0);
	ui_free(&ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_are_read),
		cmocka_unit_test(it_selects_zooms_and_sends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
