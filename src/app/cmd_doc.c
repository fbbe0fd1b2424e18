/*
 * odyssey doc: the parts of the manual that are tables of the program, so that
 * pages can be held against them.
 */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/doc_parts.h"
#include "base/str.h"

#define PARTS_MAX 32

const struct doc_part doc_parts[] = {
	{ "bodies", doc_bodies, "keys of the feed's messages" },
	{ "codes", doc_codes, "refusals of the control socket" },
	{ "columns", doc_columns, "columns of the screen's fleet table" },
	{ "command-lines", doc_command_lines, "what drones can be told, as typed" },
	{ "commands", doc_commands, "what drones can be told, as sent" },
	{ "common", doc_common_flags, "options of every subcommand" },
	{ "conf", doc_conf, "odyssey.conf, every option with its default" },
	{ "fields", doc_fields, "the telemetry sample" },
	{ "fixes", doc_fixes, "values of the field fix" },
	{ "flags", doc_flags, "bits of the field flags" },
	{ "keys", doc_keys, "keys of the screen" },
	{ "line-commands", doc_line_commands, "what the screen's command line takes besides commands to drones" },
	{ "modes", doc_modes, "values of the field mode" },
	{ "operands", doc_operands, "what alarm rules may speak of, besides fields" },
	{ "ops", doc_ops, "requests of the control socket" },
	{ "options", doc_options, "the configuration" },
	{ "rejects", doc_rejects, "why a daemon refuses a message" },
	{ "rules", doc_rules, "the alarm rules that are built in" },
	{ "settings", doc_settings, "what :set sets on the screen" },
	{ "severities", doc_severities, "severities of events" },
	{ "subcommands", doc_subcommands, "odyssey's commands" },
	{ "topics", doc_topics, "messages of the feed" },
	{ 0 },
};

static int no_part(const char *name, struct err *err)
{
	const char *names[PARTS_MAX + 1], *near;
	size_t n = 0;

	while (n < PARTS_MAX && doc_parts[n].name) {
		names[n] = doc_parts[n].name;
		n++;
	}
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "there is no table \"%.40s\"; did you mean %s?", name, near);
	return err_set(err, "there is no table \"%.40s\"; odyssey doc lists them", name);
}

static int print_subcommand(const char *name, struct err *err)
{
	const struct subcommand *s = subcommand_find(name);

	if (!s)
		return err_set(err, "there is no command \"%.40s\"; odyssey --help lists them", name);
	doc_subcommand(stdout, s);
	return 0;
}

static int print_part(const char *name, struct err *err)
{
	for (const struct doc_part *p = doc_parts; p->name; p++) {
		if (strcmp(p->name, name) == 0) {
			p->print(stdout);
			return 0;
		}
	}
	return no_part(name, err);
}

int cmd_doc(struct app *app)
{
	char **words = app->args.operands;
	int count = app->args.operand_count, ret;
	struct err err;

	if (count == 0) {
		for (const struct doc_part *p = doc_parts; p->name; p++)
			printf("%-16s %s\n", p->name, p->help);
		return EXIT_OK;
	}
	if (count == 2 && strcmp(words[0], "subcommand") == 0)
		ret = print_subcommand(words[1], &err);
	else if (count == 2 && strcmp(words[0], "table") == 0)
		ret = doc_table(stdout, words[1])
			  ? 0
			  : err_set(&err, "the history has no table \"%.40s\"; man 7 odyssey-history names "
					  "them", words[1]);
	else if (count == 1)
		ret = print_part(words[0], &err);
	else
		ret = err_set(&err, "one table at a time; odyssey doc lists them");
	return ret == 0 ? EXIT_OK : app_usage_error("doc", &err);
}
