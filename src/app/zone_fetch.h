/*
 * The zones that a daemon enforces, asked of it: for a shell command. A screen,
 * which does not wait, asks by itself (screen_zones.c).
 */
#ifndef APP_ZONE_FETCH_H
#define APP_ZONE_FETCH_H

#include "alarm/zones_wire.h"
#include "app/attach.h"

/* Puts the daemon's in place of *set (NULL: none). -1 with a sentence, and *set as
 * it was, where it does not answer, or is older than the question. */
int zone_fetch(struct attach *at, struct zone_set **set, struct err *err);

#endif
