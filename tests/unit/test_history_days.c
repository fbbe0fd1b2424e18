/* Days that end, flights that go on, and files that have to go. */
#include "test_history_util.h"

#include <sqlite3.h>

#include "history/days.h"
#include "history/flights.h"
#include "history/query.h"
#include "history/verify.h"

#define BOOT 1795219000u
#define NOON (DAY1 + 12 * 3600 * INT64_C(1000))

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

/* ---- flights ---- */

static void fly(struct sample *s, uint32_t boot, uint32_t seq, unsigned flags, double north_m)
{
	memset(s, 0, sizeof(*s));
	sample_set(s, FIELD_boot, boot);
	sample_set(s, FIELD_seq, seq);
	sample_set(s, FIELD_time, NOON + (int64_t)seq * 1000);
	sample_set(s, FIELD_lat, 474000000 + (int64_t)(north_m / 111177.0 * 1e7));
	sample_set(s, FIELD_lon, 85000000);
	sample_set(s, FIELD_height, flags & FLAG_IN_AIR ? 5000 : 0);
	sample_set(s, FIELD_battery, 1000 - seq % 1000);
	sample_set(s, FIELD_used, seq * 10);
	sample_set(s, FIELD_flags, flags | FLAG_POSITION_VALID);
	s->wire_count = FIELD_COUNT;
}

/* Three days before. */
#define OLD_BOOT ((uint32_t)(DAY1 / 1000) - 3 * 86400)

#define A FLAG_ARMED
#define F (FLAG_ARMED | FLAG_IN_AIR)

static void test_flights_are_found(void **state)
{
	static const struct {
		const char *legend;
		unsigned flags[24];
		size_t n;
		enum flight_end ended; /* of the last that ended; FLIGHT_ON: none did */
		int begun, ends;
		uint32_t start, end;   /* seq */
	} cases[] = {
		{ "on the ground", { 0, 0, 0 }, 3, FLIGHT_ON, 0, 0, 0, 0 },
		{ "armed, flown, landed", { 0, A, F, F, F, A, 0 }, 7, FLIGHT_LANDED, 1, 1, 1, 5 },
		{ "already in the air", { F, F, 0 }, 3, FLIGHT_LANDED, 1, 1, 0, 2 },
		{ "armed and disarmed", { 0, A, A, 0 }, 4, FLIGHT_NONE, 1, 1, 1, 3 },
		{ "touches the ground", { A, F, A, F, F }, 5, FLIGHT_ON, 1, 0, 0, 0 },
		{ "stays armed on the ground", { A, F, A, A, A, A, A, A, A, A, A, A, A }, 13,
		  FLIGHT_LANDED, 1, 1, 0, 2 },
		{ "twice", { A, F, 0, 0, A, F, 0 }, 7, FLIGHT_LANDED, 2, 2, 4, 6 },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct flight_tracker t = { 0 };
		struct flight f, last = { 0 };
		int begun = 0, ends = 0;

		for (uint32_t i = 0; i < cases[c].n; i++) {
			struct sample s;

			fly(&s, BOOT, i, cases[c].flags[i], i * 20.0);
			if (!flights_sample(&t, "D01", &s, &f))
				continue;
			begun += f.ended == FLIGHT_ON && f.last_seq == i && f.start_ms == sample_time(&s);
			/* Told again when it leaves the ground. */
			CHECK(cases[c].legend, f.ended != FLIGHT_ON || f.start_ms == sample_time(&s) ||
			    (f.flown && !last.flown));
			ends += f.ended != FLIGHT_ON;
			last = f;
		}
		CHECK(cases[c].legend, begun == cases[c].begun);
		CHECK(cases[c].legend, ends == cases[c].ends);
		if (!ends)
			continue;
		CHECK(cases[c].legend, last.ended == cases[c].ended);
		CHECK(cases[c].legend, last.start_ms == NOON + cases[c].start * 1000);
		CHECK(cases[c].legend, last.ended == FLIGHT_NONE || last.end_ms == NOON + cases[c].end * 1000);
	}
}

