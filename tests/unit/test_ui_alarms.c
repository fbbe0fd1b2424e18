/* Alarms on the screen: the list, acknowledging, the bell. */
#include "unit.h"

#include <math.h>

#include "ui/alarm_actions.h"
#include "ui_fixture.h"
#include "ui_golden.h"

static struct ui ui;

static void tell(const char *id, const char *rule, const char *drone, enum alarm_level level,
    enum alarm_state state, int ago_s, const char *text)
{
	struct alarm al = { .level = level, .state = state, .since = FIXTURE_MS - ago_s * 1000,
		.time = FIXTURE_MS - ago_s * 1000, .until = KEY_NONE, .count = KEY_NONE };

	str_copy(al.id, sizeof(al.id), id);
	str_copy(al.rule, sizeof(al.rule), rule);
	str_copy(al.drone, sizeof(al.drone), drone);
	str_copy(al.text, sizeof(al.text), text);
	if (state == ALARM_ACKED || state == ALARM_CLEARED || state == ALARM_SHELVED) {
		al.time += 15000;
		str_copy(al.by, sizeof(al.by), "jk@site");
	}
	if (state == ALARM_SHELVED) {
		al.until = FIXTURE_MS + 400000;
		str_copy(al.why, sizeof(al.why), "on the bench");
	}
	model_alarm(&ui.model, &al);
}

static void several(void)
{
	tell("b1", "return-energy", "D07", LEVEL_WARNING, ALARM_ACKED, 29,
	    "38 s to the point of no return, 9 % left at home: turn it back");
	tell("b2", "lost", "D03", LEVEL_CRITICAL, ALARM_ACKED, 41,
	    "not heard for 10 s: look where it was last seen");
	tell("b3", "wind", "D09", LEVEL_WARNING, ALARM_CLEARED, 600, "wind 9.8 m/s");
	tell("b4", "link-weak", "D10", LEVEL_WARNING, ALARM_SHELVED, 300, "radio link 12 %");
	tell("b5", "source-lost", "", LEVEL_CRITICAL, ALARM_RETURNED, 200, "bridge is not heard");
	tell("b6", "clock-skew", "D01", LEVEL_WATCH, ALARM_RAISED, 3, "the clock of bridge is 3 s off");
}

static void flood(void)
{
	for (int i = 1; i <= 12; i++) {
		char id[16], drone[16];

		snprintf(id, sizeof(id), "f%d", i);
		snprintf(drone, sizeof(drone), "D%02d", i);
		tell(id, "link-weak", drone, LEVEL_WARNING, i < 3 ? ALARM_ACKED : ALARM_RAISED, 100 - i,
		    "radio link 12 %: bring it nearer, or higher");
	}
}

static const struct {
	const char *name;
	int w, h;
	void (*prepare)(void);
	const char *keys;
} pictures[] = {
	{ "alarms-80", 80, 24, several, "" },
	{ "alarms-120", 120, 40, several, "" },
	{ "alarms-200", 200, 60, several, "" },
	{ "alarms-acked-80", 80, 24, several, "4jj" },
	{ "alarms-list-80", 80, 24, several, "4zjjj" },
	{ "alarms-ask-80", 80, 24, several, "A" },
	{ "alarms-flood-80", 80, 24, flood, "" },
	{ "alarms-flood-120", 120, 40, flood, "" },
	{ "alarms-flood-open-120", 120, 40, flood, "4zjj\r" },
};

static void pictures_are_as_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pictures); i++) {
		fixture_open(&ui, pictures[i].w, pictures[i].h);
		pictures[i].prepare();
		fixture_frame(&ui, 0);
		fixture_keys(&ui, pictures[i].keys);
		fixture_frame(&ui, 0);
		golden_compare(&ui.canvas, pictures[i].name, "test_ui_alarms");
		ui_free(&ui);
	}
}

enum { READ_ONLY = 1, REPLAY = 2, NO_LINK = 4, UNWATCHED = 8 };

/* Keys as in test_ui_safety.c: F a frame that is shown, f one that is drawn and
 * not shown, W half a second passes, N a new critical alarm. What is asked for
 * in the end, as words. */
