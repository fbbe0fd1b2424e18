/* Where in the past we are: speed, pause, ends, loops, marks. */
#include "replay/playhead.h"
#include "unit.h"

#define S 1000000 /* us */

enum act { TICK, PLAY, PAUSE, SEEK, SPEED, FASTER, SLOWER, REVERSE, LOOP, IN, OUT, UNMARK, FIRST_TO };

struct step {
	enum act act;
	double value;     /* s for TICK (of the clock), SEEK, IN, OUT; speed */
	double at;        /* s where it is then */
	int playing;
	int jumped;
};

#define END { .act = -1 }

/* The past is 100 s long, and begins at its second 0. */
static const struct {
	const char *legend;
	struct step steps[16];
} cases[] = {
	{ "paused, it stays", { { TICK, 5, 0, 0, 0 }, { TICK, 50, 0, 0, 0 }, END } },
	{ "at speed 1 a second is a second",
	    { { PLAY, 0, 0, 1, 0 }, { TICK, 5, 0, 1, 0 }, { TICK, 6, 1, 1, 0 }, { TICK, 8.5, 3.5, 1, 0 }, END } },
	{ "pause holds it, and what passed meanwhile does not count",
	    { { PLAY, 0, 0, 1, 0 }, { TICK, 1, 0, 1, 0 }, { TICK, 2, 1, 1, 0 }, { PAUSE, 0, 1, 0, 0 },
		{ TICK, 60, 1, 0, 0 }, { PLAY, 0, 1, 1, 0 }, { TICK, 61, 1, 1, 0 }, { TICK, 62, 2, 1, 0 }, END } },
	{ "a change of speed begins where it is",
	    { { PLAY, 0, 0, 1, 0 }, { TICK, 0, 0, 1, 0 }, { TICK, 10, 10, 1, 0 }, { SPEED, 10, 10, 1, 0 },
		{ TICK, 10, 10, 1, 0 }, { TICK, 12, 30, 1, 0 }, { SPEED, 0.1, 30, 1, 0 }, { TICK, 12, 30, 1, 0 },
		{ TICK, 22, 31, 1, 0 }, END } },
	{ "speeds that are none change nothing",
	    { { PLAY, 0, 0, 1, 0 }, { SPEED, 0, 0, 1, 0 }, { SPEED, 1001, 0, 1, 0 }, { SPEED, -0.05, 0, 1, 0 },
		{ TICK, 0, 0, 1, 0 }, { TICK, 3, 3, 1, 0 }, END } },
	{ "backward it goes back, and pauses at the beginning",
	    { { SEEK, 20, 20, 0, 0 }, { SPEED, -10, 20, 0, 0 }, { PLAY, 0, 20, 1, 0 }, { TICK, 0, 20, 1, 0 },
		{ TICK, 1, 10, 1, 0 }, { TICK, 3, 0, 0, 0 }, END } },
	{ "at the end it pauses; play begins again",
	    { { SEEK, 99, 99, 0, 0 }, { PLAY, 0, 99, 1, 0 }, { TICK, 0, 99, 1, 0 }, { TICK, 5, 100, 0, 0 },
		{ TICK, 9, 100, 0, 0 }, { PLAY, 0, 0, 1, 0 }, { TICK, 10, 0, 1, 0 }, { TICK, 11, 1, 1, 0 }, END } },
	{ "reverse keeps the pace",
	    { { SEEK, 50, 50, 0, 0 }, { SPEED, 5, 50, 0, 0 }, { REVERSE, 0, 50, 0, 0 }, { PLAY, 0, 50, 1, 0 },
		{ TICK, 0, 50, 1, 0 }, { TICK, 2, 40, 1, 0 }, { REVERSE, 0, 40, 1, 0 }, { TICK, 2, 40, 1, 0 },
		{ TICK, 3, 45, 1, 0 }, END } },
	{ "a loop shows the end, then goes round",
	    { { LOOP, 1, 0, 0, 0 }, { SEEK, 99, 99, 0, 0 }, { PLAY, 0, 99, 1, 0 }, { TICK, 0, 99, 1, 0 },
		{ TICK, 2, 100, 1, 0 }, { TICK, 2.1, 0, 1, 1 }, { TICK, 3.1, 1, 1, 0 }, END } },
	{ "between two marks",
	    { { LOOP, 1, 0, 0, 0 }, { IN, 10, 0, 0, 0 }, { OUT, 12, 0, 0, 0 }, { SEEK, 11, 11, 0, 0 },
		{ PLAY, 0, 11, 1, 0 }, { TICK, 0, 11, 1, 0 }, { TICK, 1.5, 12, 1, 0 }, { TICK, 1.6, 10, 1, 1 },
		{ TICK, 2.6, 11, 1, 0 }, END } },
	{ "beyond the marks it plays on",
	    { { LOOP, 1, 0, 0, 0 }, { IN, 10, 0, 0, 0 }, { OUT, 12, 0, 0, 0 }, { SEEK, 20, 20, 0, 0 },
		{ PLAY, 0, 20, 1, 0 }, { TICK, 0, 20, 1, 0 }, { TICK, 5, 25, 1, 0 }, END } },
	{ "marks mean nothing without a loop, or once they are gone",
	    { { IN, 10, 0, 0, 0 }, { OUT, 12, 0, 0, 0 }, { SEEK, 11, 11, 0, 0 }, { PLAY, 0, 11, 1, 0 },
		{ TICK, 0, 11, 1, 0 }, { TICK, 5, 16, 1, 0 }, { LOOP, 1, 16, 1, 0 }, { UNMARK, 0, 16, 1, 0 },
		{ SEEK, 11, 11, 1, 0 }, { TICK, 5, 11, 1, 0 }, { TICK, 9, 15, 1, 0 }, END } },
	{ "a mark on the wrong side drops the other",
	    { { LOOP, 1, 0, 0, 0 }, { IN, 10, 0, 0, 0 }, { OUT, 5, 0, 0, 0 }, { SEEK, 4, 4, 0, 0 },
		{ PLAY, 0, 4, 1, 0 }, { TICK, 0, 4, 1, 0 }, { TICK, 9, 13, 1, 0 }, END } },
	{ "nowhere beyond the ends",
	    { { SEEK, -5, 0, 0, 0 }, { SEEK, 500, 100, 0, 0 }, { FIRST_TO, 40, 40, 0, 0 }, END } },
	{ "steps of speed: 1 2 5 and back to 0.5",
	    { { FASTER, 0, 0, 0, 0 }, { FASTER, 0, 0, 0, 0 }, { PLAY, 0, 0, 1, 0 }, { TICK, 0, 0, 1, 0 },
		{ TICK, 2, 10, 1, 0 }, { SLOWER, 0, 10, 1, 0 }, { SLOWER, 0, 10, 1, 0 }, { SLOWER, 0, 10, 1, 0 },
		{ TICK, 2, 10, 1, 0 }, { TICK, 4, 11, 1, 0 }, END } },
};