/* A flight ends after it began, whatever its clock does. */
static void test_a_clock_set_in_flight(void **state)
{
	static const struct {
		const char *legend;
		int64_t by_ms;
		int flights;
	} cases[] = {
		{ "a second forward", 1000, 1 },
		{ "a second back", -1000, 1 },
		{ "an hour forward", 3600 * 1000, 2 },
		{ "an hour back", -3600 * 1000, 2 },
		{ "to just before its start", -21 * 1000, 2 },
		{ "to the beginning of all time", -NOON, 2 },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct flight_tracker t = { 0 };
		int begun = 0, ends = 0;
		struct flight f;

		for (uint32_t i = 0; i < 40; i++) {
			struct sample s;

			fly(&s, BOOT, i, i == 39 ? 0 : F, i * 10.0);
			if (i >= 20)
				sample_set(&s, FIELD_time, sample_time(&s) + cases[c].by_ms);
			if (!flights_sample(&t, "D01", &s, &f))
				continue;
			begun += f.ended == FLIGHT_ON;
			ends += f.ended != FLIGHT_ON;
			CHECK(cases[c].legend, f.ended == FLIGHT_ON || f.end_ms >= f.start_ms);
		}
		CHECK(cases[c].legend, begun == cases[c].flights && ends == cases[c].flights);
	}
}

static void test_a_flight_in_numbers(void **state)
{
	struct flight_tracker t = { 0 };
	struct flight f;
	struct sample s;

	(void)state;
	for (uint32_t i = 0; i <= 100; i++) {
		fly(&s, BOOT, i, i == 0 ? A : i == 100 ? 0 : F, i * 10.0);
		/* A late one changes nothing. */
		if (i == 50) {
			struct sample late;

			fly(&late, BOOT, 20, 0, 0);
			assert_false(flights_sample(&t, "D01", &late, &f));
		}
		(void)flights_sample(&t, "D01", &s, &f);
	}
	assert_int_equal(f.ended, FLIGHT_LANDED);
	assert_string_equal(f.id, "D01-20261121T120000");
	assert_true(f.distance_m > 995 && f.distance_m < 1005);
	assert_true(f.highest_m == 50);
	assert_true(f.battery_start == 100 && f.battery_end == 90);
	assert_true(f.used_end - f.used_start == 1000);
	/* A new boot in the air ends it. */
	fly(&s, BOOT, 101, F, 0);
	assert_true(flights_sample(&t, "D01", &s, &f));
	fly(&s, BOOT + 1, 0, F, 0);
	assert_true(flights_sample(&t, "D01", &s, &f));
	assert_int_equal(f.ended, FLIGHT_RESTARTED);
	fly(&s, BOOT + 1, 1, F, 0);
	assert_true(flights_sample(&t, "D01", &s, &f));
	assert_int_equal(f.ended, FLIGHT_ON);
	/* So does silence. */
	fly(&s, BOOT + 1, 2000, F, 0);
	assert_true(flights_sample(&t, "D01", &s, &f));
	assert_int_equal(f.ended, FLIGHT_LOST);
}

static bool take_text(void *context, const struct query_value *v, size_t n)
{
	struct buf *out = context;

	for (size_t i = 0; i < n; i++) {
		if (v[i].type == QUERY_TEXT)
			buf_printf(out, "%s ", (const char *)v[i].data);
		else if (v[i].type == QUERY_REAL)
			buf_printf(out, "%.0f ", v[i].real);
		else if (v[i].type == QUERY_NULL)
			buf_add_str(out, "- ");
		else
			buf_printf(out, "%lld ", (long long)v[i].integer);
	}
	return true;
}

