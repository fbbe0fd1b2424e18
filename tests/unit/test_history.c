/* The history from outside: what is put is there after the end, once. */
#include "test_history_util.h"

#include <sqlite3.h>

#include "base/mem.h"
#include "history/query.h"

#define BOOT 1795219000u

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

static void test_a_fresh_directory_has_no_past(void **state)
{
	struct history *h = open_history();
	struct history_past past;

	(void)state;
	history_take_past(h, &past);
	assert_int_equal(past.coverage_count, 0);
	assert_int_equal(past.drone_count, 0);
	history_past_clear(&past);
	history_close(&h);
	assert_null(h);
}

static void test_coverage_is_told_from_the_rows(void **state)
{
	struct history *h = open_history();
	struct history_past past;
	struct history_coverage *c;

	(void)state;
	put_range(h, "D01", BOOT, 0, 99);
	put_range(h, "D01", BOOT, 110, 199);
	put_range(h, "D02", BOOT, 5, 5);
	history_close(&h);
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.coverage_count, 2);
	c = strcmp(past.coverage[0].drone, "D01") == 0 ? &past.coverage[0] : &past.coverage[1];
	assert_int_equal(c->boot, BOOT);
	assert_int_equal(c->stored.count, 2);
	assert_int_equal(c->stored.items[0].to, 99);
	assert_int_equal(c->stored.items[1].from, 110);
	assert_int_equal(c->stored.items[1].to, 199);
	assert_int_equal(c->newest_ms, DAY1 + 19900 + 7);
	history_past_clear(&past);
	history_take_past(h, &past);
	assert_int_equal(past.coverage_count, 0);
	history_close(&h);
}

static void test_the_same_sample_is_stored_once(void **state)
{
	struct history *h = open_history();
	struct history_stats stats;

	(void)state;
	put_range(h, "D01", BOOT, 0, 49);
	put_range(h, "D01", BOOT, 20, 69);
	assert_true(wait_samples(h, 70, 2000));
	put_range(h, "D01", BOOT, 0, 69);
	history_close(&h);
	h = open_history();
	put_range(h, "D01", BOOT, 0, 69);
	put_range(h, "D02", BOOT, 0, 0);
	assert_true(wait_samples(h, 1, 2000));
	history_get_stats(h, &stats);
	assert_int_equal(stats.samples, 1);
	history_close(&h);
	assert_int_equal(stored_total("D01", BOOT), 70);
}

static void test_commits_within_the_time(void **state)
{
	struct history *h = open_history_with((struct history_options){ .commit_ms = 100 });
	int late = 0;

	(void)state;
	for (uint32_t seq = 0; seq < 10; seq++) {
		int64_t put = clock_mono_ms();

		put_range(h, "D01", BOOT, seq, seq);
		assert_true(wait_samples(h, seq + 1, 2000));
		late += clock_mono_ms() - put > 150;
		poll(NULL, 0, 13);
	}
	/* A machine that stands still for a moment delays two of them at most. */
	if (late > 2)
		fail_msg("%d of 10 samples took more than 150 ms", late);
	history_close(&h);
}

static void test_drones_answers_and_commands_come_back(void **state)
{
	struct history_drone drone = { .id = "D01", .source = "sim", .feed = "tcp://a:1", .model = "quad" };
	struct history_answer answer = { .id = "c-1", .code = 9, .text = "gone", .keep_until_ms = DAY1 + 900000 };
	struct progress cm = { .id = "c-1", .drone = "D01", .cmd = "goto", .by = "me", .stage = STAGE_SENT,
		.time = (uint64_t)DAY1 };
	struct history *h = open_history();
	struct history_past past;

	(void)state;
	assert_true(history_put_drone(h, &drone, DAY1));
	strcpy(drone.model, "wing");
	assert_true(history_put_drone(h, &drone, DAY1 + 1));
	assert_true(history_put_progress(h, &cm, DAY1));
	cm.stage = STAGE_DONE;
	assert_true(history_put_progress(h, &cm, DAY1 + 5));
	strcpy(cm.id, "c-2");
	cm.stage = STAGE_ACCEPTED;
	assert_true(history_put_progress(h, &cm, DAY1 + 6));
	assert_true(history_put_answer(h, &answer));
	history_close(&h);

	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.drone_count, 1);
	assert_string_equal(past.drones[0].model, "wing");
	assert_string_equal(past.drones[0].feed, "tcp://a:1");
	assert_int_equal(past.command_count, 2);
	assert_string_equal(past.commands[0].id, "c-1");
	assert_int_equal(past.commands[0].stage, STAGE_DONE);
	assert_string_equal(past.commands[1].id, "c-2");
	assert_string_equal(past.commands[1].by, "me");
	assert_int_equal(past.answer_count, 1);
	assert_int_equal(past.answers[0].code, 9);
	assert_string_equal(past.answers[0].text, "gone");
	history_past_clear(&past);
	history_close(&h);
}

