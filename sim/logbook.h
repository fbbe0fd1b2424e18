/*
 * The commands of the last hours: how each stands, and what was answered to
 * it, so that the same id gets the same answer.
 *
 * An entry is known by a number that stays; old ones go from the front, when
 * their time has come or LOGBOOK_MAX is reached.
 */
#ifndef SIM_LOGBOOK_H
#define SIM_LOGBOOK_H

#include <stdbool.h>

#include "base/strmap.h"
#include "proto/control.h"

#define LOGBOOK_MAX 100000
#define LOGBOOK_KEEP_MS (2 * 3600 * 1000)       /* after its last change */
#define LOGBOOK_ANSWER_KEEP_MS (10 * 60 * 1000) /* after it expires */

struct logbook_entry {
	char id[COMMAND_ID_SIZE];
	char drone[ID_SIZE];
	char cmd[ID_SIZE];
	char by[NAME_SIZE];
	size_t number;
	int stage;           /* enum stage, as last published */
	enum code code;      /* of the refusal */
	int64_t time;        /* ms, of the last change */
	int64_t expires;
	char *text;          /* owned */
	bool answered;       /* accepted, or refused by the drone itself */
	enum code answer;    /* CODE_OK or CODE_REJECTED */
	char *answer_text;   /* owned; of a refusal, else NULL */
};

struct logbook {
	struct logbook_entry **entries; /* owned; number - first is the index */
	size_t count, cap;
	size_t first;
	struct strmap ids;             /* id to number */
};

void logbook_clear(struct logbook *l);
/* NULL where it is gone or never was. */
struct logbook_entry *logbook_at(const struct logbook *l, size_t number);
struct logbook_entry *logbook_find(const struct logbook *l, const char *id, size_t *number);
/* The entry with that id, made where there is none. */
struct logbook_entry *logbook_enter(struct logbook *l, const char *id, int64_t now_ms, size_t *number);
void logbook_set(struct logbook_entry *e, int stage, enum code code, int64_t time_ms,
    const char *text);
/* As it goes on the feed and into `commands`. */
void logbook_progress(const struct logbook_entry *e, struct progress *cm);
/* Appends the array of the entries that fit, by the time of their last change;
 * of too many for a body, the newest. "" and KEY_NONE: any. */
void logbook_write(const struct logbook *l, const char *id, const char *drone, uint64_t since,
    struct buf *out);

#endif
