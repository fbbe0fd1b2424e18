/*
 * The bell: rung once for new alarms from a level on, at most once every
 * BELL_EVERY_MS, and not while it is silenced. Silence is no acknowledgement:
 * the alarms go on standing, and it ends by itself.
 */
#ifndef UI_BELL_H
#define UI_BELL_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/messages.h"

#define BELL_EVERY_MS  3000
#define BELL_SILENT_MS (5 * 60 * 1000)

struct bell {
	int level;           /* enum alarm_level it rings from; LEVEL_UNKNOWN: never */
	int64_t rung_mono;   /* 0: never */
	int64_t silent_mono; /* until then; 0: it rings */
	bool due, ring;
};

/* LEVEL_UNKNOWN for "none". -1 for a word that is none of them. */
int bell_level(const char *word);
/* Takes what was raised since (model.news, emptied); ring is then whether to
 * ring now. Once a frame. */
void bell_tick(struct bell *b, int news[LEVEL_COUNT], int64_t now_mono);
/* Rings again, for_ms 0, or not for so long. */
void bell_silence(struct bell *b, int64_t now_mono, int64_t for_ms);
/* "bell silent till 14:10"; false and "" where it is not silenced. */
bool bell_silence_text(const struct bell *b, int64_t now_mono, int64_t now_ms, char text[40]);

#endif
