/*
 * What an order would do, shown before it is sent: distance, time, battery on
 * arrival, fence, warnings. It is valid for 15 s and for the state the drones
 * were in; then it is made again, and has to be seen again.
 *
 * Where what speaks against it (preview_advice.h) needs a reason, that is typed
 * first and ended with Enter; only then y counts. It goes along with the
 * command. Nothing is ever asked for hold, rtl and land.
 *
 * Only what is typed after it was seen (preview_shown()) confirms it: y, or for
 * several drones their number and then y.
 */
#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/model.h"
#include "ui/intent.h"
#include "ui/preview_advice.h"
#include "ui/theme.h"

#define PREVIEW_MS    15000
#define PREVIEW_LINES 16

struct preview {
	struct intent intent;
	bool active;
	bool dangerous;
	struct preview_advice advice;
	int64_t advised_mono;
	char reason[200];
	bool reason_done; /* ended with Enter, and nothing else speaks against it since */
	bool count_needed; /* the number of drones has to be typed */
	char refused[200]; /* why it cannot be sent at all; "" where it can */
	char title[200];   /* "goto D07 -> 47.39770 N 8.54560 E, 60 m" */
	struct {
		enum role role;
		char text[240];
	} lines[PREVIEW_LINES];
	int line_count;
	char target[32]; /* of one drone: its id, for the title */
	char typed[12];  /* digits */
	bool drawn, shown;
	int64_t made_mono, drawn_mono;
	uint64_t state; /* fingerprint of the drones it was made for */
	bool remade;    /* since it was first shown */
};

/* Takes the order over. */
void preview_open(struct preview *p, struct intent *intent, const struct model *m);
void preview_close(struct preview *p);
/* Makes it again if it is too old or a drone's state changed. */
void preview_check(struct preview *p, const struct model *m);
/* Rows it wants, its title row included. */
int preview_rows(const struct preview *p);
enum preview_answer {
	PREVIEW_WAIT,
	PREVIEW_SEND,
	PREVIEW_CANCEL,
	PREVIEW_EDIT,
	PREVIEW_TOO_EARLY,
	PREVIEW_COUNT,
	PREVIEW_REASON /* too short to be one */
};
/* Letters are those of the reason now. */
bool preview_wants_reason(const struct preview *p);
enum preview_answer preview_key(struct preview *p, uint32_t key);

#endif
