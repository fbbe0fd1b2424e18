/* The rows of a day as they are followed while it is written, against the same read at once; and
 * what is kept of a day that is a neighbour. */
#include "test_history_util.h"

#include "base/mem.h"
#include "history/days.h"
#include "history/moments.h"

#define DRONES 4
#define BOOT 1000

static char path[128];

static struct moments *open_moments(enum moments_part part)
{
	struct moments *m;
	struct err err;

	if (moments_open(&m, path, day_of(DAY1), part, NULL, NULL, &err) == -1)
		fail_msg("%s", err.text);
	assert_non_null(m);
	return m;
}

static void put(struct history *h, unsigned drone, uint32_t seq, int64_t time, int64_t arrived, bool backfilled)
{
	struct buf body = BUF_INIT;
	struct sample s;
	char id[8];

	snprintf(id, sizeof(id), "D%02u", drone + 1);
	make_sample(&s, BOOT, seq);
	sample_set(&s, FIELD_time, time);
	sample_encode(&body, &s);
	while (!history_put_sample(h, id, &s, body.data, body.len, arrived, backfilled))
		poll(NULL, 0, 1);
	buf_free(&body);
}

/* What loops rest on: rows in order of lo, each reach the furthest of all before. */
static void check_order(const struct moments_drone *d)
{
	int64_t top = INT64_MIN;

	for (size_t i = 0; i < d->row_count; i++) {
		const struct moment_row *row = &d->rows[i];

		assert_true(!i || d->rows[i - 1].lo_ms <= row->lo_ms);
		assert_true(moment_begin(row) >= row->lo_ms && moment_begin(row) <= moment_hi(row));
		top = moment_hi(row) > top ? moment_hi(row) : top;
		assert_int_equal(moment_reach(row), top);
	}
}

static const struct moment_row *find(const struct moments_drone *d, const struct moment_row *row)
{
	for (size_t i = 0; i < d->row_count; i++) {
		if (d->rows[i].id == row->id && d->rows[i].first_seq == row->first_seq &&
		    d->rows[i].count == row->count)
			return &d->rows[i];
	}
	return NULL;
}

/* Followed: the same rows with the same ends; a bound is never later than what is certain. */
static void check_same(const struct moments *followed, const struct moments *fresh)
{
	for (size_t i = 0; i < fresh->drone_count; i++) {
		const struct moments_drone *a = &followed->drones[i], *b = &fresh->drones[i];

		assert_string_equal(a->info.id, b->info.id);
		assert_int_equal(a->row_count, b->row_count);
		check_order(a);
		check_order(b);
		for (size_t k = 0; k < b->row_count; k++) {
			const struct moment_row *row = find(a, &b->rows[k]);

			assert_non_null(row);
			assert_int_equal(moment_hi(row), moment_hi(&b->rows[k]));
			assert_int_equal(row->offset_ms, b->rows[k].offset_ms);
			assert_int_equal(moment_begin(row), moment_begin(&b->rows[k]));
			assert_true(row->lo_ms <= moment_begin(row));
		}
	}
	assert_int_equal(followed->first_ms, fresh->first_ms);
	assert_int_equal(followed->last_ms, fresh->last_ms);
}

/* Each round is sealed by itself. Of D02 every tenth is filled in a round later, of D03 all of
 * the first rounds at the end, D04 restarts its count of time. */
static void test_followed_while_written(void **state)
{
	struct history *h;
	struct moments *followed = NULL, *fresh;
	uint64_t samples = 0;
	struct err err;

	(void)state;
	make_dir();
	snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
	h = open_history_with((struct history_options){ .seal_ms = 1 });
	for (uint32_t round = 0; round < 60; round++) {
		for (uint32_t k = 0; k < 20; k++) {
			uint32_t seq = round * 20 + k;
			int64_t at = DAY1 + 3600000 + seq * 500;

			put(h, 0, seq, at, at + 5, false);
			if (seq % 10)
				put(h, 1, seq, at + 7000, at + 5, false);
			if (round >= 10)
				put(h, 2, seq, at, at + 5, false);
			put(h, 3, seq, at - (round > 30 ? 60000 : 0), at + 5, false);
			samples += 2 + (seq % 10 != 0) + (round >= 10);
		}
		if (round) {
			for (uint32_t seq = (round - 1) * 20; seq < round * 20; seq += 10, samples++)
				put(h, 1, seq, DAY1 + 3600000 + seq * 500 + 7000, DAY1 + 3600000 + round * 10000 + 9000,
				    true);
		}
		assert_true(wait_samples(h, samples, 10000));
		if (round % 8)
			poll(NULL, 0, 40); /* so that it is sealed when it is looked at, and at times not */
		if (!followed)
			followed = open_moments(MOMENTS_WHOLE);
		else
			assert_true(moments_refresh(followed, false, &err) >= 0);
		for (size_t i = 0; i < followed->drone_count; i++)
			check_order(&followed->drones[i]);
	}
	/* That is what is measured: rows are left as they are. */
	assert_int_equal(followed->drone_count, DRONES);
	for (size_t i = 0; i < DRONES; i++)
		assert_true(followed->drones[i].calm > 0);
	for (uint32_t seq = 0; seq < 200; seq++, samples++)
		put(h, 2, seq, DAY1 + 3600000 + seq * 500, DAY1 + 5400000, true);
	assert_true(wait_samples(h, samples, 10000));
	assert_true(moments_refresh(followed, false, &err) >= 0);
	history_close(&h);
	assert_true(moments_refresh(followed, false, &err) >= 0);
	fresh = open_moments(MOMENTS_WHOLE);
	assert_int_equal(fresh->drone_count, DRONES);
	for (size_t i = 0; i < DRONES; i++) {
		check_order(&followed->drones[i]);
		assert_int_equal(followed->drones[i].row_count, fresh->drones[i].row_count);
	}
	/* The neighbours of others' rows are others now than when those came. */
	fresh->drone_count = followed->drone_count = 2;
	check_same(followed, fresh);
	fresh->drone_count = followed->drone_count = DRONES;
	moments_close(&fresh);
	moments_close(&followed);
	remove_dir();
}

