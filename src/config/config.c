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
	if (o->type == OPTION_WORD && !is_choice(o->choices, value))
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

		if (section ? in_section(o, section) : !in_section(o, "source")) {
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
	memset(config, 0, sizeof(*config));
}

static struct config_source *find_source(struct config *config, const char *name)
{
	for (size_t i = 0; i < config->source_count; i++) {
		if (strcmp(config->sources[i].name, name) == 0)
			return &config->sources[i];
	}
	return NULL;
}

static struct config_source *add_source(struct config *config, const char *name)
{
	struct config_source *s;

	mem_grow(config->sources, config->source_count, config->source_cap);
	s = &config->sources[config->source_count++];
	memset(s, 0, sizeof(*s));
	set_defaults("source", s);
	str_copy(s->name, sizeof(s->name), name);
	return s;
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
	const char *kind = section;
	void *base = config;

	if (str_starts(section, "source ")) {
		const char *name = section + strlen("source ");
		struct config_source *s;

		if (!id_valid(name, strlen(name)))
			return err_set(err,
			    "%s: a source's name must be 1 to 32 of A-Z a-z 0-9 _ -, and \"%s\" is not",
			    where, name);
		s = find_source(config, name);
		base = s ? s : add_source(config, name);
		kind = "source";
	} else if (strcmp(section, "source") == 0) {
		return err_set(err, "%s: a source needs a name, as in [source sim]", where);
	}
	for (const struct option_desc *o = option_table; o->section; o++) {
		if (in_section(o, kind) && strcmp(o->key, key) == 0)
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
	s = add_source(config, name);
	str_copy(s->feed, sizeof(s->feed), feed);
	str_copy(s->control, sizeof(s->control), control);
	return 0;
}

static int finish_source(struct config *config, size_t i, struct err *err)
{
	struct config_source *s = &config->sources[i];
	struct err why;

	if (!*s->feed)
		return err_set(err, "%s: [source %s] needs a feed, as in feed = tcp://127.0.0.1:7610",
		    *config->path ? config->path : "configuration", s->name);
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
