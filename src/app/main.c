/*
 * odyssey: finds the subcommand, parses its line, loads the configuration.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/version.h"

const struct flag_desc common_flags[] = {
	{ .name = "config", .value = "FILE", .help = "read this configuration" },
	{ .name = "help", .letter = 'h', .help = "print this and end" },
	{ .name = "version", .help = "print the version and end" },
	{ 0 },
};

static void print_overview(FILE *out)
{
	fprintf(out, "usage: odyssey [COMMAND] [OPTIONS] [ARGUMENTS]\n\n"
		     "Mission control for drone fleets in a terminal.\n\ncommands:\n");
	for (const struct subcommand *s = subcommand_table; s->name; s++)
		flags_print_row(out, 12, s->name, s->summary);
	fprintf(out, "\noptions of every command:\n");
	flags_print_help(out, common_flags);
	fprintf(out, "\n\"odyssey COMMAND --help\" tells more; so does man odyssey.\n");
}

static void print_help(const struct subcommand *s)
{
	printf("usage: odyssey %s [OPTIONS]%s%s\n\n%c%s.\n", s->name, *s->operands ? " " : "",
	    s->operands, s->summary[0] - 'a' + 'A', s->summary + 1);
	if (s->details)
		printf("\n%s", s->details);
	printf("\noptions:\n");
	if (s->options)
		flags_print_help(stdout, s->options);
	flags_print_help(stdout, common_flags);
}

int app_usage_error(const char *command, const struct err *err)
{
	fprintf(stderr, "odyssey%s%s: %s\n", *command ? " " : "", command, err->text);
	return EXIT_USAGE;
}

int app_failure(const char *command, const struct err *err)
{
	app_usage_error(command, err);
	return EXIT_FAILED;
}

/* The subcommand's own rows and the common ones in one table. */
static struct flag_desc *all_flags(const struct flag_desc *own)
{
	size_t n = 0, common = 0;
	struct flag_desc *all;

	while (own && own[n].name)
		n++;
	while (common_flags[common].name)
		common++;
	all = xcalloc(n + common + 1, sizeof(*all));
	if (n)
		memcpy(all, own, n * sizeof(*all));
	memcpy(all + n, common_flags, common * sizeof(*all));
	return all;
}

static int apply_flag(struct config *config, const struct arg_given *given, struct err *err)
{
	char section[32], where[64];
	const char *dot = strchr(given->flag->option, '.');

	snprintf(section, sizeof(section), "%.*s", (int)(dot - given->flag->option),
	    given->flag->option);
	snprintf(where, sizeof(where), "--%s", given->flag->name);
	return config_set(config, section, dot + 1, given->value ? given->value : "yes", where, err);
}

int app_load_config(struct app *app, struct err *err)
{
	enum log_level level;
	struct err warning;
	bool first_source = true;

	config_init(&app->config);
	if (config_load(&app->config, app->config_path, &warning, err) == -1)
		return -1;
	for (size_t i = 0; i < app->args.given_count; i++) {
		const struct arg_given *given = &app->args.given[i];

		if (given->flag->option && apply_flag(&app->config, given, err) == -1)
			return -1;
		if (strcmp(given->flag->name, "source") == 0) {
			if (config_add_source(&app->config, given->value, first_source, err) == -1)
				return -1;
			first_source = false;
		}
	}
	if (log_level_parse(app->config.log_level, &level))
		log_set_level(level);
	if (*warning.text)
		log_warning("%s", warning.text);
	return config_finish(&app->config, err);
}

static int run(const struct subcommand *s, int argc, char **argv)
{
	struct flag_desc *flags = all_flags(s->options);
	struct app app = { 0 };
	struct err err;
	int code;

	if (args_parse(&app.args, flags, argc, argv, &err) == -1) {
		code = app_usage_error(s->name, &err);
	} else if (args_has(&app.args, "help")) {
		print_help(s);
		code = EXIT_OK;
	} else if (args_has(&app.args, "version")) {
		printf("odyssey %s\n", ODYSSEY_VERSION);
		code = EXIT_OK;
	} else {
		app.config_path = args_get(&app.args, "config");
		if (!(s->flags & SUBCOMMAND_NO_CONFIG) && app_load_config(&app, &err) == -1)
			code = app_usage_error(s->name, &err);
		else
			code = s->run(&app);
	}
	config_clear(&app.config);
	args_clear(&app.args);
	free(flags);
	/* Results that did not reach their file are no success; a reader that
	 * has seen enough and closed the pipe need not be told. */
	errno = 0;
	if (fflush(stdout) == EOF || ferror(stdout)) {
		/* One that failed has said why. */
		if (code == EXIT_OK && errno != EPIPE)
			fprintf(stderr, "odyssey %s: the results could not all be written: %s\n",
			    s->name, errno ? strerror(errno) : "an earlier write failed");
		if (code == EXIT_OK)
			code = EXIT_FAILED;
	}
	return code;
}

static int unknown_command(const char *name)
{
	const char *names[64], *near;
	struct err err;
	size_t n = 0;

	for (const struct subcommand *s = subcommand_table; s->name && n < 63; s++)
		names[n++] = s->name;
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		err_set(&err, "there is no command \"%s\"; did you mean %s?", name, near);
	else
		err_set(&err, "there is no command \"%s\"; odyssey --help lists them", name);
	return app_usage_error("", &err);
}

int main(int argc, char **argv)
{
	const struct subcommand *s;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	signal(SIGPIPE, SIG_IGN);
	/* Without a command it is the screen. */
	if (argc < 2)
		return run(subcommand_find("screen"), 0, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_overview(stdout);
		return EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("odyssey %s\n", ODYSSEY_VERSION);
		return EXIT_OK;
	}
	if (argv[1][0] == '-')
		return run(subcommand_find("screen"), argc - 1, argv + 1);
	s = subcommand_find(argv[1]);
	return s ? run(s, argc - 2, argv + 2) : unknown_command(argv[1]);
}
