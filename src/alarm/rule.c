/* Alarm rules, read and matched: see rule.h. */
#include "alarm/rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define SEPARATORS " ,\t"

static int read_level(struct rule *r, const char *level, struct err *err)
{
	const char *near;

	for (int l = LEVEL_WATCH; l < LEVEL_COUNT; l++) {
		if (strcmp(level, alarm_level_names[l]) == 0) {
			r->level = l;
			return 0;
		}
	}
	near = str_nearest(level, alarm_level_names);
	return err_set(err, "level: \"%.40s\" is no level; did you mean %s?", level,
	    near && strcmp(near, "unknown") != 0 ? near : "watch, warning or critical");
}

static int read_hold(struct rule *r, const char *hold, struct err *err)
{
	char number[16];
	size_t len = strlen(hold);
	int64_t n;

	if (len == 0)
		return 0;
	if (hold[len - 1] == 'x' && str_copy_n(number, sizeof(number), hold, len - 1) &&
	    str_int(number, 1, 1000, &n)) {
		r->hold_samples = (unsigned)n;
		return 0;
	}
	if (duration_parse(hold, &n) && n >= 0 && n <= RULE_FOR_MAX_MS) {
		r->hold_ms = n;
		return 0;
	}
	return err_set(err, "for: \"%.40s\" is neither a time (5s, 2m, at most 24h) nor a count of "
		"samples (3x, at most 1000x)", hold);
}

/* Whether an alarm could be over while its condition holds: then it would come and go
 * with each sample. Behind a `not` sides are turned round, and nothing is said. */
static bool clear_within(const struct condition *when, double limit)
{
	const struct node *n = when->measure < 0 ? NULL : &when->nodes[when->measure];

	for (int i = 0; i < when->count; i++) {
		if (when->nodes[i].op == NODE_NOT)
			return false;
	}
	if (!n || n->b != OPERAND_COUNT)
		return false;
	switch (n->op) {
	case NODE_LESS:
	case NODE_AT_MOST:
		return limit < n->number;
	case NODE_MORE:
	case NODE_AT_LEAST:
		return limit > n->number;
	default:
		return false;
	}
}

static int read_clear(struct rule *r, const char *clear, struct err *err)
{
	struct err why;
	double limit;

	r->clear = r->when;
	r->clear_negated = true;
	if (!*clear)
		return 0;
	if (str_double(clear, &limit)) {
		if (clear_within(&r->when, limit))
			return err_set(err,
			    "clear: at %.40s the alarm would be over while `when` still holds; say a "
			    "limit on the other side of %g", clear, r->when.nodes[r->when.measure].number);
		if (condition_with_limit(&r->when, limit, &r->clear))
			return 0;
		return err_set(err,
		    "clear: \"%.40s\" is a number, and `when` compares nothing with one; "
		    "say a condition",
		    clear);
	}
	if (condition_parse(&r->clear, clear, &why) == -1)
		return err_set(err, "clear: %s", why.text);
	r->clear_negated = false;
	return 0;
}

/* The words that stand for names in texts, and where they are in rule_names. */
static const struct {
	const char *word;
	size_t offset;
} name_words[] = {
	{ "source", offsetof(struct rule_names, source) },
	{ "other", offsetof(struct rule_names, other) },
	{ "zone", offsetof(struct rule_names, zone) },
	{ "detail", offsetof(struct rule_names, detail) },
};

/* What a {word} is, its length without braces. False: nothing. */
struct slot {
	bool limit, negated;
	int name;             /* index in name_words, or -1 */
	enum operand operand;
};

static bool read_slot(const char *at, size_t len, struct slot *s)
{
	char word[64];

	*s = (struct slot){ .name = -1, .operand = OPERAND_COUNT };
	if (!str_copy_n(word, sizeof(word), at, len))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(name_words); i++) {
		if (strcmp(word, name_words[i].word) == 0)
			s->name = (int)i;
	}
	s->limit = strcmp(word, "limit") == 0;
	s->negated = word[0] == '-';
	s->operand = operand_find(word + s->negated);
	return s->name >= 0 || s->limit || s->operand != OPERAND_COUNT;
}