static void test_all_kinds_of_record_are_taken(void **state)
{
	struct event ev = { .source = "sim", .time = 1, .severity = 4, .text = "wind" };
	struct alarm al = { .id = "a", .rule = "battery", .drone = "D01", .level = 2, .state = 1, .time = 1,
		.value = 12.5, .limit = 20, .text = "low", .until = KEY_NONE, .count = KEY_NONE };
	struct order order = { .id = "O1", .state = 1, .time = 1, .lat = 47, .lon = 8 };
	struct history_reject reject = { .source = "tcp://x", .topic = "tm.D1", .topic_len = 5,
		.body = "\xc1", .body_len = 1, .reason = REJECT_TYPE, .detail = "lat", .arrived_ms = DAY1 };
	struct history_gap gap = { .drone = "D01", .boot = BOOT, .from = 10, .to = 20,
		.state = GAP_OPEN, .why = "dropped on the way", .at_ms = DAY1 };
	struct history *h = open_history();
	struct history_past past;
	struct history_stats stats;

	(void)state;
	assert_true(history_put_event(h, &ev, DAY1));
	assert_true(history_put_alarm(h, &al, DAY1));
	assert_true(history_put_order(h, &order, DAY1));
	assert_true(history_put_reject(h, &reject));
	assert_true(history_put_gap(h, &gap));
	gap.from = 12;
	gap.to = 14;
	gap.state = GAP_LOST;
	assert_true(history_put_gap(h, &gap));
	put_range(h, "D01", BOOT, 0, 0);
	assert_true(wait_samples(h, 1, 2000));
	history_get_stats(h, &stats);
	assert_int_equal(stats.records, 6);
	history_close(&h);
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.coverage_count, 1);
	assert_int_equal(ranges_total(&past.coverage[0].lost), 3);
	assert_int_equal(past.coverage[0].lost.items[0].from, 12);
	history_past_clear(&past);
	history_close(&h);
}

static void test_a_second_writer_is_refused(void **state)
{
	struct history_options options = { .dir = test_dir, .commit_ms = 20, .queue_bytes = 1 << 20 };
	struct history *h = open_history(), *other;
	struct err err;

	(void)state;
	assert_int_equal(history_open(&other, &options, &err), -1);
	assert_null(other);
	assert_non_null(strstr(err.text, "another daemon"));
	history_close(&h);
}

static void test_a_file_in_the_place_is_refused(void **state)
{
	char path[128];
	struct history_options options = { .dir = path, .commit_ms = 20, .queue_bytes = 1 << 20 };
	struct history *h;
	struct err err;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/file", test_dir);
	f = fopen(path, "w");
	fclose(f);
	assert_int_equal(history_open(&h, &options, &err), -1);
	snprintf(path, sizeof(path), "%s/file/history", test_dir);
	assert_int_equal(history_open(&h, &options, &err), -1);
}

/* ---- backfill ---- */

static void check_backfill(const char *legend, struct history_reader *r, uint32_t from, uint32_t to,
    uint32_t first, size_t count, bool more)
{
	struct backfill bf = { 0 };
	struct buf expected = BUF_INIT;
	struct err err;

	CHECK(legend, history_reader_backfill(r, "D01", BOOT, from, to, &bf, &err) == 0);
	if (bf.count != count)
		fail_msg("%s: %zu samples instead of %zu", legend, bf.count, count);
	CHECK(legend, bf.more == more);
	for (size_t i = 0; i < count; i++) {
		struct sample s;

		make_sample(&s, BOOT, first + (uint32_t)i);
		sample_encode(&expected, &s);
	}
	CHECK(legend, expected.len == bf.samples.len);
	CHECK(legend, !count || memcmp(expected.data, bf.samples.data, bf.samples.len) == 0);
	CHECK(legend, bf.held_count == 1);
	CHECK(legend, bf.held[0].oldest == 0 && bf.held[0].newest == 4999);
	buf_free(&expected);
	backfill_clear(&bf);
}

