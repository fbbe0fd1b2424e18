/* The grid of cells: see canvas.h. */
#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "ui/key.h"

#define REPLACEMENT 0xfffd

static const struct cell blank = { .ch = ' ' };

void canvas_init(struct canvas *c, int w, int h)
{
	*c = (struct canvas){ 0 };
	canvas_resize(c, w, h);
}

void canvas_free(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){ 0 };
}

void canvas_clear(struct canvas *c)
{
	for (int i = 0; i < c->w * c->h; i++)
		c->cells[i] = blank;
	c->clip = (struct rect){ 0, 0, c->w, c->h };
}

void canvas_resize(struct canvas *c, int w, int h)
{
	w = w < 1 ? 1 : w;
	h = h < 1 ? 1 : h;
	if (w != c->w || h != c->h) {
		c->cells = xreallocarray(c->cells, (size_t)w * (size_t)h, sizeof(*c->cells));
		c->w = w;
		c->h = h;
	}
	canvas_clear(c);
}

void canvas_clip(struct canvas *c, struct rect r)
{
	int right = r.x + r.w < c->w ? r.x + r.w : c->w;
	int bottom = r.y + r.h < c->h ? r.y + r.h : c->h;

	c->clip.x = r.x > 0 ? r.x : 0;
	c->clip.y = r.y > 0 ? r.y : 0;
	c->clip.w = right > c->clip.x ? right - c->clip.x : 0;
	c->clip.h = bottom > c->clip.y ? bottom - c->clip.y : 0;
}

struct cell *canvas_at(struct canvas *c, int x, int y)
{
	const struct rect *r = &c->clip;

	if (x < r->x || y < r->y || x >= r->x + r->w || y >= r->y + r->h)
		return NULL;
	return &c->cells[y * c->w + x];
}

int canvas_char_width(uint32_t ch)
{
	if (ch >= 0x20 && ch < 0x7f)
		return 1;
	if (ch < 0xa0)
		return -1;
	if (ch >= 0x2800 && ch < 0x2900)
		return 1;
	/* Bidi marks and the like are no character of anybody's name. */
	if ((ch >= 0x200b && ch <= 0x200f) || (ch >= 0x202a && ch <= 0x202e) ||
	    (ch >= 0x2066 && ch <= 0x2069) || ch == 0xfeff)
		return -1;
	return wcwidth((wchar_t)ch);
}

uint32_t canvas_next(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	uint32_t ch;
	int more;

	if (!*p)
		return 0;
	if (*p < 0x80) {
		++*s;
		return *p;
	}
	more = *p >= 0xf0 && *p < 0xf5 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc2 ? 1 : 0;
	if (!more || *p >= 0xf5) {
		++*s;
		return REPLACEMENT;
	}
	ch = *p & (0x3fu >> more);
	for (int i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*s += i;
			return REPLACEMENT;
		}
		ch = ch << 6 | (p[i] & 0x3f);
	}
	*s += more + 1;
	return ch;
}

int canvas_width(const char *text)
{
	int columns = 0;

	for (uint32_t ch; (ch = canvas_next(&text));) {
		int w = canvas_char_width(ch);

		columns += w < 0 ? 1 : w;
	}
	return columns;
}

/* A wide character whose other half is overwritten goes. */
static void break_wide(struct canvas *c, int x, int y)
{
	struct cell *cell = &c->cells[y * c->w + x];

	if (cell->ch == 0 && x > 0)
		cell[-1].ch = ' ';
	if (x + 1 < c->w && cell[1].ch == 0 && cell->ch != 0)
		cell[1].ch = ' ';
}

static void add_mark(struct canvas *c, int x, int y, uint32_t ch)
{
	struct cell *cell = canvas_at(c, x, y);

	for (int i = 0; cell && i < CELL_MARKS; i++) {
		if (!cell->marks[i]) {
			cell->marks[i] = ch;
			return;
		}
	}
}

static void put(struct canvas *c, int x, int y, uint32_t ch, int width, uint16_t role)
{
	struct cell *cell = canvas_at(c, x, y);

	if (!cell)
		return;
	if (width == 2 && !canvas_at(c, x + 1, y)) {
		ch = ' ';
		width = 1;
	}
	break_wide(c, x, y);
	*cell = (struct cell){ .ch = ch, .role = role, .ground = cell->ground };
	if (width == 2) {
		break_wide(c, x + 1, y);
		cell[1] = (struct cell){ .ch = 0, .role = role, .ground = cell[1].ground };
	}
}

void canvas_put(struct canvas *c, int x, int y, uint32_t ch, uint16_t role)
{
	int width = canvas_char_width(ch);

	if (width < 1) {
		ch = '?';
		width = 1;
	}
	put(c, x, y, ch, width, role);
}

int canvas_text(struct canvas *c, int x, int y, int max_w, uint16_t role, const char *text)
{
	int column = 0;

	if (max_w <= 0)
		return 0;
	for (uint32_t ch; (ch = canvas_next(&text));) {
		int w = canvas_char_width(ch);

		if (w == 0) {
			if (column > 0)
				add_mark(c, x + column - 1, y, ch);
			continue;
		}
		if (w < 0) {
			ch = '?';
			w = 1;
		}
		if (column + w > max_w ||
		    (column + w == max_w && *text && canvas_width(text) > 0)) {
			if (column < max_w)
				put(c, x + column++, y, 0x2026, 1, role);
			break;
		}
		put(c, x + column, y, ch, w, role);
		column += w;
	}
	return column;
}

