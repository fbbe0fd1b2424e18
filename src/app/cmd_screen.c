/* odyssey: the screen. Opens terminal and link, runs the loop, gives both back. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/process.h"
#include "app/screen.h"
#include "base/clock.h"
#include "ui/settings.h"

/* SIGWINCH as a descriptor, so that no other thread ever takes it. */
static int winch_descriptor(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void load_history(struct screen *s)
{
	char path[CONFIG_PATH_SIZE + 32];
	struct err err;

	if (process_make_dir(s->app->config.state_dir, &err) == -1)
		return;
	snprintf(path, sizeof(path), "%s/commands", s->app->config.state_dir);
	line_load(&s->ui.line, path);
}

static int open_terminal(struct screen *s, struct err *err)
{
	const struct app *app = s->app;
	struct term_options options = {
		.color = args_get(&app->args, "color"),
		.charset = args_get(&app->args, "charset"),
	};

	options.color = options.color ? options.color : app->config.color;
	options.charset = options.charset ? options.charset : app->config.charset;
	if (s->script.lines && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		const char *columns = getenv("COLUMNS"), *lines = getenv("LINES");

		s->headless = true;
		ui_resize(&s->ui, columns ? atoi(columns) : 80, lines ? atoi(lines) : 24, 2);
		if (strcmp(options.charset, "ascii") == 0)
			s->ui.charset = CHARSET_ASCII;
		return 0;
	}
	if (term_open(&s->term, &options, err) == -1)
		return -1;
	s->ui.charset = s->term.charset;
	ui_resize(&s->ui, s->term.w, s->term.h, s->term.cell_aspect);
	if (*s->term.notice)
		ui_say(&s->ui, ROLE_WARN, "%s", s->term.notice);
	return 0;
}

/* What [screen] says. */
static int configure(struct screen *s, struct err *err)
{
	const struct config *config = &s->app->config;
	struct err why;
	char aspect[32];

	s->ui.theme = theme_find(config->theme);
	s->ui.fps = config->fps;
	s->ui.mouse = config->mouse;
	s->ui.bell.level = bell_level(config->bell);
	snprintf(aspect, sizeof(aspect), "%g", config->aspect);
	if (config->aspect > 0 && setting_set(&s->ui, "aspect", aspect, &why) == -1)
		return err_set(err, "%s: [screen] aspect: %s", config->path, why.text);
	if (*config->columns && setting_set(&s->ui, "columns", config->columns, &why) == -1)
		return err_set(err, "%s: [screen] columns: %s", config->path, why.text);
	return 0;
}

static int check_choice(
    const struct args *args, const char *name, const char *const *choices, struct err *err)
{
	const char *value = args_get(args, name);

	for (const char *const *c = choices; value && *c; c++) {
		if (strcmp(*c, value) == 0)
			return 0;
	}
	return value ? err_set(err, "--%s takes %s, ... and not \"%.40s\"; --help lists them", name,
			   choices[0], value)
		     : 0;
}

static int check_options(const struct args *args, bool past, struct err *err)
{
	static const char *const colors[] = { "auto", "never", "8", "16", "256", NULL };
	static const char *const charsets[] = { "auto", "braille", "block", "ascii", NULL };

	if (args->operand_count && !past)
		return err_set(err, "there is no command \"%.40s\"; odyssey --help lists them",
		    args->operands[0]);
	if (check_choice(args, "color", colors, err) == -1)
		return -1;
	return check_choice(args, "charset", charsets, err);
}

static int begin(struct screen *s, struct screen_past *past, struct err *err)
{
	if (open_terminal(s, err) == -1)
		return -1;
	if (past)
		return screen_replay_start(s, past, err);
	if (screen_link_open(s, err) == -1)
		return -1;
	screen_daemon_start(s);
	return 0;
}

int screen_main(struct app *app, struct screen_past *past)
{
	struct screen *s = calloc(1, sizeof(*s));
	const char *script = args_get(&app->args, "script");
	struct err err;
	int code = EXIT_OK, sig = 0;

	if (!s)
		return EXIT_FAILED;
	s->app = app;
	s->starter_fd = -1;
	if (check_options(&app->args, past != NULL, &err) == -1 || attach_open(&s->at, app, &err) == -1 ||
	    (script && script_load(&s->script, script, &err) == -1)) {
		attach_close(&s->at);
		script_free(&s->script);
		free(s);
		return app_usage_error(past ? "replay" : "", &err);
	}
	ui_init(&s->ui, app->config.stale_s, app->config.lost_s);
	if (configure(s, &err) == -1) {
		ui_free(&s->ui);
		attach_close(&s->at);
		script_free(&s->script);
		free(s);
		return app_usage_error(past ? "replay" : "", &err);
	}
	s->ui.model.now_mono = clock_mono_ms();
	s->ui.hooks.parse = screen_parse;
	s->ui.read_only = args_has(&app->args, "read-only");
	screen_zones_open(s);
	str_copy(s->ui.site, sizeof(s->ui.site), s->at.feed);
	screen_name_user(s->ui.by);
	load_history(s);
	wire_doc_init(&s->doc);
	s->winch = winch_descriptor();
	s->now_mono = clock_mono_ms();
	s->now_ms = clock_wall_ms();
	screen_replay_init(s);
	if (begin(s, past, &err) == -1) {
		code = EXIT_FAILED;
	} else {
		screen_maps_start(s);
		sig = screen_run(s);
	}
	term_close(&s->term);
	screen_link_close(s);
	screen_replay_close(s);
	screen_own_end(s);
	screen_maps_stop(s);
	if (getenv("ODYSSEY_FRAME_STATS"))
		frame_stats_print(&s->stats, stderr);
	screen_send_free(s);
	script_free(&s->script);
	attach_close(&s->at);
	ui_free(&s->ui);
	screen_zones_close(s);
	if (s->winch != -1)
		close(s->winch);
	if (code == EXIT_FAILED)
		app_failure(past ? "replay" : "", &err);
	free(s);
	return sig ? 128 + sig : code;
}

int cmd_screen(struct app *app)
{
	return screen_main(app, NULL);
}
