/* The life of an alarm and its debounce: every step by table, and random walks
 * under fixed seeds that must never break what is promised. */
#include "unit.h"

#include <stdlib.h>

#include "alarm/condition.h"
#include "alarm/lifecycle.h"
#include "alarm_fixture.h"
#include "base/mem.h"
#include "base/rng.h"

enum act { COMES, GOES, ACK, SHELVE, OUT, UNSHELVE, CLOCK_EARLY, CLOCK_LATE };

static bool act(struct life *l, enum act a)
{
	switch (a) {
	case COMES: return life_condition(l, true);
	case GOES: return life_condition(l, false);
	case ACK: return life_ack(l);
	case SHELVE: return life_shelve(l, 2000, 1000);
	case OUT: return life_out(l);
	case UNSHELVE: return life_unshelve(l);
	case CLOCK_EARLY: return life_clock(l, 1999);
	default: return life_clock(l, 2000);
	}
}

static void test_every_step(void **state)
{
	static const struct {
		int from;
		bool holds, latch;
		enum act act;
		int to; /* the same as from: nothing is told */
	} cases[] = {
		{ ALARM_UNKNOWN, false, false, COMES, ALARM_RAISED },
		{ ALARM_UNKNOWN, false, false, GOES, ALARM_UNKNOWN },
		{ ALARM_UNKNOWN, false, false, ACK, ALARM_UNKNOWN },
		{ ALARM_UNKNOWN, false, false, SHELVE, ALARM_UNKNOWN },
		{ ALARM_RAISED, true, false, COMES, ALARM_RAISED },
		{ ALARM_RAISED, true, false, GOES, ALARM_RETURNED },
		{ ALARM_RAISED, true, false, ACK, ALARM_ACKED },
		{ ALARM_RAISED, true, false, SHELVE, ALARM_SHELVED },
		{ ALARM_RAISED, true, false, UNSHELVE, ALARM_RAISED },
		{ ALARM_ACKED, true, false, COMES, ALARM_ACKED },
		{ ALARM_ACKED, true, false, GOES, ALARM_CLEARED },
		{ ALARM_ACKED, true, true, GOES, ALARM_RETURNED },
		{ ALARM_ACKED, true, false, ACK, ALARM_ACKED },
		{ ALARM_ACKED, true, false, SHELVE, ALARM_SHELVED },
		{ ALARM_RETURNED, false, false, COMES, ALARM_RAISED },
		{ ALARM_RETURNED, false, false, GOES, ALARM_RETURNED },
		{ ALARM_RETURNED, false, false, ACK, ALARM_CLEARED },
		{ ALARM_RETURNED, false, true, ACK, ALARM_CLEARED },
		{ ALARM_RETURNED, false, false, SHELVE, ALARM_SHELVED },
		{ ALARM_SHELVED, true, false, COMES, ALARM_SHELVED },
		{ ALARM_SHELVED, true, false, GOES, ALARM_SHELVED },
		{ ALARM_SHELVED, true, false, ACK, ALARM_SHELVED },
		{ ALARM_SHELVED, true, false, CLOCK_EARLY, ALARM_SHELVED },
		{ ALARM_SHELVED, true, false, CLOCK_LATE, ALARM_RAISED },
		{ ALARM_SHELVED, false, false, CLOCK_LATE, ALARM_CLEARED },
		{ ALARM_SHELVED, true, false, UNSHELVE, ALARM_RAISED },
		{ ALARM_SHELVED, false, false, UNSHELVE, ALARM_CLEARED },
		{ ALARM_CLEARED, false, false, COMES, ALARM_CLEARED },
		{ ALARM_CLEARED, false, false, ACK, ALARM_CLEARED },
		{ ALARM_CLEARED, false, false, SHELVE, ALARM_CLEARED },
		{ ALARM_UNKNOWN, false, false, OUT, ALARM_UNKNOWN },
		{ ALARM_RAISED, true, false, OUT, ALARM_OUT },
		{ ALARM_ACKED, true, false, OUT, ALARM_OUT },
		{ ALARM_RETURNED, false, false, OUT, ALARM_OUT },
		{ ALARM_SHELVED, true, false, OUT, ALARM_OUT },
		{ ALARM_CLEARED, false, false, OUT, ALARM_CLEARED },
		{ ALARM_OUT, true, false, OUT, ALARM_OUT },
		{ ALARM_OUT, true, false, COMES, ALARM_OUT },
		{ ALARM_OUT, true, false, GOES, ALARM_OUT },
		{ ALARM_OUT, true, false, ACK, ALARM_OUT },
		{ ALARM_OUT, true, false, SHELVE, ALARM_OUT },
		{ ALARM_OUT, true, false, CLOCK_LATE, ALARM_OUT },
		{ ALARM_OUT, true, false, UNSHELVE, ALARM_RAISED },
		{ ALARM_OUT, false, false, UNSHELVE, ALARM_CLEARED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct life l = { .state = cases[i].from,
			.holds = cases[i].holds,
			.latch = cases[i].latch,
			.shelved_until_ms = cases[i].from == ALARM_SHELVED ? 2000 : 0 };
		char legend[64];

		snprintf(legend, sizeof(legend), "row %zu, %s, act %d", i,
		    alarm_state_names[cases[i].from], cases[i].act);
		CHECK(legend, act(&l, cases[i].act) == (cases[i].from != cases[i].to));
		CHECK(legend, l.state == cases[i].to);
	}
}

static void test_shelving_has_bounds(void **state)
{
	struct life l = { .state = ALARM_RAISED, .holds = true };

	(void)state;
	assert_false(life_shelve(&l, 1000, 1000));
	assert_false(life_shelve(&l, 1001 + SHELVE_MAX_MS, 1000));
	assert_int_equal(l.state, ALARM_RAISED);
	assert_true(life_shelve(&l, 1000 + SHELVE_MAX_MS, 1000));
	/* Shelved anew: another end, which is told. */
	assert_true(life_shelve(&l, 5000, 2000));
	assert_true(life_clock(&l, 5000));
}

static void test_random_lives(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct life l = { .latch = seed % 3 == 0 };
		int64_t now = 1000, shelved_at = 0;
		struct rng rng;

		rng_init(&rng, seed, 0);
		for (int i = 0; i < 500; i++) {
			int before = l.state;
			bool held = l.holds, changed = false;
			unsigned what = (unsigned)(rng_next(&rng) % 7);

			now += (int64_t)(rng_next(&rng) % 2000);
			switch (what) {
			case 0: changed = life_condition(&l, true); break;
			case 1: changed = life_condition(&l, false); break;
			case 2:
				changed = life_ack(&l);
				assert_int_equal(l.holds, held); /* seeing it does not mend it */
				assert_true(l.state != ALARM_RAISED);
				break;
			case 3:
				changed =
				    life_shelve(&l, now + (int64_t)(rng_next(&rng) % 9000), now);
				shelved_at = changed ? now : shelved_at;
				break;
			case 4: changed = life_unshelve(&l); break;
			case 5: changed = life_out(&l); break;
			default: changed = life_clock(&l, now); break;
			}
			assert_true(changed || l.state == before);
			if (changed && what != 3)
				assert_int_not_equal(l.state, before);
			/* Who is told that it holds, and that it does not. */
			if (l.state == ALARM_RAISED || l.state == ALARM_ACKED)
				assert_true(l.holds);
			if (l.state == ALARM_RETURNED || l.state == ALARM_CLEARED)
				assert_false(l.holds);
			if (before == ALARM_RAISED && l.state == ALARM_CLEARED)
				fail_msg(
				    "seed %d: it ended without anybody having seen it", (int)seed);
			/* No shelf without an end. */
			if (l.state == ALARM_SHELVED) {
				assert_true(l.shelved_until_ms > shelved_at);
				assert_true(l.shelved_until_ms - shelved_at <= SHELVE_MAX_MS);
			} else {
				assert_true(l.state == before || l.state != ALARM_SHELVED);
			}
			if (l.state == ALARM_CLEARED)
				l = (struct life){ .latch = l.latch };
		}
		if (l.state == ALARM_SHELVED) {
			assert_true(life_clock(&l, l.shelved_until_ms));
			assert_int_not_equal(l.state, ALARM_SHELVED);
		}
	}
}

