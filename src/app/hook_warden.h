/*
 * Ends what hooks have started when the daemon cannot any more.
 *
 * A daemon that is killed with SIGKILL tells nobody, and neither the parent's
 * death signal nor a closed pipe reaches what a hook's shell has started. So a
 * second, small process stands beside it: it is told of each hook's process group,
 * and once the daemon's end of the line is closed, however that came, it sends
 * all of them SIGTERM, and SIGKILL after the time of grace, and ends.
 *
 * It takes no memory of the daemon's but what the fork leaves it, keeps none of
 * its descriptors, and no signal to the terminal's group ends it.
 *
 * A hook started in the very microseconds between its start and the word of it is
 * not known to it.
 */
#ifndef APP_HOOK_WARDEN_H
#define APP_HOOK_WARDEN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct hook_warden {
	pid_t pid; /* 0: there is none */
	int line;
};

/* At most `most` groups at once. Without a warden (no process to be had) the rest
 * works as if it were there. */
void hook_warden_start(struct hook_warden *w, size_t most, int64_t grace_ms);
/* A group runs; a group is over. */
void hook_warden_begun(struct hook_warden *w, pid_t group);
void hook_warden_ended(struct hook_warden *w, pid_t group);
/* After the last group is over. */
void hook_warden_stop(struct hook_warden *w);

#endif
