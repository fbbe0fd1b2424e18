/* Answers `backfill` from the history: see stored_samples.h. */
#include "app/stored_samples.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "history/reader.h"
#include "proto/control.h"

/* Answers are large; the reader waits while so many are not yet sent. */
#define ANSWERS_MAX 32

struct queue {
	struct stored_request items[STORED_QUEUE];
	size_t first, count;
};

struct stored_samples {
	pthread_t thread;
	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t wake;
	bool stop;
	struct queue asked, answered;
	int fd;
	struct history_reader *reader; /* the thread's own */
};

static void push(struct queue *q, struct stored_request *r)
{
	q->items[(q->first + q->count++) % STORED_QUEUE] = *r;
	memset(r, 0, sizeof(*r));
}

static bool pop(struct queue *q, struct stored_request *r)
{
	if (!q->count)
		return false;
	*r = q->items[q->first];
	q->first = (q->first + 1) % STORED_QUEUE;
	q->count--;
	return true;
}

static void answer(struct stored_samples *s, struct stored_request *r)
{
	struct backfill found = { 0 };
	struct err err;

	if (history_reader_backfill(s->reader, r->drone, r->boot, r->from, r->to, &found, &err) ==
	    -1) {
		log_warning("backfill of %s: %s", r->drone, err.text);
		reply_error(&r->reply, CODE_UNAVAILABLE, err.text);
	} else {
		backfill_reply(&r->reply, &found);
	}
	backfill_clear(&found);
}

static void *serve(void *arg)
{
	struct stored_samples *s = arg;
	uint64_t one = 1;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		struct stored_request r;

		if (s->answered.count == ANSWERS_MAX || !pop(&s->asked, &r)) {
			pthread_cond_wait(&s->wake, &s->lock);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		answer(s, &r);
		pthread_mutex_lock(&s->lock);
		push(&s->answered, &r);
		/* The counter of an eventfd cannot overflow here. */
		if (write(s->fd, &one, sizeof(one)) != sizeof(one))
			log_warning("an answer could not be announced: %s", strerror(errno));
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int stored_samples_start(struct stored_samples **out, const char *history_dir, struct err *err)
{
	struct stored_samples *s = xcalloc(1, sizeof(*s));

	*out = NULL;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	s->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (s->fd == -1) {
		err_set(err, "no event descriptor: %s", strerror(errno));
		free(s);
		return -1;
	}
	err_set(err, "no thread can be started");
	if (history_reader_open(&s->reader, history_dir, err) == -1 ||
	    pthread_create(&s->thread, NULL, serve, s) != 0) {
		history_reader_close(&s->reader);
		close(s->fd);
		free(s);
		return -1;
	}
	*out = s;
	return 0;
}

static void drop(struct queue *q)
{
	struct stored_request r;

	while (pop(q, &r)) {
		server_envelope_clear(&r.envelope);
		buf_free(&r.reply);
	}
}

void stored_samples_stop(struct stored_samples **out)
{
	struct stored_samples *s = *out;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	drop(&s->asked);
	drop(&s->answered);
	history_reader_close(&s->reader);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	close(s->fd);
	free(s);
	*out = NULL;
}

int stored_samples_fd(struct stored_samples *s)
{
	return s->fd;
}

bool stored_samples_ask(struct stored_samples *s, struct stored_request *request)
{
	bool room;

	pthread_mutex_lock(&s->lock);
	room = s->asked.count < STORED_QUEUE;
	if (room) {
		push(&s->asked, request);
		pthread_cond_signal(&s->wake);
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

bool stored_samples_next(struct stored_samples *s, struct stored_request *request)
{
	uint64_t count;
	bool got;

	/* Emptying the counter first: an answer that comes after is announced anew. */
	if (read(s->fd, &count, sizeof(count)) == -1 && errno != EAGAIN)
		log_warning("answers are no longer announced: %s", strerror(errno));
	pthread_mutex_lock(&s->lock);
	got = pop(&s->answered, request);
	if (got)
		pthread_cond_signal(&s->wake); /* there is room for another */
	pthread_mutex_unlock(&s->lock);
	return got;
}