static const struct {
	const char *legend, *story, *wish;
	unsigned how;
} stories[] = {
	{ "the most important", "FWa", "ack a1", 0 },
	{ "from any pane", "3FWa", "ack a1", 0 },
	{ "on the map too", "1FWa", "ack a1", 0 },
	{ "the one of the cursor", "4jjFWa", "ack b5", 0 },
	{ "the cursor stays with its alarm", "4jjFNFWa", "ack b5", 0 },
	{ "the cursor is on one that is acknowledged", "4jjjFWa", "", 0 },
	{ "just come: it is shown first", "FWNFa", "", 0 },
	{ "just come, then again", "FWNFaWa", "ack new", 0 },
	{ "never drawn", "NaFa", "", 0 },
	{ "all asks", "FA", "", 0 },
	{ "all, yes", "FAFy", "ack * to 7", 0 },
	{ "all, no", "FAF\033y", "", 0 },
	{ "all, typed ahead", "FAy", "", 0 },
	{ "all, drawn and not shown", "FAfy", "", 0 },
	{ "all: what comes after it was asked is not among them", "FAFNy", "ack * to 7", 0 },
	{ "next goes on, and acknowledges that one", "4nnFWa", "ack b5", 0 },
	{ "read-only", "FWa", "", READ_ONLY },
	{ "read-only, all", "FAFy", "", READ_ONLY },
	{ "read-only, a line", ":shelve D11 battery 10m test\nF", "", READ_ONLY },
	{ "replay", "FWa", "", REPLAY },
	{ "no link", "FWa", "", NO_LINK },
	{ "nobody keeps alarms", "FWa", "", UNWATCHED },
	{ "a line", ":ack D11 battery\n", "ack a1", 0 },
	{ "a line, all of a drone", ":ack D11\n", "ack D11 to 7", 0 },
	{ "a line, no such alarm", ":ack D11 bat\n", "", 0 },
	{ "shelve", ":shelve D11 battery 90s on the bench\n", "shelve a1 1.5 on the bench", 0 },
	{ "shelve, _ as good as -", ":shelve D07 return_energy 2h x\n", "shelve b1 120 x", 0 },
	{ "shelve without why", ":shelve D11 battery 10m\n", "", 0 },
	{ "shelve without end", ":shelve D11 battery on the bench\n", "", 0 },
	{ "shelve for ever", ":shelve D11 battery 25h x\n", "", 0 },
	{ "unshelve", ":unshelve D10 link-weak\n", "unshelve b4", 0 },
	{ "unshelve what is not", ":unshelve D11 battery\n", "", 0 },
};

static void play(const char *story)
{
	int64_t later = 0;

	for (const char *p = story; *p; p++) {
		if (ui.mode == UI_LINE) {
			ui_key(&ui, *p == '\n' ? K_ENTER : (uint32_t)*p, FIXTURE_MONO + later);
			continue;
		}
		switch (*p) {
		case 'F':
			fixture_frame(&ui, later);
			ui_shown(&ui);
			break;
		case 'f':
			fixture_frame(&ui, later);
			break;
		case 'W':
			later += 500;
			break;
		case 'N':
			tell("new", "fence-breach", "D02", LEVEL_CRITICAL, ALARM_RAISED, 0, "12 m past");
			break;
		default:
			ui_key(&ui, (uint32_t)*p, FIXTURE_MONO + later);
		}
	}
}

static void wishes(char *text, size_t size)
{
	struct ui_request r;
	size_t n = 0;

	text[0] = '\0';
	while (ui_take(&ui, &r)) {
		const struct alarm_wish *w = &r.wish;
		const char *id = *w->id ? w->id : *w->drone ? w->drone : *w->rule ? w->rule : "*";

		if (r.kind == REQUEST_ACK && *w->id)
			n += (size_t)snprintf(text + n, size - n, "ack %s", id);
		else if (r.kind == REQUEST_ACK)
			n += (size_t)snprintf(text + n, size - n, "ack %s to %d", id, (int)w->up_to);
		else if (r.kind == REQUEST_SHELVE)
			n += (size_t)snprintf(text + n, size - n, "shelve %s %g %s", id, w->minutes, w->why);
		else if (r.kind == REQUEST_UNSHELVE)
			n += (size_t)snprintf(text + n, size - n, "unshelve %s", id);
		intent_clear(&r.intent);
	}
}

