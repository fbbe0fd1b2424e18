/*
 * What this screen has received itself, as a past to look at where the history
 * of the daemon it is attached to cannot be read here: one on another machine, or
 * a source that keeps none.
 *
 * It is a history of its own (history/history.h) in a directory beside the state,
 * begun when the daemon has said who it is and removed at the end; so everything that
 * looks at a past looks at this one too. OWN_KEEP_MS of it are kept, OWN_KEEP_BYTES at
 * most. Its clock is the one here.
 *
 * What was before the screen came is asked for once somebody looks at the past, the
 * drones in view first: OWN_BACK_MS of each, by `backfill`, a request at a time. Holes
 * in what came by itself are asked for without that. What did not come is a gap. Of
 * alarms, commands and events that were before it knows what their lists tell; of orders
 * nothing. What drones are to fly is asked for one after the other, and when it changes: it
 * is known from the first answer on.
 */
#ifndef APP_SCREEN_OWN_H
#define APP_SCREEN_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/messages.h"
#include "proto/plan.h"
#include "proto/sample.h"
#include "proto/wire.h"

#define OWN_KEEP_MS    (60 * 60 * 1000)
#define OWN_KEEP_BYTES 1000000000
#define OWN_BACK_MS    (15 * 60 * 1000)

struct screen;
struct hello;

/* Who answered: begins one where his history is not here, ends it where it is. */
void screen_own_hello(struct screen *s, const struct hello *hello);
void screen_own_end(struct screen *s);
/* Takes what the writer has to say, and asks for what is missing. */
void screen_own_tick(struct screen *s);
/* NULL where there is none. */
const char *screen_own_dir(const struct screen *s);
/* Somebody looks at the past. */
void screen_own_look(struct screen *s);
/* Since the last call something came that was asked for: the past is another. */
bool screen_own_came(struct screen *s);
/* How many drones are asked for still. */
size_t screen_own_open(const struct screen *s);

/* From the feed; body as it came. */
void screen_own_sample(
    struct screen *s, const char *id, const struct sample *sample, const void *body, size_t len);
void screen_own_message(struct screen *s, enum topic_kind kind, const union message *m);
/* It was attached, anew: lists are asked for. */
void screen_own_arrived(struct screen *s);
/* From a list, of an alarm, a command or an event that was before: only what is news.
 * To be called before the model is told. */
void screen_own_listed(struct screen *s, enum topic_kind kind, const union message *m);
/* The plan of a drone, as it was asked for; its number in the live model. */
void screen_own_plan(
    struct screen *s, size_t drone, const struct plan *plan, const wire_value *reply);
/* It is another now. */
void screen_own_plan_changed(struct screen *s, size_t drone);
/* Samples of an answer to backfill; drone is its number in the live model. */
void screen_own_samples(struct screen *s, size_t drone, const wire_value *list);

#endif
