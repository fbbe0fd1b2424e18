/*
 * What a served replay answers on its control socket: what was so at the
 * playhead, and no to every command.
 */
#ifndef APP_REPLAY_ANSWER_H
#define APP_REPLAY_ANSWER_H

#include "link/feed.h"
#include "link/server.h"
#include "proto/control.h"
#include "replay/replay.h"

#define REPLAY_NAME "replay" /* on the wire */

struct replay_answer {
	struct replay *replay;
	uint32_t boot;
	struct wire_doc doc;
	struct buf reply, body;
};

void replay_answer_init(struct replay_answer *a, struct replay *replay, uint32_t boot);
void replay_answer_clear(struct replay_answer *a);
/* Answers the next request; false where there is none. A refusal is told on the
 * feed too. */
bool replay_answer(struct replay_answer *a, struct server *server, struct feed_out *feed);

#endif
