/* The line of odyssey send, its words cut at newlines: taken or refused with a
 * sentence. Positions of every kind come in by it. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/send_args.h"
#include "format/position.h"

#define WORDS 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *words[WORDS];
	struct send_line line;
	struct geo_point p;
	struct err err = { "" };
	int count = 0;

	memcpy(text, data, size);
	text[size] = '\0';
	if (position_parse(text, &p, &err) == 0)
		assert(fabs(p.lat) <= 90 && fabs(p.lon) <= 180);
	else
		assert(err.text[0]);
	for (char *w = strtok(text, "\n"); w && count < WORDS; w = strtok(NULL, "\n"))
		words[count++] = w;
	/* No files: what they hold is fuzz_mission's. */
	for (int i = 0; i < count; i++) {
		if (strcmp(words[i], "mission") == 0)
			words[i][0] = 'M';
	}
	err.text[0] = '\0';
	if (send_line_read(&line, count, words, &err) == 0) {
		for (size_t i = 0; i < COMMAND_ARGS_MAX; i++)
			assert(!line.args.has[i] || isfinite(line.args.number[i]));
	} else {
		assert(err.text[0]);
	}
	send_line_clear(&line);
	free(text);
	return 0;
}
