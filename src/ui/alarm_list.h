/*
 * The list of pane 4: what stands, in order of importance (level, not
 * acknowledged, newest), what is put aside, and then what happened, newest
 * first: events, and alarms that have ended.
 *
 * A flood (more than ALARM_FLOOD raised within ten minutes, EEMUA 191's limit
 * for one operator) is said, and alarms of one rule then are one row, unless
 * that rule is opened.
 *
 * The cursor is an alarm, a rule or an event, never a row: what comes in above
 * it moves it along.
 */
#ifndef UI_ALARM_LIST_H
#define UI_ALARM_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/model.h"

#define ALARM_FLOOD     10
#define ALARM_FLOOD_MS  (10 * 60 * 1000)
#define ALARM_GROUP_MIN 3 /* fewer of a rule stay rows of their own */

enum alarm_row_kind { ROW_NONE, ROW_ALARM, ROW_GROUP, ROW_EVENT };

struct alarm_row {
	enum alarm_row_kind kind;
	size_t index;          /* of the alarm (of a group: its most important) or event */
	size_t count, unacked; /* of a group */
	int level;
	bool asks;             /* not acknowledged */
	int64_t time_ms;       /* it is ordered by */
};

struct alarm_cursor {
	enum alarm_row_kind kind; /* ROW_NONE: on what matters most */
	char id[COMMAND_ID_SIZE > NAME_SIZE ? COMMAND_ID_SIZE : NAME_SIZE]; /* or the rule */
	uint64_t number; /* of an event, from 0 ever */
};

struct alarm_view {
	struct alarm_row *rows; /* owned; valid until the model changes */
	size_t count, cap;
	size_t standing; /* rows of what stands or is put aside: the first ones */
	size_t alarms, unacked, shelved, out, recent;
	bool flood;
	struct alarm_cursor cursor;
	size_t at, top; /* row of the cursor, first row shown */
	char open[NAME_SIZE]; /* a rule whose group is opened; "" */
	/* Asked whether to acknowledge all up to this number. */
	uint64_t asked;
	size_t asked_count;
	bool asked_drawn, asked_shown;
};

/* Makes the rows anew and finds the cursor. */
void alarm_list_update(struct alarm_view *v, const struct model *m);
void alarm_list_free(struct alarm_view *v);
/* Puts the cursor on a row. */
void alarm_list_go(struct alarm_view *v, const struct model *m, size_t row);
/* The row's alarm, the most important of a group; NULL for an event. */
struct ui_alarm *alarm_list_alarm(const struct model *m, const struct alarm_row *row);
const struct ui_event *alarm_list_event(const struct model *m, const struct alarm_row *row);

/* "UNACKED 8 s", "acked jk", "cleared 13:49:40", "shelved till 14:10": returns text. */
#define ALARM_STATE_SIZE 64
const char *alarm_state_text(
    const struct model *m, const struct alarm *al, bool wide, char text[ALARM_STATE_SIZE]);
/* What the alarm says, how often it came, whether it chatters or stands long. */
void alarm_full_text(
    const struct model *m, const struct ui_alarm *a, char *text, size_t size);
/* "14 alarms of link weak: D01 D02 D03 ..." */
void alarm_group_text(
    const struct model *m, const struct alarm_row *row, char *text, size_t size);

#endif
