/*
 * The screen's loop and what it holds: terminal and sockets in one wait, the
 * machine of ui/ between them. Nothing here blocks; at most one frame is on
 * its way to the terminal.
 */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "alarm/zones_wire.h"
#include "app/attach.h"
#include "app/frame_stats.h"
#include "app/screen_own.h"
#include "app/screen_replay.h"
#include "app/send_follow.h"
#include "ui/term_curses.h"
#include "ui/ui.h"

struct screen;
struct screen_maps;

/* A script of keys: see screen_script.c. */
struct script {
	char **lines; /* owned; NULL: no script */
	size_t count, next;
	int64_t wait_until_mono;
	bool ended;
};

/* See screen_zones.c. */
struct screen_zones {
	struct zone_set *set; /* what is drawn and advised by; NULL: none */
	char revision[ZONES_REVISION_SIZE], own[ZONES_REVISION_SIZE]; /* of set; of the configuration */
	struct zones_told told;
	bool wanted, open, said;
	int64_t asked_mono;
};

struct screen {
	struct app *app;
	struct attach at;
	struct client *client;
	struct feed_in *feed;
	struct wire_doc doc;
	struct ui ui;
	struct model *live;           /* what the link feeds: ui.model, or aside while the past is shown */
	struct screen_replay *replay; /* screen_replay.c */
	struct screen_own *own;       /* screen_own.c; NULL: there is another past, or none */
	bool own_failed;              /* there is no room for one, and it was said */
	bool greeted, history_here;   /* hello came; the history beside us is of who sent it */
	struct term term;
	bool headless; /* a script without a terminal */
	struct script script;
	bool quit;
	int exit_signal; /* that ended it, or 0 */
	int winch;       /* descriptor, readable on SIGWINCH; -1 none */
	int64_t now_mono, now_ms;
	int64_t frame_mono;        /* of the last frame */
	struct frame_stats stats;

	struct screen_maps *maps; /* screen_maps.c */
	struct screen_zones zones;

	/* The link: screen_link.c. */
	bool hello_open, roster_open, sources_open, commands_open, backfill_open, alarms_open;
	int64_t alarms_mono, hello_mono, hello_ms, sources_mono, commands_mono, roster_mono, try_mono;
	uint64_t boot, gone_messages; /* heard when the link was lost */
	size_t backfill_next;         /* row of the fleet whose past is asked for next */

	/* Commands under way: screen_send.c. */
	struct sending *sendings; /* a list; each freed when the client is done with it */
	size_t open_commands;

	/* The daemon it starts: screen_daemon.c. */
	pid_t starter;
	int starter_fd; /* what it says; -1 none */
	char starter_text[512];
};

/* The whole life of a screen: live, or with `past` in the past, without a link. */
int screen_main(struct app *app, struct screen_past *past);
int screen_run(struct screen *s);
/* The whole canvas as text into a file. */
int screen_save(struct screen *s, const char *path, struct err *err);

/* Connects, asks, takes what came. screen_link_tick() returns when it wants to
 * be called again, monotonic. */
int screen_link_open(struct screen *s, struct err *err);
void screen_link_close(struct screen *s);
int64_t screen_link_tick(struct screen *s);
void screen_link_take(struct screen *s); /* what is on the feed */
void screen_link_backfill(struct screen *s, size_t drone);
void screen_link_plan(struct screen *s, size_t drone);
/* False where there is no connection: then answer is never called. */
bool screen_ask(struct screen *s, const struct request *req, client_answer *answer, void *user);
/* A reply that is right, parsed into s->doc, or NULL. */
const wire_value *screen_answer(
    struct screen *s, enum client_result result, const void *body, size_t len);

/* The configuration's at first; once the link is up the daemon's are wanted. */
void screen_zones_open(struct screen *s);
void screen_zones_close(struct screen *s);
void screen_zones_want(struct screen *s);
void screen_zones_tick(struct screen *s);

/* What happened before it was attached. */
void screen_events_ask(struct screen *s);

/* Asks for the list of alarms when it is time, or now. */
void screen_alarms_tick(struct screen *s, bool now);
/* REQUEST_ACK, _SHELVE, _UNSHELVE. */
void screen_alarms_do(struct screen *s, const struct ui_request *r);

/* The hook of ui.h, and the sending. Takes the intent over. */
int screen_parse(struct ui *ui, int count, char **words, struct intent *out, struct err *err);
void screen_send(struct screen *s, struct intent *intent);
void screen_send_progress(struct screen *s, const struct progress *cm);
void screen_send_free(struct screen *s);
void screen_name_user(char by[NAME_SIZE]);

/* Loads the map in the background; what is there is taken when the descriptor
 * (-1: none) is readable. */
void screen_maps_start(struct screen *s);
int screen_maps_fd(const struct screen *s);
void screen_maps_take(struct screen *s);
void screen_maps_stop(struct screen *s);

/* Starts a daemon for the site where none runs. */
void screen_daemon_start(struct screen *s);
/* Takes what the starting one says. */
void screen_daemon_work(struct screen *s);

int script_load(struct script *script, const char *path, struct err *err);
void script_free(struct script *script);
/* Plays what is due. */
void script_work(struct screen *s);

#endif
