/* What was known last of a drone, and what follows from it. */
#include "unit.h"

#include <math.h>

#include "ui/last_known.h"
#include "ui_fixture.h"
#include "ui_golden.h"

static struct ui ui;

/* A drone heard for a minute and then silent: speed north, charge falling 0.1 %
 * a second from 50 %, home where the fixture has it. */
static const struct lost_case {
	const char *legend;
	double speed, battery, age_s;
	unsigned without; /* fields not told, a bit each */
	bool ground;
	double ghost_m, radius_m, left_s; /* NAN: not known */
} lost_cases[] = {
	{ "on its way", 10, 50, 41, 0, false, 410, 410, 459 },
	{ "hovering: it may still have flown as fast as before", 0, 50, 60, 0, false, 0, 60 * 12, 440 },
	{ "charge used up: no further", 10, 2, 100, 0, false, 200, 200, -80 },
	{ "only seen hovering: how far is not known", 0, 50, 41, 1u << FIELD_speed, false, NAN, NAN, 459 },
	{ "on the ground: it stays", 0, 50, 41, 0, true, NAN, NAN, NAN },
	{ "course not known: no ghost", 10, 50, 41, 1u << FIELD_course, false, NAN, 410, 459 },
	{ "charge not known: no end", 10, 50, 1000, 1u << FIELD_battery, false, 10000, 10000, NAN },
	{ "flags not told: it may be in the air", 10, 50, 41, 1u << FIELD_flags, false, NAN, NAN, NAN },
};

static struct ui_drone *lose(const struct lost_case *l)
{
	struct ui_drone *d = model_add(&ui.model, "L1");

	d->filled = d->plan_wanted = true;
	for (uint32_t k = 0; k < 60; k++) {
		struct fixture_drone f = { "L1", 1000 + k * l->speed, 0, l->ground ? 0 : 60,
			!l->speed && k == 30 && !l->ground ? 12 : l->speed, 0,
			l->battery + (59 - k) * 0.1, 0, MODE_MISSION, !l->ground };
		int64_t ago = (int64_t)(l->age_s * 1000) + (59 - (int64_t)k) * 1000;
		struct sample s = fixture_sample(&f, k, FIXTURE_MS - ago);

		for (int field = 0; field < FIELD_COUNT; field++) {
			if (l->without >> field & 1)
				s.known &= ~(1u << field);
		}
		model_sample(&ui.model, "L1", &s, true, FIXTURE_MONO - ago, FIXTURE_MS - ago);
	}
	ui_tick(&ui, FIXTURE_MONO, FIXTURE_MS);
	return model_find(&ui.model, "L1");
}

static void near(const char *legend, const char *what, double is, double wanted)
{
	if (isnan(is) != isnan(wanted) || fabs(is - wanted) > 1 + fabs(wanted) * 0.02)
		fail_msg("%s: %s is %g, not %g", legend, what, is, wanted);
}

static void it_follows_from_the_last_sample(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lost_cases); i++) {
		const struct lost_case *l = &lost_cases[i];
		const struct ui_drone *d;
		struct last_known k;
		double bearing;

		fixture_open(&ui, 80, 24);
		d = lose(l);
		last_known(d, &k);
		near(l->legend, "its age", k.age_s, l->age_s);
		near(l->legend, "the ghost's way",
		    k.ghost_known ? geo_inverse(k.at, k.ghost, &bearing) : NAN, l->ghost_m);
		near(l->legend, "the circle", k.radius_m, l->radius_m);
		near(l->legend, "what is left of the charge", k.left_s, l->left_s);
		assert_int_equal(last_known_moves(&k), !l->ground && k.placed);
		ui_free(&ui);
	}
}

static void a_circle_grows_and_ends(void **state)
{
	double before = -1;

	(void)state;
	for (int age = 1; age < 200; age += 10) {
		struct lost_case l = { "", 10, 10, age, 0, false, 0, 0, 0 };
		struct last_known k;

		fixture_open(&ui, 80, 24);
		last_known(lose(&l), &k);
		assert_true(k.radius_m >= before);
		assert_true(k.radius_m <= 10.0 * 100 * 1.03);
		before = k.radius_m;
		ui_free(&ui);
	}
}

static void unknown_is_said(void **state)
{
	static const struct lost_case nothing = { "", 10, 50, 41,
		1u << FIELD_battery | 1u << FIELD_speed | 1u << FIELD_course | 1u << FIELD_height |
		    1u << FIELD_link,
		false, 0, 0, 0 };
	struct last_known_line lines[LAST_KNOWN_LINES];
	struct last_known k;
	const struct ui_drone *d;

	(void)state;
	fixture_open(&ui, 80, 24);
	d = lose(&nothing);
	last_known(d, &k);
	assert_int_equal(last_known_lines(d, &k, lines, LAST_KNOWN_LINES), LAST_KNOWN_LINES);
	assert_string_equal(lines[1].text, "not known  within ?");
	assert_string_equal(lines[2].text, "? % then  how long: not known");
	assert_string_equal(lines[3].text, "? m high  ? m/s  ?\u00b0");
	assert_non_null(strstr(lines[7].text, "tells not"));
	ui_free(&ui);
}

static const struct {
	const char *name;
	int w, h;
} pictures[] = { { "lost-80", 80, 24 }, { "lost-120", 120, 40 }, { "lost-200", 200, 60 } };

static void pictures_are_as_before(void **state)
{
	static const struct lost_case away = { "", 10, 50, 41, 0, false, 0, 0, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pictures); i++) {
		const struct ui_drone *d;

		fixture_open(&ui, pictures[i].w, pictures[i].h);
		d = lose(&away);
		ui_select(&ui, (size_t)(d - ui.model.drones));
		fixture_frame(&ui, 0);
		fixture_keys(&ui, "0-");
		fixture_frame(&ui, 0);
		golden_compare(&ui.canvas, pictures[i].name, "test_ui_lost");
		ui_free(&ui);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_follows_from_the_last_sample),
		cmocka_unit_test(a_circle_grows_and_ends),
		cmocka_unit_test(unknown_is_said),
		cmocka_unit_test(pictures_are_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
