/*
 * Replay's figures on a whole day that day_make made, beside their bars. Prints a line each as
 * bench.py does and exits 1 where one misses.
 *
 *	day_bench replay DIR NAME  whatever is there: seeks, steps, play, the timeline, memory
 *	day_bench beside DIR       the same while 500 drones at 10 Hz go on being written to it
 *
 *	day_bench sql DIR NAME     what is asked in SQL
 *
 * Cold is without the file in the system's cache, as after a start of the machine. All times
 * are wall clock times, with the CPU they took beside where that matters.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "history/days.h"
#include "history/history.h"
#include "history/query.h"
#include "parts/figures.h"
#include "replay/replay.h"
#include "swarm.h"

#define DAY_START_MS INT64_C(1795046400000) /* 2026-11-19T00:00:00Z */
#define DRONES 500
#define SEEKS 200
#define COLD_SEEKS 30
#define SLICES 200

static char title[64]; /* before each figure */

static void say(const char *what, double value, const char *unit, double bar)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: %s", title, what);
	report(text, value, unit, bar, true);
}

static double ms_since(int64_t us)
{
	return (double)(clock_mono_us() - us) / 1000;
}

/* Takes the day out of the system's cache. */
static void cool(const char *dir)
{
	char path[DAY_PATH_SIZE];
	int fd;

	day_path(path, dir, day_of(DAY_START_MS));
	fd = open(path, O_RDONLY);
	if (fd == -1 || fdatasync(fd) == -1 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		fprintf(stderr, "%s stays in the cache\n", path);
	if (fd != -1)
		close(fd);
}

/* And all of it into it, as where it was looked at for a while. */
static void heat(const char *dir)
{
	char path[DAY_PATH_SIZE];
	static char room[1 << 20];
	int fd;

	day_path(path, dir, day_of(DAY_START_MS));
	fd = open(path, O_RDONLY);
	while (fd != -1 && read(fd, room, sizeof(room)) > 0)
		;
	if (fd != -1)
		close(fd);
}

static struct replay *open_replay(const char *dir, const char *how)
{
	struct replay_options options = { .path = dir, .from_ms = DAY_START_MS,
		.to_ms = DAY_START_MS + DAY_MS - 1 };
	int64_t before = clock_mono_us();
	double cpu = cpu_s(RUSAGE_THREAD);
	struct replay *r;
	struct err err;

	if (replay_open(&r, &options, &err) == -1)
		fail(&err);
	printf("      %s: opened %s in %.0f ms, %.0f ms of CPU\n", title, how, ms_since(before),
	    1000 * (cpu_s(RUSAGE_THREAD) - cpu));
	return r;
}

static double seek_ms(struct replay *r, int64_t at)
{
	int64_t before = clock_mono_us();
	struct err err;

	if (replay_seek(r, at, &err) == -1)
		fail(&err);
	return ms_since(before);
}

struct span {
	int64_t first, last;
	struct rng rng;
};

static int64_t moment(struct span *s)
{
	return s->first + (int64_t)(rng_uniform(&s->rng) * (double)(s->last - s->first));
}

static void measure_seeks(struct replay *r, struct span *s, const char *dir, bool cold)
{
	double ms[SEEKS], cpu = cpu_s(RUSAGE_THREAD);
	int n = cold ? COLD_SEEKS : SEEKS;

	for (int i = 0; i < n; i++) {
		if (cold)
			cool(dir);
		ms[i] = seek_ms(r, moment(s));
	}
	qsort(ms, (size_t)n, sizeof(ms[0]), compare_doubles);
	printf("      %s: %d seeks %s, median %.1f ms, slowest %.1f, CPU of one %.1f\n", title, n,
	    cold ? "cold" : "warm", ms[n / 2], ms[n - 1], 1000 * (cpu_s(RUSAGE_THREAD) - cpu) / n);
	say(cold ? "seek to anywhere, not in the cache, p99" : "seek to anywhere, p99",
	    ms[n * 99 / 100 - (n < 100)], "ms", 100);
}

static void measure_steps(struct replay *r, struct span *s)
{
	double forward[SEEKS], back[SEEKS];
	struct replay_update u;
	struct err err;

	for (int i = 0; i < SEEKS; i++) {
		int64_t before;

		seek_ms(r, moment(s));
		before = clock_mono_us();
		if (replay_next(r, s->last, &u, &err) == -1)
			fail(&err);
		forward[i] = ms_since(before);
		before = clock_mono_us();
		if (replay_prev(r, s->first, &u, &err) == -1)
			fail(&err);
		back[i] = ms_since(before);
	}
	qsort(forward, SEEKS, sizeof(double), compare_doubles);
	qsort(back, SEEKS, sizeof(double), compare_doubles);
	say("a step forward from anywhere, p99", forward[SEEKS * 99 / 100 - 1], "ms", 100);
	say("a step back, p99", back[SEEKS * 99 / 100 - 1], "ms", 100);
}

/* In frames of a thirtieth of a second, as a screen goes. */
static void measure_play(struct replay *r, int64_t from, int64_t length_ms, double speed, double bar)
{
	int64_t frame = (int64_t)(1000 * speed / 30), worst = 0;
	double cpu, share;
	struct replay_update u;
	struct err err;
	char what[64];
	size_t n = 0;

	seek_ms(r, from);
	cpu = cpu_s(RUSAGE_THREAD);
	for (int64_t at = from; at <= from + length_ms; at += frame) {
		int64_t before = clock_mono_us();
		int more;

		while ((more = replay_next(r, at, &u, &err)) == 1)
			n += u.kind == REPLAY_SAMPLE;
		if (more == -1)
			fail(&err);
		worst = clock_mono_us() - before > worst ? clock_mono_us() - before : worst;
	}
	share = (cpu_s(RUSAGE_THREAD) - cpu) / ((double)length_ms / 1000 / speed);
	printf("      %s: %zu samples, slowest frame %.0f ms\n", title, n, (double)worst / 1000);
	snprintf(what, sizeof(what), "played %.0f times as fast, of one core", speed);
	if (bar > 0)
		say(what, share, "cores", bar);
	else
		printf("      %s: %s %.2f cores\n", title, what, share);
}

static void measure_timeline(struct replay *r, struct span *s)
{
	struct replay_bucket buckets[SLICES];
	int64_t middle = s->first + (s->last - s->first) / 2, before = clock_mono_us();
	double whole, zoomed;
	struct err err;

	if (replay_timeline(r, s->first, s->last, buckets, SLICES, &err) == -1)
		fail(&err);
	whole = ms_since(before);
	before = clock_mono_us();
	if (replay_timeline(r, middle, middle + 600000, buckets, SLICES, &err) == -1)
		fail(&err);
	zoomed = ms_since(before);
	say("timeline of all of it", whole, "ms", 100);
	say("timeline of ten minutes in the middle", zoomed, "ms", 100);
}

/* From either end to the other: nothing there, or the last of its kind. */
static void measure_finds(struct replay *r, struct span *s)
{
	static const enum replay_target targets[] = { REPLAY_NEXT_ALARM, REPLAY_NEXT_GAP,
		REPLAY_NEXT_COMMAND, REPLAY_NEXT_EVENT };

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		char what[96];
		int64_t at, before;
		struct err err;
		double ms = 0;

		for (int end = 0; end < 2; end++) {
			seek_ms(r, end ? s->last : s->first);
			before = clock_mono_us();
			if (replay_find(r, targets[i], !end, &at, &err) == -1 ||
			    replay_find(r, targets[i], end, &at, &err) == -1)
				fail(&err);
			ms = ms_since(before) > ms ? ms_since(before) : ms;
		}
		snprintf(what, sizeof(what), "next and last %s, from an end", replay_target_names[targets[i]]);
		say(what, ms, "ms", 100);
	}
}

