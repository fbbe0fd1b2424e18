/* Layouts: see layout.h. */
#include "ui/layout.h"

#include <stdio.h>
#include <string.h>

#include "ui/theme.h"

const char *const pane_names[PANE_COUNT] = {
	[PANE_MAP] = "MAP",
	[PANE_FLEET] = "FLEET",
	[PANE_DRONE] = "DRONE",
	[PANE_EVENTS] = "ALERTS",
	[PANE_COMMANDS] = "COMMANDS",
	[PANE_TIMELINE] = "TIMELINE",
};

#define H_LINE 0x2500
#define V_LINE 0x2502

/* Map and fleet side by side, the drone below, then the events, and beside them
 * the commands while they have the focus: keys never go where nothing is seen. */
static void small(struct layout *l, struct rect body, enum pane focus)
{
	int events = body.h > 26 ? 5 : 3, drone = 3;
	int top = body.h - events - drone, left = body.w * 54 / 100;

	left = body.w - left - 1 < 36 ? body.w - 37 : left;
	l->pane[PANE_MAP] = (struct rect){ 0, body.y, left, top };
	l->divider[0] = (struct rect){ left, body.y, 1, top + 1 };
	l->pane[PANE_FLEET] = (struct rect){ left + 1, body.y, body.w - left - 1, top };
	l->pane[PANE_DRONE] = (struct rect){ 0, body.y + top, body.w, drone };
	l->pane[PANE_EVENTS] = (struct rect){ 0, body.y + top + drone, body.w, events };
	if (focus == PANE_COMMANDS) {
		int split = body.w * 52 / 100;

		l->pane[PANE_EVENTS].w = split;
		l->divider[1] = (struct rect){ split, body.y + top + drone, 1, events };
		l->pane[PANE_COMMANDS] =
		    (struct rect){ split + 1, body.y + top + drone, body.w - split - 1, events };
	}
}

/* The drone below the fleet; events and commands side by side at the foot. */
static void big(struct layout *l, struct rect body, bool large)
{
	int foot = large ? body.h / 6 : body.h / 5;
	int top = body.h - foot, left = body.w * (large ? 60 : 58) / 100, right = body.w - left - 1;
	int drone = large ? 18 : 15, split = body.w * 64 / 100;

	if (right > 84) {
		left = body.w - 85;
		right = 84;
	}
	l->pane[PANE_MAP] = (struct rect){ 0, body.y, left, top };
	l->divider[0] = (struct rect){ left, body.y, 1, top + 1 };
	l->pane[PANE_FLEET] = (struct rect){ left + 1, body.y, right, top - drone };
	l->pane[PANE_DRONE] = (struct rect){ left + 1, body.y + top - drone, right, drone };
	l->pane[PANE_EVENTS] = (struct rect){ 0, body.y + top, split, foot };
	l->divider[1] = (struct rect){ split, body.y + top, 1, foot };
	l->pane[PANE_COMMANDS] = (struct rect){ split + 1, body.y + top, body.w - split - 1, foot };
}

/* The timeline's rows at the foot, its title among them. */
static int timeline_rows(enum layout_size size, enum pane focus, bool zoomed, bool past)
{
	bool wanted = past || focus == PANE_TIMELINE;

	if (size == LAYOUT_TINY)
		return 0;
	if (zoomed || size == LAYOUT_SMALL)
		return !wanted ? 0 : past && !zoomed ? 3 : 2;
	return size == LAYOUT_LARGE ? 6 : wanted ? 3 : 2;
}

