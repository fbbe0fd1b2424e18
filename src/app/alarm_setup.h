/*
 * What the configuration says of alarms, made ready: its [alarm NAME] sections
 * over the built-in rules. For the daemon, which runs them, and for odyssey
 * check, which says what is wrong.
 */
#ifndef APP_ALARM_SETUP_H
#define APP_ALARM_SETUP_H

#include "alarm/rule.h"
#include "config/config.h"

/* 0, or -1 with a sentence that names file, line, section and word. */
int alarm_setup_rules(const struct config *config, struct rule_set *rules, struct err *err);

#endif
