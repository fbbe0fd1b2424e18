/*
 * A whole day of a simulated fleet, as a daemon that logged it would have left it:
 * for figures that a few minutes cannot tell.
 *
 *	day_make make DIR [DRONES [SECONDS]]    500 and 86400; by the writer's own steps
 *	day_make write DIR [DRONES [SECONDS]]   the same feed, through the writer itself
 *	day_make rest DIR                       the next day begins: merged, at rest
 *
 * `make` gives the file what the writer's thread gives it, by the same functions
 * (store_write(), seal_slot()), but lets the feed's clock say when: a commit for
 * each COMMIT_S, each slot sealed every 30 s. So the day takes minutes. What `write` makes
 * of the same seed has the same samples and messages (tests/e2e/test_day.py).
 */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/days.h"
#include "history/history.h"
#include "history/seal.h"
#include "history/store.h"
#include "parts/day_story.h"

#define COMMIT_S 10
#define SEAL_S (SEAL_MS / 1000)

static void fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

/* ---- where it goes ---- */

struct job {
	struct story *story;
	unsigned drones;
	struct buf logs[2];
	struct history *history;  /* write */
	struct store *store;      /* make */
	struct roster roster;
	struct batch batch;
	struct chunk chunk;
	unsigned second;          /* up to which the log goes */
	uint64_t samples;
	const struct buf *log;
};

static struct history_drone drone_info(const struct job *w, size_t drone)
{
	struct history_drone info = { .source = "sim", .feed = "ipc://sim", .kind = KIND_SIM };

	str_copy(info.id, sizeof(info.id), story_drone(w->story, drone));
	return info;
}

/* As the writer's thread takes it from its queue. */
static void take_sample(struct job *w, const struct entry *e, const void *body)
{
	struct roster_drone *d = &w->roster.drones[e->drone];
	struct plain_row row = { .boot = e->boot, .seq = e->from, .len = (uint32_t)e->len,
		.backfilled = e->backfilled, .arrived_ms = e->arrived_ms, .body = body };
	struct flight flight;
	struct reject why;
	struct sample s;

	if (sample_decode(body, e->len, &s, &why) == -1 ||
	    !roster_store(d, e->boot, e->from, e->arrived_ms))
		return;
	row.drone = store_number(w->store, e->drone);
	plain_put(&w->batch.slots[plain_slot(row.drone)], &row);
	w->batch.samples++;
	if (flights_sample(&d->tracker, d->info.id, &s, &flight))
		batch_add_flight(&w->batch, &flight);
}

static const enum record_kind record_kinds[TOPIC_COUNT] = {
	[TOPIC_EV] = RECORD_EVENT, [TOPIC_CM] = RECORD_PROGRESS, [TOPIC_AL] = RECORD_ALARM,
	[TOPIC_OR] = RECORD_ORDER,
};

static void take(struct job *w, const struct entry *e, const void *bytes)
{
	struct record_message m = { .head = { e->arrived_ms, record_kinds[e->topic] } };
	struct record_gap g = { .head = { e->arrived_ms, RECORD_GAP }, .boot = e->boot, .from = e->from,
		.to = e->to, .state = e->state };

	switch (e->kind) {
	case ENTRY_SAMPLE:
		take_sample(w, e, bytes);
		break;
	case ENTRY_MESSAGE:
		memcpy(&m.message, bytes, e->len);
		batch_add_record(&w->batch, &m.head, sizeof(m));
		break;
	case ENTRY_GAP:
		str_copy(g.drone, sizeof(g.drone), w->roster.drones[e->drone].info.id);
		str_copy(g.why, sizeof(g.why), "dropped on the way");
		batch_add_record(&w->batch, &g.head, sizeof(g));
		break;
	}
}

static void check(struct job *w, int rc)
{
	if (rc == SQLITE_OK)
		return;
	fprintf(stderr, "%s: %s\n", w->store->path, sqlite3_errmsg(w->store->db));
	exit(1);
}

