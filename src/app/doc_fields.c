/* The telemetry sample and its words as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "proto/fields.h"
#include "proto/messages.h"

static void put(FILE *out, const char *text)
{
	/* A dot or quote that begins a line is roff's. */
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (const char *start = text; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		/* A new sentence, a new line. */
		else if (text > start && text[0] == ' ' && text[-1] == '.' && isupper((unsigned char)text[1]))
			putc('\n', out);
		else
			putc(*text, out);
	}
}

void doc_text(FILE *out, const char *text)
{
	put(out, text);
	putc('\n', out);
}

void doc_sentence(FILE *out, const char *text)
{
	putc(toupper((unsigned char)*text), out);
	put(out, text + 1);
	fputs(".\n", out);
}

/* Whether the bounds are narrower than the type's own. */
static bool has_bounds(const struct field_desc *d)
{
	static const struct {
		const char *type;
		int64_t min, max;
	} types[] = {
		{ "uint8", 0, UINT8_MAX }, { "uint16", 0, UINT16_MAX }, { "uint32", 0, UINT32_MAX },
		{ "uint64", 0, INT64_MAX }, { "int16", INT16_MIN, INT16_MAX },
		{ "int32", INT32_MIN, INT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].type, d->type) == 0)
			return d->min != types[i].min || d->max != types[i].max;
	}
	return true;
}

/* ", 1e-7 deg": printf would say 1e-07. */
static void put_step(FILE *out, const struct field_desc *d)
{
	char scale[32], *zero;

	snprintf(scale, sizeof(scale), "%g", d->scale);
	zero = strstr(scale, "e-0");
	if (zero)
		memmove(zero + 2, zero + 3, strlen(zero + 3) + 1);
	fprintf(out, ", %s%s%s", scale, *d->unit ? " " : "", d->unit);
}

void doc_fields(FILE *out)
{
	fprintf(out, ".Bl -column \"29\" \"waypoints\" \"uint16, 0.001 m/s\" \"meaning\"\n"
		     ".It Sy \"#\" Ta Sy name Ta Sy type Ta Sy meaning\n");
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_desc *d = &field_table[f];

		fprintf(out, ".It %d Ta Va %s Ta %s", f, d->name, d->type);
		if (*d->unit || d->scale != 1)
			put_step(out, d);
		fprintf(out, " Ta\n");
		put(out, d->help);
		if (has_bounds(d))
			fprintf(out, "; %lld to %lld", (long long)d->min, (long long)d->max);
		fprintf(out, "\n");
	}
	fprintf(out, ".El\n");
}

static void begin_numbers(FILE *out, const char *what)
{
	fprintf(out, ".Bl -column \"severity\" \"meaning\"\n.It Sy %s Ta Sy meaning\n", what);
}

void doc_modes(FILE *out)
{
	begin_numbers(out, "mode");
	for (int m = 0; m < MODE_COUNT; m++)
		fprintf(out, ".It %d Ta %s\n", m, mode_name(m));
	fprintf(out, ".El\n");
}

void doc_flags(FILE *out)
{
	static const char *const help[FLAG_COUNT] = {
		"the motors turn, or may at any moment",
		"it flies",
		"it acts on a failsafe of its own",
		"lat and lon are where it is; clear: an estimate, or nothing",
		"it knows where to return to",
		"the battery takes charge",
		"it sends video",
		"its payload is aboard",
	};

	begin_numbers(out, "bit");
	for (int b = 0; b < FLAG_COUNT; b++)
		fprintf(out, ".It %d Ta %s: %s\n", b, flag_names[b], help[b]);
	fprintf(out, ".El\n");
}

void doc_fixes(FILE *out)
{
	begin_numbers(out, "fix");
	for (int f = FIX_NONE; f <= FIX_RTK; f++) {
		/* 1 has no meaning of its own. */
		if (f != 1)
			fprintf(out, ".It %d Ta %s\n", f, fix_name(f));
	}
	fprintf(out, ".El\n");
}

void doc_severities(FILE *out)
{
	begin_numbers(out, "severity");
	for (unsigned s = 0; s < SEVERITY_COUNT; s++)
		fprintf(out, ".It %u Ta %s\n", s, severity_name(s));
	fprintf(out, ".El\n");
}
