/* Settings: see settings.h. */
#include "ui/settings.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/ui.h"

static const char *const charset_names[] = { "braille", "block", "ascii", NULL };

static int set_theme(struct ui *ui, const char *value, struct err *err)
{
	enum theme t = theme_find(value);

	if (t == THEME_COUNT)
		return err_set(err, "the themes are dark, light, mono and safe, not \"%.40s\"", value);
	ui->theme = t;
	ui_ask(ui, REQUEST_REDRAW);
	return 0;
}

static void get_theme(const struct ui *ui, char *text, size_t size)
{
	str_copy(text, size, theme_names[ui->theme]);
}

static void get_columns(const struct ui *ui, char *text, size_t size)
{
	const struct columns *c = &ui->fleet.columns;
	size_t n = 0;

	text[0] = '\0';
	for (int i = 0; i < c->count && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i ? "," : "", c->items[i].name);
}

/* "+wind" puts a column at the end, "-link" takes one away. */
static int change_column(struct ui *ui, const char *value, struct err *err)
{
	struct columns *c = &ui->fleet.columns;
	struct column column;
	int at = 0;

	if (!column_find(value + 1, &column))
		return err_set(err, "there is no column \"%.40s\"", value + 1);
	while (at < c->count && strcmp(c->items[at].name, column.name) != 0)
		at++;
	if (*value == '+' && at == COLUMNS_MAX)
		return err_set(err, "more than %d columns", COLUMNS_MAX);
	if (*value == '-' && at == c->count)
		return err_set(err, "the column \"%.40s\" is not shown", value + 1);
	if (*value == '-' && c->count == 1)
		return err_set(err, "\"%.40s\" is the last column", value + 1);
	if (*value == '-')
		memmove(c->items + at, c->items + at + 1,
		    (size_t)(--c->count - at) * sizeof(*c->items));
	else if (at == c->count)
		c->items[c->count++] = column;
	ui->fleet.columns_set = true;
	return 0;
}

static int set_columns(struct ui *ui, const char *value, struct err *err)
{
	if (strcmp(value, "default") == 0) {
		ui->fleet.columns_set = false;
		return 0;
	}
	if (*value == '+' || *value == '-')
		return change_column(ui, value, err);
	if (columns_parse(&ui->fleet.columns, value, err) == -1)
		return -1;
	ui->fleet.columns_set = true;
	return 0;
}

static int set_fps(struct ui *ui, const char *value, struct err *err)
{
	double fps;

	if (!str_double(value, &fps) || fps < 0 || fps > 30)
		return err_set(err,
		    "fps is 0 (as the terminal takes them) to 30 frames a second, not \"%.40s\"",
		    value);
	ui->fps = fps;
	return 0;
}

static void get_fps(const struct ui *ui, char *text, size_t size)
{
	snprintf(text, size, "%g", ui->fps);
}

static int set_aspect(struct ui *ui, const char *value, struct err *err)
{
	double aspect;

	if (!str_double(value, &aspect) || aspect < 1 || aspect > 4)
		return err_set(err,
		    "aspect is the height of a cell over its width, 1 to 4 (2), not \"%.40s\"", value);
	map_view_resize(&ui->map.view, MAP_BRAILLE, ui->map.view.cols, ui->map.view.rows, aspect);
	ui->aspect_set = true;
	return 0;
}

static void get_aspect(const struct ui *ui, char *text, size_t size)
{
	snprintf(text, size, "%.2f", ui->map.view.aspect);
}

static int set_charset(struct ui *ui, const char *value, struct err *err)
{
	for (size_t i = 0; charset_names[i]; i++) {
		if (strcmp(charset_names[i], value) == 0) {
			ui->charset = (enum charset)i;
			return 0;
		}
	}
	return err_set(err, "the charsets are braille, block and ascii, not \"%.40s\"", value);
}

static void get_charset(const struct ui *ui, char *text, size_t size)
{
	str_copy(text, size, charset_names[ui->charset]);
}

static int set_switch(bool *out, const char *value, struct err *err)
{
	/* yes and no are what odyssey.conf calls them. */
	bool on = strcmp(value, "on") == 0 || strcmp(value, "yes") == 0;

	if (!on && strcmp(value, "off") != 0 && strcmp(value, "no") != 0)
		return err_set(err, "it is on or off, not \"%.40s\"", value);
	*out = on;
	return 0;
}

static void get_switch(bool on, char *text, size_t size)
{
	str_copy(text, size, on ? "on" : "off");
}

static int set_trails(struct ui *ui, const char *value, struct err *err)
{
	return set_switch(&ui->map.trails, value, err);
}

