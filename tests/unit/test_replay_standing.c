/* An alarm that stands for days: each day's file tells of it, and none tells it twice. */
#include "test_history_util.h"

#include "history/days.h"
#include "history/query.h"
#include "replay/replay.h"

#define BOOT 1000
#define DAYS 4
#define HOUR 3600000

/* Ends a day: something on the next one. */
static void put_day(struct history *h, int day, uint64_t *samples)
{
	struct sample s;
	struct buf body = BUF_INIT;
	int64_t at = DAY1 + day * DAY_MS + 1000;

	make_sample(&s, BOOT, (uint32_t)day);
	sample_set(&s, FIELD_time, at);
	sample_encode(&body, &s);
	assert_true(history_put_sample(h, "D01", &s, body.data, body.len, at, false));
	buf_free(&body);
	assert_true(wait_samples(h, ++*samples, 5000));
}

static void put_alarm(struct history *h, const char *id, int state, int64_t at)
{
	struct alarm al = { .level = LEVEL_CRITICAL, .state = state, .time = (uint64_t)at,
		.since = (uint64_t)(DAY1 + HOUR), .value = 1, .limit = 2, .until = KEY_NONE, .count = 1 };

	str_copy(al.id, sizeof(al.id), id);
	str_copy(al.rule, sizeof(al.rule), "battery-low");
	str_copy(al.drone, sizeof(al.drone), "D01");
	str_copy(al.by, sizeof(al.by), state == ALARM_ACKED ? "anna" : "");
	assert_true(history_put_alarm(h, &al, at));
}

/* A is raised and acknowledged on the first day and stands; B is over the same day, C on the
 * third. */
