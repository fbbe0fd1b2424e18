/* Missions and fences of then: stored when they change, whole in each day's file. */
#include "test_plans_util.h"

#include "history/days.h"
#include "history/query.h"
#include "history/trim.h"
#include "history/verify.h"

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

static bool take_text(void *context, const struct query_value *v, size_t n)
{
	struct buf *b = context;

	for (size_t i = 0; i < n; i++) {
		if (v[i].type == QUERY_INTEGER)
			buf_printf(b, "%lld ", (long long)v[i].integer);
		else if (v[i].type == QUERY_NULL)
			buf_add_str(b, "NULL ");
		else
			buf_printf(b, "%.*s ", (int)v[i].len, (const char *)v[i].data);
	}
	return true;
}

static void check_sql(const char *statement, const char *expected)
{
	struct history_query *q;
	struct buf rows = BUF_INIT;
	struct query_sink sink = { .row = take_text, .context = &rows };
	struct err err;

	buf_add_str(&rows, "");
	if (history_query_open(&q, test_dir, &err) == -1 ||
	    history_query_run(q, statement, &sink, &err) == -1)
		fail_msg("%s: %s", statement, err.text);
	history_query_close(&q);
	assert_string_equal(rows.data, expected);
	buf_free(&rows);
}

#define JSON1                                                                                     \
	"{\"rev\":1,\"mission\":[{\"lat\":47.5,\"lon\":8.25,\"height\":30}],\"fence\":[{\"kind\":\"in\"," \
	"\"center\":[47.5,8.25],\"radius\":500}],\"wings\":2} "

static void test_only_what_changes_is_stored(void **state)
{
	struct history *h = open_history();

	(void)state;
	assert_true(put_plan(h, "D01", 1, 1, DAY1 + 1000));
	assert_true(put_plan(h, "D02", 1, 0, DAY1 + 1001));
	for (int i = 0; i < 20; i++)
		assert_true(put_plan(h, "D01", 1, 1, DAY1 + 2000 + i));
	assert_true(put_plan(h, "D01", 2, 3, DAY1 + 3000));
	history_close(&h);
	/* A daemon that starts again asks again, and is told the same. */
	h = open_history();
	assert_true(put_plan(h, "D01", 2, 3, DAY1 + 4000));
	assert_true(put_plan(h, "D02", 1, 0, DAY1 + 4000));
	/* Cleared, and once more as it was. */
	assert_true(put_plan(h, "D01", 3, 0, DAY1 + 5000));
	assert_true(put_plan(h, "D01", 2, 3, DAY1 + 6000));
	history_close(&h);
	check_sql("SELECT rev, items, fences, rallies, at - 1795219200000, arrived - at FROM plans"
		  " WHERE drone = 'D01' ORDER BY at",
	    "1 1 1 0 1000 0 2 3 1 0 3000 0 3 0 1 0 5000 0 2 3 1 0 6000 0 ");
	check_sql("SELECT count(*) FROM plans WHERE drone = 'D02'", "1 ");
	check_sql("SELECT content FROM plans WHERE drone = 'D01' AND rev = 1", JSON1);
	/* What is shown as JSON is looked for as JSON. */
	check_sql("SELECT rev FROM plans WHERE content LIKE '%:49.5,%' AND at < 1795219204000", "2 ");
	check_sql("SELECT json_extract(content, '$.mission[0].lat') = 47.5, count(*) FROM plans WHERE"
		  " json_array_length(content, '$.mission') = 3", "1 2 ");
}

