/* odyssey daemon: opens, says what it does, runs until told to stop. */
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/daemon.h"
#include "app/process.h"
#include "base/log.h"

static void announce(const struct daemon *d)
{
	const struct config *c = d->config;

	log_notice("%s offers %s, takes requests at %s, logs to %s", c->name, c->feed, c->control,
	    c->history_dir);
	for (size_t i = 0; i < c->source_count; i++)
		log_notice("source %s: %s, %s", c->sources[i].name, c->sources[i].feed,
		    c->sources[i].control);
	if (!c->source_count)
		log_warning("no source is configured: add [source NAME] to odyssey.conf, or --source");
}

/* A daemon in the background tells its log and its clients, not who started it. */
static void warn_of_hook(const struct config *c)
{
	struct err err;

	if (notify_check(c->notify_run, &err) == -1)
		log_warning("%s: [notify] run: %s", config_where(c, "notify", "", "run"), err.text);
}

static int run(struct app *app, struct process_background *bg, struct err *err)
{
	struct daemon d = { 0 };
	int signals, code = EXIT_FAILED;

	/* Before any thread: none of the libraries' threads may take a signal. */
	signals = process_signals(err);
	if (signals == -1)
		return EXIT_FAILED;
	if (daemon_open(&d, &app->config, err) == 0) {
		announce(&d);
		if (bg)
			process_ready(bg);
		daemon_run(&d, signals);
		log_notice("%s ends", app->config.name);
		code = EXIT_OK;
	}
	daemon_close(&d);
	close(signals);
	return code;
}

int cmd_daemon(struct app *app)
{
	struct process_background bg;
	bool detach = args_has(&app->args, "detach");
	char log_path[CONFIG_PATH_SIZE + 16];
	struct err err;
	int lock, code;

	if (app->args.operand_count) {
		err_set(&err, "it takes no \"%s\"; a source is given with --source",
		    app->args.operands[0]);
		return app_usage_error("daemon", &err);
	}
	snprintf(log_path, sizeof(log_path), "%s/daemon.log", app->config.state_dir);
	if (daemon_check(&app->config, &err) == -1 || alarms_check(&app->config, &err) == -1)
		return app_usage_error("daemon", &err);
	if (detach)
		warn_of_hook(&app->config);
	if (process_make_dir(app->config.state_dir, &err) == -1 ||
	    (detach && process_detach(log_path, &bg, &err) == -1))
		return app_failure("daemon", &err);
	lock = process_lock(app->config.state_dir, &err);
	if (lock == -1)
		return app_failure("daemon", &err);
	code = run(app, detach ? &bg : NULL, &err);
	if (code != EXIT_OK)
		app_failure("daemon", &err);
	close(lock);
	return code;
}
