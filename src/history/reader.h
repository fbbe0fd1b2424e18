/*
 * Reading the history beside its writer: connections of its own, read-only,
 * that hold no lock for longer than one query. One thread uses a reader.
 */
#ifndef HISTORY_READER_H
#define HISTORY_READER_H

#include "base/err.h"
#include "proto/control.h"

struct history_reader;

/* Opens a history directory; one with no file in it yet is no error. */
int history_reader_open(struct history_reader **reader, const char *dir, struct err *err);
void history_reader_close(struct history_reader **reader);

/* Fills in the answer to `backfill`: samples in [from, to] of that boot,
 * ascending, BACKFILL_MAX at most with more set; what is held of every boot of
 * the last two days, and what of the range is known to be lost. */
int history_reader_backfill(struct history_reader *reader, const char *drone, uint32_t boot,
    uint32_t from, uint32_t to, struct backfill *out, struct err *err);

#endif