static void record(void)
{
	struct history *h = open_history();
	uint64_t samples = 0;

	put_day(h, 0, &samples);
	put_alarm(h, "A", ALARM_RAISED, DAY1 + HOUR);
	put_alarm(h, "B", ALARM_RAISED, DAY1 + HOUR + 1000);
	put_alarm(h, "C", ALARM_RAISED, DAY1 + HOUR + 2000);
	put_alarm(h, "A", ALARM_ACKED, DAY1 + HOUR + 3000);
	put_alarm(h, "B", ALARM_CLEARED, DAY1 + HOUR + 4000);
	put_day(h, 1, &samples);
	put_day(h, 2, &samples);
	put_alarm(h, "C", ALARM_CLEARED, DAY1 + 2 * DAY_MS + HOUR);
	put_day(h, 3, &samples);
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

static void check_standing(const char *legend, struct replay *r, int64_t at, const char *expected)
{
	const struct alarm *alarms;
	char text[128] = "";
	struct err err;
	size_t count;

	if (replay_seek(r, at, &err) == -1 || replay_alarms(r, &alarms, &count, &err) == -1)
		fail_msg("%s: %s", legend, err.text);
	for (size_t i = 0; i < count; i++) {
		strcat(text, alarms[i].id);
		strcat(text, alarms[i].state == ALARM_ACKED      ? " acked by "
			     : alarms[i].state == ALARM_CLEARED ? " cleared "
								 : " raised ");
		strcat(text, alarms[i].by);
	}
	if (strcmp(text, expected) != 0)
		fail_msg("%s: \"%s\" stand instead of \"%s\"", legend, text, expected);
}

static void test_it_stands_on_each_day(void **state)
{
	static const struct {
		const char *legend;
		int64_t at_ms; /* after the first day begins */
		const char *expected;
	} cases[] = {
		{ "before all", 2000, "" },
		{ "raised", HOUR, "A raised " },
		{ "acknowledged", HOUR + 3500, "B raised C raised A acked by anna" },
		{ "at the end of the day", DAY_MS - 1, "C raised A acked by anna" },
		{ "at midnight", DAY_MS, "C raised A acked by anna" },
		{ "a day later", DAY_MS + 5 * HOUR, "C raised A acked by anna" },
		{ "when the third day begins", 2 * DAY_MS + 5, "C raised A acked by anna" },
		{ "one has just gone", 2 * DAY_MS + HOUR + REPLAY_OVER_MS - 1, "A acked by annaC cleared " },
		{ "one has gone", 2 * DAY_MS + HOUR + REPLAY_OVER_MS, "A acked by anna" },
		{ "three days later", 3 * DAY_MS + HOUR, "A acked by anna" },
	};
	char path[128];
	struct replay *r;

	(void)state;
	make_dir();
	record();
	r = open_replay(test_dir);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_standing(cases[i].legend, r, DAY1 + cases[i].at_ms, cases[i].expected);
	for (size_t i = sizeof(cases) / sizeof(cases[0]); i-- > 0;)
		check_standing(cases[i].legend, r, DAY1 + cases[i].at_ms, cases[i].expected);
	replay_close(&r);
	/* The last day alone. */
	snprintf(path, sizeof(path), "%s/2026-11-24.db", test_dir);
	r = open_replay(path);
	check_standing("one file", r, DAY1 + 3 * DAY_MS + HOUR, "A acked by anna");
	replay_close(&r);
	remove_dir();
}

/* The daemon's clock was set back by 40 s between the two. */
static void test_what_is_over_does_not_stand_again(void **state)
{
	struct history *h;
	struct replay *r;
	struct replay_update u;
	struct err err;
	uint64_t samples = 0;
	int told = 0;

	(void)state;
	make_dir();
	h = open_history();
	put_day(h, 0, &samples);
	put_alarm(h, "A", ALARM_RAISED, DAY1 + HOUR);
	put_alarm(h, "B", ALARM_RAISED, DAY1 + HOUR + 1);
	put_alarm(h, "A", ALARM_CLEARED, DAY1 + HOUR - 40000);
	history_close(&h);
	r = open_replay(test_dir);
	check_standing("before", r, DAY1 + HOUR - 1, "");
	check_standing("after", r, DAY1 + HOUR + 5, "A cleared B raised ");
	check_standing("long after", r, DAY1 + HOUR + REPLAY_OVER_MS + 5, "B raised ");
	if (replay_seek(r, DAY1 + HOUR - 60000, &err) == -1)
		fail_msg("%s", err.text);
	while (replay_next(r, DAY1 + 2 * HOUR, &u, &err) == 1) {
		if (u.kind == REPLAY_ALARM && strcmp(u.message->al.id, "A") == 0)
			assert_int_equal(u.message->al.state, told++ ? ALARM_CLEARED : ALARM_RAISED);
	}
	assert_int_equal(told, 2);
	replay_close(&r);
	remove_dir();
}

static void test_it_is_told_once(void **state)
{
	struct replay_bucket buckets[8 * DAYS];
	unsigned told = 0, back = 0, drawn = 0;
	struct replay_update u;
	struct replay *r;
	struct err err;
	int64_t at;
	int more;

	(void)state;
	make_dir();
	record();
	r = open_replay(test_dir);
	assert_int_equal(replay_seek(r, DAY1 - 1, &err), 0);
	while ((more = replay_next(r, DAY1 + DAYS * DAY_MS, &u, &err)) == 1)
		told += u.kind == REPLAY_ALARM;
	assert_int_equal(more, 0);
	assert_int_equal(told, 6);
	while ((more = replay_prev(r, DAY1 - 1, &u, &err)) == 1)
		back += u.kind == REPLAY_ALARM;
	assert_int_equal(more, 0);
	assert_int_equal(back, 6);
	/* Days that are not open come one by one. */
	for (more = 1, told = 0; more == 1; told++)
		more = replay_timeline(r, DAY1, DAY1 + DAYS * DAY_MS, buckets, 8 * DAYS, &err);
	assert_int_equal(more, 0);
	assert_true(told > 1 && told <= DAYS);
	for (size_t i = 0; i < 8 * DAYS; i++)
		drawn += buckets[i].alarms;
	assert_int_equal(drawn, 3);
	assert_int_equal(replay_seek(r, DAY1 + HOUR + 5000, &err), 0);
	assert_int_equal(replay_find(r, REPLAY_NEXT_ALARM, false, &at, &err), 0);
	assert_int_equal(replay_seek(r, DAY1 + 3 * DAY_MS + HOUR, &err), 0);
	assert_int_equal(replay_find(r, REPLAY_NEXT_ALARM, true, &at, &err), 1);
	assert_int_equal(at, DAY1 + HOUR + 2000);
	replay_close(&r);
	remove_dir();
}

static bool take_number(void *context, const struct query_value *values, size_t n)
{
	(void)n;
	*(int64_t *)context = values[0].integer;
	return true;
}

static int64_t ask(const char *sql)
{
	int64_t number = -1;
	struct query_sink sink = { .row = take_number, .context = &number };
	struct history_query *q;
	struct err err;

	assert_int_equal(history_query_open(&q, test_dir, &err), 0);
	if (history_query_run(q, sql, &sink, &err) == -1)
		fail_msg("%s", err.text);
	history_query_close(&q);
	return number;
}

static void test_sql_and_the_next_run(void **state)
{
	struct history_past past;
	struct history *h;
	char path[128];

	(void)state;
	make_dir();
	record();
	assert_int_equal(ask("SELECT count(*) FROM alarms"), 6);
	assert_int_equal(ask("SELECT count(*) FROM alarms WHERE id = 'A'"), 2);
	assert_int_equal(ask("SELECT max(arrived) FROM alarms WHERE id = 'A'"), DAY1 + HOUR + 3000);
	/* A daemon that starts reads two days, and knows who acknowledged it. */
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.alarm_count, 1);
	assert_string_equal(past.alarms[0].id, "A");
	assert_int_equal(past.alarms[0].state, ALARM_ACKED);
	assert_string_equal(past.alarms[0].by, "anna");
	history_past_clear(&past);
	history_close(&h);
	/* Its first day is thrown away. */
	for (int i = 1; i <= 2; i++) {
		snprintf(path, sizeof(path), "%s/2026-11-2%d.db", test_dir, i);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(ask("SELECT count(*) FROM alarms WHERE id = 'A'"), 1);
	remove_dir();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_stands_on_each_day),
		cmocka_unit_test(test_what_is_over_does_not_stand_again),
		cmocka_unit_test(test_it_is_told_once),
		cmocka_unit_test(test_sql_and_the_next_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
