/* The line of `odyssey send`: see send_args.h. */
#include "app/send_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strmap.h"
#include "format/mission_file.h"
#include "format/position.h"

#define POSITION_WORDS 9 /* N 47 08 30 E 9 31 12 in words of their own, and one more */

bool send_is_pattern(const char *word)
{
	return strpbrk(word, "*?[") != NULL;
}

bool send_all_named(const struct send_line *line)
{
	for (size_t i = 0; i < line->drone_count; i++) {
		if (send_is_pattern(line->drones[i]))
			return false;
	}
	return true;
}

/* A word from outside as it may be shown. */
static const char *shown(const char *word, char text[48])
{
	str_copy(text, 48, word);
	str_clean(text);
	return text;
}

static int no_command(int count, char **words, struct err *err)
{
	const char *names[CMD_COUNT + 1];
	char text[48];

	for (int c = 0; c < CMD_COUNT; c++)
		names[c] = command_table[c].name;
	names[CMD_COUNT] = NULL;
	if (count == 0)
		return err_set(err, "which drone shall do what? odyssey send DRONE... CMD ARGS");
	if (count == 1 && command_find(words[0]) != CMD_COUNT)
		return err_set(err, "which drone shall %s? odyssey send DRONE... %s", words[0], words[0]);
	if (count == 1)
		return err_set(err, "what shall %s do? a command comes behind it; odyssey doc commands lists them",
		    shown(words[0], text));
	for (int i = 1; i < count; i++) {
		const char *near = str_nearest(words[i], names);

		if (near)
			return err_set(err, "there is no command \"%s\"; did you mean %s?",
			    shown(words[i], text), near);
	}
	return err_set(err, "there is no command \"%s\"; odyssey doc commands lists them",
	    shown(words[1], text));
}

static int check_drone_word(const char *word, struct err *err)
{
	char text[48];

	if (id_valid(word, strlen(word)))
		return 0;
	if (send_is_pattern(word) && strlen(word) < 128)
		return 0;
	return err_set(err, "\"%s\" is no drone id: 1 to %d of A-Z a-z 0-9 _ -, or a pattern with * ?",
	    shown(word, text), ID_MAX);
}

/* "60", "60m", "12m/s". */
static bool read_number(const char *word, const char *unit, double *out)
{
	size_t len = strlen(word), unit_len = strlen(unit);
	char text[48];

	if (unit_len && len > unit_len && strcmp(word + len - unit_len, unit) == 0)
		len -= unit_len;
	return len < sizeof(text) && str_copy_n(text, sizeof(text), word, len) &&
	    str_double(text, out);
}

static bool read_switch(const char *word, const char *name, double *out)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {
		{ "on", 1 }, { "yes", 1 }, { "true", 1 }, { "1", 1 },
		{ "off", 0 }, { "no", 0 }, { "false", 0 }, { "0", 0 },
	};

	if (strcmp(word, name) == 0) {
		*out = 1;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(word, words[i].word) == 0) {
			*out = words[i].value;
			return true;
		}
	}
	return false;
}

static int read_mission(struct send_line *line, const char *path, struct err *err)
{
	struct mission *m = &line->args.items;
	struct mission_file file;
	int result = mission_file_read(path, &file, err);

	if (result == 0) {
		m->items = xcalloc(file.count, sizeof(*m->items));
		m->count = file.count;
		for (size_t i = 0; i < file.count; i++)
			m->items[i] = (struct mission_item){
				.lat = file.items[i].lat,
				.lon = file.items[i].lon,
				.height = file.items[i].height,
				.speed = file.items[i].speed,
				.hold = file.items[i].hold,
			};
		if (file.notes.len)
			buf_add_str(&line->notes, file.notes.data);
	}
	mission_file_clear(&file);
	return result;
}

