/* What keys do: the functions of the key table. */
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

struct ui;

/* Everywhere. */
void action_line(struct ui *ui, int arg);
void action_filter(struct ui *ui, int arg);
void action_help(struct ui *ui, int arg);
void action_focus(struct ui *ui, int pane);
void action_focus_next(struct ui *ui, int step);
void action_zoom_pane(struct ui *ui, int arg);
void action_back(struct ui *ui, int arg);
void action_quit_hint(struct ui *ui, int arg);
void action_redraw(struct ui *ui, int arg);
void action_next_trouble(struct ui *ui, int step);
/* Opens the preview of a command without arguments for the marked or selected
 * drones; it sends nothing. */
void action_command(struct ui *ui, int command);

/* Undoes the last edit of the draft; it never sends. */
void action_undo(struct ui *ui, int arg);
/* Adds a point to the draft at the crosshair. */
void action_map_add(struct ui *ui, int arg);

/* Fleet. */
void action_fleet_move(struct ui *ui, int step);
void action_fleet_page(struct ui *ui, int half_pages);
void action_fleet_end(struct ui *ui, int last);
void action_fleet_mark(struct ui *ui, int arg);
void action_fleet_mark_all(struct ui *ui, int arg);
void action_fleet_show(struct ui *ui, int arg);
void action_fleet_sort(struct ui *ui, int step);
void action_fleet_invert(struct ui *ui, int arg);
void action_dismiss(struct ui *ui, int arg);

/* Map. */
void action_map_pan(struct ui *ui, int direction); /* 0 up, 1 down, 2 left, 3 right; +4 far */
void action_map_zoom(struct ui *ui, int step);
void action_map_fit(struct ui *ui, int arg);
void action_map_centre(struct ui *ui, int arg);
void action_map_follow(struct ui *ui, int arg);
void action_map_crosshair(struct ui *ui, int arg);
void action_map_hop(struct ui *ui, int step);
void action_map_enter(struct ui *ui, int arg);
void action_map_ruler(struct ui *ui, int arg);
void action_map_trails(struct ui *ui, int arg);
void action_map_names(struct ui *ui, int arg);
void action_map_mark(struct ui *ui, int go);
/* Back to what the map showed before the last jump. */
void action_map_last(struct ui *ui, int arg);
/* Says what is at the crosshair. */
void action_map_describe(struct ui *ui, int arg);
/* Opens the list of layers. */
void action_layers(struct ui *ui, int arg);

/* Lists. */
void action_list_move(struct ui *ui, int step);
void action_list_show(struct ui *ui, int arg);

#endif
