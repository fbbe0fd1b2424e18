/* Starting the site's daemon where none runs. */
#include "app/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/process.h"

static void run_daemon(struct screen *s, int out)
{
	const char *argv[8] = { "odyssey", "daemon", "--detach" };
	int n = 3, null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (s->app->config_path) {
		argv[n++] = "--config";
		argv[n++] = s->app->config_path;
	}
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv("/proc/self/exe", (char **)argv);
	_exit(127);
}

void screen_daemon_start(struct screen *s)
{
	const struct config *config = &s->app->config;
	int fds[2];

	s->starter_fd = -1;
	if (s->at.named || !endpoint_is_local(config->feed) ||
	    process_lock_holder(config->state_dir) != 0 || pipe2(fds, O_CLOEXEC) == -1)
		return;
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	s->starter = fork();
	if (s->starter == 0)
		run_daemon(s, fds[1]);
	close(fds[1]);
	if (s->starter == -1) {
		close(fds[0]);
		ui_say(&s->ui, ROLE_ERROR, "no daemon could be started: %s", strerror(errno));
		return;
	}
	s->starter_fd = fds[0];
	ui_say(&s->ui, ROLE_TEXT, "no daemon runs for this site: starting one");
}

void screen_daemon_work(struct screen *s)
{
	size_t have = strlen(s->starter_text);
	char text[256];
	ssize_t n;
	int status;

	if (s->starter_fd == -1)
		return;
	while ((n = read(s->starter_fd, text, sizeof(text))) > 0) {
		size_t room = sizeof(s->starter_text) - 1 - have;

		n = (size_t)n < room ? n : (ssize_t)room;
		memcpy(s->starter_text + have, text, (size_t)n);
		have += (size_t)n;
		s->starter_text[have] = '\0';
	}
	/* The one in the background holds the other end no longer. */
	if (n == -1 && (errno == EAGAIN || errno == EINTR) &&
	    waitpid(s->starter, &status, WNOHANG) == 0)
		return;
	if (n == 0)
		waitpid(s->starter, &status, 0);
	close(s->starter_fd);
	s->starter_fd = -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		ui_say(&s->ui, ROLE_TEXT,
		    "started a daemon for this site; it goes on without the screen, odyssey stop "
		    "ends it");
	} else {
		char *line = strrchr(s->starter_text, '\n');

		if (line && !line[1])
			*line = '\0';
		line = strrchr(s->starter_text, '\n');
		ui_say(&s->ui, ROLE_ERROR, "no daemon could be started: %s",
		    line               ? line + 1
		    : *s->starter_text ? s->starter_text
				       : "it ended at once");
	}
}