/* Of a day of one sample a minute: D01 all the time, D02 until noon, D03 until noon and then
 * its morning again, filled in late. */
static void record_day(void)
{
	struct history *h = open_history_with((struct history_options){ .seal_ms = 1 });
	uint64_t samples = 0;

	for (uint32_t minute = 0; minute < 24 * 60; minute++) {
		int64_t at = DAY1 + minute * INT64_C(60000);

		put(h, 0, minute, at, at + 5, false);
		samples++;
		for (unsigned drone = 1; drone < 3 && minute < 720; drone++, samples++)
			put(h, drone, minute + 1000, at, at + 5, false);
		for (uint32_t k = 0; minute == 1300 && k < 300; k++, samples++)
			put(h, 2, k, DAY1 + k * 1000, at + 5, true);
		if (minute % 20 == 0)
			assert_true(wait_samples(h, samples, 10000));
	}
	assert_true(wait_samples(h, samples, 10000));
	put(h, 0, 9999, DAY1 + DAY_MS, DAY1 + DAY_MS + 5, false);
	for (int i = 0; i < 500; i++) {
		struct moments *m = open_moments(MOMENTS_WHOLE);
		bool over = m->over;

		moments_close(&m);
		if (over)
			break;
		poll(NULL, 0, 10);
	}
	history_close(&h);
}

static uint64_t samples_in(const struct moments_drone *d, int64_t from_ms, int64_t to_ms)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->row_count; i++)
		n += moment_hi(&d->rows[i]) >= from_ms && moment_begin(&d->rows[i]) <= to_ms ? d->rows[i].count : 0;
	return n;
}

static void test_parts_of_a_day(void **state)
{
	const int64_t edge = DAY1 + DAY_MS - MOMENTS_EDGE_MS;
	struct moments *whole, *m;
	struct err err;

	(void)state;
	make_dir();
	snprintf(path, sizeof(path), "%s/2026-11-21.db", test_dir);
	record_day();
	whole = open_moments(MOMENTS_WHOLE);
	m = open_moments(MOMENTS_END);
	assert_int_equal(m->last_ms, whole->last_ms);
	assert_int_equal(m->first_ms, whole->first_ms);
	for (size_t i = 0; i < whole->drone_count; i++) {
		const struct moments_drone *d = &m->drones[i], *w = &whole->drones[i];
		int64_t newest = INT64_MIN;

		check_order(d);
		/* All of the last hour, and whatever may hold the newest sample. */
		assert_int_equal(samples_in(d, edge, INT64_MAX), samples_in(w, edge, INT64_MAX));
		for (size_t k = 0; k < w->row_count; k++)
			newest = w->rows[k].lo_ms > newest ? w->rows[k].lo_ms : newest;
		assert_int_equal(samples_in(d, newest, INT64_MAX), samples_in(w, newest, INT64_MAX));
		assert_true(d->row_count > 0 && d->row_count < w->row_count);
	}
	/* To and fro. */
	assert_int_equal(moments_change_part(m, MOMENTS_WHOLE, &err), 0);
	check_same(m, whole);
	assert_int_equal(moments_change_part(m, MOMENTS_BEGIN, &err), 0);
	for (size_t i = 0; i < whole->drone_count; i++) {
		check_order(&m->drones[i]);
		assert_int_equal(samples_in(&m->drones[i], INT64_MIN, DAY1 + MOMENTS_EDGE_MS / 2),
		    samples_in(&whole->drones[i], INT64_MIN, DAY1 + MOMENTS_EDGE_MS / 2));
		assert_true(m->drones[i].row_count < whole->drones[i].row_count);
	}
	assert_int_equal(moments_change_part(m, MOMENTS_END, &err), 0);
	assert_int_equal(moments_change_part(m, MOMENTS_WHOLE, &err), 0);
	check_same(m, whole);
	moments_close(&m);
	moments_close(&whole);
	remove_dir();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_followed_while_written),
		cmocka_unit_test(test_parts_of_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
