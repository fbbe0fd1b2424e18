/* The screen's tables as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include "base/mem.h"
#include "ui/columns.h"
#include "ui/command_line.h"
#include "ui/key.h"
#include "ui/keymap.h"
#include "ui/settings.h"

static void put_panes(FILE *out, unsigned panes)
{
	int n = 0;

	if (panes == PANES_ALL) {
		fprintf(out, ".Ss Everywhere\n");
		return;
	}
	fprintf(out, ".Ss \\&In ");
	for (int p = 0; p < PANE_COUNT; p++) {
		if (panes & IN_PANE(p))
			fprintf(out, "%s%s", n++ ? " and " : "", pane_names[p]);
	}
	fprintf(out, "\n");
}

static void put_key(FILE *out, uint32_t key)
{
	char name[KEY_NAME_SIZE];

	key_text(key, name);
	/* What mdoc would take for punctuation or an escape. */
	fprintf(out, name[1] ? " Ic %s" : " Ic \\&%s", *name == '\\' ? "\\e" : name);
}

void doc_keys(FILE *out)
{
	unsigned panes = 0;

	for (const struct key_binding *b = key_table; b->run; b++) {
		if (!b->help)
			continue;
		if (b->panes != panes) {
			if (panes)
				fprintf(out, ".El\n");
			panes = b->panes;
			put_panes(out, panes);
			fprintf(out, ".Bl -tag -width \"PageDown\" -compact\n");
		}
		fprintf(out, ".It");
		put_key(out, b->key);
		if (b->other) {
			fprintf(out, " ,");
			put_key(out, b->other);
		}
		fprintf(out, "\n");
		doc_text(out, b->help);
	}
	fprintf(out, ".El\n");
}

void doc_line_commands(FILE *out)
{
	fprintf(out, ".Bl -tag -width Ds\n");
	for (const struct line_command *c = line_commands; c->name; c++) {
		fprintf(out, ".It Ic :%s", c->name);
		if (*c->operands)
			fprintf(out, " Ar \"%s\"", c->operands);
		fprintf(out, "\n");
		doc_sentence(out, c->help);
		if (c->other)
			fprintf(out, "Shorter:\n.Ic :%s .\n", c->other);
	}
	fprintf(out, ".El\n");
}

void doc_settings(FILE *out)
{
	fprintf(out, ".Bl -tag -width Ds\n");
	for (const struct setting *s = settings; s->name; s++) {
		fprintf(out, ".It Ic %s Ar \"%s\"\n", s->name, s->values);
		doc_sentence(out, s->help);
	}
	fprintf(out, ".El\n");
}

void doc_columns(FILE *out)
{
	const char *name;

	fprintf(out, ".Bd -filled -offset indent\n");
	for (size_t i = 0; (name = column_name(i)); i++)
		fprintf(out, ".Ic %s\n", name);
	fprintf(out, ".Ed\n");
}
