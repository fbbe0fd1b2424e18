/* The option table as odyssey.conf and as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "config/config.h"

#define WIDTH 78

static void comment(FILE *out, const char *text)
{
	int column = 0;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (column && column + 1 + n > WIDTH) {
			fprintf(out, "\n");
			column = 0;
		}
		column += fprintf(out, "%s%.*s", column ? " " : "# ", n, text);
		text += n + strspn(text + n, " ");
	}
	fprintf(out, "\n");
}

static void takes(const struct option_desc *o, char *text, size_t size)
{
	switch (o->type) {
	case OPTION_NUMBER:
		snprintf(text, size, "%.10g to %.10g%s%s", o->min, o->max, o->unit ? " " : "",
		    o->unit ? o->unit : "");
		break;
	case OPTION_BOOL:
		snprintf(text, size, "yes or no");
		break;
	case OPTION_WORD:
		snprintf(text, size, "one of %s", o->choices);
		break;
	case OPTION_ID:
		snprintf(text, size, "1 to 32 of A-Z a-z 0-9 _ -");
		break;
	case OPTION_ENDPOINT:
		snprintf(text, size, "tcp://HOST:PORT or ipc://PATH");
		break;
	case OPTION_PATH:
		snprintf(text, size, "a path; ~/ at its start is the home directory");
		break;
	case OPTION_TEXT:
		snprintf(text, size, "a text");
		break;
	}
}

static void print_option(FILE *out, const struct option_desc *o)
{
	/* The one thing that is not commented out: odyssey-sim where it binds by itself. */
	bool active = strcmp(o->section, "source") == 0 && strcmp(o->key, "feed") == 0;
	const char *value = o->needed ? o->needed : o->initial;
	char help[256], range[128];

	snprintf(help, sizeof(help), "%c%s.", toupper((unsigned char)o->help[0]), o->help + 1);
	takes(o, range, sizeof(range));
	fprintf(out, "\n");
	comment(out, help);
	fprintf(out, "#   %s\n%s%s =%s%s\n", range, active ? "" : "#", o->key, *value ? " " : "",
	    value);
}

void doc_conf(FILE *out)
{
	const char *section = "";

	comment(out,
	    "odyssey.conf: the configuration of Odyssey, every option with its default. See "
	    "odyssey.conf(5). A line that begins with # is a comment; take the # away to set "
	    "another value. Each option can also come from the environment "
	    "(ODYSSEY_SECTION_KEY), and some from the command line. Programs never write this "
	    "file.");
	for (const struct option_desc *o = option_table; o->section; o++) {
		if (strcmp(section, o->section) != 0) {
			section = o->section;
			fprintf(out, "\n");
			comment(out, section_find(section)->about);
			fprintf(out, "[%s%s%s]\n", section, section_find(section)->a ? " " : "",
			    section_find(section)->a ? section_find(section)->sample : "");
		}
		print_option(out, o);
	}
}

static void environment_name(const struct option_desc *o, char *text, size_t size)
{
	snprintf(text, size, "ODYSSEY_%s%s_%s", o->section,
	    section_find(o->section)->a ? "_NAME" : "", o->key);
	for (char *p = text; *p; p++)
		*p = (char)toupper((unsigned char)*p);
}

void doc_options(FILE *out)
{
	const char *section = "";

	for (const struct option_desc *o = option_table; o->section; o++) {
		char range[128], name[96];

		if (strcmp(section, o->section) != 0) {
			if (*section)
				fprintf(out, ".El\n");
			section = o->section;
			fprintf(out, ".Ss [%s%s]\n", section,
			    section_find(section)->a ? " NAME" : "");
			doc_text(out, section_find(section)->about);
			fprintf(out, ".Bl -tag -width Ds\n");
		}
		takes(o, range, sizeof(range));
		environment_name(o, name, sizeof(name));
		fprintf(out, ".It Ic %s\n", o->key);
		doc_sentence(out, o->help);
		fprintf(out, "Takes %s; %s: %s%s%s.\nEnvironment:\n.Ev %s .\n", range,
		    o->needed ? "needed, as in" : "default",
		    o->needed ? o->needed : *o->initial ? o->initial : "none", *o->initial && o->unit ? " " : "",
		    *o->initial && o->unit ? o->unit : "", name);
	}
	fprintf(out, ".El\n");
}
