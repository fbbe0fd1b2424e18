/*
 * The command line of odyssey-sim, by table: see options.c for every option's
 * own line of help.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include "base/endpoint.h"
#include "base/err.h"
#include "config/config.h"
#include "config/flags.h"
#include "swarm.h"

struct options {
	struct swarm_settings fleet;   /* start_ms: of --epoch, or -1 */
	struct fault_spec *faults;     /* owned; fleet.faults points here */
	char feed[ENDPOINT_SIZE], control[ENDPOINT_SIZE];
	double speedup;
	double duration_s;             /* simulated; 0: until stopped */
	char secret_key[CONFIG_PATH_SIZE], clients[CONFIG_PATH_SIZE]; /* files; "": none */
	bool insecure, help, version;
};

extern const struct flag_desc option_flags[];

/* All of argv but the program's name: 0, or -1 with a sentence. options_clear()
 * frees in either case. */
int options_parse(struct options *o, int argc, char **argv, struct err *err);
void options_clear(struct options *o);

#endif
