/*
 * The subcommands' entry points, one file each: cmd_NAME.c.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include <stddef.h>

struct app;

int cmd_ack(struct app *app);
int cmd_alarms(struct app *app);
int cmd_bridge(struct app *app);
int cmd_check(struct app *app);
int cmd_completion(struct app *app);
int cmd_daemon(struct app *app);
int cmd_doc(struct app *app);
int cmd_ls(struct app *app);
int cmd_screen(struct app *app);
int cmd_send(struct app *app);
int cmd_shelve(struct app *app);
int cmd_stop(struct app *app);
int cmd_keys(struct app *app);
int cmd_sql(struct app *app);
int cmd_history(struct app *app);
int cmd_replay(struct app *app);
int cmd_rejects(struct app *app);
int cmd_flights(struct app *app);
int cmd_export(struct app *app);
int cmd_tail(struct app *app);
int cmd_unshelve(struct app *app);

#endif
