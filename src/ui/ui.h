/*
 * The screen as a machine: keys and messages in, a grid of cells and requests
 * out. No terminal, no socket, no clock of its own, so a test can play it.
 *
 *	ui_init(&ui, &options)
 *	ui_key(&ui, key, now_mono)		any number of times
 *	ui_tick(&ui, now_mono, now_ms)		once before a frame
 *	ui_draw(&ui)				ui.canvas is the frame
 *	while (ui_take(&ui, &request)) ...	what the loop has to do
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "map/view.h"
#include "ui/alarm_list.h"
#include "ui/bell.h"
#include "ui/canvas.h"
#include "ui/columns.h"
#include "ui/complete.h"
#include "ui/draft.h"
#include "ui/flight_path.h"
#include "ui/layout.h"
#include "ui/line_edit.h"
#include "ui/model.h"
#include "ui/intent.h"
#include "ui/key.h"
#include "ui/pane_map.h"
#include "ui/preview.h"
#include "ui/theme.h"
#include "ui/timeline.h"

#define NO_DRONE        SIZE_MAX
#define UI_REQUESTS_MAX 16
#define UI_PAST_REFUSES "this is a replay: nothing is sent into the past"

enum ui_mode { UI_KEYS, UI_LINE, UI_FILTER, UI_PREVIEW, UI_HELP, UI_LAYERS, UI_ASK };

enum request_kind {
	REQUEST_QUIT,
	REQUEST_SEND,
	REQUEST_SAVE,
	REQUEST_EXPORT,
	REQUEST_REDRAW,
	REQUEST_BACKFILL,
	REQUEST_PLAN,
	REQUEST_ACK,
	REQUEST_SHELVE,
	REQUEST_UNSHELVE
};

/* Which alarms are meant: that of the id, or all not acknowledged of that rule,
 * of that drone ("site": of none), or of anybody, numbered up to up_to. */
struct alarm_wish {
	char id[COMMAND_ID_SIZE], rule[NAME_SIZE], drone[ID_SIZE];
	uint64_t up_to;
	double minutes; /* REQUEST_SHELVE */
	bool out;       /* out of service instead; without id all of the drone that stand */
	char why[200];
};

struct ui_request {
	enum request_kind kind;
	struct intent intent; /* REQUEST_SEND; the taker's to clear */
	char path[512];       /* REQUEST_SAVE, _EXPORT */
	size_t drone;         /* REQUEST_BACKFILL, _PLAN */
	struct alarm_wish wish;
};

struct ui;
struct zone_set; /* alarm/zones.h */

/* What only the program can do for it. */
struct ui_hooks {
	/* Reads "CMD [DRONE...] ARGS" into an order. Drones left out are the
	 * marked or the selected. 0, or -1 with a sentence. */
	int (*parse)(struct ui *ui, int count, char **words, struct intent *out, struct err *err);
	/* Goes elsewhere in time (timeline.h); NULL: it cannot. 0, or -1 with a sentence. */
	int (*travel)(struct ui *ui, const struct travel *travel, struct err *err);
	/* Lays a flight over the map, by its id or of that drone (flight_path.h). */
	int (*path)(struct ui *ui, const char *what, struct err *err);
};

struct fleet_view {
	size_t *order; /* owned; numbers of drones in the order shown */
	size_t count, cap;
	size_t top;   /* first row shown */
	int id_width; /* columns of the longest id */
	struct columns columns;
	bool columns_set; /* by the user, not by the width */
	struct column sort;
	bool invert;
	char filter[128];
	int64_t moved_mono; /* when the selection moved: the order then waits */
	bool paused;
};

struct ui {
	struct model model;
	struct canvas canvas;
	struct layout layout;
	struct ui_hooks hooks;
	int w, h;
	int cursor_x, cursor_y; /* of the text being typed; -1: none */

