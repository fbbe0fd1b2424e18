/*
 * Words that stand for a position at the screen, beside the positions of
 * format/position.h:
 *
 *	@cursor		the crosshair
 *	@home		the drone's home
 *	@D05		where drone D05 is
 *	@Vaduz		a place on the map; _ for a blank in its name
 *	+200m@045	so far in that direction from the drone; m or km
 */
#ifndef UI_WHERE_H
#define UI_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/geo.h"

struct ui;
struct ui_drone;

/* True for a word that can only be meant so. */
bool where_is_word(const char *word);
/* What it means; d, whom "@home" and "+" are relative to, may be NULL. 0, or
 * -1 with a sentence that quotes the word. */
int where_word(struct ui *ui, const struct ui_drone *d, const char *word, struct geo_point *out,
    struct err *err);
/* Words that begin a position: such a word, or as many as position.h reads, at
 * most count. Returns how many, 0 for none with the sentence why. */
int where_read(struct ui *ui, const struct ui_drone *d, int count, char **words,
    struct geo_point *out, struct err *err);
/* The n-th word that may complete typed, which begins with @; NULL past the last. */
const char *where_candidate(struct ui *ui, const char *typed, int n);

#endif
