/* Missions and fences of then: what was in force at any position, on one day's file alone too. */
#include "test_plans_util.h"

#include "history/days.h"
#include "replay/replay.h"

#define BOOT ((uint32_t)(DAY1 / 1000))
#define EVENING (DAY_MS - 60000) /* after DAY1: the story is of two minutes over midnight */

static int setup(void **state)
{
	(void)state;
	make_dir();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_dir();
	return 0;
}

static void put_at(struct history *h, const char *drone, int64_t ms)
{
	uint32_t seq = (uint32_t)(ms / 100);
	struct buf body = BUF_INIT;
	struct sample s;

	make_sample(&s, BOOT, seq);
	sample_encode(&body, &s);
	assert_true(history_put_sample(h, drone, &s, body.data, body.len, DAY1 + ms, false));
	buf_free(&body);
}

/* D01 has a plan from 10 s on, another from 30 s, is cleared at 90 s (30 s after midnight); D02's is
 * never told; D03's comes only after midnight. A sample each second. */
static void record(void)
{
	struct history *h = open_history();

	for (int s = 0; s < 120; s++) {
		int64_t now = EVENING + s * 1000;

		for (int d = 1; d <= 3; d++) {
			char id[8];

			snprintf(id, sizeof(id), "D%02d", d);
			put_at(h, id, now);
		}
		if (s == 10)
			assert_true(put_plan(h, "D01", 1, 4, DAY1 + now + 500));
		if (s == 30)
			assert_true(put_plan(h, "D01", 2, 7, DAY1 + now + 500));
		if (s == 70)
			assert_true(put_plan(h, "D03", 5, 2, DAY1 + now + 500));
		if (s == 90)
			assert_true(put_plan(h, "D01", 3, 0, DAY1 + now + 500));
	}
	history_close(&h);
}

static struct replay *open_replay(const char *path)
{
	struct replay_options options = { .path = path, .from_ms = INT64_MIN, .to_ms = INT64_MAX };
	struct replay *r;
	struct err err;

	if (replay_open(&r, &options, &err) == -1)
		fail_msg("%s", err.text);
	return r;
}

/* Items of the mission at the position: -1 where no plan is recorded. */
static int items(struct replay *r, const char *drone)
{
	size_t i = replay_find_drone(r, drone);
	struct replay_plan p;
	struct err err;
	int got = replay_plan(r, i, &p, &err);
	int64_t since[8];

	assert_true(i < 8);
	if (got == -1)
		fail_msg("%s", err.text);
	replay_plans_since(r, since);
	assert_true(since[i] == p.since_ms);
	if (!got)
		return -1;
	assert_true(wire_count(wire_key(p.kept, "mission")) == p.plan->mission.count);
	assert_non_null(wire_key(p.kept, "wings")); /* what this version does not know is there */
	assert_int_equal(p.plan->fence_count, 1);
	return (int)p.plan->mission.count;
}

static void seek(struct replay *r, int64_t at)
{
	struct err err;

	if (replay_seek(r, at, &err) == -1)
		fail_msg("%s", err.text);
}

static const struct {
	const char *legend;
	int64_t after_ms; /* of the beginning */
	int d01, d02, d03;
} moments[] = {
	{ "before all", 0, -1, -1, -1 },
	{ "just before the first", 10499, -1, -1, -1 },
	{ "with the first", 10500, 4, -1, -1 },
	{ "just before the second", 30499, 4, -1, -1 },
	{ "with the second", 30500, 7, -1, -1 },
	{ "before midnight", 59999, 7, -1, -1 },
	{ "at midnight", 60000, 7, -1, -1 },
	{ "with D03's", 70500, 7, -1, 2 },
	{ "cleared", 90500, 0, -1, 2 },
	{ "the end", 119000, 0, -1, 2 },
};

static void check_moment(struct replay *r, size_t i)
{
	CHECK(moments[i].legend, items(r, "D01") == moments[i].d01);
	CHECK(moments[i].legend, items(r, "D02") == moments[i].d02);
	CHECK(moments[i].legend, items(r, "D03") == moments[i].d03);
}

static void test_at_any_moment(void **state)
{
	size_t n = sizeof(moments) / sizeof(moments[0]);
	struct replay *r;

	(void)state;
	record();
	r = open_replay(test_dir);
	for (size_t i = 0; i < n; i++) {
		seek(r, DAY1 + EVENING + moments[i].after_ms);
		check_moment(r, i);
	}
	for (size_t i = n; i-- > 0;) {
		seek(r, DAY1 + EVENING + moments[i].after_ms);
		check_moment(r, i);
	}
	replay_close(&r);
}

