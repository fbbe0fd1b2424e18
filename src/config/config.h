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

/* [alarm NAME]: a rule of one's own, or what is to be different of a built-in
 * one. "" is "as built in". See odyssey-alarms(5). */
struct config_alarm {
	char name[ID_SIZE];
	bool on;
	char when[CONFIG_TEXT_SIZE], hold[CONFIG_TEXT_SIZE], clear[CONFIG_TEXT_SIZE];
	char level[16], text[CONFIG_TEXT_SIZE], only[CONFIG_TEXT_SIZE];
	char latch[8]; /* "yes", "no" */
};

/* [zone NAME]: a file of fences, and what is to be different of its zones. */
struct config_zone {
	char name[ID_SIZE];
	char file[CONFIG_PATH_SIZE];
	char kind[16];                 /* "in", "out", "ceiling", "info"; "" as the file says */
	char floor[32], ceiling[32];   /* see zone_height_parse(); "" as the file says */
	char drones[CONFIG_TEXT_SIZE]; /* ids and patterns; "" for all */
};

/* [layer NAME]: a shapefile of the map. */
struct config_layer {
	char name[ID_SIZE];
	char file[CONFIG_PATH_SIZE];
	char kind[16];
	char colour[32]; /* "" as the kind's */
	char fill[8];    /* "yes", "no", "" as the kind has it */
	double min_zoom, max_zoom;
};

struct config {
	char path[CONFIG_PATH_SIZE]; /* the file read; "" for none */

	char name[ID_SIZE];
	char feed[CONFIG_TEXT_SIZE], control[CONFIG_TEXT_SIZE];
	char state_dir[CONFIG_PATH_SIZE];
	bool insecure;
	char server_key[CONFIG_PATH_SIZE];

	/* Owned; the file's order. */
	struct config_source *sources;
	size_t source_count, source_cap;
	struct config_alarm *alarms;
	size_t alarm_count, alarm_cap;
	struct config_zone *zones;
	size_t zone_count, zone_cap;
	struct config_layer *layers;
	size_t layer_count, layer_cap;

	/* A program to run at an alarm; never from ./odyssey.conf. */
	char notify_run[CONFIG_PATH_SIZE], notify_level[16];
	double notify_timeout_s, notify_at_once, notify_per_minute;

	double stale_s, lost_s;

	double answer_s, expires_s;

	/* The screen. */
	char theme[16], color[16], charset[16];
	char columns[CONFIG_TEXT_SIZE]; /* "": by the width */
	double fps, aspect;             /* 0: as the terminal has it */
	bool mouse;
	char bell[16];

	char history_dir[CONFIG_PATH_SIZE]; /* "": history below state_dir */
	double commit_ms, queue_mb, keep_days, keep_gb;

	char secret_key[CONFIG_PATH_SIZE], clients[CONFIG_PATH_SIZE];

	char bridge_name[ID_SIZE];
	char bridge_feed[CONFIG_TEXT_SIZE], bridge_control[CONFIG_TEXT_SIZE];
	char bridge_links[4096], bridge_names[4096]; /* lists, comma or blank between */
	double bridge_rate, bridge_system;
	char bridge_signing_key[CONFIG_PATH_SIZE], bridge_tlog_dir[CONFIG_PATH_SIZE];

	char log_level[16];

	/* Where each was said; owned. */
	struct config_place *places;
	size_t place_count, place_cap;
};

enum option_type {
	OPTION_TEXT,
	OPTION_ID,       /* [A-Za-z0-9_-]{1,32} */
	OPTION_ENDPOINT, /* tcp://HOST:PORT or ipc://PATH; checked where it is opened */
	OPTION_PATH,     /* ~/ at its start is the home directory */
	OPTION_NUMBER,
	OPTION_BOOL,     /* yes or no */
	OPTION_WORD,     /* one of choices; "" where that is the default */
};

struct option_desc {
	const char *section, *key;
	enum option_type type;
	size_t offset, size; /* in struct config, or in the row of a named section */
	const char *unit;    /* of a number: "s", "MB", ... or NULL */
	double min, max;
	const char *choices; /* "error|warning|..." */
	const char *initial; /* default as one writes it; "" for none */
	const char *needed;  /* as one could be, where a named section needs it; or NULL */
	const char *help;
};

/* Ended by a row without section. */
extern const struct option_desc option_table[];

/* Sections, in the order they are documented in. A named one ([source NAME])
 * may stand any number of times and is a row of a list each. */
struct section_desc {
	const char *name;
	const char *about;
	const char *a;      /* of a named one: "a source"; NULL: it has no name */
	const char *sample; /* a name as one could be */
	size_t list, count, cap; /* offsets of the list's members in struct config */
	size_t row_size;         /* of which the name is the first member */
};

/* Ended by a row without name. */
extern const struct section_desc section_table[];
/* NULL for a word that is none. */
const struct section_desc *section_find(const char *name);
/* Row i of a named section's list, NULL past its end. */
void *config_row(const struct config *config, const struct section_desc *section, size_t i);

/* Everything at its default. */
void config_init(struct config *config);
void config_clear(struct config *config);

/* Sets one option from text. where is named in the sentence. */
int config_set(struct config *config, const char *section, const char *key, const char *value,
    const char *where, struct err *err);

/* Where an option was said last: "odyssey.conf:12", or the variable or flag that
 * said it. key NULL, or never said: where the section, of that name ("" for one
 * that has none), says its first. A section never said: the file, or
 * "configuration". Valid until the next set. */
const char *config_where(const struct config *config, const char *section, const char *name,
    const char *key);
/* What config_set() notes for it. */
void config_place_note(struct config *config, const struct option_desc *option, const char *name,
    const char *where);
void config_places_clear(struct config *config);

/* Reads a file over what is there. */
int config_read_file(struct config *config, const char *path, struct err *err);
/* Looks for the file: explicit (may be NULL), ./odyssey.conf if it is safe,
 * $XDG_CONFIG_HOME/odyssey/odyssey.conf, /etc/odyssey/odyssey.conf; then the
 * environment. A ./odyssey.conf that others could have written is passed
 * over, and so is its [notify] always: a directory one happens to stand in must
 * not say what is run. *warning says either ("" otherwise). */
int config_load(struct config *config, const char *explicit_path, struct err *warning,
    struct err *err);
/* Hands every line that is wrong in the file that config_load() would read to
 * say as a sentence, in their order but that a line that is no option at all comes
 * last, and returns how many were said: for those who want to mend them at one go. What is wrong elsewhere, or only together
 * with another line, is config_load()'s and config_finish()'s. */
size_t config_mistakes(const char *explicit_path, void (*say)(void *user, const char *text),
    void *user);
/* The sources of the command line in place of the file's: FEED[,CONTROL]. The
 * first call of a line empties the list. */
int config_add_source(struct config *config, const char *pair, bool first, struct err *err);

/* Fills in what depends on other values (history_dir, controls of sources)
 * and checks what only makes sense together. */
int config_finish(struct config *config, struct err *err);

/* What a value is now, as one would write it in the file. */
void config_format(const struct option_desc *option, const void *base, char *text, size_t size);

#endif
