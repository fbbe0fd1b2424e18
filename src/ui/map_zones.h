/*
 * Fences and airspace on the map: outlines in dashes, those to stay out of in
 * the colour of warnings, those that do not apply now or are shown only faint;
 * and their names where there is room.
 */
#ifndef UI_MAP_ZONES_H
#define UI_MAP_ZONES_H

#include "alarm/zones.h"
#include "ui/canvas.h"
#include "ui/pane_map.h"

/* set may be NULL. priority is among the dots of the map. */
void map_zones_lines(struct map_pane *p, const struct zone_set *set, int64_t now_ms, int priority);
/* Where nothing else was written: after the drones. */
void map_zones_names(struct canvas *c, struct rect r, struct map_pane *p, const struct zone_set *set,
    int64_t now_ms);

#endif
