/*
 * The map's layers, loaded by a thread of their own so that the first frame
 * waits for none of them. Each is handed over when it is there; from then on
 * it never changes.
 */
#include "app/screen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/map_layers.h"
#include "base/mem.h"

struct screen_maps {
	pthread_t thread;
	pthread_mutex_t lock;
	int wake; /* an eventfd: a layer is there */
	atomic_bool stop;
	bool running;
	const struct config *config; /* does not change while the screen runs */
	struct map_layer *loaded[MAP_CATALOGUE_MAX];
	size_t loaded_count;
	char problems[MAP_CATALOGUE_MAX][256]; /* not told yet */
	size_t problem_count;
	/* The screen's own, only appended to. */
	const struct map_layer *layers[MAP_CATALOGUE_MAX];
};

static void wake(struct screen_maps *m)
{
	uint64_t one = 1;

	if (write(m->wake, &one, sizeof(one)) != sizeof(one))
		atomic_store(&m->stop, true); /* nobody would notice what comes */
}

/* Something that is not as it should be. */
static void say(void *user, const char *text)
{
	struct screen_maps *m = user;

	pthread_mutex_lock(&m->lock);
	if (m->problem_count < MAP_CATALOGUE_MAX)
		str_copy(m->problems[m->problem_count++], sizeof(m->problems[0]), text);
	pthread_mutex_unlock(&m->lock);
}

static void *load(void *user)
{
	struct screen_maps *m = user;
	struct map_catalogue catalogue;
	struct err err;

	map_layers_list(m->config, &catalogue, say, m);
	wake(m);
	for (size_t i = 0; i < catalogue.count && !atomic_load(&m->stop); i++) {
		struct map_layer *layer;

		catalogue.layers[i].stop = &m->stop;
		layer = map_load(&catalogue.layers[i], &err);
		if (!layer || *layer->warning)
			say(m, layer ? layer->warning : err.text);
		pthread_mutex_lock(&m->lock);
		if (layer)
			m->loaded[m->loaded_count++] = layer;
		pthread_mutex_unlock(&m->lock);
		wake(m);
	}
	map_catalogue_clear(&catalogue);
	return NULL;
}

void screen_maps_start(struct screen *s)
{
	struct screen_maps *m = xcalloc(1, sizeof(*m));

	s->maps = m;
	pthread_mutex_init(&m->lock, NULL);
	m->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	m->config = &s->app->config;
	if (m->wake != -1)
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
	for (size_t i = 0; i < m->problem_count; i++) {
		char text[280];

		snprintf(text, sizeof(text), "map: %s", m->problems[i]);
		model_event(s->live, s->now_ms, "", HEALTH_WARN, text);
		ui_say(&s->ui, ROLE_WARN, "%s", text);
	}
	m->problem_count = 0;
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
	atomic_store(&m->stop, true);
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
