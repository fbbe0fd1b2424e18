/*
 * What waits between the ingest thread and the writer: records as history_put_*()
 * leaves them in the queue. Private to the history.
 */
#ifndef HISTORY_RECORD_H
#define HISTORY_RECORD_H

#include "history/history.h"

enum record_kind {
	RECORD_SAMPLE, RECORD_EVENT, RECORD_PROGRESS, RECORD_ALARM, RECORD_ORDER,
	RECORD_REJECT, RECORD_GAP, RECORD_DRONE, RECORD_ANSWER, RECORD_PLAN, RECORD_KIND_COUNT
};

struct record {
	int64_t arrived_ms;
	uint32_t kind; /* enum record_kind */
};

struct record_sample {
	struct record head;
	uint32_t boot, seq, len;
	bool backfilled;
	char drone[ID_SIZE];
	unsigned char body[];
};

/* An event, progress, alarm or order; the struct follows. */
struct record_message {
	struct record head;
	union message message;
};

struct record_reject {
	struct record head;
	int reason;
	size_t topic_len, body_len;
	char source[256];
	char detail[120];
	unsigned char bytes[]; /* topic, then body */
};

struct record_gap {
	struct record head;
	char drone[ID_SIZE];
	uint32_t boot, from, to;
	int state;
	char why[128];
};

struct record_drone {
	struct record head;
	struct history_drone drone;
};

struct record_answer {
	struct record head;
	struct history_answer answer;
};

struct record_plan {
	struct record head;
	char drone[ID_SIZE];
	uint64_t rev;
	size_t items, fences, rallies, len;
	unsigned char content[];
};

#endif
