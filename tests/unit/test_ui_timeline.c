/* The timeline: what keys and lines ask for, where things stand on the line,
 * and how the past looks, beside golden pictures in tests/golden/ui.
 * UPDATE_GOLDEN=1 writes them anew. */
#include "unit.h"

#include <stdlib.h>

#include "ui_fixture.h"
#include "ui_golden.h"

static struct travel asked[8];
static size_t asked_count;
static const char *refusal;

static int record(struct ui *ui, const struct travel *travel, struct err *err)
{
	(void)ui;
	if (asked_count < ARRAY_LEN(asked))
		asked[asked_count++] = *travel;
	return refusal ? err_set(err, "%s", refusal) : 0;
}

/* Half an hour with a quarter that nobody recorded. */
static void put_past(struct ui *ui)
{
	struct timeline *t = &ui->timeline;

	ui->model.replay = t->past = true;
	t->first_ms = FIXTURE_MS - 1800000;
	t->last_ms = FIXTURE_MS;
	t->at_ms = FIXTURE_MS - 739000;
	t->playing = true;
	t->speed = 4;
	str_copy(t->source, sizeof(t->source), "history of harbour");
	t->from_ms = t->first_ms;
	t->to_ms = t->last_ms;
	t->stored = true;
	t->mark_in = FIXTURE_MS - 1200000;
	t->mark_out = FIXTURE_MS - 600000;
	t->slot_count = (size_t)timeline_columns(ui->w);
	for (size_t i = 0; i < t->slot_count; i++) {
		struct timeline_slot *s = &t->slots[i];
		size_t part = i * 20 / t->slot_count;

		s->recorded = part < 3 || part > 5;
		s->samples = s->recorded ? 100 + 40 * (double)(i % 5) : 0;
		s->gap = part == 8;
		s->event = i % 31 == 7 ? 'i' : i % 37 == 20 ? '!' : i % 50 == 30 ? 'X' : 0;
		s->commands = i % 41 == 9 ? (uint16_t)(1 + i % 3) : 0;
	}
}

static void past_looks_as_before(void **state)
{
	static const struct {
		const char *name;
		int w, h;
		const char *keys;
		enum charset charset;
	} cases[] = {
		{ "past-small", 80, 24, "", CHARSET_BRAILLE },
		{ "past-medium", 120, 40, "6", CHARSET_BRAILLE },
		{ "past-large", 200, 60, "", CHARSET_BRAILLE },
		{ "past-tiny", 60, 15, "6", CHARSET_BRAILLE },
		{ "past-zoomed", 80, 24, "6z", CHARSET_BRAILLE },
		{ "past-ascii", 120, 40, "", CHARSET_ASCII },
		{ "past-refused", 80, 24, "H", CHARSET_BRAILLE },
		{ "past-help", 80, 30, "6?", CHARSET_BRAILLE },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fixture_open(&ui, cases[i].w, cases[i].h);
		ui.hooks.travel = record;
		ui.charset = cases[i].charset;
		put_past(&ui);
		fixture_frame(&ui, 0);
		fixture_keys(&ui, cases[i].keys);
		fixture_frame(&ui, 0);
		golden_compare(&ui.canvas, cases[i].name, "test_ui_timeline");
		ui_free(&ui);
	}
}

static void every_size_of_the_past_is_drawn(void **state)
{
	static struct ui ui;

	(void)state;
	fixture_open(&ui, 120, 40);
	put_past(&ui);
	for (int w = 1; w < 210; w += 5) {
		for (int h = 1; h < 64; h += 3) {
			ui_resize(&ui, w, h, 2);
			ui.focus = w % 2 ? PANE_TIMELINE : PANE_MAP;
			ui.zoomed = h % 2;
			fixture_frame(&ui, 0);
			assert_int_equal(ui.canvas.h, h);
		}
	}
	ui_free(&ui);
}

