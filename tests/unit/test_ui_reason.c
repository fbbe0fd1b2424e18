/* What speaks against a command at the screen, and the reason that overrides it. */
#include "unit.h"

#include <math.h>

#include "ui_fixture.h"
#include "ui_golden.h"

static struct ui ui;

/* "goto in|out", "speed", "hold", "rtl", "land": for D07, whose fence is a
 * circle of 800 m around home. */
static int parse(struct ui *u, int count, char **words, struct intent *out, struct err *err)
{
	struct geo_point home = { 47.3977, 8.5456 }, to;
	bool far = count > 1 && strcmp(words[1], "out") == 0;

	(void)err;
	out->cmd = command_find(words[0]);
	out->drones = xcalloc(1, sizeof(*out->drones));
	out->count = 1;
	out->drones[0] = (size_t)(model_find(&u->model, "D07") - u->model.drones);
	if (out->cmd == CMD_GOTO) {
		to = geo_direct(home, 90, far ? 1500 : 300);
		out->args.number[0] = to.lat;
		out->args.number[1] = to.lon;
		out->args.has[0] = out->args.has[1] = true;
	}
	return 0;
}

static void open_with_fence(int w, int h)
{
	struct ui_drone *d;

	fixture_open(&ui, w, h);
	ui.hooks.parse = parse;
	d = model_find(&ui.model, "D07");
	d->plan.fences = xcalloc(1, sizeof(*d->plan.fences));
	d->plan.fence_count = 1;
	d->plan.fences[0] = (struct fence){ .kind = FENCE_IN, .center = { 47.3977, 8.5456 },
		.radius = 800, .floor = NAN, .ceiling = NAN };
	d->plan_known = true;
}

/* Keys; F a frame that is shown, f one that is not, Q the drone goes quiet for
 * long, O another operator's command comes up, J a second passes, \n Enter. */
static const struct {
	const char *legend, *story, *sent; /* the reason that went along; NULL: nothing was sent */
} stories[] = {
	{ "nothing speaks against it", ":goto in\nFy", "" },
	{ "outside, and no reason", ":goto out\nFy", NULL },
	{ "y is a letter of the reason", ":goto out\nFyyyy\n", NULL },
	{ "outside, with a reason", ":goto out\nFsearch area\nFy", "search area" },
	{ "the reason alone sends nothing", ":goto out\nFsearch area\n\n\n", NULL },
	{ "too short a reason", ":goto out\nFok\ny", NULL },
	{ "blanks are no reason", ":goto out\nF     \ny", NULL },
	{ "typed before it was shown", ":goto out\nsearch area\nFy", NULL },
	{ "drawn and not shown", ":goto out\nfsearch area\ny", NULL },
	{ "cancelled", ":goto out\nFsearch\033y", NULL },
	{ "taken back and mended", ":goto out\nFsearch area\n\b\b\b\b\b\nFy", "search" },
	{ "n and q and e are letters too", ":goto out\nFqueen\nFy", "queen" },
	{ "something else speaks against it since: once more", ":goto out\nFsearch area\nOJFy", NULL },
	{ "and then", ":goto out\nFsearch area\nOJFy\nFy", "search areay" },
	{ "it comes up between frame and key", ":goto in\nFOJy", NULL },
	{ "hold is never asked for one", ":hold\nFy", "" },
	{ "nor back", ":rtl\nFy", "" },
	{ "nor set down", ":land\nFy", "" },
	{ "not even of one that is lost", "Q:land\nFy", "" },
	{ "nor where another is at it", "O:hold\nFy", "" },
	{ "a goto to one that is lost", "Q:goto in\nFy", NULL },
	{ "another's command in progress", "O:goto in\nFy", NULL },
	{ "another's command, with a reason", "O:goto in\nFtold jk\nFy", "told jk" },
};

static void play(const char *story)
{
	struct progress cm = { .id = "o1", .drone = "D07", .cmd = "goto", .by = "mm@other",
		.stage = STAGE_ACTIVE, .time = FIXTURE_MS - 5000, .text = "" };
	int64_t later = 0;
	bool quiet = false;

	for (const char *p = story; *p; p++) {
		uint32_t key = *p == '\n' ? K_ENTER : *p == '\b' ? K_BACKSPACE : (uint32_t)*p;

		switch (*p) {
		case 'F':
		case 'f':
			for (size_t i = 0; i < ui.model.count; i++) {
				if (!quiet || strcmp(ui.model.drones[i].id, "D07") != 0)
					ui.model.drones[i].arrived_mono = FIXTURE_MONO + later;
			}
			fixture_frame(&ui, later);
			if (*p == 'F')
				ui_shown(&ui);
			break;
		case 'Q':
			quiet = true;
			later += 30000;
			fixture_frame(&ui, later);
			break;
		case 'O':
			model_progress(&ui.model, &cm, FIXTURE_MS);
			break;
		case 'J':
			later += 1100;
			break;
		default:
			ui_key(&ui, key, FIXTURE_MONO + later);
		}
	}
}

static void a_reason_is_typed_after_it_was_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		const char *sent = NULL;
		char text[200];
		struct ui_request r;

		open_with_fence(120, 40);
		fixture_frame(&ui, 0);
		play(stories[i].story);
		while (ui_take(&ui, &r)) {
			if (r.kind == REQUEST_SEND) {
				str_copy(text, sizeof(text), r.intent.reason);
				sent = text;
				if (*text && !*r.intent.over)
					fail_msg("%s: a reason for nothing", stories[i].legend);
			}
			intent_clear(&r.intent);
		}
		if (!sent != !stories[i].sent || (sent && strcmp(sent, stories[i].sent) != 0))
			fail_msg("%s: \"%s\" sent \"%s\", not \"%s\" (%s)", stories[i].legend,
			    stories[i].story, sent ? sent : "(nothing)",
			    stories[i].sent ? stories[i].sent : "(nothing)", ui.message);
		ui_free(&ui);
	}
}

static const struct {
	const char *name, *story;
	int w, h;
} pictures[] = {
	{ "reason-80", "O:goto out\nF", 80, 24 },
	{ "reason-120", "O:goto out\nFsearch ar", 120, 40 },
	{ "reason-done-120", "O:goto out\nFsearch area\n", 120, 40 },
	{ "reason-200", "O:goto out\nF", 200, 60 },
};

static void pictures_are_as_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pictures); i++) {
		open_with_fence(pictures[i].w, pictures[i].h);
		fixture_frame(&ui, 0);
		play(pictures[i].story);
		fixture_frame(&ui, 0);
		golden_compare(&ui.canvas, pictures[i].name, "test_ui_reason");
		ui_free(&ui);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_is_typed_after_it_was_seen),
		cmocka_unit_test(pictures_are_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
