/*
 * The writer thread: takes records from the queue at its own pace, writes
 * them a batch a transaction, seals between two of them, and keeps its batch
 * while the disk does not take it.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/days.h"
#include "history/past.h"
#include "history/private.h"
#include "history/seal.h"

/* Of commit_ms, so that the commit itself is over in time too. */
#define PACE_PERCENT 70
#define RETRY_MS 250
/* A lock this long is said; a reader's checkpoint or a shell's command is not. */
#define LOCKED_MS 1000
/* Between two commits the last part is kept free of other work. */
#define SPARE_MS 15
/* Flights are found again in the first part only: where a daemon comes to a fleet
 * of thousands each drone has a hole to be read, some 20 s of work for 5,000,
 * and none of it is urgent. */
#define AGAIN_MS 3
/* An earlier day that cannot be read is waited for so long: it tells what is stored already.
 * Then today matters more, for the sources hold what is not logged for a quarter of an hour. */
#define UNREAD_MS (2 * 60 * 1000)
/* How long a dead disk holds up the end of the program. */
#define CLOSE_MS 1000

/* ---- what is stored already ---- */

static void set_aside(struct history *h, int64_t day, const char *why)
{
	char name[64], old[DAY_NAME_SIZE];
	struct err err;

	over_drop(&h->writer, day);
	if (day_set_aside(h->dir, day, name, &err) == -1)
		history_notice(h, HISTORY_DAMAGED, "%s; and %s", why, err.text);
	else
		history_notice(h, HISTORY_DAMAGED,
		    "the history's file %s is damaged (%s); it was set aside as %s, and a new one is "
		    "begun", day_name(day, old), why, name);
}

/* Whether that day, before the one that is to be written, was waited for long enough. */
static bool is_given_up(struct history *h, int64_t day, const char *why)
{
	struct writer *w = &h->writer;
	int64_t now = clock_mono_ms();
	char name[DAY_NAME_SIZE];
	size_t i = 0;

	if (day >= w->wanted_day)
		return false;
	while (i + 1 < PAST_DAYS && w->unread[i].since_ms && w->unread[i].day != day)
		i++;
	if (!w->unread[i].since_ms || w->unread[i].day != day) {
		w->unread[i].day = day;
		w->unread[i].since_ms = now;
		w->unread[i].said = false;
	}
	if (now - w->unread[i].since_ms < UNREAD_MS)
		return false;
	if (!w->unread[i].said)
		history_notice(h, HISTORY_DAMAGED,
		    "the history's file %s cannot be read (%s); logging goes on without it, and what "
		    "sources still hold of that day may be stored a second time", day_name(day, name), why);
	w->unread[i].said = true;
	return true;
}

static void can_be_read(struct writer *w, int64_t day)
{
	for (size_t i = 0; i < PAST_DAYS; i++) {
		if (w->unread[i].day == day)
			w->unread[i].since_ms = 0;
	}
}

/* The newest days into roster, past and newest: *damaged where one was set aside, and all
 * that was read does not count. */
static int read_days(struct history *h, const int64_t *days, size_t count, struct history_past *past,
    struct newest *newest, bool *damaged, bool *retry, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		enum schema_trouble trouble;
		char path[DAY_PATH_SIZE];

		day_path(path, h->dir, days[i]);
		trouble = past_read_day(path, days[i], days[0] * DAY_MS, &h->writer.roster, past, newest,
		    err);
		if (trouble == TROUBLE_DAMAGED) {
			set_aside(h, days[i], err->text);
			*damaged = true;
			return -1;
		}
		if (trouble == TROUBLE_DISK && is_given_up(h, days[i], err->text))
			continue;
		if (trouble != TROUBLE_NONE) {
			*retry = trouble != TROUBLE_NEWER;
			return -1;
		}
		can_be_read(&h->writer, days[i]);
	}
	return 0;
}