static void what_was_seen_is_acknowledged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		char text[400];

		fixture_open(&ui, 120, 40);
		several();
		ui.read_only = stories[i].how & READ_ONLY;
		ui.model.replay = stories[i].how & REPLAY;
		ui.model.watched = !(stories[i].how & UNWATCHED);
		if (stories[i].how & NO_LINK)
			model_set_link(&ui.model, LINK_GONE, FIXTURE_MS);
		alarm_list_update(&ui.alarms, &ui.model);
		play(stories[i].story);
		wishes(text, sizeof(text));
		if (strcmp(text, stories[i].wish) != 0)
			fail_msg("%s: \"%s\" asked \"%s\", not \"%s\" (%s)", stories[i].legend,
			    stories[i].story, text, stories[i].wish, ui.message);
		ui_free(&ui);
	}
}

static void a_flood_is_grouped(void **state)
{
	char text[400];

	(void)state;
	fixture_open(&ui, 120, 40);
	flood();
	fixture_frame(&ui, 0);
	assert_true(ui.alarms.flood);
	/* a1 of the fixture, and one row for all of the rule. */
	assert_int_equal(ui.alarms.standing, 2);
	assert_int_equal(ui.alarms.rows[1].kind, ROW_GROUP);
	assert_int_equal(ui.alarms.rows[1].count, 12);
	assert_int_equal(ui.alarms.rows[1].unacked, 10);
	play("4jjFWa");
	wishes(text, sizeof(text));
	assert_string_equal(text, "ack link-weak to 13");
	/* Opened, and closed again. */
	fixture_keys(&ui, "\r");
	fixture_frame(&ui, 0);
	assert_int_equal(ui.alarms.standing, 13);
	ui.message[0] = '\0';
	ui_key(&ui, K_ESC, FIXTURE_MONO);
	fixture_frame(&ui, 0);
	assert_int_equal(ui.alarms.standing, 2);
	/* Eleven minutes later it is none. */
	fixture_frame(&ui, 11 * 60 * 1000);
	assert_false(ui.alarms.flood);
	ui_free(&ui);
}

static void the_list_asked_for_ends_what_it_lacks(void **state)
{
	struct alarm al;

	(void)state;
	fixture_open(&ui, 80, 24);
	several();
	model_alarms_begin(&ui.model);
	al = model_find_alarm(&ui.model, "b1")->alarm;
	/* An answer on its way while the feed was ahead. */
	al.state = ALARM_RAISED;
	al.time -= 1000;
	model_alarms_entry(&ui.model, &al);
	tell("late", "ceiling", "D01", LEVEL_WARNING, ALARM_RAISED, 0, "7 m above");
	model_alarms_end(&ui.model, true);
	assert_int_equal(ui.model.alarm_count, 2);
	assert_int_equal(model_find_alarm(&ui.model, "b1")->alarm.state, ALARM_ACKED);
	assert_non_null(model_find_alarm(&ui.model, "late"));
	/* One that was cut says nothing of the others. */
	model_alarms_begin(&ui.model);
	model_alarms_end(&ui.model, false);
	assert_int_equal(ui.model.alarm_count, 2);
	ui_free(&ui);
}

static void a_full_table_keeps_what_matters(void **state)
{
	char id[16];

	(void)state;
	fixture_open(&ui, 80, 24);
	for (int i = 0; i < MODEL_ALARMS_MAX; i++) {
		snprintf(id, sizeof(id), "w%d", i);
		tell(id, "link-weak", "D01", LEVEL_WARNING, ALARM_RAISED, 1, "weak");
	}
	assert_int_equal(ui.model.alarm_count, MODEL_ALARMS_MAX);
	tell("x", "stale", "D01", LEVEL_WATCH, ALARM_RAISED, 0, "old");
	assert_null(model_find_alarm(&ui.model, "x"));
	tell("y", "lost", "D02", LEVEL_CRITICAL, ALARM_RAISED, 0, "lost");
	assert_non_null(model_find_alarm(&ui.model, "y"));
	assert_non_null(model_find_alarm(&ui.model, "a1"));
	assert_true(ui.model.alarms_left_out > 0);
	ui_free(&ui);
}

/* n a warning, C a critical alarm, w a watch, R one of n raised again, A it is
 * acknowledged, T a tenth of a second, S a second, M the key, . the end of a frame. */
