/*
 * The map's layers, loaded by a thread of their own so that the first frame
 * waits for none of them. Each is handed over when it is there; from then on
 * it never changes.
 */
#include "app/screen.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "map/catalogue.h"

struct screen_maps {
	pthread_t thread;
	pthread_mutex_t lock;
	int wake; /* an eventfd: a layer is there */
	bool stop, running;
	char folder[CONFIG_PATH_SIZE];
	struct map_layer *loaded[MAP_CATALOGUE_MAX];
	size_t loaded_count;
	char problem[256]; /* the first layer that could not be read */
	/* The screen's own, only appended to. */
	const struct map_layer *layers[MAP_CATALOGUE_MAX];
};

static void wake(struct screen_maps *m)
{
	uint64_t one = 1;

	if (write(m->wake, &one, sizeof(one)) != sizeof(one))
		m->stop = true; /* nobody would notice what comes */
}

static void *load(void *user)
{
	struct screen_maps *m = user;
	struct map_catalogue catalogue;
	struct err err;

	if (map_catalogue_read(&catalogue, m->folder, &err) == -1) {
		pthread_mutex_lock(&m->lock);
		str_copy(m->problem, sizeof(m->problem), err.text);
		pthread_mutex_unlock(&m->lock);
		wake(m);
		return NULL;
	}
	for (size_t i = 0; i < catalogue.count; i++) {
		struct map_layer *layer = map_load(&catalogue.layers[i], &err);

		pthread_mutex_lock(&m->lock);
		if (layer && m->loaded_count < MAP_CATALOGUE_MAX)
			m->loaded[m->loaded_count++] = layer;
		else if (!layer && !*m->problem)
			str_copy(m->problem, sizeof(m->problem), err.text);
		if (m->stop)
			i = catalogue.count;
		pthread_mutex_unlock(&m->lock);
		wake(m);
	}
	map_catalogue_clear(&catalogue);
	return NULL;
}

/* Where the shipped maps are: beside the program's build, or installed. */
static bool find_folder(char folder[CONFIG_PATH_SIZE])
{
	static const char *const places[] = { "/../maps", "/maps", "/../share/odyssey/maps",
		"/../../maps" };
	const char *own = getenv("ODYSSEY_MAPS");
	char exe[CONFIG_PATH_SIZE - 64], list[CONFIG_PATH_SIZE + 16], *slash;
	ssize_t n;

	if (own) {
		str_copy(folder, CONFIG_PATH_SIZE, own);
		return *own != '\0';
	}
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return false;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(folder, CONFIG_PATH_SIZE, "%s%s", exe, places[i]);
		snprintf(list, sizeof(list), "%s/layers", folder);
		if (access(list, R_OK) == 0)
			return true;
	}
	return false;
}

void screen_maps_start(struct screen *s)
{
	struct screen_maps *m = xcalloc(1, sizeof(*m));

	s->maps = m;
	pthread_mutex_init(&m->lock, NULL);
	m->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (m->wake != -1 && find_folder(m->folder))
		m->running = pthread_create(&m->thread, NULL, load, m) == 0;
}

int screen_maps_fd(const struct screen *s)
{
	return s->maps && s->maps->running ? s->maps->wake : -1;
}

void screen_maps_take(struct screen *s)
{
	struct screen_maps *m = s->maps;
	uint64_t n;

	if (!m->running || read(m->wake, &n, sizeof(n)) != sizeof(n))
		return;
	pthread_mutex_lock(&m->lock);
	for (size_t i = s->ui.map.layer_count; i < m->loaded_count; i++)
		m->layers[i] = m->loaded[i];
	s->ui.map.layer_count = m->loaded_count;
	if (*m->problem)
		ui_say(&s->ui, ROLE_WARN, "map: %s", m->problem);
	m->problem[0] = '\0';
	pthread_mutex_unlock(&m->lock);
	s->ui.map.layers = m->layers;
	s->ui.map.layers_version++;
	s->ui.dirty = true;
}

void screen_maps_stop(struct screen *s)
{
	struct screen_maps *m = s->maps;

	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	m->stop = true;
	pthread_mutex_unlock(&m->lock);
	if (m->running)
		pthread_join(m->thread, NULL);
	for (size_t i = 0; i < m->loaded_count; i++)
		map_layer_free(&m->loaded[i]);
	if (m->wake != -1)
		close(m->wake);
	pthread_mutex_destroy(&m->lock);
	free(m);
	s->maps = NULL;
}
