/* Columns of the fleet table: see columns.h. */
#include "ui/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const struct column own_columns[] = {
	{ .kind = COLUMN_ID, .name = "id", .title = "ID", .width = 4, .left = true },
	{ .kind = COLUMN_STATE, .name = "state", .title = "S", .width = 1, .left = true },
	{ .kind = COLUMN_MODE, .name = "mode", .title = "MODE", .width = 5, .left = true },
	{ .kind = COLUMN_AGE, .name = "age", .title = "AGE", .width = 4 },
	{ .kind = COLUMN_MODEL, .name = "model", .title = "MODEL", .width = 8, .left = true },
	{ .kind = COLUMN_SOURCE, .name = "source", .title = "SOURCE", .width = 8, .left = true },
	{ .kind = COLUMN_TASK, .name = "task", .title = "TASK", .width = 10, .left = true },
	{ .kind = COLUMN_BAR, .name = "bar", .title = "", .width = 10, .left = true },
	/* Fields that have a better title or width than their own. */
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_height,
	    .name = "height",
	    .title = "HGT",
	    .width = 4 },
	{ .kind = COLUMN_FIELD, .field = FIELD_alt, .name = "alt", .title = "ALT", .width = 5 },
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_battery,
	    .name = "battery",
	    .title = "BAT",
	    .width = 3 },
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_speed,
	    .name = "speed",
	    .title = "SPD",
	    .width = 4,
	    .decimals = 1 },
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_climb,
	    .name = "climb",
	    .title = "CLB",
	    .width = 4,
	    .decimals = 1 },
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_heading,
	    .name = "heading",
	    .title = "HDG",
	    .width = 4,
	    .pad3 = true },
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_course,
	    .name = "course",
	    .title = "CRS",
	    .width = 4,
	    .pad3 = true },
	{ .kind = COLUMN_FIELD, .field = FIELD_link, .name = "link", .title = "LNK", .width = 3 },
	{ .kind = COLUMN_FIELD, .field = FIELD_sats, .name = "sats", .title = "SAT", .width = 3 },
	{ .kind = COLUMN_FIELD,
	    .field = FIELD_voltage,
	    .name = "voltage",
	    .title = "VOLT",
	    .width = 4,
	    .decimals = 1 },
};

const char *columns_default(int width)
{
	if (width >= 70)
		return "id,state,mode,height,battery,bar,speed,heading,link,age,task";
	if (width >= 46)
		return "id,state,mode,height,battery,speed,heading,link,age";
	return "id,state,mode,height,battery,speed,heading,age";
}

bool column_find(const char *name, struct column *out)
{
	enum field f = field_find(name);

	for (size_t i = 0; i < ARRAY_LEN(own_columns); i++) {
		if (strcmp(own_columns[i].name, name) == 0) {
			*out = own_columns[i];
			return true;
		}
	}
	if (f == FIELD_COUNT)
		return false;
	*out = (struct column){ .kind = COLUMN_FIELD,
		.field = f,
		.name = field_table[f].name,
		.title = field_table[f].name,
		.decimals = field_table[f].decimals > 2 && field_table[f].scale == 1e-7 ? 5
			    : field_table[f].decimals > 1                               ? 1
							  : field_table[f].decimals };
	out->width = field_table[f].scale == 1e-7 ? 10 : 7;
	return true;
}

const char *column_name(size_t i)
{
	if (i < ARRAY_LEN(own_columns))
		return own_columns[i].name;
	i -= ARRAY_LEN(own_columns);
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		bool own = false;

		for (size_t k = 0; k < ARRAY_LEN(own_columns); k++)
			own = own || strcmp(own_columns[k].name, field_table[f].name) == 0;
		if (!own && i-- == 0)
			return field_table[f].name;
	}
	return NULL;
}

int columns_parse(struct columns *c, const char *text, struct err *err)
{
	struct columns new = { .count = 0 };
	const char *p = text;

	while (*p) {
		size_t n = strcspn(p, ",");
		char name[32];

		if (!str_copy_n(name, sizeof(name), p, n) ||
		    !column_find(name, &new.items[new.count]))
			return err_set(err,
			    "there is no column \"%.40s\"; there are id, state, mode, age, model, "
			    "source, task, bar and the telemetry fields",
			    name);
		p += n + (p[n] == ',');
		if (++new.count == COLUMNS_MAX &&*p)
			return err_set(err, "more than %d columns", COLUMNS_MAX);
	}
	if (!new.count)
		return err_set(
		    err, "columns are names with commas between, as in id,state,mode,height");
	*c = new;
	return 0;
}

static void age_text(double age, char text[COLUMN_TEXT_SIZE])
{
	if (isinf(age))
		str_copy(text, COLUMN_TEXT_SIZE, "-");
	else if (age < 1)
		str_copy(text, COLUMN_TEXT_SIZE, "<1"); /* tenths would only flicker */
	else if (age < 100)
		snprintf(text, COLUMN_TEXT_SIZE, "%.0fs", floor(age));
	else if (age < 6000)
		snprintf(text, COLUMN_TEXT_SIZE, "%.0fm", floor(age / 60));
	else
		snprintf(text, COLUMN_TEXT_SIZE, "%.0fh", fmin(floor(age / 3600), 999));
}

