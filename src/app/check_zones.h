/* The part of odyssey check that tells what was understood of zones. */
#ifndef APP_CHECK_ZONES_H
#define APP_CHECK_ZONES_H

#include <stdbool.h>

#include "config/config.h"

/* A line of the report: ok, or wrong. */
typedef void check_line(void *user, bool ok, const char *what, const char *text);

/* For each [zone NAME]: its file, and of each of its zones kind, heights, area
 * and whether it applies now. */
void check_zones(const struct config *config, int64_t now_ms, check_line *line, void *user);

#endif
