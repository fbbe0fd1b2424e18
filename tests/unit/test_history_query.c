/* SQL over plain and sealed rows of several days. */
#include "test_history_util.h"

#include <math.h>

#include "history/query.h"
#include "history/samples.h"

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

/* All rows as text: values by '|', rows by newline. */
static bool add_row(void *context, const struct query_value *v, size_t n)
{
	struct buf *out = context;

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_str(out, "|");
		switch (v[i].type) {
		case QUERY_NULL:
			buf_add_str(out, "-");
			break;
		case QUERY_INTEGER:
			buf_printf(out, "%lld", (long long)v[i].integer);
			break;
		case QUERY_REAL:
			buf_printf(out, "%.10g", v[i].real);
			break;
		case QUERY_TEXT:
			buf_add_str(out, v[i].data);
			break;
		case QUERY_BLOB:
			buf_printf(out, "blob of %zu", v[i].len);
			break;
		}
	}
	buf_add_str(out, "\n");
	return true;
}

static void check_sql(const char *sql, const char *expected)
{
	struct buf out = BUF_INIT;
	struct query_sink sink = { .row = add_row, .context = &out };
	struct history_query *q;
	struct err err;

	buf_add_str(&out, "");
	if (history_query_open(&q, test_dir, &err) == -1)
		fail_msg("%s", err.text);
	if (history_query_run(q, sql, &sink, &err) == -1)
		buf_printf(&out, "error: %s", err.text);
	if (strcmp(out.data, expected) != 0)
		fail_msg("%s\ngave:\n%s\ninstead of:\n%s", sql, out.data, expected);
	history_query_close(&q);
	buf_free(&out);
}

static const struct {
	const char *sql, *expected;
} cases[] = {
	{ "SELECT count(*) FROM telemetry", "1310\n" },
	{ "SELECT drone, count(*), min(seq), max(seq) FROM telemetry GROUP BY drone",
	  "D01|1000|0|999\nD02|300|0|299\nD03|10|0|9\n" },
	{ "SELECT seq, time, alt, battery, speed IS NULL, course FROM telemetry WHERE drone = 'D01'"
	  " AND seq IN (0, 7, 999) ORDER BY seq",
	  "0|1795219200000|500|100|1|-\n7|1795219200700|500.07|100|1|-\n"
	  "999|1795219299900|509.99|95.1|0|-\n" },
	{ "SELECT count(*) FROM telemetry WHERE drone = 'D01' AND time >= 1795219210000"
	  " AND time < 1795219220000", "100\n" },
	{ "SELECT count(*) FROM telemetry WHERE time BETWEEN 1795219200050 AND 1795219200250.5",
	  "6\n" },
	{ "SELECT count(*) FROM telemetry WHERE drone = 'D09'", "0\n" },
	{ "SELECT count(*) FROM telemetry WHERE drone = NULL", "0\n" },
	{ "SELECT count(*) FROM telemetry WHERE boot = 1795219000 AND seq > 295 AND seq <= 300",
	  "9\n" },
	{ "SELECT count(*) FROM telemetry WHERE boot = 5", "0\n" },
	{ "SELECT arrived - time, backfilled, length FROM telemetry WHERE drone = 'D03' AND seq = 9",
	  "7|1|22\n" },
	{ "SELECT text, severity FROM events WHERE drone IS NULL", "wind|4\n" },
	{ "SELECT state, first_seq, last_seq FROM gaps ORDER BY 2", "open|10|11\nlost|12|14\nopen|15|20\n" },
	{ "SELECT reason, topic, detail FROM rejects WHERE arrived >= 1795219200000",
	  "type|blob of 5|lat\n" },
	{ "SELECT id, source FROM drones WHERE id = 'D02'", "D02|-\n" },
	{ "SELECT count(*) FROM flights", "0\n" },
	{ "SELECT a.seq FROM telemetry a JOIN telemetry b ON a.drone = b.drone AND a.boot = b.boot AND"
	  " a.seq = b.seq + 1 WHERE b.drone = 'D03' AND b.seq = 4", "5\n" },
	{ "DELETE FROM telemetry", "error: table telemetry may not be modified" },
	{ "CREATE TABLE t(a)", "error: the history is only read: use SELECT (not authorized)" },
	{ "ATTACH '/tmp/x' AS x", "error: the history is only read: use SELECT (not authorized)" },
	{ "SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info('telemetry') LIMIT 4)",
	  "drone boot seq time\n" },
	{ "SELECT type FROM pragma_table_xinfo('drones') WHERE name = 'kind'", "TEXT\n" },
	{ "SELECT * FROM pragma_journal_mode", "error: not authorized" },
	{ "PRAGMA user_version = 3", "error: the history is only read: use SELECT (not authorized)" },
	{ "SELECT nonsense", "error: no such column: nonsense" },
};

