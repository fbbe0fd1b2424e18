/*
 * What every subcommand is given, and the table of them.
 *
 * main() finds the row, parses the line by its flags, loads the
 * configuration, and calls run(); so --help, --version, --config and wrong
 * options are the same everywhere. A subcommand returns its exit code.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "config/config.h"
#include "config/flags.h"

enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

struct app {
	struct config config; /* finished */
	const char *config_path; /* as given with --config, or NULL */
	struct args args;
};

enum subcommand_flag {
	/* Its configuration may be wrong: run() loads it itself. */
	SUBCOMMAND_NO_CONFIG = 1 << 0,
};

struct subcommand {
	const char *name;
	int (*run)(struct app *app);
	const char *operands; /* for the usage line: "DRONE... CMD ARGS" */
	const char *summary;  /* one line */
	const char *details;  /* for --help; NULL for none */
	unsigned flags;
	const struct flag_desc *options; /* ended by a row without name; common ones are added */
};

extern const struct subcommand subcommand_table[]; /* ended by a row without name */
const struct subcommand *subcommand_find(const char *name);

/* --config, --help, --version: every subcommand has them. */
extern const struct flag_desc common_flags[];

/* Loads configuration file, environment and the line's own options into
 * app->config: 0, or -1 with a sentence. */
int app_load_config(struct app *app, struct err *err);

/* "odyssey send: TEXT" on stderr; the first returns EXIT_USAGE, for a line or a
 * configuration that cannot be right, the second EXIT_FAILED. */
int app_usage_error(const char *command, const struct err *err);
int app_failure(const char *command, const struct err *err);

#endif
