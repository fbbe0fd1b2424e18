/* odyssey stop: ends the daemon of a state directory and waits for it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/process.h"
#include "base/clock.h"

#define STOP_TIMEOUT_MS 10000

int cmd_stop(struct app *app)
{
	const char *dir = app->config.state_dir;
	int64_t until = clock_mono_ms() + STOP_TIMEOUT_MS;
	struct err err;
	pid_t pid;

	/* "stop sim" must not end the daemon of all. */
	if (app->args.operand_count) {
		err_set(&err, "it takes no \"%s\"; it ends the daemon of --state", app->args.operands[0]);
		return app_usage_error("stop", &err);
	}
	pid = process_lock_holder(dir);
	if (pid == 0) {
		fprintf(stderr, "odyssey stop: no daemon runs in %s\n", dir);
		return EXIT_FAILED;
	}
	if (pid < 0 || kill(pid, SIGTERM) == -1) {
		fprintf(stderr, "odyssey stop: the daemon of %s cannot be ended: %s\n", dir,
		    pid < 0 ? "its lock names no process" : strerror(errno));
		return EXIT_FAILED;
	}
	while (process_lock_holder(dir) == pid) {
		if (clock_mono_ms() > until) {
			fprintf(stderr, "odyssey stop: process %d has not ended within %d s\n",
			    (int)pid, STOP_TIMEOUT_MS / 1000);
			return EXIT_FAILED;
		}
		poll(NULL, 0, 20);
	}
	return EXIT_OK;
}
