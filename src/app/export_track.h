/*
 * One drone's samples of a time into a file for other programs: what odyssey
 * export and the screen's :export have in common.
 */
#ifndef APP_EXPORT_TRACK_H
#define APP_EXPORT_TRACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "format/track.h"
#include "history/query.h"

struct export {
	char drone[ID_SIZE];
	int64_t from, to;
	char name[128];
	bool found;
	struct track_info info;      /* the writer's as long as it writes */
	struct track_writer *writer; /* begun with the first sample */
	const char *format;
	FILE *out;
	uint64_t samples;
};

bool export_is_format(const char *format);
/* Writes to e->out: 0, or -1 with a sentence; that there is no sample is one. */
int export_track_write(struct history_query *query, struct export *e, struct err *err);
/* Into a file beside the one named, which takes its place only when it is
 * whole: nothing is half exported. */
int export_track_file(struct history_query *query, struct export *e, const char *path,
    struct err *err);

#endif