static void measure_lists(struct replay *r, struct span *s)
{
	double ms[SEEKS];
	size_t most = 0;

	for (int i = 0; i < SEEKS / 4; i++) {
		const struct progress *commands;
		const struct alarm *alarms;
		const struct event *events;
		size_t count, other;
		int64_t before;
		struct err err;

		seek_ms(r, moment(s));
		before = clock_mono_us();
		if (replay_alarms(r, &alarms, &count, &err) == -1 ||
		    replay_commands(r, &commands, &other, &err) == -1 ||
		    replay_events(r, 500, &events, &other, &err) == -1)
			fail(&err);
		ms[i] = ms_since(before);
		most = count > most ? count : most;
	}
	qsort(ms, SEEKS / 4, sizeof(double), compare_doubles);
	printf("      %s: up to %zu alarms stood\n", title, most);
	say("what stood then: alarms, commands, 500 events, p99", ms[SEEKS / 4 - 1], "ms", 100);
}

static void replay(const char *dir, const char *name)
{
	struct span s;
	double memory;
	struct replay *r;

	str_copy(title, sizeof(title), name);
	rng_init(&s.rng, 3, 1);
	cool(dir);
	r = open_replay(dir, "cold");
	replay_close(&r);
	heat(dir);
	memory = memory_mb();
	r = open_replay(dir, "warm");
	replay_range(r, &s.first, &s.last);
	printf("      %s: %.1f h, memory %.0f MB more when open\n", title,
	    (double)(s.last - s.first) / 3.6e6, memory_mb() - memory);
	measure_seeks(r, &s, dir, false);
	measure_seeks(r, &s, dir, true);
	heat(dir);
	measure_steps(r, &s);
	measure_timeline(r, &s);
	measure_finds(r, &s);
	measure_lists(r, &s);
	measure_play(r, s.first + (s.last - s.first) / 2, 600000, 60, 0.75);
	measure_play(r, s.first + (s.last - s.first) / 4, 600000, 1000, 0);
	say("memory more than before it was opened, at the end", memory_mb() - memory, "MB", 200);
	replay_close(&r);
}