static int read_text(struct rule *r, const char *text, struct err *err)
{
	struct slot slot;

	if (!str_copy(r->text, sizeof(r->text), text))
		return err_set(err, "text: longer than %d bytes", RULE_TEXT_MAX);
	for (const char *open = strchr(text, '{'); open; open = strchr(open + 1, '{')) {
		const char *close = strchr(open, '}');

		if (!close)
			return err_set(
			    err, "text: the { at column %d has no }", (int)(open - text) + 1);
		if (!read_slot(open + 1, (size_t)(close - open - 1), &slot))
			return err_set(err,
			    "text: {%.*s} at column %d is neither an operand nor limit, "
			    "source, other, zone or detail",
			    (int)(close - open - 1 < 40 ? close - open - 1 : 40), open + 1,
			    (int)(open - text) + 1);
	}
	return 0;
}

static bool read_only_word(struct rule *r, const char *word)
{
	static const struct {
		const char *word;
		bool armed;
		int8_t value;
	} states[] = {
		{ "in_air", false, 1 }, { "ground", false, 0 }, { "armed", true, 1 },
		{ "disarmed", true, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (strcmp(word, states[i].word) == 0) {
			*(states[i].armed ? &r->armed : &r->in_air) = states[i].value;
			return true;
		}
	}
	for (int m = 0; m < MODE_COUNT; m++) {
		if (strcmp(word, mode_name(m)) == 0) {
			r->modes |= (uint16_t)(1u << m);
			return true;
		}
	}
	return false;
}

static int read_only(struct rule *r, const char *only, struct err *err)
{
	char *words = xstrdup(only), *rest = words;
	size_t len = 0;

	if (strlen(only) > RULE_ONLY_MAX) {
		free(words);
		return err_set(err, "only: longer than %d bytes", RULE_ONLY_MAX);
	}
	r->in_air = r->armed = -1;
	for (char *w; (w = strsep(&rest, SEPARATORS));) {
		if (!*w || read_only_word(r, w))
			continue;
		len += (size_t)snprintf(
		    r->only + len, sizeof(r->only) - len, "%s%s", len ? " " : "", w);
	}
	free(words);
	r->gated = r->modes || r->in_air >= 0 || r->armed >= 0;
	if (r->of != OF_DRONE && r->gated)
		return err_set(
		    err, "only: a mode or state is a drone's, and this rule is about no drone");
	return 0;
}

static void note_uses(struct rule *r)
{
	r->of = OF_SITE;
	r->by = 0;
	for (int o = 0; o < OPERAND_COUNT; o++) {
		if (condition_uses(&r->when, o) || condition_uses(&r->clear, o)) {
			const struct operand_desc *d = operand_desc(o);

			r->by |= d->by;
			r->of = d->of > r->of ? d->of : r->of;
		}
	}
}

/* *word is the one being read: the one that is wrong where this fails. */
static int read_words(struct rule *r, const struct rule_words *w, const char **word, struct err *err)
{
	struct err why;

	*word = "when";
	if (!w->when || !*w->when)
		return err_set(err, "when: nothing is said; no rule of that name is built in");
	if (condition_parse(&r->when, w->when, &why) == -1)
		return err_set(err, "when: %s", why.text);
	*word = "clear";
	if (read_clear(r, w->clear ? w->clear : "", err) == -1)
		return -1;
	*word = "level";
	if (read_level(r, w->level && *w->level ? w->level : "warning", err) == -1)
		return -1;
	*word = "for";
	if (read_hold(r, w->hold ? w->hold : "", err) == -1)
		return -1;
	*word = "text";
	if (read_text(r, w->text && *w->text ? w->text : w->when, err) == -1)
		return -1;
	note_uses(r);
	*word = "only";
	if (read_only(r, w->only ? w->only : "", err) == -1)
		return -1;
	*word = "for";
	if (r->hold_samples && r->of != OF_DRONE)
		return err_set(err, "for: a count is of a drone's samples, and this rule is about none; "
		    "say a time");
	return 0;
}

static int read_rule(struct rule *r, const struct rule_words *w, const char **word, struct err *err)
{
	struct err why;

	memset(r, 0, sizeof(*r));
	str_copy(r->name, sizeof(r->name), w->name);
	r->latch = w->latch == 1;
	if (read_words(r, w, word, &why) == -1)
		return err_set(err, "alarm %s: %s", w->name, why.text);
	return 0;
}

static const char *either(const char *over, const char *built_in)
{
	return over && *over ? over : built_in;
}

static void lay_over(struct rule_words *w, const struct rule_words *over)
{
	w->when = either(over->when, w->when);
	w->hold = either(over->hold, w->hold);
	w->clear = either(over->clear, w->clear);
	w->level = either(over->level, w->level);
	w->text = either(over->text, w->text);
	w->only = either(over->only, w->only);
	w->latch = over->latch >= 0 ? over->latch : w->latch;
	w->off = over->off;
}

int rule_set_build(struct rule_set *set, const struct rule_words *own, size_t n, struct err *err)
{
	struct rule_words *all = NULL;
	size_t count = 0, cap = 0, at;
	const char *word = NULL, *wrong = "";
	int ret = 0;

	memset(set, 0, sizeof(*set));
	for (const struct rule_words *b = rules_builtin; b->name; b++) {
		mem_grow(all, count, cap);
		all[count++] = *b;
	}
	for (size_t i = 0; i < n; i++) {
		for (at = 0; at < count && strcmp(all[at].name, own[i].name) != 0; at++)
			;
		if (at < count) {
			lay_over(&all[at], &own[i]);
			continue;
		}
		mem_grow(all, count, cap);
		all[count++] = own[i];
	}
	set->rules = xcalloc(RULES_MAX, sizeof(*set->rules));
	for (size_t i = 0; i < count && ret == 0; i++) {
		if (all[i].off)
			continue;
		word = NULL;
		wrong = all[i].name;
		if (set->count == RULES_MAX) {
			ret =
			    err_set(err, "alarm %s: there are more than %d rules; switch some off",
				all[i].name, RULES_MAX);
		} else if (!id_valid(all[i].name, strlen(all[i].name))) {
			ret = err_set(err,
			    "alarm \"%.40s\": a name is 1 to %d letters, digits, - and _",
			    all[i].name, ID_MAX);
		} else {
			ret = read_rule(&set->rules[set->count], &all[i], &word, err);
			set->count++;
		}
	}
	free(all);
	if (ret == -1) {
		rule_set_clear(set);
		str_copy(set->wrong, sizeof(set->wrong), wrong);
		set->wrong_word = word;
	}
	return ret;
}

void rule_set_clear(struct rule_set *set)
{
	free(set->rules);
	memset(set, 0, sizeof(*set));
}

const struct rule *rule_find(const struct rule_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->rules[i].name, name) == 0)
			return &set->rules[i];
	}
	return NULL;
}