/* A log becomes a commit; every 30 s what is not sealed is. */
static void *store_log(void *context)
{
	struct job *w = context;
	const struct entry *e;
	const void *bytes;
	size_t at = 0;

	while ((e = story_next(w->log, &at, &bytes)))
		take(w, e, bytes);
	w->samples += w->batch.samples;
	check(w, store_write(w->store, &w->batch, &w->roster, w->second * 1000));
	batch_reset(&w->batch);
	store_checkpoint(w->store, false);
	for (int slot; w->second % SEAL_S == 0 && (slot = seal_due(w->store, w->second * 1000, 0)) >= 0;) {
		check(w, seal_slot(w->store, (unsigned)slot, &w->chunk, &w->roster));
		store_checkpoint(w->store, false);
	}
	return NULL;
}

static bool put(struct job *w, const struct entry *e, const void *bytes)
{
	const char *id = story_drone(w->story, e->drone);
	struct history_gap g = { .drone = id, .boot = e->boot, .from = e->from, .to = e->to,
		.state = e->state, .why = "dropped on the way", .at_ms = e->arrived_ms };
	struct reject why;
	struct sample s;

	if (e->kind == ENTRY_GAP)
		return history_put_gap(w->history, &g);
	if (e->kind == ENTRY_SAMPLE) {
		sample_decode(bytes, e->len, &s, &why);
		return history_put_sample(w->history, id, &s, bytes, e->len, e->arrived_ms, e->backfilled);
	}
	switch (e->topic) {
	case TOPIC_EV:
		return history_put_event(w->history, bytes, e->arrived_ms);
	case TOPIC_CM:
		return history_put_progress(w->history, bytes, e->arrived_ms);
	case TOPIC_AL:
		return history_put_alarm(w->history, bytes, e->arrived_ms);
	default:
		return history_put_order(w->history, bytes, e->arrived_ms);
	}
}

static void *write_log(void *context)
{
	struct job *w = context;
	const struct entry *e;
	const void *bytes;
	size_t at = 0;

	while ((e = story_next(w->log, &at, &bytes))) {
		while (!put(w, e, bytes))
			poll(NULL, 0, 1);
	}
	return NULL;
}

static void open_store(struct job *w, const char *dir)
{
	struct err err;

	if (days_make_dir(dir, &err) == -1)
		fail(&err);
	for (size_t i = 0; i < w->drones; i++) {
		struct history_drone info = drone_info(w, i);
		size_t at = roster_drone(&w->roster, info.id);

		w->roster.drones[at].info = info;
		w->roster.drones[at].told_ms = STORY_START_MS;
	}
	if (store_open(&w->store, dir, day_of(STORY_START_MS), &w->roster, 0, &err) != TROUBLE_NONE)
		fail(&err);
	for (size_t i = 0; i < w->roster.count; i++)
		(void)store_number(w->store, i);
	w->batch.day = day_of(STORY_START_MS);
}

static void open_history(struct job *w, const char *dir)
{
	/* 30 s of life go by in a third of a second here. */
	struct history_options options = { .dir = dir, .commit_ms = 100, .queue_bytes = 48u << 20,
		.seal_ms = 300 };
	struct err err;

	if (history_open(&w->history, &options, &err) == -1)
		fail(&err);
	for (size_t i = 0; i < w->drones; i++) {
		struct history_drone info = drone_info(w, i);

		history_put_drone(w->history, &info, STORY_START_MS);
	}
}

