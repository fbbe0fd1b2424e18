/* Three days, of which one is open at a time and an hour of its neighbours: against a list of all
 * that was said. */
#include "test_history_util.h"

#include "history/days.h"
#include "history/reader.h"
#include "replay/replay.h"

#define BOOT 1000
#define DELAY 5
#define HOUR INT64_C(3600000)
#define DAYS 3
/* Nobody says anything. */
#define DARK1_FROM (DAY1 + 23 * HOUR + HOUR / 2)
#define DARK1_TO (DAY1 + DAY_MS + HOUR / 2)
#define DARK2_FROM (DAY1 + DAY_MS + 22 * HOUR)
#define DARK2_TO (DAY1 + 2 * DAY_MS + 2 * HOUR)

/* A says something every 5 s, B each minute of the first morning, C of the second day. */
static const struct speaker {
	const char *id;
	int64_t step_ms, from_ms, to_ms;
} speakers[] = {
	{ "A", 5000, DAY1, DAY1 + DAYS * DAY_MS },
	{ "B", 60000, DAY1 + HOUR, DAY1 + 12 * HOUR },
	{ "C", 60000, DAY1 + DAY_MS + 6 * HOUR, DAY1 + DAY_MS + 18 * HOUR },
};
#define SPEAKERS (sizeof(speakers) / sizeof(speakers[0]))

static bool says(const struct speaker *s, int64_t at)
{
	return at >= s->from_ms && at < s->to_ms && (at - s->from_ms) % s->step_ms == 0 &&
	    !(at > DARK1_FROM && at < DARK1_TO) && !(at > DARK2_FROM && at < DARK2_TO);
}

/* When it spoke last by then; -1: never. */
static int64_t last_said(const struct speaker *s, int64_t by)
{
	for (int64_t at = (by - DELAY - DAY1) / 5000 * 5000 + DAY1; at >= s->from_ms; at -= 5000) {
		if (at + DELAY <= by && says(s, at))
			return at + DELAY;
	}
	return -1;
}

static uint64_t total;

static int record(void **state)
{
	struct history *h;

	(void)state;
	make_dir();
	h = open_history_with((struct history_options){ .seal_ms = 1 });
	for (int64_t at = DAY1; at < DAY1 + DAYS * DAY_MS; at += 5000) {
		for (size_t i = 0; i < SPEAKERS; i++) {
			struct buf body = BUF_INIT;
			struct sample s;

			if (!says(&speakers[i], at))
				continue;
			make_sample(&s, BOOT, (uint32_t)((at - DAY1) / 5000));
			sample_set(&s, FIELD_time, at);
			sample_encode(&body, &s);
			while (!history_put_sample(h, speakers[i].id, &s, body.data, body.len, at + DELAY, false))
				poll(NULL, 0, 1);
			buf_free(&body);
			total++;
		}
	}
	assert_true(wait_samples(h, total, 60000));
	history_close(&h);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	remove_dir();
	return 0;
}

static struct replay *open_replay(int64_t start_ms)
{
	struct replay_options options = { .path = test_dir, .from_ms = INT64_MIN, .to_ms = INT64_MAX,
		.start_ms = start_ms };
	struct replay *r;
	struct err err;

	if (replay_open(&r, &options, &err) == -1)
		fail_msg("%s", err.text);
	return r;
}

static void seek(struct replay *r, int64_t at)
{
	struct err err;

	if (replay_seek(r, at, &err) == -1)
		fail_msg("%s", err.text);
}

static void check_state(struct replay *r)
{
	int64_t at = replay_position(r);

	for (size_t i = 0; i < SPEAKERS; i++) {
		size_t n = replay_find_drone(r, speakers[i].id);
		int64_t said = last_said(&speakers[i], at);

		/* Of the days that are open: this, and the one before. */
		if (said < (day_of(at) - 1) * DAY_MS) {
			assert_true(n == REPLAY_NO_DRONE || !replay_drone(r, n)->sample.known);
			continue;
		}
		assert_true(n != REPLAY_NO_DRONE);
		if (replay_drone(r, n)->at_ms != said)
			fail_msg("%s at %+lld s was heard at %+lld s, not %+lld s", speakers[i].id,
			    (long long)(at - DAY1) / 1000, (long long)(said - DAY1) / 1000,
			    (long long)(replay_drone(r, n)->at_ms - DAY1) / 1000);
	}
}

static void test_what_was_said_last(void **state)
{
	struct replay *r = open_replay(0);
	struct rng rng;

	(void)state;
	rng_init(&rng, 5, 1);
	for (int day = 0; day < DAYS; day++) {
		for (int64_t hour = 0; hour < 24; hour += 3) {
			seek(r, DAY1 + day * DAY_MS + hour * HOUR);
			check_state(r);
		}
	}
	for (int i = 0; i < 60; i++) {
		seek(r, DAY1 + (int64_t)(rng_uniform(&rng) * DAYS * (double)DAY_MS));
		check_state(r);
	}
	replay_close(&r);
}

