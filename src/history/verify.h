/*
 * What a history directory holds, day by day, and whether it is whole.
 */
#ifndef HISTORY_VERIFY_H
#define HISTORY_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A day as `odyssey history` lists it. */
struct history_day {
	char name[32];            /* "2026-11-21.db" */
	char date[16];            /* "2026-11-21" */
	int64_t bytes;            /* with its log */
	uint64_t samples;         /* sealed and plain */
	uint64_t plain;           /* of them, not sealed yet */
	uint64_t drones, flights, events, commands, rejects;
	uint64_t gaps_open, gaps_lost; /* samples missing */
	int64_t first_ms, last_ms; /* time of its sealed samples; 0: none */
	bool finished;            /* sealed to the end and merged */
	char trouble[256];        /* why it cannot be read; the rest is 0 then */
};

/* The days, oldest first; the caller frees. 0, or -1 where the directory
 * cannot be read. */
int history_list_days(const char *dir, struct history_day **days, size_t *count, struct err *err);

struct history_verified {
	uint64_t days, samples, sealed_rows, faults;
};

/* Called with the day's file name and a sentence for each thing that is wrong. */
typedef void history_fault(void *context, const char *name, const char *text);

/* Reads everything: SQLite's own check of each file, every sealed row with its
 * checksum against what its columns say, every plain row, each sample stored
 * once. 0 whether or not there are faults, or -1 where the directory cannot be read. */
int history_verify(const char *dir, history_fault *fault, void *context,
    struct history_verified *out, struct err *err);

#endif
