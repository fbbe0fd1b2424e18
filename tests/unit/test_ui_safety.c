/* What must never happen at the screen: something sent that nobody confirmed. */
#include "unit.h"

#include <math.h>

#include "ui_fixture.h"

/* A story: keys as typed, and between them F a frame that was shown, f a frame
 * that was drawn but is not shown yet, T 16 s pass, C the drone changes state,
 * L the link goes, P the next keys are pasted, p no longer. Keys are in lower
 * case here but for H, B, S and \r; \n stands for Enter. */
static const struct {
	const char *legend, *story;
	bool read_only, replay;
	int sent; /* drones commanded, 0 for nothing */
} stories[] = {
	{ "two keys", "HFy", false, false, 1 },
	{ "return, two keys", "BFy", false, false, 1 },
	{ "land, two keys", "SFy", false, false, 1 },
	{ "land in every pane", "1SF\0332SF\0333SF\0334SF\0335SFy", false, false, 1 },
	{ "the old letter of return", "RFy", false, false, 0 },
	{ "a line", ":hold D04\nFy", false, false, 1 },
	{ "several, hold", "*HFy", false, false, 12 },
	{ "Enter never sends", "HF\n\n\n", false, false, 0 },
	{ "typed before it was drawn", "Hy", false, false, 0 },
	{ "typed before it was shown", "Hfy", false, false, 0 },
	{ "typed ahead, then again", "HyFy", false, false, 1 },
	{ "typed ahead in the line", ":hold D04\nyF", false, false, 0 },
	{ "Y is not y", "HFY", false, false, 0 },
	{ "cancelled", "HF\033y", false, false, 0 },
	{ "too old: it must be seen again", "HFTfy", false, false, 0 },
	{ "too old, seen again", "HFTFy", false, false, 1 },
	{ "the drone changed", "HFCfy", false, false, 0 },
	{ "the drone changed between frame and key", "HFCy", false, false, 0 },
	{ "the drone changed, seen again", "HFCFy", false, false, 1 },
	{ "the link went", "HFLFy", false, false, 0 },
	{ "pasted", "HFPyp", false, false, 0 },
	{ "pasted into the line",
	    ":P"
	    "hold D04\ny"
	    "p",
	    false, false, 0 },
	{ "read-only", "HFy", true, false, 0 },
	{ "read-only, a line", ":hold D04\nFy", true, false, 0 },
	{ "replay", "HFy", false, true, 0 },
	{ "several, not counted", "*:speed\nFy", false, false, 0 },
	{ "several, counted wrong", "*:speed\nF11y", false, false, 0 },
	{ "several, counted", "*:speed\nF12y", false, false, 12 },
	{ "several, counted before it was shown", "*:speed\n12Fy", false, false, 0 },
	{ "kill for several", "*:kill\nF12y", false, false, 0 },
	{ "edited", "HFe\nFy", false, false, 0 },
};

static int play(struct ui *ui, const char *story)
{
	int64_t later = 0;
	struct ui_request r;
	int sent = 0;

	for (const char *p = story; *p; p++) {
		struct fixture_drone changed = fixture_drones[6];
		struct sample s;

		switch (*p) {
		case 'F':
		case 'f':
			/* All go on being heard. */
			for (size_t i = 0; i < ui->model.count; i++)
				ui->model.drones[i].arrived_mono = FIXTURE_MONO + later;
			fixture_frame(ui, later);
			if (*p == 'F')
				ui_shown(ui);
			break;
		case 'T':
			later += 16000;
			break;
		case 'C':
			changed.mode = MODE_LAND;
			s = fixture_sample(&changed, 1000, FIXTURE_MS + later);
			model_sample(
			    &ui->model, "D07", &s, true, FIXTURE_MONO + later, FIXTURE_MS + later);
			break;
		case 'L':
			model_set_link(&ui->model, LINK_GONE, FIXTURE_MS + later);
			break;
		case 'P':
			/* In "hold D04" it is a letter only here. */
			ui_key(ui, K_PASTE_BEGIN, FIXTURE_MONO + later);
			break;
		case 'p':
			if (ui->pasting) {
				ui_key(ui, K_PASTE_END, FIXTURE_MONO + later);
				break;
			}
			/* fall through */
		default:
			ui_key(ui, *p == '\n' ? K_ENTER : (uint32_t)*p, FIXTURE_MONO + later);
		}
	}
	while (ui_take(ui, &r)) {
		if (r.kind == REQUEST_SEND)
			sent += (int)r.intent.count;
		intent_clear(&r.intent);
	}
	return sent;
}