bool rule_for_drone(const struct rule *r, const char *id, const char *model)
{
	char words[RULE_ONLY_MAX + 1], *rest = words;

	if (!*r->only)
		return true;
	str_copy(words, sizeof(words), r->only);
	for (char *w; (w = strsep(&rest, " "));) {
		if (str_starts(w, "model:") ? str_glob(w + 6, model) : str_glob(w, id))
			return true;
	}
	return false;
}

void rule_say_value(char *out, size_t size, enum operand o, double value)
{
	const struct operand_desc *d = operand_desc(o);

	if (isnan(value))
		snprintf(out, size, "?");
	else if (d->kind == OPERAND_MODE)
		snprintf(out, size, "%s", mode_name((int64_t)value));
	else if (d->kind == OPERAND_YES_NO)
		snprintf(out, size, "%s", value != 0 ? "yes" : "no");
	else /* 0 rather than -0 */
		snprintf(out, size, "%.*f", d->decimals,
		    fabs(value) < 0.5 * pow(10, -d->decimals) ? 0 : value);
}

/* Appends what stands for the slot. */
static void say_slot(const struct rule *r, const struct slot *s, struct operands *v,
    const struct rule_names *names, char *out, size_t size)
{
	enum operand measure = condition_measure(&r->when);
	double value;

	if (s->name >= 0) {
		const char *name =
		    *(const char *const *)((const char *)names + name_words[s->name].offset);

		str_copy(out, size, name && *name ? name : "?");
	} else if (s->limit) {
		if (measure == OPERAND_COUNT)
			str_copy(out, size, "?");
		else
			rule_say_value(out, size, measure, condition_limit(&r->when, v));
	} else {
		value = operands_get(v, s->operand);
		rule_say_value(out, size, s->operand, s->negated ? -value : value);
	}
}

void rule_say(const struct rule *r, struct operands *v, const struct rule_names *names,
    char text[TEXT_SIZE])
{
	const char *at = r->text;
	size_t len = 0;

	text[0] = '\0';
	while (*at && len < TEXT_SIZE - 1) {
		const char *close = *at == '{' ? strchr(at, '}') : NULL;
		struct slot slot;

		if (close && read_slot(at + 1, (size_t)(close - at - 1), &slot)) {
			say_slot(r, &slot, v, names, text + len, TEXT_SIZE - len);
			len += strlen(text + len);
			at = close + 1;
		} else {
			text[len++] = *at++;
			text[len] = '\0';
		}
	}
	str_trim_utf8(text);
	str_clean(text);
}
