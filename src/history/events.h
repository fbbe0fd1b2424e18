/*
 * What happened last, for who starts again and is asked about it.
 */
#ifndef HISTORY_EVENTS_H
#define HISTORY_EVENTS_H

#include <stddef.h>

#include "proto/messages.h"

/* The newest events that the last two days hold, in order of arrival: at most max
 * into out. How many. A file that cannot be read is passed over. */
size_t history_newest_events(const char *dir, struct event *out, size_t max);

#endif
