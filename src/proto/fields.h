/*
 * The telemetry fields as an enum and a table; the rows are in fields.def.
 *
 * A wire integer times `scale` is a value in `unit`: degrees, metres, metres
 * per second, percent, volts, amperes, mAh, seconds; no unit where empty.
 */
#ifndef PROTO_FIELDS_H
#define PROTO_FIELDS_H

#include <stddef.h>
#include <stdint.h>

enum field {
#define FIELD(name, type, unit, scale, min, max, decimals, help) FIELD_##name,
#include "proto/fields.def"
#undef FIELD
	FIELD_COUNT
};

struct field_desc {
	const char *name;
	const char *type; /* wire type as the protocol names it: "uint32" */
	const char *unit;
	double scale;
	int64_t min, max; /* of the wire integer, inclusive */
	int decimals;     /* places worth showing of the scaled value */
	const char *help;
};

extern const struct field_desc field_table[FIELD_COUNT];

/* FIELD_COUNT where no field has that name. */
enum field field_find(const char *name);

/* Bits of FIELD_flags. A clear bit means no, or unknown. */
enum sample_flag {
	FLAG_ARMED = 1 << 0,
	FLAG_IN_AIR = 1 << 1,
	FLAG_FAILSAFE = 1 << 2,
	FLAG_POSITION_VALID = 1 << 3,
	FLAG_HOME_SET = 1 << 4,
	FLAG_CHARGING = 1 << 5,
	FLAG_VIDEO = 1 << 6,
	FLAG_PAYLOAD = 1 << 7,
};

#define FLAG_COUNT 8
/* "armed", "in_air", ... by bit number. */
extern const char *const flag_names[FLAG_COUNT];

/* Values of FIELD_mode. */
enum mode {
	MODE_UNKNOWN,
	MODE_MANUAL,
	MODE_STABILIZED,
	MODE_TAKEOFF,
	MODE_HOLD,
	MODE_GOTO,
	MODE_MISSION,
	MODE_RTL,
	MODE_LAND,
	MODE_EMERGENCY,
	MODE_IDLE,
	MODE_COUNT
};

/* "unknown" for any value that has no name. */
const char *mode_name(int64_t mode);

/* Values of FIELD_fix. */
enum fix { FIX_NONE = 0, FIX_2D = 2, FIX_3D = 3, FIX_DGPS = 4, FIX_RTK_FLOAT = 5, FIX_RTK = 6 };
/* "none", "2D", "3D", "DGPS", "RTK float", "RTK fixed", or "unknown". */
const char *fix_name(int64_t fix);

#endif
