/* What a folder of maps holds: see catalogue.h. */
#include "map/catalogue.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define COLUMNS 5

/* Splits in place; SIZE_MAX for more words than there are columns. */
static size_t split(char *line, char *words[COLUMNS])
{
	size_t count = 0;
	char *rest;

	for (char *w = strtok_r(line, " \t\r\n", &rest); w; w = strtok_r(NULL, " \t\r\n", &rest)) {
		if (count == COLUMNS)
			return SIZE_MAX;
		words[count++] = w;
	}
	return count;
}

static bool read_zoom(const char *word, double *zoom)
{
	*zoom = NAN;
	return !strcmp(word, "-") || str_double(word, zoom);
}

static int read_line(struct map_catalogue *c, const char *folder, char *line, const char *where,
    struct err *err)
{
	struct map_layer_desc desc = { 0 };
	char *words[COLUMNS];
	size_t count;

	if (line[0] == '#')
		return 0;
	count = split(line, words);
	if (!count)
		return 0;
	if (count != COLUMNS)
		return err_set(err, "%s: a layer is written as: name kind from to file", where);
	desc.kind = map_kind_find(words[1]);
	if (desc.kind == MAP_KINDS) {
		const char *near = str_nearest(words[1], map_kind_names);

		return err_set(err, "%s: there is no kind of layer \"%.40s\"%s%s", where, words[1],
		    near ? "; perhaps " : "", near ? near : "");
	}
	if (!read_zoom(words[2], &desc.zoom_min) || !read_zoom(words[3], &desc.zoom_max))
		return err_set(err, "%s: from and to are zooms, numbers or -", where);
	if (c->count == MAP_CATALOGUE_MAX)
		return err_set(err, "%s: more than %d layers", where, MAP_CATALOGUE_MAX);
	desc.name = xstrdup(words[0]);
	desc.file = words[4][0] == '/' ? xstrdup(words[4]) : xasprintf("%s/%s", folder, words[4]);
	c->layers = xreallocarray(c->layers, c->count + 1, sizeof(*c->layers));
	c->layers[c->count++] = desc;
	return 0;
}

int map_catalogue_read(struct map_catalogue *c, const char *folder, struct err *err)
{
	char *path = xasprintf("%s/layers", folder), line[1024], where[512];
	FILE *f = fopen(path, "r");
	int rc = 0;

	*c = (struct map_catalogue){ 0 };
	if (!f)
		rc = err_set(err, "%s: %s; a folder of maps has a file of that name that lists them", path,
		    strerror(errno));
	for (int n = 1; f && rc == 0 && fgets(line, sizeof(line), f); n++) {
		snprintf(where, sizeof(where), "%s:%d", path, n);
		if (!strchr(line, '\n') && !feof(f))
			rc = err_set(err, "%s: is longer than %zu bytes", where, sizeof(line) - 2);
		else
			rc = read_line(c, folder, line, where, err);
	}
	if (f)
		fclose(f);
	free(path);
	if (rc == -1)
		map_catalogue_clear(c);
	return rc;
}

void map_catalogue_clear(struct map_catalogue *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free((char *)c->layers[i].name);
		free((char *)c->layers[i].file);
		free((char *)c->layers[i].colour);
	}
	free(c->layers);
	*c = (struct map_catalogue){ 0 };
}
