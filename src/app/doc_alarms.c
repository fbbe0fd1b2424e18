/* Alarm rules and what they speak of, as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include <string.h>

#include "alarm/rule.h"

/* As it stands in the middle of a line. */
static void put_inline(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else
			putc(*text, out);
	}
}

static void put_word(FILE *out, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	fprintf(out, "%s = ", key);
	put_inline(out, value);
	putc('\n', out);
}

void doc_rules(FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (const struct rule_words *r = rules_builtin; r->name; r++) {
		fprintf(out, ".It Ic %s\n", r->name);
		doc_text(out, r->help);
		fputs(".Bd -literal\n", out);
		put_word(out, "when", r->when);
		put_word(out, "for", r->hold);
		put_word(out, "clear", r->clear);
		put_word(out, "level", r->level);
		put_word(out, "text", r->text);
		fputs(".Ed\n", out);
	}
	fputs(".El\n", out);
}

static void put_operand(FILE *out, enum operand o)
{
	const struct operand_desc *d = operand_desc(o);
	const char *kind = d->kind == OPERAND_YES_NO ? "yes/no"
			   : d->kind == OPERAND_MODE ? "mode"
						     : d->unit;

	fprintf(out, ".It Va %s Ta %s Ta\n", d->name, kind);
	doc_text(out, d->help);
}

/* Those that are no fields, by what they are of. */
void doc_operands(FILE *out)
{
	static const struct { enum operand_of of; const char *title;
	} parts[] = {
		{ OF_DRONE, "Of a drone" },
		{ OF_SOURCE, "Of a source" },
		{ OF_SITE, "Of the site" },
	};

	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
		fprintf(out, ".Ss %s\n", parts[p].title);
		fputs(".Bl -column \"height_over_ceiling_m\" \"yes/no\" \"meaning\"\n"
		      ".It Sy name Ta Sy unit Ta Sy meaning\n", out);
		for (int o = FIELD_COUNT; o < OPERAND_COUNT; o++) {
			if (operand_desc(o)->of == parts[p].of)
				put_operand(out, o);
		}
		fputs(".El\n", out);
	}
}