static int read_value(struct send_line *line, size_t i, const char *word, struct err *err)
{
	const struct arg_desc *a = &command_table[line->cmd].args[i];
	double *out = &line->args.number[i];
	char text[48];

	if (line->args.has[i])
		return err_set(err, "%s is given twice", a->name);
	switch (a->type) {
	case ARG_NUMBER:
		if (!read_number(word, a->unit, out))
			return err_set(err, "%s must be a number%s%s (%s), and \"%s\" is not", a->name,
			    *a->unit ? " in " : "", a->unit, a->help, shown(word, text));
		if (*out < a->min || *out > a->max)
			return err_set(err, "%s must be within %g to %g%s%s, and %.10g is not", a->name,
			    a->min, a->max, *a->unit ? " " : "", a->unit, *out);
		break;
	case ARG_BOOL:
		if (!read_switch(word, a->name, out))
			return err_set(err, "%s must be on or off (%s), and \"%s\" is not", a->name,
			    a->help, shown(word, text));
		break;
	case ARG_ITEMS:
		if (read_mission(line, word, err) == -1)
			return -1;
		break;
	case ARG_TYPE_COUNT:
		break;
	}
	line->args.has[i] = true;
	return 0;
}

/* A latitude and longitude in the fewest or most words that make a position:
 * how many, or -1 with the sentence about the likeliest. Longest first, for
 * "47 08" of "47 08 30 N 9 31 12 E" is a position too; and three bare
 * numbers never are one. */
static int read_position(struct send_line *line, size_t i, int count, char **words, struct err *err)
{
	struct geo_point p;
	struct err why;

	for (int n = count < POSITION_WORDS ? count : POSITION_WORDS; n >= 1; n--) {
		struct buf joined = BUF_INIT;
		int result;

		for (int k = 0; k < n; k++)
			buf_printf(&joined, "%s%s", k ? " " : "", words[k]);
		result = position_parse(joined.data, &p, &why);
		buf_free(&joined);
		if (result == 0) {
			line->args.number[i] = p.lat;
			line->args.number[i + 1] = p.lon;
			line->args.has[i] = line->args.has[i + 1] = true;
			return n;
		}
		if (n == 2 || count == 1)
			*err = why;
	}
	return -1;
}

/* "speed=12": the argument of that name, or -1. */
static int named_argument(enum command cmd, const char *word, const char **value)
{
	const char *equals = strchr(word, '=');

	for (size_t i = 0; equals && i < command_arg_count(cmd); i++) {
		const char *name = command_table[cmd].args[i].name;

		if (strlen(name) == (size_t)(equals - word) &&
		    memcmp(name, word, strlen(name)) == 0) {
			*value = equals + 1;
			return (int)i;
		}
	}
	return -1;
}

static int missing(enum command cmd, size_t i, struct err *err)
{
	const struct command_desc *d = &command_table[cmd];
	const struct arg_desc *a = &d->args[i];

	if (a->type == ARG_ITEMS)
		return err_set(err, "%s needs a file, .plan of QGroundControl or CSV: %s FILE [start]",
		    d->name, d->name);
	if (strcmp(a->name, "lat") == 0)
		return err_set(err, "%s needs a position, as in %s 47.14 9.52", d->name, d->name);
	return err_set(err, "%s needs %s%s%s%s: %s", d->name, a->name, *a->unit ? " (" : "", a->unit,
	    *a->unit ? ")" : "", a->help);
}

