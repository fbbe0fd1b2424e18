/*
 * Columns of the fleet table: the screen's own (id, state, mode, age, ...) and
 * every telemetry field by its name. A column is chosen by name.
 */
#ifndef UI_COLUMNS_H
#define UI_COLUMNS_H

#include <stdbool.h>

#include "base/err.h"
#include "proto/fields.h"
#include "ui/model.h"

enum column_kind {
	COLUMN_ID,
	COLUMN_STATE,
	COLUMN_MODE,
	COLUMN_AGE,
	COLUMN_MODEL,
	COLUMN_SOURCE,
	COLUMN_TASK,
	COLUMN_BAR,
	COLUMN_FIELD
};

struct column {
	enum column_kind kind;
	enum field field; /* COLUMN_FIELD */
	const char *name, *title;
	int width;
	bool left; /* aligned */
	int decimals;
	bool pad3; /* 042 */
};

#define COLUMNS_MAX 40

struct columns {
	struct column items[COLUMNS_MAX];
	int count;
};

/* "id,state,mode,height": 0, or -1 with a sentence that names the column. */
int columns_parse(struct columns *c, const char *text, struct err *err);
/* What a size of screen shows unless told otherwise. */
const char *columns_default(int width);
/* By name; false where there is none. */
bool column_find(const char *name, struct column *out);
/* The i-th name there is, NULL past the last. */
const char *column_name(size_t i);

/* The cell's text. */
#define COLUMN_TEXT_SIZE 80
void column_text(const struct column *c, const struct ui_drone *d, char text[COLUMN_TEXT_SIZE]);
/* Orders two drones by that column, the worse or smaller first. */
int column_compare(const struct column *c, const struct ui_drone *a, const struct ui_drone *b);

#endif
