/*
 * Whose history a directory is: the one who writes it puts a mark there, new with
 * each start, and tells the same mark to those who talk to it. Who finds the mark
 * that he was told in a directory reads what that daemon writes, and no other's:
 * neither an endpoint nor a path can say that, with tunnels and several machines.
 *
 * A copy of the directory carries the mark along; it is of that daemon, up to when
 * it was made.
 */
#ifndef HISTORY_MARK_H
#define HISTORY_MARK_H

#include <stdbool.h>

#include "base/err.h"

#define HISTORY_MARK_SIZE 64

/* Only by who holds the directory: history_open(). */
int history_mark_write(const char *dir, const char *mark, struct err *err);
/* False too where there is none, or it cannot be read. */
bool history_mark_is(const char *dir, const char *mark);

#endif
