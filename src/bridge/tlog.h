/*
 * Telemetry logs (.tlog) as ground stations keep them: a record is the time it
 * came, microseconds since 1970 in 8 bytes, most significant first, and one
 * frame as it came. Files are read whole.
 */
#ifndef BRIDGE_TLOG_H
#define BRIDGE_TLOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "bridge/frame.h"

#define TLOG_SIZE_MAX (1u << 30)

struct tlog {
	uint8_t *bytes; /* owned */
	size_t len, at;
	int64_t last_us; /* of the last record; -1 before the first */
	bool in_bad;
	uint64_t frames, foreign, bad_runs;
};

/* 0, or -1 with a sentence where the file cannot be read or is no log. */
int tlog_open(struct tlog *t, const char *path, struct err *err);
void tlog_close(struct tlog *t);
/* The next frame and its time, us since 1970; what is damaged is passed over
 * and counted. False at the end. */
bool tlog_next(struct tlog *t, int64_t *us, struct frame *f);
void tlog_rewind(struct tlog *t);

/* Appends a record: 0, or -1 as fwrite() has it. */
int tlog_write(FILE *f, int64_t us, const uint8_t *frame, size_t len);

#endif
