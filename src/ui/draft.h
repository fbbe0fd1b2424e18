/*
 * A mission being drawn up: points added, moved, taken away, and any of it
 * undone. Nothing of it is sent but by the preview of a mission command.
 */
#ifndef UI_DRAFT_H
#define UI_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "proto/plan.h"

#define DRAFT_UNDO_MAX 50

struct draft {
	struct mission mission;
	struct mission undo[DRAFT_UNDO_MAX]; /* what it was, oldest first */
	size_t undo_count;
	double home_lat, home_lon; /* for a .plan file; NAN: not known */
};

void draft_clear(struct draft *d);
/* Before the place of point `before` (from 1), or at the end for 0. */
int draft_add(struct draft *d, size_t before, const struct mission_item *item, struct err *err);
/* NAN in item leaves what is there. */
int draft_change(struct draft *d, size_t number, const struct mission_item *item, struct err *err);
int draft_delete(struct draft *d, size_t number, struct err *err);
void draft_replace(struct draft *d, const struct mission *m);
/* False where there is nothing to undo. */
bool draft_undo(struct draft *d);
int draft_load(struct draft *d, const char *path, struct err *err);
/* By its name: .plan, or CSV. */
int draft_save(const struct draft *d, const char *path, struct err *err);

#endif
