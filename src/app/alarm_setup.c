/* Alarms out of the configuration: see alarm_setup.h. */
#include "app/alarm_setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What is left out is not said, rather than said to be empty. */
static const char *said(const char *text)
{
	return *text ? text : NULL;
}

int alarm_setup_rules(const struct config *config, struct rule_set *rules, struct err *err)
{
	struct rule_words *own = xcalloc(config->alarm_count + 1, sizeof(*own));
	struct err why;
	int ret;

	for (size_t i = 0; i < config->alarm_count; i++) {
		const struct config_alarm *a = &config->alarms[i];

		own[i] = (struct rule_words){
			.name = a->name,
			.when = said(a->when),
			.hold = said(a->hold),
			.clear = said(a->clear),
			.level = said(a->level),
			.text = said(a->text),
			.only = said(a->only),
			.latch = *a->latch ? strcmp(a->latch, "yes") == 0 : -1,
			.off = !a->on,
		};
	}
	ret = rule_set_build(rules, own, config->alarm_count, &why);
	if (ret == -1)
		err_set(err, "%s: %s", config_where(config, "alarm", rules->wrong, rules->wrong_word),
		    why.text);
	free(own);
	return ret;
}
