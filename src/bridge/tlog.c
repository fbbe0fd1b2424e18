/* Telemetry logs: see tlog.h. */
#include "bridge/tlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define STAMP 8
/* Two records of one log are less apart than this, either way; clocks are set
 * while a log is written. */
#define APART_MAX_US (7 * 24 * 3600 * 1000000LL)
/* 2000-01-01 and 2100-01-01: the time of a first record lies between. */
#define FIRST_MIN_US 946684800000000LL
#define FIRST_MAX_US 4102444800000000LL

int tlog_open(struct tlog *t, const char *path, struct err *err)
{
	FILE *f = fopen(path, "rb");
	struct frame frame;
	size_t cap = 0;
	int64_t us;

	*t = (struct tlog){ .last_us = -1 };
	if (!f)
		return err_set(err, "%s cannot be read: %s", path, strerror(errno));
	do {
		if (t->len == cap) {
			cap = cap ? 2 * cap : 1 << 16;
			t->bytes = xreallocarray(t->bytes, cap, 1);
		}
		t->len += fread(t->bytes + t->len, 1, cap - t->len, f);
	} while (!feof(f) && !ferror(f) && t->len < TLOG_SIZE_MAX);
	if (ferror(f) || t->len >= TLOG_SIZE_MAX) {
		fclose(f);
		tlog_close(t);
		return err_set(err, "%s cannot be read to its end; a log may have 1 GiB at most", path);
	}
	fclose(f);
	if (!tlog_next(t, &us, &frame)) {
		tlog_close(t);
		return err_set(err, "%s holds no MAVLink frame; a .tlog is expected", path);
	}
	tlog_rewind(t);
	return 0;
}

void tlog_close(struct tlog *t)
{
	free(t->bytes);
	*t = (struct tlog){ .last_us = -1 };
}

void tlog_rewind(struct tlog *t)
{
	t->at = 0;
	t->last_us = -1;
	t->in_bad = false;
	t->frames = t->foreign = t->bad_runs = 0;
}

static int64_t stamp_at(const struct tlog *t, size_t at)
{
	uint64_t us = 0;

	for (int i = 0; i < STAMP; i++)
		us = us << 8 | t->bytes[at + (size_t)i];
	return us > INT64_MAX ? -1 : (int64_t)us;
}

static bool plausible(const struct tlog *t, int64_t us)
{
	if (t->last_us < 0)
		return us >= FIRST_MIN_US && us <= FIRST_MAX_US;
	return us >= t->last_us - APART_MAX_US && us <= t->last_us + APART_MAX_US;
}

/* Whether a record may begin there, judged by its time and magic byte; the
 * end of the file counts. */
static bool record_at(const struct tlog *t, size_t at)
{
	if (at + STAMP >= t->len)
		return at == t->len;
	return plausible(t, stamp_at(t, at)) &&
	       (t->bytes[at + STAMP] == FRAME_V1 || t->bytes[at + STAMP] == FRAME_V2);
}

static void bad(struct tlog *t)
{
	if (!t->in_bad)
		t->bad_runs++;
	t->in_bad = true;
}

bool tlog_next(struct tlog *t, int64_t *us, struct frame *f)
{
	while (t->at + STAMP + FRAME_HEAD_MAX < t->len) {
		const uint8_t *frame = t->bytes + t->at + STAMP;
		size_t left = t->len - t->at - STAMP, whole;
		int n;

		if (!record_at(t, t->at)) {
			bad(t);
			t->at++;
			continue;
		}
		n = frame_at(frame, left, f);
		whole = frame_length(frame);
		if (n > 0) {
			*us = t->last_us = stamp_at(t, t->at);
			t->at += STAMP + (size_t)n;
			t->frames++;
			t->in_bad = false;
			return true;
		}
		if (whole <= left && record_at(t, t->at + STAMP + whole)) {
			/* A record in itself, though we cannot read it. */
			if (n == FRAME_UNKNOWN_ID) {
				t->foreign++;
				t->in_bad = false;
			} else {
				bad(t);
			}
			t->at += STAMP + whole;
		} else if (n == FRAME_PART) {
			break; /* cut off at the end of the file */
		} else {
			bad(t);
			t->at++;
		}
	}
	t->at = t->len;
	return false;
}

int tlog_write(FILE *f, int64_t us, const uint8_t *frame, size_t len)
{
	uint8_t stamp[STAMP];

	for (int i = 0; i < STAMP; i++)
		stamp[i] = (uint8_t)((uint64_t)us >> 8 * (STAMP - 1 - i));
	if (fwrite(stamp, 1, STAMP, f) != STAMP || fwrite(frame, 1, len, f) != len)
		return -1;
	return 0;
}
