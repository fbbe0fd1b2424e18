/* What was not recorded shows as a gap in a sparkline, never as a value. */
#include "unit.h"

#include <locale.h>

#include "base/mem.h"
#include "ui/canvas.h"
#include "ui/sparkline.h"
#include "ui/theme.h"

/* Samples every step_ms from from_ms to to_ms, both with them, or none where step is 0. */
struct series {
	int64_t from_ms, to_ms, step_ms;
	uint32_t boot, seq;
};

static void lay(struct trail *t, const struct series *s)
{
	uint32_t seq = s->seq;

	for (int64_t at = s->from_ms; s->step_ms && at <= s->to_ms; at += s->step_ms) {
		struct sample sample = { .known = 0 };

		sample_set(&sample, FIELD_boot, s->boot);
		sample_set(&sample, FIELD_seq, seq++);
		sample_set(&sample, FIELD_time, at);
		sample_set(&sample, FIELD_battery, 500);
		trail_add(t, &sample);
	}
}

static void draw(const struct trail *t, int w, int64_t silent_ms, char *out)
{
	struct canvas c;

	canvas_init(&c, w, 1);
	canvas_clear(&c);
	sparkline_draw(&c, 0, 0, w, ROLE_SPARK, t, TRAIL_BATTERY, 0, 100, 0, silent_ms);
	for (int i = 0; i < w; i++) {
		uint32_t ch = canvas_at(&c, i, 0)->ch;

		out[i] = ch == ' ' ? ' ' : ch == 0xb7 ? '.' : ch >= 0x2581 && ch <= 0x2588 ? '#' : '?';
	}
	out[w] = '\0';
	canvas_free(&c);
}

static void gaps_are_gaps(void **state)
{
	static const struct {
		const char *legend;
		struct series parts[3];
		int64_t silent_ms;
		const char *want;
	} cases[] = {
		{ "twenty seconds at 10 Hz", { { 0, 19900, 100, 1, 0 } }, 0, "####################" },
		{ "twenty seconds at 1 Hz", { { 0, 19000, 1000, 1, 0 } }, 0, "####################" },
		{ "a clock that jitters below a second", { { 0, 18620, 980, 1, 0 } }, 0,
		    "  ##################" },
		{ "every two seconds: the first of two holds", { { 0, 18000, 2000, 1, 0 } }, 0,
		    " ###################" },
		{ "six seconds of samples lost at 10 Hz",
		    { { 0, 5900, 100, 1, 0 }, { 12000, 19900, 100, 1, 120 } }, 0, "######......########" },
		{ "three of 1 Hz lost", { { 0, 9000, 1000, 1, 0 }, { 13000, 19000, 1000, 1, 13 } }, 0,
		    "##########...#######" },
		{ "what was lost is filled in",
		    { { 0, 5900, 100, 1, 0 }, { 12000, 19900, 100, 1, 120 }, { 6000, 11900, 100, 1, 60 } }, 0,
		    "####################" },
		{ "a restart is a gap even where it is short",
		    { { 0, 9000, 1000, 1, 0 }, { 12000, 19000, 1000, 2, 0 } }, 0, "##########..########" },
		{ "a silence in which nothing was lost",
		    { { 0, 3000, 1000, 1, 0 }, { 15000, 19000, 1000, 1, 4 } }, 0, "####...........#####" },
		{ "one that is silent now", { { 0, 9000, 1000, 1, 0 } }, 10000, "##########.........." },
		{ "nothing before the first", { { 14000, 19000, 1000, 1, 0 } }, 0, "              ######" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct trail t = { 0 };
		char got[32];

		for (size_t k = 0; k < 3; k++)
			lay(&t, &cases[i].parts[k]);
		draw(&t, 20, cases[i].silent_ms, got);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: \"%s\" where \"%s\" was meant", cases[i].legend, got, cases[i].want);
		trail_clear(&t);
	}
}

/* However long the trail, a column is whole seconds and the newest is right. */
static void five_minutes_at_most(void **state)
{
	struct trail t = { 0 };
	char got[64];

	(void)state;
	lay(&t, &(struct series){ 0, 1000, 1000, 1, 0 });
	lay(&t, &(struct series){ 3600000, 3600000 + 30000, 1000, 1, 3600 });
	draw(&t, 30, 0, got);
	assert_string_equal(got, "..........................####");
	trail_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_are_gaps),
		cmocka_unit_test(five_minutes_at_most),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
