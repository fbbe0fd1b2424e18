/*
 * What drawing costs: CPU time of the screen's thread, a frame at a time. Told
 * at the end on standard error where ODYSSEY_FRAME_STATS is set; make bench
 * reads it there.
 */
#ifndef APP_FRAME_STATS_H
#define APP_FRAME_STATS_H

#include <stdint.h>
#include <stdio.h>

#define FRAME_STATS_MAX 8192 /* newest frames kept */

struct frame_stats {
	uint64_t count;
	uint32_t us[FRAME_STATS_MAX]; /* a ring */
	int64_t begun_us;
};

/* Around a frame, from the first look at what changed to the last byte out. */
void frame_stats_begin(struct frame_stats *f);
void frame_stats_end(struct frame_stats *f);
/* "frames 240, CPU ms a frame: mean 1.21, p50 1.10, p99 2.90, most 4.02" */
void frame_stats_print(const struct frame_stats *f, FILE *out);

#endif
