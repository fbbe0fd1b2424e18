/* A row of bars, one a column: how a value went. */
#ifndef UI_SPARKLINE_H
#define UI_SPARKLINE_H

#include "ui/canvas.h"
#include "ui/trail.h"

/* The last w points of the trail, newest right; unknown is blank. low and high
 * are the range drawn, NAN: the values' own, never less than span wide. */
void sparkline_draw(struct canvas *c, int x, int y, int w, uint16_t role, const struct trail *t,
    enum trail_value value, double low, double high, double span);

#endif
