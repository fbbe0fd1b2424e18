/*
 * The history between its two threads. Private to history.c and writer.c.
 */
#ifndef HISTORY_PRIVATE_H
#define HISTORY_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "history/again.h"
#include "history/batch.h"
#include "history/chunk.h"
#include "history/history.h"
#include "history/past.h"
#include "history/queue.h"
#include "history/roster.h"
#include "history/seal.h"
#include "history/store.h"

#define NOTICES_MAX 32

/* The writer's own. */
struct writer {
	struct roster roster;
	struct batch batch;
	bool kept;               /* the batch was tried and has to be tried again */
	bool unnumbered;         /* its rows have roster indices, for want of a file */
	bool next_day;           /* the queue goes on with another day */
	uint64_t commit;         /* its number where it was tried */
	struct store *store;     /* of the day that is written, once there is one */
	struct chunk chunk, other;
	/* Trouble. */
	bool outage;             /* said */
	int64_t failing_ms;      /* monotonic, since when; 0: no trouble */
	int64_t retry_ms;        /* monotonic, not before */
	bool lost_rows;          /* tell HISTORY_CHANGED when it works again */
	bool past_unread;        /* the roster is to be read anew first */
	int64_t wanted_day;      /* for which it is read */
	struct {
		int64_t day, since_ms; /* monotonic; 0: not so */
		bool said;
	} unread[PAST_DAYS];     /* days before it whose file cannot be read */
	uint64_t refused_seen;
	int64_t newest_ms;       /* arrival, of all that was taken */
	struct again again;      /* flights found again */
	/* Days that are over: sealed to the end, merged, put to rest. */
	int64_t *over;           /* ascending */
	size_t over_count;
	struct store *finishing;
	struct seal_merge merge;
	int64_t finish_retry_ms;
	int64_t retention_ms;    /* monotonic, of the next look */
};

struct history {
	char *dir;
	int64_t commit_ms, seal_ms;
	int keep_days;
	double keep_gb;
	int64_t keep_ms;
	double keep_bytes;
	int dir_fd;              /* holds the lock that says who writes; -1 */
	struct queue queue;
	pthread_t thread;
	int wake_fd, notice_fd;  /* eventfd */
	_Atomic bool hurried;    /* the writer was woken for a queue that fills up */
	_Atomic bool stop;
	pthread_mutex_t lock;    /* of the two below; never held during I/O */
	struct history_notice notices[NOTICES_MAX];
	size_t notice_count;
	struct history_past past;
	_Atomic uint64_t samples, records, refused, commits;
	_Atomic int64_t last_commit_ms;
	struct writer writer;
};

/* The thread. */
void *writer_run(void *history);
/* Reads what is stored into the roster, and hands it out as the past: 0, or -1
 * with retry set where the disk may yet be read, and clear where never. */
int writer_read_past(struct history *h, bool *retry, struct err *err);
void writer_clear(struct writer *w);

void history_notice(struct history *h, enum history_notice_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Takes the lock on the directory: 0, or -1 with *busy where another has it. */
int history_lock_dir(struct history *h, bool *busy, struct err *err);

/* Between two looks at what is too old or too much. */
#define RETENTION_MS (10 * 60 * 1000)

/* over.c: what is done when there is time. True where it did something. */
bool over_step(struct history *h, int64_t mono_ms);
/* A day that is to be finished; ignored where it is noted already. */
void over_note(struct writer *w, int64_t day);
/* The day is written again, or gone. */
void over_drop(struct writer *w, int64_t day);
/* What is open at the end of one day goes on in the next: into the batch. */
void over_carry(struct history *h, int64_t day);
/* To a day that was written before, by a clock that was set: its open gaps that were filled or
 * lost on another day meanwhile are so here too. */
void over_return(struct history *h, int64_t day);
void over_retention(struct history *h, bool first);

#endif