static void keys_and_lines_ask(void **state)
{
	static const struct {
		const char *keys;
		struct travel want;
	} cases[] = {
		{ "6 ", { .verb = TRAVEL_PLAY } },
		{ "6,", { .verb = TRAVEL_STEP, .value = -1 } },
		{ "6.", { .verb = TRAVEL_STEP, .value = 1 } },
		{ "6j", { .verb = TRAVEL_BY, .ms = -1000 } },
		{ "6l", { .verb = TRAVEL_BY, .ms = 5000 } },
		{ "6{", { .verb = TRAVEL_FIND, .target = "event", .backward = true } },
		{ "6}", { .verb = TRAVEL_FIND, .target = "event" } },
		{ "6<", { .verb = TRAVEL_PACE, .value = -1 } },
		{ "6>", { .verb = TRAVEL_PACE, .value = 1 } },
		{ "6r", { .verb = TRAVEL_REVERSE } },
		{ "6[", { .verb = TRAVEL_MARK_IN } },
		{ "6]", { .verb = TRAVEL_MARK_OUT } },
		{ "6x", { .verb = TRAVEL_UNMARK } },
		{ "6o", { .verb = TRAVEL_LOOP } },
		{ "6g", { .verb = TRAVEL_PERCENT, .value = 0 } },
		{ "6G", { .verb = TRAVEL_PERCENT, .value = 100 } },
		{ "R", { .verb = TRAVEL_LIVE } },
		{ ":seek -30s\r", { .verb = TRAVEL_BY, .ms = -30000 } },
		{ ":seek +5m\r", { .verb = TRAVEL_BY, .ms = 300000 } },
		{ ":seek 40%\r", { .verb = TRAVEL_PERCENT, .value = 40 } },
		{ ":seek 2026-11-20T13:40Z\r", { .verb = TRAVEL_TO, .ms = 1795182000000 } },
		{ ":seek 09:52:00\r", { .verb = TRAVEL_TO, .ms = 1795254720000 } },
		{ ":seek 09:52\r", { .verb = TRAVEL_TO, .ms = 1795254720000 } },
		{ ":seek next alarm\r", { .verb = TRAVEL_FIND, .target = "alarm" } },
		{ ":seek previous gap\r",
		    { .verb = TRAVEL_FIND, .target = "gap", .backward = true } },
		{ ":seek next\r", { .verb = TRAVEL_FIND, .target = "event" } },
		{ ":seek start\r", { .verb = TRAVEL_PERCENT, .value = 0 } },
		{ ":play 10\r", { .verb = TRAVEL_SPEED, .value = 10 } },
		{ ":play -0.5\r", { .verb = TRAVEL_SPEED, .value = -0.5 } },
		{ ":play\r", { .verb = TRAVEL_SPEED, .value = 4 } },
		{ ":pause\r", { .verb = TRAVEL_PAUSE } },
		{ ":live\r", { .verb = TRAVEL_LIVE } },
		{ ":loop on\r", { .verb = TRAVEL_LOOP } },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct travel *want = &cases[i].want;

		fixture_open(&ui, 120, 40);
		ui.hooks.travel = record;
		put_past(&ui);
		fixture_frame(&ui, 0);
		asked_count = 0;
		for (const char *k = cases[i].keys; *k;)
			ui_key(&ui, *k == '\r' ? (k++, (uint32_t)K_ENTER) : canvas_next(&k),
			    FIXTURE_MONO);
		if (asked_count != 1 || asked[0].verb != want->verb || asked[0].ms != want->ms ||
		    asked[0].value != want->value || asked[0].backward != want->backward ||
		    strcmp(asked[0].target ? asked[0].target : "",
			want->target ? want->target : "") != 0)
			fail_msg("%s: asked %zu times, verb %d, %lld ms, value %g, message \"%s\"",
			    cases[i].keys, asked_count, asked[0].verb, (long long)asked[0].ms,
			    asked[0].value, ui.message);
		ui_free(&ui);
	}
}

static void wrong_lines_say_why(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "seek", "takes a time" },
		{ "seek noon", "\"noon\" is no time" },
		{ "seek 30s", "\"30s\" is no time" },
		{ "seek 140%", "0% to 100%" },
		{ "seek 25:00", "\"25:00\" is no time" },
		{ "seek next drone", "\"drone\" is nothing to seek" },
		{ "seek -30s -40s", "one place in time" },
		{ "play 0", "0.1 to 1000" },
		{ "play 2000", "0.1 to 1000" },
		{ "loop 10:00", "two times" },
		{ "loop 10:00 09:00", "later one" },
		{ "pause 3", "takes nothing" },
		{ "goto D07 nonsense", "nothing is sent into the past" },
		{ "rtl", "nothing is sent into the past" },
		{ "kill D07", "nothing is sent into the past" },
	};
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ui_request r;

		fixture_open(&ui, 120, 40);
		ui.hooks.travel = record;
		put_past(&ui);
		fixture_frame(&ui, 0);
		asked_count = 0;
		ui_run_line(&ui, cases[i].line);
		if (!strstr(ui.message, cases[i].says) || asked_count)
			fail_msg("%s: says \"%s\"", cases[i].line, ui.message);
		assert_int_equal(ui.preview.active, false);
		while (ui_take(&ui, &r))
			assert_int_not_equal(r.kind, REQUEST_SEND);
		ui_free(&ui);
	}
}

