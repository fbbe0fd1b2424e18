/* The `when` of a rule, read: see condition.h. By recursive descent, its depth
 * bounded. */
#include <ctype.h>
#include <string.h>

#include "alarm/condition.h"
#include "base/mem.h"
#include "base/str.h"

#define WORD_SIZE 64

enum token { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_COMPARE, TOKEN_OPEN, TOKEN_CLOSE };

struct parser {
	struct condition *c;
	const char *text, *at;
	struct err *err;
	int depth;

	enum token token;     /* the one to be looked at */
	char word[WORD_SIZE]; /* as written */
	double number;
	enum node_op compare;
	size_t column;        /* from 1 */
};

static const struct {
	const char *text;
	enum node_op op, mirrored; /* 15 > x is x < 15 */
} compares[] = {
	/* the longer before its beginning */
	{ "<=", NODE_AT_MOST, NODE_AT_LEAST },
	{ ">=", NODE_AT_LEAST, NODE_AT_MOST },
	{ "==", NODE_EQUAL, NODE_EQUAL },
	{ "!=", NODE_OTHER, NODE_OTHER },
	{ "<", NODE_LESS, NODE_MORE },
	{ ">", NODE_MORE, NODE_LESS },
	{ "=", NODE_EQUAL, NODE_EQUAL },
};

static enum node_op mirrored(enum node_op op)
{
	for (size_t i = 0; i < ARRAY_LEN(compares); i++) {
		if (compares[i].op == op)
			return compares[i].mirrored;
	}
	return op;
}

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static int take_word(struct parser *p, size_t len)
{
	if (!str_copy_n(p->word, sizeof(p->word), p->at, len))
		return err_set(
		    p->err, "\"%s...\" at column %zu is too long for a word", p->word, p->column);
	p->at += len;
	return 0;
}

/* "15", "-2.5", "1e3", and "m/s" or "%/min" as one word. */
static int next(struct parser *p)
{
	size_t len = 0;

	while (isspace((unsigned char)*p->at))
		p->at++;
	p->column = (size_t)(p->at - p->text) + 1;
	p->word[0] = '\0';
	if (!*p->at) {
		p->token = TOKEN_END;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(compares); i++) {
		if (str_starts(p->at, compares[i].text)) {
			p->token = TOKEN_COMPARE;
			p->compare = compares[i].op;
			return take_word(p, strlen(compares[i].text));
		}
	}
	if (*p->at == '(' || *p->at == ')') {
		p->token = *p->at == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
		return take_word(p, 1);
	}
	if (isdigit((unsigned char)*p->at) || strchr("+-.", *p->at)) {
		do
			len++;
		while (isalnum((unsigned char)p->at[len]) || p->at[len] == '.' ||
		    (strchr("+-", p->at[len]) && p->at[len] && strchr("eE", p->at[len - 1])));
		if (take_word(p, len) == -1)
			return -1;
		p->token = TOKEN_NUMBER;
		if (!str_double(p->word, &p->number))
			return err_set(
			    p->err, "\"%s\" at column %zu is no number", p->word, p->column);
		return 0;
	}
	while (is_word_byte(p->at[len]) || p->at[len] == '%' || (len > 0 && p->at[len] == '/'))
		len++;
	if (len == 0) {
		/* A whole character, should it be one of several bytes. */
		do
			len++;
		while (((unsigned char)p->at[len] & 0xc0) == 0x80);
		take_word(p, len < 4 ? len : 4);
		str_clean(p->word);
		return err_set(
		    p->err, "\"%s\" at column %zu means nothing here", p->word, p->column);
	}
	p->token = TOKEN_WORD;
	return take_word(p, len);
}

static bool at_word(const struct parser *p, const char *word)
{
	return p->token == TOKEN_WORD && strcmp(p->word, word) == 0;
}

