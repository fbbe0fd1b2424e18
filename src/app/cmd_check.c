/*
 * odyssey check: tries everything that the configuration names, a line each:
 * ok, or what is wrong and how to mend it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/alarm_setup.h"
#include "app/attach.h"
#include "app/check_zones.h"
#include "app/commands.h"
#include "app/daemon.h"
#include "app/map_layers.h"
#include "app/notify.h"
#include "app/process.h"
#include "base/clock.h"
#include "format/table.h"
#include "ui/columns.h"

#define HEARTBEAT_WAIT_MS 3000
#define FREE_LEAST_GB 1.0

struct check {
	struct app *app;
	struct attach at; /* only its context and signals are used */
	size_t wrong;
	bool colour;
};

static void line(struct check *c, bool ok, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void line(struct check *c, bool ok, const char *what, const char *fmt, ...)
{
	struct buf out = BUF_INIT;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_clean(text);
	c->wrong += !ok;
	style_write(&out, ok ? STYLE_GOOD : STYLE_BAD, ok ? "ok   " : "wrong", c->colour);
	buf_printf(&out, "  %s: %s\n", what, text);
	fwrite(out.data, 1, out.len, stdout);
	fflush(stdout);
	buf_free(&out);
}

/* The first heartbeat of a feed within the time, or NULL-named. */
static bool wait_heartbeat(struct check *c, struct feed_in *in, struct heartbeat *hb, bool *any)
{
	struct link_item items[2] = {
		{ .socket = feed_in_pollable(in) },
		{ .fd = c->at.signals },
	};
	int64_t end = clock_mono_ms() + HEARTBEAT_WAIT_MS;
	struct link_message m;
	struct wire_doc doc;
	bool found = false;

	*any = false;
	link_message_init(&m);
	wire_doc_init(&doc);
	while (!found && clock_mono_ms() < end && !attach_interrupted(&c->at)) {
		link_poll(items, 2, 100);
		while (!found && feed_in_receive(in, &m)) {
			union message message;
			enum topic_kind kind;
			struct reject why;
			char id[ID_SIZE];

			*any = true;
			if (m.frames == 2 && topic_parse(m.topic, m.topic_len, &kind, id, &why) == 0 &&
			    kind == TOPIC_HB &&
			    message_decode(&doc, kind, id, m.body, m.body_len, &message, &why) == 0) {
				*hb = message.hb;
				found = true;
			}
			link_message_clear(&m);
		}
	}
	wire_doc_clear(&doc);
	link_message_clear(&m);
	return found;
}

static void check_feed(struct check *c, const char *what, const char *feed,
    const struct link_keys *keys)
{
	struct feed_in *in = NULL;
	struct heartbeat hb;
	struct err err;
	bool any;

	if (feed_in_open(&in, c->at.link, feed, keys, &err) == -1) {
		line(c, false, what, "%s", err.text);
		return;
	}
	feed_in_subscribe(in, "");
	if (wait_heartbeat(c, in, &hb, &any))
		line(c, true, what, "feed %s: %s (%s), %llu drones", feed, hb.source,
		    source_kind_names[hb.kind], (unsigned long long)hb.drones);
	else if (any)
		line(c, false, what, "feed %s: messages come, but no heartbeat in %d s; it is not of this protocol",
		    feed, HEARTBEAT_WAIT_MS / 1000);
	else
		line(c, false, what,
		    "feed %s: nothing in %d s; start what should be there, or see endpoint, keys and firewall",
		    feed, HEARTBEAT_WAIT_MS / 1000);
	feed_in_close(&in);
}

/* Asks a control endpoint who it is. */
static int greet(struct check *c, const char *control, const struct link_keys *keys,
    struct hello *hello, struct err *err)
{
	struct attach at = {
		.link = c->at.link, .signals = -1, .named = true, .timeout_ms = ATTACH_TIMEOUT_MS,
	};
	int result;

	str_copy(at.control, sizeof(at.control), control);
	if (keys) {
		at.keys = *keys;
		at.use_keys = true;
	}
	result = attach_hello(&at, hello, err);
	client_close(&at.client, NULL);
	return result;
}

static void check_control(struct check *c, const char *what, const char *control, bool replay,
    const struct link_keys *keys)
{
	struct hello hello;
	struct err err;

	if (greet(c, control, keys, &hello, &err) == -1)
		line(c, false, what, "control: %s", err.text);
	else if (hello.kind == KIND_REPLAY && !replay)
		line(c, false, what, "control %s: %s is a replay; set replay = yes in its section if that is meant",
		    control, hello.source);
	else /* never -0.0 */
		line(c, true, what, "control %s: %s %s, clock %+.1f s from ours", control, hello.source,
		    hello.version, (double)(hello.offset_ms / 100) / 10);
}

static void check_source(struct check *c, const struct config_source *s)
{
	struct link_keys keys;
	struct err err;
	char what[ID_SIZE + 16];

	snprintf(what, sizeof(what), "source %s", s->name);
	if (*s->server_key && link_client_keys(s->server_key, c->app->config.secret_key, &keys, &err) == -1) {
		line(c, false, what, "%s", err.text);
		return;
	}
	check_feed(c, what, s->feed, *s->server_key ? &keys : NULL);
	check_control(c, what, s->control, s->replay, *s->server_key ? &keys : NULL);
}

/* The nearest parent that exists, where the directory itself does not. */
static void existing_parent(const char *path, char *parent, size_t size)
{
	struct stat st;

	str_copy(parent, size, path);
	while (stat(parent, &st) == -1 && errno == ENOENT) {
		char *slash = strrchr(parent, '/');

		if (!slash) {
			str_copy(parent, size, ".");
			return;
		}
		slash[slash == parent ? 1 : 0] = '\0';
	}
}

static void check_directory(struct check *c, const char *what, const char *path)
{
	char parent[CONFIG_PATH_SIZE];
	struct statvfs fs;
	struct stat st;
	bool there = stat(path, &st) == 0;
	double free_gb;

	existing_parent(path, parent, sizeof(parent));
	if (there ? !S_ISDIR(st.st_mode) : stat(parent, &st) == 0 && !S_ISDIR(st.st_mode)) {
		line(c, false, what, "%s is a file; move it away or name another", there ? path : parent);
		return;
	}
	if (access(there ? path : parent, W_OK | X_OK) == -1) {
		line(c, false, what, "%s cannot be written: %s; change its owner or name another",
		    there ? path : parent, strerror(errno));
		return;
	}
	if (statvfs(parent, &fs) == -1) {
		line(c, false, what, "%s: its file system cannot be asked: %s", parent, strerror(errno));
		return;
	}
	free_gb = (double)fs.f_bavail * (double)fs.f_frsize / 1e9;
	if (free_gb < FREE_LEAST_GB)
		line(c, false, what, "%s has only %.2f GB free; make room or name another", path, free_gb);
	else
		line(c, true, what, "%s%s, %.0f GB free", path,
		    there ? "" : " (will be made by the daemon)", free_gb);
}

/* Whether somebody listens at a path. Binding would tell too, but take the path
 * away from whoever has it. */
static bool path_taken(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool taken;

	if (fd == -1)
		return false;
	str_copy(address.sun_path, sizeof(address.sun_path), path);
	taken = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return taken;
}

/* Says whether the daemon could bind it. */
static void check_bind(struct check *c, const char *role, const char *endpoint)
{
	struct server *server = NULL;
	struct err err;

	if (str_starts(endpoint, "ipc://")) {
		char parent[CONFIG_PATH_SIZE], *slash;

		if (path_taken(endpoint + strlen("ipc://"))) {
			line(c, false, "daemon",
			    "%s %s: another program has it; end that one or choose another", role, endpoint);
			return;
		}
		str_copy(parent, sizeof(parent), endpoint + strlen("ipc://"));
		slash = strrchr(parent, '/');
		if (slash)
			slash[slash == parent] = '\0';
		if (access(slash ? parent : ".", W_OK | X_OK) == -1) {
			line(c, false, "daemon", "%s %s: its directory cannot be written: %s", role, endpoint,
			    strerror(errno));
			return;
		}
	} else if (server_open(&server, c->at.link, endpoint, NULL, &err) == -1) {
		line(c, false, "daemon", "%s: %s", role, err.text);
		return;
	}
	server_close(&server);
	line(c, true, "daemon", "does not run; %s %s is free", role, endpoint);
}

/* Our own endpoints: a daemon that is ours has them, or nobody. */
static void check_daemon(struct check *c)
{
	const struct config *config = &c->app->config;
	pid_t holder = process_lock_holder(config->state_dir);
	struct attach at;
	struct hello hello;
	struct err err;

	if (daemon_check(config, &err) == -1)
		line(c, false, "daemon", "%s", err.text);
	if (holder > 0) {
		/* Where a client would look for it. */
		if (attach_open(&at, c->app, &err) == -1)
			line(c, false, "daemon", "%s", err.text);
		else if (greet(c, at.control, attach_keys(&at), &hello, &err) == -1)
			line(c, false, "daemon",
			    "process %d has the state directory, but %s; odyssey stop ends it", (int)holder,
			    err.text);
		else
			line(c, true, "daemon", "%s runs as process %d, control %s", hello.source,
			    (int)holder, at.control);
		attach_close(&at);
		return;
	}
	check_bind(c, "feed", config->feed);
	check_bind(c, "control", config->control);
}

static void check_keys(struct check *c)
{
	const struct config *config = &c->app->config;
	struct link_keys keys;
	struct err err;

	if (!*config->secret_key)
		return;
	if (link_server_keys(config->secret_key, &keys, &err) == -1)
		line(c, false, "secret_key", "%s", err.text);
	else
		line(c, true, "secret_key", "%s", config->secret_key);
}

static void bad_layer(void *user, const char *text)
{
	line(user, false, "map", "%s", text);
}

/* The rules as the daemon would run them. */
static void check_rules(struct check *c)
{
	struct rule_set rules;
	struct err err;

	if (alarm_setup_rules(&c->app->config, &rules, &err) == -1) {
		line(c, false, "alarms", "%s", err.text);
		return;
	}
	line(c, true, "alarms", "%zu rules", rules.count);
	rule_set_clear(&rules);
}

static void check_hook(struct check *c)
{
	const struct config *config = &c->app->config;
	struct err err;

	if (!*config->notify_run)
		return;
	if (notify_check(config->notify_run, &err) == -1)
		line(c, false, "notify", "%s: [notify] run: %s",
		    config_where(config, "notify", "", "run"), err.text);
	else
		line(c, true, "notify", "%s, at each alarm that is %s or more", config->notify_run,
		    config->notify_level);
}

/* Reads every layer that the configuration names. */
static void check_layers(struct check *c)
{
	struct map_catalogue layers;
	struct err err;

	map_layers_list(&c->app->config, &layers, bad_layer, c);
	for (size_t i = 0; i < layers.count && !attach_interrupted(&c->at); i++) {
		struct map_layer *layer = map_load(&layers.layers[i], &err);

		if (!layer)
			line(c, false, "map", "%s", err.text);
		else
			line(c, !*layer->warning, "map", "%s: %s, %s, %zu vertices%s%s", layer->name,
			    layer->file, map_kinds[layer->kind].name, layer->vertices,
			    *layer->warning ? "; " : "", layer->warning);
		map_layer_free(&layer);
	}
	map_catalogue_clear(&layers);
}

static void zone_line(void *user, bool ok, const char *what, const char *text)
{
	line(user, ok, what, "%s", text);
}

static void mistake(void *user, const char *text)
{
	line(user, false, "configuration", "%s", text);
}

static void check_screen(struct check *c)
{
	const struct config *config = &c->app->config;
	struct columns columns;
	struct err err;

	if (*config->columns && columns_parse(&columns, config->columns, &err) == -1)
		line(c, false, "screen", "%s: [screen] columns: %s",
		    config_where(config, "screen", "", "columns"), err.text);
}

int cmd_check(struct app *app)
{
	struct check c = { .app = app, .colour = table_wants_colour(stdout) };
	struct err err;

	if (app->args.operand_count > 0) {
		err_set(&err, "check takes no operand, and \"%.40s\" is one", app->args.operands[0]);
		return app_usage_error("check", &err);
	}
	if (app_load_config(app, &err) == -1) {
		if (config_mistakes(app->config_path, mistake, &c) == 0)
			line(&c, false, "configuration", "%s", err.text);
		fprintf(stderr, "odyssey check: %zu wrong\n", c.wrong);
		return EXIT_FAILED;
	}
	line(&c, true, "configuration", "%s",
	    *app->config.path ? app->config.path : "none found; built-in defaults");
	if (attach_open(&c.at, app, &err) == -1) {
		line(&c, false, "daemon", "%s", err.text);
	} else {
		check_keys(&c);
		check_directory(&c, "state", app->config.state_dir);
		check_directory(&c, "history", app->config.history_dir);
		check_daemon(&c);
		check_rules(&c);
		check_hook(&c);
		check_zones(&app->config, clock_wall_ms(), zone_line, &c);
		if (app->config.source_count == 0)
			line(&c, false, "sources",
			    "there are none; add a section [source NAME] with its feed to the configuration");
		for (size_t i = 0; i < app->config.source_count && !attach_interrupted(&c.at); i++)
			check_source(&c, &app->config.sources[i]);
		check_screen(&c);
		check_layers(&c);
	}
	attach_close(&c.at);
	if (c.wrong)
		fprintf(stderr, "odyssey check: %zu wrong\n", c.wrong);
	return c.wrong ? EXIT_FAILED : EXIT_OK;
}
