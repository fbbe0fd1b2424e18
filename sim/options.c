/* The command line of odyssey-sim: see options.h. */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define GROUND_M 455.0 /* of the valley floor at Vaduz, above sea */

const struct flag_desc option_flags[] = {
	{ .name = "drones", .letter = 'n', .value = "N", .help = "how many, 1 to 10000 (12)" },
	{ .name = "rate", .letter = 'r', .value = "HZ", .help = "samples a second of each, 0.1 to 100 (10)" },
	{ .name = "seed", .value = "S", .help = "another seed, another day (1)" },
	{ .name = "feed", .value = "EP", .help = "publishes there (tcp://127.0.0.1:7610)" },
	{ .name = "control", .value = "EP", .help = "answers there (the feed's next port)" },
	{ .name = "home", .value = "LAT,LON", .help = "middle of the fleet (47.1410,9.5209)" },
	{ .name = "prefix", .value = "ID", .help = "drones are ID01, ID02, ... (D)" },
	{ .name = "name", .value = "NAME", .help = "name of this source (sim)" },
	{ .name = "model", .value = "M", .help = "quad, wing, vtol or mixed (quad)" },
	{ .name = "idle", .help = "wait on the ground, charged, for commands" },
	{ .name = "speedup", .value = "X", .help = "time runs X times as fast, 0.01 to 1000 (1)" },
	{ .name = "duration", .value = "S", .help = "end after S simulated seconds" },
	{ .name = "epoch", .value = "MS", .help = "clock starts there, ms since 1970: a repeatable run" },
	{ .name = "backfill-mb", .value = "N", .help = "memory for samples to be asked for again (256)" },
	{ .name = "fault", .value = "SPEC", .help = "KIND=VALUE[@DRONE], repeatable: drop, dup, reorder, garbage, skew, nogps, silence, crash" },
	{ .name = "config", .value = "FILE", .help = "take [security] secret_key and clients from there" },
	{ .name = "insecure", .help = "bind where others can reach it, without keys" },
	{ .name = "help", .letter = 'h', .help = "this" },
	{ .name = "version", .letter = 'V', .help = "version, and that is all" },
	{ .name = NULL },
};

static int parse_home(const char *text, struct geo_point *home, struct err *err)
{
	char lat[64];
	const char *comma = text ? strchr(text, ',') : NULL;

	if (!text)
		return 0;
	if (!comma || !str_copy_n(lat, sizeof(lat), text, (size_t)(comma - text)) ||
	    !str_double(lat, &home->lat) || !str_double(comma + 1, &home->lon))
		return err_set(err, "--home is LAT,LON in degrees, as 47.1410,9.5209, and \"%s\" is not",
		    text);
	if (home->lat < -85 || home->lat > 85 || home->lon < -180 || home->lon > 180)
		return err_set(err, "--home %s: latitude must be within -85 to 85 and longitude within -180 to 180",
		    text);
	return 0;
}

static int parse_id(const struct args *args, const char *name, char id[ID_SIZE], struct err *err)
{
	const char *text = args_get(args, name);

	if (!text)
		return 0;
	if (!id_valid(text, strlen(text)))
		return err_set(err, "--%s must be 1 to 32 of A-Z a-z 0-9 _ -, and \"%.60s\" is not", name,
		    text);
	str_copy(id, ID_SIZE, text);
	return 0;
}

static int parse_model(const char *text, enum model_kind *model, struct err *err)
{
	if (!text)
		return 0;
	*model = flight_model_find(text);
	if (*model == MODEL_COUNT && strcmp(text, "mixed") != 0)
		return err_set(err, "--model is quad, wing, vtol or mixed, not \"%s\"", text);
	return 0;
}

static int parse_endpoint(const struct args *args, const char *name, char endpoint[ENDPOINT_SIZE],
    struct err *err)
{
	const char *text = args_get(args, name);
	struct err why;

	if (text && !str_copy(endpoint, ENDPOINT_SIZE, text))
		return err_set(err, "--%s is longer than %d characters", name, ENDPOINT_SIZE - 1);
	if (text && endpoint_check(endpoint, ENDPOINT_BIND, &why) == -1)
		return err_set(err, "--%s: %s", name, why.text);
	return 0;
}

