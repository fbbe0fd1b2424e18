/* Where each option was said: see config.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/config.h"

struct config_place {
	const struct option_desc *option;
	char row[ID_SIZE]; /* of a named section; "" */
	char *where;       /* owned */
};

void config_place_note(struct config *config, const struct option_desc *option, const char *name,
    const char *where)
{
	struct config_place *p = NULL;

	for (size_t i = 0; i < config->place_count && !p; i++) {
		if (config->places[i].option == option && strcmp(config->places[i].row, name) == 0)
			p = &config->places[i];
	}
	if (!p) {
		mem_grow(config->places, config->place_count, config->place_cap);
		p = &config->places[config->place_count++];
		*p = (struct config_place){ .option = option };
		str_copy(p->row, sizeof(p->row), name);
	}
	free(p->where);
	p->where = xstrdup(where);
}

void config_places_clear(struct config *config)
{
	for (size_t i = 0; i < config->place_count; i++)
		free(config->places[i].where);
	free(config->places);
}

const char *config_where(const struct config *config, const char *section, const char *name,
    const char *key)
{
	const char *first = NULL;

	for (size_t i = 0; i < config->place_count; i++) {
		const struct config_place *p = &config->places[i];

		if (strcmp(p->option->section, section) != 0 || strcmp(p->row, name) != 0)
			continue;
		if (key && strcmp(p->option->key, key) == 0)
			return p->where;
		first = first ? first : p->where;
	}
	if (first)
		return first;
	return *config->path ? config->path : "configuration";
}
