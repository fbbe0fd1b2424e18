/*
 * The history's figures beside their bars, on samples of a simulated fleet at
 * work. Prints a line each as bench.py does and exits 1 where one misses.
 *
 *	history_bench [DIRECTORY [DRONES [SECONDS]]]
 *
 * The directory (default: a new one in /tmp) must be on the disk that is meant.
 */
#include <poll.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/history.h"
#include "history/query.h"
#include "parts/figures.h"
#include "swarm.h"

#define START_MS INT64_C(1795251600000) /* 2026-11-21T09:00:00Z */

/* ---- samples ---- */

struct recorded {
	unsigned drone;
	size_t at, len;
};

struct recording {
	struct swarm *swarm;
	struct buf bodies;
	struct recorded *samples;
	size_t count, cap;
};

static void record(void *context, const void *topic, size_t topic_len, const void *body, size_t len)
{
	struct recording *r = context;
	char id[ID_SIZE];

	if (topic_len < 4 || memcmp(topic, "tm.", 3) != 0)
		return;
	str_copy_n(id, sizeof(id), (const char *)topic + 3, topic_len - 3);
	mem_grow(r->samples, r->count, r->cap);
	r->samples[r->count++] = (struct recorded){
		(unsigned)(swarm_find(r->swarm, id) - r->swarm->drones), r->bodies.len, len,
	};
	buf_add(&r->bodies, body, len);
}

static void start(struct recording *r, unsigned drones)
{
	struct swarm_settings settings = {
		.drones = drones, .rate_hz = 10, .seed = 7, .home = { 47.39, 8.51 }, .ground = 420,
		.prefix = "D", .name = "sim", .model = MODEL_COUNT, .backfill_mb = 0.1,
		.start_ms = START_MS,
	};
	struct err err;

	if (swarm_new(&r->swarm, &settings, record, r, &err) == -1) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

/* The next seconds of the fleet, in place of what was recorded. */
static void fly(struct recording *r, unsigned to_s)
{
	r->count = 0;
	buf_clear(&r->bodies);
	swarm_advance(r->swarm, (int64_t)to_s * 1000000);
}

/* ---- what is measured ---- */

/* CPU of all threads but this. */
static double others_cpu_s(void)
{
	return cpu_s(RUSAGE_SELF) - cpu_s(RUSAGE_THREAD);
}

static void put(struct history *h, const struct recording *r, const struct recorded *s)
{
	const char *body = r->bodies.data + s->at;
	struct sample sample;
	struct reject why;

	sample_decode(body, s->len, &sample, &why);
	while (!history_put_sample(h, r->swarm->drones[s->drone].id, &sample, body, s->len,
	    sample_time(&sample) + 4, false))
		poll(NULL, 0, 1);
}

static void wait_for(struct history *h, uint64_t samples)
{
	struct history_stats stats;

	do {
		poll(NULL, 0, 1);
		history_get_stats(h, &stats);
	} while (stats.samples < samples);
}

static struct history *open_at(const char *dir, int64_t seal_ms)
{
	struct history_options options = {
		.dir = dir, .commit_ms = 100, .queue_bytes = 48u << 20, .seal_ms = seal_ms,
	};
	struct history *h;
	struct err err;

	if (history_open(&h, &options, &err) == -1) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return h;
}

/* The same rows as 14 integer columns, 10,000 a transaction: rows a second. */
static double raw_append(const char *dir, const struct recording *r)
{
	static const enum field fields[] = {
		FIELD_boot, FIELD_seq, FIELD_time, FIELD_lat, FIELD_lon, FIELD_alt, FIELD_height,
		FIELD_speed, FIELD_climb, FIELD_course, FIELD_heading, FIELD_battery, FIELD_flags,
	};
	char path[512];
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int64_t spent = 0;

	snprintf(path, sizeof(path), "%s/raw.db", dir);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
			     "CREATE TABLE t(drone,boot,seq,time,lat,lon,alt,height,speed,climb,"
			     "course,heading,battery,flags); BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &stmt,
		NULL) != SQLITE_OK)
		exit(1);
	for (size_t i = 0; i < r->count; i++) {
		struct reject why;
		struct sample s;
		int64_t before;

		sample_decode(r->bodies.data + r->samples[i].at, r->samples[i].len, &s, &why);
		before = clock_mono_us();
		sqlite3_bind_int(stmt, 1, (int)r->samples[i].drone);
		for (size_t f = 0; f < ARRAY_LEN(fields); f++)
			sqlite3_bind_int64(stmt, (int)f + 2, s.raw[fields[f]]);
		sqlite3_step(stmt);
		sqlite3_reset(stmt);
		if (i % 10000 == 9999)
			sqlite3_exec(db, "COMMIT; BEGIN", NULL, NULL, NULL);
		spent += clock_mono_us() - before;
	}
	sqlite3_finalize(stmt);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	unlink(path);
	return (double)r->count * 1e6 / (double)spent;
}