/* ---- in SQL ---- */

static bool count_row(void *context, const struct query_value *values, size_t n)
{
	(void)values;
	(void)n;
	++*(size_t *)context;
	return true;
}

static double query_ms(const char *dir, const char *sql, size_t *rows)
{
	struct query_sink sink = { .row = count_row, .context = rows };
	struct history_query *q;
	int64_t before = clock_mono_us();
	struct err err;

	*rows = 0;
	if (history_query_open(&q, dir, &err) == -1 || history_query_run(q, sql, &sink, &err) == -1)
		fail(&err);
	history_query_close(&q);
	return ms_since(before);
}

#define QUERIES 15

/* Each time of another drone and moment. %1$s the drone, %2$lld the time. */
static void measure_sql(const char *dir, bool cold, const char *what, const char *sql, double bar)
{
	double ms[QUERIES], cpu = cpu_s(RUSAGE_THREAD);
	char text[512], title_of[128];
	struct rng rng;
	size_t rows = 0;

	rng_init(&rng, 4, 1);
	for (int i = 0; i < QUERIES; i++) {
		long long at = DAY_START_MS + (long long)(rng_uniform(&rng) * 0.9 * DAY_MS) + 3600000;
		char drone[ID_SIZE];

		snprintf(drone, sizeof(drone), "D%03u", (unsigned)(rng_next(&rng) % DRONES) + 1);
		snprintf(text, sizeof(text), sql, drone, at);
		if (cold)
			cool(dir);
		ms[i] = query_ms(dir, text, &rows);
	}
	qsort(ms, QUERIES, sizeof(double), compare_doubles);
	printf("      %s: %zu rows, %.3g to %.3g ms, CPU of one %.3g\n", title, rows, ms[0], ms[QUERIES - 1],
	    1000 * (cpu_s(RUSAGE_THREAD) - cpu) / QUERIES);
	snprintf(title_of, sizeof(title_of), "%s%s, median", what, cold ? ", not in the cache" : "");
	if (bar > 0)
		say(title_of, ms[QUERIES / 2], "ms", bar);
	else
		printf("      %s: %s %.3g ms\n", title, title_of, ms[QUERIES / 2]);
}

static void sql(const char *dir, const char *name)
{
	char last[160];

	str_copy(title, sizeof(title), name);
	snprintf(last, sizeof(last), "SELECT time, lat, lon, alt, speed FROM telemetry WHERE drone = '%%1$s' AND"
				     " time > %lld", (long long)(DAY_START_MS + DAY_MS - 600000));
	heat(dir);
	for (int cold = 0; cold < 2; cold++) {
		/* The bars are of what the system has at hand. */
		measure_sql(dir, cold, "last 10 minutes of one drone (SQL)", last, cold ? 0 : 5);
		measure_sql(dir, cold, "one moment of the fleet, all fields (SQL)",
		    "SELECT * FROM telemetry WHERE time >= %2$lld AND time < %2$lld + 100", 100);
		measure_sql(dir, cold, "an hour of one drone (SQL)",
		    "SELECT time, lat, lon, alt, speed FROM telemetry WHERE drone = '%1$s' AND"
		    " time BETWEEN %2$lld - 3600000 AND %2$lld", 0);
	}
}