int writer_read_past(struct history *h, bool *retry, struct err *err)
{
	struct history_past past = { 0 };
	struct newest newest = { 0 };
	struct writer *w = &h->writer;
	bool damaged = false;
	int64_t *days;
	size_t count, first;

	*retry = true;
	roster_forget_rows(&w->roster);
	if (days_list(h->dir, &days, &count, err) == -1)
		return -1;
	first = count < PAST_DAYS ? 0 : count - PAST_DAYS;
	if (read_days(h, days + first, count - first, &past, &newest, &damaged, retry, err) == -1) {
		history_past_clear(&past);
		newest_clear(&newest);
		free(days);
		return damaged ? writer_read_past(h, retry, err) : -1;
	}
	past_read_older(h->dir, days, first, &w->roster);
	/* All but the newest are over, and so may that one be. */
	for (size_t i = 0; i < count; i++)
		over_note(w, days[i]);
	past_complete(&past, &w->roster, &newest, h->dir, count ? days[first] * DAY_MS : INT64_MIN);
	newest_clear(&newest);
	free(days);
	pthread_mutex_lock(&h->lock);
	history_past_clear(&h->past);
	h->past = past;
	pthread_mutex_unlock(&h->lock);
	return 0;
}

/* ---- a batch and its file ---- */

/* Puts other numbers for the drones into the batch's rows, and the rows into
 * the slots that follow from them. */
static void renumber(struct batch *b, const uint32_t *number_of)
{
	struct buf old[PLAIN_SLOTS];

	memcpy(old, b->slots, sizeof(old));
	memset(b->slots, 0, sizeof(b->slots));
	for (size_t i = 0; i < PLAIN_SLOTS; i++) {
		const unsigned char *p = (const unsigned char *)old[i].data;
		struct plain_row row;

		while (p && plain_next(&p, (const unsigned char *)old[i].data + old[i].len,
				&row) == 1) {
			row.drone = number_of[row.drone];
			plain_put(&b->slots[plain_slot(row.drone)], &row);
		}
		buf_free(&old[i]);
	}
}

/* A batch that waits for a file that is left gets roster indices instead of the
 * file's numbers. */
static void number_to_index(struct writer *w)
{
	struct store *s = w->store;

	if (s && !batch_empty(&w->batch) && !w->unnumbered) {
		uint32_t *indices = xcalloc(s->next_number, sizeof(*indices));

		for (size_t i = 0; i < s->number_cap; i++)
			indices[s->numbers[i]] = (uint32_t)i;
		renumber(&w->batch, indices);
		free(indices);
		w->unnumbered = true;
	}
}

static void leave_store(struct writer *w)
{
	again_leave(&w->again);
	number_to_index(w);
	store_close(&w->store);
}

static void number_batch(struct writer *w)
{
	uint32_t *numbers = xcalloc(w->roster.count, sizeof(*numbers));

	/* Only drones of the batch get a number. */
	for (size_t i = 0; i < PLAIN_SLOTS; i++) {
		const unsigned char *p = (const unsigned char *)w->batch.slots[i].data;
		const unsigned char *end = p ? p + w->batch.slots[i].len : NULL;
		struct plain_row row;

		while (p && plain_next(&p, end, &row) == 1)
			numbers[row.drone] = store_number(w->store, row.drone);
	}
	renumber(&w->batch, numbers);
	free(numbers);
	w->unnumbered = false;
}

/* ---- trouble ---- */

static void works(struct history *h)
{
	struct writer *w = &h->writer;
	uint64_t refused = atomic_load(&h->refused);

	w->failing_ms = 0;
	if (w->lost_rows) {
		w->lost_rows = false;
		history_notice(h, HISTORY_CHANGED, "rows were lost with a file");
	}
	/* After an outage, and after a burst that was too much. */
	if (w->outage || (refused != w->refused_seen && queue_used(&h->queue) < h->queue.limit / 2)) {
		w->refused_seen = refused;
		w->outage = false;
		history_notice(h, HISTORY_BACK, "the history is written again");
	}
	atomic_store(&h->last_commit_ms, clock_mono_ms());
}

static void fails(struct history *h, enum schema_trouble trouble, const char *why, int64_t mono_ms)
{
	struct writer *w = &h->writer;

	if (!w->failing_ms)
		w->failing_ms = mono_ms;
	w->retry_ms = mono_ms + (trouble == TROUBLE_LOCKED ? RETRY_MS / 5 : RETRY_MS);
	if (w->outage || (trouble == TROUBLE_LOCKED && mono_ms - w->failing_ms < LOCKED_MS))
		return;
	w->outage = true;
	history_notice(h, HISTORY_OUTAGE, "%s%s", why,
	    trouble == TROUBLE_LOCKED ? " (another program holds it)" : "");
}

/* The rows went with their file: what is stored is read anew from the others. */
static void rows_lost(struct history *h)
{
	struct writer *w = &h->writer;

	leave_store(w);
	w->past_unread = true;
	w->lost_rows = true;
}

