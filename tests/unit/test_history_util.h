/* What the tests of the history share: directories, samples, waiting. */
#ifndef TESTS_HISTORY_UTIL_H
#define TESTS_HISTORY_UTIL_H

#include "unit.h"

#include <dirent.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"
#include "history/history.h"
#include "history/reader.h"

#define DAY1 INT64_C(1795219200000) /* 2026-11-21T00:00:00Z */

static char test_dir[64];

static inline void make_dir(void)
{
	snprintf(test_dir, sizeof(test_dir), "/tmp/odyssey-history-XXXXXX");
	assert_non_null(mkdtemp(test_dir));
}

static inline void remove_dir(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", test_dir);
	assert_int_equal(system(command), 0);
}

static inline struct history *open_history_with(struct history_options options)
{
	struct history *h;
	struct err err;

	options.dir = test_dir;
	if (!options.commit_ms)
		options.commit_ms = 20;
	if (!options.queue_bytes)
		options.queue_bytes = 4u << 20;
	if (history_open(&h, &options, &err) == -1)
		fail_msg("%s", err.text);
	return h;
}

static inline struct history *open_history(void)
{
	return open_history_with((struct history_options){ 0 });
}

/* A sample of which every number tells where it belongs. */
static inline void make_sample(struct sample *s, uint32_t boot, uint32_t seq)
{
	struct rng rng;

	memset(s, 0, sizeof(*s));
	rng_init(&rng, boot, seq);
	sample_set(s, FIELD_boot, boot);
	sample_set(s, FIELD_seq, seq);
	sample_set(s, FIELD_time, DAY1 + (int64_t)seq * 100);
	sample_set(s, FIELD_lat, 474000000 + (int64_t)seq * 9 + (int64_t)(rng_next(&rng) % 5));
	sample_set(s, FIELD_lon, 85000000 + (int64_t)(rng_next(&rng) % 50));
	sample_set(s, FIELD_alt, 50000 + (int64_t)(seq % 1000));
	sample_set(s, FIELD_height, 5000 + (int64_t)(seq % 1000));
	if (seq % 7)
		sample_set(s, FIELD_speed, (int64_t)(rng_next(&rng) % 1200));
	sample_set(s, FIELD_battery, 1000 - (int64_t)(seq / 20 % 900));
	sample_set(s, FIELD_flags, FLAG_POSITION_VALID);
	s->wire_count = FIELD_COUNT;
}

static inline bool put_seq(struct history *h, const char *drone, uint32_t boot, uint32_t seq,
    bool backfilled)
{
	struct buf body = BUF_INIT;
	struct sample s;
	bool taken;

	make_sample(&s, boot, seq);
	sample_encode(&body, &s);
	taken = history_put_sample(h, drone, &s, body.data, body.len, sample_time(&s) + 7,
	    backfilled);
	buf_free(&body);
	return taken;
}

static inline void put_range(struct history *h, const char *drone, uint32_t boot, uint32_t from,
    uint32_t to)
{
	for (uint32_t seq = from; seq <= to; seq++) {
		while (!put_seq(h, drone, boot, seq, false))
			poll(NULL, 0, 1);
	}
}

/* Waits until everything put is committed, or the time is over. */
static inline bool wait_samples(struct history *h, uint64_t samples, int64_t ms)
{
	struct history_stats stats;
	int64_t until = clock_mono_ms() + ms;

	do {
		history_get_stats(h, &stats);
		if (stats.samples >= samples)
			return true;
		poll(NULL, 0, 2);
	} while (clock_mono_ms() < until);
	return false;
}

/* Waits for a notice of that kind; others that come meanwhile are passed over. */
static inline bool wait_notice(struct history *h, enum history_notice_kind kind, int64_t ms,
    struct history_notice *notice)
{
	int64_t until = clock_mono_ms() + ms;

	do {
		struct pollfd fd = { .fd = history_fd(h), .events = POLLIN };

		while (history_next_notice(h, notice)) {
			if (notice->kind == kind)
				return true;
		}
		poll(&fd, 1, 10);
	} while (clock_mono_ms() < until);
	return false;
}

/* Samples stored of a drone's boot, as a later run finds them. */
static inline uint64_t stored_total(const char *drone, uint32_t boot)
{
	struct history *h = open_history();
	struct history_past past;
	uint64_t total = 0;

	history_take_past(h, &past);
	for (size_t i = 0; i < past.coverage_count; i++) {
		if (strcmp(past.coverage[i].drone, drone) == 0 && past.coverage[i].boot == boot)
			total += ranges_total(&past.coverage[i].stored);
	}
	history_past_clear(&past);
	history_close(&h);
	return total;
}

#endif