/* ---- beside its writer ---- */

struct writing {
	struct history *history;
	struct swarm *swarm;
	int64_t start_ms;
	_Atomic bool stop;
	uint64_t samples;
	double cpu;
};

static void record(void *context, const void *topic, size_t topic_len, const void *body, size_t len)
{
	struct writing *w = context;
	struct reject why;
	struct sample s;
	char id[ID_SIZE];

	if (topic_len < 4 || memcmp(topic, "tm.", 3) != 0)
		return;
	str_copy_n(id, sizeof(id), (const char *)topic + 3, topic_len - 3);
	sample_decode(body, len, &s, &why);
	while (!history_put_sample(w->history, id, &s, body, len, sample_time(&s) + 4, false))
		poll(NULL, 0, 1);
	w->samples++;
}

/* At the pace of life. */
static void *write_on(void *context)
{
	struct writing *w = context;
	int64_t begin = clock_mono_us();

	while (!atomic_load(&w->stop)) {
		swarm_advance(w->swarm, clock_mono_us() - begin);
		poll(NULL, 0, 20);
	}
	return NULL;
}

/* Another boot of the same drones, in the day's last hour. */
static void begin_writing(struct writing *w, const char *dir)
{
	struct history_options options = { .dir = dir, .commit_ms = 100, .queue_bytes = 48u << 20 };
	struct swarm_settings settings = {
		.drones = DRONES, .rate_hz = 10, .seed = 9, .home = { 47.39, 8.51 }, .ground = 420,
		.prefix = "D", .name = "sim", .model = MODEL_COUNT, .backfill_mb = 0.1,
		.start_ms = DAY_START_MS + DAY_MS - 3600000 + (int64_t)(time(NULL) % 3400) * 1000,
	};
	double cpu = cpu_s(RUSAGE_SELF), memory = memory_mb();
	int64_t before = clock_mono_us();
	struct err err;

	if (history_open(&w->history, &options, &err) == -1 ||
	    swarm_new(&w->swarm, &settings, record, w, &err) == -1)
		fail(&err);
	printf("      %s: a daemon's start takes %.0f ms for its history, %.0f ms of CPU, %.0f MB\n", title,
	    ms_since(before), 1000 * (cpu_s(RUSAGE_SELF) - cpu), memory_mb() - memory);
}

static void beside(const char *dir)
{
	struct writing w = { 0 };
	double ms[30], worst = 0, cpu, memory;
	struct span s;
	pthread_t thread;
	struct replay *r;
	struct err err;

	str_copy(title, sizeof(title), "a day being written");
	rng_init(&s.rng, 5, 1);
	heat(dir);
	begin_writing(&w, dir);
	if (pthread_create(&thread, NULL, write_on, &w) != 0)
		exit(1);
	poll(NULL, 0, 5000);
	memory = memory_mb();
	r = open_replay(dir, "beside it");
	replay_range(r, &s.first, &s.last);
	cpu = cpu_s(RUSAGE_THREAD);
	for (int i = 0; i < 30; i++) {
		int64_t before;

		poll(NULL, 0, 1000);
		before = clock_mono_us();
		if (replay_refresh(r, &err) == -1)
			fail(&err);
		ms[i] = ms_since(before);
		worst = ms[i] > worst ? ms[i] : worst;
	}
	cpu = cpu_s(RUSAGE_THREAD) - cpu;
	qsort(ms, 30, sizeof(double), compare_doubles);
	printf("      %s: a look each second at what came, median %.0f ms, slowest %.0f, of one core %.2f\n",
	    title, ms[15], worst, cpu / 30);
	say("a look each second at what came, p90", ms[27], "ms", 100);
	measure_seeks(r, &s, dir, false);
	say("memory more than before it was opened", memory_mb() - memory, "MB", 200);
	replay_close(&r);
	atomic_store(&w.stop, true);
	pthread_join(thread, NULL);
	history_close(&w.history);
	swarm_free(&w.swarm);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "replay") == 0)
		replay(argv[2], argv[3]);
	else if (argc == 4 && strcmp(argv[1], "sql") == 0)
		sql(argv[2], argv[3]);
	else if (argc == 3 && strcmp(argv[1], "beside") == 0)
		beside(argv[2]);
	else
		return fprintf(stderr, "usage: day_bench replay|sql DIR NAME | beside DIR\n"), 2;
	return missed;
}