static void act(struct playhead *p, const struct step *s)
{
	int64_t ms = (int64_t)(s->value * 1000);

	switch (s->act) {
	case TICK: playhead_tick(p, (int64_t)(s->value * S)); break;
	case PLAY: playhead_play(p, true); break;
	case PAUSE: playhead_play(p, false); break;
	case SEEK: playhead_seek(p, ms); break;
	case SPEED: playhead_set_speed(p, s->value); break;
	case FASTER: playhead_faster(p, true); break;
	case SLOWER: playhead_faster(p, false); break;
	case REVERSE: playhead_reverse(p); break;
	case LOOP: p->loop = s->value != 0; break;
	case IN: playhead_mark_in(p, ms); break;
	case OUT: playhead_mark_out(p, ms); break;
	case UNMARK: playhead_clear_marks(p); break;
	case FIRST_TO: playhead_range(p, 0, ms); break;
	}
}

static void test_plays(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct playhead p;

		playhead_begin(&p, 0, 100000, 0);
		for (const struct step *s = cases[i].steps; (int)s->act != -1; s++) {
			act(&p, s);
			if (p.at_ms != (int64_t)(s->at * 1000) || p.playing != s->playing ||
			    (s->act == TICK && p.jumped != s->jumped))
				fail_msg("%s, step %d: at %lld playing %d jumped %d", cases[i].legend,
				    (int)(s - cases[i].steps), (long long)p.at_ms, p.playing, p.jumped);
		}
	}
}

static void test_speeds_end(void **state)
{
	struct playhead p;

	(void)state;
	playhead_begin(&p, 0, 1, 0);
	for (int i = 0; i < 30; i++)
		playhead_faster(&p, true);
	assert_float_equal(p.speed, 1000, 0);
	playhead_reverse(&p);
	for (int i = 0; i < 30; i++)
		playhead_faster(&p, false);
	assert_float_equal(p.speed, -0.1, 0);
}

static void test_waits(void **state)
{
	struct playhead p;

	(void)state;
	playhead_begin(&p, 0, 100000, 10000);
	assert_int_equal(playhead_wait_us(&p, 20000), -1);
	playhead_play(&p, true);
	playhead_set_speed(&p, 10);
	assert_int_equal(playhead_wait_us(&p, 20000), 1 * S);
	assert_int_equal(playhead_wait_us(&p, 5000), -1);
	playhead_set_speed(&p, -10);
	assert_int_equal(playhead_wait_us(&p, 5000), S / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plays),
		cmocka_unit_test(test_speeds_end),
		cmocka_unit_test(test_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
