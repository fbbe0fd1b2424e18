/* The protocol's words and bodies as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include "proto/fields.h"
#include "proto/messages.h"
#include "proto/reject.h"

/* Help stands on a line of its own, where no word of it is taken for a macro. */
static void row(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, ".It Ic %s Ta %s Ta\n%s", name, type, help);
}

static void key_type(const struct key_desc *k, char *text, size_t size)
{
	static const char *const names[] = {
		[KEY_ID] = "id", [KEY_TEXT] = "text", [KEY_TOKEN] = "text", [KEY_UINT] = "integer",
		[KEY_NUMBER] = "number", [KEY_BOOL] = "bool", [KEY_ENUM] = "word", [KEY_VALUE] = "map",
	};
	const char *mark = k->flags & KEY_REQUIRED ? "" : k->flags & KEY_OMIT ? ", absent" : ", nil";

	snprintf(text, size, "%s%s", names[k->type], mark);
}

/* "sim, bridge, replay or daemon"; the first of the names is what an unknown
 * word reads as, and no word of the wire. */
static void print_words(FILE *out, const char *const *names)
{
	for (int i = 1; names[i]; i++)
		fprintf(out, "%s%s", i == 1 ? ": " : names[i + 1] ? ", " : " or ", names[i]);
}

static void print_keys(FILE *out, const struct key_desc *keys, size_t n)
{
	fprintf(out, ".Bl -column \"weight_kg\" \"integer, nil\" \"meaning\"\n"
		     ".It Sy key Ta Sy type Ta Sy meaning\n");
	for (size_t i = 0; i < n; i++) {
		char type[32];

		key_type(&keys[i], type, sizeof(type));
		row(out, keys[i].key, type, keys[i].help);
		if (keys[i].type == KEY_ENUM)
			print_words(out, keys[i].names);
		fprintf(out, "\n");
	}
	fprintf(out, ".El\n");
}

void doc_bodies(FILE *out)
{
	static const char *const titles[TOPIC_COUNT] = {
		[TOPIC_HB] = "heartbeat", [TOPIC_EV] = "event", [TOPIC_CM] = "command progress",
		[TOPIC_PL] = "plan changed", [TOPIC_AL] = "alarm", [TOPIC_OR] = "order",
	};

	for (int t = 0; t < TOPIC_COUNT; t++) {
		size_t n;
		const struct key_desc *keys = message_keys((enum topic_kind)t, &n);

		if (!n)
			continue;
		fprintf(out, ".Ss %s: %s\n", topic_name((enum topic_kind)t), titles[t]);
		print_keys(out, keys, n);
	}
}

static void begin_numbers(FILE *out, const char *what)
{
	fprintf(out, ".Bl -column \"number\" \"meaning\"\n.It Sy %s Ta Sy meaning\n", what);
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

void doc_rejects(FILE *out)
{
	fprintf(out, ".Bl -column \"too-deep\" \"meaning\"\n.It Sy reason Ta Sy meaning\n");
	for (int r = 0; r < REJECT_COUNT; r++)
		fprintf(out, ".It Ic %s Ta\n%s\n", reject_name((enum reject_reason)r),
		    reject_help((enum reject_reason)r));
	fprintf(out, ".El\n");
}
