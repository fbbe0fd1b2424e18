/* Feed and control socket as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include "proto/commands.h"
#include "proto/control.h"
#include "proto/messages.h"
#include "proto/reject.h"
#include "proto/topic.h"

static const struct {
	const char *id, *title, *help;
} topics[TOPIC_COUNT] = {
	[TOPIC_TM] = { "drone", "telemetry sample", "at the drone's rate, 10 a second unless told otherwise" },
	[TOPIC_HB] = { "source", "heartbeat", "once a second, always; a daemon sends only its own" },
	[TOPIC_EV] = { "drone", "event", "when something happens; nothing after the dot where it concerns no drone" },
	[TOPIC_CM] = { "drone", "command progress", "at each change of stage" },
	[TOPIC_PL] = { "drone", "plan changed", "when mission, fence or rally points change" },
	[TOPIC_AL] = { "drone", "alarm", "at each change of state, by a daemon; nothing after the dot where it concerns no drone" },
	[TOPIC_OR] = { "order", "order", "at each change of state, by a daemon" },
	[TOPIC_VD] = { "drone", "video frame", "while video is on" },
};

void doc_topics(FILE *out)
{
	fprintf(out, ".Bl -column \"hb.source\" \"command progress, map\" \"sent\"\n"
		     ".It Sy topic Ta Sy body Ta Sy sent\n");
	for (int t = 0; t < TOPIC_COUNT; t++) {
		const char *shape = t == TOPIC_TM || t == TOPIC_VD ? "array" : "map";

		fprintf(out, ".It Ic %s. Ns Ar %s Ta %s, %s Ta\n", topic_name((enum topic_kind)t),
		    topics[t].id, topics[t].title, shape);
		doc_text(out, topics[t].help);
	}
	fprintf(out, ".El\n");
}

/* "sim, bridge, replay or daemon"; the first of the names is what an unknown
 * word reads as, and no word of the wire. */
static void put_words(FILE *out, const char *const *names)
{
	for (int i = 1; names[i]; i++)
		fprintf(out, "%s%s", i == 1 ? ": " : names[i + 1] ? ", " : " or ", names[i]);
}

static void put_keys(FILE *out, const struct key_desc *keys, size_t n)
{
	static const char *const types[] = {
		[KEY_ID] = "id", [KEY_TEXT] = "text", [KEY_TOKEN] = "text", [KEY_UINT] = "integer",
		[KEY_NUMBER] = "number", [KEY_BOOL] = "bool", [KEY_ENUM] = "word", [KEY_VALUE] = "map",
	};

	fprintf(out, ".Bl -column \"weight_kg\" \"integer, or absent\" \"meaning\"\n"
		     ".It Sy key Ta Sy type Ta Sy meaning\n");
	for (size_t i = 0; i < n; i++) {
		const struct key_desc *k = &keys[i];

		fprintf(out, ".It Va %s Ta %s%s Ta\n%s", k->key, types[k->type],
		    k->flags & KEY_REQUIRED ? "" : k->flags & KEY_OMIT ? ", or absent" : ", or nil",
		    k->help);
		if (k->type == KEY_ENUM)
			put_words(out, k->names);
		fprintf(out, "\n");
	}
	fprintf(out, ".El\n");
}

void doc_bodies(FILE *out)
{
	for (int t = 0; t < TOPIC_COUNT; t++) {
		size_t n;
		const struct key_desc *keys = message_keys((enum topic_kind)t, &n);

		if (!n)
			continue;
		fprintf(out, ".Ss %s: %s\n", topic_name((enum topic_kind)t), topics[t].title);
		put_keys(out, keys, n);
	}
}

void doc_ops(FILE *out)
{
	fprintf(out, ".Bl -tag -width Ds\n");
	for (int o = 0; o < OP_COUNT; o++) {
		fprintf(out, ".It Ic %s\n%c%s%s.\n", op_table[o].name, op_table[o].help[0] - 'a' + 'A',
		    op_table[o].help + 1, op_table[o].daemon_only ? " (daemons only)" : "");
		if (op_table[o].n)
			put_keys(out, op_table[o].keys, op_table[o].n);
	}
	fprintf(out, ".El\n");
}

