/* A past that is short: what came too long ago goes, what stood then stays. */
#include "test_history_util.h"

#include "base/buf.h"
#include "base/mem.h"
#include "history/days.h"
#include "history/query.h"
#include "history/schema.h"

#define HOUR INT64_C(3600000)
#define NOON (DAY1 + 12 * HOUR)

static bool take_number(void *context, const struct query_value *v, size_t n)
{
	assert_int_equal(n, 1);
	*(int64_t *)context = v->integer;
	return true;
}

static int64_t number(const char *sql)
{
	int64_t value = -1;
	struct query_sink sink = { .row = take_number, .context = &value };
	struct history_query *q;
	struct err err;

	assert_int_equal(history_query_open(&q, test_dir, &err), 0);
	if (history_query_run(q, sql, &sink, &err) == -1)
		fail_msg("%s", err.text);
	history_query_close(&q);
	return value;
}

static void put_alarm(struct history *h, const char *id, int state, int64_t at_ms)
{
	struct alarm al = { .level = LEVEL_WARNING, .state = state, .time = (uint64_t)at_ms,
		.since = (uint64_t)at_ms, .until = KEY_NONE, .count = KEY_NONE };

	str_copy(al.id, sizeof(al.id), id);
	str_copy(al.rule, sizeof(al.rule), "battery-low");
	str_copy(al.drone, sizeof(al.drone), "D01");
	assert_true(history_put_alarm(h, &al, at_ms));
}

static void put_event(struct history *h, int64_t at_ms)
{
	struct event ev = { .time = (uint64_t)at_ms, .severity = SEVERITY_INFO, .text = "so" };

	assert_true(history_put_event(h, &ev, at_ms));
}

static void put_samples(struct history *h, uint32_t boot, int64_t from_ms, uint32_t n)
{
	struct buf body = BUF_INIT;
	struct sample s;

	for (uint32_t seq = 0; seq < n; seq++) {
		int64_t at = from_ms + seq * 1000;

		make_sample(&s, boot, seq);
		sample_set(&s, FIELD_time, at);
		buf_clear(&body);
		sample_encode(&body, &s);
		while (!history_put_sample(h, "D01", &s, body.data, body.len, at, false))
			poll(NULL, 0, 1);
	}
	buf_free(&body);
}

static int64_t sealed(void)
{
	char path[DAY_PATH_SIZE];
	sqlite3_stmt *stmt = NULL;
	int64_t n = -1;
	sqlite3 *db;
	struct err err;

	day_path(path, test_dir, day_of(NOON));
	if (schema_open_read(&db, path, &err) != TROUBLE_NONE)
		return -1;
	if (sqlite3_prepare_v2(db, "SELECT sum(count) FROM sealed", -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

/* Three hours of a day, all of it compressed. */
static void make_past(void)
{
	int64_t end = clock_mono_ms() + 10000;
	struct history *h = open_history_with((struct history_options){ .seal_ms = 1 });

	put_samples(h, 1, NOON - 3 * HOUR, 600);
	put_samples(h, 2, NOON - 600000, 600);
	put_event(h, NOON - 2 * HOUR);
	put_event(h, NOON - 1000);
	put_alarm(h, "over", ALARM_RAISED, NOON - 3 * HOUR);
	put_alarm(h, "over", ALARM_CLEARED, NOON - 2 * HOUR);
	put_alarm(h, "stands", ALARM_RAISED, NOON - 3 * HOUR);
	put_alarm(h, "stands", ALARM_ACKED, NOON - 2 * HOUR);
	put_alarm(h, "late", ALARM_RAISED, NOON - 1000);
	while (sealed() != 1200 && clock_mono_ms() < end)
		poll(NULL, 0, 20);
	assert_int_equal(sealed(), 1200);
	history_close(&h);
}

static void until(const char *sql, int64_t wanted)
{
	int64_t end = clock_mono_ms() + 10000;

	while (number(sql) != wanted && clock_mono_ms() < end)
		poll(NULL, 0, 20);
	if (number(sql) != wanted)
		fail_msg("%s gives %lld, not %lld", sql, (long long)number(sql), (long long)wanted);
}

static void the_oldest_goes(void **state)
{
	struct history *h;

	(void)state;
	make_dir();
	make_past();
	assert_int_equal(number("SELECT count(*) FROM telemetry"), 1200);
	/* It looks as soon as there is a file to look at. */
	h = open_history_with((struct history_options){ .seal_ms = 1, .keep_ms = HOUR });
	put_event(h, NOON);
	until("SELECT count(*) FROM telemetry WHERE boot = 1", 0);
	until("SELECT count(*) FROM events", 2);
	history_close(&h);
	assert_int_equal(number("SELECT count(*) FROM telemetry WHERE boot = 2"), 600);
	assert_int_equal(number("SELECT count(*) FROM alarms WHERE id = 'over'"), 0);
	/* From where the past begins it stands, as it was then. */
	assert_int_equal(number("SELECT count(*) FROM alarms WHERE id = 'stands'"), 1);
	assert_true(number("SELECT arrived FROM alarms WHERE id = 'stands' AND state = 'acked'") >= NOON - HOUR);
	assert_int_equal(number("SELECT count(*) FROM alarms WHERE id = 'late'"), 1);
	remove_dir();
}

static void without_a_wish_nothing_goes(void **state)
{
	struct history *h;

	(void)state;
	make_dir();
	make_past();
	h = open_history_with((struct history_options){ .seal_ms = 1 });
	put_event(h, NOON);
	until("SELECT count(*) FROM events", 3);
	history_close(&h);
	assert_int_equal(number("SELECT count(*) FROM telemetry"), 1200);
	assert_int_equal(number("SELECT count(*) FROM alarms"), 5);
	remove_dir();
}

/* Too many bytes: the older half of the time goes. */
static void too_large(void **state)
{
	struct history *h;

	(void)state;
	make_dir();
	make_past();
	h = open_history_with(
	    (struct history_options){ .seal_ms = 1, .keep_ms = 24 * HOUR, .keep_bytes = 1000 });
	put_event(h, NOON);
	until("SELECT count(*) FROM telemetry WHERE boot = 1", 0);
	history_close(&h);
	assert_true(number("SELECT count(*) FROM telemetry WHERE boot = 2") > 0);
	remove_dir();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(without_a_wish_nothing_goes),
		cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
