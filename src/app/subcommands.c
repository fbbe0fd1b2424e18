/* The table of subcommands: see app.h. One row each; what a row runs lives in
 * a file of its own. */
#include <string.h>

#include "app/app.h"
#include "app/commands.h"

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

const struct subcommand subcommand_table[] = {
	{
		.name = "daemon",
		.run = cmd_daemon,
		.operands = "",
		.summary = "take in telemetry, log it, offer it again, hand commands on",
		.options = daemon_flags,
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
