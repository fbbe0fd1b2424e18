/*
 * What the files of moments.h share.
 */
#ifndef HISTORY_MOMENTS_PRIVATE_H
#define HISTORY_MOMENTS_PRIVATE_H

#include "history/moments.h"
#include "history/schema.h"

/* SQLITE_OK or an error; inside a transaction of the caller's. whole: all anew. */
int moments_load_notes(struct moments *m, bool whole);
/* Index of the drone of that id, added where there is none. */
size_t moments_drone(struct moments *m, const char *id);
/* For one that is about to be filled in. */
struct moment_note *moments_add_note(struct moments *m);
/* False where it is about a drone that is not wanted. */
bool moments_note_drone(struct moments *m, struct moment_note *n, const char *drone);
/* As moments_load_notes(): those of plans. */
int moments_load_plans(struct moments *m);
int moments_fail(const struct moments *m, int rc, struct err *err);

#endif
