/* What one who watches a fleet has, and what he asks for. */
#include "unit.h"

#include "app/refill.h"
#include "base/mem.h"

/* A step of a story: a letter and its numbers. */
struct step {
	char what; /* s: samples a..b of boot n came; w: a wished before; o: boot n up to a is held;
		    * ?: a..b of boot n is asked for next; -: nothing is; !: a..b of boot n was answered,
		    * after its samples, and nothing more; l: of it a..b will never come;
		    * h: the last s opened the hole a..b; g: given up since are a..b */
	uint32_t n, a, b;
};

static void run(const char *legend, const struct step *steps)
{
	struct refill r = { 0 };
	struct ranges gone = { 0 };
	struct range hole = { 1, 0 }, last = { 1, 0 };
	int64_t now = 0;

	for (const struct step *t = steps; t->what; t++) {
		struct refill_ask ask = { t->n, t->a, t->b };
		char at[200];

		snprintf(at, sizeof(at), "%s, step %d (%c %u %u %u)", legend, (int)(t - steps) + 1, t->what,
		    t->n, t->a, t->b);
		/* Whoever waits has waited long enough. */
		now += 1000000;
		switch (t->what) {
		case 's':
			last = (struct range){ 1, 0 };
			for (uint32_t seq = t->a; seq <= t->b; seq++) {
				CHECK(at, refill_arrived(&r, 3, t->n, seq, &hole) != REFILL_HAD);
				last = hole.from <= hole.to ? hole : last;
				CHECK(at, refill_arrived(&r, 3, t->n, seq, &hole) == REFILL_HAD);
			}
			break;
		case 'h':
			CHECK(at, last.from == t->a && last.to == t->b);
			break;
		case 'w':
			refill_wish(&r, 3, t->a);
			break;
		case 'o':
			refill_older(&r, 3, t->n, t->a);
			break;
		case '?':
			CHECK(at, refill_next(&r, 3, now, &ask));
			if (ask.boot != t->n || ask.from != t->a || ask.to != t->b)
				fail_msg("%s: asks for %u to %u of %u", at, ask.from, ask.to, ask.boot);
			break;
		case '-':
			CHECK(at, !refill_next(&r, 3, now, &ask));
			break;
		case '!':
			refill_answered(&r, 3, &ask, now, &gone);
			break;
		case 'l':
			refill_lose(&r, 3, t->n, t->a, t->b, &gone);
			break;
		case 'g':
			CHECK(at, gone.count == 1 && gone.items[0].from == t->a && gone.items[0].to == t->b);
			ranges_clear(&gone);
			break;
		default:
			fail_msg("%s: no such step", at);
		}
	}
	CHECK(legend, gone.count == 0);
	refill_clear(&r);
	ranges_clear(&gone);
}

static void stories(void **state)
{
	static const struct {
		const char *legend;
		struct step steps[16];
	} cases[] = {
		{ "who comes in the middle misses nothing", { { 's', 1, 500, 510 }, { 'h', 0, 1, 0 }, { '-', 0, 0, 0 } } },
		{ "a hole is asked for until it is filled",
		    { { 's', 1, 500, 510 }, { 's', 1, 520, 530 }, { 'h', 0, 511, 519 }, { '?', 1, 511, 519 },
			{ 's', 1, 511, 515 }, { '!', 1, 511, 519 }, { '?', 1, 516, 519 }, { 's', 1, 516, 519 },
			{ '!', 1, 516, 519 }, { '-', 0, 0, 0 } } },
		{ "six times in vain, and it is given up",
		    { { 's', 1, 0, 9 }, { 's', 1, 15, 20 }, { '!', 1, 10, 14 }, { '!', 1, 10, 14 },
			{ '!', 1, 10, 14 }, { '!', 1, 10, 14 }, { '!', 1, 10, 14 }, { '?', 1, 10, 14 },
			{ '!', 1, 10, 14 }, { 'g', 0, 10, 14 }, { '-', 0, 0, 0 } } },
		{ "what is said to be lost is not asked for",
		    { { 's', 1, 0, 9 }, { 's', 1, 15, 20 }, { 'l', 1, 12, 30 }, { 'g', 0, 12, 14 },
			{ '?', 1, 10, 11 } } },
		{ "what was before, as far as is wished, the newest first",
		    { { 's', 1, 9000, 9010 }, { 'w', 0, 5000, 0 }, { '?', 1, 7000, 8999 },
			{ 's', 1, 7000, 8999 }, { '!', 1, 7000, 8999 }, { '?', 1, 5000, 6999 },
			{ '!', 1, 5000, 6999 }, { '?', 1, 4000, 4999 }, { 's', 1, 4000, 4999 },
			{ '!', 1, 4000, 4999 }, { '-', 0, 0, 0 } } },
		{ "not what came already",
		    { { 's', 1, 100, 110 }, { 's', 1, 90, 99 }, { 'w', 0, 50, 0 }, { '?', 1, 50, 89 } } },
		{ "the wish is for one whose first comes after it", { { 'w', 0, 10, 0 }, { 's', 1, 100, 101 }, { '?', 1, 90, 99 } } },
		{ "a restart that was seen begins with a hole",
		    { { 's', 1, 50, 60 }, { 's', 2, 3, 5 }, { 'h', 0, 0, 2 }, { '?', 2, 0, 2 } } },
		{ "the boot before, as far as is wished",
		    { { 's', 5, 0, 9 }, { 'w', 0, 100, 0 }, { '-', 0, 0, 0 }, { 'o', 4, 300, 0 }, { '?', 4, 200, 300 },
			{ 's', 4, 200, 250 }, { 's', 4, 261, 300 }, { 'h', 0, 251, 260 },
			{ '!', 4, 200, 300 }, { '?', 4, 251, 260 }, { 'l', 4, 251, 260 }, { 'g', 0, 251, 260 },
			{ '-', 0, 0, 0 } } },
		{ "the boot before has nothing", { { 's', 5, 0, 9 }, { 'w', 0, 100, 0 }, { 'o', 4, 300, 0 }, { '!', 4, 200, 300 }, { '-', 0, 0, 0 } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run(cases[i].legend, cases[i].steps);
}

/* However bad the line, what is kept is bounded. */
static void bounded(void **state)
{
	struct refill r = { 0 };
	struct range hole;

	(void)state;
	for (uint32_t seq = 0; seq < 3 * REFILL_HOLES; seq++)
		refill_arrived(&r, 0, 1, 2 * seq, &hole);
	assert_true(r.drones[0].boots[0].want.count <= REFILL_HOLES);
	assert_true(r.drones[0].boots[0].c.missing.count <= REFILL_HOLES);
	assert_true(r.drones[0].boots[0].c.lost.count <= REFILL_HOLES);
	for (uint32_t boot = 2; boot < 20; boot++)
		refill_arrived(&r, 0, boot, 0, &hole);
	assert_int_equal(r.drones[0].boot_count, REFILL_BOOTS);
	assert_int_equal(r.drones[0].boots[REFILL_BOOTS - 1].c.boot, 19);
	/* One that is forgotten is not begun again. */
	assert_int_equal(refill_arrived(&r, 0, 1, 5, &hole), REFILL_HAD);
	refill_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
