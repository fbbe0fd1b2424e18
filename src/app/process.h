/*
 * One daemon a state directory: its lock, its process in the background, the
 * signals that end it.
 */
#ifndef APP_PROCESS_H
#define APP_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* Makes the directory and its parents, for this user alone. */
int process_make_dir(const char *path, struct err *err);

/* Takes DIR/daemon.lock and writes our process id into it. The descriptor, or
 * -1 with a sentence that names who has it. Held until the process ends. */
int process_lock(const char *state_dir, struct err *err);
/* Who holds the lock: a process id, 0 where nobody does, -1 where the file
 * cannot be read. */
pid_t process_lock_holder(const char *state_dir);

/* Blocks SIGTERM, SIGINT, SIGHUP and gives a descriptor that is readable when
 * one came. Before any thread is started. */
int process_signals(struct err *err);

/* Goes to the background: returns in the child; the parent stays until
 * process_ready(), and then ends with 0, or as the child did if that ended first.
 * Until it is ready the child speaks to the caller's stderr, then to the log. */
struct process_background {
	int ready_fd, log_fd;
};
int process_detach(const char *log_path, struct process_background *bg, struct err *err);
void process_ready(struct process_background *bg);

#endif