/* What the log held is in the file now, or lost; the rows will tell. */
static void log_lost(struct history *h)
{
	struct writer *w = &h->writer;
	char name[DAY_NAME_SIZE];

	history_notice(h, HISTORY_DAMAGED,
	    "the log of the history's file %s was taken away; it goes on with a new one, and what is "
	    "missing is asked for", day_name(w->store->day, name));
	number_to_index(w);
	store_leave_log(&w->store);
	rows_lost(h);
}

static void broken(struct history *h, int64_t day, const char *why)
{
	leave_store(&h->writer);
	set_aside(h, day, why);
	rows_lost(h);
}

/* Samples of the batch count as stored, in a roster that was read anew. */
static void recount_batch(struct writer *w)
{
	for (size_t i = 0; i < PLAIN_SLOTS; i++) {
		const unsigned char *p = (const unsigned char *)w->batch.slots[i].data;
		const unsigned char *end = p ? p + w->batch.slots[i].len : NULL;
		struct plain_row row;

		/* Without a file the rows have roster indices. */
		while (p && plain_next(&p, end, &row) == 1)
			roster_store(&w->roster.drones[row.drone], row.boot, row.seq, row.arrived_ms);
	}
}

/* The file of that day, ready to be written: false where it is not to be had. */
static bool have_store(struct history *h, int64_t day, int64_t mono_ms)
{
	struct writer *w = &h->writer;
	enum schema_trouble trouble;
	struct err err;
	bool fresh, busy, retry;

	if (w->store && w->store->day == day) {
		if (!store_in_place(w->store))
			rows_lost(h);
		else if (!store_log_in_place(w->store))
			log_lost(h);
		else
			return true;
	}
	if (w->store) {
		over_note(w, w->store->day);
		leave_store(w);
	}
	if (days_make_dir(h->dir, &err) == -1 ||
	    (w->past_unread && history_lock_dir(h, &busy, &err) == -1)) {
		fails(h, TROUBLE_DISK, err.text, mono_ms);
		return false;
	}
	if (w->past_unread) {
		w->wanted_day = day;
		if (writer_read_past(h, &retry, &err) == -1) {
			w->lost_rows = true;
			fails(h, TROUBLE_DISK, err.text, mono_ms);
			return false;
		}
		w->past_unread = false;
		recount_batch(w);
	}
	over_drop(w, day);
	trouble = store_open(&w->store, h->dir, day, &w->roster, mono_ms, &err);
	if (trouble == TROUBLE_DAMAGED) {
		broken(h, day, err.text);
		return false;
	}
	if (trouble != TROUBLE_NONE) {
		fails(h, trouble, err.text, mono_ms);
		return false;
	}
	fresh = w->store->commits == 1;
	/* Its commit was answered with an error, and yet came to pass. */
	if (w->kept && w->batch.day == day && w->commit && w->store->commits > w->commit && !w->lost_rows) {
		batch_reset(&w->batch);
		w->kept = w->unnumbered = false;
	}
	if (w->unnumbered)
		number_batch(w);
	if (fresh)
		over_carry(h, day);
	else
		over_return(h, day);
	roster_forget(&w->roster, (day - PAST_DAYS + 1) * DAY_MS);
	/* Days that a new one makes old stay a while: its clock may be wrong for a moment. */
	if (fresh && w->retention_ms)
		w->retention_ms = mono_ms + RETENTION_MS;
	return true;
}

/* ---- from the queue into the batch ---- */

/* What a source still holds of a boot of days ago may be in their files. */
static void recall_boot(struct history *h, size_t drone, uint32_t boot)
{
	struct writer *w = &h->writer;
	int64_t newest = w->store->day - PAST_DAYS + 1;

	if ((int64_t)boot * 1000 < newest * DAY_MS &&
	    !roster_find_boot(&w->roster.drones[drone], boot))
		past_read_boot(h->dir, newest, &w->roster, drone, boot);
}