static void check_sql(const char *sql, const char *expected)
{
	struct buf out = BUF_INIT;
	struct query_sink sink = { .row = take_text, .context = &out };
	struct history_query *q;
	struct err err;

	buf_add_str(&out, "");
	assert_int_equal(history_query_open(&q, test_dir, &err), 0);
	if (history_query_run(q, sql, &sink, &err) == -1)
		fail_msg("%s", err.text);
	if (strcmp(out.data, expected) != 0)
		fail_msg("%s\ngave: %s\ninstead of: %s", sql, out.data, expected);
	history_query_close(&q);
	buf_free(&out);
}

static void put_flown(struct history *h, uint32_t from, uint32_t to, unsigned flags, int64_t shift_ms)
{
	for (uint32_t i = from; i <= to; i++) {
		struct buf body = BUF_INIT;
		struct sample s;

		fly(&s, BOOT, i, flags, i * 10.0);
		sample_set(&s, FIELD_time, sample_time(&s) + shift_ms);
		sample_encode(&body, &s);
		while (!history_put_sample(h, "D01", &s, body.data, body.len, sample_time(&s), false))
			poll(NULL, 0, 1);
		buf_free(&body);
	}
}

static void test_a_flight_over_a_restart(void **state)
{
	struct history *h = open_history_with((struct history_options){ .seal_ms = 30 });

	(void)state;
	put_flown(h, 0, 0, A, 0);
	put_flown(h, 1, 50, F, 0);
	poll(NULL, 0, 200);
	put_flown(h, 51, 60, F, 0);
	history_close(&h);
	check_sql("SELECT id, \"end\", flown FROM flights", "D01-20261121T120000 - 1 ");
	h = open_history();
	put_flown(h, 61, 99, F, 0);
	put_flown(h, 100, 100, 0, 0);
	history_close(&h);
	check_sql("SELECT id, ended, distance, highest, battery_used, used FROM flights",
	    "D01-20261121T120000 landed 1000 50 10 1000 ");
}

/* Midnight in the air, with a hole that is open. */
/* "start end flown" of each flight, in s of its day's noon. */
static void flight_rows(char *out, size_t size)
{
	char path[128];
	sqlite3_stmt *stmt;
	sqlite3 *db;
	size_t n = 0;

	*out = '\0';
	snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "SELECT start, \"end\", flown FROM flights ORDER BY start", -1, &stmt,
		NULL) == SQLITE_OK) {
		while (sqlite3_step(stmt) == SQLITE_ROW && n + 64 < size) {
			n += (size_t)snprintf(out + n, size - n, "%lld ",
			    (long long)(sqlite3_column_int64(stmt, 0) - NOON) / 1000);
			if (sqlite3_column_type(stmt, 1) == SQLITE_NULL)
				n += (size_t)snprintf(out + n, size - n, "- ");
			else
				n += (size_t)snprintf(out + n, size - n, "%lld ",
				    (long long)(sqlite3_column_int64(stmt, 1) - NOON) / 1000);
			n += (size_t)snprintf(out + n, size - n, "%d\n", sqlite3_column_int(stmt, 2));
		}
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
}

static bool put_flying(struct history *h, uint32_t seq, unsigned flags, bool backfilled)
{
	struct buf body = BUF_INIT;
	struct sample s;
	bool taken;

	fly(&s, BOOT, seq, flags, seq * 10.0);
	sample_encode(&body, &s);
	taken = history_put_sample(h, "D01", &s, body.data, body.len, sample_time(&s), backfilled);
	buf_free(&body);
	return taken;
}

static bool wait_flights(const char *wanted)
{
	char rows[512];

	for (int i = 0; i < 500; i++) {
		flight_rows(rows, sizeof(rows));
		if (strcmp(rows, wanted) == 0)
			return true;
		poll(NULL, 0, 20);
	}
	fprintf(stderr, "%s\ninstead of\n%s\n", rows, wanted);
	return false;
}

/* A hole with the end of one flight, all of another and the beginning of a third; what is
 * known without it is one flight, and with it three. */
