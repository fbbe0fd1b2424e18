/* What lies over the map's raster: lines of dots, then drones with names. */
#ifndef UI_MAP_OVERLAY_H
#define UI_MAP_OVERLAY_H

#include "ui/canvas.h"
#include "ui/pane_map.h"

/* The raster's dots. */
void map_overlay_raster(struct canvas *c, struct rect r, struct map_pane *p);
/* Its names, where nothing else was written: after the drones. */
void map_overlay_labels(struct canvas *c, struct rect r, const struct map_pane *p);
/* Trails, the selected drone's route and fence, the ruler. */
void map_overlay_lines(struct canvas *c, struct rect r, struct ui *ui);
/* Drones, those that share a cell as one with the worst's look, their names
 * where they fit, and pointers at the edge to what is off the map. */
void map_overlay_drones(struct canvas *c, struct rect r, struct ui *ui);

#endif