static int parse_endpoints(struct options *o, const struct args *args, struct err *err)
{
	if (parse_endpoint(args, "feed", o->feed, err) == -1)
		return -1;
	endpoint_control_of(o->feed, o->control);
	if (parse_endpoint(args, "control", o->control, err) == -1)
		return -1;
	if (strcmp(o->feed, o->control) == 0)
		return err_set(err, "--feed and --control are both %s: give one another port", o->feed);
	if (!o->insecure && !*o->secret_key && !endpoint_is_local(o->feed))
		return err_set(err, "--feed %s is open to other machines: bind 127.0.0.1, give keys with --config, or say --insecure",
		    o->feed);
	if (!o->insecure && !*o->secret_key && !endpoint_is_local(o->control))
		return err_set(err, "--control %s is open to other machines: bind 127.0.0.1, give keys with --config, or say --insecure",
		    o->control);
	return 0;
}

static int parse_faults(struct options *o, const struct args *args, struct err *err)
{
	o->faults = xcalloc(args->given_count + 1, sizeof(*o->faults));
	o->fleet.faults = o->faults;
	for (size_t i = 0; i < args->given_count; i++) {
		if (strcmp(args->given[i].flag->name, "fault") != 0)
			continue;
		if (fault_parse(args->given[i].value, &o->faults[o->fleet.fault_count], err) == -1)
			return -1;
		o->fleet.fault_count++;
	}
	return 0;
}

static int parse_numbers(struct options *o, const struct args *args, struct err *err)
{
	long long drones = o->fleet.drones, seed = 1, epoch = -1;

	/* The latest epoch leaves boot, seconds in a uint32, some years. */
	if (args_int(args, "drones", 1, SWARM_DRONES_MAX, &drones, err) == -1 ||
	    args_int(args, "seed", 0, INT64_MAX, &seed, err) == -1 ||
	    args_int(args, "epoch", 0, 4000000000000, &epoch, err) == -1 ||
	    args_number(args, "rate", 0.1, 100, &o->fleet.rate_hz, err) == -1 ||
	    args_number(args, "speedup", 0.01, 1000, &o->speedup, err) == -1 ||
	    args_number(args, "duration", 0.001, 1e9, &o->duration_s, err) == -1 ||
	    args_number(args, "backfill-mb", 0, 1e6, &o->fleet.backfill_mb, err) == -1)
		return -1;
	o->fleet.drones = (unsigned)drones;
	o->fleet.seed = (uint64_t)seed;
	o->fleet.start_ms = epoch;
	return 0;
}

/* Only when named: what a daemon's configuration says is not for everybody. */
static int parse_config(struct options *o, const char *path, struct err *err)
{
	struct config config;
	int ret = 0;

	if (!path)
		return 0;
	config_init(&config);
	ret = config_read_file(&config, path, err);
	if (ret == 0 && *config.clients && !*config.secret_key)
		ret = err_set(err, "%s: [security] clients needs secret_key", path);
	str_copy(o->secret_key, sizeof(o->secret_key), config.secret_key);
	str_copy(o->clients, sizeof(o->clients), config.clients);
	config_clear(&config);
	return ret;
}

static int parse_all(struct options *o, const struct args *args, struct err *err)
{
	o->help = args_has(args, "help");
	o->version = args_has(args, "version");
	o->insecure = args_has(args, "insecure");
	o->fleet.idle = args_has(args, "idle");
	if (o->help || o->version)
		return 0;
	if (args->operand_count)
		return err_set(err, "odyssey-sim takes options only, and \"%.60s\" is none; --help lists them",
		    args->operands[0]);
	if (parse_numbers(o, args, err) == -1 ||
	    parse_home(args_get(args, "home"), &o->fleet.home, err) == -1 ||
	    parse_id(args, "prefix", o->fleet.prefix, err) == -1 ||
	    parse_id(args, "name", o->fleet.name, err) == -1 ||
	    parse_model(args_get(args, "model"), &o->fleet.model, err) == -1 ||
	    parse_config(o, args_get(args, "config"), err) == -1 ||
	    parse_endpoints(o, args, err) == -1)
		return -1;
	return parse_faults(o, args, err);
}

int options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	struct args args;
	int ret;

	*o = (struct options){
		.fleet = {
			.drones = 12,
			.rate_hz = 10,
			.home = { 47.1410, 9.5209 },
			.ground = GROUND_M,
			.prefix = "D",
			.name = "sim",
			.model = MODEL_QUAD,
			.backfill_mb = 256,
		},
		.feed = "tcp://127.0.0.1:7610",
		.speedup = 1,
	};
	ret = args_parse(&args, option_flags, argc, argv, err);
	if (ret == 0)
		ret = parse_all(o, &args, err);
	args_clear(&args);
	return ret;
}

void options_clear(struct options *o)
{
	free(o->faults);
	o->faults = NULL;
}
