/* Hooks: see notify.h. */
#include "app/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/hook_warden.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "proto/wire.h"

/* How soon after its end a run is seen to have ended. */
#define REAP_MS 20

struct waiting {
	int level;
	uint64_t order;
	char id[COMMAND_ID_SIZE]; /* the alarm's */
	char *json; /* owned */
};

struct running {
	pid_t pid;
	char id[COMMAND_ID_SIZE];
	int64_t until_ms; /* of the next signal */
	bool termed;
};

struct notify {
	struct notify_options options;
	struct waiting queue[NOTIFY_QUEUE_MAX];
	size_t queued;
	struct running runs[NOTIFY_AT_ONCE_MAX];
	uint64_t order;
	double tokens; /* runs that may be begun now */
	int64_t tokens_ms;
	struct notify_counts counts;
	struct hook_warden warden;

	/* Trouble not told yet. */
	struct err missing; /* "": it could be run at the start */
	char what[TEXT_SIZE / 2];
	uint64_t failed_untold, dropped_untold;
	int64_t said_ms;
	bool said;
};

struct notify *notify_new(const struct notify_options *options)
{
	struct notify *n;

	if (!*options->run)
		return NULL;
	n = xcalloc(1, sizeof(*n));
	n->options = *options;
	if (n->options.at_once < 1)
		n->options.at_once = 1;
	if (n->options.at_once > NOTIFY_AT_ONCE_MAX)
		n->options.at_once = NOTIFY_AT_ONCE_MAX;
	n->tokens = n->options.per_minute;
	if (notify_check(n->options.run, &n->missing) == 0)
		n->missing.text[0] = '\0';
	hook_warden_start(&n->warden, n->options.at_once, NOTIFY_GRACE_MS);
	return n;
}

/* ---- what waits ---- */

/* a goes before b. */
static bool before(const struct waiting *a, const struct waiting *b)
{
	return a->level != b->level ? a->level > b->level : a->order < b->order;
}

static void drop(struct notify *n, size_t i)
{
	free(n->queue[i].json);
	n->queue[i] = n->queue[--n->queued];
}

static void make_room(struct notify *n)
{
	size_t last = 0;

	for (size_t i = 1; i < n->queued; i++) {
		if (before(&n->queue[last], &n->queue[i]))
			last = i;
	}
	drop(n, last);
	n->counts.dropped++;
	n->dropped_untold++;
}

static char *as_json(const struct alarm *al)
{
	struct buf body = BUF_INIT, json = BUF_INIT;
	struct wire_doc doc;
	struct reject why;

	wire_doc_init(&doc);
	message_encode(&body, TOPIC_AL, al);
	wire_to_json(wire_parse(&doc, body.data, body.len, &why), &json);
	buf_add_str(&json, "\n");
	wire_doc_clear(&doc);
	buf_free(&body);
	return buf_detach(&json);
}

void notify_put(struct notify *n, const struct alarm *al)
{
	if (!n || al->level < n->options.level)
		return;
	if (n->queued == NOTIFY_QUEUE_MAX) {
		/* Its own place may be the last: then it is what gives way. */
		struct waiting w = { .level = al->level, .order = n->order };
		bool last = true;

		for (size_t i = 0; i < n->queued && last; i++)
			last = before(&n->queue[i], &w);
		if (last) {
			n->counts.dropped++;
			n->dropped_untold++;
			return;
		}
		make_room(n);
	}
	n->queue[n->queued] = (struct waiting){
		.level = al->level, .order = n->order++, .json = as_json(al),
	};
	str_copy(n->queue[n->queued++].id, COMMAND_ID_SIZE, al->id);
}

/* ---- runs ---- */

static void failed(struct notify *n, const char *what)
{
	n->counts.failed++;
	n->failed_untold++;
	str_copy(n->what, sizeof(n->what), what);
}

