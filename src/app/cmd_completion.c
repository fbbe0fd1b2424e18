/*
 * odyssey completion: scripts for bash and zsh, printed from the tables of
 * subcommands, flags and commands. Drone ids are asked of the daemon when the
 * key is pressed; what does not answer at once completes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/doc_parts.h"
#include "proto/commands.h"
#include "proto/fields.h"
#include "proto/topic.h"

/* Words behind a subcommand beyond its flags. */
static void put_subcommand_names(void)
{
	for (const struct subcommand *s = subcommand_table; s->name; s++)
		printf("%s%s", s == subcommand_table ? "" : " ", s->name);
}

static void put_command_names(void)
{
	for (int c = 0; c < CMD_COUNT; c++)
		printf("%s%s", c ? " " : "", command_table[c].name);
}

static void put_flag_names(const struct flag_desc *flags, bool only_valued)
{
	for (; flags && flags->name; flags++) {
		if (only_valued && !flags->value)
			continue;
		printf(" --%s", flags->name);
		if (flags->letter && only_valued)
			printf(" -%c", flags->letter);
	}
}

static void put_doc_tables(void)
{
	for (const struct doc_part *p = doc_parts; p->name; p++)
		printf("%s%s", p == doc_parts ? "" : " ", p->name);
}

static void put_topics(void)
{
	for (int k = 0; k < TOPIC_COUNT; k++)
		printf("%s%s", k ? " " : "", topic_name((enum topic_kind)k));
}

static void put_fields(void)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		printf("%s%s", f ? " " : "", field_table[f].name);
}

static void print_bash(void)
{
	printf("# bash completion of odyssey; printed by odyssey completion bash\n"
	       "_odyssey_ids()\n{\n"
	       "\ttimeout 1 \"${COMP_WORDS[0]}\" ls --ids 2>/dev/null\n}\n\n"
	       "_odyssey_alarms()\n{\n"
	       "\ttimeout 1 \"${COMP_WORDS[0]}\" alarms --ids 2>/dev/null\n}\n\n"
	       "_odyssey()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} sub=${COMP_WORDS[1]}\n"
	       "\tlocal flags= words= w\n"
	       "\tCOMPREPLY=()\n"
	       "\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W '");
	put_subcommand_names();
	printf(" --help --version' -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase $sub in\n");
	for (const struct subcommand *s = subcommand_table; s->name; s++) {
		printf("\t%s) flags='", s->name);
		put_flag_names(s->options, false);
		put_flag_names(common_flags, false);
		printf("' ;;\n");
	}
	printf("\tesac\n\tcase $prev in\n"
	       "\t--drone) COMPREPLY=($(compgen -W \"$(_odyssey_ids)\" -- \"$cur\")); return ;;\n"
	       "\t--format) COMPREPLY=($(compgen -W 'csv geojson kml gpx' -- \"$cur\")); return ;;\n"
	       "\t--config|--history|--state|--output|-o|--script)\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\t\treturn ;;\n"
	       "\t--fields)\n\t\tlocal done=\n\t\t[[ $cur == *,* ]] && done=${cur%%,*},\n"
	       "\t\tCOMPREPLY=($(compgen -P \"$done\" -W '");
	put_fields();
	printf("' -- \"${cur##*,}\"))\n\t\treturn ;;\n\tesac\n"
	       "\tif [[ $cur == -* ]]; then\n\t\tCOMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"))\n\t\treturn\n\tfi\n"
	       "\tcase $sub in\n"
	       "\tsend)\n"
	       "\t\twords=\"");
	put_command_names();
	printf("\"\n"
	       "\t\tfor w in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n"
	       "\t\t\tcase $w in\n\t\t\tmission)\n"
	       "\t\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\") $(compgen -W start -- \"$cur\"))\n\t\t\t\treturn ;;\n"
	       "\t\t\tvideo) COMPREPLY=($(compgen -W 'on off' -- \"$cur\")); return ;;\n"
	       "\t\t\tdisarm) COMPREPLY=($(compgen -W force -- \"$cur\")); return ;;\n"
	       "\t\t\tesac\n"
	       "\t\t\t[[ \" $words \" == *\" $w \"* ]] && return\n"
	       "\t\tdone\n"
	       "\t\t((COMP_CWORD == 2)) && words=\n"
	       "\t\tCOMPREPLY=($(compgen -W \"$words $(_odyssey_ids)\" -- \"$cur\")) ;;\n"
	       "\ttail) COMPREPLY=($(compgen -W \"");
	put_topics();
	printf(" $(_odyssey_ids)\" -- \"$cur\")) ;;\n"
	       "\tack|shelve|unshelve)\n"
	       "\t\tCOMPREPLY=($(compgen -W \"$(_odyssey_ids) $(_odyssey_alarms)\" -- \"$cur\")) ;;\n"
	       "\thistory) COMPREPLY=($(compgen -W verify -- \"$cur\")) ;;\n"
	       "\tcompletion) COMPREPLY=($(compgen -W 'bash zsh' -- \"$cur\")) ;;\n"
	       "\tdoc) COMPREPLY=($(compgen -W '");
	put_doc_tables();
	printf("' -- \"$cur\")) ;;\n\tesac\n}\n\ncomplete -F _odyssey odyssey\n");
}

