/* The table of subcommands: see app.h. One row each; what a row runs lives in
 * a file of its own. */
#include <string.h>

#include "app/app.h"
#include "app/attach.h"
#include "app/commands.h"
#include "app/history_args.h"
#include "app/replay_args.h"
#include "app/rows_out.h"

#define FLAG_DAEMON_ENDPOINTS                                                  \
	{ .name = "feed", .value = "ENDPOINT", .option = "daemon.feed",        \
	  .help = "where it offers telemetry" },                               \
	{ .name = "control", .value = "ENDPOINT", .option = "daemon.control",  \
	  .help = "where it takes requests" }
#define FLAG_STATE                                                             \
	{ .name = "state", .value = "DIR", .option = "daemon.state",           \
	  .help = "state directory: lock and history" }

static const struct flag_desc daemon_flags[] = {
	FLAG_DAEMON_ENDPOINTS,
	{ .name = "source", .value = "FEED[,CONTROL]",
	  .help = "a source; repeatable; replaces the configuration's" },
	{ .name = "history", .value = "DIR", .option = "history.dir",
	  .help = "where every sample is logged" },
	FLAG_STATE,
	{ .name = "name", .value = "NAME", .option = "daemon.name", .help = "its name on the wire" },
	{ .name = "insecure", .option = "daemon.insecure",
	  .help = "bind an address that others can reach without keys" },
	{ .name = "detach", .letter = 'd', .help = "go on in the background" },
	{ 0 },
};

static const struct flag_desc stop_flags[] = {
	FLAG_STATE,
	{ 0 },
};

#define FLAG_JSON { .name = "json", .help = "JSON lines" }
#define FLAG_FIELDS { .name = "fields", .value = "NAME,...", .help = "only these, as in lat,lon,height" }

#define FLAGS_SCREEN                                                           \
	{ .name = "color", .value = "WHEN", .help = "auto, never, 8, 16 or 256 colours" }, \
	{ .name = "charset", .value = "SET", .help = "auto, braille, block or ascii" }, \
	{ .name = "script", .value = "FILE", .help = "play the keys of a file; without a terminal too" }

static const struct flag_desc screen_flags[] = {
	FLAG_CONNECT,
	{ .name = "read-only", .help = "nothing can be sent from this screen" },
	FLAG_HISTORY,
	FLAGS_SCREEN,
	{ 0 },
};

static const struct flag_desc ls_flags[] = {
	FLAG_CONNECT,
	FLAG_JSON,
	FLAG_FIELDS,
	{ .name = "sources", .help = "where the drones come from, not the drones" },
	{ .name = "ids", .help = "only the ids, a line each" },
	{ 0 },
};

static const struct flag_desc tail_flags[] = {
	FLAG_CONNECT,
	FLAG_JSON,
	FLAG_FIELDS,
	{ .name = "count", .letter = 'n', .value = "COUNT", .help = "end after so many messages" },
	{ .name = "duration", .value = "TIME", .help = "end after so long, as in 10, 90s, 5m" },
	{ 0 },
};

static const struct flag_desc send_flags[] = {
	FLAG_CONNECT,
	FLAG_JSON,
	{ .name = "yes", .letter = 'y', .help = "send it though it is dangerous" },
	{ .name = "count", .value = "N",
	  .help = "that it is for N drones; hold, rtl and land need none" },
	{ .name = "reason", .value = "TEXT",
	  .help = "why it is sent though it is warned against; logged with it" },
	{ .name = "wait", .letter = 'w', .help = "follow its stages, and succeed only when it is done" },
	{ .name = "timeout", .value = "S",
	  .help = "seconds to go on for; left out: some for an answer, no end for --wait" },
	{ .name = "expires", .value = "S", .option = "command.expires_s",
	  .help = "it is not flown if it arrives later than this" },
	{ 0 },
};

static const struct flag_desc alarms_flags[] = {
	FLAG_CONNECT,
	{ .name = "drone", .value = "ID", .help = "only this drone's" },
	{ .name = "all", .letter = 'a', .help = "also those that have ended within the hour" },
	{ .name = "ids", .help = "only the ids, a line each" },
	FLAG_JSON,
	{ 0 },
};

static const struct flag_desc ack_flags[] = {
	FLAG_CONNECT,
	{ .name = "all", .letter = 'a', .help = "all that stand" },
	FLAG_JSON,
	{ 0 },
};