/* A file in memory with the line in it, read from its start. */
static int input(const char *json)
{
	size_t len = strlen(json), done = 0;
	int fd = memfd_create("alarm", MFD_CLOEXEC);

	while (fd != -1 && done < len) {
		ssize_t n = write(fd, json + done, len - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	if (fd != -1 && lseek(fd, 0, SEEK_SET) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

static void scrub_environment(char *env[], char storage[][512], size_t max)
{
	static const char *const kept[] = {
		"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kept) && n < max; i++) {
		const char *value = getenv(kept[i]);
		int len;

		if (!value && strcmp(kept[i], "PATH") == 0)
			value = "/usr/local/bin:/usr/bin:/bin";
		if (!value)
			continue;
		len = snprintf(storage[n], sizeof(storage[n]), "%s=%s", kept[i], value);
		if (len > 0 && (size_t)len < sizeof(storage[n])) {
			env[n] = storage[n];
			n++;
		}
	}
	env[n] = NULL;
}

/* With default signals, in its own group, from fd. 0 or an error number. */
static int spawn(const char *path, int fd, pid_t *pid)
{
	char storage[9][512], *env[10];
	char *argv[] = { (char *)(uintptr_t)path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int rc;

	scrub_environment(env, storage, ARRAY_LEN(storage));
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	rc = posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (rc == 0)
		rc = posix_spawnp(pid, path, &files, &attributes, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return rc;
}

static void start(struct notify *n, struct running *r, const struct waiting *w, int64_t now_mono_ms)
{
	char what[sizeof(n->what)];
	int fd = input(w->json), rc = fd == -1 ? errno : spawn(n->options.run, fd, &r->pid);

	if (fd != -1)
		close(fd);
	if (rc != 0) {
		r->pid = 0;
		snprintf(what, sizeof(what), "it cannot be run: %s", strerror(rc));
		failed(n, what);
		return;
	}
	hook_warden_begun(&n->warden, r->pid);
	n->counts.started++;
	n->counts.running++;
	str_copy(r->id, sizeof(r->id), w->id);
	r->termed = false;
	r->until_ms = now_mono_ms + n->options.timeout_ms;
}

/* Its place is free. */
static void over(struct notify *n, struct running *r)
{
	hook_warden_ended(&n->warden, r->pid);
	r->pid = 0;
	n->counts.running--;
}

static void ended(struct notify *n, struct running *r, int status)
{
	char what[sizeof(n->what)];

	if (r->termed) {
		snprintf(what, sizeof(what), "it took longer than %g s and was ended",
		    (double)n->options.timeout_ms / 1000);
		/* What it has started may have outlived it. */
		kill(-r->pid, SIGKILL);
		failed(n, what);
	} else if (WIFSIGNALED(status)) {
		snprintf(what, sizeof(what), "it was ended by signal %d", WTERMSIG(status));
		failed(n, what);
	} else if (WEXITSTATUS(status) != 0) {
		snprintf(what, sizeof(what), "it ended with %d", WEXITSTATUS(status));
		failed(n, what);
	}
	over(n, r);
}

static void look(struct notify *n, struct running *r, int64_t now_mono_ms)
{
	int status;
	pid_t pid = waitpid(r->pid, &status, WNOHANG);

	if (pid == r->pid) {
		ended(n, r, status);
		return;
	}
	if (pid == -1 && errno == ECHILD) { /* somebody else has reaped it */
		over(n, r);
		return;
	}
	if (now_mono_ms < r->until_ms)
		return;
	kill(-r->pid, r->termed ? SIGKILL : SIGTERM);
	r->termed = true;
	r->until_ms = now_mono_ms + NOTIFY_GRACE_MS;
}

static bool may_start(struct notify *n, int64_t now_mono_ms)
{
	double rate = n->options.per_minute;

	if (rate <= 0)
		return true;
	if (n->tokens_ms)
		n->tokens += (double)(now_mono_ms - n->tokens_ms) * rate / 60000;
	n->tokens_ms = now_mono_ms;
	if (n->tokens > rate)
		n->tokens = rate;
	if (n->tokens < 1)
		return false;
	n->tokens -= 1;
	return true;
}

static bool is_told(const struct notify *n, const char *id)
{
	for (size_t i = 0; i < n->options.at_once; i++) {
		if (n->runs[i].pid && strcmp(n->runs[i].id, id) == 0)
			return true;
	}
	return false;
}

/* What waits and may go next; NULL: nothing. */
static struct waiting *next_up(struct notify *n)
{
	struct waiting *first = NULL;

	for (size_t i = 0; i < n->queued; i++) {
		struct waiting *w = &n->queue[i];

		if ((!first || before(w, first)) && !is_told(n, w->id))
			first = w;
	}
	return first;
}

int64_t notify_tick(struct notify *n, int64_t now_mono_ms)
{
	if (!n)
		return INT64_MAX;
	for (size_t i = 0; i < n->options.at_once; i++) {
		struct running *r = &n->runs[i];
		struct waiting *w;

		if (r->pid)
			look(n, r, now_mono_ms);
		w = r->pid ? NULL : next_up(n);
		if (w && may_start(n, now_mono_ms)) {
			start(n, r, w, now_mono_ms);
			drop(n, (size_t)(w - n->queue));
		}
	}
	if (n->counts.running)
		return now_mono_ms + REAP_MS;
	return n->queued ? now_mono_ms + 1000 : INT64_MAX;
}

bool notify_trouble(struct notify *n, int64_t now_mono_ms, char text[TEXT_SIZE])
{
	int at;

	if (n && *n->missing.text) {
		const char *where = n->options.where ? n->options.where : "";
		struct err said;

		err_set(&said, "%s%s[notify] run: %s", where, *where ? ": " : "", n->missing.text);
		str_copy(text, TEXT_SIZE, said.text);
		n->missing.text[0] = '\0';
		return true;
	}
	if (!n || (!n->failed_untold && !n->dropped_untold) ||
	    (n->said && now_mono_ms - n->said_ms < NOTIFY_SAY_EVERY_MS))
		return false;
	at = snprintf(text, TEXT_SIZE, "the program that [notify] runs, %.200s", n->options.run);
	if (n->failed_untold == 1)
		at += snprintf(text + at, TEXT_SIZE - (size_t)at, ", has failed: %s", n->what);
	else if (n->failed_untold)
		at += snprintf(text + at, TEXT_SIZE - (size_t)at, ", has failed %" PRIu64
		    " times, the last time: %s", n->failed_untold, n->what);
	if (n->dropped_untold)
		snprintf(text + at, TEXT_SIZE - (size_t)at, "%s %" PRIu64
		    " alarms, there were too many", n->failed_untold ? "; it was not told of"
		    : ", was not told of", n->dropped_untold);
	n->failed_untold = n->dropped_untold = 0;
	n->said = true;
	n->said_ms = now_mono_ms;
	return true;
}

struct notify_counts notify_counts(const struct notify *n)
{
	struct notify_counts counts = { 0 };

	if (n) {
		counts = n->counts;
		counts.waiting = n->queued;
	}
	return counts;
}

void notify_free(struct notify **np)
{
	struct notify *n = *np;
	int64_t until = clock_mono_ms() + NOTIFY_GRACE_MS;

	if (!n)
		return;
	while (n->queued)
		drop(n, 0);
	while (n->counts.running && clock_mono_ms() < until) {
		notify_tick(n, clock_mono_ms());
		usleep(REAP_MS * 1000 / 4);
	}
	for (size_t i = 0; i < NOTIFY_AT_ONCE_MAX; i++) {
		if (!n->runs[i].pid)
			continue;
		kill(-n->runs[i].pid, SIGKILL);
		waitpid(n->runs[i].pid, NULL, 0);
		over(n, &n->runs[i]);
	}
	hook_warden_stop(&n->warden);
	free(n);
	*np = NULL;
}
