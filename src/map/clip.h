/*
 * Cuts a line to a rectangle (Y.-D. Liang and B. A. Barsky, "A new concept
 * and method for line clipping", 1984).
 */
#ifndef MAP_CLIP_H
#define MAP_CLIP_H

#include <stdbool.h>

/* Cuts the line from a to b to [0, wide] x [0, high], in place. False if
 * nothing of it is left. Coordinates are finite. */
static inline bool map_clip(double a[2], double b[2], double wide, double high)
{
	double dx = b[0] - a[0], dy = b[1] - a[1], enter = 0, leave = 1;
	const double p[4] = { -dx, dx, -dy, dy };
	const double q[4] = { a[0], wide - a[0], a[1], high - a[1] };
	double x0 = a[0], y0 = a[1];

	for (int i = 0; i < 4; i++) {
		if (p[i] == 0) {
			if (q[i] < 0)
				return false;
		} else if (p[i] < 0) {
			double t = q[i] / p[i];

			if (t > leave)
				return false;
			if (t > enter)
				enter = t;
		} else {
			double t = q[i] / p[i];

			if (t < enter)
				return false;
			if (t < leave)
				leave = t;
		}
	}
	if (leave < 1) {
		b[0] = x0 + leave * dx;
		b[1] = y0 + leave * dy;
	}
	if (enter > 0) {
		a[0] = x0 + enter * dx;
		a[1] = y0 + enter * dy;
	}
	return true;
}

#endif
