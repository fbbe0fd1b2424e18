/* The table of options: see config.h. */
#include "config/config.h"

#define AT(member) .offset = offsetof(struct config, member), .size = sizeof(((struct config *)0)->member)
#define IN(type, member) .offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)

const struct option_desc option_table[] = {
	{
		.section = "daemon", .key = "name", .type = OPTION_ID, AT(name), .initial = "odyssey",
		.help = "what the daemon calls itself on the wire",
	},
	{
		.section = "daemon", .key = "feed", .type = OPTION_ENDPOINT, AT(feed),
		.initial = "tcp://127.0.0.1:7600",
		.help = "where it offers telemetry, and where the other commands look for it",
	},
	{
		.section = "daemon", .key = "control", .type = OPTION_ENDPOINT, AT(control),
		.initial = "", .help = "where it takes requests; left out: the port above feed",
	},
	{
		.section = "daemon", .key = "state", .type = OPTION_PATH, AT(state_dir), .initial = "",
		.help = "its directory for lock and history; left out: $XDG_STATE_HOME/odyssey",
	},
	{
		.section = "daemon", .key = "insecure", .type = OPTION_BOOL, AT(insecure),
		.initial = "no",
		.help = "bind an address that others can reach without keys",
	},
	{
		.section = "daemon", .key = "server_key", .type = OPTION_PATH, AT(server_key),
		.initial = "", .help = "file with the daemon's public key, for those who connect to it",
	},
	{
		.section = "source", .key = "feed", .type = OPTION_ENDPOINT, IN(config_source, feed),
		.initial = "", .needed = "tcp://127.0.0.1:7610", .help = "where the source publishes",
	},
	{
		.section = "source", .key = "control", .type = OPTION_ENDPOINT, IN(config_source, control),
		.initial = "", .help = "where it takes requests; left out: the port above feed",
	},
	{
		.section = "source", .key = "replay", .type = OPTION_BOOL, IN(config_source, replay),
		.initial = "no",
		.help = "it offers the past: shown, never logged, no alarms, no commands",
	},
	{
		.section = "source", .key = "server_key", .type = OPTION_PATH, IN(config_source, server_key),
		.initial = "", .help = "file with the source's public key, where it has one",
	},
	{
		.section = "fleet", .key = "stale_s", .type = OPTION_NUMBER, AT(stale_s), .unit = "s",
		.min = 0.5, .max = 3600, .initial = "3",
		.help = "a drone silent for so long is stale",
	},
	{
		.section = "fleet", .key = "lost_s", .type = OPTION_NUMBER, AT(lost_s), .unit = "s",
		.min = 1, .max = 86400, .initial = "10",
		.help = "a drone silent for so long is lost",
	},
	{
		.section = "command", .key = "answer_s", .type = OPTION_NUMBER, AT(answer_s),
		.unit = "s", .min = 0.1, .max = 600, .initial = "3",
		.help = "how long a source may take to answer a command before its outcome is unknown",
	},
	{
		.section = "command", .key = "expires_s", .type = OPTION_NUMBER, AT(expires_s),
		.unit = "s", .min = 1, .max = 3600, .initial = "15",
		.help = "a command that arrives later than this is not flown",
	},
	{
		.section = "history", .key = "dir", .type = OPTION_PATH, AT(history_dir), .initial = "",
		.help = "where every sample is logged; left out: history below state",
	},
	{
		.section = "history", .key = "commit_ms", .type = OPTION_NUMBER, AT(commit_ms),
		.unit = "ms", .min = 10, .max = 10000, .initial = "100",
		.help = "at most so long from arrival to a committed row",
	},
	{
		.section = "history", .key = "queue_mb", .type = OPTION_NUMBER, AT(queue_mb),
		.unit = "MB", .min = 1, .max = 4096, .initial = "48",
		.help = "at most so much waits in memory for a slow or dead disk",
	},
	{
		.section = "history", .key = "keep_days", .type = OPTION_NUMBER, AT(keep_days),
		.unit = "d", .min = 0, .max = 36500, .initial = "0",
		.help = "days older than this are deleted; 0 keeps them",
	},
	{
		.section = "history", .key = "keep_gb", .type = OPTION_NUMBER, AT(keep_gb),
		.unit = "GB", .min = 0, .max = 1e6, .initial = "0",
		.help = "oldest days are deleted above this size; 0 keeps them",
	},
	{
		.section = "alarm", .key = "when", .type = OPTION_TEXT, IN(config_alarm, when),
		.initial = "", .help = "the condition, as in battery < 25 and in_air",
	},
	{
		.section = "alarm", .key = "for", .type = OPTION_TEXT, IN(config_alarm, hold),
		.initial = "", .help = "how long it must hold: 5s, or 3x for three samples in a row",
	},
	{
		.section = "alarm", .key = "clear", .type = OPTION_TEXT, IN(config_alarm, clear),
		.initial = "",
		.help = "the condition that ends it, so that a value at its limit gives one alarm, not many",
	},
	{
		.section = "alarm", .key = "level", .type = OPTION_WORD, IN(config_alarm, level),
		.choices = "watch|warning|critical", .initial = "", .help = "how much it matters",
	},
	{
		.section = "alarm", .key = "text", .type = OPTION_TEXT, IN(config_alarm, text),
		.initial = "", .help = "what it says; {battery} and the like become values",
	},
	{
		.section = "alarm", .key = "only", .type = OPTION_TEXT, IN(config_alarm, only),
		.initial = "", .help = "drones it is for: ids and patterns, blanks between",
	},
	{
		.section = "alarm", .key = "latch", .type = OPTION_WORD, IN(config_alarm, latch),
		.choices = "yes|no", .initial = "",
		.help = "whether it stands until somebody acknowledges it, even when the cause has gone",
	},
	{
		.section = "alarm", .key = "on", .type = OPTION_BOOL, IN(config_alarm, on),
		.initial = "yes", .help = "no switches the rule off",
	},
	{
		.section = "zone", .key = "file", .type = OPTION_PATH, IN(config_zone, file),
		.initial = "",
		.help = "GeoJSON, QGroundControl .plan, KML, OpenAir or ED-269; left out: it is a ceiling "
			"everywhere",
	},
	{
		.section = "zone", .key = "kind", .type = OPTION_WORD, IN(config_zone, kind),
		.choices = "in|out|ceiling|info", .initial = "",
		.help = "in: drones stay inside; out: they stay outside; ceiling: not above it there; "
			"info: shown only; left out: as the file says",
	},
	{
		.section = "zone", .key = "floor", .type = OPTION_TEXT, IN(config_zone, floor),
		.initial = "", .help = "lowest height it is for: metres above home, or as 120 m AMSL, FL95; left out: as the file says",
	},
	{
		.section = "zone", .key = "ceiling", .type = OPTION_TEXT, IN(config_zone, ceiling),
		.initial = "", .help = "greatest height it is for: metres above home, or as 120 m AMSL, FL95; left out: as the file says",
	},
	{
		.section = "zone", .key = "drones", .type = OPTION_TEXT, IN(config_zone, drones),
		.initial = "", .help = "drones it is for: ids and patterns, blanks between; left out: all",
	},
	{
		.section = "notify", .key = "run", .type = OPTION_PATH, AT(notify_run), .initial = "",
		.help = "program that is run at each alarm, the alarm as JSON on its standard input",
	},
	{
		.section = "notify", .key = "level", .type = OPTION_WORD, AT(notify_level),
		.choices = "watch|warning|critical", .initial = "warning",
		.help = "alarms below this level run nothing",
	},
	{
		.section = "notify", .key = "timeout_s", .type = OPTION_NUMBER, AT(notify_timeout_s),
		.unit = "s", .min = 0.1, .max = 600, .initial = "10",
		.help = "a run that takes longer is ended",
	},
	{
		.section = "notify", .key = "at_once", .type = OPTION_NUMBER, AT(notify_at_once),
		.min = 1, .max = 64, .initial = "4", .help = "most runs at the same time",
	},
	{
		.section = "notify", .key = "per_minute", .type = OPTION_NUMBER,
		AT(notify_per_minute), .min = 0, .max = 6000, .initial = "60",
		.help = "most runs begun in a minute, the most important first; 0: without limit",
	},
	{
		.section = "screen", .key = "theme", .type = OPTION_WORD, AT(theme),
		.choices = "dark|light|mono|safe", .initial = "dark",
		.help = "colours for a dark or a light ground, none, or those that the colour-blind tell apart",
	},
	{
		.section = "screen", .key = "color", .type = OPTION_WORD, AT(color),
		.choices = "auto|never|8|16|256", .initial = "auto",
		.help = "how many colours are used; auto: what the terminal has, none if NO_COLOR is set",
	},
	{
		.section = "screen", .key = "charset", .type = OPTION_WORD, AT(charset),
		.choices = "auto|braille|block|ascii", .initial = "auto",
		.help = "what the map and the lines are drawn with; auto: the best that locale and terminal have",
	},
	{
		.section = "screen", .key = "columns", .type = OPTION_TEXT, AT(columns),
		.initial = "",
		.help = "columns of the fleet table in order, as in id,state,mode,height,wind; left out: by the width",
	},
	{
		.section = "screen", .key = "fps", .type = OPTION_NUMBER, AT(fps), .min = 0, .max = 30,
		.initial = "0", .help = "frames a second at most; 0: as the terminal takes them",
	},
	{
		.section = "screen", .key = "aspect", .type = OPTION_NUMBER, AT(aspect), .min = 0,
		.max = 4, .initial = "0",
		.help = "height of a character cell over its width; 0: what the terminal says, or 2",
	},
	{
		.section = "screen", .key = "mouse", .type = OPTION_BOOL, AT(mouse), .initial = "no",
		.help = "click selects, the wheel zooms and scrolls; no leaves the mouse to the terminal",
	},
	{
		.section = "screen", .key = "bell", .type = OPTION_WORD, AT(bell),
		.choices = "none|critical|warning|watch", .initial = "critical",
		.help = "rings once for new alarms of this level or worse",
	},
	{
		.section = "layer", .key = "file", .type = OPTION_PATH, IN(config_layer, file),
		.initial = "", .needed = "coast.shp", .help = "the shapefile, .shp",
	},
	{
		.section = "layer", .key = "kind", .type = OPTION_TEXT, IN(config_layer, kind),
		.initial = "",
		.help = "land, water, green, building, river, coast, rail, road, border, place or other; left out: place for points, other for lines and areas",
	},
	{
		.section = "layer", .key = "colour", .type = OPTION_TEXT, IN(config_layer, colour),
		.initial = "", .help = "a kind, a colour (red, orange, yellow, lime, cyan, blue, purple, pink, brown, grey, white) or 0 to 255 of the xterm palette; left out: the kind's",
	},
	{
		.section = "layer", .key = "fill", .type = OPTION_WORD, IN(config_layer, fill),
		.choices = "yes|no", .initial = "",
		.help = "areas are filled, or only outlined; left out: as the kind has it",
	},
	{
		.section = "layer", .key = "min_zoom", .type = OPTION_NUMBER, IN(config_layer, min_zoom),
		.min = 0, .max = 22, .initial = "0", .help = "not drawn when further out; 0: as the kind has it",
	},
	{
		.section = "layer", .key = "max_zoom", .type = OPTION_NUMBER, IN(config_layer, max_zoom),
		.min = 0, .max = 22, .initial = "22", .help = "not drawn when closer in; 22: as the kind has it",
	},
	{
		.section = "security", .key = "secret_key", .type = OPTION_PATH, AT(secret_key),
		.initial = "", .help = "file with our secret CURVE key, for binding and connecting",
	},
	{
		.section = "security", .key = "clients", .type = OPTION_PATH, AT(clients),
		.initial = "",
		.help = "file with the public keys that may connect, one a line; left out: any that know ours",
	},
	{
		.section = "bridge", .key = "name", .type = OPTION_ID, AT(bridge_name),
		.initial = "bridge", .help = "what the MAVLink bridge calls itself on the wire",
	},
	{
		.section = "bridge", .key = "feed", .type = OPTION_ENDPOINT, AT(bridge_feed),
		.initial = "tcp://127.0.0.1:7620", .help = "where the bridge offers telemetry",
	},
	{
		.section = "bridge", .key = "control", .type = OPTION_ENDPOINT, AT(bridge_control),
		.initial = "", .help = "where it takes requests; left out: the port above feed",
	},
	{
		.section = "bridge", .key = "mavlink", .type = OPTION_TEXT, AT(bridge_links),
		.initial = "",
		.help = "its links, blanks between, as in udp:14550 serial:/dev/ttyUSB0:57600",
	},
	{
		.section = "bridge", .key = "names", .type = OPTION_TEXT, AT(bridge_names),
		.initial = "",
		.help = "drone ids by system id, as in 1:alpha, 2:bravo; left out: M and the number",
	},
	{
		.section = "bridge", .key = "rate", .type = OPTION_NUMBER, AT(bridge_rate),
		.unit = "Hz", .min = 0.2, .max = 50, .initial = "10",
		.help = "samples a second asked of each vehicle",
	},
	{
		.section = "bridge", .key = "system", .type = OPTION_NUMBER, AT(bridge_system),
		.min = 1, .max = 255, .initial = "255",
		.help = "the bridge's own MAVLink system id, that of a ground station",
	},
	{
		.section = "bridge", .key = "signing_key", .type = OPTION_PATH, AT(bridge_signing_key),
		.initial = "",
		.help = "file with the MAVLink signing key, 64 hexadecimal digits; left out: nothing is signed",
	},
	{
		.section = "bridge", .key = "tlog_dir", .type = OPTION_PATH, AT(bridge_tlog_dir),
		.initial = "", .help = "directory for raw .tlog files of all that is sent and received",
	},
	{
		.section = "log", .key = "level", .type = OPTION_WORD, AT(log_level),
		.choices = "error|warning|notice|info|debug", .initial = "notice",
		.help = "how much is said on stderr",
	},
	{ 0 },
};

