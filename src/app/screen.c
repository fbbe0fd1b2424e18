/* The screen's loop: see screen.h. */
#include "app/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "ui/key.h"

#define FRAME_MS     60  /* between frames at a terminal that is near */
#define FRAME_FAR_MS 250  /* at one that is far */
#define FAR_MS       60   /* round trip from which on it is */
#define BLIND_MS     500  /* a terminal that never answers has shown a frame after that */
#define KEYS_MAX     4096 /* taken a turn */

int screen_save(struct screen *s, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), result = 0;

	canvas_save(&s->ui.canvas, &text);
	if (fd == -1 || write(fd, text.data, text.len) != (ssize_t)text.len)
		result = err_set(err, "%s cannot be written: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	buf_free(&text);
	return result;
}

static void do_requests(struct screen *s)
{
	struct ui_request r;
	struct err err;

	while (ui_take(&s->ui, &r)) {
		switch (r.kind) {
		case REQUEST_QUIT:
			s->quit = true;
			break;
		case REQUEST_SEND:
			screen_send(s, &r.intent);
			break;
		case REQUEST_SAVE:
			if (screen_save(s, r.path, &err) == -1)
				ui_say(&s->ui, ROLE_ERROR, "%s", err.text);
			else
				ui_say(&s->ui, ROLE_TEXT, "the screen is in %s", r.path);
			break;
		case REQUEST_EXPORT:
			screen_export(s, r.path);
			break;
		case REQUEST_REDRAW:
			if (!s->headless)
				term_redraw(&s->term);
			break;
		case REQUEST_BACKFILL:
			if (!s->ui.timeline.past)
				screen_link_backfill(s, r.drone);
			break;
		case REQUEST_PLAN:
			if (!s->ui.timeline.past)
				screen_link_plan(s, r.drone);
			break;
		case REQUEST_ACK:
		case REQUEST_SHELVE:
		case REQUEST_UNSHELVE:
			screen_alarms_do(s, &r);
			break;
		}
	}
}

static int frame_interval(const struct screen *s)
{
	if (s->ui.fps > 0)
		return (int)(1000 / s->ui.fps);
	return s->term.rtt_ms > FAR_MS || s->term.never_answers ? FRAME_FAR_MS : FRAME_MS;
}

static void draw(struct screen *s)
{
	frame_stats_begin(&s->stats);
	ui_tick(&s->ui, s->now_mono, s->ui.timeline.past ? s->ui.timeline.at_ms : s->now_ms);
	do_requests(s);
	s->ui.rtt_ms = s->headless ? -1 : s->term.rtt_ms;
	if (!s->headless) {
		s->term.theme = s->ui.theme;
		term_mouse(&s->term, s->ui.mouse);
	}
	ui_draw(&s->ui);
	if (s->ui.bell.ring && !s->headless)
		term_bell();
	s->frame_mono = s->now_mono;
	if (s->headless)
		ui_shown(&s->ui);
	else
		term_draw(&s->term, &s->ui.canvas, s->ui.cursor_x, s->ui.cursor_y, s->now_mono);
	frame_stats_end(&s->stats);
}

/* Draws if a frame is due and the terminal takes it; returns when to come
 * again. */
static int64_t draw_if_due(struct screen *s)
{
	int64_t due = s->ui.dirty ? s->now_mono : s->frame_mono + frame_interval(s);
	int wait_ms;

	if (s->now_mono < due)
		return due;
	/* One that took nothing for 2 s is told so with the first it takes again. */
	s->ui.stalled = !s->headless && term_stalled(&s->term, s->now_mono);
	if (!s->headless && !term_may_draw(&s->term, s->now_mono, &wait_ms))
		return s->now_mono + wait_ms;
	draw(s);
	return s->frame_mono + frame_interval(s);
}

static void take_keys(struct screen *s)
{
	uint32_t key;

	/* One that tells nothing has had half a second to show it. */
	if (s->term.never_answers && s->ui.preview.drawn &&
	    s->now_mono - s->ui.preview.drawn_mono > BLIND_MS)
		ui_shown(&s->ui);
	for (int n = 0; n < KEYS_MAX && (key = term_read(&s->term, s->now_mono)); n++) {
		/* What follows the answer was typed by one who saw the frame. */
		if (key == K_REPLY && s->term.frame_done == s->term.frames)
			ui_shown(&s->ui);
		if (key == K_MOUSE)
			ui_mouse(&s->ui, &s->term.mouse, s->now_mono);
		else
			ui_key(&s->ui, key, s->now_mono);
	}
}

static void take_signal(struct screen *s, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	s->exit_signal = (int)info.ssi_signo;
	s->quit = true;
}

static void take_resize(struct screen *s)
{
	struct signalfd_siginfo info;

	while (read(s->winch, &info, sizeof(info)) == sizeof(info))
		;
	if (term_resized(&s->term))
		ui_resize(&s->ui, s->term.w, s->term.h, s->term.cell_aspect);
}

static void turn(struct screen *s, int64_t next)
{
	struct link_item items[6] = { { .fd = s->at.signals } };
	int n = 1, keys = -1, winch = -1, maps = -1;
	int64_t wait;

	if (s->client)
		items[n++].socket = client_pollable(s->client);
	if (!s->headless) {
		keys = n;
		items[n++].fd = STDIN_FILENO;
		winch = n;
		items[n++].fd = s->winch;
	}
	if (s->starter_fd != -1)
		items[n++].fd = s->starter_fd;
	if (screen_maps_fd(s) != -1) {
		maps = n;
		items[n++].fd = screen_maps_fd(s);
	}
	wait = next - clock_mono_ms();
	/* The feed is not waited for: it is taken in turns, before each frame. */
	link_poll(items, (size_t)n, wait < 0 ? 0 : wait > 250 ? 250 : (int)wait);
	s->now_mono = clock_mono_ms();
	s->now_ms = clock_wall_ms();
	if (items[0].ready)
		take_signal(s, s->at.signals);
	if (keys >= 0 && items[keys].ready)
		take_keys(s);
	if (winch >= 0 && items[winch].ready)
		take_resize(s);
	if (maps >= 0 && items[maps].ready)
		screen_maps_take(s);
	if (!s->headless && s->term.gone) {
		/* The terminal hung up: nobody is there to see or to type. */
		s->exit_signal = s->exit_signal ? s->exit_signal : 1;
		s->quit = true;
	}
}

int screen_run(struct screen *s)
{
	int64_t next = 0;

	s->now_mono = clock_mono_ms();
	s->now_ms = clock_wall_ms();
	s->ui.dirty = true;
	while (!s->quit) {
		int64_t link_next, replay_next;

		screen_link_take(s);
		link_next = screen_link_tick(s);
		screen_daemon_work(s);
		replay_next = screen_replay_tick(s);
		script_work(s);
		do_requests(s);
		if (s->quit)
			break;
		next = draw_if_due(s);
		if (link_next < next)
			next = link_next;
		if (replay_next < next)
			next = replay_next;
		if (s->script.lines && !s->script.ended && s->script.wait_until_mono < next)
			next = s->script.wait_until_mono;
		turn(s, next);
	}
	return s->exit_signal;
}
