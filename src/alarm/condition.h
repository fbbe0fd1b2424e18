/*
 * The `when` of a rule: read once, asked on every sample.
 *
 *	battery < 15 and in_air
 *	not position_valid and (mode = mission or mode = goto)
 *	age_s > lost_s and source_up
 *	unknown battery and armed
 *
 * A term is a comparison ( < <= > >= = != ; == is = ) of an operand with a
 * number, another operand or, for `mode`, a word; a yes/no operand by itself; or
 * `known` or `unknown` and an operand. They are joined by `not`, `and` and `or`,
 * binding in that order, and parentheses. A number may have its operand's unit
 * after it: "battery < 15 %".
 *
 * Answers have three values (S. C. Kleene, 1938): a comparison with something
 * unknown is unknown; `and` is false where either side is, `or` true where either is,
 * whatever the other; else unknown where either is. An unknown condition
 * neither raises an alarm nor clears one.
 */
#ifndef ALARM_CONDITION_H
#define ALARM_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm/operand.h"
#include "base/err.h"

#define CONDITION_NODES_MAX 64
#define CONDITION_DEPTH_MAX 16
#define CONDITION_TEXT_MAX 1000 /* bytes */

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

enum node_op {
	NODE_AND,
	NODE_OR,
	NODE_NOT, /* a, b: nodes */
	NODE_LESS,
	NODE_AT_MOST,
	NODE_MORE,
	NODE_AT_LEAST,
	NODE_EQUAL,
	NODE_OTHER, /* operands, or number */
	NODE_YES,
	NODE_KNOWN,
	NODE_UNKNOWN, /* a: operand */
};

struct node {
	uint8_t op;    /* enum node_op */
	uint8_t a, b;  /* b == OPERAND_COUNT: the number */
	double number;
};

struct condition {
	struct node nodes[CONDITION_NODES_MAX]; /* parts before what they are part of */
	int count;
	int root;
	uint8_t terms[CONDITION_NODES_MAX]; /* what the root `and`s, in order: nodes */
	int term_count;
	uint64_t uses[2]; /* operands it speaks of */
	/* The first comparison with a number: what the alarm measures, and the limit. */
	int measure;      /* its node; -1: none */
};

/* 0, or -1 with a sentence that names word and column. */
int condition_parse(struct condition *c, const char *text, struct err *err);
enum truth condition_eval(const struct condition *c, struct operands *v);
/* The condition with another number as its measure's limit; false where it
 * measures nothing. */
bool condition_with_limit(const struct condition *from, double limit, struct condition *out);

/* What the alarm measures: OPERAND_COUNT for none; and the limit at this
 * instant, NAN where there is none. */
enum operand condition_measure(const struct condition *c);
double condition_limit(const struct condition *c, struct operands *v);

static inline bool condition_uses(const struct condition *c, enum operand o)
{
	return c->uses[o >> 6] >> (o & 63) & 1;
}

#endif
