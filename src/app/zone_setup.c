/* Zones out of the configuration: see zone_setup.h. */
#include "app/zone_setup.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

static int height(const char *key, const char *text, struct zone_height *h, struct err *err)
{
	struct err why;

	*h = ZONE_NO_HEIGHT;
	if (!*text || zone_height_parse(text, 1, ABOVE_HOME, h, &why) == 0)
		return 0;
	return err_set(err, "%s: %s", key, why.text);
}

static enum zone_kind kind(const char *word)
{
	for (int k = ZONE_IN; k < ZONE_KIND_COUNT; k++) {
		if (strcmp(word, zone_kind_names[k]) == 0)
			return (enum zone_kind)k;
	}
	return ZONE_UNSAID;
}

/* *key is what is being read: what is wrong where this fails. */
static int add_section(const struct config_zone *z, struct zone_set *set, struct zone_file *file,
    struct buf *notes, const char **key, struct err *err)
{
	struct zone_section section = { .kind = kind(z->kind) };

	str_copy(section.name, sizeof(section.name), z->name);
	str_copy(section.drones, sizeof(section.drones), z->drones);
	*key = "floor";
	if (height(*key, z->floor, &section.floor, err) == -1)
		return -1;
	*key = "ceiling";
	if (height(*key, z->ceiling, &section.ceiling, err) == -1)
		return -1;
	*key = NULL;
	if (!*z->file && isnan(section.ceiling.m))
		return err_set(err, "names neither a file nor a ceiling; say file = ... or ceiling = 120");
	if (!*z->file)
		section.kind = ZONE_CEILING;
	*key = *z->file ? "file" : "ceiling";
	if (*z->file && zone_file_read(z->file, file, err) == -1)
		return -1;
	/* What the section says counts more than the file. */
	for (size_t i = 0; i < file->count && section.kind != ZONE_UNSAID; i++)
		file->zones[i].kind = section.kind;
	if (notes && file->notes.len)
		buf_add(notes, file->notes.data, file->notes.len);
	return zone_set_add(set, &section, file->zones, file->count, notes, err);
}

int zone_setup_section(const struct config *config, const struct config_zone *z,
    struct zone_set *set, struct zone_file *file, struct buf *notes, struct err *err)
{
	const char *key = NULL;
	struct err why;

	*file = (struct zone_file){ .notes = BUF_INIT };
	if (add_section(z, set, file, notes, &key, &why) == 0)
		return 0;
	return err_set(err, "%s: [zone %s]: %s", config_where(config, "zone", z->name, key), z->name,
	    why.text);
}

int zone_setup(const struct config *config, struct zone_set **set, struct buf *notes, struct err *err)
{
	*set = NULL;
	for (size_t i = 0; i < config->zone_count; i++) {
		struct zone_file file;
		int result;

		if (!*set)
			*set = zone_set_new();
		result = zone_setup_section(config, &config->zones[i], *set, &file, notes, err);
		zone_file_clear(&file);
		if (result == -1) {
			zone_set_free(set);
			return -1;
		}
	}
	return 0;
}
