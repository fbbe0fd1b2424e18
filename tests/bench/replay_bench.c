/*
 * Replay's figures beside their bars, on a history of a simulated fleet whose
 * day is over: sealed, merged, at rest. Prints a line each as bench.py does and
 * exits 1 where one misses.
 *
 *	replay_bench [DRONES [SECONDS]]
 *
 * A day of 500 drones at 10 Hz is 432 million samples, more than is made here; day_bench measures
 * one (make bench-day).
 */
#include <poll.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "history/history.h"
#include "parts/figures.h"
#include "replay/replay.h"
#include "swarm.h"

/* A day that is over when the bench begins. */
#define START_MS INT64_C(1795078800000) /* 2026-11-19T09:00:00Z */

struct recording {
	struct history *history;
	uint64_t samples;
};

static void record(void *context, const void *topic, size_t topic_len, const void *body, size_t len)
{
	struct recording *r = context;
	struct reject why;
	struct sample s;
	char id[ID_SIZE];

	if (topic_len < 4 || memcmp(topic, "tm.", 3) != 0)
		return;
	str_copy_n(id, sizeof(id), (const char *)topic + 3, topic_len - 3);
	sample_decode(body, len, &s, &why);
	while (!history_put_sample(r->history, id, &s, body, len, sample_time(&s) + 4, false))
		poll(NULL, 0, 1);
	r->samples++;
}

static void wait_for(struct history *h, uint64_t samples)
{
	struct history_stats stats;

	do {
		poll(NULL, 0, 1);
		history_get_stats(h, &stats);
	} while (stats.samples < samples);
}

static bool finished(const char *dir)
{
	char path[512];
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db;
	bool yes = false;

	snprintf(path, sizeof(path), "%s/2026-11-19.db", dir);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "SELECT 1 FROM marks WHERE key = 'finished'", -1, &stmt, NULL) ==
		SQLITE_OK)
		yes = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return yes;
}

/* As a daemon does with a day that is over, once something comes on the next:
 * all sealed, rows merged, at rest. */
static void rest(struct history *h, const char *dir)
{
	struct event ev = { .time = START_MS, .severity = SEVERITY_INFO, .text = "the next day" };
	int64_t until = clock_mono_ms() + 300000;

	history_put_event(h, &ev, START_MS + 24 * 3600 * INT64_C(1000));
	while (!finished(dir) && clock_mono_ms() < until)
		poll(NULL, 0, 50);
	if (!finished(dir))
		fprintf(stderr, "the day was not finished within 5 minutes\n");
}

/* The fleet's hours. */
static uint64_t make(const char *dir, unsigned drones, unsigned seconds)
{
	struct swarm_settings settings = {
		.drones = drones, .rate_hz = 10, .seed = 7, .home = { 47.39, 8.51 }, .ground = 420,
		.prefix = "D", .name = "sim", .model = MODEL_COUNT, .backfill_mb = 0.1,
		.start_ms = START_MS,
	};
	/* 30 s of life go by in a third of a second here. */
	struct history_options options = { .dir = dir, .commit_ms = 100, .queue_bytes = 48u << 20,
		.seal_ms = 300 };
	struct recording r = { 0 };
	struct swarm *swarm;
	struct err err;

	if (history_open(&r.history, &options, &err) == -1 ||
	    swarm_new(&swarm, &settings, record, &r, &err) == -1)
		fail(&err);
	for (unsigned at = 20; at <= seconds; at += 20) {
		swarm_advance(swarm, (int64_t)at * 1000000);
		wait_for(r.history, r.samples - (uint64_t)drones * 50);
	}
	swarm_free(&swarm);
	rest(r.history, dir);
	history_close(&r.history);
	return r.samples;
}

static struct replay *open_replay(const char *dir)
{
	struct replay_options options = { .path = dir, .from_ms = INT64_MIN, .to_ms = INT64_MAX };
	struct replay *r;
	struct err err;