static void only_what_was_confirmed_is_sent(void **state)
{
	static struct ui ui;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		int sent;

		fixture_open(&ui, 120, 40);
		ui.read_only = stories[i].read_only;
		ui.model.replay = stories[i].replay;
		fixture_frame(&ui, 0);
		sent = play(&ui, stories[i].story);
		if (sent != stories[i].sent)
			fail_msg("%s: \"%s\" sent to %d drones, not %d (%s)", stories[i].legend,
			    stories[i].story, sent, stories[i].sent, ui.message);
		ui_free(&ui);
	}
}

/* Every key there is, in every pane, twice, with a frame between: nothing but
 * y after a preview sends. */
static void no_bare_key_sends(void **state)
{
	static struct ui ui;
	struct ui_request r;

	(void)state;
	for (int pane = 0; pane < PANE_COUNT; pane++) {
		for (uint32_t first = 1; first < 0x118; first++) {
			if (first == 0x7f)
				first = 0xff; /* Latin letters are keys of nothing */
			for (uint32_t again = 0; again < 2; again++) {
				uint32_t key = first < 0x100 ? first : KEYS_NAMED + first - 0x100;

				fixture_open(&ui, 120, 40);
				ui.focus = (enum pane)pane;
				fixture_frame(&ui, 0);
				ui_key(&ui, key, FIXTURE_MONO);
				fixture_frame(&ui, 0);
				ui_shown(&ui);
				ui_key(&ui, again ? key : K_ENTER, FIXTURE_MONO);
				while (ui_take(&ui, &r)) {
					if (r.kind == REQUEST_SEND)
						fail_msg("key %u in pane %d sends", key, pane);
					intent_clear(&r.intent);
				}
				ui_free(&ui);
			}
		}
	}
}

/* The row under the cursor may change; who is selected may not. */
static void selection_stays_with_its_drone(void **state)
{
	static struct ui ui;

	(void)state;
	fixture_open(&ui, 80, 24);
	for (int k = 0; k < 20; k++) {
		struct fixture_drone f = fixture_drones[k % 12];
		struct sample s;

		f.battery = 5 + k;
		f.mode = MODE_EMERGENCY;
		s = fixture_sample(&f, 2000 + (uint32_t)k, FIXTURE_MS + k * 1000);
		model_sample(
		    &ui.model, f.id, &s, true, FIXTURE_MONO + k * 1000, FIXTURE_MS + k * 1000);
		fixture_frame(&ui, k * 1000);
		assert_string_equal(ui_selected(&ui)->id, "D07");
	}
	ui_free(&ui);
}

/* The title of a preview: what is done must be in it, however long the names are. */
static void what_is_done_is_not_cut(void **state)
{
	static struct ui ui;
	struct intent o = { .cmd = CMD_SPEED };

	(void)state;
	fixture_open(&ui, 120, 40);
	o.drones = xcalloc(14, sizeof(*o.drones));
	for (; o.count < 14; o.count++) {
		struct sample s = fixture_sample(&fixture_drones[0], 1, FIXTURE_MS);
		char id[33];

		snprintf(id, sizeof(id), "name-that-is-as-long-as-can-be%02zu", o.count);
		model_sample(&ui.model, id, &s, true, FIXTURE_MONO, FIXTURE_MS);
		o.drones[o.count] = (size_t)(model_find(&ui.model, id) - ui.model.drones);
	}
	o.args.has[0] = true;
	o.args.number[0] = 8;
	preview_open(&ui.preview, &o, &ui.model);
	assert_non_null(strstr(ui.preview.title, "speed name-that-is-as-long-as-can-be00 "));
	assert_non_null(strstr(ui.preview.title, " and 10 more  speed 8 m/s"));
	o = (struct intent){ .cmd = CMD_VIDEO, .count = 1, .drones = xcalloc(1, sizeof(*o.drones)) };
	o.args.has[0] = true;
	preview_open(&ui.preview, &o, &ui.model);
	assert_non_null(strstr(ui.preview.title, "  off"));
	o = (struct intent){ .cmd = CMD_DISARM, .count = 1, .drones = xcalloc(1, sizeof(*o.drones)) };
	o.args.has[0] = true;
	o.args.number[0] = 1;
	preview_open(&ui.preview, &o, &ui.model);
	assert_string_equal(strstr(ui.preview.title, "  "), "  force");
	ui_free(&ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_confirmed_is_sent),
		cmocka_unit_test(no_bare_key_sends),
		cmocka_unit_test(selection_stays_with_its_drone),
		cmocka_unit_test(what_is_done_is_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