static void mode_text(const struct ui_drone *d, char text[COLUMN_TEXT_SIZE])
{
	static const char *const modes[MODE_COUNT] = {
		[MODE_UNKNOWN] = "?",
		[MODE_MANUAL] = "MAN",
		[MODE_STABILIZED] = "STAB",
		[MODE_TAKEOFF] = "TOFF",
		[MODE_HOLD] = "HOLD",
		[MODE_GOTO] = "GOTO",
		[MODE_MISSION] = "AUTO",
		[MODE_RTL] = "RTL",
		[MODE_LAND] = "LAND",
		[MODE_EMERGENCY] = "EMERG",
		[MODE_IDLE] = "IDLE",
	};
	int64_t mode = d->sample.raw[FIELD_mode];

	if (d->silent)
		str_copy(text, COLUMN_TEXT_SIZE, "LOST");
	else if (!sample_has(&d->sample, FIELD_mode) || mode < 0 || mode >= MODE_COUNT)
		str_copy(text, COLUMN_TEXT_SIZE, "?");
	else
		str_copy(text, COLUMN_TEXT_SIZE, modes[mode]);
}

static void task_text(const struct ui_drone *d, char text[COLUMN_TEXT_SIZE])
{
	double at = sample_value(&d->sample, FIELD_waypoint);
	double of = sample_value(&d->sample, FIELD_waypoints);

	if (sample_flag(&d->sample, FLAG_CHARGING))
		str_copy(text, COLUMN_TEXT_SIZE, "charging");
	else if (at > 0 && of > 0)
		snprintf(text, COLUMN_TEXT_SIZE, "wp %.0f/%.0f", at, of);
	else if (of > 0)
		snprintf(text, COLUMN_TEXT_SIZE, "%.0f wps", of);
	else
		text[0] = '\0';
}

/* Ten cells of charge. */
static void bar_text(const struct ui_drone *d, char text[COLUMN_TEXT_SIZE])
{
	double battery = sample_value(&d->sample, FIELD_battery);
	int halves = isnan(battery) ? 0 : (int)(battery / 5 + 0.5);

	text[0] = '\0';
	for (int i = 0; i < 10; i++, halves -= 2)
		strcat(text, halves >= 2 ? "\u2588" : halves == 1 ? "\u258c" : "\u00b7");
}

void column_text(const struct column *c, const struct ui_drone *d, char text[COLUMN_TEXT_SIZE])
{
	double v;

	switch (c->kind) {
	case COLUMN_ID:
		str_copy(text, COLUMN_TEXT_SIZE, d->id);
		return;
	case COLUMN_STATE:
		snprintf(text, COLUMN_TEXT_SIZE, "%c", health_letters[d->health]);
		return;
	case COLUMN_MODE:
		mode_text(d, text);
		return;
	case COLUMN_AGE:
		age_text(d->age_s, text);
		return;
	case COLUMN_MODEL:
		str_copy(text, COLUMN_TEXT_SIZE, d->model);
		return;
	case COLUMN_SOURCE:
		str_copy(text, COLUMN_TEXT_SIZE, d->source);
		return;
	case COLUMN_TASK:
		task_text(d, text);
		return;
	case COLUMN_BAR:
		bar_text(d, text);
		return;
	case COLUMN_FIELD:
		break;
	}
	v = sample_value(&d->sample, c->field);
	if (fabs(v) < 0.5 * pow(10, -c->decimals))
		v = 0; /* no "-0" */
	if (isnan(v))
		str_copy(text, COLUMN_TEXT_SIZE, "-");
	else if (c->pad3)
		snprintf(text, COLUMN_TEXT_SIZE, "%03d\u00b0", (int)(v + 0.5) % 360);
	else
		snprintf(text, COLUMN_TEXT_SIZE, "%.*f", c->decimals, v);
}

static int compare_numbers(double a, double b)
{
	/* Unknown comes last. */
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

int column_compare(const struct column *c, const struct ui_drone *a, const struct ui_drone *b)
{
	char text_a[COLUMN_TEXT_SIZE], text_b[COLUMN_TEXT_SIZE];

	switch (c->kind) {
	case COLUMN_STATE:
		return (int)b->health - (int)a->health;
	case COLUMN_AGE:
		return compare_numbers(b->age_s, a->age_s);
	case COLUMN_BAR:
		return compare_numbers(sample_value(&a->sample, FIELD_battery),
		    sample_value(&b->sample, FIELD_battery));
	case COLUMN_FIELD:
		return compare_numbers(
		    sample_value(&a->sample, c->field), sample_value(&b->sample, c->field));
	default:
		column_text(c, a, text_a);
		column_text(c, b, text_b);
		return strcmp(text_a, text_b);
	}
}