void layout_make(struct layout *l, int w, int h, enum pane focus, bool zoomed, bool past,
    int preview_rows)
{
	int timeline;

	struct rect body = { 0, 1, w, h - 2 };

	*l = (struct layout){ 0 };
	l->size = w < 80 || h < 24    ? LAYOUT_TINY
		  : w < 110 || h < 34 ? LAYOUT_SMALL
		  : w < 160 || h < 50 ? LAYOUT_MEDIUM
				      : LAYOUT_LARGE;
	l->status = (struct rect){ 0, 0, w, 1 };
	l->line = (struct rect){ 0, h - 1, w, 1 };
	if (body.h < 1)
		return;
	if (preview_rows > body.h)
		preview_rows = body.h;
	/* It lies over the lists at the foot: nothing moves because of it. */
	if (preview_rows > 0)
		l->preview = (struct rect){ 0, body.y + body.h - preview_rows, w, preview_rows };
	timeline = zoomed && focus == PANE_TIMELINE ? 0 : timeline_rows(l->size, focus, zoomed, past);
	if (timeline) {
		body.h -= timeline;
		l->pane[PANE_TIMELINE] = (struct rect){ 0, body.y + body.h, w, timeline };
	}
	if (zoomed || l->size == LAYOUT_TINY)
		l->pane[focus] = body;
	else if (l->size == LAYOUT_SMALL)
		small(l, body, focus);
	else
		big(l, body, l->size == LAYOUT_LARGE);
	/* The divider ends in the timeline's title. */
	if (timeline && l->divider[1].h)
		l->divider[1].h++;
}

static uint32_t at(struct canvas *c, int x, int y)
{
	const struct cell *cell = canvas_at(c, x, y);

	return cell ? cell->ch : ' ';
}

static uint32_t joint(bool left, bool right, bool up, bool down)
{
	if (left && right)
		return up && down ? 0x253c : up ? 0x2534 : 0x252c;
	if (left)
		return up && down ? 0x2524 : V_LINE;
	if (right)
		return up && down ? 0x251c : V_LINE;
	return V_LINE;
}

void layout_draw(const struct layout *l, struct canvas *c)
{
	for (int i = 0; i < 2; i++) {
		const struct rect *d = &l->divider[i];

		for (int y = d->y; y < d->y + d->h; y++) {
			bool left = at(c, d->x - 1, y) == H_LINE,
			     right = at(c, d->x + 1, y) == H_LINE;

			/* A title that is that long goes before a joint. */
			if ((y == d->y || y == d->y + d->h - 1) && at(c, d->x, y) != H_LINE &&
			    at(c, d->x, y) != ' ')
				continue;
			if (y == d->y + d->h - 1 && at(c, d->x, y) == ' ' && !left && !right)
				continue;
			canvas_put(c, d->x, y, joint(left, right, y > d->y, y < d->y + d->h - 1),
			    ROLE_BORDER);
		}
	}
}

void layout_title(struct canvas *c, struct rect r, bool focused, int number, const char *name,
    const char *text, const char *right)
{
	int x = r.x + 2, room = r.w - 4, w;

	canvas_fill(c, (struct rect){ r.x, r.y, r.w, 1 }, H_LINE, ROLE_BORDER);
	canvas_put(c, x - 1, r.y, ' ', ROLE_BORDER);
	if (number)
		x += canvas_printf(
		    c, x, r.y, room, focused ? ROLE_TITLE : ROLE_TITLE_OTHER, "%d ", number);
	x += canvas_text(
	    c, x, r.y, room - (x - r.x - 2), focused ? ROLE_TITLE : ROLE_TITLE_OTHER, name);
	if (*text) {
		canvas_put(c, x++, r.y, ' ', ROLE_BORDER);
		x += canvas_text(c, x, r.y, r.x + r.w - 2 - x, ROLE_TITLE_OTHER, text);
	}
	canvas_put(c, x, r.y, ' ', ROLE_BORDER);
	w = canvas_width(right);
	if (w && x + 2 + w + 2 < r.x + r.w) {
		canvas_put(c, r.x + r.w - 2 - w - 1, r.y, ' ', ROLE_BORDER);
		canvas_text(c, r.x + r.w - 2 - w, r.y, w, ROLE_DIM, right);
		canvas_put(c, r.x + r.w - 2, r.y, ' ', ROLE_BORDER);
	}
}
