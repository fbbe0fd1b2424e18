/*
 * The past as a source on the wire protocol: `odyssey replay --serve`. Its kind
 * is "replay", its times are the playhead's, the samples are those that were
 * recorded, and every command is refused.
 */
#ifndef APP_REPLAY_SERVE_H
#define APP_REPLAY_SERVE_H

#include "app/replay_args.h"

/* Plays from where it stands until a signal; at the end it stays there, or
 * begins again. An exit code. */
int replay_serve(struct app *app, const struct replay_args *args, struct replay *replay);

#endif
