/* The history's tables as mdoc: see doc_parts.h. */
#include "app/doc_parts.h"

#include <ctype.h>
#include <string.h>

#include "history/tables.h"
#include "proto/fields.h"
#include "proto/messages.h"

static void begin(FILE *out)
{
	fprintf(out, ".Bl -column \"battery_start\" \"integer\" \"meaning\"\n"
		     ".It Sy column Ta Sy type Ta Sy meaning\n");
}

/* "INTEGER NOT NULL" is "integer". */
static void begin_row(FILE *out, const char *name, const char *type)
{
	fprintf(out, ".It Va %s Ta ", name);
	for (; isalpha((unsigned char)*type); type++)
		putc(tolower((unsigned char)*type), out);
	fprintf(out, " Ta\n");
}

/* The words of an enum, after what it is for. */
static void put_help(FILE *out, const struct key_desc *key)
{
	fputs(key->help, out);
	for (int i = 1; key->type == KEY_ENUM && key->names[i]; i++)
		fprintf(out, "%s%s", i == 1 ? ": " : key->names[i + 1] ? ", " : " or ", key->names[i]);
	putc('\n', out);
}

static void put_table(FILE *out, const struct history_table *t)
{
	const struct key_desc *keys = NULL;
	size_t n = 0;

	if (t->kind != TOPIC_UNKNOWN)
		keys = message_keys(t->kind, &n);
	begin(out);
	for (size_t i = 0; i < n; i++) {
		begin_row(out, keys[i].key, history_key_type(&keys[i]));
		put_help(out, &keys[i]);
	}
	for (const struct history_column *c = t->columns; c->name; c++) {
		begin_row(out, c->name, t->wire && strcmp(c->name, t->wire) == 0 ? "TEXT" : c->type);
		doc_text(out, c->help);
	}
	fprintf(out, ".El\n");
}

static void put_telemetry(FILE *out)
{
	begin(out);
	begin_row(out, "drone", "TEXT");
	doc_text(out, "the drone");
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_desc *d = &field_table[f];
		bool whole = f == FIELD_time || d->scale == 1;

		begin_row(out, d->name, whole ? "INTEGER" : "REAL");
		/* Time alone stays in the wire's unit. */
		fprintf(out, "%s%s%s\n", d->help, *d->unit ? "; " : "", f == FIELD_time ? "ms" : d->unit);
	}
	begin_row(out, "arrived", "INTEGER");
	doc_text(out, "hidden: when it came, ms, by the daemon's clock");
	begin_row(out, "backfilled", "INTEGER");
	doc_text(out, "hidden: 1 where it was asked for again, 0 where it came by itself");
	begin_row(out, "length", "INTEGER");
	doc_text(out, "hidden: elements of the array it came in");
	fprintf(out, ".El\n");
}

bool doc_table(FILE *out, const char *name)
{
	if (strcmp(name, "telemetry") == 0) {
		put_telemetry(out);
		return true;
	}
	for (const struct history_table *t = history_tables; t->name; t++) {
		if (strcmp(t->name, name) == 0) {
			put_table(out, t);
			return true;
		}
	}
	return false;
}
