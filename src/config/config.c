/* Values by the option table: see config.h. */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/endpoint.h"

static bool in_section(const struct option_desc *o, const char *section)
{
	return strcmp(o->section, section) == 0;
}

static int set_number(const struct option_desc *o, void *at, const char *value, const char *where,
    struct err *err)
{
	double v;

	if (!str_double(value, &v) || v < o->min || v > o->max)
		return err_set(err, "%s: %s must be a number within %g to %g%s%s, and \"%s\" is not",
		    where, o->key, o->min, o->max, o->unit ? " " : "", o->unit ? o->unit : "", value);
	memcpy(at, &v, sizeof(v));
	return 0;
}

static int set_bool(const struct option_desc *o, void *at, const char *value, const char *where,
    struct err *err)
{
	static const struct { const char *word; bool v; } words[] = {
		{ "yes", true }, { "no", false }, { "true", true }, { "false", false },
		{ "on", true }, { "off", false }, { "1", true }, { "0", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, value) == 0) {
			memcpy(at, &words[i].v, sizeof(bool));
			return 0;
		}
	}
	return err_set(err, "%s: %s must be yes or no, and \"%s\" is neither", where, o->key, value);
}

static bool is_choice(const char *choices, const char *value)
{
	size_t len = strlen(value);

	for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL) {
		if (strncmp(p, value, len) == 0 && (p[len] == '|' || !p[len]) && len)
			return true;
	}
	return false;
}

static int set_text(const struct option_desc *o, void *at, const char *value, const char *where,
    struct err *err)
{
	const char *home = getenv("HOME");
	char expanded[CONFIG_PATH_SIZE];

	if (o->type == OPTION_ID && !id_valid(value, strlen(value)))
		return err_set(err, "%s: %s must be 1 to 32 of A-Z a-z 0-9 _ -, and \"%s\" is not",
		    where, o->key, value);
	if (o->type == OPTION_WORD && (*value || *o->initial) && !is_choice(o->choices, value))
		return err_set(err, "%s: %s must be one of %s, and \"%s\" is not", where, o->key,
		    o->choices, value);
	if (o->type == OPTION_ENDPOINT && *value) {
		struct err why;

		if (endpoint_check(value, ENDPOINT_BIND, &why) == -1)
			return err_set(err, "%s: %s", where, why.text);
	}
	if (o->type == OPTION_PATH && str_starts(value, "~/") && home) {
		snprintf(expanded, sizeof(expanded), "%s%s", home, value + 1);
		value = expanded;
	}
	if (!str_copy(at, o->size, value))
		return err_set(err, "%s: %s is too long: at most %zu bytes", where, o->key,
		    o->size - 1);
	return 0;
}

static int set_option(const struct option_desc *o, void *base, const char *value,
    const char *where, struct err *err)
{
	void *at = (char *)base + o->offset;

	switch (o->type) {
	case OPTION_NUMBER:
		return set_number(o, at, value, where, err);
	case OPTION_BOOL:
		return set_bool(o, at, value, where, err);
	default:
		return set_text(o, at, value, where, err);
	}
}

static void set_defaults(const char *section, void *base)
{
	for (const struct option_desc *o = option_table; o->section; o++) {
		struct err err;

		if (section ? in_section(o, section) : !section_find(o->section)->a) {
			/* A default out of its own bounds is our bug; the unit test
			 * walks the table. "" where an id belongs is no default. */
			if (*o->initial || o->type != OPTION_NUMBER)
				set_option(o, base, o->initial, "default", &err);
		}
	}
}

void config_init(struct config *config)
{
	memset(config, 0, sizeof(*config));
	set_defaults(NULL, config);
}

void config_clear(struct config *config)
{
	free(config->sources);
	free(config->alarms);
	free(config->zones);
	free(config->layers);
	config_places_clear(config);
	memset(config, 0, sizeof(*config));
}

const struct section_desc *section_find(const char *name)
{
	for (const struct section_desc *s = section_table; s->name; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

static size_t list_count(const struct config *config, const struct section_desc *section)
{
	size_t n;

	memcpy(&n, (const char *)config + section->count, sizeof(n));
	return n;
}

void *config_row(const struct config *config, const struct section_desc *section, size_t i)
{
	char *rows;

	memcpy(&rows, (const char *)config + section->list, sizeof(rows));
	return i < list_count(config, section) ? rows + i * section->row_size : NULL;
}

/* The row of that name, made if need be; the name is its first member. */
static void *list_row(struct config *config, const struct section_desc *section, const char *name)
{
	size_t n = list_count(config, section), cap;
	char *rows, *row;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(config_row(config, section, i), name) == 0)
			return config_row(config, section, i);
	}
	memcpy(&rows, (char *)config + section->list, sizeof(rows));
	memcpy(&cap, (char *)config + section->cap, sizeof(cap));
	if (n == cap) {
		cap = cap ? 2 * cap : 4;
		rows = xreallocarray(rows, cap, section->row_size);
		memcpy((char *)config + section->list, &rows, sizeof(rows));
		memcpy((char *)config + section->cap, &cap, sizeof(cap));
	}
	row = rows + n * section->row_size;
	memset(row, 0, section->row_size);
	set_defaults(section->name, row);
	str_copy(row, ID_SIZE, name);
	n++;
	memcpy((char *)config + section->count, &n, sizeof(n));
	return row;
}