static void test_flights_in_a_hole(void **state)
{
	struct history *h = open_history();

	(void)state;
	for (uint32_t seq = 0; seq < 20; seq++)
		assert_true(put_flying(h, seq, seq < 5 ? 0 : F, false));
	for (uint32_t seq = 500; seq < 510; seq++)
		assert_true(put_flying(h, seq, F, false));
	assert_true(wait_flights("5 - 1\n"));
	for (uint32_t seq = 20; seq < 500; seq++)
		assert_true(put_flying(h, seq, seq < 50 || (seq >= 100 && seq < 200) || seq >= 450 ? F : 0, true));
	assert_true(wait_flights("5 50 1\n100 200 1\n450 - 1\n"));
	/* And it goes on from there. */
	for (uint32_t seq = 510; seq < 520; seq++)
		assert_true(put_flying(h, seq, seq < 515 ? F : 0, false));
	assert_true(wait_flights("5 50 1\n100 200 1\n450 515 1\n"));
	history_close(&h);
}

/* A drone that has flown on for three days: what lies before the two that are read is neither
 * asked for again nor called lost, but for the gap that is open still. */
static void test_a_boot_older_than_what_is_read(void **state)
{
	static const struct range wanted[] = { { 0, 19 }, { 30, 864009 }, { 1728000, 1728009 } };
	struct history_gap gap = { .drone = "D01", .boot = OLD_BOOT, .from = 20, .to = 29,
		.state = GAP_OPEN, .why = "dropped on the way", .at_ms = DAY1 };
	struct history *h = open_history();
	struct history_past past;

	(void)state;
	put_range(h, "D01", OLD_BOOT, 0, 19);
	assert_true(history_put_gap(h, &gap));
	put_range(h, "D01", OLD_BOOT, 30, 39);
	put_range(h, "D01", OLD_BOOT, 864000, 864009);
	put_range(h, "D01", OLD_BOOT, 1728000, 1728009);
	/* One that began within them is to be here from its beginning. */
	put_range(h, "D02", DAY1 / 1000 + 86400, 1728000, 1728009);
	history_close(&h);
	h = open_history();
	history_take_past(h, &past);
	assert_int_equal(past.coverage_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct ranges *r = &past.coverage[i].stored;

		if (strcmp(past.coverage[i].drone, "D02") == 0) {
			assert_int_equal(r->count, 1);
			assert_int_equal(r->items[0].from, 1728000);
			continue;
		}
		assert_int_equal(r->count, sizeof(wanted) / sizeof(wanted[0]));
		assert_memory_equal(r->items, wanted, sizeof(wanted));
	}
	history_past_clear(&past);
	/* The gap's samples are taken, and no older one twice. */
	for (uint32_t seq = 0; seq < 40; seq++) {
		struct buf body = BUF_INIT;
		struct sample s;

		make_sample(&s, OLD_BOOT, seq);
		sample_encode(&body, &s);
		assert_true(history_put_sample(h, "D01", &s, body.data, body.len,
		    DAY1 + 172801 * (int64_t)1000, true));
		buf_free(&body);
	}
	assert_true(wait_samples(h, 10, 2000));
	history_close(&h);
	assert_int_equal(stored_total("D01", OLD_BOOT), 864010 + 10);
}