static void get_trails(const struct ui *ui, char *text, size_t size)
{
	get_switch(ui->map.trails, text, size);
}

static int set_names(struct ui *ui, const char *value, struct err *err)
{
	return set_switch(&ui->map.names, value, err);
}

static void get_names(const struct ui *ui, char *text, size_t size)
{
	get_switch(ui->map.names, text, size);
}

static int set_mouse(struct ui *ui, const char *value, struct err *err)
{
	return set_switch(&ui->mouse, value, err);
}

static void get_mouse(const struct ui *ui, char *text, size_t size)
{
	get_switch(ui->mouse, text, size);
}

const struct setting settings[] = {
	{ "theme", "dark, light, mono, safe", set_theme, get_theme,
	    "colours for a dark or light ground, none, or those that the colour-blind tell apart" },
	{ "columns", "id,state,mode,... | +NAME | -NAME | default", set_columns, get_columns,
	    "columns of the fleet table, in order" },
	{ "fps", "0 to 30", set_fps, get_fps,
	    "frames a second at most; 0: as many as the terminal takes, 16" },
	{ "aspect", "1 to 4", set_aspect, get_aspect,
	    "height of a cell over its width, where the terminal does not say" },
	{ "charset", "braille, block, ascii", set_charset, get_charset, "what is drawn with" },
	{ "trails", "on, off", set_trails, get_trails, "where drones came from, on the map" },
	{ "names", "on, off", set_names, get_names, "names of drones on the map" },
	{ "mouse", "on, off", set_mouse, get_mouse,
	    "click selects, wheel zooms and scrolls; off leaves the mouse to the terminal" },
	{ 0 },
};

static int no_setting(const char *name, struct err *err)
{
	const char *names[sizeof(settings) / sizeof(settings[0])], *near;
	size_t n = 0;

	while (settings[n].name) {
		names[n] = settings[n].name;
		n++;
	}
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "there is no setting \"%.40s\"; did you mean %s?", name, near);
	return err_set(err,
	    "there is no setting \"%.40s\"; there are theme, columns, fps, aspect, charset, "
	    "trails, names and mouse",
	    name);
}

static const struct setting *find(const char *name)
{
	for (const struct setting *s = settings; s->name; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

int setting_set(struct ui *ui, const char *name, const char *value, struct err *err)
{
	const struct setting *s = find(name);

	return s ? s->set(ui, value, err) : no_setting(name, err);
}

int settings_line(struct ui *ui, int count, char **words, struct err *err)
{
	char *equals = count == 2 ? strchr(words[1], '=') : NULL, value[256];
	const char *given = count == 3 ? words[2] : equals ? equals + 1 : NULL;
	const struct setting *s;

	if (equals)
		*equals = '\0';
	if (count < 2 || count > 3)
		return err_set(err, "set takes a name and a value, as in set theme light");
	if (given)
		return setting_set(ui, words[1], given, err);
	s = find(words[1]);
	if (!s)
		return no_setting(words[1], err);
	s->get(ui, value, sizeof(value));
	ui_say(ui, ROLE_TEXT, "%s is %s (%s)", s->name, value, s->values);
	return 0;
}

int settings_columns(struct ui *ui, int count, char **words, struct err *err)
{
	char value[256];

	if (count == 1) {
		get_columns(ui, value, sizeof(value));
		ui_say(ui, ROLE_TEXT, "columns are %s", value);
		return 0;
	}
	for (int i = 1; i < count; i++) {
		if (set_columns(ui, words[i], err) == -1)
			return -1;
	}
	return 0;
}

const char *settings_candidate(struct ui *ui, int word, int n)
{
	static const char *const switches[] = { "on", "off", NULL };
	char *first;

	if (word == 1) {
		for (int i = 0; i <= n; i++) {
			if (!settings[i].name)
				return NULL;
		}
		return settings[n].name;
	}
	first = ui->line.text + strcspn(ui->line.text, " ");
	first += strspn(first, " ");
	if (word != 2)
		return NULL;
	if (str_starts(first, "theme"))
		return n <= THEME_COUNT ? theme_names[n] : NULL;
	if (str_starts(first, "charset"))
		return n < (int)ARRAY_LEN(charset_names) ? charset_names[n] : NULL;
	if (str_starts(first, "columns"))
		return column_name((size_t)n);
	return n < (int)ARRAY_LEN(switches) &&
		       (str_starts(first, "trails") || str_starts(first, "names") ||
			   str_starts(first, "mouse"))
		   ? switches[n]
		   : NULL;
}
