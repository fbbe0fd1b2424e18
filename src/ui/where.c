/* Words for positions: see where.h. */
#include "ui/where.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/position.h"
#include "map/places.h"
#include "ui/ui.h"

#define POSITION_WORDS 9 /* N 47 08 30 E 9 31 12 in words of their own, and one more */
#define FAR_MAX_M      1e6

bool where_is_word(const char *word)
{
	return *word == '@' || (*word == '+' && strchr(word, '@'));
}

static int from_drone(
    const struct ui_drone *d, const char *word, struct geo_point *out, struct err *err)
{
	char number[32], unit[8] = "";
	const char *at = strchr(word, '@');
	double metres, bearing;
	struct geo_point from;
	size_t n = strspn(word + 1, "0123456789.");

	if (!str_copy_n(number, sizeof(number), word + 1, n) ||
	    !str_copy_n(unit, sizeof(unit), word + 1 + n, (size_t)(at - word) - 1 - n) ||
	    !str_double(number, &metres) || !str_double(at + 1, &bearing) ||
	    (*unit && strcmp(unit, "m") != 0 && strcmp(unit, "km") != 0))
		return err_set(err,
		    "\"%.40s\" is no way from the drone: write +200m@045 or +1.5km@270", word);
	if (strcmp(unit, "km") == 0)
		metres *= 1000;
	if (metres > FAR_MAX_M || bearing < 0 || bearing > 360)
		return err_set(err, "\"%.40s\": at most 1000 km, in a direction of 0 to 360", word);
	if (!d)
		return err_set(err, "\"%.40s\" is relative to a drone, and none is named", word);
	if (!model_position(d, &from.lat, &from.lon))
		return err_set(err,
		    "\"%.40s\" is relative to %s, whose position is not known", word, d->id);
	*out = geo_direct(from, bearing, metres);
	return 0;
}

/* Of several places of that name the one nearest to what the map shows. All of
 * the name: a drone does not go to what a place begins with. */
static bool find_place(struct ui *ui, const char *name, struct geo_point *out)
{
	struct geo_point centre = map_view_centre(&ui->map.view);
	char text[80], folded[80], found[128];
	double least = INFINITY;

	str_copy(text, sizeof(text), name);
	for (char *p = text; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	map_places_fold(text, folded, sizeof(folded));
	for (size_t i = 0; i < ui->map.layer_count; i++) {
		struct map_place places[20];
		size_t n = map_places_find(
		    &ui->map.layers[i], 1, text, places, ARRAY_LEN(places));

		for (size_t k = 0; k < n; k++) {
			double m = geo_distance_m(centre, places[k].at);

			map_places_fold(places[k].text, found, sizeof(found));
			if (strcmp(folded, found) == 0 && m < least) {
				least = m;
				*out = places[k].at;
			}
		}
	}
	return isfinite(least);
}

int where_word(struct ui *ui, const struct ui_drone *d, const char *word, struct geo_point *out,
    struct err *err)
{
	const struct ui_drone *other;

	if (*word == '+')
		return from_drone(d, word, out, err);
	if (strcmp(word, "@cursor") == 0) {
		if (!ui->map.crosshair)
			return err_set(err,
			    "there is no crosshair for \"@cursor\"; x in the map pane shows one");
		*out = ui->map.cross;
		return 0;
	}
	if (strcmp(word, "@home") == 0) {
		if (!d || !isfinite(d->home_lat) || !isfinite(d->home_lon))
			return err_set(err, "the home for \"@home\" is not known");
		*out = (struct geo_point){ d->home_lat, d->home_lon };
		return 0;
	}
	other = model_find(&ui->model, word + 1);
	if (other && model_position(other, &out->lat, &out->lon))
		return 0;
	if (other)
		return err_set(err, "the position of \"%.40s\" is not known", word);
	if (find_place(ui, word + 1, out))
		return 0;
	return err_set(err,
	    "\"%.40s\" is no drone and no place on the map; there are @cursor, @home, @DRONE and "
	    "@PLACE",
	    word);
}

int where_read(struct ui *ui, const struct ui_drone *d, int count, char **words,
    struct geo_point *out, struct err *err)
{
	struct err why = { "" };

	if (count > 0 && where_is_word(words[0]))
		return where_word(ui, d, words[0], out, err) == 0 ? 1 : 0;
	/* Longest first, for "47 08" of "47 08 30 N 9 31 12 E" is a position too. */
	for (int n = count < POSITION_WORDS ? count : POSITION_WORDS; n >= 1; n--) {
		struct buf text = BUF_INIT;
		int result;

		for (int i = 0; i < n; i++)
			buf_printf(&text, "%s%s", i ? " " : "", words[i]);
		result = position_parse(text.data, out, &why);
		buf_free(&text);
		if (result == 0)
			return n;
		if (n == 2 || count == 1)
			*err = why;
	}
	return 0;
}

const char *where_candidate(struct ui *ui, const char *typed, int n)
{
	static const char *const fixed[] = { "@cursor", "@home" };
	struct map_place places[20];
	char prefix[64], *text = ui->place_text;
	size_t i = (size_t)n, found;

	if (i < ARRAY_LEN(fixed))
		return fixed[i];
	i -= ARRAY_LEN(fixed);
	if (i < ui->model.count) {
		text[0] = '@';
		str_copy(text + 1, sizeof(ui->place_text) - 1, ui->model.drones[i].id);
		return text;
	}
	i -= ui->model.count;
	str_copy(prefix, sizeof(prefix), typed + 1);
	for (char *p = prefix; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	if (!*prefix || !ui->map.layer_count)
		return NULL;
	found = map_places_find(
	    ui->map.layers, ui->map.layer_count, prefix, places, ARRAY_LEN(places));
	if (i >= found)
		return NULL;
	text[0] = '@';
	str_copy(text + 1, sizeof(ui->place_text) - 1, places[i].text);
	for (char *p = text; *p; p++)
		*p = *p == ' ' ? '_' : *p;
	return text;
}