static void test_backfill(void **state)
{
	static const struct {
		const char *legend;
		uint32_t from, to, first;
		size_t count;
		bool more;
	} cases[] = {
		{ "one", 7, 7, 7, 1, false },
		{ "some", 100, 299, 100, 200, false },
		{ "as many as fit", 0, 1999, 0, 2000, false },
		{ "one too many", 0, 2000, 0, 2000, true },
		{ "all", 0, UINT32_MAX, 0, 2000, true },
		{ "the end", 4900, 6000, 4900, 100, false },
		{ "beyond", 5000, 6000, 0, 0, false },
	};
	struct history *h = open_history();
	struct history_reader *r;
	struct backfill bf = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(history_reader_open(&r, test_dir, &err), 0);
	assert_int_equal(history_reader_backfill(r, "D01", BOOT, 0, 10, &bf, &err), 0);
	assert_int_equal(bf.count, 0);
	backfill_clear(&bf);
	/* Late and in pieces. */
	put_range(h, "D01", BOOT, 0, 1499);
	put_range(h, "D01", BOOT, 3000, 4999);
	put_range(h, "D02", BOOT, 0, 50);
	put_range(h, "D01", BOOT, 1500, 2999);
	assert_true(wait_samples(h, 5051, 5000));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_backfill(cases[i].legend, r, cases[i].from, cases[i].to, cases[i].first,
		    cases[i].count, cases[i].more);
	history_close(&h);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_backfill(cases[i].legend, r, cases[i].from, cases[i].to, cases[i].first,
		    cases[i].count, cases[i].more);
	history_reader_close(&r);
}

static struct alarm an_alarm(const char *id, int state, uint64_t time)
{
	struct alarm al = { .rule = "battery-low", .drone = "D01", .level = LEVEL_WARNING,
		.state = state, .time = time, .since = 1, .value = 12.5, .limit = 20, .text = "low",
		.until = KEY_NONE, .count = KEY_NONE };

	str_copy(al.id, sizeof(al.id), id);
	if (state == ALARM_SHELVED) {
		al.until = time + 600000;
		str_copy(al.by, sizeof(al.by), "jk");
		str_copy(al.why, sizeof(al.why), "on the pad");
	}
	return al;
}

/* The newest change of each alarm that stands, over two days. */
static void test_alarms_that_stand_are_remembered(void **state)
{
	static const struct { const char *id; int state; int64_t ms; } puts[] = {
		{ "a", ALARM_RAISED, DAY1 + 1 }, { "b", ALARM_RAISED, DAY1 + 2 },
		{ "c", ALARM_RAISED, DAY1 + 3 }, { "a", ALARM_ACKED, DAY1 + 4 },
		{ "d", ALARM_RAISED, DAY1 + 5 }, { "d", ALARM_CLEARED, DAY1 + 6 },
		{ "c", ALARM_CLEARED, DAY1 + 86400000 + 1 }, { "b", ALARM_SHELVED, DAY1 + 86400000 + 2 },
	};
	struct history *h = open_history();
	struct history_past past;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(puts); i++) {
		struct alarm al = an_alarm(puts[i].id, puts[i].state, (uint64_t)puts[i].ms);

		assert_true(history_put_alarm(h, &al, puts[i].ms));
	}
	history_close(&h);
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.alarm_count, 2);
	assert_string_equal(past.alarms[0].id, "a");
	assert_int_equal(past.alarms[0].state, ALARM_ACKED);
	assert_true(past.alarms[0].until == KEY_NONE);
	assert_string_equal(past.alarms[1].id, "b");
	assert_int_equal(past.alarms[1].state, ALARM_SHELVED);
	assert_true(past.alarms[1].until == (uint64_t)puts[7].ms + 600000);
	assert_string_equal(past.alarms[1].why, "on the pad");
	history_past_clear(&past);
	history_close(&h);
}

