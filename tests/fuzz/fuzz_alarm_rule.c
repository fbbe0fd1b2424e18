/* A rule of the configuration, its words cut at newlines (when, for, clear,
 * level, text, only): read or refused with a sentence; what is read is asked
 * with values known and not, and says its text. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill_some(struct operands *v, enum operand o)
{
	operands_set(v, o, o % 3 ? (double)o : NAN);
}

static void fill_none(struct operands *v, enum operand o)
{
	operands_set(v, o, NAN);
}

static void ask(const struct rule *r, void (*fill)(struct operands *v, enum operand o))
{
	struct operands v = { .fill = fill };
	struct rule_names names = { .other = "D02" };
	char text[TEXT_SIZE];
	enum truth when = condition_eval(&r->when, &v), clear = condition_eval(&r->clear, &v);

	assert(when <= TRUTH_UNKNOWN && clear <= TRUTH_UNKNOWN);
	/* Without `clear` of its own it is over exactly when it does not hold. */
	if (r->clear_negated && memcmp(&r->when, &r->clear, sizeof(r->when)) == 0)
		assert(when == clear);
	rule_say(r, &v, &names, text);
	assert(strlen(text) < TEXT_SIZE);
	condition_limit(&r->when, &v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1), *rest = copy, *words[6] = { 0 };
	struct rule_words w = { .name = "fuzzed" };
	struct rule_set set;
	struct err err = { "" };

	memcpy(copy, data, size);
	copy[size] = '\0';
	for (int i = 0; i < 6 && rest; i++)
		words[i] = strsep(&rest, "\n");
	w.when = words[0];
	w.hold = words[1];
	w.clear = words[2];
	w.level = words[3];
	w.text = words[4];
	w.only = words[5];
	if (rule_set_build(&set, &w, 1, &err) == 0) {
		const struct rule *r = rule_find(&set, "fuzzed");

		assert(r && r->when.count <= CONDITION_NODES_MAX && r->when.term_count >= 1);
		ask(r, fill_some);
		ask(r, fill_none);
		rule_for_drone(r, "D01", "quad");
		rule_set_clear(&set);
	} else {
		assert(err.text[0]);
	}
	free(copy);
	return 0;
}