/* ---- queries ---- */

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
	struct err err;
	int64_t before = clock_mono_us();

	*rows = 0;
	if (history_query_open(&q, dir, &err) == -1 ||
	    history_query_run(q, sql, &sink, &err) == -1) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	history_query_close(&q);
	return (double)(clock_mono_us() - before) / 1000;
}

#define RUNS 9

static double middle(double runs[RUNS])
{
	qsort(runs, RUNS, sizeof(runs[0]), compare_doubles);
	printf("      %.3g to %.3g ms in %d runs\n", runs[0], runs[RUNS - 1], RUNS);
	return runs[RUNS / 2];
}

/* Each run of another drone. */
static double last_minutes_ms(const char *dir, const struct recording *r, unsigned seconds,
    size_t *rows)
{
	double runs[RUNS];

	for (unsigned i = 0; i < RUNS; i++) {
		char sql[512];

		snprintf(sql, sizeof(sql), "SELECT time, lat, lon, alt, speed FROM telemetry WHERE"
					   " drone = '%s' AND time > %lld",
		    r->swarm->drones[(i * 37 + 3) % r->swarm->settings.drones].id,
		    (long long)(START_MS + ((int64_t)seconds - 600) * 1000));
		runs[i] = query_ms(dir, sql, rows);
	}
	return middle(runs);
}

/* Each run of another moment. */
static double moment_ms(const char *dir, unsigned seconds, size_t *rows)
{
	double runs[RUNS];

	for (unsigned i = 0; i < RUNS; i++) {
		long long at = START_MS + 5000 + (long long)i * (seconds - 10) * 1000 / RUNS;
		char sql[128];

		snprintf(sql, sizeof(sql),
		    "SELECT * FROM telemetry WHERE time >= %lld AND time < %lld", at, at + 100);
		runs[i] = query_ms(dir, sql, rows);
	}
	return middle(runs);
}