static void take_sample(struct history *h, const struct record_sample *r)
{
	struct writer *w = &h->writer;
	size_t index = roster_drone(&w->roster, r->drone);
	struct roster_drone *d = &w->roster.drones[index];
	struct plain_row row = {
		.boot = r->boot,
		.seq = r->seq,
		.len = r->len,
		.backfilled = r->backfilled,
		.arrived_ms = r->head.arrived_ms,
		.body = r->body,
	};
	struct flight flight;
	struct reject why;
	struct sample s;

	/* The ingest has seen to that; here it would break the sealing of a day. */
	if (sample_decode(r->body, r->len, &s, &why) == -1 || sample_boot(&s) != r->boot ||
	    sample_seq(&s) != r->seq)
		return;
	if (r->backfilled)
		recall_boot(h, index, r->boot);
	if (!roster_store(d, r->boot, r->seq, r->head.arrived_ms))
		return;
	row.drone = store_number(w->store, index);
	plain_put(&w->batch.slots[plain_slot(row.drone)], &row);
	w->batch.samples++;
	w->batch.bytes += r->len + sizeof(row);
	again_note(&w->again, d, &s);
	if (flights_sample(&d->tracker, d->info.id, &s, &flight))
		batch_add_flight(&w->batch, &flight);
}

static void take_drone(struct writer *w, const struct record_drone *r)
{
	size_t index = roster_drone(&w->roster, r->drone.id);

	w->roster.drones[index].info = r->drone;
	w->roster.drones[index].told_ms = r->head.arrived_ms;
	(void)store_number(w->store, index);
	store_tell_drone(w->store, index);
	w->batch.record_count++;
}

/* An answer comes without a time; it is as old as what came last. */
static void take_answer(struct writer *w, const struct record_answer *r)
{
	struct record_answer answer = *r;

	answer.head.arrived_ms = w->newest_ms;
	batch_add_record(&w->batch, &answer.head, sizeof(answer));
}

static void take(struct history *h, const struct record *r, size_t size)
{
	struct writer *w = &h->writer;

	w->batch.day = w->store->day;
	if (r->arrived_ms > w->newest_ms)
		w->newest_ms = r->arrived_ms;
	switch (r->kind) {
	case RECORD_SAMPLE:
		take_sample(h, (const struct record_sample *)r);
		break;
	case RECORD_DRONE:
		take_drone(w, (const struct record_drone *)r);
		break;
	case RECORD_ANSWER:
		take_answer(w, (const struct record_answer *)r);
		break;
	default:
		batch_add_record(&w->batch, r, size);
		break;
	}
}

static int64_t record_day(const struct writer *w, const struct record *r)
{
	if (r->kind != RECORD_ANSWER)
		return day_of(r->arrived_ms);
	return w->store ? w->store->day
			: day_of(((const struct record_answer *)r)->answer.keep_until_ms);
}

/* Fills the batch from the queue; false where there is no file for it now. */
static bool fill(struct history *h, int64_t mono_ms)
{
	struct writer *w = &h->writer;
	const struct record *r;
	size_t size;

	w->next_day = false;
	while (w->batch.bytes < BATCH_BYTES_MAX && (r = queue_peek(&h->queue, &size))) {
		int64_t day = record_day(w, r);

		if (!w->store || w->store->day != day) {
			w->next_day = !batch_empty(&w->batch);
			if (w->next_day)
				break;
			if (!have_store(h, day, mono_ms))
				return false;
		}
		take(h, r, size);
		queue_drop(&h->queue);
	}
	return true;
}

/* ---- writing ---- */

/* Writes the batch: false where it has to wait. */
static bool write_batch(struct history *h, int64_t mono_ms)
{
	struct writer *w = &h->writer;
	enum schema_trouble trouble;
	char why[256];
	int rc;

	if (!have_store(h, w->batch.day, mono_ms))
		return false;
	if (batch_empty(&w->batch))
		return true;
	w->kept = true;
	w->commit = w->store->commits;
	rc = store_write(w->store, &w->batch, &w->roster, mono_ms);
	if (rc == SQLITE_OK) {
		atomic_fetch_add(&h->samples, w->batch.samples);
		atomic_fetch_add(&h->records, w->batch.record_count);
		atomic_fetch_add(&h->commits, 1);
		batch_reset(&w->batch);
		w->kept = false;
		works(h);
		return true;
	}
	trouble = schema_trouble(rc);
	str_copy(why, sizeof(why), sqlite3_errmsg(w->store->db));
	if (trouble == TROUBLE_DAMAGED) {
		broken(h, w->batch.day, why);
		return false;
	}
	/* After an I/O error the connection cannot be trusted to know the file. */
	if (trouble == TROUBLE_DISK && (rc & 0xff) != SQLITE_FULL)
		leave_store(w);
	fails(h, trouble, why, mono_ms);
	return false;
}

