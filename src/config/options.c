/* The table of options: see config.h. */
#include "config/config.h"

#define AT(member) .offset = offsetof(struct config, member), .size = sizeof(((struct config *)0)->member)
#define IN_SOURCE(member)                                                      \
	.offset = offsetof(struct config_source, member),                      \
	.size = sizeof(((struct config_source *)0)->member)

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
		.section = "source", .key = "feed", .type = OPTION_ENDPOINT, IN_SOURCE(feed),
		.initial = "", .help = "where the source publishes",
	},
	{
		.section = "source", .key = "control", .type = OPTION_ENDPOINT, IN_SOURCE(control),
		.initial = "", .help = "where it takes requests; left out: the port above feed",
	},
	{
		.section = "source", .key = "replay", .type = OPTION_BOOL, IN_SOURCE(replay),
		.initial = "no",
		.help = "it offers the past: shown, never logged, no alarms, no commands",
	},
	{
		.section = "source", .key = "server_key", .type = OPTION_PATH, IN_SOURCE(server_key),
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
