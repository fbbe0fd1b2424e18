/* The `when` of a rule, asked: see condition.h. */
#include "alarm/condition.h"

#include <math.h>

static enum truth of_bool(bool b)
{
	return b ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth compare(const struct node *n, struct operands *v)
{
	double a = operands_get(v, n->a);
	double b = n->b == OPERAND_COUNT ? n->number : operands_get(v, n->b);

	if (isnan(a) || isnan(b))
		return TRUTH_UNKNOWN;
	switch (n->op) {
	case NODE_LESS: return of_bool(a < b);
	case NODE_AT_MOST: return of_bool(a <= b);
	case NODE_MORE: return of_bool(a > b);
	case NODE_AT_LEAST: return of_bool(a >= b);
	case NODE_EQUAL: return of_bool(a == b);
	default: return of_bool(a != b);
	}
}

static enum truth eval(const struct condition *c, const struct node *n, struct operands *v)
{
	enum truth a, b;
	double x;

	switch (n->op) {
	case NODE_AND:
	case NODE_OR: {
		/* What settles the matter, whatever the other side. */
		enum truth settles = n->op == NODE_AND ? TRUTH_FALSE : TRUTH_TRUE;

		a = eval(c, &c->nodes[n->a], v);
		if (a == settles)
			return a;
		b = eval(c, &c->nodes[n->b], v);
		return b == settles || a != TRUTH_UNKNOWN ? b : a;
	}
	case NODE_NOT:
		a = eval(c, &c->nodes[n->a], v);
		return a == TRUTH_UNKNOWN ? a : of_bool(a == TRUTH_FALSE);
	case NODE_YES:
		x = operands_get(v, n->a);
		return isnan(x) ? TRUTH_UNKNOWN : of_bool(x != 0);
	case NODE_KNOWN:
		return of_bool(!isnan(operands_get(v, n->a)));
	case NODE_UNKNOWN:
		return of_bool(isnan(operands_get(v, n->a)));
	default:
		return compare(n, v);
	}
}

enum truth condition_eval(const struct condition *c, struct operands *v)
{
	enum truth all = TRUTH_TRUE;

	for (int i = 0; i < c->term_count; i++) {
		enum truth one = eval(c, &c->nodes[c->terms[i]], v);

		if (one == TRUTH_FALSE)
			return one;
		if (one == TRUTH_UNKNOWN)
			all = one;
	}
	return all;
}

bool condition_with_limit(const struct condition *from, double limit, struct condition *out)
{
	if (from->measure < 0 || from->nodes[from->measure].b != OPERAND_COUNT)
		return false;
	*out = *from;
	out->nodes[out->measure].number = limit;
	return true;
}

enum operand condition_measure(const struct condition *c)
{
	return c->measure < 0 ? OPERAND_COUNT : c->nodes[c->measure].a;
}

double condition_limit(const struct condition *c, struct operands *v)
{
	const struct node *n;

	if (c->measure < 0)
		return NAN;
	n = &c->nodes[c->measure];
	return n->b == OPERAND_COUNT ? n->number : operands_get(v, n->b);
}
