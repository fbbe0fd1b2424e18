/*
 * Alarm rules: those built in (rules.c), changed and added to by the
 * configuration's [alarm NAME] sections, read into what watch.h runs.
 *
 * The words of a rule:
 *
 *	when   condition.h
 *	for    how long it must hold before it counts: "5s" (also m, h), or "3x",
 *	       samples in a row; "" at once
 *	clear  the deadband: a number in place of the first one in `when`, which
 *	       must then no longer hold; or a condition of its own; "" when
 *	       `when` no longer holds
 *	level  watch, warning, critical
 *	text   for a person: {battery} is an operand's value, {limit} what it was
 *	       compared with, {source}, {other}, {zone}, {detail} names
 *	only   words with a blank or comma between: modes (any of them), in_air,
 *	       ground, armed, disarmed (each of them), and patterns of drone ids, or
 *	       model:PATTERN of models (any of them)
 *	latch  when it is over, it stands until acknowledged once more
 */
#ifndef ALARM_RULE_H
#define ALARM_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alarm/condition.h"
#include "base/buf.h"
#include "base/err.h"
#include "proto/messages.h"

#define RULES_MAX 64       /* sets of rules are one word */
#define RULE_TEXT_MAX 200  /* bytes of a text template */
#define RULE_ONLY_MAX 256
#define RULE_FOR_MAX_MS (24 * 3600 * 1000LL)

/* As written. NULL or "": not said, so the built-in rule's of that name, or
 * the default. */
struct rule_words {
	const char *name; /* [A-Za-z0-9_-]{1,32} */
	const char *when, *hold, *clear, *level, *text, *only; /* hold: `for` */
	int latch;        /* 0 no, 1 yes, -1 not said */
	bool off;         /* taken out */
	const char *help; /* of built-in ones: why it is there */
};

extern const struct rule_words rules_builtin[]; /* ended by a row without a name */

struct rule {
	char name[NAME_SIZE];
	int level;                /* enum alarm_level */
	enum operand_of of;
	struct condition when;
	struct condition clear;   /* it is over when this holds */
	bool clear_negated;       /* ... when this does not */
	int64_t hold_ms;          /* `for`: 0 at once */
	unsigned hold_samples;    /* `for` as a count; 0: not so */
	bool latch;
	unsigned by;              /* enum operand_by: what can change it */
	char text[RULE_TEXT_MAX + 1];
	char only[RULE_ONLY_MAX + 1]; /* the patterns alone, blanks between; "": all */
	uint16_t modes;           /* bit m: in that mode; 0: in any */
	int8_t in_air, armed;     /* 1, 0, or -1: either */
	bool gated;               /* any of these three is said */
};

struct rule_set {
	struct rule *rules; /* owned */
	size_t count;
	/* Of a set that could not be built: the rule, and which of its words, by its name
	 * in the configuration; NULL: none of them. */
	char wrong[NAME_SIZE];
	const char *wrong_word;
};

/* Built-in rules and the given ones over and after them: 0, or -1 with a
 * sentence that names rule and word, and both in set. */
int rule_set_build(struct rule_set *set, const struct rule_words *own, size_t n, struct err *err);
void rule_set_clear(struct rule_set *set);
/* NULL where there is none. */
const struct rule *rule_find(const struct rule_set *set, const char *name);

/* True if the rule is for that drone at all. */
bool rule_for_drone(const struct rule *r, const char *id, const char *model);

/* What texts name that is no operand. NULL or "": not known. */
struct rule_names {
	const char *source, *other, *zone, *detail;
};
/* The text at this instant, into text; an unknown value is "?". */
void rule_say(const struct rule *r, struct operands *v, const struct rule_names *names,
    char text[TEXT_SIZE]);
/* An operand's value as texts have it: "14.9", "yes", "rtl", "?". */
void rule_say_value(char *out, size_t size, enum operand o, double value);

#endif
