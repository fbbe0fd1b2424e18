/*
 * The tables of a day's file that hold rows for people, with their columns:
 * the files are made from them, and the tables over all days.
 */
#ifndef HISTORY_TABLES_H
#define HISTORY_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "proto/keys.h"
#include "proto/topic.h"

struct history_column {
	const char *name, *type; /* as SQL has them, constraints included */
	const char *help;
};

struct history_table {
	const char *name;
	enum topic_kind kind;  /* of a message: its keys are the first columns */
	const struct history_column *columns; /* those, or those that follow; ended by NULL */
	const char *help;
	const char *wire; /* column that is MessagePack in the files, JSON over all days; NULL: none */
};

/* Ended by a row without name. */
extern const struct history_table history_tables[];

/* Appends `"a" TEXT,"b" …`, or without types. */
void history_table_columns(struct buf *sql, const struct history_table *table, bool types);
/* The SQL type of a message's key. */
const char *history_key_type(const struct key_desc *key);
/* How many columns, and the name of column i. */
size_t history_table_width(const struct history_table *table);
const char *history_table_column_name(const struct history_table *table, size_t i);
/* Whether column i is one that is shown as JSON. */
bool history_table_column_wire(const struct history_table *table, size_t i);
/* Appends the quoted name of column i, or that with its type. */
void history_table_column(struct buf *sql, const struct history_table *table, size_t i);
void history_table_column_typed(struct buf *sql, const struct history_table *table, size_t i);

#endif
