/* Recoverable errors: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

int err_set(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	str_trim_utf8(err->text);
	return -1;
}
