/*
 * STATUSTEXT of one vehicle: long texts come in chunks of 50 characters and
 * are joined; a chunk that was lost shows as "[...]".
 */
#ifndef BRIDGE_TEXTS_H
#define BRIDGE_TEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "bridge/messages.h"
#include "proto/messages.h"

#define TEXTS_WAIT_MS 1000 /* for the next chunk */

struct status_text {
	uint8_t severity; /* enum severity */
	char text[TEXT_SIZE];
};

struct texts {
	struct status_text open, ready;
	bool has_open, has_ready, complete; /* complete: open has its last chunk */
	uint16_t id;
	uint8_t comp, next_chunk;
	int64_t since_ms;
};

void texts_add(struct texts *t, uint8_t comp, const struct mav_statustext *m, int64_t now_ms);
/* The next text that is whole, or whose rest did not come in time. Call it
 * until false, after each texts_add() and now and then. */
bool texts_take(struct texts *t, int64_t now_ms, struct status_text *out);

#endif
