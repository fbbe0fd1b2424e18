/* The keys: see keymap.h. No bare key moves a drone: those that name a command
 * only open its preview. */
#include "ui/keymap.h"

#include <stddef.h>

#include "proto/commands.h"
#include "ui/actions.h"
#include "ui/alarm_actions.h"
#include "ui/key.h"
#include "ui/ui.h"

#define MAP   IN_PANE(PANE_MAP)
#define FLEET (IN_PANE(PANE_FLEET) | IN_PANE(PANE_DRONE))
#define LISTS (IN_PANE(PANE_EVENTS) | IN_PANE(PANE_COMMANDS))
#define TIME  IN_PANE(PANE_TIMELINE)
#define NOT_MAP (FLEET | LISTS)

const struct key_binding key_table[] = {
	{ 'k', K_UP, MAP, action_map_pan, 0, "pan up (h j k l, arrows; with Shift far)" },
	{ 'j', K_DOWN, MAP, action_map_pan, 1, NULL },
	{ 'h', K_LEFT, MAP, action_map_pan, 2, NULL },
	{ 'l', K_RIGHT, MAP, action_map_pan, 3, NULL },
	{ K_SHIFT_UP, 0, MAP, action_map_pan, 4, NULL },
	{ K_SHIFT_DOWN, 0, MAP, action_map_pan, 5, NULL },
	{ K_SHIFT_LEFT, 0, MAP, action_map_pan, 6, NULL },
	{ K_SHIFT_RIGHT, 0, MAP, action_map_pan, 7, NULL },
	{ 'x', 0, MAP, action_map_crosshair, 0, "crosshair: h j k l move it" },
	{ 'd', 0, MAP, action_map_hop, 1, "crosshair to the next drone (D: the one before)" },
	{ 'D', 0, MAP, action_map_hop, -1, NULL },
	{ K_ENTER, 0, MAP, action_map_enter, 0, "at the crosshair: begin :goto there" },
	{ 'a', 0, MAP, action_map_add, 0, "at the crosshair: add a point to the draft; without: acknowledge" },
	{ 'r', 0, MAP, action_map_ruler, 0, "ruler from the crosshair" },
	{ 't', 0, MAP, action_map_trails, 0, "trails on and off" },
	{ 'n', 0, MAP, action_map_names, 0, "names on and off" },
	{ 'L', 0, MAP, action_layers, 0, "list of the layers: which are drawn" },
	{ 'i', 0, MAP, action_map_describe, 0, "at the crosshair: says what is there" },
	{ 'm', 0, MAP, action_map_mark, 0, "mark this view: m and a letter" },
	{ '\'', 0, MAP, action_map_mark, 1, "back to a marked view: ' and its letter" },

	{ 'j', K_DOWN, FLEET, action_fleet_move, 1, "next drone" },
	{ 'k', K_UP, FLEET, action_fleet_move, -1, "previous drone" },
	{ K_CTRL('d'), K_PAGE_DOWN, FLEET, action_fleet_page, 1, "half a page down" },
	{ K_CTRL('u'), K_PAGE_UP, FLEET, action_fleet_page, -1, "half a page up" },
	{ 'g', K_HOME, FLEET, action_fleet_end, 0, "first drone" },
	{ 'G', K_END, FLEET, action_fleet_end, 1, "last drone" },
	{ ' ', 0, FLEET, action_fleet_mark, 0, "mark: commands go to all that are marked" },
	{ '*', 0, FLEET, action_fleet_mark_all, 0, "mark all shown, or none" },
	{ K_ENTER, 0, FLEET, action_fleet_show, 0, "bring it to the middle of the map" },
	{ 's', 0, FLEET, action_fleet_sort, 1, "sort by the next column" },
	{ 'I', 0, FLEET, action_fleet_invert, 0, "turn the order round" },
	{ 'd', 0, FLEET, action_dismiss, 0, "put a lost drone away until it is heard again" },

	{ 'j', K_DOWN, LISTS, action_list_move, 1, "further back" },
	{ 'k', K_UP, LISTS, action_list_move, -1, "towards now" },
	{ 'g', K_HOME, LISTS, action_list_move, -100000, "newest" },
	{ K_ENTER, 0, LISTS, action_list_show, 0, "select its drone and show it on the map" },
	{ 'n', 0, LISTS, action_alarm_next, 1, "next alarm: its drone is selected and shown" },
	{ 'N', 0, LISTS, action_alarm_next, -1, "previous alarm" },
	{ 'o', 0, IN_PANE(PANE_EVENTS), action_alarm_out, 0,
	    "take the alarm of a lost drone out of service: type why" },

	{ ' ', 0, TIME, action_travel_play, 0, "play and pause" },
	{ ',', 0, TIME, action_travel_step, -1, "one sample back" },
	{ '.', 0, TIME, action_travel_step, 1, "one sample on" },
	{ 'j', K_DOWN, TIME, action_travel_by, -1, "one second back" },
	{ 'k', K_UP, TIME, action_travel_by, 1, "one second on" },
	{ 'h', K_LEFT, TIME, action_travel_by, -5, "5 s back (with Shift 60 s)" },
	{ 'l', K_RIGHT, TIME, action_travel_by, 5, "5 s on (with Shift 60 s)" },
	{ K_SHIFT_LEFT, 0, TIME, action_travel_by, -60, NULL },
	{ K_SHIFT_RIGHT, 0, TIME, action_travel_by, 60, NULL },
	{ '{', 0, TIME, action_travel_event, 1, "previous event, warning or worse" },
	{ '}', 0, TIME, action_travel_event, 0, "next event, warning or worse" },
	{ '<', 0, TIME, action_travel_pace, -1, "slower, down to 0.1" },
	{ '>', 0, TIME, action_travel_pace, 1, "faster, up to 1000" },
	{ 'r', 0, TIME, action_travel_reverse, 0, "turn round: play backward, and forward" },
	{ '[', 0, TIME, action_travel_mark, 0, "mark the beginning of a loop" },
	{ ']', 0, TIME, action_travel_mark, 1, "mark its end" },
	{ 'x', 0, TIME, action_travel_mark, 2, "take the marks away" },
	{ 'o', 0, TIME, action_travel_loop, 0, "loop between the marks, and not" },
	{ 'g', K_HOME, TIME, action_travel_end, 0, "to the beginning" },
	{ 'G', K_END, TIME, action_travel_end, 1, "to the end" },
	{ '+', '=', TIME, action_travel_zoom, 1, "a shorter time on the line" },
	{ '-', '_', TIME, action_travel_zoom, -1, "a longer time" },
	{ '0', 0, TIME, action_travel_zoom, 0, "all there is" },

	{ ':', 0, PANES_ALL, action_line, 0, "command line" },
	{ '/', 0, PANES_ALL, action_filter, 0, "filter the fleet; ! turns it round" },
	{ '?', 0, PANES_ALL, action_help, 0, "this help" },
	{ K_TAB, 0, PANES_ALL, action_focus_next, 1, "next pane (Shift-Tab: previous; 1 to 6)" },
	{ K_BACK_TAB, 0, PANES_ALL, action_focus_next, -1, NULL },
	{ '1', 0, PANES_ALL, action_focus, PANE_MAP, NULL },
	{ '2', 0, PANES_ALL, action_focus, PANE_FLEET, NULL },
	{ '3', 0, PANES_ALL, action_focus, PANE_DRONE, NULL },
	{ '4', 0, PANES_ALL, action_focus, PANE_EVENTS, NULL },
	{ '5', 0, PANES_ALL, action_focus, PANE_COMMANDS, NULL },
	{ '6', 0, PANES_ALL, action_focus, PANE_TIMELINE, NULL },
	{ 'z', 0, PANES_ALL, action_zoom_pane, 0, "this pane alone, and back" },
	{ '+', '=', PANES_ALL, action_map_zoom, 1, "map closer" },
	{ '-', '_', PANES_ALL, action_map_zoom, -1, "map farther" },
	{ '0', 0, PANES_ALL, action_map_fit, 0, "the whole fleet on the map" },
	{ 'c', 0, PANES_ALL, action_map_centre, 0, "centre the map on the selected drone" },
	{ 'f', 0, PANES_ALL, action_map_follow, 0, "follow the selected drone" },
	{ K_BACKSPACE, 0, PANES_ALL, action_map_last, 0, "the map as it was before the last jump" },
	{ 'a', 0, NOT_MAP, action_alarm_ack, 0,
	    "acknowledge the alarm of the cursor, or the most important" },
	{ 'A', 0, PANES_ALL, action_alarm_ack_all, 0, "acknowledge all alarms: asks first" },
	{ '}', 0, PANES_ALL, action_alarm_next, 1,
	    "next alarm, or drone in trouble ({: previous)" },
	{ '{', 0, PANES_ALL, action_alarm_next, -1, NULL },
	{ 'M', 0, PANES_ALL, action_silence, 0,
	    "silence the bell for 5 minutes, and end that; it acknowledges nothing" },
	{ 'R', 0, PANES_ALL, action_travel_live, 0, "from the past to live, and back to the same moment" },
	{ 'H', 0, PANES_ALL, action_command, CMD_HOLD, "hold: preview, then y" },
	{ 'B', 0, PANES_ALL, action_command, CMD_RTL, "back to launch (rtl): preview, then y" },
	{ 'S', 0, PANES_ALL, action_command, CMD_LAND, "set down (land): preview, then y" },
	{ 'u', 0, PANES_ALL, action_undo, 0, "undo the last edit of the draft; it never sends" },
	{ K_ESC, 'q', PANES_ALL, action_back, 0, "close, or one level back" },
	{ K_CTRL('l'), 0, PANES_ALL, action_redraw, 0, "draw the screen anew" },
	{ K_CTRL('c'), 0, PANES_ALL, action_quit_hint, 0, "says how to quit: :q" },
	{ 0 },
};

bool keymap_dispatch(struct ui *ui, uint32_t key)
{
	for (const struct key_binding *b = key_table; b->run; b++) {
		if ((b->key == key || (b->other && b->other == key)) &&
		    (b->panes & IN_PANE(ui->focus))) {
			b->run(ui, b->arg);
			return true;
		}
	}
	return false;
}
