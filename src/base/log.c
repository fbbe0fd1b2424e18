/* Diagnostics on stderr: see log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

static const char *const level_names[] = { "error", "warning", "notice", "info", "debug" };

/* The only state of its kind: a level that every thread reads. */
static atomic_int current_level = LOG_NOTICE;

void log_set_level(enum log_level level)
{
	atomic_store(&current_level, (int)level);
}

bool log_level_parse(const char *name, enum log_level *level)
{
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char when[TIME_TEXT_SIZE], text[1024], line[1200];
	va_list ap;
	int n;

	if ((int)level > atomic_load(&current_level))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_trim_utf8(text);
	str_clean(text);
	n = snprintf(line, sizeof(line), "%s %s %s\n", time_format(clock_wall_ms(), when),
	    level_names[level], text);
	/* One write keeps the line whole. Nobody is left to tell if it fails. */
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}