int canvas_printf(struct canvas *c, int x, int y, int max_w, uint16_t role, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return canvas_text(c, x, y, max_w, role, text);
}

int canvas_right(struct canvas *c, int x_end, int y, uint16_t role, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int w;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w = canvas_width(text);
	canvas_text(c, x_end - w, y, w, role, text);
	return x_end - w;
}

void canvas_fill(struct canvas *c, struct rect r, uint32_t ch, uint16_t role)
{
	for (int y = r.y; y < r.y + r.h; y++) {
		for (int x = r.x; x < r.x + r.w; x++)
			canvas_put(c, x, y, ch, role);
	}
}

void canvas_ground(struct canvas *c, struct rect r, uint16_t ground)
{
	for (int y = r.y; y < r.y + r.h; y++) {
		for (int x = r.x; x < r.x + r.w; x++) {
			struct cell *cell = canvas_at(c, x, y);

			if (cell)
				cell->ground = ground;
		}
	}
}

/* What stands for a character where there are only ASCII ones. */
static const struct {
	uint32_t ch;
	char ascii;
} ascii_table[] = {
	{ 0x2500, '-' },
	{ 0x2501, '=' },
	{ 0x2502, '|' },
	{ 0x251c, '|' },
	{ 0x2524, '|' },
	{ 0x252c, '+' },
	{ 0x2534, '+' },
	{ 0x253c, '+' },
	{ 0x250c, '+' },
	{ 0x2510, '+' },
	{ 0x2514, '+' },
	{ 0x2518, '+' },
	{ 0x2581, '_' },
	{ 0x2582, '.' },
	{ 0x2583, ',' },
	{ 0x2584, '-' },
	{ 0x2585, '~' },
	{ 0x2586, '=' },
	{ 0x2587, '%' },
	{ 0x2588, '#' },
	{ 0x258c, '|' },
	{ 0x2190, '<' },
	{ 0x2191, '^' },
	{ 0x2192, '>' },
	{ 0x2193, 'v' },
	{ 0x2196, '\\' },
	{ 0x2197, '/' },
	{ 0x2198, '\\' },
	{ 0x2199, '/' },
	{ 0x25b2, '^' },
	{ 0x25bc, 'v' },
	{ 0x25c6, '*' },
	{ 0x2302, 'H' },
	{ 0x2605, '*' },
	{ 0x00b7, '.' },
	{ 0x00b0, ' ' },
	{ 0x2026, '.' },
	{ 0x2014, '-' },
	{ 0x2013, '-' },
	{ 0x23ce, '<' },
	{ 0x25cf, '*' },
	{ 0x00d7, 'x' },
	{ 0x2713, 'v' },
	{ 0x00b1, '~' },
	{ 0x25cb, 'o' },
};

static uint32_t to_ascii(uint32_t ch)
{
	static const char dots[] = " .:+*####";

	if (ch < 0x80)
		return ch;
	if (ch >= 0x2800 && ch < 0x2900)
		return (uint32_t)dots[__builtin_popcount(ch & 0xff)];
	for (size_t i = 0; i < ARRAY_LEN(ascii_table); i++) {
		if (ascii_table[i].ch == ch)
			return (uint32_t)ascii_table[i].ascii;
	}
	return '?';
}

/* Braille dots gathered in the four quarters of the cell. */
static uint32_t to_block(uint32_t ch)
{
	static const uint16_t blocks[16] = {
		' ',
		0x2598,
		0x259d,
		0x2580,
		0x2596,
		0x258c,
		0x259e,
		0x259b,
		0x2597,
		0x259a,
		0x2590,
		0x259c,
		0x2584,
		0x2599,
		0x259f,
		0x2588,
	};
	unsigned d = ch & 0xff;

	if (ch < 0x2800 || ch >= 0x2900)
		return ch;
	return blocks[(d & 0x03 ? 1 : 0) | (d & 0x18 ? 2 : 0) | (d & 0x44 ? 4 : 0) |
		      (d & 0xa0 ? 8 : 0)];
}

void canvas_reduce(struct canvas *c, enum charset charset)
{
	if (charset == CHARSET_BRAILLE)
		return;
	for (int i = 0; i < c->w * c->h; i++) {
		struct cell *cell = &c->cells[i];

		if (charset == CHARSET_BLOCK) {
			cell->ch = to_block(cell->ch);
			continue;
		}
		/* The second half of a wide character is a '?' of its own. */
		cell->ch = cell->ch ? to_ascii(cell->ch) : '?';
		memset(cell->marks, 0, sizeof(cell->marks));
	}
}

void canvas_save(const struct canvas *c, struct buf *out)
{
	for (int y = 0; y < c->h; y++) {
		size_t end = out->len;

		for (int x = 0; x < c->w; x++) {
			const struct cell *cell = &c->cells[y * c->w + x];
			char text[4 * (1 + CELL_MARKS)];
			size_t n = 0;

			if (!cell->ch)
				continue;
			n += utf8_encode(text, cell->ch);
			for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++)
				n += utf8_encode(text + n, cell->marks[i]);
			buf_add(out, text, n);
			if (cell->ch != ' ' || cell->marks[0])
				end = out->len;
		}
		out->len = end;
		buf_add_str(out, "\n");
	}
}
