/* Events that were asked for, put among those that came: see model.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/model.h"

/* The same text of the same drone at the same instant is the same event. */
static bool same(const struct ui_event *a, const struct ui_event *b)
{
	return a->time_ms == b->time_ms && a->level == b->level && strcmp(a->drone, b->drone) == 0 &&
	    strcmp(a->text, b->text) == 0;
}

static bool among(const struct ui_event *list, size_t n, const struct ui_event *e)
{
	for (size_t i = 0; i < n; i++) {
		if (same(&list[i], e))
			return true;
	}
	return false;
}

/* Stable: what came at one instant stays in its order. */
static void sort(struct ui_event *list, size_t n, struct ui_event *space)
{
	size_t half = n / 2, i = 0, k = half;

	if (n < 2)
		return;
	sort(list, half, space);
	sort(list + half, n - half, space);
	for (size_t at = 0; at < n; at++) {
		bool left = k == n || (i < half && list[i].time_ms <= list[k].time_ms);

		space[at] = list[left ? i++ : k++];
	}
	memcpy(list, space, n * sizeof(*list));
}

size_t model_events_earlier(struct model *m, const struct event *told, size_t count)
{
	size_t have = m->event_total < MODEL_EVENTS_MAX ? (size_t)m->event_total : MODEL_EVENTS_MAX;
	struct ui_event *list = xcalloc(have + count + 1, sizeof(*list));
	struct ui_event *space = xcalloc(have + count + 1, sizeof(*space));
	size_t n = 0, added, first;

	/* Those that were told before those that came, where both are of one instant. */
	for (size_t i = 0; i < count; i++)
		list[n++] = model_event_of(&told[i]);
	for (size_t i = 0, k = 0; i < have; i++, k++)
		space[k] = *model_event_at(m, have - 1 - i);
	for (size_t i = 0; i < n;) {
		/* Also where it was told twice. */
		if (among(space, have, &list[i]) || among(list, i, &list[i]))
			memmove(&list[i], &list[i + 1], (--n - i) * sizeof(*list));
		else
			i++;
	}
	added = n;
	memcpy(list + n, space, have * sizeof(*list));
	n += have;
	sort(list, n, space);
	first = n > MODEL_EVENTS_MAX ? n - MODEL_EVENTS_MAX : 0;
	m->event_total += added;
	m->events_inserted += added;
	for (size_t i = n; i > first; i--)
		m->events[(m->event_total - 1 - (n - i)) % MODEL_EVENTS_MAX] = list[i - 1];
	free(list);
	free(space);
	return added;
}
