/* The warden of hooks: see hook_warden.h. */
#include "app/hook_warden.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GROUPS_MAX 64
#define LOOK_MS 20

/* ---- the warden: only what is safe after a fork among threads ---- */

static void nap_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		;
}

static void note(pid_t groups[GROUPS_MAX], size_t most, pid_t said)
{
	pid_t group = said < 0 ? -said : said;

	for (size_t i = 0; i < most; i++) {
		if (groups[i] == (said < 0 ? group : 0)) {
			groups[i] = said < 0 ? 0 : group;
			return;
		}
	}
}

static bool send_all(const pid_t groups[GROUPS_MAX], size_t most, int sig)
{
	bool any = false;

	for (size_t i = 0; i < most; i++)
		any |= groups[i] && kill(-groups[i], sig) == 0;
	return any;
}

static void keep_only(int line)
{
	/* Its terminal too: who waits for the daemon's output to end waits for it alone. */
	if (line > 0)
		close_range(0, (unsigned)line - 1, 0);
	close_range((unsigned)line + 1, ~0U, 0);
}

static void stand_by(int line, size_t most, int64_t grace_ms)
{
	pid_t groups[GROUPS_MAX] = { 0 }, said;
	sigset_t all;
	ssize_t n;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "odyssey-hooks");
	keep_only(line);
	while ((n = recv(line, &said, sizeof(said), 0)) > 0 || (n == -1 && errno == EINTR)) {
		if (n == sizeof(said))
			note(groups, most, said);
	}
	if (send_all(groups, most, SIGTERM)) {
		for (int64_t ms = 0; ms < grace_ms && send_all(groups, most, 0); ms += LOOK_MS)
			nap_ms(LOOK_MS);
		send_all(groups, most, SIGKILL);
	}
	_exit(0);
}

/* ---- the daemon's end ---- */

void hook_warden_start(struct hook_warden *w, size_t most, int64_t grace_ms)
{
	int pair[2];

	*w = (struct hook_warden){ .line = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return;
	w->pid = fork();
	if (w->pid == 0)
		stand_by(pair[1], most < GROUPS_MAX ? most : GROUPS_MAX, grace_ms);
	close(pair[1]);
	w->line = pair[0];
	if (w->pid == -1) {
		w->pid = 0;
		close(w->line);
	}
}

static void say(struct hook_warden *w, pid_t said)
{
	/* It reads at once or is gone; neither may hold up the daemon. */
	if (w->pid && send(w->line, &said, sizeof(said), MSG_NOSIGNAL | MSG_DONTWAIT) == -1)
		return;
}

void hook_warden_begun(struct hook_warden *w, pid_t group)
{
	say(w, group);
}

void hook_warden_ended(struct hook_warden *w, pid_t group)
{
	say(w, -group);
}

void hook_warden_stop(struct hook_warden *w)
{
	if (!w->pid)
		return;
	close(w->line);
	while (waitpid(w->pid, NULL, 0) == -1 && errno == EINTR)
		;
	w->pid = 0;
}
