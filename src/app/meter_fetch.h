/*
 * What a drone uses and how fast it goes, measured from its last minutes, which
 * whoever offers it still holds: for a shell command, that has seen but one sample.
 */
#ifndef APP_METER_FETCH_H
#define APP_METER_FETCH_H

#include "alarm/energy.h"
#include "app/attach.h"
#include "proto/sample.h"

/* The METER_SAMPLES up to `newest`. What they do not tell the meter does not know. -1 with a
 * sentence where nobody answers. */
#define METER_SAMPLES 2000
int meter_fetch(struct attach *at, const char *drone, const struct sample *newest,
    struct energy_meter *meter, struct err *err);

#endif