/* Seals what is due most: false where there was nothing, or it failed. */
static bool seal_one(struct history *h, int slot)
{
	struct writer *w = &h->writer;
	char why[256];
	int rc;

	if (slot < 0)
		return false;
	rc = seal_slot(w->store, (unsigned)slot, &w->chunk, &w->roster);
	if (rc == SQLITE_OK)
		return true;
	str_copy(why, sizeof(why), sqlite3_errmsg(w->store->db));
	if (schema_trouble(rc) == TROUBLE_DAMAGED)
		broken(h, w->store->day, why);
	else
		/* The next commit will tell whether that is an outage. */
		w->store->slots[slot].since_ms += RETRY_MS;
	return false;
}

static bool too_much_plain(const struct store *s)
{
	int slot = seal_due(s, INT64_MAX / 2, 0);

	return slot >= 0 && s->slots[slot].bytes >= SEAL_BYTES;
}

/* Everything that waits, a batch after the other. */
static void write_all(struct history *h)
{
	struct writer *w = &h->writer;

	for (;;) {
		int64_t now = clock_mono_ms();

		if (w->failing_ms && now < w->retry_ms)
			return;
		if (batch_empty(&w->batch) && !fill(h, now))
			return;
		if (batch_empty(&w->batch))
			return;
		if (!write_batch(h, now))
			return;
		if (!w->store)
			return;
		store_checkpoint(w->store, false);
		/* Under more load than there is time between commits. */
		while (w->store && too_much_plain(w->store) &&
		    seal_one(h, seal_due(w->store, now, 0)))
			;
		/* What came meanwhile has time, unless it is much. */
		if (!w->store || (!w->next_day && queue_used(&h->queue) < BATCH_BYTES_MAX / 8))
			return;
	}
}

/* What can wait, until the time is over. */
static void use_spare_time(struct history *h, int64_t until_ms)
{
	struct writer *w = &h->writer;
	int64_t again_until_ms = clock_mono_ms() + AGAIN_MS;

	if (w->failing_ms)
		return;
	while (!atomic_load(&h->stop) && !atomic_load(&h->hurried)) {
		int64_t now = clock_mono_ms();

		if (now >= until_ms)
			return;
		if (w->store && seal_one(h, seal_due(w->store, now, h->seal_ms)))
			continue;
		if (w->store && batch_empty(&w->batch) && now < again_until_ms &&
		    again_step(&w->again, h->dir, w->store, &w->roster, now))
			continue;
		if (!over_step(h, now))
			return;
	}
}

static void sleep_until(struct history *h, int64_t mono_ms)
{
	struct pollfd fd = { .fd = h->wake_fd, .events = POLLIN };
	int64_t left = mono_ms - clock_mono_ms();
	uint64_t counted;

	if (left > 0 && poll(&fd, 1, (int)left) == 1 &&
	    read(h->wake_fd, &counted, sizeof(counted)) == -1)
		return;
	/* While nothing can be written there is no use in being called. */
	if (!h->writer.failing_ms)
		atomic_store(&h->hurried, false);
}

/* The end: what waits is written, but a dead disk is not waited for. */
static void finish(struct history *h)
{
	int64_t until = clock_mono_ms() + CLOSE_MS;
	struct writer *w = &h->writer;

	for (;;) {
		write_all(h);
		if (batch_empty(&w->batch) && !queue_used(&h->queue))
			break; /* all written */
		if (w->failing_ms && clock_mono_ms() >= until)
			break;
		if (w->failing_ms)
			poll(NULL, 0, 20);
	}
}

void *writer_run(void *history)
{
	struct history *h = history;
	int64_t pace = h->commit_ms * PACE_PERCENT / 100;

	pace = pace > 0 ? pace : 1;
	while (!atomic_load(&h->stop)) {
		int64_t next = clock_mono_ms() + pace;

		use_spare_time(h, next - (pace > 2 * SPARE_MS ? SPARE_MS : pace / 2));
		sleep_until(h, next);
		write_all(h);
	}
	finish(h);
	again_leave(&h->writer.again);
	store_close(&h->writer.store);
	store_close(&h->writer.finishing);
	return NULL;
}

void writer_clear(struct writer *w)
{
	again_leave(&w->again);
	store_close(&w->store);
	store_close(&w->finishing);
	batch_clear(&w->batch);
	chunk_clear(&w->chunk);
	chunk_clear(&w->other);
	roster_clear(&w->roster);
	free(w->over);
}
