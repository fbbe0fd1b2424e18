/* The configuration's file and environment: see config.h. The one door to
 * inih. */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/config.h"

struct reading {
	struct config *config;
	const char *path;
	FILE *file;
	int line;
	bool failed;
	bool here;      /* ./odyssey.conf, found rather than named */
	bool passed_over;
	struct err *err;
	/* Where all that is wrong is wanted: it goes there, and reading goes on. */
	void (*say)(void *user, const char *text);
	void *user;
	size_t mistakes;
};

static void fail(struct reading *r)
{
	if (!r->say) {
		r->failed = true;
		return;
	}
	r->mistakes++;
	r->say(r->user, r->err->text);
}

/* inih does not tell its handler the line; we read the lines, so we know. */
static char *read_line(char *text, int size, void *stream)
{
	struct reading *r = stream;
	char *got;

	if (r->failed)
		return NULL;
	got = fgets(text, size, r->file);
	if (got) {
		r->line++;
		if (!strchr(got, '\n') && !feof(r->file)) {
			err_set(r->err, "%s:%d: the line is too long: at most %d bytes", r->path,
			    r->line, size - 2);
			r->failed = true;
			return NULL;
		}
		/* inih takes an indented line for more of the value above. */
		memmove(got, got + strspn(got, " \t"), strlen(got + strspn(got, " \t")) + 1);
	}
	return got;
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	char where[CONFIG_PATH_SIZE + 16];

	if (r->failed)
		return 0;
	snprintf(where, sizeof(where), "%s:%d", r->path, r->line);
	if (!*section) {
		err_set(r->err, "%s: %s stands before the first [section]", where, name);
		fail(r);
		return !r->failed;
	}
	if (r->here && strcmp(section, "notify") == 0) {
		r->passed_over = true;
		return 1;
	}
	if (config_set(r->config, section, name, value, where, r->err) == -1)
		fail(r);
	return !r->failed;
}

static int parse(struct reading *r)
{
	struct stat st;
	int ret;

	r->file = fopen(r->path, "r");
	if (!r->file)
		return err_set(r->err, "the configuration %s cannot be read: %s", r->path, strerror(errno));
	if (fstat(fileno(r->file), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(r->file);
		return err_set(r->err, "the configuration %s is a directory; name a file", r->path);
	}
	ret = ini_parse_stream(read_line, r, handle, r);
	fclose(r->file);
	/* What cannot be read comes before what was made of the lines after it. */
	if (r->failed && !(ret > 0 && ret < r->line))
		return -1;
	if (ret > 0)
		return err_set(r->err, "%s:%d: this is neither [section], nor key = value, nor a comment",
		    r->path, ret);
	if (ret < 0)
		return err_set(r->err, "the configuration %s cannot be read", r->path);
	return 0;
}

static int read_file(struct config *config, const char *path, bool here, struct err *warning,
    struct err *err)
{
	struct reading r = { .config = config, .path = path, .here = here, .err = err };

	if (parse(&r) == -1)
		return -1;
	if (r.passed_over)
		err_set(warning,
		    "[notify] in ./odyssey.conf is passed over: what is run is taken only from a file "
		    "named with --config, the user's or the system's");
	str_copy(config->path, sizeof(config->path), path);
	return 0;
}

int config_read_file(struct config *config, const char *path, struct err *err)
{
	return read_file(config, path, false, NULL, err);
}

/* Owned by the user or root and not writable by others, so that a directory
 * somebody else filled cannot tell us where commands go. */
static bool is_safe(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int read_environment(struct config *config, struct err *err)
{
	for (const struct option_desc *o = option_table; o->section; o++) {
		const struct section_desc *desc = section_find(o->section);

		for (size_t i = 0; desc->a ? config_row(config, desc, i) != NULL : i < 1; i++) {
			char name[160], section[2 * ID_SIZE];
			const char *value;

			/* The name is a row's first member. */
			snprintf(section, sizeof(section), "%s%s%s", o->section, desc->a ? " " : "",
			    desc->a ? (const char *)config_row(config, desc, i) : "");
			snprintf(name, sizeof(name), "ODYSSEY_%s_%s", section, o->key);
			for (char *p = name; *p; p++)
				*p = isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_';
			value = getenv(name);
			if (value && config_set(config, section, o->key, value, name, err) == -1)
				return -1;
		}
	}
	return 0;
}

/* The file to be read: false where there is none. *here: ./odyssey.conf, that was not named. */
static bool find_file(const char *explicit_path, char path[CONFIG_PATH_SIZE], bool *here,
    struct err *warning)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	*here = false;
	if (explicit_path) {
		str_copy(path, CONFIG_PATH_SIZE, explicit_path);
		return true;
	}
	if (access("odyssey.conf", F_OK) == 0 && is_safe("odyssey.conf")) {
		str_copy(path, CONFIG_PATH_SIZE, "odyssey.conf");
		return *here = true;
	}
	if (access("odyssey.conf", F_OK) == 0)
		err_set(warning, "./odyssey.conf is passed over: others may write it, or it is not yours; "
				 "chmod go-w it or name it with --config");
	path[0] = '\0';
	if (xdg && *xdg)
		snprintf(path, CONFIG_PATH_SIZE, "%s/odyssey/odyssey.conf", xdg);
	else if (home && *home)
		snprintf(path, CONFIG_PATH_SIZE, "%s/.config/odyssey/odyssey.conf", home);
	if (*path && access(path, R_OK) == 0)
		return true;
	str_copy(path, CONFIG_PATH_SIZE, "/etc/odyssey/odyssey.conf");
	return access(path, R_OK) == 0;
}

int config_load(struct config *config, const char *explicit_path, struct err *warning,
    struct err *err)
{
	char path[CONFIG_PATH_SIZE];
	bool here;

	warning->text[0] = '\0';
	if (find_file(explicit_path, path, &here, warning) &&
	    read_file(config, path, here, warning, err) == -1)
		return -1;
	return read_environment(config, err);
}

size_t config_mistakes(const char *explicit_path, void (*say)(void *user, const char *text),
    void *user)
{
	char path[CONFIG_PATH_SIZE];
	struct err err, warning;
	struct config scratch;
	struct reading r = { .config = &scratch, .path = path, .err = &err, .say = say, .user = user };

	if (!find_file(explicit_path, path, &r.here, &warning))
		return 0;
	config_init(&scratch);
	if (parse(&r) == -1)
		fail(&r);
	config_clear(&scratch);
	return r.mistakes;
}
