/* odyssey replay: the past, on the screen or as a source for others. */
#include "app/commands.h"
#include "app/replay_args.h"
#include "app/replay_serve.h"
#include "app/screen.h"

static int show(struct app *app, const struct replay_args *args, struct replay *replay)
{
	struct screen_past past = { replay, args->options.path, args->start_ms, args->end_ms, args->speed,
		args->loop };
	int code = screen_main(app, &past);

	replay_close(&past.replay);
	return code;
}

int cmd_replay(struct app *app)
{
	struct replay_args args;
	struct replay *replay;
	struct err err;
	bool usage;
	int code;

	if (replay_args_open(app, &args, &replay, &usage, &err) == -1)
		return usage ? app_usage_error("replay", &err) : app_failure("replay", &err);
	if (!args.serve)
		return show(app, &args, replay);
	code = replay_serve(app, &args, replay);
	replay_close(&replay);
	return code;
}