/* Each is told once each way; what is in force then is what was told, backward what was before. */
static void test_in_the_order_of_time(void **state)
{
	static const struct {
		int64_t at, since;
		const char *drone;
		uint64_t rev;
		int with, without;
	} expected[] = {
		{ 10500, 10500, "D01", 1, 4, -1 },
		{ 30500, 30500, "D01", 2, 7, 4 },
		{ 60000, 30500, "D01", 2, 7, 7 }, /* goes on so in the next day */
		{ 70500, 70500, "D03", 5, 2, -1 },
		{ 90500, 90500, "D01", 3, 0, 7 },
	};
	const size_t n = sizeof(expected) / sizeof(expected[0]);
	struct replay *r;

	(void)state;
	record();
	r = open_replay(test_dir);
	for (int pass = 0; pass < 4; pass++) {
		bool backward = pass % 2;
		struct replay_update u;
		struct err err;
		size_t told = 0;
		int more;

		while ((more = backward ? replay_prev(r, INT64_MIN, &u, &err)
					: replay_next(r, INT64_MAX - 1, &u, &err)) == 1) {
			size_t i = backward ? n - 1 - told : told;

			if (u.kind != REPLAY_PLAN)
				continue;
			assert_true(told++ < n);
			assert_int_equal(u.at_ms - DAY1 - EVENING, expected[i].at);
			assert_int_equal(u.arrived_ms - DAY1 - EVENING, expected[i].since);
			assert_true(u.message->pl.time == (uint64_t)u.at_ms);
			assert_int_equal(u.message->pl.rev, expected[i].rev);
			assert_string_equal(u.message->pl.drone, expected[i].drone);
			assert_string_equal(replay_drone(r, u.drone)->id, expected[i].drone);
			assert_int_equal(items(r, expected[i].drone),
			    backward ? expected[i].without : expected[i].with);
		}
		assert_int_equal(more, 0);
		assert_int_equal(told, n);
		check_moment(r, backward ? 0 : sizeof(moments) / sizeof(moments[0]) - 1);
	}
	replay_close(&r);
}

static void test_one_day_alone(void **state)
{
	char path[192];
	struct replay *r;
	int64_t first, last;

	(void)state;
	record();
	snprintf(path, sizeof(path), "mv %s/2026-11-22.db %s/alone", test_dir, test_dir);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/alone", test_dir);
	r = open_replay(path);
	/* It was so already; what is recorded begins with the samples all the same. */
	assert_true(replay_range(r, &first, &last));
	assert_true(first >= DAY1 + DAY_MS && last == DAY1 + EVENING + 119000);
	seek(r, first);
	assert_int_equal(items(r, "D01"), 7);
	assert_int_equal(items(r, "D02"), -1);
	assert_int_equal(items(r, "D03"), -1);
	seek(r, DAY1 + EVENING + 90500);
	assert_int_equal(items(r, "D01"), 0);
	seek(r, DAY1 + DAY_MS - 1);
	assert_int_equal(items(r, "D01"), -1);
	replay_close(&r);
}

static void test_what_is_damaged_or_older(void **state)
{
	static const struct {
		const char *legend, *sql;
		int d01;
	} cases[] = {
		{ "as it was", "SELECT 1", 0 },
		{ "its content cut", "UPDATE plans SET content = substr(content, 1, 9) WHERE rev = 3", -1 },
		{ "no content at all", "UPDATE plans SET content = x'' WHERE rev = 3", -1 },
		{ "content that is no plan", "UPDATE plans SET content = x'81a372657601' || x'00'", -1 },
		{ "a text", "UPDATE plans SET content = 'plan'", -1 },
		{ "times out of this world", "UPDATE plans SET at = 9223372036854775807, arrived = -9223372036854775807", -1 },
		{ "drones that are none", "UPDATE plans SET drone = 'a b' || x'00'", -1 },
		{ "no row", "DELETE FROM plans", -1 },
		{ "of version 2", "DROP TABLE plans; PRAGMA user_version = 2", -1 },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct replay_update u;
		struct replay *r;
		char path[128];
		struct err err;

		record();
		snprintf(path, sizeof(path), "rm %s/2026-11-21.db*", test_dir);
		assert_int_equal(system(path), 0);
		snprintf(path, sizeof(path), "%s/2026-11-22.db", test_dir);
		change_file(path, cases[c].sql);
		r = open_replay(test_dir);
		while (replay_next(r, INT64_MAX - 1, &u, &err) == 1)
			;
		CHECK(cases[c].legend, items(r, "D01") == cases[c].d01);
		replay_close(&r);
		remove_dir();
		assert_int_equal(mkdir(test_dir, 0777), 0);
	}
}

/* What a daemon writes meanwhile is there after the next look. */
static void test_while_it_is_written(void **state)
{
	struct history *h = open_history();
	struct replay *r;
	struct err err;

	(void)state;
	put_at(h, "D01", 1000);
	assert_true(put_plan(h, "D01", 1, 4, DAY1 + 1500));
	put_at(h, "D01", 2000);
	assert_true(wait_samples(h, 2, 2000));
	r = open_replay(test_dir);
	seek(r, DAY1 + 10000);
	assert_int_equal(items(r, "D01"), 4);
	assert_true(put_plan(h, "D01", 2, 6, DAY1 + 2500));
	put_at(h, "D01", 3000);
	assert_true(wait_samples(h, 3, 2000));
	assert_int_equal(replay_refresh(r, &err), 1);
	assert_int_equal(items(r, "D01"), 6);
	seek(r, DAY1 + 2000);
	assert_int_equal(items(r, "D01"), 4);
	replay_close(&r);
	history_close(&h);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_at_any_moment),
		TEST(test_in_the_order_of_time),
		TEST(test_one_day_alone),
		TEST(test_what_is_damaged_or_older),
		TEST(test_while_it_is_written),
	};

	return cmocka_run_group_tests_name("replay plans", tests, NULL, NULL);
}