static int unexpected(struct parser *p, const char *wanted)
{
	if (p->token == TOKEN_END)
		return err_set(
		    p->err, "it ends at column %zu where %s is wanted", p->column, wanted);
	return err_set(
	    p->err, "\"%s\" at column %zu stands where %s is wanted", p->word, p->column, wanted);
}

/* The new node's number, or -1. */
static int add(struct parser *p, struct node node)
{
	struct condition *c = p->c;

	if (c->count == CONDITION_NODES_MAX)
		return err_set(p->err, "it has more than %d parts; make two rules of it",
		    CONDITION_NODES_MAX);
	c->nodes[c->count] = node;
	return c->count++;
}

static void use(struct condition *c, int operand)
{
	c->uses[operand >> 6] |= UINT64_C(1) << (operand & 63);
}

static int take_operand(struct parser *p, enum operand *o)
{
	const char *near;

	if (p->token != TOKEN_WORD)
		return unexpected(p, "an operand");
	*o = operand_find(p->word);
	if (*o != OPERAND_COUNT) {
		use(p->c, *o);
		return next(p);
	}
	near = operand_nearest(p->word);
	if (near)
		return err_set(p->err, "there is no operand \"%s\" (column %zu); did you mean %s?",
		    p->word, p->column, near);
	return err_set(p->err,
	    "there is no operand \"%s\" (column %zu); odyssey-alarms(5) lists them", p->word,
	    p->column);
}

static int take_mode(struct parser *p, double *number)
{
	for (int m = 0; p->token == TOKEN_WORD && m < MODE_COUNT; m++) {
		if (strcmp(mode_name(m), p->word) == 0) {
			*number = m;
			return next(p);
		}
	}
	return unexpected(p, "a mode (hold, goto, mission, rtl, land, ...)");
}

/* A unit after a number: that of the operand, or nothing. */
static int take_unit(struct parser *p, enum operand o)
{
	const char *unit = operand_desc(o)->unit;

	if (p->token != TOKEN_WORD || at_word(p, "and") || at_word(p, "or") || at_word(p, "not"))
		return 0;
	if (*unit && strcmp(p->word, unit) == 0)
		return next(p);
	return err_set(p->err, "\"%s\" at column %zu: %s is %s%s", p->word, p->column,
	    operand_desc(o)->name, *unit ? "in " : "a number without a unit", unit);
}

static int compare_with(struct parser *p, enum operand o)
{
	struct node n = { .op = p->compare, .a = o, .b = OPERAND_COUNT };
	enum operand_kind kind = operand_desc(o)->kind;
	enum operand other;
	size_t column = p->column;
	int at;

	if (next(p) == -1)
		return -1;
	if (kind == OPERAND_MODE) {
		if (n.op != NODE_EQUAL && n.op != NODE_OTHER)
			return err_set(p->err, "a mode is = or != another (column %zu)", column);
		return take_mode(p, &n.number) == -1 ? -1 : add(p, n);
	}
	if (p->token == TOKEN_NUMBER) {
		n.number = p->number;
		if (next(p) == -1 || take_unit(p, o) == -1)
			return -1;
	} else {
		if (p->token != TOKEN_WORD)
			return unexpected(p, "a number or an operand");
		if (take_operand(p, &other) == -1)
			return -1;
		if (operand_desc(other)->kind != kind)
			return err_set(p->err, "%s and %s (column %zu) cannot be compared",
			    operand_desc(o)->name, operand_desc(other)->name, column);
		n.b = other;
	}
	at = add(p, n);
	if (at >= 0 && p->c->measure < 0 && kind == OPERAND_NUMBER)
		p->c->measure = at;
	return at;
}

static int number_first(struct parser *p)
{
	struct node n = { .b = OPERAND_COUNT, .number = p->number };
	enum operand o;
	int at;

	if (next(p) == -1)
		return -1;
	if (p->token != TOKEN_COMPARE)
		return unexpected(p, "a comparison");
	n.op = mirrored(p->compare);
	if (next(p) == -1 || take_operand(p, &o) == -1)
		return -1;
	if (operand_desc(o)->kind == OPERAND_MODE)
		return err_set(p->err, "a mode is compared with a word: mode = rtl");
	n.a = o;
	at = add(p, n);
	if (at >= 0 && p->c->measure < 0 && operand_desc(o)->kind == OPERAND_NUMBER)
		p->c->measure = at;
	return at;
}