/* A file as version 1 of the schema has made it. */
static void make_old(const char *path)
{
	static const char old[] =
	    "ALTER TABLE alarms DROP COLUMN until; ALTER TABLE alarms DROP COLUMN why;"
	    "ALTER TABLE alarms DROP COLUMN count; ALTER TABLE alarms DROP COLUMN source;"
	    "ALTER TABLE commands DROP COLUMN over; ALTER TABLE commands DROP COLUMN reason;"
	    "ALTER TABLE drones DROP COLUMN kind; PRAGMA user_version = 1";
	char *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, old, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
	sqlite3_close(db);
}

static size_t file_bytes(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, size, f);
	assert_true(n < size);
	fclose(f);
	return n;
}

static bool take_text(void *context, const struct query_value *v, size_t n)
{
	struct buf *b = context;

	for (size_t i = 0; i < n; i++) {
		if (v[i].type == QUERY_NULL)
			buf_add_str(b, "NULL ");
		else
			buf_printf(b, "%.*s ", (int)v[i].len, (const char *)v[i].data);
	}
	return true;
}

static void test_a_day_of_an_older_schema(void **state)
{
	static const char sql[] = "SELECT id, why, source FROM alarms WHERE drone = 'D01' AND why IS NULL"
				  " ORDER BY arrived";
	struct history *h = open_history();
	struct alarm al = an_alarm("a", ALARM_RAISED, DAY1), next = an_alarm("b", ALARM_SHELVED, DAY1);
	struct history_query *q;
	struct history_past past;
	struct buf rows = BUF_INIT;
	struct query_sink sink = { .row = take_text, .context = &rows };
	const struct history_drone drone = { .id = "D01", .source = "sim", .feed = "ipc:///sim" };
	static char before[1 << 20], after[1 << 20];
	char path[128];
	struct err err;
	size_t bytes;

	(void)state;
	assert_true(history_put_alarm(h, &al, DAY1));
	assert_true(history_put_drone(h, &drone, DAY1));
	history_close(&h);
	snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
	make_old(path);
	bytes = file_bytes(path, before, sizeof(before));
	/* Read as it is. */
	assert_int_equal(history_query_open(&q, test_dir, &err), 0);
	if (history_query_run(q, sql, &sink, &err) == -1)
		fail_msg("%s", err.text);
	assert_string_equal(rows.data, "a NULL NULL ");
	buf_clear(&rows);
	if (history_query_run(q, "SELECT id, kind, source FROM drones", &sink, &err) == -1)
		fail_msg("%s", err.text);
	assert_string_equal(rows.data, "D01 NULL sim ");
	history_query_close(&q);
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.drone_count, 1);
	assert_string_equal(past.drones[0].feed, "ipc:///sim");
	history_close(&h);
	assert_int_equal(file_bytes(path, after, sizeof(after)), bytes);
	assert_memory_equal(before, after, bytes);
	h = open_history();
	assert_int_equal(past.alarm_count, 1);
	assert_string_equal(past.alarms[0].why, "");
	assert_true(past.alarms[0].until == KEY_NONE);
	history_past_clear(&past);
	/* Written on, it has the columns. */
	assert_true(history_put_alarm(h, &next, DAY1 + 1));
	history_close(&h);
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.alarm_count, 2);
	assert_string_equal(past.alarms[1].why, "on the pad");
	history_past_clear(&past);
	history_close(&h);
	buf_free(&rows);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_fresh_directory_has_no_past),
		TEST(test_coverage_is_told_from_the_rows),
		TEST(test_the_same_sample_is_stored_once),
		TEST(test_commits_within_the_time),
		TEST(test_drones_answers_and_commands_come_back),
		TEST(test_all_kinds_of_record_are_taken),
		TEST(test_alarms_that_stand_are_remembered),
		TEST(test_a_day_of_an_older_schema),
		TEST(test_a_second_writer_is_refused),
		TEST(test_a_file_in_the_place_is_refused),
		TEST(test_backfill),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
