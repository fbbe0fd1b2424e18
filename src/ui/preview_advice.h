/*
 * What speaks against an order at the screen: alarm/advice.h asked for each of
 * its drones with what the model knows. Of several drones, what is said of the
 * first and of how many more.
 */
#ifndef UI_PREVIEW_ADVICE_H
#define UI_PREVIEW_ADVICE_H

#include "alarm/advice.h"
#include "ui/intent.h"
#include "ui/model.h"

struct preview_advice {
	struct {
		enum advice_code code;
		size_t drones;
		char text[240];
	} items[ADVICE_COUNT]; /* in order of codes */
	size_t count;
	bool needs_reason;
	unsigned codes; /* a bit each */
};

void preview_advise(const struct intent *intent, const struct model *m, struct preview_advice *out);
/* All of it in one text, for `over` of the request. */
void preview_advice_join(const struct preview_advice *a, char *text, size_t size);

static inline bool preview_advice_has(unsigned codes, enum advice_code code)
{
	return codes & 1u << code;
}

#endif