	enum ui_mode mode;
	enum pane focus;
	bool zoomed;
	size_t selected; /* number of a drone, or NO_DRONE */
	bool touched;    /* the user chose it */
	struct fleet_view fleet;
	struct alarm_view alarms;
	struct bell bell;
	size_t commands_top;
	struct map_pane map;
	const struct zone_set *zones; /* fences and airspace; the loop's; NULL: none */
	struct draft draft; /* a mission being drawn up */
	struct timeline timeline;
	struct flight_paths paths;
	int help_top;
	int layer_at; /* row of the list of layers that has the cursor */
	char help_command[32];

	struct line_edit line, filter_line;
	struct completion_cycle cycle;
	bool pasting;
	struct preview preview;
	char message[320];
	enum role message_role;
	int64_t message_mono;

	bool read_only;
	enum theme theme;
	enum charset charset;
	bool mouse;      /* reported by the terminal */
	bool aspect_set; /* by the user, whatever the terminal says */
	double fps;     /* frames a second at most; 0: as the terminal answers */
	int64_t rtt_ms; /* of the terminal; -1 unknown */
	bool stalled;
	char by[NAME_SIZE];  /* who sits here */
	char place_text[80]; /* a completion's */
	char site[128];      /* whom it is attached to: an endpoint */

	struct ui_request requests[UI_REQUESTS_MAX];
	size_t request_count;
	bool dirty; /* something changed by a key: draw at once */
};

void ui_init(struct ui *ui, double stale_s, double lost_s);
void ui_free(struct ui *ui);
void ui_resize(struct ui *ui, int w, int h, double cell_aspect);
void ui_key(struct ui *ui, uint32_t key, int64_t now_mono);
void ui_mouse(struct ui *ui, const struct mouse *mouse, int64_t now_mono);
void ui_tick(struct ui *ui, int64_t now_mono, int64_t now_ms);
void ui_draw(struct ui *ui);
/* The terminal has shown all that was drawn up to now: what is typed from now
 * on was typed by one who could see it. */
void ui_shown(struct ui *ui);
bool ui_take(struct ui *ui, struct ui_request *out);
struct ui_request *ui_ask(struct ui *ui, enum request_kind kind);

/* One line for the user, above all else for 8 s. */
void ui_say(struct ui *ui, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* NULL where none is. */
struct ui_drone *ui_selected(struct ui *ui);
void ui_select(struct ui *ui, size_t drone);
/* The marked drones, or the selected one: numbers, the caller frees. */
size_t *ui_targets(const struct ui *ui, size_t *count);
/* Runs a line of the command line, as if typed. */
void ui_run_line(struct ui *ui, const char *text);
/* Shows the preview of an order, which it takes over; refuses it with a
 * reason where nothing may be sent. */
void ui_preview(struct ui *ui, struct intent *intent);

/* Rows of a list pane below its title. */
static inline int pane_rows(const struct ui *ui, enum pane p)
{
	return ui->layout.pane[p].h > 1 ? ui->layout.pane[p].h - 1 : 0;
}

/* The panes: each draws itself into its rectangle, title row included. */
void pane_status_draw(struct canvas *c, const struct ui *ui);
void pane_map_draw(struct canvas *c, struct rect r, struct ui *ui);
void pane_fleet_draw(struct canvas *c, struct rect r, const struct ui *ui);
void pane_drone_draw(struct canvas *c, struct rect r, const struct ui *ui);
void pane_events_draw(struct canvas *c, struct rect r, struct ui *ui);
void pane_commands_draw(struct canvas *c, struct rect r, const struct ui *ui);
void pane_preview_draw(struct canvas *c, struct rect r, struct ui *ui);
void pane_line_draw(struct canvas *c, struct rect r, struct ui *ui);
void pane_help_draw(struct canvas *c, struct rect r, struct ui *ui);
void pane_layers_draw(struct canvas *c, struct rect r, struct ui *ui);
enum role health_role(enum health h);

/* The fleet table's order: sorted, filtered; steady while the user moves. */
void fleet_view_update(struct ui *ui);
/* Whether a drone passes a filter: text in id, model, source, state, mode, or
 * in "air" or "ground", where it was when it was last heard; without case unless it has capitals; "!" turns it round. */
bool fleet_view_passes(const struct ui_drone *d, const char *filter);
/* The row of the selected drone, or -1. */
long fleet_view_row(const struct ui *ui);

#endif
