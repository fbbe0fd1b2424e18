/*
 * Stored samples for export and replay: of one drone, over all days, in order
 * of boot and seq, whatever order they were stored in.
 *
 * What matches is put in order in memory first, some 120 bytes a sample: an
 * hour at 10 Hz is 4 MB, a day 100 MB.
 */
#ifndef HISTORY_SAMPLES_H
#define HISTORY_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "proto/sample.h"

struct history_sample {
	struct sample sample;
	int64_t arrived_ms;
	bool backfilled;
};

/* False ends it; that is no error. */
typedef bool history_take_sample(void *context, const struct history_sample *sample);

/* Samples with time in [from_ms, to_ms]: 0, or -1 where a day cannot be read. */
int history_samples(const char *dir, const char *drone, int64_t from_ms, int64_t to_ms,
    history_take_sample *take, void *context, struct err *err);

#endif