void doc_codes(FILE *out)
{
	fprintf(out, ".Bl -column \"unknown-command\" \"meaning\"\n.It Sy code Ta Sy meaning\n");
	for (int c = CODE_BAD_REQUEST; c < CODE_COUNT; c++) {
		fprintf(out, ".It Ic %s Ta\n", code_name((enum code)c));
		doc_text(out, code_help((enum code)c));
	}
	fprintf(out, ".El\n");
}

void doc_rejects(FILE *out)
{
	fprintf(out, ".Bl -column \"truncated\" \"meaning\"\n.It Sy reason Ta Sy meaning\n");
	for (int r = 0; r < REJECT_COUNT; r++) {
		fprintf(out, ".It Ic %s Ta\n", reject_name((enum reject_reason)r));
		doc_text(out, reject_help((enum reject_reason)r));
	}
	fprintf(out, ".El\n");
}

static void put_arg(FILE *out, const struct arg_desc *a)
{
	fprintf(out, ".It Va %s Ta %s%s%s%s Ta\n%s", a->name, arg_type_names[a->type],
	    *a->unit ? ", " : "", a->unit, a->required ? "" : ", or absent", a->help);
	if (a->type == ARG_NUMBER)
		fprintf(out, "; %g to %g", a->min, a->max);
	fprintf(out, "\n");
}

/* A mission is dangerous only where it starts by itself. */
static void put_danger(FILE *out, enum command cmd)
{
	static const char *const help[DANGER_COUNT] = {
		[DANGER_NO] = "Needs no confirmation",
		[DANGER_YES] = "Dangerous: needs confirmation",
		[DANGER_AIR] = "Dangerous: needs confirmation unless the drone is known to be on the ground",
		[DANGER_GROUND] = "Dangerous: needs confirmation unless the drone is known to fly",
	};

	fprintf(out, "%s%s", help[command_table[cmd].danger],
	    cmd == CMD_MISSION ? ", or the mission is not to start" : "");
}

void doc_commands(FILE *out)
{
	fprintf(out, ".Bl -tag -width Ds\n");
	for (int c = 0; c < CMD_COUNT; c++) {
		const struct command_desc *d = &command_table[c];
		size_t n = command_arg_count((enum command)c);

		fprintf(out, ".It Ic %s\n", d->name);
		doc_sentence(out, d->help);
		fprintf(out, "Done when: %s.\n", d->done_when);
		put_danger(out, (enum command)c);
		fprintf(out, " (%s).\n", danger_names[d->danger]);
		if (!n)
			continue;
		fprintf(out, ".Bl -column \"height\" \"float64, m/s, or absent\" \"meaning\"\n"
			     ".It Sy arg Ta Sy type Ta Sy meaning\n");
		for (size_t i = 0; i < n; i++)
			put_arg(out, &d->args[i]);
		fprintf(out, ".El\n");
	}
	fprintf(out, ".El\n");
}

void doc_command_lines(FILE *out)
{
	static const char *const several[] = {
		[SEVERAL_AT_ONCE] = "To several at once.",
		[SEVERAL_COUNTED] = "To several if their number is confirmed.",
		[SEVERAL_NEVER] = "To one drone at a time.",
	};

	fprintf(out, ".Bl -tag -width Ds\n");
	for (int c = 0; c < CMD_COUNT; c++) {
		const struct command_desc *d = &command_table[c];

		fprintf(out, ".It Ic %s", d->name);
		for (size_t i = 0; i < command_arg_count((enum command)c); i++) {
			const struct arg_desc *a = &d->args[i];

			fprintf(out, " %sAr %s", a->required ? "" : "Op ",
			    a->type == ARG_ITEMS ? "FILE" : a->name);
		}
		fprintf(out, "\n");
		doc_sentence(out, d->help);
		put_danger(out, (enum command)c);
		fprintf(out, ".\n%s\n", several[d->several]);
	}
	fprintf(out, ".El\n");
}
