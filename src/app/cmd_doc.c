/*
 * odyssey doc: the tables of the manual, printed from the tables of the
 * program in man(7) macros, so that pages can be held against them.
 */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/roster_view.h"
#include "base/mem.h"
#include "proto/commands.h"
#include "proto/control.h"
#include "proto/fields.h"
#include "proto/messages.h"
#include "proto/topic.h"

/* Text as roff takes it: a backslash, and a dot or quote that begins a line,
 * are not meant as such; a hyphen is a minus. */
static void put(const char *s)
{
	for (; *s; s++) {
		if (*s == '\\')
			fputs("\\e", stdout);
		else if (*s == '-')
			fputs("\\-", stdout);
		else
			putchar(*s);
	}
}

static void item(const char *name, const char *args)
{
	printf(".TP\n\\fB");
	put(name);
	printf("\\fR");
	if (*args) {
		printf(" \\fI");
		put(args);
		printf("\\fR");
	}
	printf("\n");
}

static void sentence(const char *text)
{
	printf("\\&");
	put(text);
	printf("\n");
}

static void doc_fields(void)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_desc *d = &field_table[f];
		char line[200];

		item(d->name, d->type);
		if (f == FIELD_time)
			snprintf(line, sizeof(line), "%s; in ms", d->help);
		else if (*d->unit)
			snprintf(line, sizeof(line), "%s; times %g in %s", d->help, d->scale, d->unit);
		else if (d->scale != 1)
			snprintf(line, sizeof(line), "%s; times %g", d->help, d->scale);
		else
			snprintf(line, sizeof(line), "%s", d->help);
		sentence(line);
	}
}

static void doc_modes(void)
{
	for (int m = 0; m < MODE_COUNT; m++) {
		char number[16];

		snprintf(number, sizeof(number), "%d", m);
		item(number, mode_name(m));
	}
}

static void doc_flags(void)
{
	for (int bit = 0; bit < FLAG_COUNT; bit++) {
		char text[16];

		snprintf(text, sizeof(text), "bit %d", bit);
		item(text, flag_names[bit]);
	}
}

static void command_line(const struct command_desc *d, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < COMMAND_ARGS_MAX && d->args[i].name && at < size; i++) {
		const struct arg_desc *a = &d->args[i];
		const char *name = a->type == ARG_ITEMS ? "file" : a->name;

		at += (size_t)snprintf(text + at, size - at, a->required ? "%s%s" : "%s[%s]",
		    i ? " " : "", name);
	}
}

static void doc_commands(void)
{
	static const char *const dangers[DANGER_COUNT] = {
		[DANGER_NO] = "", [DANGER_YES] = " Dangerous.", [DANGER_AIR] = " Dangerous in the air.",
		[DANGER_GROUND] = " Dangerous on the ground.",
	};
	static const char *const several[] = {
		[SEVERAL_AT_ONCE] = " To several drones at once.",
		[SEVERAL_COUNTED] = " To several if their number is confirmed.",
		[SEVERAL_NEVER] = " To one drone at a time.",
	};

	for (int c = 0; c < CMD_COUNT; c++) {
		const struct command_desc *d = &command_table[c];
		char text[512];

		command_line(d, text, sizeof(text));
		item(d->name, text);
		snprintf(text, sizeof(text), "%c%s. Done when: %s.%s%s", d->help[0] - 'a' + 'A',
		    d->help + 1, d->done_when, c == CMD_MISSION ? " Dangerous on the ground, with start." :
		    dangers[d->danger], several[d->several]);
		sentence(text);
		for (size_t i = 0; i < command_arg_count((enum command)c); i++) {
			const struct arg_desc *a = &d->args[i];

			printf(".br\n\\fI");
			put(a->name);
			printf("\\fR: ");
			put(a->help);
			if (*a->unit) {
				printf(", ");
				put(a->unit);
			}
			printf("\n");
		}
	}
}

static void doc_options(void)
{
	const char *section = "";

	for (const struct option_desc *o = option_table; o->section; o++) {
		char initial[CONFIG_TEXT_SIZE];

		if (strcmp(section, o->section) != 0) {
			section = o->section;
			printf(".SS [%s%s]\n", section, strcmp(section, "source") == 0 ? " NAME" : "");
		}
		snprintf(initial, sizeof(initial), "= %s%s%s", *o->initial ? o->initial : "",
		    o->unit ? " " : "", o->unit ? o->unit : "");
		item(o->key, *o->initial ? initial : "");
		sentence(o->help);
		if (o->choices) {
			printf(".br\nOne of ");
			put(o->choices);
			printf(".\n");
		}
	}
}

static void doc_keys(const struct key_desc *keys, size_t n)
{
	static const char *const types[] = {
		[KEY_ID] = "id", [KEY_TEXT] = "text", [KEY_TOKEN] = "text", [KEY_UINT] = "unsigned",
		[KEY_NUMBER] = "number", [KEY_BOOL] = "bool", [KEY_ENUM] = "word", [KEY_VALUE] = "value",
	};

	for (size_t i = 0; i < n; i++) {
		printf(".br\n\\fI");
		put(keys[i].key);
		printf("\\fR%s (%s)", keys[i].flags & KEY_REQUIRED ? "" : "?", types[keys[i].type]);
		if (keys[i].help) {
			printf(": ");
			put(keys[i].help);
		}
		if (keys[i].type == KEY_ENUM) {
			printf("; one of");
			/* The first is what any other word is read as. */
			for (const char *const *name = keys[i].names + 1; *name; name++) {
				printf(" ");
				put(*name);
			}
		}
		printf("\n");
	}
}