static void test_pending(void **state)
{
	static const struct {
		const char *legend;
		int64_t hold_ms;
		unsigned hold_samples;
		const char
		    *seen; /* t true, f false, u unknown, T a tick that sees true; 100 ms apart */
		int raised_at;      /* index; -1: never */
	} cases[] = {
		{ "at once", 0, 0, "t", 0 },
		{ "a time", 300, 0, "tttttt", 3 },
		{ "false begins anew", 300, 0, "ttftttttt", 6 },
		{ "unknown neither helps nor harms a time", 300, 0, "tuuut", 4 },
		{ "unknown never raises", 300, 0, "tuuuuuu", -1 },
		{ "a count", 0, 3, "ttt", 2 },
		{ "a count begins anew", 0, 3, "ttfttt", 5 },
		{ "unknown does not count, nor break", 0, 3, "tutut", 4 },
		{ "the clock does not count", 0, 3, "tTTTtt", 5 },
		{ "never true", 0, 1, "fuf", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pending p = { 0 };
		int raised_at = -1;

		for (int k = 0; cases[i].seen[k] && raised_at < 0; k++) {
			char c = cases[i].seen[k];
			int truth = c == 'f' ? TRUTH_FALSE : c == 'u' ? TRUTH_UNKNOWN : TRUTH_TRUE;

			if (pending_step(&p, truth, cases[i].hold_ms, cases[i].hold_samples,
				c != 'T', 5000 + 100 * k))
				raised_at = k;
		}
		CHECK(cases[i].legend, raised_at == cases[i].raised_at);
	}
}

/* Through the watch ------------------------------------------------------------ */

/* What must be true of the changes told, one by one. */
struct ledger {
	char id[16][COMMAND_ID_SIZE]; /* of what stands, by slot */
	char key[16][2 * NAME_SIZE];
	int state[16];
	int alarms;                   /* ids seen */
	uint64_t last_time;
};

static void keep_books(struct ledger *b, const struct watch_alarm *a)
{
	char key[2 * NAME_SIZE];
	int slot = -1, empty = -1;

	snprintf(key, sizeof(key), "%s %s", a->al.rule, a->subject);
	assert_true(a->al.time >= b->last_time && a->al.since <= a->al.time);
	b->last_time = a->al.time;
	for (int i = 0; i < 16; i++) {
		if (b->state[i] && strcmp(b->key[i], key) == 0)
			slot = i;
		if (!b->state[i] && empty < 0)
			empty = i;
	}
	if (slot < 0) {
		assert_int_equal(a->al.state, ALARM_RAISED); /* nothing else begins */
		assert_true(empty >= 0);
		slot = empty;
		b->alarms++;
		str_copy(b->id[slot], sizeof(b->id[slot]), a->al.id);
		str_copy(b->key[slot], sizeof(b->key[slot]), key);
	} else {
		/* One of a rule and drone at a time, under one id from begin to end. */
		assert_string_equal(b->id[slot], a->al.id);
		assert_true(a->al.state != b->state[slot] || a->al.state == ALARM_SHELVED);
	}
	assert_true((a->al.state == ALARM_SHELVED) == (a->al.until != KEY_NONE));
	b->state[slot] = a->al.state == ALARM_CLEARED ? 0 : a->al.state;
}

static void keep_all(struct ledger *b, struct scene *s)
{
	struct watch_alarm a;

	while (watch_next(s->watch, &a))
		keep_books(b, &a);
}

static void test_random_days(void **state)
{
	static const struct rule_words own[] = {
		{ .name = "latched", .when = "link < 50", .clear = "60", .latch = 1 },
		{ .name = "counted", .when = "sats < 8", .hold = "4x", .latch = 0 },
		{ .name = "timed", .when = "hdop > 2", .hold = "1s", .latch = 0 },
	};

	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct scene s = scene_open(own, ARRAY_LEN(own));
		struct ledger books = { 0 };
		struct rng rng;
		struct err err;

		rng_init(&rng, seed, 1);
		for (int i = 0; i < 1500; i++) {
			struct sample m = sound_sample(&s);
			unsigned what = (unsigned)(rng_next(&rng) % 40);
			size_t n;
			struct watch_alarm *list;

			sample_set_value(&m, FIELD_battery, rng_between(&rng, 4, 30));
			sample_set_value(&m, FIELD_link, rng_between(&rng, 20, 100));
			sample_set_value(&m, FIELD_sats, rng_between(&rng, 4, 12));
			sample_set_value(&m, FIELD_hdop, rng_between(&rng, 1, 3));
			if (what == 0)
				m.known &=
				    ~(UINT64_C(1) << FIELD_battery | UINT64_C(1) << FIELD_link);
			scene_fly(&s, "D01", m, 1 + (int)(rng_next(&rng) % 6));
			if (what == 1)
				scene_quiet(&s, 12000);
			list = watch_standing(s.watch, s.now, &n);
			for (size_t k = 0; k < n; k++) {
				if (what == 2)
					watch_ack(s.watch, list[k].al.id, "kim", s.now, &err);
				if (what == 3 && list[k].al.level == LEVEL_WATCH)
					watch_shelve(s.watch, list[k].al.id, s.now.ms + 3000,
					    "known", "kim", s.now, &err);
				if (what == 4)
					watch_unshelve(s.watch, list[k].al.id, "kim", s.now, &err);
				/* By importance: what is shelved last, else the level falls. */
				if (k > 0 && list[k].al.state != ALARM_SHELVED)
					assert_true(list[k].al.level <= list[k - 1].al.level);
			}
			free(list);
			keep_all(&books, &s);
		}
		assert_true(books.alarms > 3);
		/* Whatever was put aside comes back by itself. */
		scene_quiet(&s, 4000);
		keep_all(&books, &s);
		assert_int_equal(watch_counts(s.watch, s.now).shelved, 0);
		scene_close(&s);
	}
}

