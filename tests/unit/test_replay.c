/* The past in order: against all of it in one list, put in order by hand. */
#include "test_history_util.h"

#include "base/mem.h"
#include "history/days.h"
#include "replay/replay.h"

#define DRONES 5
#define DELAY 7
/* Begins five minutes before a day ends. */
#define BEGIN (DAY1 + DAY_MS - 300000)

struct expected {
	int64_t at;
	enum replay_kind kind;
	unsigned drone;
	uint32_t boot, seq;
	bool backfilled;
	struct buf body;
	union message message;
};

static struct expected *all;
static size_t count, cap;

static const char *drone_id(unsigned drone)
{
	static char ids[DRONES][8];

	snprintf(ids[drone], sizeof(ids[drone]), "D%02u", drone + 1);
	return ids[drone];
}

static struct expected *expect(int64_t at, enum replay_kind kind, unsigned drone)
{
	mem_grow(all, count, cap);
	all[count] = (struct expected){ .at = at, .kind = kind, .drone = drone };
	return &all[count++];
}

static int compare_expected(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->kind != y->kind) {
		/* Samples first, then as they are numbered: cm, al, or after ev. */
		return x->kind < y->kind ? -1 : 1;
	}
	if (x->drone != y->drone)
		return x->drone < y->drone ? -1 : 1;
	if (x->boot != y->boot)
		return x->boot < y->boot ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void put(struct history *h, unsigned drone, uint32_t boot, uint32_t seq, int64_t time,
    int64_t at, int64_t arrived, bool backfilled)
{
	struct expected *e = expect(at, REPLAY_SAMPLE, drone);
	struct sample s;

	make_sample(&s, boot, seq);
	sample_set(&s, FIELD_time, time);
	e->boot = boot;
	e->seq = seq;
	e->backfilled = backfilled;
	sample_encode(&e->body, &s);
	/* Elements of a later version come back too. */
	if (drone == 3 && seq % 5 == 0) {
		buf_clear(&e->body);
		wire_put_array(&e->body, FIELD_COUNT + 1);
		for (int f = 0; f < FIELD_COUNT; f++) {
			if (sample_has(&s, f))
				wire_put_int(&e->body, s.raw[f]);
			else
				wire_put_nil(&e->body);
		}
		wire_put_uint(&e->body, seq);
	}
	while (!history_put_sample(h, drone_id(drone), &s, e->body.data, e->body.len, arrived,
	    backfilled))
		poll(NULL, 0, 1);
}

/* What of it came late, to be put once the time has come. */
struct late {
	unsigned drone;
	uint32_t boot, seq;
	int64_t time, at;
};

/* Ten minutes across midnight: D01 with jitter, D02 with holes that are filled
 * 20 s later and a clock an hour ahead, D03 restarts, D04 has holes for ever
 * and elements past the table, D05's clock steps back by a minute. */
static void record(struct history *h, uint64_t seed, unsigned seconds)
{
	struct late *late = xcalloc(seconds * 10, sizeof(*late));
	size_t late_count = 0, late_done = 0;
	struct rng rng;

	rng_init(&rng, seed, 1);
	for (unsigned tick = 0; tick < seconds * 5; tick++) {
		int64_t now = BEGIN + (int64_t)tick * 200;

		for (unsigned drone = 0; drone < DRONES; drone++) {
			uint32_t boot = (uint32_t)(BEGIN / 1000), seq = tick;
			int64_t time = now, arrived = now + DELAY;

			if (drone == 0)
				arrived += (int64_t)(rng_next(&rng) % 150);
			if (drone == 1)
				time += 3600000;
			if (drone == 2 && tick >= seconds * 2) {
				boot += 100;
				seq -= seconds * 2;
			}
			if (drone == 4 && tick > seconds * 3)
				time -= 60000;
			if (drone == 1 && tick % 400 > 300) {
				late[late_count++] = (struct late){ drone, boot, seq, time, arrived };
				continue;
			}
			if (drone == 3 && tick % 350 > 320)
				continue;
			put(h, drone, boot, seq, time, arrived, arrived, false);
		}
		while (late_done < late_count && late[late_done].at + 20000 < now) {
			struct late *l = &late[late_done++];

			put(h, l->drone, l->boot, l->seq, l->time, l->at, now, true);
		}
		if (rng_next(&rng) % 20 == 0) {
			struct event ev = { .time = (uint64_t)now, .severity = rng_next(&rng) % 8 };
			struct expected *e = expect(now + 3, REPLAY_EVENT, 0);

			snprintf(ev.drone, sizeof(ev.drone), "%s", drone_id(tick % DRONES));
			snprintf(ev.text, sizeof(ev.text), "event at %u", tick);
			e->message.ev = ev;
			e->drone = tick % DRONES;
			assert_true(history_put_event(h, &ev, now + 3));
		}
		if (rng_next(&rng) % 15 == 0) {
			unsigned which = (unsigned)(rng_next(&rng) % 6);
			struct alarm al = { .level = LEVEL_WARNING, .time = (uint64_t)now, .since = (uint64_t)now };
			struct expected *e = expect(now + 4, REPLAY_ALARM, which % DRONES);

			snprintf(al.id, sizeof(al.id), "alarm-%u", which);
			snprintf(al.rule, sizeof(al.rule), "battery");
			snprintf(al.drone, sizeof(al.drone), "%s", drone_id(which % DRONES));
			al.state = ALARM_RAISED + (int)(rng_next(&rng) % 4);
			e->message.al = al;
			assert_true(history_put_alarm(h, &al, now + 4));
		}
		/* Small enough a queue that some is sealed while more comes. */
		if (tick % 500 == 499)
			poll(NULL, 0, 60);
	}
	free(late);
}

