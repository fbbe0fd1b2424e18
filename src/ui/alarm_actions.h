/*
 * What keys and lines do with alarms. Acknowledging says that somebody saw it:
 * an alarm that was not on the screen for ALARM_LOOK_MS is shown instead, and
 * has to be acknowledged again.
 */
#ifndef UI_ALARM_ACTIONS_H
#define UI_ALARM_ACTIONS_H

#include <stdint.h>

#include "base/err.h"

struct ui;

#define ALARM_LOOK_MS 300

/* The one of the cursor, or the most important that is not. */
void action_alarm_ack(struct ui *ui, int arg);
/* All that are known: asks first. */
void action_alarm_ack_all(struct ui *ui, int arg);
/* A key while it asks. */
void alarm_ask_key(struct ui *ui, uint32_t key);
/* Next (1) and previous (-1) of those that stand: its drone is selected and shown. */
void action_alarm_next(struct ui *ui, int step);
/* The cursor of pane 4 by rows. */
void action_alarm_move(struct ui *ui, int rows);
/* Enter: its drone on the map, or opens a group and closes it. */
void action_alarm_show(struct ui *ui, int arg);
/* The line that takes the alarm of the cursor out of service, but for the reason. */
void action_alarm_out(struct ui *ui, int arg);
void action_silence(struct ui *ui, int arg);

/* ":ack [DRONE [RULE] | all]", ":shelve DRONE RULE TIME|out WHY", ":unshelve DRONE RULE",
 * ":silence [TIME|off]". */
int alarm_line_ack(struct ui *ui, int count, char **words, struct err *err);
int alarm_line_shelve(struct ui *ui, int count, char **words, struct err *err);
int alarm_line_unshelve(struct ui *ui, int count, char **words, struct err *err);
int alarm_line_silence(struct ui *ui, int count, char **words, struct err *err);
const char *alarm_candidate(struct ui *ui, int word, int n);

#endif
