/*
 * Hooks: a program run at each change of an alarm, for mail, chat or a siren.
 *
 *	notify_put(n, &al)			at each change
 *	due = notify_tick(n, now)		starts, ends, reaps; then
 *	while (notify_trouble(n, now, text)) ...	what to say about it
 *
 * The program gets the `al` as a line of JSON on its standard input (a file in
 * memory, so that one that never reads it blocks nobody), /dev/null as its
 * output, our stderr, and of the environment only PATH, HOME, USER, LOGNAME,
 * SHELL, LANG, LC_ALL, LC_CTYPE and TZ. It runs in a process group of its own: what
 * takes longer than the time limit is sent SIGTERM, and SIGKILL after
 * NOTIFY_GRACE_MS, with all that it has started; and so it is where the daemon
 * itself is killed (hook_warden.h).
 *
 * The changes of one alarm are told one after the other, so that none overtakes
 * another: a siren that is switched off stays off.
 *
 * Nothing here waits. Runs at once and runs a minute are bounded, and so is what
 * waits for them: the most important first, then the oldest; where the queue is
 * full the least important gives way and is counted.
 *
 * A program that is not there is trouble from the start, not at the first alarm;
 * it is tried all the same, for it may come.
 */
#ifndef APP_NOTIFY_H
#define APP_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "proto/messages.h"

#define NOTIFY_QUEUE_MAX 256
#define NOTIFY_AT_ONCE_MAX 64
#define NOTIFY_GRACE_MS 1000
/* At most one sentence about trouble in so long. */
#define NOTIFY_SAY_EVERY_MS 60000

struct notify_options {
	const char *run;   /* a path, or a name to look for in PATH; valid as long as the notify */
	int level;         /* enum alarm_level: those below run nothing */
	int64_t timeout_ms;
	size_t at_once;    /* 1 to NOTIFY_AT_ONCE_MAX */
	double per_minute; /* runs begun; 0: without limit */
	const char *where; /* that run was said, for a sentence; NULL: nowhere */
};

/* Whether run could be run now: 0, or -1 with a sentence that names it and the
 * remedy. "" is nothing to run, and right. */
int notify_check(const char *run, struct err *err);

struct notify;

/* NULL where there is nothing to run; all others take NULL. */
struct notify *notify_new(const struct notify_options *options);
/* Those that run get up to NOTIFY_GRACE_MS to end, then are killed; what
 * waits is dropped. */
void notify_free(struct notify **n);

void notify_put(struct notify *n, const struct alarm *al);
/* When it is next needed, monotonic. */
int64_t notify_tick(struct notify *n, int64_t now_mono_ms);

/* What went wrong since the last time, as a sentence: at most one in
 * NOTIFY_SAY_EVERY_MS. */
bool notify_trouble(struct notify *n, int64_t now_mono_ms, char text[TEXT_SIZE]);

struct notify_counts {
	uint64_t started, failed, dropped; /* failed: also those that could not be started */
	size_t waiting, running;
};
struct notify_counts notify_counts(const struct notify *n);

#endif
