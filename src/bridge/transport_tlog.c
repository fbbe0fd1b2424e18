/* A telemetry log played as if it came in: see transport.h. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "bridge/transport.h"

#define SPEED_MAX 1000.0

static int parse_option(struct transport *t, const char *word, struct err *err)
{
	if (strcmp(word, "loop") == 0) {
		t->loop = true;
	} else if (strcmp(word, "times=file") == 0) {
		t->file_times = true;
	} else if (strcmp(word, "times=now") == 0) {
		t->file_times = false;
	} else if (!str_starts(word, "speed=") || !str_double(word + 6, &t->speed) ||
		   t->speed < 0.01 || t->speed > SPEED_MAX) {
		return err_set(err,
		    "%s: \"%s\" is none of speed=X (0.01 to %g), loop, times=now, times=file", t->spec,
		    word, SPEED_MAX);
	}
	return 0;
}

static int parse_tlog(struct transport *t, const char *rest, struct err *err)
{
	char path[TRANSPORT_SPEC_SIZE], *comma, *next;

	str_copy(path, sizeof(path), rest);
	comma = strchr(path, ',');
	for (char *word = comma ? comma + 1 : NULL; word; word = next) {
		next = strchr(word, ',');
		if (next)
			*next++ = '\0';
		if (parse_option(t, word, err) == -1)
			return -1;
	}
	if (comma)
		*comma = '\0';
	return tlog_open(&t->tlog, path, err);
}

static int open_tlog(struct transport *t, int64_t now_ms, struct err *err)
{
	(void)err;
	t->tlog_start_ms = now_ms;
	t->tlog_due_ms = now_ms;
	t->tlog_start_wall_ms = -1;
	t->tlog_first_us = -1;
	return 0;
}

/* The next record into tlog_frame, from the start again where it loops. */
static bool fetch(struct transport *t)
{
	int64_t us, last = t->tlog_us;

	if (!tlog_next(&t->tlog, &us, &t->tlog_frame)) {
		if (!t->loop)
			return false;
		tlog_rewind(&t->tlog);
		/* The data's clock goes on, a second later. */
		t->tlog_shift_us = last + 1000000 - t->tlog_first_us;
		if (!tlog_next(&t->tlog, &us, &t->tlog_frame))
			return false;
	}
	if (t->tlog_first_us < 0)
		t->tlog_first_us = us;
	t->tlog_us = us + t->tlog_shift_us;
	t->tlog_due_ms = t->tlog_start_ms +
			 (int64_t)((double)(t->tlog_us - t->tlog_first_us) / 1000 / t->speed);
	t->tlog_has = true;
	return true;
}

bool transport_tlog_receive(struct transport *t, int64_t mono_ms, int64_t wall_ms,
    struct arrival *a)
{
	if (t->tlog_over)
		return false;
	if (t->tlog_start_wall_ms < 0)
		t->tlog_start_wall_ms = wall_ms - (mono_ms - t->tlog_start_ms);
	if (!t->tlog_has && !fetch(t)) {
		t->tlog_over = true;
		return false;
	}
	if (t->tlog_due_ms > mono_ms)
		return false;
	a->frame = t->tlog_frame;
	a->peer = 0;
	a->data_ms = t->tlog_us / 1000;
	a->time_ms = t->file_times ? t->tlog_us / 1000
				   : t->tlog_start_wall_ms + (t->tlog_due_ms - t->tlog_start_ms);
	t->tlog_has = false;
	t->received++;
	return true;
}

const struct transport_ops transport_tlog = {
	.name = "tlog", .syntax = "tlog:FILE[,speed=X][,loop][,times=now|file]",
	.help = "play a telemetry log", .parse = parse_tlog, .open = open_tlog, .must_open = true,
};
