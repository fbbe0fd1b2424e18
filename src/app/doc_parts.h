/*
 * Parts of the written documents, printed from the tables that the programs
 * run by: mdoc(7) fragments for the manual pages, and the sample
 * configuration. `odyssey doc NAME` prints one; tools/check-docs holds the
 * pages against them, and `make docs` writes them in.
 */
#ifndef APP_DOC_PARTS_H
#define APP_DOC_PARTS_H

#include <stdbool.h>
#include <stdio.h>

struct doc_part {
	const char *name;
	void (*print)(FILE *out);
	const char *help;
};

extern const struct doc_part doc_parts[]; /* ended by a row without name */

/* doc_fields.c: the sample, and numbers on the wire that stand for words. */
void doc_fields(FILE *out);
void doc_modes(FILE *out);
void doc_flags(FILE *out);
void doc_fixes(FILE *out);
void doc_severities(FILE *out);

/* doc_alarms.c: the rules that are built in, and what rules may speak of. */
void doc_rules(FILE *out);
void doc_operands(FILE *out);

/* doc_protocol.c: topics and bodies of the feed, requests and codes of the
 * control socket, why a daemon refuses a feed message. */
void doc_topics(FILE *out);
void doc_bodies(FILE *out);
void doc_ops(FILE *out);
void doc_codes(FILE *out);
void doc_rejects(FILE *out);
/* What drones are told: as the wire has it, and as people type it. */
void doc_commands(FILE *out);
void doc_command_lines(FILE *out);

/* doc_conf.c: the sample odyssey.conf, every option with what it is for, what
 * it takes and its default, all but one source commented out; and the same
 * for its page. */
void doc_conf(FILE *out);
void doc_options(FILE *out);

/* doc_subcommands.c: a line each; and one with its operands and options. */
struct subcommand;
void doc_subcommands(FILE *out);
void doc_subcommand(FILE *out, const struct subcommand *s);
/* What every subcommand takes. */
void doc_common_flags(FILE *out);

/* doc_screen.c: the screen's keys by pane, its own commands, what :set sets, the
 * columns of the fleet table. */
void doc_keys(FILE *out);
void doc_line_commands(FILE *out);
void doc_settings(FILE *out);
void doc_columns(FILE *out);

/* doc_history.c: the columns of a table of the history; false where there is none. */
bool doc_table(FILE *out, const char *name);

/* Text on a line of its own, whatever it holds. */
void doc_text(FILE *out, const char *text);
/* The same as half a sentence made a whole one. */
void doc_sentence(FILE *out, const char *text);

#endif