static const struct flag_desc shelve_flags[] = {
	FLAG_CONNECT,
	{ .name = "for", .value = "TIME", .help = "how long, as in 90s, 10m, 2h; a day at most" },
	{ .name = "out-of-service",
	    .help = "until its drone is heard again: where that is lost, and may never be" },
	{ .name = "why", .value = "TEXT", .help = "the reason, for the others to read" },
	FLAG_JSON,
	{ 0 },
};

static const struct flag_desc unshelve_flags[] = {
	FLAG_CONNECT,
	FLAG_JSON,
	{ 0 },
};

static const struct flag_desc check_flags[] = {
	FLAG_DAEMON_ENDPOINTS,
	FLAG_STATE,
	{ 0 },
};

static const struct flag_desc flights_flags[] = {
	FLAG_HISTORY,
	FLAG_DRONE,
	FLAG_SINCE,
	FLAG_UNTIL,
	{ .name = "all", .help = "also where a drone was armed and never left the ground" },
	FLAG_JSON,
	FLAG_CSV,
	{ 0 },
};

static const struct flag_desc export_flags[] = {
	FLAG_HISTORY,
	{ .name = "format", .value = "FORMAT", .help = "csv (left out), geojson, kml or gpx" },
	{ .name = "output", .letter = 'o', .value = "FILE",
	  .help = "into this file, whole or not at all; left out: to standard output" },
	{ .name = "drone", .value = "ID", .help = "this drone, where no flight is named" },
	{ .name = "from", .value = "TIME",
	  .help = "from then on: 2026-11-21T09:00Z, or ago: 30m, 2h, 3d" },
	{ .name = "to", .value = "TIME", .help = "up to then; left out: now" },
	{ 0 },
};

static const struct flag_desc replay_flags[] = {
	FLAGS_REPLAY,
	{ .name = "serve", .help = "offer it to others as a source" },
	{ .name = "feed", .value = "ENDPOINT", .help = "where; left out: tcp://127.0.0.1:7630" },
	{ .name = "control", .value = "ENDPOINT", .help = "where it answers; left out: the port after" },
	{ .name = "insecure", .help = "bind an address that others can reach without keys" },
	FLAGS_SCREEN,
	{ 0 },
};

static const struct flag_desc sql_flags[] = {
	FLAG_HISTORY,
	FLAG_JSON,
	FLAG_CSV,
	{ 0 },
};

static const struct flag_desc history_flags[] = {
	FLAG_HISTORY,
	FLAG_JSON,
	{ 0 },
};

static const struct flag_desc rejects_flags[] = {
	FLAG_HISTORY,
	FLAG_STATE,
	FLAG_SINCE,
	FLAG_UNTIL,
	{ .name = "reason", .value = "WORD", .help = "only these (odyssey doc rejects lists the words)" },
	{ .name = "count", .help = "how many by source and reason" },
	{ .name = "retry", .help = "store the samples that this version does not refuse" },
	FLAG_JSON,
	FLAG_CSV,
	{ 0 },
};

static const struct flag_desc bridge_flags[] = {
	{ .name = "mavlink", .value = "LINK",
	  .help = "a way to vehicles; repeatable; replaces the configuration's" },
	{ .name = "feed", .value = "ENDPOINT", .option = "bridge.feed",
	  .help = "where it offers telemetry" },
	{ .name = "control", .value = "ENDPOINT", .option = "bridge.control",
	  .help = "where it takes requests" },
	{ .name = "name", .value = "NAME", .option = "bridge.name", .help = "its name on the wire" },
	{ .name = "rate", .value = "HZ", .option = "bridge.rate",
	  .help = "samples a second asked of each vehicle" },
	{ .name = "insecure", .option = "daemon.insecure",
	  .help = "bind an address that others can reach without keys" },
	{ 0 },
};

