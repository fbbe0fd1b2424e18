/*
 * The picture that a simulated camera sends: sky, ground, and the horizon
 * between them as roll and pitch tilt it, as a baseline JPEG (ITU-T T.81).
 *
 * Grey, and every 8 x 8 block of one brightness: only the DC coefficient is
 * coded, so that a frame is some 400 bytes and costs a few microseconds.
 */
#ifndef SIM_PICTURE_H
#define SIM_PICTURE_H

#include "base/buf.h"

#define PICTURE_WIDTH 160
#define PICTURE_HEIGHT 120

/* Appends the JPEG. Angles in radians; mark moves a dot about, to tell one
 * frame from the next. */
void picture_make(struct buf *out, double roll, double pitch, double heading, unsigned mark);

#endif
