/* What every fuzzer of zone files does: any bytes are taken or refused with a
 * sentence; what is taken is within its bounds, becomes a set or is refused
 * with a sentence, and every question to the set has an answer. */
#ifndef TESTS_FUZZ_ZONE_H
#define TESTS_FUZZ_ZONE_H

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "alarm/zones.h"
#include "format/zone_file.h"

static inline void zone_fuzz_ask(const struct zone_file *f)
{
	struct zone_section section = {
		.name = "fuzz", .kind = ZONE_OUT, .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT,
	};
	struct zone_set *set = zone_set_new();
	struct buf notes = BUF_INIT;
	struct err err = { "" };

	if (zone_set_add(set, &section, f->zones, f->count, &notes, &err) == -1)
		assert(err.text[0] && zone_set_count(set) == 0);
	for (size_t i = 0; i < zone_set_count(set) && i < 4; i++) {
		struct zone_view v;
		struct zone_verdict verdict;
		struct zone_fix fix = {
			.drone = "d", .alt = 500, .height = 50, .home_alt = NAN, .speed = 20, .course = 45,
			.climb = 1, .turn = 3,
		};

		zone_at(set, i, 1763716504000, &v);
		for (size_t r = 0; r < v.ring_count; r++)
			assert(v.rings[r].count >= 3);
		fix.lat = v.ring_count ? v.rings[0].points[0].lat : 47;
		fix.lon = v.ring_count ? geo_wrap_180(v.rings[0].points[0].lon + 1e-4) : 9;
		zone_check(set, NULL, NULL, &fix, 1763716504000, &verdict);
		assert(!(verdict.breach_s < 0) && !(verdict.breach_s > ZONE_AHEAD_S && isfinite(verdict.breach_s)));
		assert(verdict.margin_m > 0 || isnan(verdict.margin_m) || verdict.breach_s == 0);
	}
	buf_free(&notes);
	zone_set_free(&set);
}

static inline int zone_fuzz(const uint8_t *data, size_t size)
{
	struct zone_file f;
	struct err err = { "" };

	if (zone_file_parse("f", (const char *)data, size, &f, &err) == 0) {
		assert(f.count > 0 && f.count <= ZONES_MAX);
		for (size_t i = 0; i < f.count; i++) {
			const struct zone *z = &f.zones[i];

			assert(z->ring_count > 0 && strlen(z->name) < ZONE_NAME_SIZE);
			for (size_t r = 0; r < z->ring_count; r++) {
				assert(z->rings[r].count >= 3);
				for (size_t k = 0; k < z->rings[r].count; k++)
					assert(fabs(z->rings[r].points[k].lat) <= 90 &&
					    fabs(z->rings[r].points[k].lon) <= 180);
			}
			(void)zone_applies(z, 1763716504000);
		}
		zone_fuzz_ask(&f);
	} else {
		assert(err.text[0] == 'f' && err.text[1] == ':');
	}
	zone_file_clear(&f);
	return 0;
}

#endif
