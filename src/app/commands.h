/*
 * The subcommands' entry points, one file each: cmd_NAME.c.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

struct app;

int cmd_daemon(struct app *app);
int cmd_stop(struct app *app);
int cmd_keys(struct app *app);

#endif
