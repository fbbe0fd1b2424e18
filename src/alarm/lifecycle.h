/*
 * The life of an alarm (ANSI/ISA-18.2-2016, 5.3 and figure 3; IEC 62682), one
 * struct each, without clock or text.
 *
 *	          condition      over         acknowledged
 *	(none) ──► raised ──────► returned ──────────────► cleared
 *	             │ acknowledged   ▲ condition: raised again, the same alarm
 *	             ▼                │ over, where it latches
 *	           acked ─────────────┴──── over ─────────► cleared
 *
 *	any ──shelved──► shelved ──end, or taken back──► raised if the condition
 *	                                                 holds, else cleared
 *
 * Raised and acked hold while the condition does. Returned: over, but nobody
 * has said that he saw it. Cleared is the end; what comes after is another
 * alarm. Acknowledging never ends a condition. A latching alarm that is over
 * wants an acknowledgement made after that. Shelving always has an end, and
 * while it lasts the condition may come and go unsaid.
 *
 * Out of service (ISA-18.2, 5.3.2) is the same without a time: for an alarm
 * whose subject is gone, until that is heard again or somebody returns it.
 */
#ifndef ALARM_LIFECYCLE_H
#define ALARM_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/messages.h"

/* The longest that an alarm may be put aside. */
#define SHELVE_MAX_MS (24 * 3600 * 1000LL)

struct life {
	int state;        /* enum alarm_state; ALARM_UNKNOWN: not begun */
	bool holds;       /* the condition does */
	bool latch;
	int64_t shelved_until_ms; /* 0: not shelved */
};

/* Each returns whether the state changed, that is, whether it is to be told. */
bool life_condition(struct life *l, bool holds);
bool life_ack(struct life *l);
/* False also where until is not after now, or later than SHELVE_MAX_MS. */
bool life_shelve(struct life *l, int64_t until_ms, int64_t now_ms);
bool life_out(struct life *l);
/* Takes back what is shelved, and returns to service what is out of it. */
bool life_unshelve(struct life *l);
/* Ends a shelving whose time has come. */
bool life_clock(struct life *l, int64_t now_ms);

static inline bool life_ended(const struct life *l)
{
	return l->state == ALARM_CLEARED;
}

/*
 * Debounce: a condition counts once it has held long or often enough, and an
 * unknown neither helps nor harms. Zero-initialised is nothing pending.
 */
struct pending {
	int64_t since_ms; /* monotonic; of the first time in a row */
	unsigned count;   /* times in a row; 0: none */
};

/* truth is an enum truth, seen now; true once it is to be raised. sample says
 * whether a sample made it (a count counts these). */
bool pending_step(struct pending *p, int truth, int64_t hold_ms, unsigned hold_samples, bool sample,
    int64_t now_mono_ms);

#endif
