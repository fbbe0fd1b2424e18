/* Where names fit: see label.h. */
#include "map/label.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void map_grid_reset(struct map_grid *g, int cols, int rows)
{
	size_t size;

	g->cols = cols < 0 ? 0 : cols;
	g->rows = rows < 0 ? 0 : rows;
	size = (size_t)g->cols * (size_t)g->rows;
	if (size > g->cap) {
		g->taken = xreallocarray(g->taken, size, 1);
		g->cap = size;
	}
	if (size)
		memset(g->taken, 0, size);
}

void map_grid_clear(struct map_grid *g)
{
	free(g->taken);
	*g = (struct map_grid){ 0 };
}

bool map_grid_free(const struct map_grid *g, int col, int row, int width)
{
	if (col < 0 || row < 0 || row >= g->rows || width < 0 || width > g->cols - col)
		return false;
	return !memchr(g->taken + (size_t)row * (size_t)g->cols + col, 1, (size_t)width);
}

/* Cuts a run of cells to the grid; false if nothing is left. */
static bool cut(const struct map_grid *g, int *col, int row, int *width)
{
	if (row < 0 || row >= g->rows || *col >= g->cols)
		return false;
	if (*col < 0) {
		*width += *col;
		*col = 0;
	}
	if (*width > g->cols - *col)
		*width = g->cols - *col;
	return *width > 0;
}

bool map_grid_clear_of(const struct map_grid *g, int col, int row, int width)
{
	return !cut(g, &col, row, &width) ||
	    !memchr(g->taken + (size_t)row * (size_t)g->cols + col, 1, (size_t)width);
}

void map_grid_take(struct map_grid *g, int col, int row, int width)
{
	if (cut(g, &col, row, &width))
		memset(g->taken + (size_t)row * (size_t)g->cols + col, 1, (size_t)width);
}

/* Columns right of the point where a text begins, or left of it where it
 * ends; rows below it. */
static const struct {
	int side, down;
} slots[MAP_SLOTS] = {
	{ 1, 0 }, { -1, 0 }, { 1, -1 }, { 1, 1 }, { -1, -1 }, { -1, 1 },
};

static bool try_slot(struct map_grid *g, int slot, int col, int row, int width, int *at_col,
    int *at_row)
{
	*at_col = slots[slot].side > 0 ? col + 1 : col - width;
	*at_row = row + slots[slot].down;
	if (!map_grid_free(g, *at_col, *at_row, width))
		return false;
	map_grid_take(g, *at_col, *at_row, width);
	return true;
}

int map_label_place(struct map_grid *g, int col, int row, int width, int slot_before, int *at_col,
    int *at_row)
{
	if (slot_before >= 0 && slot_before < MAP_SLOTS &&
	    try_slot(g, slot_before, col, row, width, at_col, at_row))
		return slot_before;
	for (int slot = 0; slot < MAP_SLOTS; slot++)
		if (try_slot(g, slot, col, row, width, at_col, at_row))
			return slot;
	return -1;
}

/* Unicode 15: what takes no cell, and what takes two (East Asian wide and
 * full width, emoji), in coarse ranges: a name is at worst a cell off. */
static const struct {
	uint32_t first, last;
	int width;
} widths[] = {
	{ 0x0300, 0x036f, 0 }, { 0x0483, 0x0489, 0 }, { 0x0591, 0x05bd, 0 },
	{ 0x0610, 0x061a, 0 }, { 0x064b, 0x065f, 0 }, { 0x06d6, 0x06dc, 0 },
	{ 0x0900, 0x0902, 0 }, { 0x093c, 0x093c, 0 }, { 0x0941, 0x0948, 0 },
	{ 0x094d, 0x094d, 0 }, { 0x0e31, 0x0e31, 0 }, { 0x0e34, 0x0e3a, 0 },
	{ 0x0e47, 0x0e4e, 0 }, { 0x1100, 0x115f, 2 }, { 0x1ab0, 0x1aff, 0 },
	{ 0x1dc0, 0x1dff, 0 }, { 0x200b, 0x200f, 0 }, { 0x20d0, 0x20ff, 0 },
	{ 0x2e80, 0x303e, 2 }, { 0x3041, 0xa4cf, 2 }, { 0xa960, 0xa97c, 2 },
	{ 0xac00, 0xd7a3, 2 }, { 0xf900, 0xfaff, 2 }, { 0xfe00, 0xfe0f, 0 },
	{ 0xfe20, 0xfe2f, 0 }, { 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1f64f, 2 }, { 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};

static int code_width(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(widths) && code >= widths[i].first; i++)
		if (code <= widths[i].last)
			return widths[i].width;
	return 1;
}

int map_text_width(const char *text)
{
	int width = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
		uint32_t code = more ? *p & (0x3fu >> more) : *p;

		for (p++; more && (*p & 0xc0) == 0x80; more--)
			code = code << 6 | (*p++ & 0x3f);
		width += code_width(code);
	}
	return width;
}
