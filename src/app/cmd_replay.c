/* odyssey replay: the past, as a source for others. */
#include "app/commands.h"
#include "app/replay_args.h"
#include "app/replay_serve.h"

int cmd_replay(struct app *app)
{
	struct replay_args args;
	struct replay *replay;
	struct err err;
	bool usage;
	int code;

	if (!args_has(&app->args, "serve")) {
		err_set(&err, "say --serve: the past is offered as a source, for the screen to attach to");
		return app_usage_error("replay", &err);
	}
	if (replay_args_open(app, &args, &replay, &usage, &err) == -1)
		return usage ? app_usage_error("replay", &err) : app_failure("replay", &err);
	code = replay_serve(app, &args, replay);
	replay_close(&replay);
	return code;
}
