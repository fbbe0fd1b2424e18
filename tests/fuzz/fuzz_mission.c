/* A mission file of any bytes: taken or refused with a sentence, and what is
 * taken holds points that can be flown. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "format/mission_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mission_file m;
	struct err err = { "" };

	if (mission_file_parse("f", (const char *)data, size, &m, &err) == 0) {
		assert(m.count > 0);
		for (size_t i = 0; i < m.count; i++)
			assert(fabs(m.items[i].lat) <= 90 && fabs(m.items[i].lon) <= 180 &&
			    fabs(m.items[i].height) <= 10000 && m.items[i].hold >= 0);
	} else {
		assert(err.text[0]);
	}
	mission_file_clear(&m);
	return 0;
}
