/* A file of zones, begun from seeds of GeoJSON: see zone_fuzz.h. */
#include "zone_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return zone_fuzz(data, size);
}