/* Within '…[…]' of _arguments: brackets, colons and quotes have a meaning. */
static void put_zsh_text(const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			printf("'\\''");
		else if (strchr("[]:\\", *s))
			printf("\\%c", *s);
		else
			putchar(*s);
	}
}

static const char *zsh_action(const struct flag_desc *flag)
{
	if (strcmp(flag->name, "config") == 0 || strcmp(flag->name, "history") == 0 ||
	    strcmp(flag->name, "state") == 0 || strcmp(flag->name, "output") == 0 ||
	    strcmp(flag->name, "script") == 0)
		return "_files";
	if (strcmp(flag->name, "drone") == 0)
		return "_odyssey_drone";
	if (strcmp(flag->name, "format") == 0)
		return "(csv geojson kml gpx)";
	if (strcmp(flag->name, "fields") == 0)
		return "_odyssey_fields";
	return "";
}

static void put_zsh_flags(const struct flag_desc *flags)
{
	for (; flags && flags->name; flags++) {
		printf(" \\\n\t\t\t'--%s[", flags->name);
		put_zsh_text(flags->help);
		printf("]");
		if (flags->value) {
			printf(":");
			put_zsh_text(flags->value);
			printf(":%s", zsh_action(flags));
		}
		printf("'");
	}
}

static const struct {
	const char *subcommand, *arguments;
} zsh_operands[] = {
	{ "send", "'*:drone or command:_odyssey_send'" },
	{ "tail", "'*:topic:_odyssey_topics'" },
	{ "ack", "'*:alarm or drone:_odyssey_ack'" },
	{ "shelve", "'*:alarm or drone:_odyssey_ack'" },
	{ "unshelve", "'*:alarm or drone:_odyssey_ack'" },
	{ "history", "'1:verify:(verify)'" },
	{ "completion", "'1:shell:(bash zsh)'" },
	{ "doc", "'1:table:_odyssey_doc'" },
};

static void print_zsh(void)
{
	printf("#compdef odyssey\n# zsh completion of odyssey; printed by odyssey completion zsh\n\n"
	       "_odyssey_ids() {\n\treply=(${(f)\"$(timeout 1 odyssey ls --ids 2>/dev/null)\"})\n}\n\n"
	       "_odyssey_alarms() {\n\tcompadd -- ${(f)\"$(timeout 1 odyssey alarms --ids 2>/dev/null)\"}\n}\n\n"
	       "_odyssey_drone() {\n\tlocal -a reply\n\t_odyssey_ids\n\tcompadd -- $reply\n}\n\n"
	       "_odyssey_ack() {\n\tlocal -a reply\n\t_odyssey_ids\n\tcompadd -- $reply\n\t_odyssey_alarms\n}\n\n"
	       "_odyssey_fields() {\n\t_values -s , field ");
	put_fields();
	printf("\n}\n\n_odyssey_doc() {\n\tcompadd -- ");
	put_doc_tables();
	printf("\n}\n\n_odyssey_topics() {\n\tlocal -a reply\n\t_odyssey_ids\n\tcompadd -- ");
	put_topics();
	printf(" $reply\n}\n\n_odyssey_send() {\n\tlocal -a reply commands\n\tcommands=(");
	put_command_names();
	printf(")\n\tlocal w\n\tfor w in $words[2,CURRENT-1]; do\n"
	       "\t\tcase $w in\n\t\tmission) _files; compadd -- start; return ;;\n"
	       "\t\tvideo) compadd -- on off; return ;;\n\t\tdisarm) compadd -- force; return ;;\n\t\tesac\n"
	       "\t\t(( $commands[(Ie)$w] )) && return\n\tdone\n"
	       "\t_odyssey_ids\n\tcompadd -- $reply\n\t(( CURRENT > 2 )) && compadd -- $commands\n}\n\n"
	       "_odyssey() {\n\tlocal -a subcommands\n\tsubcommands=(\n");
	for (const struct subcommand *s = subcommand_table; s->name; s++) {
		printf("\t\t'%s:", s->name);
		put_zsh_text(s->summary);
		printf("'\n");
	}
	printf("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command subcommands\n\t\treturn\n\tfi\n"
	       "\tlocal sub=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $sub in\n");
	for (const struct subcommand *s = subcommand_table; s->name; s++) {
		printf("\t%s)\n\t\t_arguments", s->name);
		put_zsh_flags(s->options);
		put_zsh_flags(common_flags);
		for (size_t i = 0; i < sizeof(zsh_operands) / sizeof(zsh_operands[0]); i++) {
			if (strcmp(zsh_operands[i].subcommand, s->name) == 0)
				printf(" \\\n\t\t\t%s", zsh_operands[i].arguments);
		}
		printf(" ;;\n");
	}
	printf("\tesac\n}\n\n_odyssey \"$@\"\n");
}

int cmd_completion(struct app *app)
{
	struct err err;

	if (app->args.operand_count == 1 && strcmp(app->args.operands[0], "bash") == 0) {
		print_bash();
		return EXIT_OK;
	}
	if (app->args.operand_count == 1 && strcmp(app->args.operands[0], "zsh") == 0) {
		print_zsh();
		return EXIT_OK;
	}
	err_set(&err, "for which shell? odyssey completion bash, or odyssey completion zsh");
	return app_usage_error("completion", &err);
}
