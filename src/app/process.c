/* Lock, background, signals: see process.h. */
#include "app/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "config/config.h"

#define LOCK_PATH_SIZE (CONFIG_PATH_SIZE + 16)

int process_make_dir(const char *path, struct err *err)
{
	char part[CONFIG_PATH_SIZE];
	size_t len = strlen(path);

	if (!str_copy(part, sizeof(part), path))
		return err_set(err, "the path %.60s... is too long", path);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0700) == -1 && errno != EEXIST)
			return err_set(err, "the directory %s cannot be made: %s", part,
			    strerror(errno));
		part[i] = path[i];
	}
	return 0;
}

static void lock_path(const char *state_dir, char path[LOCK_PATH_SIZE])
{
	snprintf(path, LOCK_PATH_SIZE, "%s/daemon.lock", state_dir);
}

static pid_t read_pid(int fd)
{
	char text[32] = "";
	int64_t pid;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	return str_int(text, 1, INT32_MAX, &pid) ? (pid_t)pid : -1;
}

int process_lock(const char *state_dir, struct err *err)
{
	char path[LOCK_PATH_SIZE], text[32];
	int fd, n;

	if (process_make_dir(state_dir, err) == -1)
		return -1;
	lock_path(state_dir, path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_set(err, "%s cannot be opened: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		pid_t pid = read_pid(fd);

		close(fd);
		return err_set(err,
		    "a daemon already runs in %s (process %d); end it with odyssey stop, or give this one a --state of its own",
		    state_dir, (int)pid);
	}
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)n, 0) != n) {
		err_set(err, "%s cannot be written: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

pid_t process_lock_holder(const char *state_dir)
{
	char path[LOCK_PATH_SIZE];
	pid_t pid = 0;
	int fd;

	lock_path(state_dir, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (flock(fd, LOCK_SH | LOCK_NB) == -1)
		pid = read_pid(fd);
	close(fd);
	return pid;
}

int process_signals(struct err *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd == -1)
		return err_set(err, "no signal descriptor: %s", strerror(errno));
	return fd;
}

/* The parent's part: the child writes a byte once it serves. */
static void wait_until_ready(int fd, pid_t pid) __attribute__((noreturn));

static void wait_until_ready(int fd, pid_t pid)
{
	int status;
	char byte;

	if (read(fd, &byte, 1) == 1)
		_exit(0);
	_exit(waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int process_detach(const char *log_path, struct process_background *bg, struct err *err)
{
	int pipe_fds[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid;

	bg->log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (bg->log_fd == -1 || null == -1 || pipe2(pipe_fds, O_CLOEXEC) == -1)
		return err_set(err, "%s cannot be opened: %s", log_path, strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid == -1)
		return err_set(err, "no new process: %s", strerror(errno));
	if (pid > 0) {
		close(pipe_fds[1]);
		wait_until_ready(pipe_fds[0], pid);
	}
	close(pipe_fds[0]);
	bg->ready_fd = pipe_fds[1];
	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
	return 0;
}

void process_ready(struct process_background *bg)
{
	dup2(bg->log_fd, STDERR_FILENO);
	close(bg->log_fd);
	/* Where the parent was killed nobody waits for this. */
	if (write(bg->ready_fd, "", 1) == 1)
		close(bg->ready_fd);
}