static void test_a_day_is_whole(void **state)
{
	struct history *h = open_history();
	struct history_verified v;
	struct err err;

	(void)state;
	/* D03 is heard in the morning of the first day and never again. */
	put_range(h, "D03", BOOT, 0, 9);
	assert_true(put_plan(h, "D03", 9, 1, DAY1 + 500));
	put_range(h, "D01", BOOT, 863000, 863009);
	put_range(h, "D02", BOOT, 863000, 863009);
	assert_true(put_plan(h, "D01", 1, 1, DAY1 + 86300000));
	assert_true(put_plan(h, "D01", 2, 3, DAY1 + 86301000));
	assert_true(put_plan(h, "D02", 1, 0, DAY1 + 86301000));
	/* The next day has them before anybody asks; D02's is changed then. */
	put_range(h, "D01", BOOT, 864000, 864009);
	put_range(h, "D02", BOOT, 864000, 864009);
	assert_true(put_plan(h, "D02", 2, 5, DAY1 + DAY_MS + 60000));
	assert_true(put_plan(h, "D01", 2, 3, DAY1 + DAY_MS + 60000));
	history_close(&h);
	check_sql("SELECT drone, rev, items, at - 1795219200000, arrived - at FROM plans"
		  " WHERE at >= 1795305600000 ORDER BY at, drone",
	    "D01 2 3 86400000 -99000 D02 1 0 86400000 -99000 D03 9 1 86400000 -86399500 "
	    "D02 2 5 86460000 0 ");
	/* On the third D03 has not been heard for two days. */
	h = open_history();
	put_range(h, "D01", BOOT, 1728000, 1728009);
	history_close(&h);
	check_sql("SELECT drone, rev, at - 1795219200000, arrived - 1795219200000 FROM plans"
		  " WHERE at >= 1795392000000 ORDER BY drone",
	    "D01 2 172800000 86301000 D02 2 172800000 86460000 ");
	assert_int_equal(history_verify(test_dir, NULL, NULL, &v, &err), 0);
	assert_int_equal(v.faults, 0);
	assert_int_equal(v.days, 3);
}

static struct buf whole_file(const char *path)
{
	struct buf b = BUF_INIT;
	FILE *f = fopen(path, "rb");
	char part[65536];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)))
		buf_add(&b, part, n);
	fclose(f);
	return b;
}

static void test_days_without_the_table(void **state)
{
	/* 2 lacks the table; 1 columns of others besides. */
	static const char *const older[] = {
		"DROP TABLE plans; PRAGMA user_version = 2",
		"DROP TABLE plans; ALTER TABLE drones DROP COLUMN kind; PRAGMA user_version = 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++) {
		struct history *h = open_history();
		struct history_verified v;
		struct buf before, after;
		char path[128];
		struct err err;

		put_range(h, "D01", BOOT, 0, 9);
		history_close(&h);
		snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
		change_file(path, older[i]);
		before = whole_file(path);
		check_sql("SELECT drone, rev FROM plans WHERE drone = 'D01'", "");
		check_sql("SELECT count(*) FROM plans", "0 ");
		assert_int_equal(history_verify(test_dir, NULL, NULL, &v, &err), 0);
		assert_int_equal(v.faults, 0);
		after = whole_file(path);
		assert_int_equal(before.len, after.len);
		assert_memory_equal(before.data, after.data, after.len);
		/* Whoever goes on writing it makes it one of today. */
		h = open_history();
		assert_true(put_plan(h, "D01", 4, 1, DAY1 + 1000));
		assert_true(put_plan(h, "D01", 4, 1, DAY1 + 1001));
		/* And the day after takes over. */
		put_range(h, "D01", BOOT, 864000, 864009);
		history_close(&h);
		check_sql("SELECT rev, at - 1795219200000 FROM plans", "4 1000 4 86400000 ");
		buf_free(&before);
		buf_free(&after);
		remove_dir();
		assert_int_equal(mkdir(test_dir, 0777), 0);
	}
}

static void test_nothing_comes_of_a_day_without_the_table(void **state)
{
	struct history *h = open_history();
	char path[128];

	(void)state;
	put_range(h, "D01", BOOT, 0, 9);
	history_close(&h);
	snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
	change_file(path, "DROP TABLE plans; PRAGMA user_version = 2");
	h = open_history();
	put_range(h, "D01", BOOT, 864000, 864009);
	history_close(&h);
	check_sql("SELECT count(*) FROM plans", "0 ");
}

/* Whatever stands in the day before: the day goes on. */
static void test_what_does_not_fit_is_left(void **state)
{
	static const struct {
		const char *sql, *carried;
	} cases[] = {
		{ "SELECT 1", "D01 D02 " },
		{ "UPDATE plans SET content = 'text' WHERE drone = 'D01'", "D02 " },
		{ "UPDATE plans SET items = 'many' WHERE drone = 'D01'", "D02 " },
		{ "UPDATE plans SET drone = 'a b'", "" },
		{ "DROP TABLE plans; CREATE TABLE plans(row INTEGER PRIMARY KEY, drone, rev, at, items, fences,"
		  " rallies, content, arrived); INSERT INTO plans(drone) VALUES('D01')", "" },
		{ "DROP TABLE plans; CREATE TABLE plans(drone TEXT)", "" },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct history *h = open_history();
		char path[128];

		put_range(h, "D01", BOOT, 863000, 863009);
		put_range(h, "D02", BOOT, 863000, 863009);
		assert_true(put_plan(h, "D01", 1, 1, DAY1 + 86301000));
		assert_true(put_plan(h, "D02", 1, 1, DAY1 + 86301000));
		history_close(&h);
		snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
		change_file(path, cases[c].sql);
		h = open_history();
		put_range(h, "D01", BOOT, 864000, 864009);
		assert_true(wait_samples(h, 10, 2000));
		history_close(&h);
		unlink(path);
		check_sql("SELECT drone FROM plans ORDER BY drone", cases[c].carried);
		check_sql("SELECT count(*) FROM telemetry", "10 ");
		remove_dir();
		assert_int_equal(mkdir(test_dir, 0777), 0);
	}
}

