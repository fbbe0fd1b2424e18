/* The bell: see bell.h. */
#include "ui/bell.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

int bell_level(const char *word)
{
	if (strcmp(word, "none") == 0)
		return LEVEL_UNKNOWN;
	for (int level = LEVEL_WATCH; level < LEVEL_COUNT; level++) {
		if (strcmp(word, alarm_level_names[level]) == 0)
			return level;
	}
	return -1;
}

void bell_tick(struct bell *b, int news[LEVEL_COUNT], int64_t now_mono)
{
	b->ring = false;
	if (b->silent_mono && now_mono >= b->silent_mono)
		b->silent_mono = 0;
	for (int level = LEVEL_WATCH; level < LEVEL_COUNT; level++) {
		if (news[level] && b->level && level >= b->level && !b->silent_mono)
			b->due = true;
		news[level] = 0;
	}
	if (!b->due || (b->rung_mono && now_mono - b->rung_mono < BELL_EVERY_MS))
		return;
	b->due = false;
	b->ring = true;
	b->rung_mono = now_mono;
}

void bell_silence(struct bell *b, int64_t now_mono, int64_t for_ms)
{
	b->silent_mono = for_ms > 0 ? now_mono + for_ms : 0;
	b->due = false;
}

bool bell_silence_text(const struct bell *b, int64_t now_mono, int64_t now_ms, char text[40])
{
	char full[TIME_TEXT_SIZE];

	text[0] = '\0';
	if (!b->silent_mono)
		return false;
	time_format(now_ms + b->silent_mono - now_mono, full);
	snprintf(text, 40, "bell silent till %.8s", full + 11);
	return true;
}