static void forget(void)
{
	for (size_t i = 0; i < count; i++)
		buf_free(&all[i].body);
	count = 0;
}

static struct replay *open_replay(const char *path, const char *const *drones, size_t n)
{
	struct replay_options options = { .path = path, .from_ms = INT64_MIN, .to_ms = INT64_MAX,
		.drones = drones, .drone_count = n };
	struct replay *r;
	struct err err;

	if (replay_open(&r, &options, &err) == -1)
		fail_msg("%s", err.text);
	return r;
}

static void check_update(const struct replay *r, const struct replay_update *u,
    const struct expected *e)
{
	struct buf body = BUF_INIT;

	if (u->at_ms != e->at || u->kind != e->kind)
		fail_msg("at %lld kind %d where %lld kind %d was due", (long long)(u->at_ms - BEGIN),
		    u->kind, (long long)(e->at - BEGIN), e->kind);
	assert_string_equal(replay_drone(r, u->drone)->id, drone_id(e->drone));
	if (u->kind == REPLAY_SAMPLE) {
		assert_int_equal(sample_boot(u->sample), e->boot);
		assert_int_equal(sample_seq(u->sample), e->seq);
		assert_int_equal(u->backfilled, e->backfilled);
		replay_sample_body(r, &body);
		assert_int_equal(body.len, e->body.len);
		assert_memory_equal(body.data, e->body.data, body.len);
	} else if (u->kind == REPLAY_EVENT) {
		assert_string_equal(u->message->ev.text, e->message.ev.text);
	} else {
		assert_string_equal(u->message->al.id, e->message.al.id);
		assert_int_equal(u->message->al.state, e->message.al.state);
	}
	buf_free(&body);
}

static int next(struct replay *r, int64_t until, struct replay_update *u)
{
	struct err err;
	int got = replay_next(r, until, u, &err);

	if (got == -1)
		fail_msg("%s", err.text);
	return got;
}

static int prev(struct replay *r, int64_t down_to, struct replay_update *u)
{
	struct err err;
	int got = replay_prev(r, down_to, u, &err);

	if (got == -1)
		fail_msg("%s", err.text);
	return got;
}

