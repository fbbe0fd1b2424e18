/* Why bytes were refused: see reject.h. */
#include "proto/reject.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

static const char *const names[REJECT_COUNT] = {
	[REJECT_FRAMES] = "frames", [REJECT_TOPIC] = "topic", [REJECT_TOO_BIG] = "too-big",
	[REJECT_TOO_DEEP] = "too-deep", [REJECT_TRUNCATED] = "truncated",
	[REJECT_TRAILING] = "trailing", [REJECT_SHAPE] = "shape", [REJECT_MISSING] = "missing",
	[REJECT_TYPE] = "type", [REJECT_RANGE] = "range", [REJECT_TEXT] = "text",
	[REJECT_OWNER] = "owner", [REJECT_REPLAY] = "replay",
};

const char *reject_name(enum reject_reason reason)
{
	return names[reason];
}

int reject_set(struct reject *why, enum reject_reason reason, const char *fmt, ...)
{
	va_list ap;

	why->reason = reason;
	va_start(ap, fmt);
	vsnprintf(why->detail, sizeof(why->detail), fmt, ap);
	va_end(ap);
	str_trim_utf8(why->detail);
	return -1;
}
