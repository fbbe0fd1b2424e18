/*
 * What alarm rules may speak of: every field of the sample by its name, and
 * what follows from samples, clock, plan and zones.
 *
 * Everything is a double in the unit of the table: a yes is 1, a no 0, a mode
 * its number, and NAN is unknown. Where safety depends on a flag, a drone that
 * does not say counts as the dangerous case: in the air, armed, its position not
 * valid, not charging.
 *
 * An operand is of a drone, of a source or of the site. A rule is of the first
 * of these that it speaks of: `source_up` alone makes one alarm a source,
 * together with `in_air` one a drone.
 */
#ifndef ALARM_OPERAND_H
#define ALARM_OPERAND_H

#include "proto/fields.h"

/* The fields come first, with their own numbers. */
enum operand {
	OPERAND_armed = FIELD_COUNT, /* flags, in the order of their bits */
	OPERAND_in_air,
	OPERAND_failsafe,
	OPERAND_position_valid,
	OPERAND_home_set,
	OPERAND_charging,
	OPERAND_video,
	OPERAND_payload,

	OPERAND_age_s,
	OPERAND_stale_s,
	OPERAND_lost_s,
	OPERAND_rate_hz,
	OPERAND_missing,

	OPERAND_distance_home_m,
	OPERAND_time_home_s,
	OPERAND_battery_rate,
	OPERAND_energy_home,
	OPERAND_energy_margin,
	OPERAND_endurance_s,
	OPERAND_no_return_s,

	OPERAND_fence_margin_m,
	OPERAND_time_to_breach_s,
	OPERAND_height_over_ceiling_m,

	OPERAND_separation_m,
	OPERAND_separation_s,
	OPERAND_separation_first,

	OPERAND_cross_track_m,
	OPERAND_no_progress_s,

	OPERAND_command_failed,
	OPERAND_command_unknown,

	OPERAND_source_up,
	OPERAND_clock_skew_s,
	OPERAND_rejects_min,

	OPERAND_history_out,
	OPERAND_alarms_10min,
	OPERAND_COUNT
};

_Static_assert(OPERAND_COUNT <= 128, "sets of operands are two words");

enum operand_kind { OPERAND_NUMBER, OPERAND_YES_NO, OPERAND_MODE };
enum operand_of { OF_SITE, OF_SOURCE, OF_DRONE }; /* the greater decides */

/* What can change it: a sample; the clock at any time; the clock, and it is
 * looked at once a second, or when something happens. */
enum operand_by { BY_SAMPLE = 1, BY_CLOCK = 2, BY_SECOND = 4 };

struct operand_desc {
	const char *name;
	const char *unit;
	const char *help;
	enum operand_kind kind;
	enum operand_of of;
	unsigned by;  /* enum operand_by, or-ed */
	int decimals; /* places worth saying in a text */
};

/* Of any operand, fields included. */
const struct operand_desc *operand_desc(enum operand o);
/* OPERAND_COUNT where none has that name. */
enum operand operand_find(const char *name);
/* The one nearest to a name that is none, or NULL. */
const char *operand_nearest(const char *name);

/* The values at one instant, worked out when first asked for. */
struct operands {
	uint64_t have[2];
	double value[OPERAND_COUNT];
	/* Fills value[o], and whatever else it comes by, with operands_set(). */
	void (*fill)(struct operands *v, enum operand o);
};

static inline void operands_set(struct operands *v, enum operand o, double value)
{
	v->have[o >> 6] |= UINT64_C(1) << (o & 63);
	v->value[o] = value;
}

static inline double operands_get(struct operands *v, enum operand o)
{
	if (!(v->have[o >> 6] >> (o & 63) & 1))
		v->fill(v, o);
	return v->value[o];
}

#endif
