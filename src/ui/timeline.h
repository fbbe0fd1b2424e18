/*
 * Time on the screen: the line that shows when what happened, and where on it
 * the screen stands, live or in the past.
 *
 * The screen does not go anywhere by itself: what keys and lines ask for is a
 * `struct travel`, which the program's hook carries out (ui.h), and which then
 * fills in this state. Times are ms since 1970 by the clock that logged, UTC.
 *
 * A slot is a slice of the window; the program fills them from the history.
 * Without a history it is what the screen itself has seen: timeline_seen() once
 * a tick, timeline_fill_seen() before drawing.
 */
#ifndef UI_TIMELINE_H
#define UI_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/canvas.h"

struct ui;
struct model;

#define TIMELINE_SLOTS_MAX 512
#define TIMELINE_SPAN_MS   (30 * 60 * 1000)
#define TIMELINE_SPAN_MIN_MS (60 * 1000)
#define TIMELINE_NO_MARK   INT64_MIN
#define TIMELINE_SEEN_MAX  1800 /* seconds of what the screen has seen itself */

struct timeline_slot {
	double samples;
	char event;        /* worst: 'X', '?', '!', 'i' or 0 */
	bool alarm;        /* it is (also) an alarm that was raised */
	uint16_t commands; /* begun */
	bool gap;          /* samples are missing */
	bool recorded;     /* something is stored of this time */
};

struct timeline {
	/* The window, and what is in it. */
	int64_t from_ms, to_ms;
	int64_t span_ms; /* wanted */
	struct timeline_slot slots[TIMELINE_SLOTS_MAX];
	size_t slot_count; /* 0: nothing is known */
	int wanted;        /* columns the pane has for them */
	bool stored;       /* the slots are of a history, not of what was seen here */

	/* Where the screen stands. */
	bool past;       /* the panes show the past */
	bool live_below; /* live is there to return to, */
	int live_news;   /* and so many alarms were raised there meanwhile */
	int64_t at_ms, first_ms, last_ms;
	double speed; /* below 0: backward */
	bool playing, loop;
	int64_t mark_in, mark_out; /* TIMELINE_NO_MARK: none */
	char source[256];          /* what is played */
	char reach[96];            /* how far back it reaches, and why no farther; "": to the beginning */

	/* Samples a second, as they came: a ring by second. */
	struct timeline_second {
		int64_t second;
		uint32_t samples;
	} seen[TIMELINE_SEEN_MAX];
	uint64_t seen_messages;
};

enum travel_verb {
	TRAVEL_PLAY,    /* or pause */
	TRAVEL_PAUSE,
	TRAVEL_STEP,    /* value: samples, below 0 back */
	TRAVEL_BY,      /* ms */
	TRAVEL_TO,      /* ms */
	TRAVEL_PERCENT, /* value */
	TRAVEL_FIND,    /* target, backward */
	TRAVEL_PACE,    /* value: faster above 0, slower below */
	TRAVEL_SPEED,   /* value; and play */
	TRAVEL_REVERSE,
	TRAVEL_MARK_IN,
	TRAVEL_MARK_OUT,
	TRAVEL_UNMARK,
	TRAVEL_LOOP,
	TRAVEL_LIVE, /* or back to where it was */
	TRAVEL_ENTER /* into the past as it is, to look at it */
};

struct travel {
	enum travel_verb verb;
	int64_t ms;
	double value;
	const char *target; /* one of timeline_targets */
	bool backward;
};

/* "event", "alarm", "command", "gap", "order", "sample"; ended by NULL. */
extern const char *const timeline_targets[];

void timeline_init(struct timeline *t);
/* Counts what came since the last call. */
void timeline_seen(struct timeline *t, const struct model *m, int64_t now_ms);
/* The last span_ms up to now from what was seen, where no history tells. */
void timeline_fill_seen(struct timeline *t, const struct model *m, int64_t now_ms);
/* The window of a width of span_ms around the playhead, within what there is. */
void timeline_window(const struct timeline *t, int64_t *from_ms, int64_t *to_ms);
/* The column (0 to columns - 1) of a time; -1 outside the window. */
int timeline_column(const struct timeline *t, int columns, int64_t ms);
/* Columns for slots in a pane so wide. */
int timeline_columns(int width);
/* "13:52:00.0", at a day other than `day_of` with the date before. */
#define TIMELINE_TEXT 32
const char *timeline_clock(int64_t ms, int64_t day_of, char text[TIMELINE_TEXT]);
/* "x4", "x0.25 backward": with U+00D7. */
const char *timeline_speed(double speed, char text[TIMELINE_TEXT]);

/* Asks the program's hook; says why where it cannot. */
void timeline_travel(struct ui *ui, const struct travel *travel);

/* Lines: command_line.h. */
int timeline_seek_line(struct ui *ui, int count, char **words, struct err *err);
int timeline_play_line(struct ui *ui, int count, char **words, struct err *err);
int timeline_pause_line(struct ui *ui, int count, char **words, struct err *err);
int timeline_loop_line(struct ui *ui, int count, char **words, struct err *err);
int timeline_live_line(struct ui *ui, int count, char **words, struct err *err);
const char *timeline_seek_candidate(struct ui *ui, int word, int n);
const char *timeline_loop_candidate(struct ui *ui, int word, int n);

/* Keys: keymap.h. */
void action_travel_play(struct ui *ui, int arg);
void action_travel_step(struct ui *ui, int samples);
void action_travel_by(struct ui *ui, int seconds);
void action_travel_event(struct ui *ui, int backward);
void action_travel_pace(struct ui *ui, int faster);
void action_travel_reverse(struct ui *ui, int arg);
void action_travel_mark(struct ui *ui, int which); /* 0 in, 1 out, 2 none */
void action_travel_loop(struct ui *ui, int arg);
void action_travel_live(struct ui *ui, int arg);
void action_travel_end(struct ui *ui, int last);
void action_travel_zoom(struct ui *ui, int step); /* 0: all there is */
/* A click in the pane. */
void timeline_click(struct ui *ui, struct rect r, int x);

/* The pane, and the status line while the panes show the past. */
void pane_timeline_draw(struct canvas *c, struct rect r, const struct ui *ui);
void status_past_draw(struct canvas *c, const struct ui *ui);

#endif
