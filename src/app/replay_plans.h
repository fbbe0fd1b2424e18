/*
 * What a served replay has told of plans: `pl` goes out where a drone's plan is
 * another than was told last, be it played to or leapt to.
 */
#ifndef APP_REPLAY_PLANS_H
#define APP_REPLAY_PLANS_H

#include "replay/replay.h"

struct replay_plans {
	int64_t *told;   /* since_ms by drone; owned */
	size_t count, cap;
	int64_t *now;    /* the same, where a leap has led; owned */
};

void replay_plans_clear(struct replay_plans *p);
/* What is so now has not to be told. */
void replay_plans_begin(struct replay_plans *p, const struct replay *r);
/* A plan that was played to: true where it has to be told. */
bool replay_plans_changed(struct replay_plans *p, const struct replay *r, size_t drone,
    int64_t since_ms);
/* After a leap, with *at 0 at first: 1 and what is to be told next, 0, or -1. A plan that
 * is not recorded there has the revision 0. */
int replay_plans_next(struct replay_plans *p, struct replay *r, size_t *at, struct plan_changed *pl,
    struct err *err);

#endif
