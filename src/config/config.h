/*
 * The configuration: one table of options, filled from built-in defaults, a
 * file (INI), the environment and the command line, the later over the
 * earlier. Nothing here is ever written back.
 *
 * Every value that is not right gives one sentence: where it stands
 * ("odyssey.conf:12", "ODYSSEY_DAEMON_FEED", "--feed"), what is wrong, and
 * what would be right.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define CONFIG_TEXT_SIZE 256
#define CONFIG_PATH_SIZE 1024

struct config_source {
	char name[ID_SIZE]; /* the section's: [source NAME] */
	char feed[CONFIG_TEXT_SIZE];
	char control[CONFIG_TEXT_SIZE]; /* derived from feed where left out */
	bool replay;                    /* takes a source of kind replay */
	char server_key[CONFIG_PATH_SIZE];
};

struct config {
	char path[CONFIG_PATH_SIZE]; /* the file read; "" for none */

	char name[ID_SIZE];
	char feed[CONFIG_TEXT_SIZE], control[CONFIG_TEXT_SIZE];
	char state_dir[CONFIG_PATH_SIZE];
	bool insecure;
	char server_key[CONFIG_PATH_SIZE];

	struct config_source *sources; /* owned; the file's order */
	size_t source_count, source_cap;

	double stale_s, lost_s;

	double answer_s, expires_s;

	char history_dir[CONFIG_PATH_SIZE]; /* "": history below state_dir */
	double commit_ms, queue_mb, keep_days, keep_gb;

	char secret_key[CONFIG_PATH_SIZE], clients[CONFIG_PATH_SIZE];

	char bridge_name[ID_SIZE];
	char bridge_feed[CONFIG_TEXT_SIZE], bridge_control[CONFIG_TEXT_SIZE];
	char bridge_links[4096], bridge_names[4096]; /* lists, comma or blank between */
	double bridge_rate, bridge_system;
	char bridge_signing_key[CONFIG_PATH_SIZE], bridge_tlog_dir[CONFIG_PATH_SIZE];

	char log_level[16];
};

enum option_type {
	OPTION_TEXT,
	OPTION_ID,       /* [A-Za-z0-9_-]{1,32} */
	OPTION_ENDPOINT, /* tcp://HOST:PORT or ipc://PATH; checked where it is opened */
	OPTION_PATH,     /* ~/ at its start is the home directory */
	OPTION_NUMBER,
	OPTION_BOOL,     /* yes or no */
	OPTION_WORD,     /* one of choices */
};

struct option_desc {
	const char *section, *key;
	enum option_type type;
	size_t offset, size; /* in struct config, or config_source for [source NAME] */
	const char *unit;    /* of a number: "s", "MB", ... or NULL */
	double min, max;
	const char *choices; /* "error|warning|..." */
	const char *initial; /* default as one writes it; "" for none */
	const char *help;
};

/* Ended by a row without section. Rows of section "source" are for every
 * [source NAME]. */
extern const struct option_desc option_table[];

/* Everything at its default. */
void config_init(struct config *config);
void config_clear(struct config *config);

/* Sets one option from text. where is named in the sentence. */
int config_set(struct config *config, const char *section, const char *key, const char *value,
    const char *where, struct err *err);

/* Reads a file over what is there. */
int config_read_file(struct config *config, const char *path, struct err *err);
/* Looks for the file: explicit (may be NULL), ./odyssey.conf if it is safe,
 * $XDG_CONFIG_HOME/odyssey/odyssey.conf, /etc/odyssey/odyssey.conf; then the
 * environment. A ./odyssey.conf that others could have written is passed
 * over, which *warning says ("" otherwise). */
int config_load(struct config *config, const char *explicit_path, struct err *warning,
    struct err *err);
/* The sources of the command line in place of the file's: FEED[,CONTROL]. The
 * first call of a line empties the list. */
int config_add_source(struct config *config, const char *pair, bool first, struct err *err);

/* Fills in what depends on other values (history_dir, controls of sources)
 * and checks what only makes sense together. */
int config_finish(struct config *config, struct err *err);

/* What a value is now, as one would write it in the file. */
void config_format(const struct option_desc *option, const void *base, char *text, size_t size);

#endif
