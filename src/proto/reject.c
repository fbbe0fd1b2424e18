/* Why bytes were refused: see reject.h. */
#include "proto/reject.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

static const struct {
	const char *name, *help;
} reasons[REJECT_COUNT] = {
	[REJECT_FRAMES] = { "frames", "not the two frames topic and body" },
	[REJECT_TOPIC] = { "topic", "the id in the topic is no id, or is not the body's" },
	[REJECT_TOO_BIG] = { "too-big", "the body is over 4 MiB" },
	[REJECT_TOO_DEEP] = { "too-deep", "the body is nested deeper than 8" },
	[REJECT_TRUNCATED] = { "truncated", "the body ends in the middle of a value" },
	[REJECT_TRAILING] = { "trailing", "bytes follow the value" },
	[REJECT_SHAPE] = { "shape", "an array or a map stands where the other belongs" },
	[REJECT_MISSING] = { "missing", "a required element or key is absent or nil" },
	[REJECT_TYPE] = { "type", "a value is of another type" },
	[REJECT_RANGE] = { "range", "a value is outside its range, or not finite" },
	[REJECT_TEXT] = { "text", "a text is not UTF-8, or no id where one belongs" },
	[REJECT_OWNER] = { "owner", "the drone belongs to another source" },
	[REJECT_REPLAY] = { "replay", "the source replays and is not configured so" },
};

const char *reject_help(enum reject_reason reason)
{
	return reasons[reason].help;
}

const char *reject_name(enum reject_reason reason)
{
	return reasons[reason].name;
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