static void seek(struct replay *r, int64_t at)
{
	struct err err;

	if (replay_seek(r, at, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(replay_position(r), at);
}

/* What has happened once the first n of the list have. */
static void check_state(struct replay *r, size_t n)
{
	const struct expected *newest[DRONES] = { NULL };
	const struct expected *alarms[6] = { NULL };
	const struct alarm *list;
	size_t standing = 0, got;
	struct err err;

	for (size_t i = 0; i < n; i++) {
		if (all[i].kind == REPLAY_SAMPLE)
			newest[all[i].drone] = &all[i];
		if (all[i].kind == REPLAY_ALARM)
			alarms[all[i].message.al.id[6] - '0'] = &all[i];
	}
	for (unsigned d = 0; d < DRONES; d++) {
		size_t i = replay_find_drone(r, drone_id(d));
		const struct replay_drone *drone = i == REPLAY_NO_DRONE ? NULL : replay_drone(r, i);

		if (!newest[d]) {
			assert_true(!drone || !drone->sample.known);
			continue;
		}
		assert_non_null(drone);
		assert_int_equal(drone->at_ms, newest[d]->at);
		assert_int_equal(sample_boot(&drone->sample), newest[d]->boot);
		assert_int_equal(sample_seq(&drone->sample), newest[d]->seq);
		assert_int_equal(drone->backfilled, newest[d]->backfilled);
	}
	for (unsigned i = 0; i < 6; i++)
		standing += alarms[i] && (alarms[i]->message.al.state != ALARM_CLEARED ||
					     alarms[i]->at > replay_position(r) - REPLAY_OVER_MS);
	if (replay_alarms(r, &list, &got, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(got, standing);
	for (size_t k = 0; k < got; k++) {
		const struct expected *e = alarms[list[k].id[6] - '0'];

		assert_non_null(e);
		assert_int_equal(list[k].state, e->message.al.state);
		assert_int_equal(list[k].time, e->message.al.time);
	}
}

static size_t happened_by(int64_t at)
{
	size_t n = 0;

	while (n < count && all[n].at <= at)
		n++;
	return n;
}

static void check_all(struct replay *r, uint64_t seed)
{
	struct replay_update u;
	struct rng rng;

	rng_init(&rng, seed, 2);
	seek(r, all[0].at - 1);
	check_state(r, 0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(next(r, INT64_MAX - 1, &u), 1);
		check_update(r, &u, &all[i]);
		if (i % 997 == 0)
			check_state(r, i + 1);
	}
	assert_int_equal(next(r, all[count - 1].at + 1000, &u), 0);
	for (size_t i = count; i-- > 0;) {
		assert_int_equal(prev(r, INT64_MIN, &u), 1);
		check_update(r, &u, &all[i]);
		if (i % 997 == 0)
			check_state(r, i);
	}
	for (int i = 0; i < 60; i++) {
		int64_t at = all[0].at + (int64_t)(rng_next(&rng) % (uint64_t)(all[count - 1].at - all[0].at));
		size_t n = happened_by(at), steps = rng_next(&rng) % 60;

		seek(r, at);
		check_state(r, n);
		/* To and fro from there. */
		for (size_t k = 0; k < steps; k++) {
			bool forward = rng_next(&rng) % 3 != 0;

			if (forward ? n == count : n == 0)
				break;
			if (forward) {
				assert_int_equal(next(r, INT64_MAX - 1, &u), 1);
				check_update(r, &u, &all[n++]);
			} else {
				assert_int_equal(prev(r, INT64_MIN, &u), 1);
				check_update(r, &u, &all[--n]);
			}
		}
		check_state(r, n);
	}
}

static void check_timeline(struct replay *r)
{
	struct replay_bucket buckets[120];
	double samples = 0, expected = 0;
	size_t events[120] = { 0 }, alarms[120] = { 0 };
	int64_t from = all[0].at - 5000, to = from + 120 * 6000;
	struct err err;

	if (replay_timeline(r, from, to, buckets, 120, &err) == -1)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < count; i++) {
		size_t slice = (size_t)((all[i].at - from) / 6000);

		expected += all[i].kind == REPLAY_SAMPLE;
		events[slice] += all[i].kind == REPLAY_EVENT;
		alarms[slice] += all[i].kind == REPLAY_ALARM && all[i].message.al.state == ALARM_RAISED;
	}
	for (size_t i = 0; i < 120; i++) {
		samples += buckets[i].samples;
		assert_int_equal(buckets[i].events, events[i]);
		assert_int_equal(buckets[i].alarms, alarms[i]);
	}
	assert_float_equal(samples, expected, expected * 0.001);
}

static void check_finds(struct replay *r)
{
	int64_t at;
	struct err err;

	for (size_t i = 100; i < count; i += 777) {
		size_t later = i, before = i;

		seek(r, all[i].at);
		while (later < count && !(all[later].at > all[i].at && all[later].kind == REPLAY_ALARM &&
		    all[later].message.al.state == ALARM_RAISED))
			later++;
		while (before > 0 && !(all[before].at < all[i].at && all[before].kind == REPLAY_EVENT &&
		    all[before].message.ev.severity <= SEVERITY_WARNING))
			before--;
		if (later < count) {
			assert_int_equal(replay_find(r, REPLAY_NEXT_ALARM, false, &at, &err), 1);
			assert_int_equal(at, all[later].at);
		} else {
			assert_int_equal(replay_find(r, REPLAY_NEXT_ALARM, false, &at, &err), 0);
		}
		if (before > 0) {
			assert_int_equal(replay_find(r, REPLAY_NEXT_EVENT, true, &at, &err), 1);
			assert_int_equal(at, all[before].at);
		}
		assert_int_equal(replay_position(r), all[i].at);
	}
}

static void run(uint64_t seed, int64_t seal_ms, bool beside)
{
	struct history_options options = { .seal_ms = seal_ms };
	struct history *h;
	struct replay *r;
	struct err err;

	make_dir();
	h = open_history_with(options);
	record(h, seed, 600);
	qsort(all, count, sizeof(*all), compare_expected);
	if (beside) {
		assert_true(wait_samples(h, count / 2, 20000));
	} else {
		history_close(&h);
	}
	r = open_replay(test_dir, NULL, 0);
	if (beside) {
		/* What was seen before it was sealed is there after it was. */
		history_close(&h);
		assert_true(replay_refresh(r, &err) >= 0);
	}
	check_all(r, seed);
	check_timeline(r);
	check_finds(r);
	replay_close(&r);
	forget();
	remove_dir();
}

static void test_not_sealed(void **state)
{
	(void)state;
	run(11, 0, false);
}

static void test_sealed_small(void **state)
{
	(void)state;
	run(12, 1, false);
}

static void test_beside_its_writer(void **state)
{
	(void)state;
	run(13, 50, true);
}

/* One day's file alone: what arrived on that day, whatever the file is called. */
static void test_one_file(void **state)
{
	const char *only[] = { "D02", "D05" };
	char command[400], path[200];
	struct replay_update u;
	struct history *h;
	struct replay *r;
	size_t seen = 0;
	int64_t last = 0;

	(void)state;
	make_dir();
	h = open_history_with((struct history_options){ .seal_ms = 1 });
	record(h, 5, 600);
	history_close(&h);
	snprintf(path, sizeof(path), "%s/copy", test_dir);
	snprintf(command, sizeof(command), "cp %s/2026-11-22.db %s", test_dir, path);
	assert_int_equal(system(command), 0);
	r = open_replay(path, only, 2);
	while (next(r, INT64_MAX - 1, &u)) {
		assert_true(u.at_ms >= last);
		last = u.at_ms;
		if (u.kind == REPLAY_SAMPLE) {
			assert_true(strcmp(replay_drone(r, u.drone)->id, "D02") == 0 ||
			    strcmp(replay_drone(r, u.drone)->id, "D05") == 0);
			seen++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		/* 20 s and a tick later, what was filled in. */
		int64_t arrived = all[i].at + (all[i].backfilled ? 20000 + 200 - DELAY : 0);

		seen -= all[i].kind == REPLAY_SAMPLE && (all[i].drone == 1 || all[i].drone == 4) &&
		    arrived >= DAY1 + DAY_MS;
	}
	assert_int_equal(seen, 0);
	replay_close(&r);
	forget();
	remove_dir();
}

static bool count_point(void *context, const struct sample *s, int64_t at_ms, bool backfilled)
{
	int64_t *times = context;

	(void)s;
	(void)backfilled;
	assert_true(at_ms > times[1]);
	times[0]++;
	times[1] = at_ms;
	return true;
}

static void test_trail(void **state)
{
	struct history *h;
	struct replay *r;
	struct err err;

	(void)state;
	make_dir();
	h = open_history_with((struct history_options){ .seal_ms = 1 });
	record(h, 6, 600);
	history_close(&h);
	qsort(all, count, sizeof(*all), compare_expected);
	r = open_replay(test_dir, NULL, 0);
	for (int64_t at = BEGIN + 1000; at < BEGIN + 600000; at += 61777) {
		for (unsigned d = 0; d < DRONES; d++) {
			int64_t got[2] = { 0, 0 }, due = 0, from = at - 120000;

			for (size_t i = 0; i < count && all[i].at <= at; i++)
				due += all[i].kind == REPLAY_SAMPLE && all[i].drone == d && all[i].at >= from;
			seek(r, at);
			assert_int_equal(replay_trail(r, replay_find_drone(r, drone_id(d)), from, 0,
			    count_point, got, &err), 0);
			assert_int_equal(got[0], due);
		}
	}
	replay_close(&r);
	forget();
	remove_dir();
}

static void test_nothing(void **state)
{
	struct replay_options options = { .from_ms = INT64_MIN, .to_ms = INT64_MAX };
	struct replay *r;
	struct err err;

	(void)state;
	make_dir();
	options.path = test_dir;
	assert_int_equal(replay_open(&r, &options, &err), -1);
	assert_non_null(strstr(err.text, test_dir));
	options.path = "/tmp/odyssey-no-such-history";
	assert_int_equal(replay_open(&r, &options, &err), -1);
	remove_dir();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_sealed),
		cmocka_unit_test(test_sealed_small),
		cmocka_unit_test(test_beside_its_writer),
		cmocka_unit_test(test_one_file),
		cmocka_unit_test(test_trail),
		cmocka_unit_test(test_nothing),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(all);
	return failed;
}