const struct subcommand subcommand_table[] = {
	{
		.name = "screen",
		.run = cmd_screen,
		.operands = "",
		.summary = "show map, fleet and alarms, and take commands; what odyssey alone does",
		.details =
		    "Attaches to the site's daemon and starts one where none runs. ? in it lists the\n"
		    "keys; odyssey-screen(7) has all of it. A script has a step a line: wait SECONDS,\n"
		    "key NAME..., type TEXT, line COMMAND, size COLUMNSxROWS, save FILE.\n",
		.options = screen_flags,
	},
	{
		.name = "ls",
		.run = cmd_ls,
		.operands = "",
		.summary = "list the fleet, a line each",
		.details =
		    "A drone is stale 3 s and lost 10 s after its last sample ([fleet] in the\n"
		    "configuration); what is shown of it then is its last known state.\n"
		    "--fields takes telemetry fields (odyssey doc fields) and id, model, source,\n"
		    "kind, state, age, mode_name.\n",
		.options = ls_flags,
	},
	{
		.name = "tail",
		.run = cmd_tail,
		.operands = "[TOPIC...]",
		.summary = "print the live feed as text or JSON lines",
		.details =
		    "TOPIC is a kind (tm hb ev cm pl al or vd), a kind and an id (tm.D01), an id (all\n"
		    "about D01), or either with * and ?; without one everything is printed.\n",
		.options = tail_flags,
	},
	{
		.name = "send",
		.run = cmd_send,
		.operands = "DRONE... CMD [ARGS]",
		.summary = "give a command to one drone or several",
		.details =
		    "  odyssey send D01 goto 47.1512 9.5214 60\n"
		    "  odyssey send D01 goto 47\u00b009'04\"N 9\u00b031'17\"E height=60 speed=12\n"
		    "  odyssey send D01 mission field.plan start --yes --wait\n"
		    "  odyssey send D01 D02 rtl\n"
		    "  odyssey send '*' hold\n"
		    "  odyssey send 'D0*' speed 8 --count 9\n\n"
		    "Commands and their arguments: odyssey doc commands. What is dangerous asks for y\n"
		    "or needs --yes; to several drones, all but hold, rtl and land ask for their\n"
		    "number or need --count. Ends with 0 when accepted (--wait: done), 1 when\n"
		    "refused, failed or unknown, 2 when nothing was sent because of what was typed.\n",
		.options = send_flags,
	},
	{
		.name = "alarms",
		.run = cmd_alarms,
		.operands = "",
		.summary = "list the alarms that stand, the most important first",
		.details =
		    "By level, then what nobody has acknowledged, then the newest. Below them it says\n"
		    "what comes and goes (chattering), what has stood for a day (standing), and, in a\n"
		    "flood of more than 10 within 10 minutes, how many of each rule.\n",
		.options = alarms_flags,
	},
	{
		.name = "ack",
		.run = cmd_ack,
		.operands = "ALARM|DRONE...",
		.summary = "acknowledge alarms: one, those of a drone, or all",
		.details =
		    "Everybody sees who it was. It ends no alarm whose cause is still there.\n\n"
		    "  odyssey ack D07.8kxq2\n"
		    "  odyssey ack D07\n"
		    "  odyssey ack --all\n",
		.options = ack_flags,
	},
	{
		.name = "shelve",
		.run = cmd_shelve,
		.operands = "ALARM|DRONE... --for TIME|--out-of-service --why TEXT",
		.summary = "put an alarm aside for a time, or out of service",
		.details =
		    "It makes no noise until then, comes back by itself if its cause is still there,\n"
		    "and is listed with who put it aside and why. Of a drone: all that stand.\n\n"
		    "Out of service is for the alarms of a drone that is lost and may not return.\n"
		    "They are in service again once it is heard, or by unshelve.\n\n"
		    "  odyssey shelve D07.8kxq2 --for 10m --why \"on the pad, known\"\n"
		    "  odyssey shelve D07 --out-of-service --why \"crashed, collected\"\n",
		.options = shelve_flags,
	},
	{
		.name = "unshelve",
		.run = cmd_unshelve,
		.operands = "ALARM|DRONE...",
		.summary = "take back an alarm that was put aside, or out of service",
		.options = unshelve_flags,
	},
	{
		.name = "check",
		.run = cmd_check,
		.operands = "",
		.summary = "try the configuration, endpoints and directories, and say how to mend them",
		.flags = SUBCOMMAND_NO_CONFIG,
		.options = check_flags,
	},
	{
		.name = "completion",
		.run = cmd_completion,
		.operands = "bash|zsh",
		.summary = "print a completion script for the shell",
		.details =
		    "  odyssey completion bash > ~/.local/share/bash-completion/completions/odyssey\n"
		    "  odyssey completion zsh > a directory of $fpath, as _odyssey\n",
		.flags = SUBCOMMAND_NO_CONFIG,
	},
	{
		.name = "doc",
		.run = cmd_doc,
		.operands = "[TABLE]",
		.summary = "print a table of the manual in mdoc macros",
		.details = "Without an operand it lists the tables; doc subcommand NAME is one command of\n"
			   "odyssey with its options.\n",
		.flags = SUBCOMMAND_NO_CONFIG,
	},
	{
		.name = "flights",
		.run = cmd_flights,
		.operands = "",
		.summary = "list the flights in the history",
		.details = "A flight goes from arming or leaving the ground to landing.\n",
		.options = flights_flags,
	},
	{
		.name = "export",
		.run = cmd_export,
		.operands = "[FLIGHT]",
		.summary = "write a flight for other programs: CSV, GeoJSON, KML, GPX",
		.details =
		    "  odyssey export D01-20261121T091504 --format kml -o flight.kml\n"
		    "  odyssey export --drone D01 --from 2h --format gpx\n\n"
		    "Where samples are missing or the position was not valid a new segment begins.\n",
		.options = export_flags,
	},
	{
		.name = "history",
		.run = cmd_history,
		.operands = "[verify]",
		.summary = "list the days that are stored, or read all of them and say what is wrong",
		.details = "MISSING are samples that are still asked for, LOST those that will never come.\n"
			   "verify ends with 1 if anything is wrong.\n",
		.options = history_flags,
	},
	{
		.name = "rejects",
		.run = cmd_rejects,
		.operands = "",
		.summary = "list the messages that were refused, with the reason",
		.details = "--json has their bytes. --retry needs the daemon to be stopped; what is stored\n"
			   "already is not stored again.\n",
		.options = rejects_flags,
	},
	{
		.name = "replay",
		.run = cmd_replay,
		.operands = "[FROM]",
		.summary = "show the history on the screen as it was, or offer it as a source",
		.details =
		    "  odyssey replay                      the last hour\n"
		    "  odyssey replay 2026-11-20T13:40Z    from then on\n"
		    "  odyssey replay -30m                 from half an hour ago\n"
		    "  odyssey replay D01-20261121T091504  a flight; odyssey flights lists them\n\n"
		    "The keys of time are those of the screen's timeline: ? lists them. With --serve\n"
		    "there is no screen: the past is a source of kind replay.\n"
		    "It works while a daemon writes, on a copied directory, and on one day's file.\n"
		    "Commands are refused; a daemon takes it as a source with replay = yes.\n",
		.options = replay_flags,
	},
	{
		.name = "sql",
		.run = cmd_sql,
		.operands = "STATEMENT",
		.summary = "ask the whole history in SQL, read-only",
		.details =
		    "Tables: telemetry (drone, boot, seq, time in ms, then the fields by name in\n"
		    "degrees, metres, m/s), events, commands, alarms, orders, plans, flights, gaps,\n"
		    "rejects, drones.\n\n"
		    "  odyssey sql \"SELECT time, lat, lon, height FROM telemetry WHERE drone = 'D01'\n"
		    "      AND time > 1795200000000\"\n",
		.options = sql_flags,
	},
	{
		.name = "daemon",
		.run = cmd_daemon,
		.operands = "",
		.summary = "take in telemetry, log it, offer it again, hand commands on",
		.options = daemon_flags,
	},
	{
		.name = "bridge",
		.run = cmd_bridge,
		.operands = "",
		.summary = "offer MAVLink vehicles, as ArduPilot and PX4 fly them, as a source",
		.details =
		    "LINK is one of\n"
		    "  udp:[HOST:]PORT      listen; any number of vehicles on one port\n"
		    "  udpout:HOST:PORT     send there, take what comes back\n"
		    "  tcp:HOST:PORT        connect, and again for ever\n"
		    "  serial:DEV:BAUD      a radio or cable, as in serial:/dev/ttyUSB0:57600\n"
		    "  tlog:FILE[,speed=X][,loop][,times=now|file]\n"
		    "                       play a telemetry log; with times=file as a replay\n"
		    "Several links to one vehicle are one drone; the best is used.\n",
		.options = bridge_flags,
	},
	{
		.name = "stop",
		.run = cmd_stop,
		.operands = "",
		.summary = "end the daemon of the state directory",
		.options = stop_flags,
	},
	{
		.name = "keys",
		.run = cmd_keys,
		.operands = "FILE",
		.summary = "make a pair of keys for encrypted connections",
		.details = "Writes the secret key to FILE and the public one to FILE.pub.\n",
		.flags = SUBCOMMAND_NO_CONFIG,
	},
	{ 0 },
};

const struct subcommand *subcommand_find(const char *name)
{
	for (const struct subcommand *s = subcommand_table; s->name; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}