static void test_where_it_starts(void **state)
{
	static const struct {
		const char *legend;
		int64_t start_ms, position_ms;
	} cases[] = {
		{ "at the beginning", 0, DAY1 + DELAY - 1 },
		{ "before it", 1, DAY1 + DELAY - 1 },
		{ "in the middle", DAY1 + DAY_MS + HOUR, DAY1 + DAY_MS + HOUR - 1 },
		{ "an hour before the end", -HOUR, DAY1 + DAYS * DAY_MS - 5000 + DELAY - HOUR },
		{ "past the end", DAY1 + 9 * DAY_MS, DAY1 + DAYS * DAY_MS - 5000 + DELAY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct replay *r = open_replay(cases[i].start_ms);
		int64_t first, last;

		CHECK(cases[i].legend, replay_position(r) == cases[i].position_ms);
		CHECK(cases[i].legend, replay_range(r, &first, &last));
		CHECK(cases[i].legend, first == DAY1 + DELAY && last == DAY1 + DAYS * DAY_MS - 5000 + DELAY);
		check_state(r);
		replay_close(&r);
	}
}

static void test_over_midnights_and_back(void **state)
{
	struct replay *r = open_replay(0);
	struct replay_update u;
	uint64_t forward = 0, back = 0;
	int64_t before = 0;
	struct err err;
	int more;

	(void)state;
	while ((more = replay_next(r, DAY1 + DAYS * DAY_MS, &u, &err)) == 1) {
		forward += u.kind == REPLAY_SAMPLE;
		assert_true(u.at_ms >= before);
		before = u.at_ms;
	}
	assert_int_equal(more, 0);
	assert_int_equal(forward, total);
	while ((more = replay_prev(r, DAY1 - 1, &u, &err)) == 1) {
		back += u.kind == REPLAY_SAMPLE;
		assert_true(u.at_ms <= before);
		before = u.at_ms;
	}
	assert_int_equal(more, 0);
	assert_int_equal(back, total);
	replay_close(&r);
}

static void test_silence_between_days(void **state)
{
	static const struct {
		const char *legend;
		int64_t from_ms;
		bool backward;
		int64_t at_ms; /* 0: none */
	} cases[] = {
		{ "from the beginning", DAY1, false, DARK1_FROM + DELAY },
		{ "an hour before it", DARK1_FROM - HOUR, false, DARK1_FROM + DELAY },
		{ "from within", DARK1_FROM + 60000, false, DARK2_FROM + DELAY },
		{ "from the second day", DAY1 + DAY_MS + 12 * HOUR, false, DARK2_FROM + DELAY },
		{ "after the last", DARK2_TO + 60000, false, 0 },
		{ "back from the end", DAY1 + DAYS * DAY_MS, true, DARK2_FROM + DELAY },
		{ "back from the second day", DAY1 + DAY_MS + 12 * HOUR, true, DARK1_FROM + DELAY },
		{ "back from noon of the first", DAY1 + 12 * HOUR, true, 0 },
	};
	struct replay *r = open_replay(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		int64_t at;
		int got;

		seek(r, cases[i].from_ms);
		got = replay_find(r, REPLAY_NEXT_GAP, cases[i].backward, &at, &err);
		CHECK(cases[i].legend, got == (cases[i].at_ms != 0));
		CHECK(cases[i].legend, !got || at == cases[i].at_ms);
		CHECK(cases[i].legend, replay_position(r) == cases[i].from_ms);
		check_state(r);
	}
	replay_close(&r);
}

static bool count_point(void *context, const struct sample *s, int64_t at_ms, bool backfilled)
{
	(void)s;
	(void)at_ms;
	(void)backfilled;
	++*(uint64_t *)context;
	return true;
}

static void test_a_trail_into_yesterday(void **state)
{
	struct replay *r = open_replay(0);

	(void)state;
	for (int64_t hours = 1; hours < 20; hours += 3) {
		int64_t at = DAY1 + DAY_MS + 2 * HOUR, from = at - hours * HOUR;
		uint64_t points = 0, expected = 0;
		struct err err;

		for (int64_t t = DAY1; t + DELAY <= at; t += 5000)
			expected += t + DELAY >= from && says(&speakers[0], t);
		/* Anew each time, or a longer one would have read the day before. */
		seek(r, DAY1 + 2 * DAY_MS + HOUR);
		seek(r, at);
		assert_int_equal(replay_trail(r, replay_find_drone(r, "A"), from, 0, count_point, &points, &err), 0);
		assert_int_equal(points, expected);
		check_state(r);
	}
	replay_close(&r);
}

static void test_the_timeline_of_all(void **state)
{
	static const struct {
		const char *legend;
		int64_t at_ms;
		size_t slices;
	} cases[] = {
		{ "coarse, from the first day", DAY1 + HOUR, 72 },
		{ "coarse, from the last", DAY1 + 2 * DAY_MS + HOUR, 72 },
		{ "minutes", DAY1 + DAY_MS + HOUR, DAYS * 24 * 60 },
		{ "half minutes", DAY1 + HOUR, DAYS * 24 * 120 },
	};
	static struct replay_bucket buckets[DAYS * 24 * 120];
	struct replay *r = open_replay(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t slice_ms = DAYS * DAY_MS / (int64_t)cases[i].slices;
		double samples = 0;
		unsigned calls = 0;
		struct err err;
		int more;

		seek(r, cases[i].at_ms);
		do {
			more = replay_timeline(r, DAY1, DAY1 + DAYS * DAY_MS, buckets, cases[i].slices, &err);
			calls++;
		} while (more == 1 && calls < 9);
		CHECK(cases[i].legend, more == 0);
		for (size_t k = 0; k < cases[i].slices; k++) {
			int64_t from = DAY1 + (int64_t)k * slice_ms;

			samples += buckets[k].samples;
			if (from > DARK2_FROM + 60000 && from + slice_ms < DARK2_TO - 60000)
				CHECK(cases[i].legend, !buckets[k].recorded);
		}
		CHECK(cases[i].legend, samples > 0.999 * (double)total && samples < 1.001 * (double)total);
	}
	replay_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_said_last),
		cmocka_unit_test(test_where_it_starts),
		cmocka_unit_test(test_over_midnights_and_back),
		cmocka_unit_test(test_silence_between_days),
		cmocka_unit_test(test_a_trail_into_yesterday),
		cmocka_unit_test(test_the_timeline_of_all),
	};

	return cmocka_run_group_tests(tests, record, forget);
}