static void keep_fault(void *context, const char *name, const char *text)
{
	struct buf *out = context;

	(void)name;
	buf_printf(out, "%s\n", text);
}

static void test_verify_reads_them(void **state)
{
	static const struct {
		const char *sql, *fault;
	} cases[] = {
		{ "SELECT 1", "" },
		{ "UPDATE plans SET content = substr(content, 1, 20)", "plan row 1 is damaged: the plan is none: " },
		{ "UPDATE plans SET content = x''", "plan row 1 is damaged: " },
		{ "UPDATE plans SET content = x'90'", "plan row 1 is damaged: the plan is none: it is no map" },
		{ "UPDATE plans SET content = x'80'", "plan row 1 is damaged: the plan has no rev" },
		{ "UPDATE plans SET rev = 7", "plan row 1 holds another plan than it says" },
		{ "UPDATE plans SET items = 2", "plan row 1 holds another plan than it says" },
		{ "UPDATE plans SET rallies = 1", "plan row 1 holds another plan than it says" },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct history *h = open_history();
		struct history_verified v;
		struct buf faults = BUF_INIT;
		char path[128];
		struct err err;

		buf_add_str(&faults, "");
		assert_true(put_plan(h, "D01", 1, 1, DAY1 + 1000));
		history_close(&h);
		snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
		change_file(path, cases[c].sql);
		assert_int_equal(history_verify(test_dir, keep_fault, &faults, &v, &err), 0);
		if (strncmp(faults.data, cases[c].fault, strlen(cases[c].fault)) != 0 || v.faults != (c > 0))
			fail_msg("%s: %s", cases[c].sql, faults.data);
		/* It is shown as far as it can be. */
		check_sql("SELECT drone FROM plans WHERE length(content) >= 0", "D01 ");
		buf_free(&faults);
		remove_dir();
		assert_int_equal(mkdir(test_dir, 0777), 0);
	}
}

/* A short past that drops what is old keeps what is in force where it begins. */
static void test_what_is_in_force_is_not_trimmed(void **state)
{
	struct history *h = open_history();
	char path[128];
	sqlite3 *db;

	(void)state;
	for (int i = 1; i <= 5; i++)
		assert_true(put_plan(h, "D01", (uint64_t)i, 1, DAY1 + i * 1000));
	assert_true(put_plan(h, "D02", 1, 1, DAY1 + 1000));
	assert_true(put_plan(h, "D03", 1, 1, DAY1 + 5000));
	history_close(&h);
	snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(trim(db, DAY1 + 3500, 0), SQLITE_OK);
	sqlite3_close(db);
	check_sql("SELECT drone, rev, at - 1795219200000, arrived - 1795219200000 FROM plans ORDER BY drone, at",
	    "D01 3 3500 3000 D01 4 4000 4000 D01 5 5000 5000 D02 1 3500 1000 D03 1 5000 5000 ");
}

static void test_a_full_queue_says_so(void **state)
{
	struct history *h = open_history_with((struct history_options){ .queue_bytes = 64u << 10, .commit_ms = 2000 });
	bool taken = true;
	int n = 0;

	(void)state;
	/* Nothing waits for the disk. */
	for (; taken && n < 1000; n++)
		taken = put_plan(h, "D01", (uint64_t)n, 200, DAY1 + n);
	assert_false(taken);
	assert_true(n > 1 && n < 1000);
	history_close(&h);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_only_what_changes_is_stored),
		TEST(test_a_day_is_whole),
		TEST(test_days_without_the_table),
		TEST(test_nothing_comes_of_a_day_without_the_table),
		TEST(test_what_does_not_fit_is_left),
		TEST(test_what_is_in_force_is_not_trimmed),
		TEST(test_verify_reads_them),
		TEST(test_a_full_queue_says_so),
	};

	return cmocka_run_group_tests_name("history plans", tests, NULL, NULL);
}