static void test_what_is_open_goes_on_in_the_next_day(void **state)
{
	struct history *h = open_history_with((struct history_options){ .seal_ms = 30 });
	struct history_gap gap = { .drone = "D01", .boot = BOOT, .from = 200, .to = 220,
		.state = GAP_OPEN, .why = "dropped on the way", .at_ms = NOON };
	struct history_drone drone = { .id = "D01", .source = "sim", .feed = "f", .model = "m" };
	const int64_t evening = 12 * 3600 * INT64_C(1000) - 51000;
	struct history_verified v;
	struct err err;

	(void)state;
	assert_true(history_put_drone(h, &drone, NOON));
	assert_true(history_put_gap(h, &gap));
	put_flown(h, 0, 0, A, evening);
	put_flown(h, 1, 99, F, evening); /* midnight is at 51 */
	assert_true(wait_samples(h, 100, 3000));
	gap.from = 205;
	gap.to = 209;
	gap.state = GAP_FILLED;
	gap.at_ms = NOON + DAY_MS;
	assert_true(history_put_gap(h, &gap));
	put_flown(h, 100, 100, 0, evening);
	assert_true(wait_samples(h, 101, 3000));
	poll(NULL, 0, 800); /* for the first day to be finished */
	check_sql("SELECT count(*), min(seq), max(seq) FROM telemetry", "101 0 100 ");
	check_sql("SELECT state, first_seq, last_seq FROM gaps ORDER BY 2",
	    "open 200 204 filled 205 209 open 210 220 ");
	check_sql("SELECT ended, distance FROM flights", "landed 1000 ");
	check_sql("SELECT source FROM drones", "sim sim ");
	assert_int_equal(history_verify(test_dir, NULL, NULL, &v, &err), 0);
	assert_int_equal(v.days, 2);
	assert_int_equal(v.samples, 101);
	history_close(&h);
}

