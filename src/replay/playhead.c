/* Where in the past we are, and how fast we go: see playhead.h. */
#include "replay/playhead.h"

#include <math.h>
#include <stddef.h>

static const double speeds[] = { 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 100, 300, 1000 };
#define SPEEDS (sizeof(speeds) / sizeof(speeds[0]))

static int64_t within(const struct playhead *p, int64_t ms)
{
	return ms < p->first_ms ? p->first_ms : ms > p->last_ms ? p->last_ms : ms;
}

/* Going on from here: the next tick says when that was. */
static void rebase(struct playhead *p)
{
	p->base_ms = p->at_ms;
	p->based = false;
}

void playhead_begin(struct playhead *p, int64_t first_ms, int64_t last_ms, int64_t at_ms)
{
	*p = (struct playhead){ .first_ms = first_ms, .last_ms = last_ms, .speed = 1,
		.mark_in = PLAYHEAD_NO_MARK, .mark_out = PLAYHEAD_NO_MARK };
	playhead_seek(p, at_ms);
}

void playhead_range(struct playhead *p, int64_t first_ms, int64_t last_ms)
{
	p->first_ms = first_ms;
	p->last_ms = last_ms;
	if (within(p, p->at_ms) != p->at_ms)
		playhead_seek(p, p->at_ms);
}

static bool marked(const struct playhead *p)
{
	return p->mark_in != PLAYHEAD_NO_MARK && p->mark_out != PLAYHEAD_NO_MARK &&
	    p->mark_in < p->mark_out;
}

/* Where play ends, and where a loop begins again. Marks hold who is between
 * them, and who has gone past them plays on to the end. */
static void bounds(const struct playhead *p, int64_t *low, int64_t *high)
{
	*low = p->first_ms;
	*high = p->last_ms;
	if (!p->loop || !marked(p) || p->base_ms < p->mark_in || p->base_ms > p->mark_out)
		return;
	*low = within(p, p->mark_in);
	*high = within(p, p->mark_out);
}

int64_t playhead_tick(struct playhead *p, int64_t now_us)
{
	int64_t low, high;
	double at;

	p->jumped = false;
	if (!p->playing)
		return p->at_ms;
	if (!p->based) {
		p->base_us = now_us;
		p->based = true;
	}
	bounds(p, &low, &high);
	at = (double)(p->base_ms - low) + (double)(now_us - p->base_us) / 1000 * p->speed;
	if (at >= 0 && at <= (double)(high - low) && !(p->speed > 0 && low + (int64_t)at >= high) &&
	    !(p->speed < 0 && low + (int64_t)at <= low)) {
		p->at_ms = low + (int64_t)at;
		return p->at_ms;
	}
	if (p->loop && high > low && p->at_ms == (p->speed > 0 ? high : low)) {
		p->at_ms = p->speed > 0 ? low : high;
		p->jumped = true;
		rebase(p);
		p->base_us = now_us;
		p->based = true;
		return p->at_ms;
	}
	/* The end itself is shown before a loop goes round. */
	p->at_ms = p->speed > 0 ? high : low;
	rebase(p);
	if (!p->loop || high <= low)
		p->playing = false;
	return p->at_ms;
}

void playhead_play(struct playhead *p, bool play)
{
	if (play == p->playing)
		return;
	if (play && p->at_ms == (p->speed > 0 ? p->last_ms : p->first_ms))
		playhead_seek(p, p->speed > 0 ? p->first_ms : p->last_ms);
	p->playing = play;
	rebase(p);
}

void playhead_seek(struct playhead *p, int64_t at_ms)
{
	p->at_ms = within(p, at_ms);
	rebase(p);
}

bool playhead_set_speed(struct playhead *p, double speed)
{
	double pace = fabs(speed);

	if (!(pace >= PLAYHEAD_SPEED_MIN && pace <= PLAYHEAD_SPEED_MAX))
		return false;
	p->speed = speed;
	rebase(p);
	return true;
}

void playhead_faster(struct playhead *p, bool faster)
{
	double pace = fabs(p->speed), to = pace;

	for (size_t i = 0; i < SPEEDS; i++) {
		if (!faster && speeds[i] < pace * 0.999)
			to = speeds[i];
		if (faster && speeds[SPEEDS - 1 - i] > pace * 1.001)
			to = speeds[SPEEDS - 1 - i];
	}
	playhead_set_speed(p, p->speed < 0 ? -to : to);
}

void playhead_reverse(struct playhead *p)
{
	playhead_set_speed(p, -p->speed);
}

void playhead_mark_in(struct playhead *p, int64_t at_ms)
{
	p->mark_in = within(p, at_ms);
	if (p->mark_out != PLAYHEAD_NO_MARK && p->mark_out <= p->mark_in)
		p->mark_out = PLAYHEAD_NO_MARK;
	rebase(p);
}

void playhead_mark_out(struct playhead *p, int64_t at_ms)
{
	p->mark_out = within(p, at_ms);
	if (p->mark_in != PLAYHEAD_NO_MARK && p->mark_in >= p->mark_out)
		p->mark_in = PLAYHEAD_NO_MARK;
	rebase(p);
}

void playhead_clear_marks(struct playhead *p)
{
	p->mark_in = p->mark_out = PLAYHEAD_NO_MARK;
	rebase(p);
}

int64_t playhead_wait_us(const struct playhead *p, int64_t at_ms)
{
	double left = (double)(at_ms - p->at_ms) / p->speed;

	if (!p->playing || left < 0)
		return -1;
	return left > 1e12 ? INT64_C(1000000000000000) : (int64_t)ceil(left * 1000);
}
