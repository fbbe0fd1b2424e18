/* odyssey bridge: opens, says what it does, runs until told to stop. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/process.h"
#include "base/clock.h"
#include "base/endpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "bridge/bridge.h"

static int add_link(struct bridge_settings *s, const char *link, struct err *err)
{
	if (s->link_count == BRIDGE_LINKS_MAX)
		return err_set(err, "a bridge takes %d links at most; start another", BRIDGE_LINKS_MAX);
	s->links[s->link_count++] = link;
	return 0;
}

/* From the command line, else from the configuration, of which scratch is a
 * copy that is cut up. */
static int find_links(struct app *app, char *scratch, struct bridge_settings *s, struct err *err)
{
	char *save = NULL;

	for (size_t i = 0; i < app->args.given_count; i++) {
		const struct arg_given *g = &app->args.given[i];

		if (strcmp(g->flag->name, "mavlink") == 0 && add_link(s, g->value, err) == -1)
			return -1;
	}
	if (s->link_count)
		return 0;
	/* Blanks only: a log's options have commas of their own. */
	for (char *p = strtok_r(scratch, " \t", &save); p; p = strtok_r(NULL, " \t", &save)) {
		if (add_link(s, p, err) == -1)
			return -1;
	}
	if (!s->link_count)
		return err_set(err, "no link is given: add --mavlink, as in --mavlink udp:14550");
	return 0;
}

static int settings_of(struct app *app, char *scratch, struct bridge_settings *s,
    struct link_keys *keys, struct err *err)
{
	const struct config *c = &app->config;

	if (app->args.operand_count)
		return err_set(err, "it takes no \"%s\"; a link is given with --mavlink",
		    app->args.operands[0]);
	str_copy(s->name, sizeof(s->name), c->bridge_name);
	s->feed = c->bridge_feed;
	s->control = c->bridge_control;
	s->rate_hz = c->bridge_rate;
	s->system = (uint8_t)c->bridge_system;
	s->clients = "";
	s->signing_key = c->bridge_signing_key;
	s->tlog_dir = c->bridge_tlog_dir;
	if (!*c->secret_key && !c->insecure &&
	    (!endpoint_is_local(s->feed) || !endpoint_is_local(s->control)))
		return err_set(err,
		    "%s can be reached from other machines: set [security] secret_key, or say --insecure",
		    endpoint_is_local(s->feed) ? s->control : s->feed);
	if (*c->secret_key) {
		if (link_server_keys(c->secret_key, keys, err) == -1)
			return -1;
		s->keys = keys;
		s->clients = c->clients;
	}
	if (bridge_read_names(s, c->bridge_names, err) == -1)
		return -1;
	return find_links(app, scratch, s, err);
}

static void announce(const struct bridge_settings *s)
{
	log_notice("%s offers %s, takes requests at %s", s->name, s->feed, s->control);
	for (size_t i = 0; i < s->link_count; i++)
		log_notice("link %s", s->links[i]);
	if (!s->keys && (!endpoint_is_local(s->feed) || !endpoint_is_local(s->control)))
		log_warning("insecure: whoever reaches %s and %s sees and commands the vehicles", s->feed,
		    s->control);
}

int cmd_bridge(struct app *app)
{
	struct bridge_settings *settings = xcalloc(1, sizeof(*settings));
	char *scratch = xstrdup(app->config.bridge_links);
	struct link_keys keys = { .public_key = "" };
	struct bridge *bridge = NULL;
	struct err err;
	int signals = -1, code;

	if (settings_of(app, scratch, settings, &keys, &err) == -1) {
		code = app_usage_error("bridge", &err);
	} else if ((signals = process_signals(&err)) == -1 ||
		   bridge_open(&bridge, settings, clock_mono_ms(), clock_wall_ms(), &err) == -1) {
		code = app_failure("bridge", &err);
	} else {
		announce(settings);
		bridge_run(bridge, signals);
		log_notice("%s ends", settings->name);
		code = EXIT_OK;
	}
	bridge_close(&bridge);
	if (signals != -1)
		close(signals);
	free(scratch);
	free(settings);
	return code;
}
