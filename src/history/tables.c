/* The tables for people: see tables.h. */
#include "history/tables.h"

#include <string.h>

#include "proto/messages.h"

static const struct history_column arrived[] = {
	{ "arrived", "INTEGER NOT NULL", "when it came, ms, by the daemon's clock" },
	{ 0 },
};

static const struct history_column gaps[] = {
	{ "drone", "TEXT NOT NULL", "whose samples are missing" },
	{ "boot", "INTEGER NOT NULL", "of which boot" },
	{ "first_seq", "INTEGER NOT NULL", "first that is missing" },
	{ "last_seq", "INTEGER NOT NULL", "last that is missing" },
	{ "state", "TEXT NOT NULL", "open, filled or lost" },
	{ "why", "TEXT", "how it came to that" },
	{ "at", "INTEGER NOT NULL", "since when, ms" },
	{ 0 },
};

static const struct history_column rejects[] = {
	{ "arrived", "INTEGER NOT NULL", "when it came, ms, by the daemon's clock" },
	{ "source", "TEXT", "name or endpoint" },
	{ "topic", "BLOB", "the first frame" },
	{ "body", "BLOB", "the second" },
	{ "reason", "TEXT NOT NULL", "a word" },
	{ "detail", "TEXT", "a sentence" },
	{ 0 },
};

static const struct history_column flights[] = {
	{ "id", "TEXT PRIMARY KEY", "drone and start" },
	{ "drone", "TEXT NOT NULL", "who flew" },
	{ "boot", "INTEGER NOT NULL", "its boot" },
	{ "start", "INTEGER NOT NULL", "arming or leaving the ground, ms" },
	{ "end", "INTEGER", "on the ground again, ms; NULL: still on" },
	{ "start_lat", "REAL", "degrees" },
	{ "start_lon", "REAL", "degrees" },
	{ "end_lat", "REAL", "degrees" },
	{ "end_lon", "REAL", "degrees" },
	{ "distance", "REAL", "m over ground" },
	{ "highest", "REAL", "m above home" },
	{ "battery_start", "REAL", "%" },
	{ "battery_end", "REAL", "%" },
	{ "battery_used", "REAL", "%" },
	{ "used", "REAL", "mAh" },
	{ "ended", "TEXT", "landed, emergency, restarted or lost" },
	{ "flown", "INTEGER NOT NULL", "1 once it has been in the air" },
	{ "last_seq", "INTEGER NOT NULL", "newest sample counted" },
	{ "last_time", "INTEGER NOT NULL", "its time, ms" },
	{ 0 },
};

static const struct history_column drones[] = {
	{ "no", "INTEGER PRIMARY KEY", "its number in the day's file" },
	{ "id", "TEXT NOT NULL UNIQUE", "the drone" },
	{ "source", "TEXT", "whose it is" },
	{ "feed", "TEXT", "endpoint of that source" },
	{ "model", "TEXT", "what it is" },
	{ "kind", "TEXT", "sim, bridge, replay or daemon: what speaks for it" },
	{ "at", "INTEGER", "since when that is known, ms" },
	{ 0 },
};

static const struct history_column plans[] = {
	{ "drone", "TEXT NOT NULL", "whose it is" },
	{ "rev", "INTEGER", "revision, as its source counts" },
	{ "at", "INTEGER NOT NULL", "since when it was so, ms; the beginning of the day where it was so before" },
	{ "items", "INTEGER NOT NULL", "points of the mission; 0: none is loaded" },
	{ "fences", "INTEGER NOT NULL", "areas of its fence" },
	{ "rallies", "INTEGER NOT NULL", "rally points" },
	{ "content", "BLOB NOT NULL", "the plan as JSON; in the file as MessagePack" },
	{ "arrived", "INTEGER NOT NULL", "when it came, ms, by the daemon's clock" },
	{ 0 },
};

const struct history_table history_tables[] = {
	{ "events", TOPIC_EV, arrived, "what happened", NULL },
	{ "commands", TOPIC_CM, arrived, "each stage of each command", NULL },
	{ "alarms", TOPIC_AL, arrived, "each change of each alarm", NULL },
	{ "orders", TOPIC_OR, arrived, "each change of each order", NULL },
	{ "gaps", TOPIC_UNKNOWN, gaps, "holes in the samples", NULL },
	{ "rejects", TOPIC_UNKNOWN, rejects, "messages that were refused", NULL },
	{ "flights", TOPIC_UNKNOWN, flights, "from arming or leaving the ground to landing", NULL },
	{ "drones", TOPIC_UNKNOWN, drones, "the drones of each day", NULL },
	{ "plans", TOPIC_UNKNOWN, plans, "missions, fences and rally points", "content" },
	{ 0 },
};

const char *history_key_type(const struct key_desc *k)
{
	switch (k->type) {
	case KEY_UINT:
	case KEY_BOOL:
		return "INTEGER";
	case KEY_NUMBER:
		return "REAL";
	default:
		return "TEXT";
	}
}

static size_t table_keys(const struct history_table *table, const struct key_desc **keys)
{
	size_t n = 0;

	*keys = NULL;
	if (table->kind != TOPIC_UNKNOWN)
		*keys = message_keys(table->kind, &n);
	return n;
}

void history_table_columns(struct buf *sql, const struct history_table *table, bool types)
{
	const struct key_desc *keys;
	size_t n = table_keys(table, &keys);
	const char *comma = "";

	for (size_t i = 0; i < n; i++, comma = ",")
		buf_printf(sql, "%s\"%s\" %s", comma, keys[i].key, types ? history_key_type(&keys[i]) : "");
	for (const struct history_column *c = table->columns; c->name; c++, comma = ",")
		buf_printf(sql, "%s\"%s\" %s", comma, c->name, types ? c->type : "");
}

size_t history_table_width(const struct history_table *table)
{
	const struct key_desc *keys;
	size_t n = table_keys(table, &keys);

	for (const struct history_column *c = table->columns; c->name; c++)
		n++;
	return n;
}

const char *history_table_column_name(const struct history_table *table, size_t i)
{
	const struct key_desc *keys;
	size_t n = table_keys(table, &keys);

	return i < n ? keys[i].key : table->columns[i - n].name;
}

bool history_table_column_wire(const struct history_table *table, size_t i)
{
	return table->wire && strcmp(history_table_column_name(table, i), table->wire) == 0;
}

void history_table_column(struct buf *sql, const struct history_table *table, size_t i)
{
	buf_printf(sql, "\"%s\"", history_table_column_name(table, i));
}

void history_table_column_typed(struct buf *sql, const struct history_table *table, size_t i)
{
	const struct key_desc *keys;
	size_t n = table_keys(table, &keys);

	history_table_column(sql, table, i);
	buf_printf(sql, " %s", i < n ? history_key_type(&keys[i]) : table->columns[i - n].type);
}
