/* Lost drones on the map: where each would be now going on as it did, hollow,
 * and how far it can have come. */
#ifndef UI_MAP_GHOST_H
#define UI_MAP_GHOST_H

#include "ui/canvas.h"

struct ui;

/* Into the dots, before they are drawn: circles, and the ways to the ghosts. */
void map_ghost_lines(struct ui *ui, int priority);
/* The ghosts themselves. */
void map_ghost_marks(struct canvas *c, struct rect r, struct ui *ui);

#endif