static void put_all(struct history *h)
{
	struct event ev = { .source = "sim", .time = 1, .severity = 4, .text = "wind" };
	struct history_reject reject = { .source = "tcp://x", .topic = "tm.D1", .topic_len = 5,
		.body = "\xc1", .body_len = 1, .reason = REJECT_TYPE, .detail = "lat", .arrived_ms = DAY1 };
	struct history_gap gap = { .drone = "D01", .boot = BOOT, .from = 10, .to = 20,
		.state = GAP_OPEN, .why = "dropped on the way", .at_ms = DAY1 };

	put_range(h, "D01", BOOT, 0, 999);
	put_range(h, "D02", BOOT, 0, 299);
	for (uint32_t seq = 0; seq < 10; seq++)
		assert_true(put_seq(h, "D03", BOOT, seq, true));
	assert_true(history_put_event(h, &ev, DAY1));
	assert_true(history_put_reject(h, &reject));
	assert_true(history_put_gap(h, &gap));
	gap.from = 12;
	gap.to = 14;
	gap.state = GAP_LOST;
	assert_true(history_put_gap(h, &gap));
	assert_true(wait_samples(h, 1310, 5000));
}

static void test_plain_rows(void **state)
{
	struct history *h = open_history();

	(void)state;
	put_all(h);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_sql(cases[i].sql, cases[i].expected);
	history_close(&h);
}

static void test_sealed_rows(void **state)
{
	struct history *h = open_history_with((struct history_options){ .seal_ms = 1 });

	(void)state;
	put_all(h);
	poll(NULL, 0, 500);
	history_close(&h);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_sql(cases[i].sql, cases[i].expected);
}

static void test_the_plan_uses_drone_and_time(void **state)
{
	struct history *h = open_history();

	(void)state;
	put_range(h, "D01", BOOT, 0, 9);
	history_close(&h);
	check_sql("EXPLAIN QUERY PLAN SELECT lat FROM telemetry WHERE drone = 'D01' AND time > 5",
	    "2|0|0|SCAN telemetry VIRTUAL TABLE INDEX 0:c:du\n");
	check_sql("EXPLAIN QUERY PLAN SELECT 1 FROM telemetry WHERE time BETWEEN 1 AND 2",
	    "2|0|0|SCAN telemetry VIRTUAL TABLE INDEX 0:4:uv\n");
	check_sql("EXPLAIN QUERY PLAN SELECT 1 FROM telemetry WHERE drone LIKE 'D%'",
	    "2|0|0|SCAN telemetry VIRTUAL TABLE INDEX 0:0:\n");
}

static bool check_order(void *context, const struct history_sample *s)
{
	uint32_t *next = context;
	struct sample expected;

	make_sample(&expected, BOOT, *next);
	assert_int_equal(sample_seq(&s->sample), *next);
	assert_memory_equal(s->sample.raw, expected.raw, sizeof(expected.raw));
	assert_int_equal(s->backfilled, *next >= 100 && *next < 200);
	return ++*next != 250;
}

static void test_samples_in_order(void **state)
{
	struct history *h = open_history_with((struct history_options){ .seal_ms = 1 });
	uint32_t next = 0;
	struct err err;

	(void)state;
	put_range(h, "D01", BOOT, 200, 299);
	assert_true(wait_samples(h, 100, 2000));
	poll(NULL, 0, 100);
	put_range(h, "D01", BOOT, 0, 99);
	for (uint32_t seq = 100; seq < 200; seq++)
		assert_true(put_seq(h, "D01", BOOT, seq, true));
	put_range(h, "D02", BOOT, 0, 9);
	history_close(&h);
	assert_int_equal(history_samples(test_dir, "D01", DAY1, INT64_MAX, check_order, &next, &err), 0);
	assert_int_equal(next, 250);
	assert_int_equal(history_samples(test_dir, "D09", DAY1, INT64_MAX, check_order, &next, &err), 0);
	assert_int_equal(next, 250);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_plain_rows),
		TEST(test_sealed_rows),
		TEST(test_samples_in_order),
		TEST(test_the_plan_uses_drone_and_time),
	};

	return cmocka_run_group_tests_name("history_query", tests, NULL, NULL);
}