static void test_days_are_merged_listed_and_at_rest(void **state)
{
	struct history *h = open_history_with((struct history_options){ .seal_ms = 1 });
	struct history_day *days;
	struct history_verified v;
	struct err err;
	size_t count;
	char wal[128];

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		put_range(h, "D01", BOOT, i * 50, i * 50 + 49);
		put_range(h, "D02", BOOT, i * 50, i * 50 + 24);
		assert_true(wait_samples(h, (i + 1) * 75, 2000));
		poll(NULL, 0, 60);
	}
	put_flown(h, 5000, 5009, 0, DAY_MS);
	assert_true(wait_samples(h, 760, 2000));
	for (int i = 0; i < 60; i++) {
		poll(NULL, 0, 50);
		assert_int_equal(history_list_days(test_dir, &days, &count, &err), 0);
		if (count == 2 && days[0].finished)
			i = 60;
		free(days);
	}
	assert_int_equal(history_list_days(test_dir, &days, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_true(days[0].finished && !days[1].finished);
	assert_string_equal(days[0].date, "2026-11-21");
	assert_int_equal(days[0].samples, 750);
	assert_int_equal(days[0].drones, 2);
	assert_int_equal(days[0].first_ms, DAY1);
	assert_int_equal(days[1].samples, 10);
	free(days);
	snprintf(wal, sizeof(wal), "%s/2026-11-21.db-wal", test_dir);
	/* It is finished a moment before its log goes. */
	for (int i = 0; i < 200 && access(wal, F_OK) == 0; i++)
		poll(NULL, 0, 10);
	assert_int_equal(access(wal, F_OK), -1);
	assert_int_equal(history_verify(test_dir, NULL, NULL, &v, &err), 0);
	assert_int_equal(v.faults, 0);
	assert_int_equal(v.samples, 760);
	assert_true(v.sealed_rows <= 4);
	check_sql("SELECT count(*) FROM telemetry WHERE drone = 'D01' AND seq BETWEEN 40 AND 459",
	    "420 ");
	/* A clock that steps back writes to the day again. */
	put_range(h, "D01", BOOT, 500, 509);
	put_flown(h, 5010, 5010, 0, DAY_MS);
	assert_true(wait_samples(h, 771, 2000));
	history_close(&h);
	check_sql("SELECT count(*) FROM telemetry", "771 ");
}

static void count_fault(void *context, const char *name, const char *text)
{
	struct buf *out = context;

	assert_string_equal(name, "2026-11-21.db");
	buf_printf(out, "%s\n", text);
}

/* What SQLite cannot see is seen by reading. */
static void test_verify_says_what_is_wrong(void **state)
{
	static const struct {
		const char *sql, *fault;
	} cases[] = {
		{ "SELECT 1", "" },
		{ "UPDATE sealed SET body = substr(body, 1, 40) || x'00' || substr(body, 42)",
		  "sealed row 1 is damaged: 100 samples of D01 are lost\n" },
		{ "UPDATE sealed SET first_time = first_time + 1",
		  "sealed row 1 says first_time 1795219200001 and holds 1795219200000\n" },
		{ "UPDATE sealed SET drone = 9",
		  "a row is of drone number 9, which there is not\n" },
		{ "INSERT INTO gaps(drone, boot, first_seq, last_seq, state, at) VALUES('D01', 1, 5, 3,"
		  " 'open', 1)", "gap row 1 makes no sense\n" },
		{ "INSERT INTO sealed SELECT id + 1, drone, boot, first_seq, last_seq, count, first_time,"
		  " last_time, last_arrived, body FROM sealed",
		  "sample 0 of boot 1795219000 of D01 is stored twice\n" },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct history *h = open_history_with((struct history_options){ .seal_ms = 1 });
		struct history_verified v;
		struct buf faults = BUF_INIT;
		char path[128];
		struct err err;
		sqlite3 *db;

		buf_add_str(&faults, "");
		put_range(h, "D01", BOOT, 0, 99);
		assert_true(wait_samples(h, 100, 2000));
		poll(NULL, 0, 100);
		history_close(&h);
		snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		if (sqlite3_exec(db, cases[c].sql, NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", cases[c].sql, sqlite3_errmsg(db));
		sqlite3_close(db);
		assert_int_equal(history_verify(test_dir, count_fault, &faults, &v, &err), 0);
		if (strncmp(faults.data, cases[c].fault, strlen(cases[c].fault)) != 0 ||
		    !*cases[c].fault != !faults.len)
			fail_msg("%s: %s", cases[c].sql, faults.data);
		buf_free(&faults);
		remove_dir();
	}
	assert_int_equal(mkdir(test_dir, 0777), 0);
}

static void test_the_oldest_days_go(void **state)
{
	static const struct {
		const char *legend;
		int keep_days;
		double keep_gb;
		size_t kept;
	} cases[] = {
		{ "all are kept", 0, 0, 5 },
		{ "three days", 3, 0, 3 },
		{ "today alone, however small", 0, 1e-9, 1 },
		{ "more than there is", 30, 1, 5 },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct history *h;
		int64_t *days;
		struct err err;
		size_t count = 0;

		remove_dir();
		h = open_history_with((struct history_options){ 0 });
		for (int day = 0; day < 5; day++) {
			put_flown(h, (uint32_t)day * 10, (uint32_t)day * 10 + 5, 0, day * DAY_MS);
			assert_true(wait_samples(h, (uint64_t)day * 6 + 6, 2000));
		}
		/* They are looked at when the writing begins, and a while after a new day does. */
		history_close(&h);
		h = open_history_with((struct history_options){
		    .keep_days = cases[c].keep_days, .keep_gb = cases[c].keep_gb });
		put_flown(h, 50, 55, 0, 4 * DAY_MS);
		assert_true(wait_samples(h, 6, 2000));
		for (int i = 0; i < 60 && count != cases[c].kept; i++) {
			poll(NULL, 0, 20);
			assert_int_equal(days_list(test_dir, &days, &count, &err), 0);
			free(days);
		}
		history_close(&h);
		assert_int_equal(days_list(test_dir, &days, &count, &err), 0);
		if (count != cases[c].kept)
			fail_msg("%s: %zu days", cases[c].legend, count);
		CHECK(cases[c].legend, days[count - 1] == day_of(NOON) + 4);
		free(days);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_flights_are_found),
		TEST(test_a_clock_set_in_flight),
		TEST(test_a_flight_in_numbers),
		TEST(test_a_flight_over_a_restart),
		TEST(test_flights_in_a_hole),
		TEST(test_a_boot_older_than_what_is_read),
		TEST(test_what_is_open_goes_on_in_the_next_day),
		TEST(test_days_are_merged_listed_and_at_rest),
		TEST(test_verify_says_what_is_wrong),
		TEST(test_the_oldest_days_go),
	};

	return cmocka_run_group_tests_name("history_days", tests, NULL, NULL);
}
