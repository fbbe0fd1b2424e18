/*
 * The tables of a day's file, and connections to it.
 *
 * user_version is the version of the schema, application_id says that it is
 * a history at all. A file of an older version is read as it is and changed
 * by nothing but its own day's writer; one of a newer version is refused.
 */
#ifndef HISTORY_SCHEMA_H
#define HISTORY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "history/sqlite.h"
#include "history/tables.h"
#include "proto/keys.h"
#include "proto/topic.h"

/* 1: the first. 2: columns that messages have gained (until, why, count and
 * source of alarms, over and reason of commands), and kind of drones, which the
 * first files of 1 are without. 3: the table of plans. */
#define SCHEMA_VERSION 3
#define SCHEMA_APPLICATION 0x4f445953 /* "ODYS" */

/* Why a connection could not be had or used. */
enum schema_trouble {
	TROUBLE_NONE,
	TROUBLE_DISK,    /* full, read-only, I/O error, no permission: try again */
	TROUBLE_LOCKED,  /* another process holds it: try again */
	TROUBLE_DAMAGED, /* no database, or a broken one */
	TROUBLE_NEWER,   /* of a later version */
	TROUBLE_EMPTY,   /* a file without tables yet */
};

enum schema_trouble schema_trouble(int sqlite_code);

/* Opens for writing and makes the tables where there are none. */
enum schema_trouble schema_open(sqlite3 **db, const char *path, struct err *err);
/* Opens for reading; the file is never changed. */
enum schema_trouble schema_open_read(sqlite3 **db, const char *path, struct err *err);
int schema_exec(sqlite3 *db, const char *sql);
/* The value under that key of the table `marks`; otherwise where there is none. */
int64_t schema_mark(sqlite3 *db, const char *key, int64_t otherwise);

/* Whether numbers that loops run over can be true of a file of that size: SQLITE_OK,
 * SQLITE_CORRUPT or an error. A file can be well-formed and yet say anything. */
int schema_check_numbers(sqlite3 *db);

/* The statement that inserts a message: its keys in order, then arrived. */
void schema_insert_message(struct buf *sql, enum topic_kind kind);
/* Binds a message's struct from parameter 1; reads one from column 0. */
void schema_bind_message(sqlite3_stmt *stmt, enum topic_kind kind, const void *in);
void schema_read_message(sqlite3_stmt *stmt, enum topic_kind kind, void *out);
/* `"id","drone",…` of a kind's keys. */
void schema_message_columns(struct buf *sql, enum topic_kind kind);

/* A table as a file of any version has it: its name, or where it lacks
 * columns of ours a subquery in which they are NULL; without rows where it
 * lacks the table. */
void schema_table_of(sqlite3 *db, struct buf *sql, const struct history_table *table);
bool schema_has_table(sqlite3 *db, const char *name);
const struct history_table *schema_message_table(enum topic_kind kind);
/* NULL where there is none of that name. */
const struct history_table *schema_table(const char *name);

/* Text, or NULL where it is empty. */
void schema_bind_text(sqlite3_stmt *stmt, int i, const char *text);
/* A column's text, "" for NULL, cut to fit. */
void schema_read_text(sqlite3_stmt *stmt, int i, char *out, size_t size);

#endif
