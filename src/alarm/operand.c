/* What alarm rules may speak of: see operand.h. */
#include "alarm/operand.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define ROW(name_, unit_, kind_, of_, by_, decimals_, help_)                   \
	[OPERAND_##name_ - FIELD_COUNT] = { .name = #name_, .unit = unit_, .kind = kind_, \
		.of = of_, .by = by_, .decimals = decimals_, .help = help_ }
#define FLAG(name_, help_) ROW(name_, "", OPERAND_YES_NO, OF_DRONE, BY_SAMPLE, 0, help_)
#define SAMPLE(name_, unit_, decimals_, help_)                                 \
	ROW(name_, unit_, OPERAND_NUMBER, OF_DRONE, BY_SAMPLE, decimals_, help_)
#define CLOCK(name_, unit_, decimals_, help_)                                  \
	ROW(name_, unit_, OPERAND_NUMBER, OF_DRONE, BY_CLOCK, decimals_, help_)

#define SECOND(name_, unit_, decimals_, help_)                                 \
	ROW(name_, unit_, OPERAND_NUMBER, OF_DRONE, BY_SECOND, decimals_, help_)

static const struct operand_desc derived[OPERAND_COUNT - FIELD_COUNT] = {
	FLAG(armed, "the motors turn or may; yes where the drone does not say"),
	FLAG(in_air, "it flies; yes where the drone does not say"),
	FLAG(failsafe, "it acts on a failsafe of its own"),
	FLAG(position_valid, "lat and lon are where it is; no where the drone does not say"),
	FLAG(home_set, "it knows where to return to"),
	FLAG(charging, "the battery takes charge; no where the drone does not say"),
	FLAG(video, "it sends video"),
	FLAG(payload, "its payload is aboard"),

	CLOCK(age_s, "s", 0,
	    "since its newest sample: by arrival or by its source's clock, whichever is longer"),
	CLOCK(stale_s, "s", 0, "age at which it is stale: the option, at least 3 sample periods"),
	CLOCK(lost_s, "s", 0, "age at which it is lost: the option, at least stale_s"),
	SECOND(rate_hz, "Hz", 1, "how often its samples come"),
	SECOND(missing, "", 0, "samples that did not arrive and are asked for"),

	SAMPLE(distance_home_m, "m", 0, "to home, over ground"),
	SAMPLE(time_home_s, "s", 0, "to be on the ground at home, in the wind there is"),
	SAMPLE(battery_rate, "%/min", 1, "charge used, as measured over the last minute"),
	SAMPLE(energy_home, "%", 0, "charge it takes to be on the ground at home"),
	SAMPLE(energy_margin, "%", 0, "charge that would be left then"),
	SAMPLE(endurance_s, "s", 0, "until the battery is empty, at the present rate"),
	SAMPLE(
	    no_return_s, "s", 0, "until the charge no longer takes it home, flying on as it does"),

	SAMPLE(fence_margin_m, "m", 0,
	    "inside its fences and outside what is forbidden, by so much; negative: breached"),
	SAMPLE(time_to_breach_s, "s", 0,
	    "until then if it goes on as it moves and turns; 86400: not soon"),
	SAMPLE(height_over_ceiling_m, "m", 0, "above the ceiling here; negative: below it"),

	SECOND(separation_m, "m", 0,
	    "closest it will come to another of the fleet within 30 s; 10000: to none"),
	SECOND(separation_s, "s", 0, "until then"),
	ROW(separation_first, "", OPERAND_YES_NO, OF_DRONE, BY_SECOND, 0,
	    "it is the one of the two that the alarm is raised for"),

	SAMPLE(cross_track_m, "m", 0, "off the line between its waypoints, in mode mission"),
	SAMPLE(no_progress_s, "s", 0, "since it last moved 10 m, in a mode that goes somewhere"),

	ROW(command_failed, "", OPERAND_YES_NO, OF_DRONE, BY_SECOND, 0,
	    "a command failed in the last minute and none succeeded since"),
	ROW(command_unknown, "", OPERAND_YES_NO, OF_DRONE, BY_SECOND, 0,
	    "what became of its last command is not known"),

	ROW(source_up, "", OPERAND_YES_NO, OF_SOURCE, BY_CLOCK, 0, "its source's heartbeats come"),
	ROW(clock_skew_s, "s", OPERAND_NUMBER, OF_SOURCE, BY_CLOCK, 1,
	    "its source's clock off ours, either way"),
	ROW(rejects_min, "", OPERAND_NUMBER, OF_SOURCE, BY_CLOCK, 0,
	    "messages of its source refused in the last minute"),

	ROW(history_out, "", OPERAND_YES_NO, OF_SITE, BY_CLOCK, 0, "the history cannot be written"),
	ROW(alarms_10min, "", OPERAND_NUMBER, OF_SITE, BY_CLOCK, 0,
	    "alarms raised in the last 10 minutes"),
};

static const struct operand_desc fields[FIELD_COUNT] = {
#define FIELD(name_, type_, unit_, scale_, min_, max_, decimals_, help_)                           \
	{ .name = #name_,                                                                          \
		.unit = unit_,                                                                     \
		.of = OF_DRONE,                                                                    \
		.by = BY_SAMPLE,                                                                   \
		.decimals = decimals_,                                                             \
		.help = help_,                                                                     \
		.kind = (int)FIELD_##name_ == (int)FIELD_mode ? OPERAND_MODE : OPERAND_NUMBER },
#include "proto/fields.def"
#undef FIELD
};

const struct operand_desc *operand_desc(enum operand o)
{
	return (int)o < FIELD_COUNT ? &fields[o] : &derived[o - FIELD_COUNT];
}

enum operand operand_find(const char *name)
{
	for (int o = 0; o < OPERAND_COUNT; o++) {
		if (strcmp(operand_desc(o)->name, name) == 0)
			return o;
	}
	return OPERAND_COUNT;
}

const char *operand_nearest(const char *name)
{
	const char *names[OPERAND_COUNT + 1];

	for (int o = 0; o < OPERAND_COUNT; o++)
		names[o] = operand_desc(o)->name;
	names[OPERAND_COUNT] = NULL;
	return str_nearest(name, names);
}
