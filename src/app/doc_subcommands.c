/* The subcommands as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include <string.h>

#include "app/app.h"

void doc_subcommands(FILE *out)
{
	fprintf(out, ".Bl -tag -compact -width completion\n");
	for (const struct subcommand *s = subcommand_table; s->name; s++) {
		fprintf(out, ".It Ic %s\n", s->name);
		doc_text(out, s->summary);
	}
	fprintf(out, ".El\n");
}

static void put_flags(FILE *out, const struct flag_desc *flags)
{
	if (!flags || !flags->name)
		return;
	fprintf(out, ".Bl -tag -width Ds\n");
	for (; flags->name; flags++) {
		fprintf(out, ".It");
		if (flags->letter)
			fprintf(out, " Fl %c ,", flags->letter);
		fprintf(out, " Fl -%s", flags->name);
		if (flags->value)
			fprintf(out, " Ar %s", flags->value);
		fprintf(out, "\n");
		doc_sentence(out, flags->help);
		if (flags->option)
			fprintf(out, "Sets\n.Ic %s\nfor this run.\n", flags->option);
	}
	fprintf(out, ".El\n");
}

void doc_subcommand(FILE *out, const struct subcommand *s)
{
	fprintf(out, ".D1 Nm Ic %s Oo Ar options Oc", s->name);
	if (*s->operands)
		fprintf(out, " Ar \"%s\"", s->operands);
	fprintf(out, "\n.Pp\n");
	doc_sentence(out, s->summary);
	put_flags(out, s->options);
}

void doc_common_flags(FILE *out)
{
	put_flags(out, common_flags);
}