static int term(struct parser *p)
{
	enum operand o;
	size_t column = p->column;

	if (p->token == TOKEN_NUMBER)
		return number_first(p);
	if (at_word(p, "known") || at_word(p, "unknown")) {
		enum node_op op = at_word(p, "known") ? NODE_KNOWN : NODE_UNKNOWN;

		if (next(p) == -1 || take_operand(p, &o) == -1)
			return -1;
		return add(p, (struct node){ .op = op, .a = o });
	}
	if (take_operand(p, &o) == -1)
		return -1;
	if (p->token == TOKEN_COMPARE)
		return compare_with(p, o);
	if (operand_desc(o)->kind == OPERAND_YES_NO)
		return add(p, (struct node){ .op = NODE_YES, .a = o });
	return err_set(p->err, "%s (column %zu) is no yes or no: compare it with %s",
	    operand_desc(o)->name, column,
	    operand_desc(o)->kind == OPERAND_MODE ? "a mode" : "a number");
}

static int either(struct parser *p);

static int negation(struct parser *p)
{
	int at;

	if (p->depth == CONDITION_DEPTH_MAX)
		return err_set(p->err, "it is nested deeper than %d at column %zu",
		    CONDITION_DEPTH_MAX, p->column);
	if (at_word(p, "not")) {
		p->depth++;
		at = next(p) == -1 ? -1 : negation(p);
		p->depth--;
		return at < 0 ? -1 : add(p, (struct node){ .op = NODE_NOT, .a = (uint8_t)at });
	}
	if (p->token != TOKEN_OPEN)
		return term(p);
	p->depth++;
	at = next(p) == -1 ? -1 : either(p);
	p->depth--;
	if (at < 0)
		return -1;
	if (p->token != TOKEN_CLOSE)
		return unexpected(p, "\")\"");
	return next(p) == -1 ? -1 : at;
}

static int chain(struct parser *p, const char *word, enum node_op op, int (*part)(struct parser *))
{
	int left = part(p), right;

	while (left >= 0 && at_word(p, word)) {
		right = next(p) == -1 ? -1 : part(p);
		left = right < 0 ? -1
				 : add(p, (struct node){
					      .op = op, .a = (uint8_t)left, .b = (uint8_t)right });
	}
	return left;
}

static int both(struct parser *p)
{
	return chain(p, "and", NODE_AND, negation);
}

static int either(struct parser *p)
{
	return chain(p, "or", NODE_OR, both);
}

/* The left of a chain of `and` is the chain before it. */
static void list_terms(struct condition *c)
{
	int at = c->root, n = 0;

	for (; c->nodes[at].op == NODE_AND; at = c->nodes[at].a)
		c->terms[n++] = c->nodes[at].b;
	c->terms[n++] = (uint8_t)at;
	c->term_count = n;
	for (int i = 0; i < n / 2; i++) {
		uint8_t last = c->terms[n - 1 - i];

		c->terms[n - 1 - i] = c->terms[i];
		c->terms[i] = last;
	}
}

int condition_parse(struct condition *c, const char *text, struct err *err)
{
	struct parser p = { .c = c, .text = text, .at = text, .err = err };

	memset(c, 0, sizeof(*c));
	c->measure = -1;
	if (strlen(text) > CONDITION_TEXT_MAX)
		return err_set(err, "it is longer than %d bytes", CONDITION_TEXT_MAX);
	if (next(&p) == -1)
		return -1;
	c->root = either(&p);
	if (c->root < 0)
		return -1;
	if (p.token != TOKEN_END)
		return unexpected(&p, "\"and\", \"or\" or the end");
	list_terms(c);
	return 0;
}
