/* The whole screen, drawn from a fleet made by hand, beside golden pictures in
 * tests/golden/ui. UPDATE_GOLDEN=1 writes them anew. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "ui_fixture.h"
#include "ui_golden.h"

static const struct {
	const char *name;
	int w, h;
	const char *keys;
	bool read_only;
	enum link_state link;
	enum charset charset;
	int64_t later_ms;
} cases[] = {
	{ "small", 80, 24, "", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "medium", 120, 40, "", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "large", 200, 60, "", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "tiny", 60, 15, "", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "preview", 120, 40, "B", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "preview-many", 80, 24, "*:speed\r", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "help", 80, 24, "?", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "help-command", 80, 24, ":help goto\r", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "filter", 80, 24, "/!auto", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "wrong-command", 80, 24, ":gotoo D07\r", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "complete", 80, 24, ":goto D0", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "read-only", 80, 24, "H", true, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "link-gone", 80, 24, "H", false, LINK_GONE, CHARSET_BRAILLE, 20000 },
	{ "ascii", 80, 24, "", false, LINK_LIVE, CHARSET_ASCII, 0 },
	{ "crosshair", 120, 40,
	    "1xlllkkr"
	    "jj",
	    false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "small-commands", 80, 24, "5", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "help-wp", 80, 24, ":help wp\r", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
	{ "zoomed", 80, 24, "2z", false, LINK_LIVE, CHARSET_BRAILLE, 0 },
};

static void panes_look_as_before(void **state)
{
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fixture_open(&ui, cases[i].w, cases[i].h);
		ui.read_only = cases[i].read_only;
		ui.charset = cases[i].charset;
		model_set_link(&ui.model, cases[i].link, FIXTURE_MS);
		fixture_frame(&ui, cases[i].later_ms);
		fixture_keys(&ui, cases[i].keys);
		fixture_frame(&ui, cases[i].later_ms);
		golden_compare(&ui.canvas, cases[i].name, "test_ui_panes");
		ui_free(&ui);
	}
}

/* What a drone passes: see fleet_view_passes(). */
static const struct {
	const char *legend, *filter;
	bool in_air, known, passes;
} filters[] = {
	{ "everything", "", true, true, true },
	{ "an id", "d01", true, true, true },
	{ "an id, with capitals", "D01", true, true, true },
	{ "not another's", "D02", true, true, false },
	{ "in the air", "air", true, true, true },
	{ "on the ground is not in the air", "air", false, true, false },
	{ "on the ground", "ground", false, true, true },
	{ "where it is is not known: neither", "air", true, false, false },
	{ "where it is is not known: nor", "ground", true, false, false },
	{ "turned round", "!air", false, true, true },
};

static void a_filter_passes_what_it_says(void **state)
{
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		struct fixture_drone f = fixture_drones[0];
		struct sample s;

		fixture_open(&ui, 80, 24);
		f.id = "D01";
		s = fixture_sample(&f, 5000, FIXTURE_MS);
		if (filters[i].known)
			sample_set_value(&s, FIELD_flags, filters[i].in_air ? FLAG_ARMED | FLAG_IN_AIR : 0);
		else
			s.known &= ~(UINT64_C(1) << FIELD_flags);
		model_sample(&ui.model, "D01", &s, true, FIXTURE_MONO, FIXTURE_MS);
		if (fleet_view_passes(model_find(&ui.model, "D01"), filters[i].filter) != filters[i].passes)
			fail_msg("%s: \"%s\"", filters[i].legend, filters[i].filter);
		ui_free(&ui);
	}
}

/* No size breaks it, whatever is open. */
static void every_size_is_drawn(void **state)
{
	static const char *const opened[] = { "", "?", "*B", ":goto D07 47", "1x", "z", "/D0" };
	static struct ui ui;

	(void)state;
	fixture_open(&ui, 80, 24);
	for (size_t k = 0; k < ARRAY_LEN(opened); k++) {
		ui_resize(&ui, 120, 40, 2);
		fixture_frame(&ui, 0);
		fixture_keys(&ui, opened[k]);
		for (int w = 1; w < 210; w += 7) {
			for (int h = 1; h < 64; h += 3) {
				ui_resize(&ui, w, h, 2);
				fixture_frame(&ui, 0);
				assert_int_equal(ui.canvas.w, w);
			}
		}
		ui_key(&ui, K_ESC, FIXTURE_MONO);
		ui_key(&ui, K_ESC, FIXTURE_MONO);
	}
	ui_free(&ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panes_look_as_before),
		cmocka_unit_test(a_filter_passes_what_it_says),
		cmocka_unit_test(every_size_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
