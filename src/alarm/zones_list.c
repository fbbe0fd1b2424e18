/* What a set of zones holds, for pictures and sentences: see zones.h. */
#include <stdio.h>
#include <string.h>

#include "alarm/zones.h"
#include "alarm/zones_private.h"

size_t zone_set_count(const struct zone_set *set)
{
	return set ? set->count : 0;
}

size_t zone_set_points(const struct zone_set *set)
{
	return set ? set->points : 0;
}

void zone_at(const struct zone_set *set, size_t index, int64_t now_ms, struct zone_view *view)
{
	const struct prism *p = &set->prisms[index];

	*view = (struct zone_view){
		.name = p->zone.name,
		.section = set->sections[p->section].name,
		.kind = p->zone.kind,
		.floor = p->zone.floor,
		.ceiling = p->zone.ceiling,
		.rings = p->zone.rings,
		.ring_count = p->zone.ring_count,
		.times = p->zone.times,
		.time_count = p->zone.time_count,
		.active = zone_applies(&p->zone, now_ms),
		.area_m2 = p->area_m2,
	};
	if (p->outline.count) {
		view->west = p->outline.box.x0;
		view->east = p->outline.box.x1;
		view->south = p->outline.box.y0;
		view->north = p->outline.box.y1;
	}
}

const char *zone_words(struct zone_ref ref, char text[ZONE_WORDS_SIZE])
{
	const struct prism *p;
	const char *section;

	text[0] = '\0';
	if (!ref.set)
		return text;
	p = &ref.set->prisms[ref.index];
	section = ref.set->sections[p->section].name;
	if (*p->zone.name && strcmp(p->zone.name, section) != 0)
		snprintf(text, ZONE_WORDS_SIZE, "zone %s of %s", p->zone.name, section);
	else
		snprintf(text, ZONE_WORDS_SIZE, "zone %s", section);
	return text;
}
