/* ":wp ...": see draft_line.c and the help of the command. */
#ifndef UI_DRAFT_LINE_H
#define UI_DRAFT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ui;

/* words[0] is "wp": 0, or -1 with a sentence. */
int draft_line(struct ui *ui, int count, char **words, struct err *err);
/* ":mission load FILE" and ":mission save FILE" are of the draft too, where no drone is
 * called that: ":mission DRONE FILE" gives one its mission. */
bool draft_is_meant(struct ui *ui, int count, char **words);
extern const char *const draft_mission_verbs[]; /* ended by NULL */
/* The i-th word that may follow, NULL past the last. */
const char *draft_verb(size_t i);

#endif
