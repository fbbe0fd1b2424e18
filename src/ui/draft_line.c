/* ":wp ...": the draft of a mission from the command line. */
#include "ui/draft_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/ui.h"
#include "ui/where.h"

/* Position and height from what follows: "@cursor 60", "47.14 9.52 60", "60";
 * NAN for what is not there. */
static int read_item(
    struct ui *ui, int count, char **words, struct mission_item *item, struct err *err)
{
	struct geo_point p;
	struct err why = { "" };
	int used = where_read(ui, ui_selected(ui), count, words, &p, &why);
	double height;

	*item = (struct mission_item){ NAN, NAN, NAN, NAN, 0 };
	if (used) {
		item->lat = p.lat;
		item->lon = p.lon;
	} else if (count > 0 && where_is_word(words[0])) {
		*err = why;
		return -1;
	}
	if (used == count)
		return 0;
	if (count - used == 1 && str_double(words[used], &height) && height >= 0 && height <= 10000) {
		item->height = height;
		return 0;
	}
	return err_set(err,
	    "\"%.40s\" is no position or height; as in 47.14 9.52 60 or @cursor 60", words[used]);
}

static int number_of(const char *word, size_t *number, struct err *err)
{
	int64_t n;

	if (!word || !str_int(word, 1, MISSION_ITEMS_MAX, &n))
		return err_set(err, "a point has a number from 1 on");
	*number = (size_t)n;
	return 0;
}

static int wp_add(struct ui *ui, int count, char **words, struct err *err)
{
	struct mission_item item;

	if (read_item(ui, count, words, &item, err) == -1)
		return -1;
	if (isnan(item.lat))
		return err_set(err, "wp add needs a position: wp add 47.14 9.52 60, or @cursor 60");
	return draft_add(&ui->draft, 0, &item, err);
}

static int wp_insert(struct ui *ui, int count, char **words, struct err *err)
{
	struct mission_item item;
	size_t number = 0;

	if (number_of(words[0], &number, err) == -1 ||
	    read_item(ui, count - 1, words + 1, &item, err) == -1)
		return -1;
	if (isnan(item.lat))
		return err_set(err, "wp insert needs a number and a position");
	return draft_add(&ui->draft, number, &item, err);
}

static int wp_move(struct ui *ui, int count, char **words, struct err *err)
{
	struct mission_item item;
	size_t number = 0;

	if (number_of(words[0], &number, err) == -1 ||
	    read_item(ui, count - 1, words + 1, &item, err) == -1)
		return -1;
	if (isnan(item.lat) && isnan(item.height))
		return err_set(err, "wp move needs a number and a position or a height");
	return draft_change(&ui->draft, number, &item, err);
}

static int wp_delete(struct ui *ui, int count, char **words, struct err *err)
{
	size_t number = 0;

	(void)count;
	return number_of(words[0], &number, err) == -1 ? -1 : draft_delete(&ui->draft, number, err);
}

static int wp_clear(struct ui *ui, int count, char **words, struct err *err)
{
	struct mission none = { 0 };

	(void)count;
	(void)words;
	(void)err;
	draft_replace(&ui->draft, &none);
	return 0;
}

static int wp_undo(struct ui *ui, int count, char **words, struct err *err)
{
	(void)count;
	(void)words;
	return draft_undo(&ui->draft) ? 0 : err_set(err, "there is nothing to undo");
}

/* The mission that the selected drone has. */
static int wp_take(struct ui *ui, int count, char **words, struct err *err)
{
	struct ui_drone *d = count > 0 ? model_find(&ui->model, words[0]) : ui_selected(ui);

	if (!d)
		return err_set(err, "there is no drone \"%.32s\"", count > 0 ? words[0] : "");
	if (!d->plan_known || !d->plan.mission.count)
		return err_set(err, "%s has no mission that is known here", d->id);
	draft_replace(&ui->draft, &d->plan.mission);
	return 0;
}

static int wp_load(struct ui *ui, int count, char **words, struct err *err)
{
	return count == 1 ? draft_load(&ui->draft, words[0], err)
			  : err_set(err, "load takes a file, .plan or CSV");
}

static int wp_save(struct ui *ui, int count, char **words, struct err *err)
{
	const struct ui_drone *d = ui_selected(ui);

	if (count != 1)
		return err_set(err, "save takes a file, .plan or .csv");
	ui->draft.home_lat = d ? d->home_lat : NAN;
	ui->draft.home_lon = d ? d->home_lon : NAN;
	if (draft_save(&ui->draft, words[0], err) == -1)
		return -1;
	ui_say(ui, ROLE_TEXT, "%zu points are in %s", ui->draft.mission.count, words[0]);
	return 0;
}

/* Opens the preview of a mission command; nothing goes out before y. */
static int wp_send(struct ui *ui, int count, char **words, struct err *err)
{
	struct intent intent = { .cmd = CMD_MISSION };
	bool start = count > 0 && strcmp(words[count - 1], "start") == 0;

	if (!ui->draft.mission.count)
		return err_set(err, "the draft has no points; wp add LAT LON HEIGHT adds one");
	if (count - start > 1)
		return err_set(err, "wp send takes a drone and maybe start");
	if (count - start == 1) {
		struct ui_drone *d = model_find(&ui->model, words[0]);

		if (!d)
			return err_set(err, "there is no drone \"%.32s\"", words[0]);
		intent.drones = xcalloc(1, sizeof(*intent.drones));
		intent.drones[intent.count++] = (size_t)(d - ui->model.drones);
	} else {
		intent.drones = ui_targets(ui, &intent.count);
	}
	intent.args.items = mission_copy(&ui->draft.mission);
	intent.args.has[0] = true;
	intent.args.has[1] = start;
	intent.args.number[1] = start;
	ui_preview(ui, &intent);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct ui *ui, int count, char **words, struct err *err);
	bool edits;
} verbs[] = {
	{ "add", wp_add, true },
	{ "insert", wp_insert, true },
	{ "move", wp_move, true },
	{ "delete", wp_delete, true },
	{ "clear", wp_clear, true },
	{ "undo", wp_undo, true },
	{ "take", wp_take, true },
	{ "load", wp_load, true },
	{ "save", wp_save, false },
	{ "send", wp_send, false },
};

const char *draft_verb(size_t i)
{
	return i < ARRAY_LEN(verbs) ? verbs[i].name : NULL;
}

const char *const draft_mission_verbs[] = { "load", "save", NULL };

bool draft_is_meant(struct ui *ui, int count, char **words)
{
	if (count < 2 || strcmp(words[0], "mission") != 0 || model_find(&ui->model, words[1]))
		return false;
	for (const char *const *verb = draft_mission_verbs; *verb; verb++) {
		if (strcmp(*verb, words[1]) == 0)
			return true;
	}
	return false;
}

int draft_line(struct ui *ui, int count, char **words, struct err *err)
{
	for (size_t i = 0; count > 1 && i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].name, words[1]) != 0)
			continue;
		if (verbs[i].run(ui, count - 2, words + 2, err) == -1)
			return -1;
		if (verbs[i].edits)
			ui_say(ui, ROLE_TEXT,
			    "draft: %zu point%s; u undoes, :wp send shows what it would do",
			    ui->draft.mission.count, ui->draft.mission.count == 1 ? "" : "s");
		return 0;
	}
	return err_set(
	    err, "wp takes add, insert, move, delete, clear, undo, take, load, save or send");
}
