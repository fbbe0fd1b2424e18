/*
 * The roster of whoever is attached to, every drone aged by its source's
 * clock.
 */
#ifndef APP_ROSTER_FETCH_H
#define APP_ROSTER_FETCH_H

#include "app/attach.h"
#include "app/roster_view.h"

/* hello is the answer of attach_hello(). 0 with a roster to clear, or -1 with
 * a sentence. */
int roster_fetch(struct attach *at, const struct config *config, const struct hello *hello,
    struct roster_view *r, struct err *err);

#endif