/* A number out of a day's file itself. */
static double file_number(const char *dir, const char *sql)
{
	char path[512];
	double value = 0;
	sqlite3_stmt *stmt;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/2026-11-21.db", dir);
	if (sqlite3_open(path, &db) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK) {
		if (sqlite3_step(stmt) == SQLITE_ROW)
			value = sqlite3_column_double(stmt, 0);
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
	return value;
}

/* ---- at the pace of life ---- */

static int compare_waits(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void latency(const char *dir, struct recording *r, unsigned drones)
{
	struct history *h = open_at(dir, 0);
	size_t n = (size_t)drones * 10 * 5, seen = 0, late = 0;
	int64_t *put_us, begin, *waits;

	n = n < r->count ? n : r->count;
	put_us = xcalloc(n, sizeof(*put_us));
	waits = xcalloc(n, sizeof(*waits));
	begin = clock_mono_us();
	for (size_t i = 0; i < n || seen < n;) {
		struct history_stats stats;
		int64_t now = clock_mono_us();

		for (; i < n && (int64_t)(i * 1000000 / (drones * 10)) <= now - begin; i++) {
			put(h, r, &r->samples[i]);
			put_us[i] = clock_mono_us();
		}
		history_get_stats(h, &stats);
		for (now = clock_mono_us(); seen < stats.samples && seen < n; seen++)
			waits[seen] = now - put_us[seen];
		poll(NULL, 0, 1);
	}
	history_close(&h);
	for (size_t i = 0; i < n; i++)
		late += waits[i] > 150000;
	qsort(waits, n, sizeof(*waits), compare_waits);
	printf("      %zu of %zu samples took longer than 150 ms to be committed, the last %.0f ms\n", late,
	    n, (double)waits[n - 1] / 1000);
	report("sample to committed row, p99, at 10 Hz", (double)waits[n * 99 / 100] / 1000, "ms", 150, true);
	free(put_us);
	free(waits);
}

int main(int argc, char **argv)
{
	char made[] = "/tmp/odyssey-history-bench-XXXXXX", live[512], fast[512], command[1100];
	const char *dir = argc > 1 ? argv[1] : mkdtemp(made);
	unsigned drones = argc > 2 ? (unsigned)atoi(argv[2]) : 500;
	unsigned seconds = argc > 3 ? (unsigned)atoi(argv[3]) : 660;
	struct recording r = { 0 };
	struct history *h;
	uint64_t total = 0;
	double raw, rate, cpu, samples;
	int64_t began;
	size_t rows;

	snprintf(live, sizeof(live), "%s/live", dir);
	snprintf(fast, sizeof(fast), "%s/fast", dir);
	start(&r, drones);
	fly(&r, 60);
	latency(live, &r, drones);

	raw = raw_append(dir, &r);
	h = open_at(fast, 0);
	began = clock_mono_us();
	for (size_t i = 0; i < r.count; i++)
		put(h, &r, &r.samples[i]);
	wait_for(h, r.count);
	rate = (double)r.count * 1e6 / (double)(clock_mono_us() - began);
	history_close(&h);
	snprintf(command, sizeof(command), "rm -rf '%s' '%s'", live, fast);
	if (system(command) == -1)
		return 1;
	printf("      %.0f rows/s raw, %.0f rows/s logged\n", raw, rate);
	report("rows logged a second, over raw SQLite append (14 columns)", rate / raw, "", 0.5, false);

	/* The day goes by faster, and so does the age at which rows are sealed: about
	 * as many samples a row, and not sealed yet, as 30 s of life make. */
	swarm_free(&r.swarm);
	start(&r, drones);
	h = open_at(fast, 300);
	cpu = 0;
	for (unsigned at = 20; at <= seconds; at += 20) {
		double before = others_cpu_s();

		fly(&r, at);
		for (size_t i = 0; i < r.count; i++)
			put(h, &r, &r.samples[i]);
		total += r.count;
		wait_for(h, total - r.count / 4);
		cpu += others_cpu_s() - before;
	}
	wait_for(h, total);
	printf("      %.1f million samples of %u drones\n", (double)total / 1e6, drones);
	report("writer: CPU seconds a million samples, sealing included", cpu * 1e6 / (double)total,
	    "s", 2.5, true);
	report("last 10 minutes of one drone, position (SQL)",
	    last_minutes_ms(fast, &r, seconds, &rows), "ms", 5, true);
	printf("      %zu rows\n", rows);
	history_close(&h);
	samples = file_number(fast, "SELECT sum(count) FROM sealed");
	report("bytes a sealed sample, rows and index in their pages",
	    file_number(fast, "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'sealed%'") / samples,
	    "bytes", 16, true);
	report("one moment of the fleet, all fields (SQL)", moment_ms(fast, seconds, &rows), "ms",
	    100, true);
	printf("      %zu rows\n", rows);
	snprintf(command, sizeof(command), "rm -rf '%s'", fast);
	if (system(command) == -1)
		return 1;
	if (argc < 2)
		rmdir(dir);
	swarm_free(&r.swarm);
	free(r.samples);
	buf_free(&r.bodies);
	return missed;
}