	if (replay_open(&r, &options, &err) == -1)
		fail(&err);
	return r;
}

#define SEEKS 100

static void measure_seeks(struct replay *r, int64_t first, int64_t last)
{
	double ms[SEEKS];
	struct rng rng;
	struct err err;

	rng_init(&rng, 3, 1);
	for (int i = 0; i < SEEKS; i++) {
		int64_t at = first + (int64_t)(rng_uniform(&rng) * (double)(last - first));
		int64_t before = clock_mono_us();

		if (replay_seek(r, at, &err) == -1)
			fail(&err);
		ms[i] = (double)(clock_mono_us() - before) / 1000;
	}
	qsort(ms, SEEKS, sizeof(ms[0]), compare_doubles);
	printf("      seeks: median %.1f ms, slowest %.1f ms\n", ms[SEEKS / 2], ms[SEEKS - 1]);
	report("replay: seek to anywhere, p99", ms[SEEKS * 99 / 100 - 1], "ms", 100, true);
}

/* In frames of a thirtieth of a second, as a screen goes. */
static void measure_play(struct replay *r, int64_t first, int64_t last, double speed)
{
	int64_t begin = clock_mono_us(), frame = (int64_t)(1000 * speed / 30), worst = 0;
	double cpu = cpu_s(RUSAGE_SELF), played, share;
	struct replay_update u;
	struct err err;
	size_t n = 0;

	if (replay_seek(r, first - 1, &err) == -1)
		fail(&err);
	for (int64_t at = first; at <= last; at += frame) {
		int64_t before = clock_mono_us();
		int more;

		while ((more = replay_next(r, at, &u, &err)) == 1)
			n += u.kind == REPLAY_SAMPLE;
		if (more == -1)
			fail(&err);
		worst = clock_mono_us() - before > worst ? clock_mono_us() - before : worst;
	}
	played = (double)(last - first) / 1000;
	share = (cpu_s(RUSAGE_SELF) - cpu) / (played / speed);
	printf("      %zu samples forward in %.2f s, slowest frame %.0f ms\n", n,
	    (double)(clock_mono_us() - begin) / 1e6, (double)worst / 1000);
	report("replay: 500 drones at 60 times the pace, of one core", share, "cores", 0.75, true);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/odyssey-replay-bench-XXXXXX", command[600];
	unsigned drones = argc > 1 ? (unsigned)atoi(argv[1]) : 500;
	unsigned seconds = argc > 2 ? (unsigned)atoi(argv[2]) : 1200;
	struct replay_bucket buckets[200];
	int64_t first, last, before;
	double memory, opened, timeline;
	struct replay *r;
	uint64_t samples;
	struct err err;

	if (!mkdtemp(dir))
		return 1;
	before = clock_mono_us();
	samples = make(dir, drones, seconds);
	printf("      %.1f million samples of %u drones, %u s, made in %.0f s\n", (double)samples / 1e6,
	    drones, seconds, (double)(clock_mono_us() - before) / 1e6);
	memory = memory_mb();
	before = clock_mono_us();
	r = open_replay(dir);
	opened = (double)(clock_mono_us() - before) / 1000;
	replay_range(r, &first, &last);
	last = first + (int64_t)seconds * 1000 - 1000;
	before = clock_mono_us();
	if (replay_timeline(r, first, last, buckets, 200, &err) == -1)
		fail(&err);
	timeline = (double)(clock_mono_us() - before) / 1000;
	printf("      opened in %.0f ms, timeline of all in %.1f ms\n", opened, timeline);
	measure_seeks(r, first, last);
	measure_play(r, first, last, 60);
	printf("      memory %.0f MB before, %.0f MB after\n", memory, memory_mb());
	report("replay: memory more than before it was opened", memory_mb() - memory, "MB", 200, true);
	replay_close(&r);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (system(command) == -1)
		return 1;
	return missed;
}
