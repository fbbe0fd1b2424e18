/* A row of bars, one a column: how a value went. */
#ifndef UI_SPARKLINE_H
#define UI_SPARKLINE_H

#include "ui/canvas.h"
#include "ui/trail.h"

/* The trail by time, newest right, TRAIL_MAX seconds at most: each column stands
 * for the same whole number of them, as few as it takes. Where nothing was recorded
 * (trail_breaks()), and for the last silent_ms, during which nothing came, there
 * is a dim dot; before the first point, and where the value is not known, blank.
 * low and high are the range drawn, NAN: the values' own, never less than span
 * wide. */
void sparkline_draw(struct canvas *c, int x, int y, int w, uint16_t role, const struct trail *t,
    enum trail_value value, double low, double high, double span, int64_t silent_ms);

#endif