/* No key that commands a drone opens anything in the past, in any pane. */
static void no_key_commands_in_the_past(void **state)
{
	static struct ui ui;

	(void)state;
	fixture_open(&ui, 120, 40);
	put_past(&ui);
	for (int pane = 0; pane < PANE_COUNT; pane++) {
		ui.focus = (enum pane)pane;
		for (const char *k = "HBS"; *k; k++) {
			fixture_frame(&ui, 0);
			ui_key(&ui, (uint32_t)*k, FIXTURE_MONO);
			assert_int_equal(ui.preview.active, false);
			assert_string_equal(ui.message, UI_PAST_REFUSES);
			assert_int_equal(ui.request_count, 0);
		}
	}
	ui_free(&ui);
}

static void window_holds_the_playhead(void **state)
{
	static const struct {
		const char *legend;
		int64_t first, last, at, span, old_from, old_to, from, to;
	} cases[] = {
		{ "in the middle", 0, 100000, 50000, 20000, 0, 0, 40000, 60000 },
		{ "at the beginning", 0, 100000, 1000, 20000, 0, 0, 0, 20000 },
		{ "at the end", 0, 100000, 99000, 20000, 0, 0, 80000, 100000 },
		{ "less than asked", 0, 10000, 5000, 20000, 0, 0, 0, 10000 },
		{ "still inside", 0, 100000, 55000, 20000, 40000, 60000, 40000, 60000 },
		{ "has left it", 0, 100000, 61000, 20000, 40000, 60000, 51000, 71000 },
		{ "nothing at all", 5000, 5000, 5000, 20000, 0, 0, 5000, 6000 },
	};
	static struct timeline t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t from, to;

		timeline_init(&t);
		t.first_ms = cases[i].first;
		t.last_ms = cases[i].last;
		t.at_ms = cases[i].at;
		t.span_ms = cases[i].span;
		t.from_ms = cases[i].old_from;
		t.to_ms = cases[i].old_to;
		timeline_window(&t, &from, &to);
		if (from != cases[i].from || to != cases[i].to)
			fail_msg("%s: %lld to %lld", cases[i].legend, (long long)from, (long long)to);
	}
}

static void live_shows_what_was_seen(void **state)
{
	static struct ui ui;
	const struct timeline_slot *last;

	(void)state;
	fixture_open(&ui, 120, 40);
	ui.model.messages = 500;
	fixture_frame(&ui, 5000);
	last = &ui.timeline.slots[ui.timeline.slot_count - 1];
	assert_true(ui.timeline.slot_count > 60);
	assert_true(last->samples == 500 && last->recorded);
	/* The critical alarm of eight seconds before, and nothing an hour ago. */
	assert_int_equal(last->event, 'X');
	assert_false(ui.timeline.slots[0].recorded);
	fixture_frame(&ui, 3600000);
	for (size_t i = 0; i < ui.timeline.slot_count; i++)
		assert_int_not_equal(ui.timeline.slots[i].event, 'X');
	ui_free(&ui);
}

static void a_refusal_is_said(void **state)
{
	static struct ui ui;

	(void)state;
	fixture_open(&ui, 120, 40);
	fixture_keys(&ui, "6h");
	assert_non_null(strstr(ui.message, "no history"));
	ui.hooks.travel = record;
	refusal = "the history cannot be read";
	fixture_keys(&ui, "h");
	assert_string_equal(ui.message, refusal);
	refusal = NULL;
	ui_free(&ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(past_looks_as_before),
		cmocka_unit_test(every_size_of_the_past_is_drawn),
		cmocka_unit_test(keys_and_lines_ask),
		cmocka_unit_test(wrong_lines_say_why),
		cmocka_unit_test(no_key_commands_in_the_past),
		cmocka_unit_test(window_holds_the_playhead),
		cmocka_unit_test(live_shows_what_was_seen),
		cmocka_unit_test(a_refusal_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
