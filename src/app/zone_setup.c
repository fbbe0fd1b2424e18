/* Zones out of the configuration: see zone_setup.h. */
#include "app/zone_setup.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

static int height(const struct config_zone *z, const char *key, const char *text, struct zone_height *h,
    struct err *err)
{
	struct err why;

	*h = ZONE_NO_HEIGHT;
	if (!*text || zone_height_parse(text, 1, ABOVE_HOME, h, &why) == 0)
		return 0;
	return err_set(err, "[zone %s]: %s: %s", z->name, key, why.text);
}

static enum zone_kind kind(const char *word)
{
	for (int k = ZONE_IN; k < ZONE_KIND_COUNT; k++) {
		if (strcmp(word, zone_kind_names[k]) == 0)
			return (enum zone_kind)k;
	}
	return ZONE_UNSAID;
}

int zone_setup_section(const struct config_zone *z, struct zone_set *set, struct zone_file *file,
    struct buf *notes, struct err *err)
{
	struct zone_section section = { .kind = kind(z->kind) };

	*file = (struct zone_file){ .notes = BUF_INIT };
	str_copy(section.name, sizeof(section.name), z->name);
	str_copy(section.drones, sizeof(section.drones), z->drones);
	if (height(z, "floor", z->floor, &section.floor, err) == -1 ||
	    height(z, "ceiling", z->ceiling, &section.ceiling, err) == -1)
		return -1;
	if (!*z->file && isnan(section.ceiling.m))
		return err_set(err, "[zone %s]: names neither a file nor a ceiling; say file = ... or ceiling = 120",
		    z->name);
	if (!*z->file)
		section.kind = ZONE_CEILING;
	if (*z->file && zone_file_read(z->file, file, err) == -1)
		return -1;
	/* What the section says counts more than the file. */
	for (size_t i = 0; i < file->count && section.kind != ZONE_UNSAID; i++)
		file->zones[i].kind = section.kind;
	if (notes && file->notes.len)
		buf_add(notes, file->notes.data, file->notes.len);
	return zone_set_add(set, &section, file->zones, file->count, notes, err);
}

int zone_setup(const struct config *config, struct zone_set **set, struct buf *notes, struct err *err)
{
	*set = NULL;
	for (size_t i = 0; i < config->zone_count; i++) {
		const char *name = config->zones[i].name;
		struct zone_file file;
		struct err why;
		int result;

		if (!*set)
			*set = zone_set_new();
		result = zone_setup_section(&config->zones[i], *set, &file, notes, &why);
		zone_file_clear(&file);
		if (result == -1) {
			/* A file knows nothing of the section that names it. */
			if (str_starts(why.text, "[zone "))
				*err = why;
			else
				err_set(err, "[zone %s]: %s", name, why.text);
			zone_set_free(set);
			return -1;
		}
	}
	return 0;
}
