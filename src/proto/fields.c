/* The telemetry fields: see fields.h, rows in fields.def. */
#include "proto/fields.h"

#include <string.h>

/* The smallest int32 has no literal of its own in C; the table's rows are
 * plain decimal, so they are computed in 64 bits. */
#define FIELD(n, t, u, s, lo, hi, d, h)                                        \
	[FIELD_##n] = {                                                        \
		.name = #n,                                                    \
		.type = #t,                                                    \
		.unit = u,                                                     \
		.scale = s,                                                    \
		.min = lo,                                                     \
		.max = hi,                                                     \
		.decimals = d,                                                 \
		.help = h,                                                     \
	},
const struct field_desc field_table[FIELD_COUNT] = {
#include "proto/fields.def"
};
#undef FIELD

const char *const flag_names[FLAG_COUNT] = {
	"armed", "in_air", "failsafe", "position_valid",
	"home_set", "charging", "video", "payload",
};

static const char *const mode_names[MODE_COUNT] = {
	[MODE_UNKNOWN] = "unknown", [MODE_MANUAL] = "manual", [MODE_STABILIZED] = "stabilized",
	[MODE_TAKEOFF] = "takeoff", [MODE_HOLD] = "hold", [MODE_GOTO] = "goto",
	[MODE_MISSION] = "mission", [MODE_RTL] = "rtl", [MODE_LAND] = "land",
	[MODE_EMERGENCY] = "emergency", [MODE_IDLE] = "idle",
};

static const char *const fix_names[] = {
	[FIX_NONE] = "none", [FIX_2D] = "2D", [FIX_3D] = "3D",
	[FIX_DGPS] = "DGPS", [FIX_RTK_FLOAT] = "RTK float", [FIX_RTK] = "RTK fixed",
};

enum field field_find(const char *name)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (strcmp(field_table[f].name, name) == 0)
			return (enum field)f;
	}
	return FIELD_COUNT;
}

const char *mode_name(int64_t mode)
{
	return mode >= 0 && mode < MODE_COUNT ? mode_names[mode] : mode_names[MODE_UNKNOWN];
}

const char *fix_name(int64_t fix)
{
	if (fix < 0 || fix > FIX_RTK || !fix_names[fix])
		return "unknown";
	return fix_names[fix];
}