static int unknown_option(const char *section, const char *key, const char *where, struct err *err)
{
	const char *names[64], *near;
	size_t n = 0;
	bool known = false;

	for (const struct option_desc *o = option_table; o->section; o++) {
		if (in_section(o, section) && n < ARRAY_LEN(names) - 1)
			names[n++] = o->key;
		known = known || in_section(o, section);
	}
	names[n] = NULL;
	if (!known)
		return err_set(err, "%s: there is no section [%s]; see odyssey.conf(5)", where, section);
	near = str_nearest(key, names);
	if (near)
		return err_set(err, "%s: [%s] has no option %s; did you mean %s?", where, section, key,
		    near);
	return err_set(err, "%s: [%s] has no option %s; see odyssey.conf(5)", where, section, key);
}

int config_set(struct config *config, const char *section, const char *key, const char *value,
    const char *where, struct err *err)
{
	const char *blank = strchr(section, ' '), *name = blank ? blank + 1 : "";
	char kind[ID_SIZE];
	const struct section_desc *desc;
	void *base = config;

	snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(section, " "), section);
	desc = section_find(kind);
	if (!desc || (blank && !desc->a))
		return unknown_option(section, key, where, err);
	if (desc->a && !*name)
		return err_set(err, "%s: %s needs a name, as in [%s %s]", where, desc->a, kind,
		    desc->sample);
	if (desc->a && !id_valid(name, strlen(name)))
		return err_set(err,
		    "%s: %s's name must be 1 to 32 of A-Z a-z 0-9 _ -, and \"%s\" is not", where,
		    desc->a, name);
	for (const struct option_desc *o = option_table; o->section; o++) {
		if (!in_section(o, kind) || strcmp(o->key, key) != 0)
			continue;
		if (desc->a)
			base = list_row(config, desc, name);
		config_place_note(config, o, name, where);
		return set_option(o, base, value, where, err);
	}
	return unknown_option(kind, key, where, err);
}

int config_add_source(struct config *config, const char *pair, bool first, struct err *err)
{
	char feed[ENDPOINT_SIZE], control[ENDPOINT_SIZE], name[ID_SIZE];
	struct config_source *s;
	struct err why;

	if (endpoint_split(pair, feed, control, &why) == -1)
		return err_set(err, "--source: %s", why.text);
	if (first)
		config->source_count = 0;
	snprintf(name, sizeof(name), "source%zu", config->source_count + 1);
	s = list_row(config, section_find("source"), name);
	str_copy(s->feed, sizeof(s->feed), feed);
	str_copy(s->control, sizeof(s->control), control);
	return 0;
}

static int finish_source(struct config *config, size_t i, struct err *err)
{
	struct config_source *s = &config->sources[i];
	struct err why;

	if (endpoint_check(s->feed, ENDPOINT_CONNECT, &why) == -1)
		return err_set(err, "[source %s]: %s", s->name, why.text);
	if (!*s->control)
		endpoint_control_of(s->feed, s->control);
	for (size_t j = 0; j < i; j++) {
		if (strcmp(config->sources[j].feed, s->feed) == 0)
			return err_set(err, "the sources %s and %s have the same feed %s; drop one",
			    config->sources[j].name, s->name, s->feed);
	}
	return 0;
}

static int check_needed(const struct config *config, const struct option_desc *o, struct err *err)
{
	const struct section_desc *section = section_find(o->section);
	const char *row;

	for (size_t i = 0; (row = config_row(config, section, i)) != NULL; i++) {
		if (!row[o->offset])
			return err_set(err, "%s: [%s %s] needs a %s, as in %s = %s",
			    config_where(config, o->section, row, NULL), o->section, row, o->key,
			    o->key, o->needed);
	}
	return 0;
}

int config_finish(struct config *config, struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (!*config->control)
		endpoint_control_of(config->feed, config->control);
	if (!*config->bridge_control)
		endpoint_control_of(config->bridge_feed, config->bridge_control);
	if (!*config->state_dir) {
		if (state && *state)
			snprintf(config->state_dir, sizeof(config->state_dir), "%s/odyssey", state);
		else if (home && *home)
			snprintf(config->state_dir, sizeof(config->state_dir),
			    "%s/.local/state/odyssey", home);
		else
			return err_set(err,
			    "no state directory: set [daemon] state, XDG_STATE_HOME or HOME");
	}
	if (!*config->history_dir &&
	    snprintf(config->history_dir, sizeof(config->history_dir), "%s/history",
		config->state_dir) >= (int)sizeof(config->history_dir))
		return err_set(err, "the state directory's path is too long");
	for (const struct option_desc *o = option_table; o->section; o++) {
		if (o->needed && check_needed(config, o, err) == -1)
			return -1;
	}
	for (size_t i = 0; i < config->source_count; i++) {
		if (finish_source(config, i, err) == -1)
			return -1;
	}
	if (*config->clients && !*config->secret_key)
		return err_set(err, "[security] clients needs secret_key: without keys nobody can be told apart");
	if (config->lost_s < config->stale_s)
		return err_set(err, "[fleet] lost_s (%g) must not be below stale_s (%g)",
		    config->lost_s, config->stale_s);
	return 0;
}

void config_format(const struct option_desc *option, const void *base, char *text, size_t size)
{
	const void *at = (const char *)base + option->offset;

	if (option->type == OPTION_NUMBER) {
		double v;

		memcpy(&v, at, sizeof(v));
		snprintf(text, size, "%g", v);
	} else if (option->type == OPTION_BOOL) {
		snprintf(text, size, "%s", *(const bool *)at ? "yes" : "no");
	} else {
		str_copy(text, size, at);
	}
}
