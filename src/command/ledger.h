/*
 * The ledger of commands: who gave what to whom, how far it is, what was
 * answered. One row a command id; the wire's rules on repeating are here.
 *
 *	sent -> accepted -> active -> done | failed
 *	     -> rejected
 *	     -> timeout (unknown), which any later word but `sent` overrides
 *
 * A stage that comes out of order or twice changes nothing. A command that was
 * refused for want of a source, of time or of sense, rather than by the drone,
 * may be given again under its id and starts anew.
 */
#ifndef COMMAND_LEDGER_H
#define COMMAND_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"
#include "proto/control.h"
#include "proto/messages.h"

/* How long the last stage of a command is told by `commands`. */
#define LEDGER_KEEP_MS (24 * 3600 * 1000LL)
/* The oldest are forgotten beyond this many. */
#define LEDGER_MAX 20000
/* An answer is given again for so long after `expires`. */
#define ANSWER_KEEP_MS (10 * 60 * 1000)

struct ledger_row {
	struct progress last; /* its newest stage, as told on the feed */
	bool answered;        /* with accepted or rejected: that stands */
	enum code code;       /* CODE_OK: accepted */
	char text[TEXT_SIZE]; /* of the refusal */
	int64_t keep_until_ms;
	int64_t touched_ms;   /* when its stage last changed */
	bool used;
};

struct ledger {
	struct ledger_row *rows; /* owned; a ring, oldest at `first` */
	size_t first, count, cap;
	struct strmap by_id;
};

void ledger_clear(struct ledger *ledger);
/* NULL where the id is not known. Valid until the next ledger_apply(). */
struct ledger_row *ledger_find(struct ledger *ledger, const char *id);
/* A stage was reached: true where that is news, false where it changes nothing. */
bool ledger_apply(struct ledger *ledger, const struct progress *cm, int64_t now_ms);
/* Nobody can tell any more what becomes of it: its stage is `timeout` whatever
 * it was, unless it had ended. True where that is news. */
bool ledger_abandon(struct ledger *ledger, const struct progress *cm, int64_t now_ms);
/* What the id was answered with; stands until ANSWER_KEEP_MS after expires. */
void ledger_answer(struct ledger *ledger, const char *id, enum code code, const char *text,
    int64_t keep_until_ms);
/* The answer that stands for the id, or NULL. */
const struct ledger_row *ledger_answered(struct ledger *ledger, const char *id, int64_t now_ms);
/* Row i of ledger->count, oldest first. */
const struct ledger_row *ledger_at(const struct ledger *ledger, size_t i);
/* Whether more is to come of it. */
bool stage_is_final(int stage);
/* Appends `commands`, the array, of those that match; drone and id may be "". */
void ledger_write(const struct ledger *ledger, struct buf *b, const char *id, const char *drone,
    uint64_t since);

#endif