/* The fleet flies the next seconds while those before are stored. */
static void make(const char *dir, unsigned drones, unsigned seconds, bool through_writer)
{
	struct job w = { .drones = drones };
	int64_t began = clock_mono_ms();
	pthread_t thread;
	bool running = false;

	w.story = story_new(drones, seconds);
	chunk_init(&w.chunk);
	if (through_writer)
		open_history(&w, dir);
	else
		open_store(&w, dir);
	for (unsigned at = 0, turn = 0; at < seconds; turn++) {
		struct buf *log = &w.logs[turn % 2];

		buf_clear(log);
		for (unsigned end = at + COMMIT_S; at < end && at < seconds; at++)
			story_second(w.story, at, log);
		if (running)
			pthread_join(thread, NULL);
		w.log = log;
		w.second = at;
		running = pthread_create(&thread, NULL, through_writer ? write_log : store_log, &w) == 0;
		if (!running)
			exit(1);
		if (at % 3600 == 0)
			fprintf(stderr, "hour %u of the fleet after %.0f s\n", at / 3600,
			    (double)(clock_mono_ms() - began) / 1000);
	}
	if (running)
		pthread_join(thread, NULL);
	story_free(w.story);
	history_close(&w.history);
	store_close(&w.store);
	roster_clear(&w.roster);
	batch_clear(&w.batch);
	chunk_clear(&w.chunk);
	buf_free(&w.logs[0]);
	buf_free(&w.logs[1]);
}

/* ---- the day is over ---- */

static bool finished(const char *dir)
{
	char path[DAY_PATH_SIZE];
	struct err err;
	sqlite3 *db;
	bool yes;

	day_path(path, dir, day_of(STORY_START_MS));
	if (schema_open_read(&db, path, &err) != TROUBLE_NONE)
		fail(&err);
	yes = schema_mark(db, "finished", 0) != 0;
	sqlite3_close(db);
	return yes;
}

/* The writer merges a slice at a time between its commits; here many at once, and then the
 * writer comes to a day where little is left to do. */
static void rest(const char *dir)
{
	struct event ev = { .time = STORY_START_MS + DAY_MS, .severity = SEVERITY_INFO, .text = "the next day" };
	struct history_options options = { .dir = dir, .commit_ms = 100, .queue_bytes = 1u << 20 };
	struct seal_merge merge = { 1, INT64_MIN };
	struct roster roster = { 0 };
	struct chunk from, into;
	struct history *h;
	struct store *s;
	struct err err;
	int rc = SQLITE_OK;

	chunk_init(&from);
	chunk_init(&into);
	if (store_open(&s, dir, day_of(STORY_START_MS), &roster, 0, &err) != TROUBLE_NONE)
		fail(&err);
	for (int slot; rc == SQLITE_OK && (slot = seal_due(s, 1, 0)) >= 0;)
		rc = seal_slot(s, (unsigned)slot, &into, NULL);
	schema_exec(s->db, "PRAGMA synchronous=OFF");
	while (rc == SQLITE_OK && merge.drone < s->next_number) {
		rc = seal_merge(s, &merge, 1000000, &from, &into);
		store_checkpoint(s, false);
	}
	if (rc != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", s->path, sqlite3_errmsg(s->db));
		exit(1);
	}
	store_close(&s);
	chunk_clear(&from);
	chunk_clear(&into);
	roster_clear(&roster);
	if (history_open(&h, &options, &err) == -1)
		fail(&err);
	history_put_event(h, &ev, STORY_START_MS + DAY_MS);
	while (!finished(dir))
		poll(NULL, 0, 50);
	history_close(&h);
}

int main(int argc, char **argv)
{
	unsigned drones = argc > 3 ? (unsigned)atoi(argv[3]) : 500;
	unsigned seconds = argc > 4 ? (unsigned)atoi(argv[4]) : 86400;

	if (argc > 2 && strcmp(argv[1], "rest") == 0)
		rest(argv[2]);
	else if (argc > 2 && drones > 0 && (strcmp(argv[1], "make") == 0 || strcmp(argv[1], "write") == 0))
		make(argv[2], drones, seconds, argv[1][0] == 'w');
	else
		return fprintf(stderr, "usage: day_make make|write|rest DIR [DRONES [SECONDS]]\n"), 2;
	return 0;
}
