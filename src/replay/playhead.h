/*
 * Where in the past we are, and how fast we go. Pure: the clock is handed in.
 *
 *	playhead_begin(&p, first_ms, last_ms, at_ms);
 *	...each turn of the loop:
 *	at = playhead_tick(&p, now_us);
 *
 * The playhead stays within [first, last]. At the end it is going to it
 * pauses, unless it loops: then it begins again at the other end, of the marks
 * where both are set, else of all there is. Time is that of the past in ms;
 * the clock is any that only goes forward, in us.
 */
#ifndef REPLAY_PLAYHEAD_H
#define REPLAY_PLAYHEAD_H

#include <stdbool.h>
#include <stdint.h>

#define PLAYHEAD_SPEED_MIN 0.1
#define PLAYHEAD_SPEED_MAX 1000.0
#define PLAYHEAD_NO_MARK INT64_MIN

struct playhead {
	int64_t first_ms, last_ms;
	double speed;            /* 0.1 to 1000, and as much backwards */
	bool playing;
	bool loop;
	int64_t mark_in, mark_out; /* PLAYHEAD_NO_MARK: none; in <= out where both are */
	bool jumped;             /* the last tick went round: what lies between was not played */
	/* Where it stood when speed, place or pause last changed. */
	int64_t base_ms, base_us;
	bool based;
	int64_t at_ms;
};

/* At at_ms (held within), paused, at speed 1. */
void playhead_begin(struct playhead *p, int64_t first_ms, int64_t last_ms, int64_t at_ms);
/* What there is has changed; the playhead stays where it is as far as it can. */
void playhead_range(struct playhead *p, int64_t first_ms, int64_t last_ms);

/* Where it is now; moves it while it plays. */
int64_t playhead_tick(struct playhead *p, int64_t now_us);

/* From the end it would go to, play begins at the other. */
void playhead_play(struct playhead *p, bool play);
void playhead_seek(struct playhead *p, int64_t at_ms);
/* False where it is neither 0.1 to 1000 nor as much below zero; then nothing changes. */
bool playhead_set_speed(struct playhead *p, double speed);
/* The next faster or slower of 0.1 0.25 0.5 1 2 5 10 20 60 100 300 1000, the
 * direction kept. */
void playhead_faster(struct playhead *p, bool faster);
/* Forward becomes backward at the same pace, and back. */
void playhead_reverse(struct playhead *p);

/* Marks where the playhead is or anywhere; the other is dropped where it would
 * lie on the wrong side. */
void playhead_mark_in(struct playhead *p, int64_t at_ms);
void playhead_mark_out(struct playhead *p, int64_t at_ms);
void playhead_clear_marks(struct playhead *p);

/* Real time in us until the past's at_ms is reached at this pace; -1 where
 * that is never, as paused or going the other way. */
int64_t playhead_wait_us(const struct playhead *p, int64_t at_ms);

#endif