/* The very point of debounce and deadband. */
static void test_dithering_gives_one_alarm(void **state)
{
	static const struct {
		const char *rule;
		enum field field;
		double around, by;
	} cases[] = {
		{ "battery-low", FIELD_battery, 15, 1.5 },
		{ "battery-critical", FIELD_battery, 7, 1 },
		{ "link-weak", FIELD_link, 25, 6 },
		{ "satellites", FIELD_sats, 5.7, 0.6 },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		for (uint64_t seed = 1; seed <= 10; seed++) {
			struct scene s = scene_open(NULL, 0);
			struct rng rng;
			int raised;

			rng_init(&rng, seed, 2);
			for (int i = 0; i < 3000; i++) {
				struct sample m = sound_sample(&s);
				/* Falling slowly through the limit, with noise that crosses it
				 * often. */
				double slope = cases[c].by * 1.5 * (1 - i / 1500.0);

				sample_set_value(&m, cases[c].field,
				    cases[c].around + slope +
					rng_between(&rng, -cases[c].by, cases[c].by));
				scene_fly(&s, "D01", m, 1);
			}
			raised = scene_told(&s, cases[c].rule, ALARM_RAISED, NULL);
			CHECK(cases[c].rule, raised == 1);
			scene_close(&s);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_step),
		cmocka_unit_test(test_shelving_has_bounds),
		cmocka_unit_test(test_random_lives),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_random_days),
		cmocka_unit_test(test_dithering_gives_one_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
