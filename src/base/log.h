/*
 * Diagnostics on stderr: one line each, "2026-11-21T09:15:04.250Z warning text".
 *
 * The one process-wide setting is the level; lines of one call never mix
 * with those of another thread.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

/* Everything up to this level is printed; LOG_NOTICE at start. */
void log_set_level(enum log_level level);
/* "error", "warning", "notice", "info", "debug"; false for any other word. */
bool log_level_parse(const char *name, enum log_level *level);

void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