static int read_args(struct send_line *line, int count, char **words, struct err *err)
{
	size_t next = 0, n = command_arg_count(line->cmd);
	char text[48];

	for (int w = 0; w < count;) {
		const char *value = words[w];
		int named = named_argument(line->cmd, words[w], &value);
		size_t i = named >= 0 ? (size_t)named : next;

		while (named < 0 && i < n && line->args.has[i])
			i++;
		/* A switch that goes by its own name may come before others. */
		for (size_t k = i; named < 0 && k < n; k++) {
			if (command_table[line->cmd].args[k].type == ARG_BOOL &&
			    strcmp(words[w], command_table[line->cmd].args[k].name) == 0)
				i = k;
		}
		if (i >= n)
			return err_set(err, "%s takes no \"%s\" behind what is there",
			    command_table[line->cmd].name, shown(words[w], text));
		if (named < 0 && i + 1 < n && strcmp(command_table[line->cmd].args[i].name, "lat") == 0 &&
		    !line->args.has[i + 1]) {
			int used = read_position(line, i, count - w, words + w, err);

			if (used == -1)
				return -1;
			w += used;
			next = i + 2;
			continue;
		}
		if (read_value(line, i, value, err) == -1)
			return -1;
		w++;
		next = named >= 0 || i > next ? next : i + 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (command_table[line->cmd].args[i].required && !line->args.has[i])
			return missing(line->cmd, i, err);
	}
	return 0;
}

int send_line_read(struct send_line *line, int count, char **words, struct err *err)
{
	int at = 1;

	*line = (struct send_line){ .drones = words, .cmd = CMD_COUNT, .notes = BUF_INIT };
	while (at < count && command_find(words[at]) == CMD_COUNT)
		at++;
	if (at >= count)
		return no_command(count, words, err);
	line->cmd = command_find(words[at]);
	line->drone_count = (size_t)at;
	for (int i = 0; i < at; i++) {
		if (check_drone_word(words[i], err) == -1)
			return -1;
	}
	return read_args(line, count - at - 1, words + at + 1, err);
}

void send_line_clear(struct send_line *line)
{
	command_args_clear(&line->args);
	buf_free(&line->notes);
}

static int no_drone(const char *word, const char *const *known, struct err *err)
{
	const char *near = send_is_pattern(word) ? NULL : str_nearest(word, known);
	char text[48];

	if (!*known)
		return err_set(err, "there are no drones; odyssey ls --sources shows where they come from");
	if (send_is_pattern(word))
		return err_set(err, "no drone is called like \"%s\"; odyssey ls lists them",
		    shown(word, text));
	if (near)
		return err_set(err, "there is no drone \"%s\"; did you mean %s?", word, near);
	return err_set(err, "there is no drone \"%s\"; odyssey ls lists them", word);
}

int send_expand(const struct send_line *line, const char *const *known,
    struct send_target **targets, size_t *count, struct err *err)
{
	static const char *const none[] = { NULL };
	struct strmap seen = { 0 };
	size_t cap = 0;
	int result = 0;

	*targets = NULL;
	*count = 0;
	for (size_t i = 0; i < line->drone_count && result == 0; i++) {
		const char *word = line->drones[i];
		const char *const itself[] = { word, NULL };
		bool any = false;

		for (const char *const *k = known ? known : itself; *k; k++) {
			if (send_is_pattern(word) ? !str_glob(word, *k) : strcmp(word, *k) != 0)
				continue;
			any = true;
			if (strmap_get(&seen, *k) != STRMAP_NONE)
				continue;
			strmap_set(&seen, *k, 1);
			mem_grow(*targets, *count, cap);
			(*targets)[*count] = (struct send_target){ .maybe_in_air = true };
			str_copy((*targets)[*count].id, ID_SIZE, *k);
			++*count;
		}
		if (!any)
			result = no_drone(word, known ? known : none, err);
	}
	strmap_clear(&seen);
	return result;
}

int send_need(const struct send_line *line, const struct send_target *targets, size_t count,
    struct send_need *need, struct err *err)
{
	const struct command_desc *d = &command_table[line->cmd];

	*need = (struct send_need){ false, false };
	if (count > 1 && d->several == SEVERAL_NEVER)
		return err_set(err, "%s is given to one drone at a time, and this names %zu; send them one by one",
		    d->name, count);
	need->count = count > 1 && d->several == SEVERAL_COUNTED;
	for (size_t i = 0; i < count; i++) {
		if (command_is_dangerous(line->cmd, &line->args, targets[i].maybe_in_air,
			targets[i].surely_in_air))
			need->yes = true;
	}
	return 0;
}
