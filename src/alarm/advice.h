/*
 * What speaks against a command before it is sent: a place that is not
 * permitted, a position nobody knows any more, a charge that does not last, a
 * drone in no state to fly it, another operator who is at it.
 *
 *	struct advice_in in = { .cmd = CMD_GOTO, .args = &args, ... };
 *	advise(&in, &list);
 *	for (size_t i = 0; i < list.count; i++)
 *		puts(list.items[i].text);
 *	if (list.needs_reason)
 *		...ask for one, and send list and reason along as `over` and `reason`
 *
 * It only warns: what is sent is the operator's decision. Whoever asks shows
 * all of it before the person decides, and where an item needs a
 * reason sends nothing until one was typed. Nothing is ever said against hold,
 * rtl, land and kill, which nothing may delay: their rows are empty.
 *
 * Pure: the same input, the same words. What is not known gives no advice,
 * but for the position, where not knowing is the advice.
 */
#ifndef ALARM_ADVICE_H
#define ALARM_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alarm/energy.h"
#include "alarm/zones.h"
#include "proto/commands.h"
#include "proto/messages.h"
#include "proto/plan.h"
#include "proto/sample.h"

enum advice_code {
	ADVICE_LOST,       /* not heard for long, or never */
	ADVICE_NO_FIX,     /* heard, but it does not know where it is */
	ADVICE_STALE,      /* not heard for a while */
	ADVICE_CLOCK,      /* its clock is off: how old its words are is uncertain */
	ADVICE_OUTSIDE,    /* the place is not permitted */
	ADVICE_LEAVES,     /* the straight way there leaves what is permitted */
	ADVICE_ENTERS,     /* the straight way there enters what is not */
	ADVICE_CEILING,    /* too high there or on the way */
	ADVICE_ENERGY,     /* the charge is not enough for there and home */
	ADVICE_NOT_ARMED,
	ADVICE_ON_GROUND,
	ADVICE_IN_AIR,     /* of what is for drones on the ground */
	ADVICE_FAILSAFE,   /* it acts by itself just now */
	ADVICE_NO_MISSION, /* there is none to start */
	ADVICE_OTHER,      /* another operator's command is in progress */
	ADVICE_COUNT
};

struct advice_desc {
	const char *name;  /* "outside", as programs are told */
	int level;         /* enum alarm_level */
	bool reason;       /* overriding it needs a typed reason */
	const char *help;
};

extern const struct advice_desc advice_table[ADVICE_COUNT];

struct advice_in {
	enum command cmd;
	const struct command_args *args;

	const char *drone;
	const struct sample *sample;   /* NULL, or known == 0: never heard */
	double age_s;                  /* of the sample */
	double stale_s, lost_s;        /* from which age on it is so */
	double clock_off_s;            /* its source's clock less ours; NAN: not known */
	double home_lat, home_lon;     /* NAN: the sample's, where it says */
	const struct energy_meter *meter; /* what it uses and how fast it goes, as measured; NULL: not known */

	const struct zone_set *zones;  /* may be NULL */
	const struct zone_set *own;    /* made of its plan's fence; may be NULL */
	const struct plan *plan;       /* for start: its mission; NULL: not known */

	const struct progress *open;   /* its newest flying command that has not ended; NULL: none */
	const char *by;                /* who is about to send; NULL: not known */
	int64_t now_ms;                /* UTC */
};

struct advice {
	enum advice_code code;
	char text[240]; /* a sentence without its drone and full stop */
};

struct advice_list {
	struct advice items[ADVICE_COUNT]; /* in order of codes, each at most once */
	size_t count;
	bool needs_reason; /* one of them does */
	int level;         /* the highest; LEVEL_UNKNOWN for none */
};

/* False for a command that nothing is ever said against. */
bool advice_asks(enum command cmd);
/* Whether in.meter matters to it. */
bool advice_asks_energy(enum command cmd);

void advise(const struct advice_in *in, struct advice_list *out);

/* "outside, energy" for `over` of a request; returns text. */
#define ADVICE_CODES_SIZE 200
const char *advice_codes(const struct advice_list *list, char text[ADVICE_CODES_SIZE]);

#endif
