/* How prominent: see rank.h. */
#include "map/rank.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "map/view.h"

/* By the beginning of the word, so that "primary_link" and "track_grade3"
 * are found too. */
static const struct {
	enum map_kind kind;
	const char *word;
	enum map_tone tone;
} tones[] = {
	{ MAP_ROAD, "motorway", MAP_STRONG }, { MAP_ROAD, "trunk", MAP_STRONG },
	{ MAP_ROAD, "primary", MAP_STRONG }, { MAP_ROAD, "secondary", MAP_STRONG },
	{ MAP_ROAD, "service", MAP_FAINT }, { MAP_ROAD, "track", MAP_FAINT },
	{ MAP_ROAD, "path", MAP_FAINT }, { MAP_ROAD, "footway", MAP_FAINT },
	{ MAP_ROAD, "steps", MAP_FAINT }, { MAP_ROAD, "cycleway", MAP_FAINT },
	{ MAP_ROAD, "bridleway", MAP_FAINT }, { MAP_ROAD, "pedestrian", MAP_FAINT },
	{ MAP_RIVER, "river", MAP_STRONG }, { MAP_RIVER, "stream", MAP_FAINT },
	{ MAP_RIVER, "drain", MAP_FAINT }, { MAP_RIVER, "ditch", MAP_FAINT },
	{ MAP_RAIL, "rail", MAP_STRONG }, { MAP_RAIL, "tram", MAP_FAINT },
	{ MAP_RAIL, "siding", MAP_FAINT }, { MAP_RAIL, "disused", MAP_FAINT },
	{ MAP_RAIL, "abandoned", MAP_FAINT },
};

static const struct {
	const char *word;
	int rank;
} places[] = {
	{ "national_capital", 2 }, { "city", 3 }, { "town", 6 }, { "village", 8 },
	{ "suburb", 9 }, { "island", 9 }, { "hamlet", 10 }, { "neighbourhood", 11 },
	{ "locality", 11 }, { "farm", 11 }, { "isolated_dwelling", 11 },
};

/* Inhabitants from which a place has the rank of its index. */
static const double populations[] = { 5e6, 2e6, 1e6, 5e5, 2e5, 1e5, 5e4, 1e4, 2e3, 500, 1 };

static const double rank_zooms[MAP_RANKS] = { MAP_ZOOM_MIN, -1.5, -0.5, 0.5, 1.5, 2.5, 4, 6, 8.5,
	10, 11.5, 12.5 };

enum map_tone map_tone_of(enum map_kind kind, const char *fclass)
{
	for (size_t i = 0; i < ARRAY_LEN(tones); i++)
		if (tones[i].kind == kind && str_starts(fclass, tones[i].word))
			return tones[i].tone;
	return MAP_PLAIN;
}

int map_rank_of(double scalerank, double population, const char *fclass)
{
	int rank = MAP_RANKS;

	if (scalerank >= 0)
		rank = scalerank < MAP_RANKS - 1 ? (int)scalerank : MAP_RANKS - 1;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (!strcmp(places[i].word, fclass) && places[i].rank < rank)
			rank = places[i].rank;
	for (size_t i = 0; i < ARRAY_LEN(populations); i++)
		if (population >= populations[i] && (int)i < rank)
			rank = (int)i;
	return rank < MAP_RANKS ? rank : MAP_RANKS / 2;
}

double map_rank_zoom(int rank)
{
	return rank_zooms[rank < 0 ? 0 : rank < MAP_RANKS ? rank : MAP_RANKS - 1];
}
