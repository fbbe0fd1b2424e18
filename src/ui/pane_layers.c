/* The list of layers: see pane_layers.h. */
#include "ui/pane_layers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "map/kind.h"
#include "ui/actions.h"
#include "ui/key.h"
#include "ui/ui.h"

static bool is_hidden(const struct map_pane *p, size_t i)
{
	return p->layers_hidden >> i & 1;
}

static void set_hidden(struct map_pane *p, size_t i, bool hidden)
{
	if (is_hidden(p, i) == hidden)
		return;
	p->layers_hidden ^= UINT64_C(1) << i;
	p->layers_version++;
}

static size_t count_of(const struct map_pane *p)
{
	return p->layer_count < MAP_LAYERS_MAX ? p->layer_count : MAP_LAYERS_MAX;
}

bool layers_show(struct ui *ui, const char *name, bool on)
{
	bool any = false;

	for (size_t i = 0; i < count_of(&ui->map); i++) {
		if (strcmp(ui->map.layers[i]->name, name) != 0)
			continue;
		set_hidden(&ui->map, i, !on);
		any = true;
	}
	return any;
}

int layers_line(struct ui *ui, int count, char **words, struct err *err)
{
	bool on = count == 3 && strcmp(words[2], "on") == 0;

	if (count == 1) {
		action_layers(ui, 0);
		return 0;
	}
	if (count != 3 || (!on && strcmp(words[2], "off") != 0))
		return err_set(err, "layer takes a layer and on or off, as in layer roads off");
	if (!layers_show(ui, words[1], on))
		return err_set(err, "there is no layer \"%.40s\"; L on the map lists them", words[1]);
	ui_say(ui, ROLE_TEXT, "layer %s is %s", words[1], on ? "drawn" : "not drawn");
	return 0;
}

const char *layers_candidate(struct ui *ui, int word, int n)
{
	static const char *const switches[] = { "on", "off" };

	if (word == 1)
		return (size_t)n < count_of(&ui->map) ? ui->map.layers[n]->name : NULL;
	return word == 2 && n < 2 ? switches[n] : NULL;
}

void pane_layers_key(struct ui *ui, uint32_t key)
{
	int n = (int)count_of(&ui->map);

	if (key == 'j' || key == K_DOWN)
		ui->layer_at += ui->layer_at + 1 < n;
	else if (key == 'k' || key == K_UP)
		ui->layer_at -= ui->layer_at > 0;
	else if ((key == ' ' || key == K_ENTER) && ui->layer_at < n)
		set_hidden(&ui->map, (size_t)ui->layer_at,
		    !is_hidden(&ui->map, (size_t)ui->layer_at));
	else if (key == K_ESC || key == 'q' || key == 'L' || key == K_CTRL('c'))
		ui->mode = UI_KEYS;
}

static const char *state_of(const struct map_pane *p, size_t i)
{
	const struct map_layer *l = p->layers[i];

	if (is_hidden(p, i))
		return "off";
	if (p->view.zoom < l->zoom_min[MAP_STRONG])
		return "from closer";
	if (p->view.zoom >= l->zoom_max)
		return "from farther";
	return p->raster_valid && p->raster.drawn >> i & 1 ? "drawn" : "not here";
}

void pane_layers_draw(struct canvas *c, struct rect r, struct ui *ui)
{
	const struct map_pane *p = &ui->map;
	int n = (int)count_of(p), rows, top;

	/* Over the right half, so that the map shows what a switch does. */
	if (r.w > 100) {
		r.x = r.w / 2;
		r.w -= r.x;
	}
	r.h = r.h < n + 2 ? r.h : n + 2;
	rows = r.h - 1;
	canvas_fill(c, r, ' ', ROLE_TEXT);
	canvas_ground(c, r, GROUND_OVERLAY);
	layout_title(c, r, true, 0, "LAYERS", "", "Space on and off \u00b7 Esc closes");
	if (!n) {
		canvas_text(c, r.x + 2, r.y + 1, r.w - 3, ROLE_DIM,
		    "no layers are loaded: [layer NAME] sections of odyssey.conf name them");
		return;
	}
	if (ui->layer_at >= n)
		ui->layer_at = n - 1;
	top = ui->layer_at >= rows ? ui->layer_at - rows + 1 : 0;
	for (int i = top; i < n && i - top < rows; i++) {
		const struct map_layer *l = p->layers[i];
		bool hidden = is_hidden(p, (size_t)i);
		int y = r.y + 1 + i - top;

		canvas_printf(c, r.x + 1, y, r.w - 2, hidden ? ROLE_DIM : ROLE_TEXT,
		    "%c [%c] %-16.16s %-9.9s %-12.12s", i == ui->layer_at ? '>' : ' ',
		    hidden ? ' ' : 'x', l->name, map_kinds[l->kind].name, state_of(p, (size_t)i));
		if (r.w > 66)
			canvas_printf(c, r.x + 48, y, r.w - 49, *l->warning ? ROLE_WARN : ROLE_DIM,
			    "%zu vertices  %s", l->vertices, *l->warning ? l->warning : l->credit);
		if (i == ui->layer_at)
			canvas_ground(c, (struct rect){ r.x, y, r.w, 1 }, GROUND_SELECTED);
	}
}