static const struct {
	const char *legend, *level, *story;
	int rings;
} bells[] = {
	{ "one alarm, one ring", "critical", "C....", 1 },
	{ "not of a lower level", "critical", "n.w.", 0 },
	{ "from its level on", "warning", "C.SSSn.", 2 },
	{ "never", "none", "C.n.", 0 },
	{ "two at once ring once", "critical", "CC.", 1 },
	{ "too soon after the first: later", "critical", "C.TC.T.T.", 1 },
	{ "and then it rings", "critical", "C.TC.SSS.", 2 },
	{ "acknowledged rings no more", "warning", "n.SSSSA.SSSS.", 1 },
	{ "silenced", "critical", "M.C.", 0 },
	{ "silence over: what came meanwhile does not ring", "critical", "M.C.SSSSSM.SSSS.", 0 },
	{ "silence over: what comes rings", "critical", "M.MC.", 1 },
};

static void the_bell_rings_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bells); i++) {
		int64_t later = 0;
		int rings = 0;
		char id[2] = "1";

		fixture_open(&ui, 80, 24);
		ui.bell.level = bell_level(bells[i].level);
		fixture_frame(&ui, 0);
		ui.bell.rung_mono = 0;
		for (const char *p = bells[i].story; *p; p++) {
			if (strchr("nCw", *p)) {
				id[0]++;
				tell(id, "r", "D01", *p == 'n' ? LEVEL_WARNING : *p == 'C' ? LEVEL_CRITICAL : LEVEL_WATCH,
				    ALARM_RAISED, 0, "text");
			} else if (*p == 'A') {
				tell(id, "r", "D01", LEVEL_WARNING, ALARM_ACKED, 0, "text");
			} else if (*p == 'M') {
				ui_key(&ui, 'M', FIXTURE_MONO + later);
			} else if (*p != '.') {
				later += *p == 'S' ? 1000 : 100;
			} else {
				fixture_frame(&ui, later);
				rings += ui.bell.ring;
			}
		}
		if (rings != bells[i].rings)
			fail_msg("%s: \"%s\" rang %d times, not %d", bells[i].legend, bells[i].story, rings,
			    bells[i].rings);
		ui_free(&ui);
	}
}

static void a_replay_never_rings(void **state)
{
	(void)state;
	fixture_open(&ui, 80, 24);
	ui.bell.level = LEVEL_WATCH;
	fixture_frame(&ui, 0);
	ui.bell.rung_mono = 0;
	ui.model.replay = true;
	tell("r1", "lost", "D03", LEVEL_CRITICAL, ALARM_RAISED, 0, "lost");
	fixture_frame(&ui, 5000);
	assert_false(ui.bell.ring);
	assert_false(ui.bell.due);
	ui_free(&ui);
}

static void alarms_mark_their_drones(void **state)
{
	(void)state;
	fixture_open(&ui, 80, 24);
	tell("m1", "separation", "D04", LEVEL_WARNING, ALARM_RAISED, 0, "18 m from D05");
	tell("m2", "lost", "D03", LEVEL_CRITICAL, ALARM_RAISED, 0, "not heard");
	tell("m3", "satellites", "D05", LEVEL_WATCH, ALARM_RAISED, 0, "position is poor");
	tell("m4", "fence-breach", "D06", LEVEL_CRITICAL, ALARM_SHELVED, 0, "past the limit");
	fixture_frame(&ui, 0);
	assert_int_equal(model_find(&ui.model, "D04")->health, HEALTH_WARN);
	assert_string_equal(model_find(&ui.model, "D04")->reason, "18 m from D05");
	/* Lost looks lost, not critical; a watch marks nothing; what is put aside neither. */
	assert_int_equal(model_find(&ui.model, "D03")->health, HEALTH_LOST);
	assert_int_equal(model_find(&ui.model, "D05")->health, HEALTH_OK);
	assert_int_equal(model_find(&ui.model, "D06")->health, HEALTH_OK);
	ui_free(&ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_are_as_before),
		cmocka_unit_test(what_was_seen_is_acknowledged),
		cmocka_unit_test(a_flood_is_grouped),
		cmocka_unit_test(the_list_asked_for_ends_what_it_lacks),
		cmocka_unit_test(a_full_table_keeps_what_matters),
		cmocka_unit_test(the_bell_rings_once),
		cmocka_unit_test(a_replay_never_rings),
		cmocka_unit_test(alarms_mark_their_drones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
