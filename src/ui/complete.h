/* Completion of the command line. */
#ifndef UI_COMPLETE_H
#define UI_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

struct ui;

#define COMPLETE_SHOWN 12

struct completion {
	size_t from;      /* where the word begins in the line */
	char common[256]; /* the word as far as all candidates agree */
	char shown[COMPLETE_SHOWN][64];
	int shown_count;
	size_t count;
	char hint[200]; /* what belongs here: "lat lon [height] [speed]" */
};

/* What may stand where the cursor is. */
void complete_line(struct ui *ui, struct completion *c);
/* What Tab and Shift-Tab go through once nothing more is certain. */
struct completion_cycle {
	bool active; /* until another key */
	size_t from;
	int at, count;
	char words[COMPLETE_SHOWN][64];
};

/* Tab (step 1): puts in what is certain; from then on it and Shift-Tab (step
 * -1) put in what was shown, one after the other. False where nothing was. */
bool complete_apply(struct ui *ui, int step);

#endif
