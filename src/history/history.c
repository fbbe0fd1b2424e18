/* The history's outside: see history.h. What its thread does is in writer.c. */
#include "history/history.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "history/days.h"
#include "history/private.h"

/* Of a record with a body, what comes before it. */
#define RECORD_HEAD_MAX 256
_Static_assert(sizeof(struct record_sample) <= RECORD_HEAD_MAX, "a sample's head");
_Static_assert(sizeof(struct record_plan) <= RECORD_HEAD_MAX, "a plan's head");

const char *const gap_state_names[GAP_STATE_COUNT] = { "open", "filled", "lost" };

/* ---- opening and closing ---- */

int history_lock_dir(struct history *h, bool *busy, struct err *err)
{
	*busy = false;
	if (h->dir_fd != -1)
		close(h->dir_fd);
	h->dir_fd = open(h->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h->dir_fd == -1)
		return err_set(err, "the history directory %s cannot be opened: %s", h->dir,
		    strerror(errno));
	if (flock(h->dir_fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		*busy = true;
		return err_set(err, "another daemon writes the history in %s; end it, or use "
				    "another --history", h->dir);
	}
	return 0;
}

/* 0, or -1 where the directory can never be a history; a disk that is not
 * ready is left to the writer. */
static int open_dir(struct history *h, struct err *err)
{
	bool busy = false, retry = false;

	if (days_make_dir(h->dir, err) == -1) {
		if (errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG)
			return -1;
		h->writer.past_unread = true;
		return 0;
	}
	if (history_lock_dir(h, &busy, err) == -1 && busy)
		return -1;
	if (writer_read_past(h, &retry, err) == -1) {
		if (!retry)
			return -1;
		h->writer.past_unread = true;
	}
	return 0;
}

static void free_history(struct history *h)
{
	writer_clear(&h->writer);
	history_past_clear(&h->past);
	queue_clear(&h->queue);
	if (h->dir_fd != -1)
		close(h->dir_fd);
	if (h->wake_fd != -1)
		close(h->wake_fd);
	if (h->notice_fd != -1)
		close(h->notice_fd);
	pthread_mutex_destroy(&h->lock);
	free(h->dir);
	free(h);
}

/* The thread leaves signals to the others. */
static int start_thread(struct history *h)
{
	sigset_t all, old;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	failed = pthread_create(&h->thread, NULL, writer_run, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return failed;
}

int history_open(struct history **out, const struct history_options *options, struct err *err)
{
	struct history *h = xcalloc(1, sizeof(*h));
	int failed;

	*out = NULL;
	h->dir = xstrdup(options->dir);
	h->commit_ms = options->commit_ms > 0 ? options->commit_ms : 100;
	h->seal_ms = options->seal_ms > 0 ? options->seal_ms : SEAL_MS;
	h->keep_days = options->keep_days;
	h->keep_gb = options->keep_gb;
	h->keep_ms = options->keep_ms;
	h->keep_bytes = options->keep_bytes;
	h->dir_fd = -1;
	pthread_mutex_init(&h->lock, NULL);
	queue_init(&h->queue, options->queue_bytes ? options->queue_bytes : 48u << 20);
	h->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	h->notice_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	chunk_init(&h->writer.chunk);
	chunk_init(&h->writer.other);
	if (h->wake_fd == -1 || h->notice_fd == -1) {
		err_set(err, "the history cannot start: %s", strerror(errno));
		free_history(h);
		return -1;
	}
	if (open_dir(h, err) == -1) {
		free_history(h);
		return -1;
	}
	failed = start_thread(h);
	if (failed) {
		err_set(err, "the history cannot start its thread: %s", strerror(failed));
		free_history(h);
		return -1;
	}
	*out = h;
	return 0;
}

static void wake(struct history *h)
{
	uint64_t one = 1;

	/* A full counter wakes as well. */
	if (write(h->wake_fd, &one, sizeof(one)) == -1)
		return;
}

void history_close(struct history **history)
{
	struct history *h = *history;

	if (!h)
		return;
	atomic_store(&h->stop, true);
	wake(h);
	pthread_join(h->thread, NULL);
	free_history(h);
	*history = NULL;
}

/* ---- putting ---- */

bool history_fits(const struct history *h, size_t len)
{
	return queue_fits(&h->queue, len + RECORD_HEAD_MAX);
}

static void *begin(struct history *h, size_t size, enum record_kind kind, int64_t arrived_ms)
{
	struct record *record = queue_begin(&h->queue, size);

	if (!record) {
		atomic_fetch_add_explicit(&h->refused, 1, memory_order_relaxed);
		return NULL;
	}
	record->kind = kind;
	record->arrived_ms = arrived_ms;
	return record;
}

static bool end(struct history *h)
{
	queue_end(&h->queue);
	/* The writer looks at its own pace; only a burst calls it. */
	if (queue_used(&h->queue) > h->queue.limit / 4 &&
	    !atomic_exchange_explicit(&h->hurried, true, memory_order_relaxed))
		wake(h);
	return true;
}

bool history_put_sample(struct history *h, const char *drone, const struct sample *s,
    const void *body, size_t len, int64_t arrived_ms, bool backfilled)
{
	struct record_sample *r;

	if (len > BODY_MAX)
		return true; /* no sample at all: wire_check() refuses it */
	r = begin(h, sizeof(*r) + len, RECORD_SAMPLE, arrived_ms);
	if (!r)
		return false;
	r->boot = sample_boot(s);
	r->seq = sample_seq(s);
	r->len = (uint32_t)len;
	r->backfilled = backfilled;
	str_copy(r->drone, sizeof(r->drone), drone);
	memcpy(r->body, body, len);
	return end(h);
}

/* An event, progress, alarm or order: the queue has the struct as it is. */
static bool put_message(struct history *h, enum record_kind kind, const void *message, size_t size,
    int64_t arrived_ms)
{
	struct record_message *r =
	    begin(h, offsetof(struct record_message, message) + size, kind, arrived_ms);

	if (!r)
		return false;
	memcpy(&r->message, message, size);
	return end(h);
}

bool history_put_event(struct history *h, const struct event *ev, int64_t arrived_ms)
{
	return put_message(h, RECORD_EVENT, ev, sizeof(*ev), arrived_ms);
}

bool history_put_progress(struct history *h, const struct progress *cm, int64_t arrived_ms)
{
	return put_message(h, RECORD_PROGRESS, cm, sizeof(*cm), arrived_ms);
}

bool history_put_alarm(struct history *h, const struct alarm *al, int64_t arrived_ms)
{
	return put_message(h, RECORD_ALARM, al, sizeof(*al), arrived_ms);
}

bool history_put_order(struct history *h, const struct order *order, int64_t arrived_ms)
{
	return put_message(h, RECORD_ORDER, order, sizeof(*order), arrived_ms);
}

bool history_put_reject(struct history *h, const struct history_reject *reject)
{
	size_t bytes = reject->topic_len + reject->body_len;
	struct record_reject *r =
	    begin(h, sizeof(*r) + bytes, RECORD_REJECT, reject->arrived_ms);

	if (!r)
		return false;
	r->reason = reject->reason;
	r->topic_len = reject->topic_len;
	r->body_len = reject->body_len;
	str_copy(r->source, sizeof(r->source), reject->source ? reject->source : "");
	str_copy(r->detail, sizeof(r->detail), reject->detail ? reject->detail : "");
	if (reject->topic_len)
		memcpy(r->bytes, reject->topic, reject->topic_len);
	if (reject->body_len)
		memcpy(r->bytes + reject->topic_len, reject->body, reject->body_len);
	return end(h);
}

bool history_put_gap(struct history *h, const struct history_gap *gap)
{
	struct record_gap *r = begin(h, sizeof(*r), RECORD_GAP, gap->at_ms);

	if (!r)
		return false;
	str_copy(r->drone, sizeof(r->drone), gap->drone);
	r->boot = gap->boot;
	r->from = gap->from;
	r->to = gap->to;
	r->state = gap->state;
	str_copy(r->why, sizeof(r->why), gap->why ? gap->why : "");
	return end(h);
}

bool history_put_plan(struct history *h, const char *drone, const struct plan *plan,
    const wire_value *reply, int64_t arrived_ms)
{
	struct buf content = BUF_INIT;
	struct record_plan *r;

	plan_keep(&content, reply);
	if (!history_fits(h, content.len)) {
		buf_free(&content);
		return true;
	}
	r = begin(h, sizeof(*r) + content.len, RECORD_PLAN, arrived_ms);
	if (r) {
		str_copy(r->drone, sizeof(r->drone), drone);
		r->rev = plan->rev;
		r->items = plan->mission.count;
		r->fences = plan->fence_count;
		r->rallies = plan->rally_count;
		r->len = content.len;
		memcpy(r->content, content.data, content.len);
	}
	buf_free(&content);
	return r && end(h);
}

bool history_put_drone(struct history *h, const struct history_drone *drone, int64_t at_ms)
{
	struct record_drone *r = begin(h, sizeof(*r), RECORD_DRONE, at_ms);

	if (!r)
		return false;
	r->drone = *drone;
	return end(h);
}

bool history_put_answer(struct history *h, const struct history_answer *answer)
{
	/* Without a time of its own: it goes into the day that is written. */
	struct record_answer *r = begin(h, sizeof(*r), RECORD_ANSWER, 0);

	if (!r)
		return false;
	r->answer = *answer;
	return end(h);
}

/* ---- hearing ---- */

void history_notice(struct history *h, enum history_notice_kind kind, const char *fmt, ...)
{
	struct history_notice notice = { .kind = kind };
	uint64_t one = 1;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(notice.text, sizeof(notice.text), fmt, ap);
	va_end(ap);
	str_trim_utf8(notice.text);
	pthread_mutex_lock(&h->lock);
	/* Nobody listens: the oldest goes. */
	if (h->notice_count == NOTICES_MAX)
		memmove(h->notices, h->notices + 1, --h->notice_count * sizeof(*h->notices));
	h->notices[h->notice_count++] = notice;
	pthread_mutex_unlock(&h->lock);
	if (write(h->notice_fd, &one, sizeof(one)) == -1)
		return;
}

int history_fd(struct history *h)
{
	return h->notice_fd;
}

bool history_next_notice(struct history *h, struct history_notice *notice)
{
	uint64_t counted;
	bool any;

	/* Before looking, so that one that comes meanwhile is readable again. */
	if (read(h->notice_fd, &counted, sizeof(counted)) == -1 && errno != EAGAIN)
		return false;
	pthread_mutex_lock(&h->lock);
	any = h->notice_count > 0;
	if (any) {
		*notice = h->notices[0];
		memmove(h->notices, h->notices + 1, --h->notice_count * sizeof(*h->notices));
	}
	pthread_mutex_unlock(&h->lock);
	return any;
}

void history_take_past(struct history *h, struct history_past *past)
{
	pthread_mutex_lock(&h->lock);
	*past = h->past;
	memset(&h->past, 0, sizeof(h->past));
	pthread_mutex_unlock(&h->lock);
}

void history_past_clear(struct history_past *past)
{
	for (size_t i = 0; i < past->coverage_count; i++) {
		ranges_clear(&past->coverage[i].stored);
		ranges_clear(&past->coverage[i].lost);
	}
	free(past->coverage);
	free(past->drones);
	free(past->newest);
	free(past->answers);
	free(past->commands);
	free(past->alarms);
	memset(past, 0, sizeof(*past));
}

void history_get_stats(struct history *h, struct history_stats *stats)
{
	*stats = (struct history_stats){
		.samples = atomic_load(&h->samples),
		.records = atomic_load(&h->records),
		.refused = atomic_load(&h->refused),
		.commits = atomic_load(&h->commits),
		.queued_bytes = queue_used(&h->queue),
		.last_commit_mono_ms = atomic_load(&h->last_commit_ms),
	};
}
