/* The draft of a mission, and the words of ":wp". */
#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "ui_fixture.h"

static const struct {
	const char *legend, *lines; /* one after the other, '|' between */
	size_t points;
	const char *refused; /* part of the last line's sentence, or NULL */
	double last_lat, last_height;
} cases[] = {
	{ "added", "wp add 47.1 9.5 60|wp add 47.2 9.5", 2, NULL, 47.2, 60 },
	{ "without a height: 50", "wp add 47.1 9.5", 1, NULL, 47.1, 50 },
	{ "degrees, minutes, seconds", "wp add 47\u00b030'0\"N 9\u00b031'0\"E 70", 1, NULL, 47.5,
	    70 },
	{ "moved", "wp add 47.1 9.5 60|wp move 1 47.3 9.6", 1, NULL, 47.3, 60 },
	{ "higher", "wp add 47.1 9.5 60|wp move 1 90", 1, NULL, 47.1, 90 },
	{ "inserted", "wp add 47.1 9.5 60|wp insert 1 47.3 9.6 80", 2, NULL, 47.1, 60 },
	{ "deleted", "wp add 47.1 9.5 60|wp add 47.2 9.5|wp delete 1", 1, NULL, 47.2, 60 },
	{ "undone", "wp add 47.1 9.5 60|wp add 47.2 9.5|wp undo", 1, NULL, 47.1, 60 },
	{ "a deletion undone", "wp add 47.1 9.5 60|wp add 47.2 9.5|wp clear|wp undo", 2, NULL, 47.2,
	    60 },
	{ "nothing to undo", "wp undo", 0, "nothing to undo", 0, 0 },
	{ "no such point", "wp add 47.1 9.5 60|wp delete 2", 1, "there is no point 2", 47.1, 60 },
	{ "no position", "wp add north", 0, "no position or height", 0, 0 },
	{ "no crosshair", "wp add @cursor 60", 0, "no crosshair", 0, 0 },
	{ "no number", "wp move x 47 9", 0, "a number from 1", 0, 0 },
	{ "no verb", "wp", 0, "wp takes add", 0, 0 },
	{ "no file", "wp load /nowhere/x.plan", 0, "/nowhere/x.plan", 0, 0 },
	{ "no file, the other word for it", "mission load /nowhere/x.plan", 0, "/nowhere/x.plan", 0, 0 },
	{ "no file at all", "mission load", 0, "load takes a file", 0, 0 },
	{ "nothing to send", "wp send D07", 0, "no points", 0, 0 },
};

static void lines_do_what_they_say(void **state)
{
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char lines[400], *rest = lines, *line;

		fixture_open(&ui, 120, 40);
		str_copy(lines, sizeof(lines), cases[i].lines);
		while ((line = strsep(&rest, "|")))
			ui_run_line(&ui, line);
		if (cases[i].refused && !strstr(ui.message, cases[i].refused))
			fail_msg("%s: \"%s\"", cases[i].legend, ui.message);
		CHECK(cases[i].legend, ui.draft.mission.count == cases[i].points);
		if (cases[i].points) {
			const struct mission_item *last =
			    &ui.draft.mission.items[cases[i].points - 1];

			CHECK(cases[i].legend, fabs(last->lat - cases[i].last_lat) < 1e-9);
			CHECK(cases[i].legend, fabs(last->height - cases[i].last_height) < 1e-9);
		}
		ui_free(&ui);
	}
}

static void a_file_comes_back_as_it_was(void **state)
{
	static const char *const words[] = { "wp", "mission" };
	static struct ui ui;
	char path[] = "/tmp/odyssey-draft-XXXXXX.plan", line[64];

	(void)state;
	assert_int_not_equal(mkstemps(path, 5), -1);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		unlink(path);
		fixture_open(&ui, 120, 40);
		ui_run_line(&ui, "wp add 47.1 9.5 60");
		ui_run_line(&ui, "wp add 47.2 9.6 70");
		snprintf(line, sizeof(line), "%s save %s", words[i], path);
		ui_run_line(&ui, line);
		ui_run_line(&ui, "wp clear");
		snprintf(line, sizeof(line), "%s load %s", words[i], path);
		ui_run_line(&ui, line);
		assert_int_equal(ui.draft.mission.count, 2);
		assert_true(fabs(ui.draft.mission.items[1].lon - 9.6) < 1e-6);
		/* What is there is not written over. */
		snprintf(line, sizeof(line), "%s save %s", words[i], path);
		ui_run_line(&ui, line);
		assert_non_null(strstr(ui.message, "cannot be written"));
		unlink(path);
		ui_free(&ui);
	}
}

static int parsed(struct ui *ui, int count, char **words, struct intent *out, struct err *err)
{
	(void)ui;
	(void)out;
	return err_set(err, "given to %s, %d words", words[1], count);
}

/* Of a drone that is called so it is a command to that, as ever. */
static void a_drone_called_load(void **state)
{
	static struct ui ui;

	(void)state;
	fixture_open(&ui, 120, 40);
	ui.hooks.parse = parsed;
	ui_run_line(&ui, "mission load /nowhere/x.plan");
	assert_non_null(strstr(ui.message, "/nowhere/x.plan"));
	ui_run_line(&ui, "mission D07 /nowhere/x.plan");
	assert_non_null(strstr(ui.message, "given to D07, 3 words"));
	assert_non_null(model_add(&ui.model, "load"));
	ui_run_line(&ui, "mission load /nowhere/x.plan");
	assert_non_null(strstr(ui.message, "given to load, 3 words"));
	ui_free(&ui);
}

/* A leg that leaves the fence is said, whichever it is. */
static void a_mission_is_held_against_the_fence(void **state)
{
	static struct plan_point ring[4] = { { 47.39, 8.53 }, { 47.42, 8.53 }, { 47.42, 8.57 },
		{ 47.39, 8.57 } };
	static struct ui ui;
	static const struct {
		const char *legend, *second, *says;
	} ways[] = {
		{ "within", "wp add 47.410 8.560 60", "fence ok" },
		{ "out and in", "wp add 47.430 8.560 60", "LEAVES THE FENCE" },
		{ "too high", "wp add 47.410 8.560 200", "FENCE'S HEIGHTS" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct ui_drone *d;
		bool said = false;

		fixture_open(&ui, 120, 40);
		d = ui_selected(&ui);
		d->plan.fences = xcalloc(1, sizeof(*d->plan.fences));
		d->plan.fences[0] = (struct fence){ .kind = FENCE_IN,
			.count = 4,
			.radius = NAN,
			.floor = NAN,
			.ceiling = 120,
			.points = xmemdup(ring, sizeof(ring)) };
		d->plan.fence_count = 1;
		d->plan_known = true;
		ui_run_line(&ui, "wp add 47.400 8.540 60");
		ui_run_line(&ui, ways[i].second);
		ui_run_line(&ui, "wp add 47.400 8.550 60");
		ui_run_line(&ui, "wp send D07");
		for (int k = 0; k < ui.preview.line_count; k++)
			said = said || strstr(ui.preview.lines[k].text, ways[i].says);
		CHECK(ways[i].legend, said);
		ui_free(&ui);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_do_what_they_say),
		cmocka_unit_test(a_file_comes_back_as_it_was),
		cmocka_unit_test(a_drone_called_load),
		cmocka_unit_test(a_mission_is_held_against_the_fence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