#define LIST(type, member, number, room)                                                       \
	.list = offsetof(struct config, member), .count = offsetof(struct config, number),     \
	.cap = offsetof(struct config, room), .row_size = sizeof(struct type)

const struct section_desc section_table[] = {
	{ .name = "daemon", .about = "The daemon of this site, and where the other commands find it." },
	{
		.name = "source", .a = "a source", .sample = "sim",
		LIST(config_source, sources, source_count, source_cap),
		.about = "Where drones come from: a section for each source, in order of precedence. "
			 "A drone that two sources offer belongs to the one named first.",
	},
	{
		.name = "fleet",
		.about = "When data counts as old. Old data is marked and never shown as current.",
	},
	{ .name = "command", .about = "Commands to drones." },
	{ .name = "history", .about = "The log of everything that arrives." },
	{
		.name = "alarm", .a = "an alarm", .sample = "battery_low",
		LIST(config_alarm, alarms, alarm_count, alarm_cap),
		.about = "Rules of one's own, and what is to be different of the built-in ones: a "
			 "section for each. What is left out stays as it is built in. See "
			 "odyssey-alarms(5).",
	},
	{
		.name = "zone", .a = "a zone", .sample = "field",
		LIST(config_zone, zones, zone_count, zone_cap),
		.about = "Fences and ceilings from files: a section for each file. See "
			 "odyssey-alarms(5).",
	},
	{
		.name = "notify",
		.about = "A program to run at an alarm: mail, chat, a siren. Never taken from "
			 "./odyssey.conf.",
	},
	{
		.name = "screen",
		.about = "How the screen looks. All of it can be changed while it runs, by :set.",
	},
	{
		.name = "layer", .a = "a layer", .sample = "coast",
		LIST(config_layer, layers, layer_count, layer_cap),
		.about = "Layers of the map, the lowest first: a section for each shapefile. With "
			 "none, the maps that come with the program are shown.",
	},
	{
		.name = "security",
		.about = "Keys (CURVE). They are needed as soon as the daemon binds an address that "
			 "others can reach, or the word insecure; odyssey keys makes them.",
	},
	{ .name = "bridge", .about = "MAVLink vehicles: odyssey bridge." },
	{ .name = "log", .about = "Messages of the daemon itself." },
	{ 0 },
};