static void doc_ops(void)
{
	for (int o = 0; o < OP_COUNT; o++) {
		item(op_table[o].name, op_table[o].daemon_only ? "(daemon)" : "");
		sentence(op_table[o].help);
		doc_keys(op_table[o].keys, op_table[o].n);
	}
}

static void doc_codes(void)
{
	for (int c = CODE_BAD_REQUEST; c < CODE_COUNT; c++) {
		item(code_name((enum code)c), "");
		sentence(code_help((enum code)c));
	}
}

static void doc_topics(void)
{
	static const struct {
		const char *id, *help;
	} topics[TOPIC_COUNT] = {
		[TOPIC_TM] = { ".DRONE", "telemetry sample, an array: see the fields" },
		[TOPIC_HB] = { ".SOURCE", "heartbeat, once a second" },
		[TOPIC_EV] = { ".[DRONE]", "event" },
		[TOPIC_CM] = { ".DRONE", "progress of a command, at each change of stage" },
		[TOPIC_PL] = { ".DRONE", "mission, fence or rally points have changed" },
		[TOPIC_AL] = { ".[DRONE]", "alarm, at each change of state (daemon only)" },
		[TOPIC_OR] = { ".ORDER", "order, at each change of state (daemon only)" },
		[TOPIC_VD] = { ".DRONE", "video frame, an array: boot, seq, time, width, height, \"jpeg\", picture" },
	};

	for (int k = 0; k < TOPIC_COUNT; k++) {
		const struct key_desc *keys;
		char name[32];
		size_t n;

		snprintf(name, sizeof(name), "%s%s", topic_name((enum topic_kind)k), topics[k].id);
		item(name, "");
		sentence(topics[k].help);
		keys = message_keys((enum topic_kind)k, &n);
		doc_keys(keys, n);
	}
}

static void doc_flag_rows(const struct flag_desc *flags)
{
	for (; flags && flags->name; flags++) {
		printf(".br\n\\fB");
		if (flags->letter)
			printf("\\-%c\\fR, \\fB", flags->letter);
		printf("\\-\\-");
		put(flags->name);
		printf("\\fR");
		if (flags->value) {
			printf(" \\fI");
			put(flags->value);
			printf("\\fR");
		}
		printf(": ");
		put(flags->help);
		printf("\n");
	}
}

static void doc_subcommands(void)
{
	for (const struct subcommand *s = subcommand_table; s->name; s++) {
		char line[512];

		item(s->name, s->operands);
		snprintf(line, sizeof(line), "%c%s.", s->summary[0] - 'a' + 'A', s->summary + 1);
		sentence(line);
		doc_flag_rows(s->options);
	}
	item("every command", "");
	sentence("also takes");
	doc_flag_rows(common_flags);
}

static const struct {
	const char *name;
	void (*print)(void);
	const char *help;
} tables[] = {
	{ "codes", doc_codes, "refusals of the control socket" },
	{ "commands", doc_commands, "what drones can be told" },
	{ "fields", doc_fields, "the telemetry sample" },
	{ "flags", doc_flags, "bits of the field flags" },
	{ "modes", doc_modes, "values of the field mode" },
	{ "ops", doc_ops, "requests of the control socket" },
	{ "options", doc_options, "the configuration" },
	{ "subcommands", doc_subcommands, "odyssey's commands with their options" },
	{ "topics", doc_topics, "messages of the feed" },
};

const char *doc_table_name(size_t i)
{
	return i < ARRAY_LEN(tables) ? tables[i].name : NULL;
}

int cmd_doc(struct app *app)
{
	const char *names[ARRAY_LEN(tables) + 1], *wanted, *near;
	struct err err;

	if (app->args.operand_count == 0) {
		for (size_t i = 0; i < ARRAY_LEN(tables); i++)
			printf("%-12s %s\n", tables[i].name, tables[i].help);
		return EXIT_OK;
	}
	wanted = app->args.operands[0];
	for (size_t i = 0; i < ARRAY_LEN(tables) && app->args.operand_count == 1; i++) {
		if (strcmp(tables[i].name, wanted) == 0) {
			tables[i].print();
			return EXIT_OK;
		}
		names[i] = tables[i].name;
	}
	names[ARRAY_LEN(tables)] = NULL;
	if (app->args.operand_count > 1)
		err_set(&err, "one table at a time; odyssey doc lists them");
	else if ((near = str_nearest(wanted, names)) != NULL)
		err_set(&err, "there is no table \"%.40s\"; did you mean %s?", wanted, near);
	else
		err_set(&err, "there is no table \"%.40s\"; odyssey doc lists them", wanted);
	return app_usage_error("doc", &err);
}
